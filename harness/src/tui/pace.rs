//! How fast simulated time passes, measured in real time.
//!
//! Owns the arithmetic. Reads no clock.

use std::fmt;
use std::time::{Duration, Instant};

use nodelab_sim::{SimSpan, SimTime};

/// How fast simulated time passes, the slowest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Pace {
    /// As real time does.
    Real,
    /// Ten times as fast.
    Tenfold,
    /// A hundred times as fast.
    Hundredfold,
    /// As fast as the machine can.
    Unbounded,
}

/// A moment that both clocks know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    /// On the real clock.
    pub(crate) real: Instant,
    /// In the world.
    pub(crate) at: SimTime,
}

impl Pace {
    /// Every pace, in order.
    pub const ALL: [Self; 4] = [
        Self::Real,
        Self::Tenfold,
        Self::Hundredfold,
        Self::Unbounded,
    ];

    /// Returns simulated time per real time; `None` is without bound.
    pub(crate) const fn factor(self) -> Option<u32> {
        match self {
            Self::Real => Some(1),
            Self::Tenfold => Some(10),
            Self::Hundredfold => Some(100),
            Self::Unbounded => None,
        }
    }

    /// Returns the pace in a few characters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Real => "1×",
            Self::Tenfold => "10×",
            Self::Hundredfold => "100×",
            Self::Unbounded => "max",
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Anchor {
    /// Returns when `next` is due on the real clock; `None` is at once.
    pub(crate) fn due(self, pace: Pace, next: SimTime) -> Option<Instant> {
        let factor = pace.factor()?;
        if next <= self.at {
            return None;
        }
        let ahead = Duration::from_nanos(next.since(self.at).as_nanos());
        self.real.checked_add(ahead / factor)
    }

    /// Returns how far the world has come on the real clock; without bound, the anchor.
    pub(crate) fn reached(self, pace: Pace, real: Instant) -> SimTime {
        let Some(factor) = pace.factor() else {
            return self.at;
        };
        let passed = real.saturating_duration_since(self.real).as_nanos();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        let ahead = passed.saturating_mul(u64::from(factor));
        self.at.after(SimSpan::from_nanos(ahead.min(u64::MAX / 4)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;
    use crate::tui::clock;

    #[test]
    fn ten_seconds_take_one_at_ten_times_real_time() {
        let real = clock::now();
        let at = SimTime::from_nanos(5_000_000_000);
        let next = SimTime::from_nanos(15_000_000_000);
        let due = Anchor { real, at }.due(Pace::Tenfold, next).unwrap();
        assert_eq!(due - real, Duration::from_secs(1));
    }

    #[test]
    fn without_bound_nothing_waits() {
        let anchor = Anchor {
            real: clock::now(),
            at: SimTime::ZERO,
        };
        assert_eq!(anchor.due(Pace::Unbounded, SimTime::MAX), None);
    }

    proptest! {
        /// What is due has been reached when it is due, to within the rounding of one nanosecond
        /// of real time.
        #[test]
        fn due_and_reached_agree(
            ahead_ns in 1..1_u64 << 50,
            pace in 0..3_usize,
            at in any::<u32>(),
        ) {
            let real = clock::now();
            let pace = Pace::ALL[pace];
            let anchor = Anchor { real, at: SimTime::from_nanos(at.into()) };
            let next = anchor.at.after(SimSpan::from_nanos(ahead_ns));
            let due = anchor.due(pace, next).unwrap();
            let reached = anchor.reached(pace, due);
            assert!(reached <= next);
            assert!(next.since(reached).as_nanos() < 100);
        }
    }
}
