//! What a link carried, and what it cost.

use std::sync::atomic::{AtomicU64, Ordering};

use nodelab_sim::SimSpan;
use nodelab_sim::radio::Sender;

/// Counters of one connection, or of all.
#[derive(Debug, Default)]
pub(super) struct Tally {
    attempts: AtomicU64,
    bytes_down: AtomicU64,
    bytes_up: AtomicU64,
    frames: AtomicU64,
    given_up: AtomicU64,
    repeated: AtomicU64,
    stall_longest_ns: AtomicU64,
}

impl Tally {
    /// Counts a frame that the radio sent so many times.
    pub(super) fn frame(&self, attempts: u64) {
        self.frames.fetch_add(1, Ordering::Relaxed);
        self.attempts.fetch_add(attempts, Ordering::Relaxed);
    }

    /// Counts a segment that TCP has to send again.
    pub(super) fn repeat(&self) {
        self.repeated.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a connection that TCP gave up.
    pub(super) fn give_up(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts bytes that arrived, and how long they were under way.
    pub(super) fn arrived(&self, sender: Sender, bytes: usize, took: SimSpan) {
        let counter = match sender {
            Sender::AccessPoint => &self.bytes_down,
            Sender::Station => &self.bytes_up,
        };
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        counter.fetch_add(bytes, Ordering::Relaxed);
        let longest = &self.stall_longest_ns;
        longest.fetch_max(took.as_nanos(), Ordering::Relaxed);
    }

    /// Adds the counters of a connection that is over.
    pub(super) fn add(&self, one: &Self) {
        for (all, one) in [
            (&self.attempts, &one.attempts),
            (&self.bytes_down, &one.bytes_down),
            (&self.bytes_up, &one.bytes_up),
            (&self.frames, &one.frames),
            (&self.given_up, &one.given_up),
            (&self.repeated, &one.repeated),
        ] {
            all.fetch_add(one.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        let longest = one.stall_longest_ns.load(Ordering::Relaxed);
        self.stall_longest_ns.fetch_max(longest, Ordering::Relaxed);
    }

    /// Returns the counters in words.
    pub(super) fn words(&self) -> String {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (frames, attempts) = (of(&self.frames), of(&self.attempts));
        format!(
            "{} B up, {} B down; {frames} frames, {} of them again, {} lost and sent again by \
             TCP; slowest byte {}",
            of(&self.bytes_up),
            of(&self.bytes_down),
            attempts.saturating_sub(frames),
            of(&self.repeated),
            SimSpan::from_nanos(of(&self.stall_longest_ns)),
        )
    }

    /// Returns what to print at the end.
    pub(super) fn lines(&self, guests: u32, turned_away: u64) -> Vec<String> {
        let mut lines = vec![format!("link  {guests} connections, {}", self.words())];
        let given_up = self.given_up.load(Ordering::Relaxed);
        for (count, what) in [(given_up, "given up by TCP"), (turned_away, "turned away")] {
            if count > 0 {
                lines.push(format!("link  {count} connections {what}"));
            }
        }
        lines
    }
}
