//! Two resistors between a source and ground.
//!
//! Owns Ohm's law for one divider. Does not know which pins it sits between.

use crate::analog::Source;
use crate::rng::Rng;
use crate::units::{Ohms, Volts};

/// Tolerance of the resistors on a NodeMCU: 1 % (devkit 1.0 bill of materials).
const TOLERANCE: f64 = 0.01;

/// A voltage divider to ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divider {
    /// From the tap to ground.
    pub lower: Ohms,
    /// From the source to the tap.
    pub upper: Ohms,
}

impl Divider {
    /// The divider between A0 and TOUT: R13 and R14 of the NodeMCU devkit 1.0 schematic, page 7.
    pub const NODEMCU: Self = Self {
        lower: Ohms(100_000.0),
        upper: Ohms(220_000.0),
    };

    /// Draws a NodeMCU's divider with resistors anywhere within their tolerance.
    #[must_use]
    pub fn draw_nodemcu(rng: &mut Rng) -> Self {
        let mut part =
            |Ohms(nominal)| Ohms(nominal * rng.uniform(1.0 - TOLERANCE, 1.0 + TOLERANCE));
        let (lower, upper) = (part(Self::NODEMCU.lower), part(Self::NODEMCU.upper));
        Self { lower, upper }
    }

    /// Returns what the tap shows when `source` drives the upper end.
    #[must_use]
    pub fn apply(self, source: Source) -> Source {
        let above = source.resistance.0 + self.upper.0;
        if above.is_infinite() {
            return Source {
                open: Volts(0.0),
                resistance: self.lower,
            };
        }
        let share = self.lower.0 / (above + self.lower.0);
        Source {
            open: Volts(source.open.0 * share),
            resistance: Ohms(above * share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nodemcu_shows_its_converter_ten_thirty_seconds_of_a0() {
        let tap = Divider::NODEMCU.apply(Source {
            open: Volts(3.2),
            resistance: Ohms(0.0),
        });
        assert!((tap.open.0 - 1.0).abs() < 1e-12);
        assert!((tap.resistance.0 - 68_750.0).abs() < 1e-6);
    }

    #[test]
    fn an_open_pin_is_pulled_to_ground() {
        let tap = Divider::NODEMCU.apply(Source::OPEN);
        assert_eq!(
            tap,
            Source {
                open: Volts(0.0),
                resistance: Ohms(100_000.0)
            }
        );
    }
}
