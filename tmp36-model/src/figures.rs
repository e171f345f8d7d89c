//! The figures and tables of the TMP36's data sheet, as functions.
//!
//! Owns what every TMP36 has in common: Analog Devices TMP35/TMP36/TMP37, Rev. H. Does not know
//! how one part differs from the next.

use crate::curve::interpolate;

/// How well a sensor was selected: Table 1.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Grade {
    /// ±2 °C at 25 °C, ±3 °C over the range.
    F,
    /// ±3 °C at 25 °C, ±4 °C over the range.
    #[default]
    G,
}

/// Table 1: typical error at 25 °C, taken as one standard deviation of the offset.
pub const OFFSET_SIGMA_C: f64 = 1.0;

/// Table 4: output at 0 °C.
const OUTPUT_AT_ZERO_V: f64 = 0.5;
/// Table 1: scale factor.
const VOLTS_PER_CELSIUS: f64 = 0.01;
/// Fig. 7: how far the limits widen away from 25 °C, on top of those at 25 °C.
const LIMIT_WIDENING_C: [(f64, f64); 3] = [(10.0, 1.0), (25.0, 0.0), (125.0, 1.0)];
/// Fig. 7: typical error. The figure begins near 10 °C; that it is level below is unsourced.
const CURVATURE_C: [(f64, f64); 5] = [
    (10.0, 1.2),
    (22.0, 0.05),
    (30.0, -0.1),
    (95.0, -0.1),
    (122.0, -1.1),
];
/// Fig. 8: output per volt of supply, in °C/V.
const SUPPLY_C_PER_V: [(f64, f64); 5] = [
    (-40.0, 0.075),
    (-25.0, 0.09),
    (25.0, 0.03),
    (85.0, 0.015),
    (125.0, 0.14),
];
/// The supply whose influence counts as zero; that more supply reads warmer is unsourced.
const SUPPLY_NOMINAL_V: f64 = 3.3;
/// Fig. 10: the supply that is needed, without load.
const SUPPLY_MIN_V: [(f64, f64); 3] = [(-40.0, 2.5), (25.0, 2.0), (125.0, 2.45)];
/// Fig. 11: supply current at 3 V, in µA.
const SUPPLY_UA: [(f64, f64); 3] = [(-40.0, 16.5), (25.0, 22.5), (125.0, 31.0)];
/// Fig. 12: 2 µA more at 5 V than at 3 V.
const SUPPLY_UA_PER_V: f64 = 1.0;
/// Table 3: TO-92, junction to ambient, in °C/W.
const THETA_AMBIENT: f64 = 162.0;
/// Table 3: TO-92, junction to case: what is left when the case is cooled perfectly.
const THETA_CASE: f64 = 120.0;
/// Table 1, load regulation: 6 m°C/µA, and 25 near 125 °C, times 10 mV/°C.
const OUTPUT_OHM: [(f64, f64); 2] = [(105.0, 60.0), (125.0, 250.0)];

/// Returns the output without load, of a die that the sensor takes to be at `celsius`.
#[must_use]
pub fn transfer_v(celsius: f64) -> f64 {
    OUTPUT_AT_ZERO_V + VOLTS_PER_CELSIUS * celsius
}

/// Returns the largest error that a sensor of this grade may have at a temperature.
#[must_use]
pub fn limit_c(grade: Grade, die_c: f64) -> f64 {
    let at_room_c = match grade {
        Grade::F => 2.0,
        Grade::G => 3.0,
    };
    at_room_c + interpolate(&LIMIT_WIDENING_C, die_c)
}

/// Returns the typical error at a temperature.
#[must_use]
pub fn curvature_c(die_c: f64) -> f64 {
    interpolate(&CURVATURE_C, die_c)
}

/// Returns by how much warmer a sensor reads because of its supply.
#[must_use]
pub fn supply_c(die_c: f64, supply_v: f64) -> f64 {
    interpolate(&SUPPLY_C_PER_V, die_c) * (supply_v - SUPPLY_NOMINAL_V)
}

/// Returns the lowest supply at which the output is right.
#[must_use]
pub fn supply_needed_v(die_c: f64) -> f64 {
    interpolate(&SUPPLY_MIN_V, die_c)
}

/// Returns by how much the supply current warms the die, in air or, `cooled`, in what moves.
#[must_use]
pub fn heating_c(die_c: f64, supply_v: f64, cooled: bool) -> f64 {
    let supply_ua = interpolate(&SUPPLY_UA, die_c) + SUPPLY_UA_PER_V * (supply_v - 3.0);
    let theta = if cooled { THETA_CASE } else { THETA_AMBIENT };
    supply_v * supply_ua * 1e-6 * theta
}

/// Returns the resistance behind the output.
#[must_use]
pub fn output_ohm(die_c: f64) -> f64 {
    interpolate(&OUTPUT_OHM, die_c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_give_what_the_data_sheet_prints() {
        let cases = [
            ("output at -40 °C", transfer_v(-40.0), 0.1),
            ("output at 25 °C", transfer_v(25.0), 0.75),
            ("output at 125 °C", transfer_v(125.0), 1.75),
            ("limit of F at 25 °C", limit_c(Grade::F, 25.0), 2.0),
            ("limit of F at -40 °C", limit_c(Grade::F, -40.0), 3.0),
            ("limit of G at 25 °C", limit_c(Grade::G, 25.0), 3.0),
            ("limit of G at 125 °C", limit_c(Grade::G, 125.0), 4.0),
            ("typical error at 10 °C", curvature_c(10.0), 1.2),
            ("typical error at 60 °C", curvature_c(60.0), -0.1),
            ("5 V at 25 °C", supply_c(25.0, 5.0), 0.051),
            ("supply needed at 25 °C", supply_needed_v(25.0), 2.0),
            (
                "self-heating at 3.3 V",
                heating_c(25.0, 3.3, false),
                0.012_2,
            ),
            ("output resistance at 25 °C", output_ohm(25.0), 60.0),
            ("output resistance at 125 °C", output_ohm(125.0), 250.0),
        ];
        for (what, value, expected) in cases {
            assert!((value - expected).abs() < 1e-4, "{what}: {value}");
        }
    }
}
