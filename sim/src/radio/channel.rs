//! One channel of the air, which all stations of an access point share.
//!
//! Owns until when it is taken, and who waits for it. Exchanges are served in the order in which
//! they are asked for, each as a whole: nobody's frame slips between the attempts of another.
//! What contention costs is drawn from the state in which as many saturated stations settle
//! ([`Bianchi`]): how many idle slots pass, and whether two of them end theirs together.

use std::collections::VecDeque;
use std::sync::OnceLock;

use super::airtime::Timing;
use super::bianchi::Bianchi;
use crate::rng::Rng;
use crate::time::SimTime;

/// Waiting exchanges that are remembered; with more, the newest count no further contenders.
const WAITING_MAX: usize = 64;
/// Stations up to which contention is computed: the figures change little beyond.
const CONTENDERS_MAX: usize = 64;
/// Number by which a channel knows the access point among its senders.
pub(super) const ACCESS_POINT: u32 = u32::MAX;

/// The channel of one access point.
#[derive(Clone, Debug, Default)]
pub struct Channel {
    busy_until: SimTime,
    waiting: VecDeque<Waiting>,
}

/// An exchange that was asked for.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    sender: u32,
    start: SimTime,
}

/// How stations that wait at the same time get in each other's way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contention {
    /// Probability that a slot in which anybody sends has more than one sender.
    pub(super) collision: f64,
    /// Logarithm of the probability that a slot stays idle.
    ln_idle: f64,
}

impl Channel {
    /// Builds a channel on which nobody sends.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns when the last exchange that was asked for ends.
    #[must_use]
    pub const fn busy_until(&self) -> SimTime {
        self.busy_until
    }

    /// Returns how many others have asked before `at` and not begun to send.
    pub(super) fn contenders(&mut self, at: SimTime, sender: u32) -> usize {
        while self.waiting.front().is_some_and(|one| one.start <= at) {
            self.waiting.pop_front();
        }
        // Whoever sends waits once, with however many frames: the access point's lie anywhere,
        // those of a station in a row.
        let (mut last, mut stations, mut access_point) = (sender, 0, false);
        for one in self.waiting.iter().filter(|one| one.sender != sender) {
            if one.sender == ACCESS_POINT {
                access_point = true;
            } else if one.sender != last {
                stations += 1;
                last = one.sender;
            }
        }
        stations + usize::from(access_point)
    }

    /// Takes the channel from `start` until `end`.
    pub(super) fn occupy(&mut self, sender: u32, start: SimTime, end: SimTime) {
        if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(Waiting { sender, start });
        }
        self.busy_until = self.busy_until.max(end);
    }
}

impl Contention {
    /// Returns how `contenders` stations of an amendment with this timing contend.
    pub(super) fn of(timing: Timing, contenders: usize) -> Self {
        static LONG: OnceLock<Vec<Contention>> = OnceLock::new();
        static SHORT: OnceLock<Vec<Contention>> = OnceLock::new();
        // 802.11b begins with 32 slots, all others with 16; nothing else counts here.
        let of = if timing.cw_min > 15 { &LONG } else { &SHORT };
        let table = of.get_or_init(|| {
            (1..=CONTENDERS_MAX)
                .map(|n| Self::solve(timing, n))
                .collect()
        });
        table[contenders.clamp(1, CONTENDERS_MAX) - 1]
    }

    fn solve(timing: Timing, contenders: usize) -> Self {
        let stations = u32::try_from(contenders).unwrap_or(u32::MAX);
        let settled = Bianchi::solve(timing, stations);
        Self {
            collision: 1.0 - settled.alone(),
            ln_idle: libm::log1p(-settled.busy()),
        }
    }

    /// Draws how many slots stay idle before anybody sends.
    pub(super) fn idle_slots(self, rng: &mut Rng) -> u64 {
        // Geometric: the logarithm of a uniform number in (0, 1] over that of one slot.
        let slots = libm::log(1.0 - rng.unit()) / self.ln_idle;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded down on purpose; neither is negative"
        )]
        let slots = slots as u64;
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::Standard;
    use crate::rng::{EntityId, Purpose};

    fn at(us: u64) -> SimTime {
        SimTime::from_nanos(us * 1_000)
    }

    #[test]
    fn who_has_begun_or_is_the_same_does_not_contend() {
        let mut channel = Channel::new();
        for (sender, start) in [
            (1, 10),
            (ACCESS_POINT, 30),
            (2, 50),
            (ACCESS_POINT, 70),
            (3, 90),
        ] {
            channel.occupy(sender, at(start), at(start + 15));
        }
        assert_eq!(channel.contenders(at(5), 9), 4);
        assert_eq!(channel.contenders(at(10), 9), 3);
        assert_eq!(channel.contenders(at(10), ACCESS_POINT), 2);
        assert_eq!(channel.contenders(at(10), 2), 2);
        assert_eq!(channel.contenders(at(90), 9), 0);
        assert_eq!(channel.busy_until(), at(105));
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a few million slots")]
    fn idle_slots_have_the_mean_of_their_distribution() {
        let timing = Timing::of(Standard::G);
        let mut rng = Rng::derive(2, EntityId::World, Purpose::Air);
        for contenders in [2_u32, 5, 64, 1_000] {
            let contention = Contention::of(timing, contenders as usize);
            let busy = Bianchi::solve(timing, contenders.min(64)).busy();
            let draws: u64 = (0..100_000).map(|_| contention.idle_slots(&mut rng)).sum();
            let (mean, expected) = (draws as f64 / 1e5, (1.0 - busy) / busy);
            // 5 sigma of a geometric distribution.
            let sigma = (1.0 - busy).sqrt() / busy / 316.0;
            assert!(
                (mean - expected).abs() < 5.0 * sigma,
                "{contenders}: {mean}"
            );
        }
    }
}
