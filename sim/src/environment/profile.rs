//! The courses that a temperature can take.
//!
//! Owns their shapes and defaults. Does not know of anyone turning a control by hand.

use std::f64::consts::TAU;

use crate::environment::{Points, RandomWalk};
use crate::time::{SimSpan, SimTime};
use crate::units::Celsius;

/// Pieces into which one period of a [`Diurnal`] is cut. Within one, a straight line is at most
/// 0.006 % of the amplitude off the cosine.
const DIURNAL_PIECES: u64 = 288;
/// The shortest period of a [`Diurnal`]; a shorter one counts as this.
const PERIOD_MIN: SimSpan = SimSpan::from_secs(1);

/// A course of the temperature.
#[derive(Clone, Debug, PartialEq)]
pub enum Profile {
    /// Always the same.
    Constant(Celsius),
    /// Up and down, once a day.
    Diurnal(Diurnal),
    /// From one level to another at an even rate.
    Ramp(Ramp),
    /// Chance, within bounds.
    RandomWalk(RandomWalk),
    /// Each temperature holds from its time until the next; the first also before.
    Steps(Points),
    /// Straight lines from point to point; level before the first and after the last.
    Trace(Points),
}

/// A cosine around a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diurnal {
    /// The middle; default 22 °C.
    pub mean: Celsius,
    /// Time from the beginning to the first peak; default 15 h, mid-afternoon if the world
    /// begins at midnight.
    pub peak: SimSpan,
    /// Time from peak to peak, 1 s at least; default 24 h.
    pub period: SimSpan,
    /// From the lowest to the highest temperature; default 4 °C, so 2 °C around the mean.
    pub swing: Celsius,
}

/// From one level to another at an even rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The temperature until `start`.
    pub from: Celsius,
    /// How long the change takes; zero is a jump.
    pub length: SimSpan,
    /// When the change begins.
    pub start: SimTime,
    /// The temperature from `start + length` on.
    pub to: Celsius,
}

/// A straight piece of a course, from the time it was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// The temperature at the beginning.
    pub start: Celsius,
    /// The temperature that the line reaches at `until`.
    pub end: Celsius,
    /// Until when the line is straight. What comes then may be a jump.
    pub until: SimTime,
}

impl Profile {
    /// Returns the straight piece that begins at `at`.
    ///
    /// Of a [`Profile::RandomWalk`] this knows only where it begins.
    pub(super) fn stretch(&self, at: SimTime) -> Stretch {
        match self {
            Self::Constant(level) => Stretch::steady(*level, SimTime::MAX),
            Self::Diurnal(diurnal) => diurnal.stretch(at),
            Self::Ramp(ramp) => ramp.stretch(at),
            Self::RandomWalk(walk) => Stretch::steady(walk.start, SimTime::MAX),
            Self::Steps(points) => points.held(at),
            Self::Trace(points) => points.linear(at),
        }
    }
}

impl Diurnal {
    fn stretch(&self, at: SimTime) -> Stretch {
        let piece = SimSpan::from_nanos(self.period().as_nanos() / DIURNAL_PIECES);
        let until = at.after(piece);
        Stretch {
            start: self.temperature(at),
            end: self.temperature(until),
            until,
        }
    }

    fn temperature(&self, at: SimTime) -> Celsius {
        let period_ns = self.period().as_nanos();
        // Whole periods are taken off in integers, so that the cosine is as exact in year ten.
        let peak_ns = self.peak.as_nanos() % period_ns;
        let past_ns = (at.as_nanos() % period_ns + period_ns - peak_ns) % period_ns;
        let turns = SimSpan::from_nanos(past_ns).as_secs_f64() / self.period().as_secs_f64();
        Celsius(self.mean.0 + self.swing.0 / 2.0 * libm::cos(TAU * turns))
    }

    fn period(&self) -> SimSpan {
        self.period.max(PERIOD_MIN)
    }
}

