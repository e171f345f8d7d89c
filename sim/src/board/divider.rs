//! The two resistors of a NodeMCU between A0 and the converter.
//!
//! Owns their values and spread. Does not know what is connected to A0.

use super::circuit::{Norton, load, series};
use crate::analog::Source;
use crate::rng::Rng;
use crate::units::Ohms;

/// NodeMCU DEVKIT V1.0 schematic, page 7: R13.
const TOP_OHMS: f64 = 220_000.0;
/// NodeMCU DEVKIT V1.0 schematic, page 7: R14.
const BOTTOM_OHMS: f64 = 100_000.0;
/// NodeMCU DEVKIT V1.0 bill of materials: 1 % parts.
const TOLERANCE: f64 = 0.01;

/// How dividers differ between boards.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DividerSpec {
    /// Every board has exactly 220 kΩ and 100 kΩ. Default: no.
    pub ideal: bool,
}

/// The divider of one board.
///
/// ```text
/// A0 ──[ top ]──┬── TOUT
///           [ bottom ]
///               │
///              GND
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divider {
    /// From A0 to TOUT.
    pub top: Ohms,
    /// From TOUT to ground.
    pub bottom: Ohms,
}

impl Divider {
    /// The divider of the schematic.
    pub const NOMINAL: Self = Self {
        top: Ohms(TOP_OHMS),
        bottom: Ohms(BOTTOM_OHMS),
    };

    /// Draws the divider of one board, each resistor uniform within its tolerance.
    ///
    /// An ideal divider takes no draw.
    #[must_use]
    pub fn draw(spec: DividerSpec, rng: &mut Rng) -> Self {
        if spec.ideal {
            return Self::NOMINAL;
        }
        let mut resistor = |ohms: f64| Ohms(ohms * rng.uniform(1.0 - TOLERANCE, 1.0 + TOLERANCE));
        Self {
            top: resistor(TOP_OHMS),
            bottom: resistor(BOTTOM_OHMS),
        }
    }

    /// Returns what the converter sees when `input` drives A0.
    #[must_use]
    pub fn apply(self, input: Source) -> Source {
        let ground = Norton {
            siemens: 1.0 / self.bottom.0,
            amperes: 0.0,
        };
        load(series(input, self.top), ground)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;
    use crate::rng::{EntityId, Purpose};
    use crate::units::Volts;

    #[test]
    fn a_stiff_source_is_divided_by_3_2_behind_68_75_kilohms() {
        let source = Divider::NOMINAL.apply(Source {
            open: Volts(3.2),
            resistance: Ohms(0.0),
        });
        assert!((source.open.0 - 1.0).abs() < 1e-12, "{source:?}");
        assert!((source.resistance.0 - 68_750.0).abs() < 1e-6, "{source:?}");
    }

    #[test]
    fn an_open_input_is_tied_to_ground_by_the_lower_resistor() {
        let source = Divider::NOMINAL.apply(Source {
            open: Volts(0.0),
            resistance: Ohms(f64::INFINITY),
        });
        assert!(source.open.0.abs() < 1e-12, "{source:?}");
        assert!(
            (source.resistance.0 - BOTTOM_OHMS).abs() < 1e-6,
            "{source:?}"
        );
    }

    // Worst case of two 1 % parts: 220·0.99/(220·0.99 + 100·1.01) and its mirror: ±1.375 %.
    #[test]
    fn spread_stays_within_the_tolerance_and_uses_it() {
        let mut errors = Vec::new();
        for node in 0..2_000 {
            let mut rng = Rng::derive(7, EntityId::Node(NodeId(node)), Purpose::Parts);
            let divider = Divider::draw(DividerSpec::default(), &mut rng);
            let ratio = divider.bottom.0 / (divider.top.0 + divider.bottom.0);
            errors.push(ratio * 3.2 - 1.0);
        }
        let most = errors
            .iter()
            .fold(0.0_f64, |most, error| most.max(error.abs()));
        assert!(most < 0.0139, "{most}");
        assert!(most > 0.011, "{most}");
    }

    #[test]
    fn an_ideal_divider_draws_nothing() {
        let mut rng = Rng::derive(7, EntityId::World, Purpose::Parts);
        let before = rng.clone().bits();
        assert_eq!(
            Divider::draw(DividerSpec { ideal: true }, &mut rng),
            Divider::NOMINAL
        );
        assert_eq!(rng.bits(), before);
    }
}
