//! How slowly a package follows the air.
//!
//! ```text
//! air ──[ θ ]──┬── die        one pole: τ = θ · C, TMP36 data sheet p. 9 and Fig. 23
//!             === C
//! ```
//!
//! Owns the die's temperature. Does not know what the die measures, nor who asks.

use tmp36_model::interpolate;

use crate::environment::Environment;
use crate::time::{SimSpan, SimTime};
use crate::units::Celsius;

/// Time constants after which the past is forgotten: e⁻¹² is 6 millionths.
const MEMORY_TAUS: f64 = 12.0;
/// Pieces into which the remembered past is cut at most.
const PIECES_MAX: u64 = 64;

/// TO-92 in still air, in seconds: between Fig. 17 (110 s) and Fig. 18 (130 s).
const TAU_STILL_S: f64 = 120.0;
/// TO-92 in stirred oil, in seconds: TMP36 data sheet Fig. 19, curve c.
const TAU_OIL_S: f64 = 3.5;
/// One foot per minute, in metres per second.
const FOOT_PER_MINUTE: f64 = 0.00508;
/// TO-92 in moving air, feet per minute to seconds: TMP36 data sheet Fig. 18, curve c. That the
/// line to still air is straight is unsourced.
const TAU_MOVING_S: [(f64, f64); 7] = [
    (0.0, TAU_STILL_S),
    (50.0, 30.0),
    (100.0, 21.0),
    (200.0, 18.0),
    (300.0, 16.0),
    (500.0, 12.5),
    (630.0, 10.5),
];

/// What surrounds the package.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Air {
    /// Moving air; the figures end at 3.2 m/s.
    Moving {
        /// Its speed, 0 m/s or more.
        metres_per_second: f64,
    },
    /// Still air.
    #[default]
    Still,
    /// A stirred oil bath.
    StirredOil,
}

impl Air {
    /// Returns the nominal time constant of a TO-92 package, in seconds.
    pub(crate) fn tau_s(self) -> f64 {
        match self {
            Self::Moving { metres_per_second } => {
                interpolate(&TAU_MOVING_S, metres_per_second / FOOT_PER_MINUTE)
            }
            Self::Still => TAU_STILL_S,
            Self::StirredOil => TAU_OIL_S,
        }
    }
}

/// The temperature of a die that follows the air by one pole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    at: SimTime,
    die_c: f64,
    /// Zero follows at once.
    tau_s: f64,
}

impl Package {
    /// Creates a package in balance with air of 25 °C, until it is told of other air.
    pub(crate) const fn new(tau_s: f64) -> Self {
        Self {
            at: SimTime::ZERO,
            die_c: 25.0,
            tau_s,
        }
    }

    /// Puts the die in balance with the air of `room`.
    pub(crate) fn stabilise(&mut self, at: SimTime, room: &mut Environment) {
        self.at = at;
        self.die_c = room.temperature(at).0;
    }

    /// Returns the die's temperature when last told the time.
    pub(crate) const fn die(&self) -> Celsius {
        Celsius(self.die_c)
    }

    /// Returns the time constant, in seconds.
    pub(crate) const fn tau_s(&self) -> f64 {
        self.tau_s
    }

    /// Follows the air of `room` until `at`, the die being `heating_c` warmer in balance.
    ///
    /// Exact while the air's temperature is level or a straight line, in any number of pieces as
    /// long as 64 of them cover 12 time constants; finer detail than that is drawn straight.
    pub(crate) fn advance(&mut self, at: SimTime, room: &mut Environment, heating_c: f64) {
        if self.tau_s <= 0.0 {
            self.die_c = room.temperature(at).0 + heating_c;
            self.at = at;
            return;
        }
        let memory = nanos(MEMORY_TAUS * self.tau_s);
        if at.since(self.at) > memory {
            self.at = SimTime::from_nanos(at.as_nanos() - memory.as_nanos());
            self.die_c = room.temperature(self.at).0 + heating_c;
        }
        // Rounded up, so that PIECES_MAX rounds are enough.
        let piece_ns = at.since(self.at).as_nanos().div_ceil(PIECES_MAX);
        for _ in 0..PIECES_MAX {
            if self.at >= at {
                break;
            }
            let shortest = self.at.after(SimSpan::from_nanos(piece_ns)).min(at);
            let line = room.stretch(self.at).cut(self.at, at);
            let (end, until) = if line.until < shortest {
                (room.temperature(shortest), shortest)
            } else {
                (line.end, line.until)
            };
            self.relax(line.start.0 + heating_c, end.0 + heating_c, until);
        }
        debug_assert!(self.at >= at, "the pieces cover the whole span");
    }

