//! A temperature that chance moves, the same however often anyone looks.
//!
//! Owns the fixed grid of steps and its stream. Does not know who else asked before.

use std::collections::VecDeque;

use crate::environment::Stretch;
use crate::rng::{EntityId, Purpose, Rng};
use crate::time::{SimSpan, SimTime};
use crate::units::Celsius;

/// The shortest step; a shorter one counts as this.
pub const WALK_STEP_MIN: SimSpan = SimSpan::from_secs(1);
/// Steps of one walk at most, two years of the shortest; then it stays where it is.
pub const WALK_STEPS_MAX: u64 = 1 << 26;
/// Steps remembered, 32 KiB: more than the half hour that the slowest package can look back.
const KEPT_MAX: usize = 4096;

/// A random walk between bounds, straight between its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomWalk {
    /// The upper bound, from which it is reflected; default 30 °C.
    pub high: Celsius,
    /// The lower bound, from which it is reflected; default 14 °C.
    pub low: Celsius,
    /// Standard deviation of one step; default 0.05 °C.
    pub sigma: Celsius,
    /// Where it begins; default 22 °C.
    pub start: Celsius,
    /// Time from step to step, [`WALK_STEP_MIN`] at least; default 1 min.
    pub step: SimSpan,
}

/// The steps of one walk that were taken so far, the last of them remembered.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    shape: RandomWalk,
    seed: u64,
    rng: Rng,
    /// Index of the oldest step kept.
    oldest: u64,
    kept: VecDeque<f64>,
}

impl Walk {
    pub(super) fn new(shape: RandomWalk, seed: u64) -> Self {
        let rng = Rng::derive(seed, EntityId::World, Purpose::Weather);
        let kept = VecDeque::from([shape.reflected(shape.start.0)]);
        Self {
            shape,
            seed,
            rng,
            oldest: 0,
            kept,
        }
    }

    /// Returns the straight piece that begins at `at`.
    pub(super) fn stretch(&mut self, at: SimTime) -> Stretch {
        let step_ns = self.shape.step.max(WALK_STEP_MIN).as_nanos();
        let index = at.as_nanos() / step_ns;
        let since = SimTime::from_nanos(index * step_ns);
        let until = since.after(SimSpan::from_nanos(step_ns));
        let start = Celsius(self.level(index));
        let end = Celsius(self.level(index + 1));
        Stretch { start, end, until }.from(since, at)
    }

    /// Returns the level at one step; starts over if it is too old to be remembered.
    fn level(&mut self, index: u64) -> f64 {
        let index = index.min(WALK_STEPS_MAX);
        if index < self.oldest {
            *self = Self::new(self.shape, self.seed);
        }
        while self.oldest + self.kept.len() as u64 <= index {
            self.advance();
        }
        let place = usize::try_from(index - self.oldest).expect("at most KEPT_MAX");
        self.kept[place]
    }

    fn advance(&mut self) {
        let last = *self.kept.back().expect("never empty");
        let next = self
            .shape
            .reflected(last + self.shape.sigma.0 * self.rng.gaussian());
        self.kept.push_back(next);
        if self.kept.len() > KEPT_MAX {
            self.kept.pop_front();
            self.oldest += 1;
        }
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.kept.len()
    }
}

impl RandomWalk {
    /// Returns the level mirrored at the bound it crossed, and never beyond either.
    fn reflected(&self, level: f64) -> f64 {
        let (low, high) = (self.low.0, self.high.0);
        let mirrored = if level > high {
            2.0 * high - level
        } else if level < low {
            2.0 * low - level
        } else {
            level
        };
        mirrored.max(low).min(high)
    }
}

impl Default for RandomWalk {
    fn default() -> Self {
        Self {
            high: Celsius(30.0),
            low: Celsius(14.0),
            sigma: Celsius(0.05),
            start: Celsius(22.0),
            step: SimSpan::from_secs(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_walk_does_not_depend_on_who_asked_before(
            asked in prop::collection::vec(0_u64..60_000, 1..10),
            seed in any::<u64>(),
        ) {
            let shape = RandomWalk { step: SimSpan::from_secs(10), ..RandomWalk::default() };
            let mut busy = Walk::new(shape, seed);
            let seen: Vec<Stretch> = asked.iter().map(|s| busy.stretch(at(*s))).collect();
            for (s, seen) in asked.iter().zip(seen) {
                prop_assert_eq!(Walk::new(shape, seed).stretch(at(*s)), seen);
            }
        }
    }

    #[test]
    fn a_walk_stays_within_its_bounds_and_its_memory() {
        let shape = RandomWalk {
            sigma: Celsius(5.0),
            ..RandomWalk::default()
        };
        let mut walk = Walk::new(shape, 1);
        for minute in 0..20_000 {
            let level = walk.stretch(at(minute * 60)).start;
            assert!(
                level >= shape.low && level <= shape.high,
                "{minute} min: {level:?}"
            );
        }
        assert_eq!(walk.kept(), KEPT_MAX);
    }

    #[test]
    fn a_walk_is_straight_between_steps() {
        let mut walk = Walk::new(RandomWalk::default(), 3);
        let (start, end) = (walk.stretch(at(600)).start.0, walk.stretch(at(660)).start.0);
        assert!((start - end).abs() > 1e-6, "a step of exactly nothing");
        let middle = walk.stretch(at(630)).start.0;
        assert!((middle - f64::midpoint(start, end)).abs() < 1e-9);
    }

    #[test]
    fn crossed_bounds_and_a_step_of_zero_do_no_harm() {
        let (low, high) = (Celsius(30.0), Celsius(10.0));
        let odd = RandomWalk {
            high,
            low,
            step: SimSpan::ZERO,
            ..RandomWalk::default()
        };
        assert_eq!(Walk::new(odd, 1).stretch(at(5)).start, high);
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_secs(s))
    }
}
