//! Timers as lwIP has them: coarse ticks that run since boot.
//!
//! A wait of n ticks that is begun between two ticks ends at the n-th tick, up to one tick early.

use crate::time::{SimSpan, SimTime};

/// The ticks of one stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticks {
    /// When the first tick is, in nanoseconds; below the shortest period.
    phase_ns: u32,
}

impl Ticks {
    /// Phases are drawn from zero to this, which is a divisor of every period.
    pub(super) const PHASE_MAX_NS: u32 = 499_999_999;

    pub(super) const fn new(phase_ns: u32) -> Self {
        Self { phase_ns }
    }

    /// Returns the time of the `count`-th tick after `at`; `count` is at least one.
    pub(super) fn nth(self, at: SimTime, period: SimSpan, count: u32) -> SimTime {
        let phase = SimTime::from_nanos(u64::from(self.phase_ns));
        let whole = if at < phase {
            0
        } else {
            at.since(phase).as_nanos() / period.as_nanos() + 1
        };
        let count = whole.saturating_add(u64::from(count.max(1)) - 1);
        phase.after(period.times(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_at_a_tick_and_up_to_one_tick_early() {
        let (period, ms) = (SimSpan::from_millis(500), 1_000_000);
        let ticks = Ticks::new(100 * ms);
        let nth = |at_ms: u64, count| {
            let at = SimTime::from_nanos(at_ms * u64::from(ms));
            ticks.nth(at, period, count).as_nanos() / u64::from(ms)
        };
        // Begun at, waits for so many ticks, ends at.
        let cases = [
            (0, 1, 100),
            (99, 2, 600),
            (100, 1, 600),
            (350, 1, 600),
            (600, 4, 2_600),
        ];
        for (at, count, expected) in cases {
            assert_eq!(nth(at, count), expected, "{count} ticks from {at}");
        }
    }
}