    /// Follows a straight line of the air until `until`: the exact answer of one pole to a ramp.
    fn relax(&mut self, start_c: f64, end_c: f64, until: SimTime) {
        let span_s = until.since(self.at).as_secs_f64();
        let lag_c = (end_c - start_c) / span_s * self.tau_s;
        let fade = libm::exp(-span_s / self.tau_s);
        self.die_c = end_c - lag_c + (self.die_c - start_c + lag_c) * fade;
        self.at = until;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time constant is some seconds; rounded down to the nanosecond"
)]
fn nanos(seconds: f64) -> SimSpan {
    SimSpan::from_nanos((seconds * 1e9) as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::environment::{Diurnal, Points, Profile, Ramp, RandomWalk};

    #[test]
    fn a_step_is_followed_to_63_percent_in_one_time_constant() {
        for (elapsed_s, expected) in [(0, 0.0), (50, 0.393_5), (100, 0.632_1), (200, 0.864_7)] {
            let mut room = step_at(10);
            let mut package = Package::new(100.0);
            package.stabilise(at(0), &mut room);
            package.advance(at(10 + elapsed_s), &mut room, 0.0);
            let value = package.die().0;
            assert!(
                (value - (20.0 + 10.0 * expected)).abs() < 0.001,
                "{elapsed_s} s: {value}"
            );
        }
    }

    #[test]
    fn a_long_ramp_is_followed_one_time_constant_behind() {
        let ramp = Ramp {
            from: Celsius(0.0),
            length: secs(10_000),
            start: at(0),
            to: Celsius(100.0),
        };
        let mut room = Environment::new(Profile::Ramp(ramp), 1);
        let mut package = Package::new(100.0);
        package.stabilise(at(0), &mut room);
        package.advance(at(5_000), &mut room, 0.0);
        assert!((package.die().0 - 49.0).abs() < 1e-3, "{:?}", package.die());
    }

    #[test]
    fn heating_adds_its_balance() {
        let mut room = Environment::new(Profile::Constant(Celsius(20.0)), 1);
        let mut package = Package::new(100.0);
        package.stabilise(at(0), &mut room);
        package.advance(at(100), &mut room, 1.0);
        assert!(
            (package.die().0 - 20.632).abs() < 1e-3,
            "{:?}",
            package.die()
        );
        package.advance(at(100_000), &mut room, 1.0);
        assert!((package.die().0 - 21.0).abs() < 1e-4, "{:?}", package.die());
    }

    #[test]
    fn time_constants_follow_the_figure() {
        let moving = |metres_per_second| Air::Moving { metres_per_second };
        let cases = [
            (Air::Still, 120.0),
            (Air::StirredOil, 3.5),
            (moving(0.0), 120.0),
            (moving(0.254), 30.0),
            (moving(0.508), 21.0),
            (moving(3.2004), 10.5),
            (moving(40.0), 10.5),
            (moving(-1.0), 120.0),
        ];
        for (air, expected) in cases {
            assert!(
                (air.tau_s() - expected).abs() < 1e-9,
                "{air:?}: {}",
                air.tau_s()
            );
        }
    }

    #[test]
    fn weather_finer_than_the_pieces_is_followed_closely() {
        let walk = RandomWalk {
            step: secs(1),
            ..RandomWalk::default()
        };
        let mut room = Environment::new(Profile::RandomWalk(walk), 1);
        let (mut often, mut once) = (Package::new(100.0), Package::new(100.0));
        often.stabilise(at(0), &mut room);
        for second in 1..=1_200 {
            often.advance(at(second), &mut room, 0.0);
        }
        once.stabilise(at(0), &mut room);
        once.advance(at(1_200), &mut room, 0.0);
        let apart = (often.die().0 - once.die().0).abs();
        assert!(apart < 0.03, "{apart} °C apart");
    }

    proptest! {
        /// The die does not depend on how often it is looked at, from 1 ms to a day.
        #[test]
        fn looking_changes_nothing(looks in prop::collection::vec(1_u64..20_000_000, 1..30)) {
            let day = Diurnal { period: secs(7_200), ..Diurnal::default() };
            let walk = RandomWalk::default();
            for profile in [Profile::Diurnal(day), Profile::RandomWalk(walk), step_profile(900)] {
                let (mut often, mut once) = (Package::new(120.0), Package::new(120.0));
                let mut room = Environment::new(profile, 1);
                often.stabilise(at(0), &mut room);
                once.stabilise(at(0), &mut room);
                let mut now = SimTime::ZERO;
                for look in &looks {
                    now = now.after(SimSpan::from_millis(*look));
                    often.advance(now, &mut room, 0.0);
                }
                once.advance(now, &mut room, 0.0);
                let apart = (often.die().0 - once.die().0).abs();
                prop_assert!(apart < 0.002, "{apart} °C apart");
            }
        }
    }

    fn step_at(s: u64) -> Environment {
        Environment::new(step_profile(s), 1)
    }

    fn step_profile(s: u64) -> Profile {
        Profile::Steps(Points::new(vec![(at(0), Celsius(20.0)), (at(s), Celsius(30.0))]).unwrap())
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO.after(secs(s))
    }

    fn secs(s: u64) -> SimSpan {
        SimSpan::from_secs(s)
    }
}
