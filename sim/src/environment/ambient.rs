//! The air that all nodes of a world share.
//!
//! Owns the course of the temperature, and what a hand on a control makes of it. Does not know
//! how slowly a sensor follows.

use std::collections::VecDeque;

use crate::environment::walk::Walk;
use crate::environment::{Profile, Stretch};
use crate::time::SimTime;
use crate::units::Celsius;

/// Turns of the control that are remembered; before the oldest of them the profile rules.
pub const OVERRIDES_MAX: usize = 64;

/// The temperature of the air, at any time.
///
/// Ask it about times that rise, as a world does, or lie at most half an hour back, as a slow
/// package does: then it costs next to nothing. Other questions get the same answers, but a
/// random walk then starts over.
#[derive(Clone, Debug)]
pub struct Environment {
    profile: Profile,
    /// The steps of the profile, if it is a random walk.
    walk: Option<Walk>,
    /// When the control was turned: to this level, or given back to the profile.
    turns: VecDeque<(SimTime, Option<Celsius>)>,
}

impl Environment {
    /// Creates an environment; `seed` is the world's, and matters only to a random walk.
    #[must_use]
    pub fn new(profile: Profile, seed: u64) -> Self {
        let walk = match &profile {
            Profile::RandomWalk(shape) => Some(Walk::new(*shape, seed)),
            Profile::Constant(_)
            | Profile::Diurnal(_)
            | Profile::Ramp(_)
            | Profile::Steps(_)
            | Profile::Trace(_) => None,
        };
        Self {
            profile,
            walk,
            turns: VecDeque::new(),
        }
    }

    /// Returns the temperature at `at`.
    pub fn temperature(&mut self, at: SimTime) -> Celsius {
        self.stretch(at).start
    }

    /// Returns the longest straight piece of the course that begins at `at`.
    pub fn stretch(&mut self, at: SimTime) -> Stretch {
        if self.turns.is_empty() {
            return self.natural(at);
        }
        let passed = self.turns.partition_point(|(time, _)| *time <= at);
        let next = self
            .turns
            .get(passed)
            .map_or(SimTime::MAX, |(time, _)| *time);
        let turned = passed.checked_sub(1).and_then(|last| self.turns[last].1);
        match turned {
            Some(level) => Stretch::steady(level, next),
            None => self.natural(at).cut(at, next),
        }
    }

    /// Keeps the temperature at `level` from `at` on: somebody turns a control by hand.
    ///
    /// A turn that lies before the one before it counts as made at the same time.
    pub fn hold(&mut self, at: SimTime, level: Celsius) {
        self.turn(at, Some(level));
    }

    /// Gives the temperature back to the profile from `at` on.
    pub fn release(&mut self, at: SimTime) {
        self.turn(at, None);
    }

    fn natural(&mut self, at: SimTime) -> Stretch {
        match &mut self.walk {
            Some(walk) => walk.stretch(at),
            None => self.profile.stretch(at),
        }
    }

    fn turn(&mut self, at: SimTime, level: Option<Celsius>) {
        let at = self.turns.back().map_or(at, |(last, _)| at.max(*last));
        if self.turns.back().is_some_and(|(last, _)| *last == at) {
            self.turns.pop_back();
        }
        self.turns.push_back((at, level));
        if self.turns.len() > OVERRIDES_MAX {
            self.turns.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::{Points, Ramp, RandomWalk};
    use crate::time::SimSpan;

    #[test]
    fn a_held_temperature_stays_until_it_is_released() {
        let mut room = ramp();
        room.hold(at(10), Celsius(50.0));
        room.release(at(20));
        let cases = [
            (0, 0.0),
            (9, 9.0),
            (10, 50.0),
            (19, 50.0),
            (20, 20.0),
            (30, 30.0),
        ];
        for (second, expected) in cases {
            let value = room.temperature(at(second)).0;
            assert!((value - expected).abs() < 1e-9, "{second} s: {value}");
        }
    }

    #[test]
    fn a_piece_ends_where_the_control_is_turned() {
        let mut room = ramp();
        room.hold(at(10), Celsius(50.0));
        let piece = room.stretch(at(4));
        assert_eq!(piece.until, at(10));
        assert!((piece.end.0 - 10.0).abs() < 1e-9, "{piece:?}");
        assert_eq!(
            room.stretch(at(10)),
            Stretch::steady(Celsius(50.0), SimTime::MAX)
        );
    }

    #[test]
    fn turns_in_one_moment_leave_the_last_and_memory_is_bounded() {
        let mut room = ramp();
        for turn in 0..1_000 {
            room.hold(
                at(turn / 2),
                Celsius(100.0 + f64::from(u32::try_from(turn).unwrap())),
            );
        }
        assert_eq!(room.turns.len(), OVERRIDES_MAX);
        assert_eq!(room.temperature(at(499)), Celsius(1_099.0));
        assert_eq!(room.temperature(at(498)), Celsius(1_097.0));
        assert_eq!(room.temperature(at(7)), Celsius(7.0));
    }

    #[test]
    fn every_profile_answers_at_every_time_with_pieces_that_go_on() {
        let points = || Points::new(vec![(at(5), Celsius(1.0)), (at(9), Celsius(2.0))]).unwrap();
        let profiles = [
            Profile::Constant(Celsius(20.0)),
            Profile::Diurnal(crate::environment::Diurnal::default()),
            ramp().profile,
            Profile::RandomWalk(RandomWalk::default()),
            Profile::Steps(points()),
            Profile::Trace(points()),
        ];
        for profile in profiles {
            let mut room = Environment::new(profile, 7);
            for second in [0, 1, 5, 6, 9, 10, 1_000, 100_000] {
                let piece = room.stretch(at(second));
                assert!(
                    piece.until > at(second) && piece.start.0.is_finite(),
                    "{piece:?}"
                );
            }
        }
    }

    #[test]
    fn seeds_make_different_weather() {
        let walk = |seed| Environment::new(Profile::RandomWalk(RandomWalk::default()), seed);
        assert_eq!(walk(1).temperature(at(900)), walk(1).temperature(at(900)));
        assert_ne!(walk(1).temperature(at(900)), walk(2).temperature(at(900)));
    }

    /// One degree a second, from 0 °C.
    fn ramp() -> Environment {
        let (from, to) = (Celsius(0.0), Celsius(1_000.0));
        let length = SimSpan::from_secs(1_000);
        Environment::new(
            Profile::Ramp(Ramp {
                from,
                length,
                start: at(0),
                to,
            }),
            1,
        )
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_secs(s))
    }
}
