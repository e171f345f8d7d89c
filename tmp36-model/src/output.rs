//! What the output lead of a TMP36 shows.
//!
//! Owns the way from a temperature to a level between the rails, and what each fault makes of it.
//! Does not know errors of single parts, noise or time.

use crate::fault::Tmp36Fault;
use crate::figures::{supply_needed_v, transfer_v};

/// With its ground lead open, how far below +VS the output floats: a diode drop; unsourced.
const GROUND_OPEN_DROP_V: f64 = 0.6;

/// What a lead shows without load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lead {
    /// A level, in volts.
    Level(f64),
    /// Nothing drives it.
    Open,
}

/// Returns the level that a sensor whose die is at `die_c`, and which takes it to be at `seen_c`,
/// makes of its supply, before the rails limit it.
///
/// That too low a supply lowers the output in proportion is unsourced.
#[must_use]
pub fn fed_v(seen_c: f64, die_c: f64, supply_v: f64) -> f64 {
    let needed_v = supply_needed_v(die_c);
    let fed = if supply_v < needed_v {
        supply_v / needed_v
    } else {
        1.0
    };
    transfer_v(seen_c) * fed
}

/// Returns the level of a sensor whose ground lead is open, before the rails limit it.
#[must_use]
pub fn ground_open_v(supply_v: f64) -> f64 {
    supply_v - GROUND_OPEN_DROP_V
}

/// Returns a level that stays between ground and +VS: Table 2.
#[must_use]
pub fn between_rails_v(level_v: f64, supply_v: f64) -> f64 {
    level_v.min(supply_v).max(0.0)
}

/// Returns what a fault puts on the lead, `None` where the sensor itself still drives it.
/// `supply_v` is `None` without supply.
#[must_use]
pub fn faulty(fault: Tmp36Fault, supply_v: Option<f64>) -> Option<Lead> {
    match fault {
        Tmp36Fault::None | Tmp36Fault::Stuck => None,
        Tmp36Fault::Open => Some(Lead::Open),
        Tmp36Fault::ShortToGround => Some(Lead::Level(0.0)),
        Tmp36Fault::ShortToSupply => Some(supply_v.map_or(Lead::Open, Lead::Level)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_low_a_supply_lowers_the_output_and_the_rails_limit_it() {
        let cases = [
            (25.0, 3.3, 0.75),
            (25.0, 1.0, 0.375),
            (900.0, 3.3, 3.3),
            (-90.0, 3.3, 0.0),
        ];
        for (celsius, supply_v, expected_v) in cases {
            let level_v = between_rails_v(fed_v(celsius, celsius, supply_v), supply_v);
            assert!(
                (level_v - expected_v).abs() < 1e-12,
                "{celsius} °C: {level_v}"
            );
        }
    }

    #[test]
    fn a_short_to_a_supply_that_is_off_drives_nothing() {
        assert_eq!(faulty(Tmp36Fault::ShortToSupply, None), Some(Lead::Open));
        let on = faulty(Tmp36Fault::ShortToSupply, Some(3.3));
        assert_eq!(on, Some(Lead::Level(3.3)));
    }
}