impl Ramp {
    fn stretch(&self, at: SimTime) -> Stretch {
        let finish = self.start.after(self.length);
        if at < self.start {
            Stretch::steady(self.from, self.start)
        } else if at < finish {
            Stretch {
                start: self.from,
                end: self.to,
                until: finish,
            }
            .from(self.start, at)
        } else {
            Stretch::steady(self.to, SimTime::MAX)
        }
    }
}

impl Stretch {
    /// Returns a level piece.
    pub(crate) const fn steady(level: Celsius, until: SimTime) -> Self {
        Self {
            start: level,
            end: level,
            until,
        }
    }

    /// Returns the part from `at` on, of a piece that began at `since`.
    pub(crate) fn from(self, since: SimTime, at: SimTime) -> Self {
        Self {
            start: self.at(since, at),
            ..self
        }
    }

    /// Returns the part until `end`, of a piece that began at `since`; all of it if it is shorter.
    pub(crate) fn cut(self, since: SimTime, end: SimTime) -> Self {
        if self.until <= end {
            return self;
        }
        Self {
            end: self.at(since, end),
            until: end,
            ..self
        }
    }

    fn at(self, since: SimTime, at: SimTime) -> Celsius {
        let whole = self.until.since(since).as_secs_f64();
        let part = at.since(since).as_secs_f64();
        // A level piece stays exactly level, however long it is.
        let rise = self.end.0 - self.start.0;
        Celsius(if whole > 0.0 {
            self.start.0 + rise * (part / whole)
        } else {
            self.end.0
        })
    }
}

impl Default for Diurnal {
    fn default() -> Self {
        Self {
            mean: Celsius(22.0),
            peak: SimSpan::from_secs(15 * 3600),
            period: SimSpan::from_secs(24 * 3600),
            swing: Celsius(4.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_peaks_in_the_afternoon_and_is_coldest_half_a_day_later() {
        let day = Profile::Diurnal(Diurnal::default());
        let cases = [
            (15, 24.0),
            (21, 22.0),
            (3, 20.0),
            (9, 22.0),
            (39, 24.0),
            (8_775, 24.0),
        ];
        for (hour, expected) in cases {
            let value = day.stretch(at(hour * 3600)).start.0;
            assert!((value - expected).abs() < 1e-9, "{hour} h: {value}");
        }
    }

    #[test]
    fn a_piece_of_a_day_hides_less_than_a_millidegree() {
        let day = Profile::Diurnal(Diurnal {
            swing: Celsius(8.0),
            ..Diurnal::default()
        });
        for begin in (0..86_400).step_by(600) {
            let piece = day.stretch(at(begin));
            let line = piece.at(at(begin), at(begin + 150)).0;
            let exact = day.stretch(at(begin + 150)).start.0;
            assert!((line - exact).abs() < 1e-3, "{begin} s: {line} {exact}");
        }
    }

    #[test]
    fn a_period_of_zero_divides_by_nothing() {
        let odd = Diurnal {
            period: SimSpan::ZERO,
            ..Diurnal::default()
        };
        assert!(odd.stretch(at(7)).start.0.is_finite());
        assert!(odd.stretch(at(7)).until > at(7));
    }

    #[test]
    fn a_ramp_is_level_then_even_then_level() {
        let ramp = |length| {
            Profile::Ramp(Ramp {
                from: Celsius(20.0),
                length: SimSpan::from_secs(length),
                start: at(100),
                to: Celsius(40.0),
            })
        };
        for (second, expected) in [
            (0, 20.0),
            (100, 20.0),
            (150, 30.0),
            (199, 39.8),
            (300, 40.0),
        ] {
            let value = ramp(100).stretch(at(second)).start.0;
            assert!((value - expected).abs() < 1e-9, "{second} s: {value}");
        }
        assert_eq!(
            ramp(0).stretch(at(99)),
            Stretch::steady(Celsius(20.0), at(100))
        );
        assert_eq!(
            ramp(0).stretch(at(100)),
            Stretch::steady(Celsius(40.0), SimTime::MAX)
        );
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_secs(s))
    }
}
