//! The converter of the ESP32-C3: 12 bits behind one of four attenuators.
//!
//! Owns everything between a pin of its first converter and the raw code. Does not know what
//! the code is taken for, nor whether anyone corrects its curve.

use node_core::{AdcCode, Attenuation};

use crate::analog::Source;
use crate::rng::Rng;
use crate::time::SimSpan;
use crate::units::Volts;

const CODE_MAX: u16 = 4095;
/// Codes of a full scale, the first that does not exist included.
const CODES: f64 = 4096.0;
/// The code at which the factory measures each attenuation (esp-hal `efuse/esp32c3`).
const CODE_CALIBRATED: f64 = 2000.0;
/// 100 000 conversions a second (ESP32-C3 datasheet v1.4, Table 15).
const READ_TIME: SimSpan = SimSpan::from_micros(10);
/// Standard deviation of one conversion, in codes; unsourced.
const NOISE_CODES: f64 = 2.0;
/// Rounds that undo the curve: its slope is below 0.13, so each gains most of a digit.
const INVERSION_ROUNDS: usize = 6;

/// What is known of a converter before it is drawn.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Esp32c3AdcSpec {
    /// The input attenuation; default 11 dB, which covers a TMP36's whole range.
    pub attenuation: Attenuation,
    /// A straight line without offset, error or noise; default off.
    pub ideal: bool,
}

/// One ESP32-C3's converter, seen through its factory calibration.
///
/// The reference differs by ±9 % between chips, and the factory stores by how much. A code here
/// is one that this number has corrected, so that 2000 means the same voltage on every chip.
#[derive(Clone, Copy, Debug)]
pub struct Esp32c3Adc {
    spec: Esp32c3AdcSpec,
    offset_mv: f32,
    /// Error that grows with the voltage: this much at the end of the specified range.
    slope_mv: f32,
}

impl Esp32c3Adc {
    /// Returns how this chip differs from a perfect one, in words.
    #[must_use]
    pub fn describe_part(&self) -> String {
        let (offset, slope) = (self.offset_mv, self.slope_mv);
        format!("offset {offset:+.1} mV, and {slope:+.1} mV more at the end of the range")
    }

    /// Draws one chip of its kind, from the same number of draws for every spec.
    ///
    /// Offset and slope share the error that the data sheet allows, so their sum stays within it.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "24 bits are enough for a part's spread"
    )]
    pub fn draw(spec: &Esp32c3AdcSpec, rng: &mut Rng) -> Self {
        let share_mv = error_max_mv(spec.attenuation) / 2.0;
        let offset_mv = rng.uniform(-share_mv, share_mv) as f32;
        let slope_mv = rng.uniform(-share_mv, share_mv) as f32;
        let (offset_mv, slope_mv) = if spec.ideal {
            (0.0, 0.0)
        } else {
            (offset_mv, slope_mv)
        };
        Self {
            spec: *spec,
            offset_mv,
            slope_mv,
        }
    }

    /// Converts what the pin shows. An open pin reads anything (unsourced); an ideal one reads 0.
    pub fn read(&self, pin: Source, rng: &mut Rng) -> AdcCode {
        let attenuation = self.spec.attenuation;
        let per_mv = CODES / (full_scale(attenuation).0 * 1000.0);
        let pin_mv = pin.open.0 * 1000.0;
        let codes = if self.spec.ideal {
            pin_mv * per_mv
        } else if pin.resistance.0.is_infinite() {
            rng.uniform(0.0, CODES)
        } else {
            let slope_mv = f64::from(self.slope_mv) * (pin_mv / range_mv(attenuation));
            let seen_mv = pin_mv + f64::from(self.offset_mv) + slope_mv;
            bent(attenuation, seen_mv) * per_mv + NOISE_CODES * rng.gaussian()
        };
        AdcCode(truncated(codes))
    }

    /// Returns how long one conversion takes.
    #[must_use]
    pub const fn read_time() -> SimSpan {
        READ_TIME
    }
}

/// Returns the voltage of the code after the last: the factory's voltage at code 2000, in
/// proportion. The specified range of each attenuation ends before it.
#[must_use]
pub fn full_scale(attenuation: Attenuation) -> Volts {
    // esp-hal `efuse/esp32c3`: calibrated at 400, 550, 750 and 1370 mV.
    let calibrated_v = match attenuation {
        Attenuation::Db0 => 0.400,
        Attenuation::Db2p5 => 0.550,
        Attenuation::Db6 => 0.750,
        Attenuation::Db11 => 1.370,
    };
    Volts(calibrated_v * CODES / CODE_CALIBRATED)
}

/// Returns the end of the specified range: ESP32-C3 datasheet v1.4, Table 16.
const fn range_mv(attenuation: Attenuation) -> f64 {
    match attenuation {
        Attenuation::Db0 => 750.0,
        Attenuation::Db2p5 => 1050.0,
        Attenuation::Db6 => 1300.0,
        Attenuation::Db11 => 2500.0,
    }
}

/// Returns the total error after calibration: ESP32-C3 datasheet v1.4, Table 16.
const fn error_max_mv(attenuation: Attenuation) -> f64 {
    match attenuation {
        Attenuation::Db0 | Attenuation::Db2p5 | Attenuation::Db6 => 10.0,
        Attenuation::Db11 => 35.0,
    }
}

/// Returns by how many millivolts the straight line is too high where it says `line_mv`:
/// ESP-IDF `esp_adc/esp32c3/curve_fitting_coefficients.c`, the lowest power first.
fn curve_error_mv(attenuation: Attenuation, line_mv: f64) -> f64 {
    let powers: &[f64] = match attenuation {
        Attenuation::Db0 => &[
            -0.225_966_470_500_043,
            -0.000_726_541_850_194_8,
            0.000_010_941_040_268_1,
        ],
        Attenuation::Db2p5 => &[
            0.422_962_339_260_051_6,
            -0.000_073_152_749_090_3,
            0.000_008_816_656_252_1,
        ],
        Attenuation::Db6 => &[
            -1.017_859_239_236_435,
            -0.009_715_926_529_915_3,
            0.000_014_979_402_803_8,
        ],
        Attenuation::Db11 => &[
            -1.491_226_277_285_045_3,
            -0.022_854_997_556_409_9,
            0.000_035_639_193_571_7,
            -0.000_000_017_996_458_2,
            0.000_000_000_004_204_6,
        ],
    };
    powers
        .iter()
        .rev()
        .fold(0.0, |sum, power| sum * line_mv + power)
}

/// Returns what the straight line says at a true voltage: the inverse of the curve step, which
/// takes [`curve_error_mv`] off the line.
fn bent(attenuation: Attenuation, true_mv: f64) -> f64 {
    // Beyond full scale the polynomials mean nothing, and the code is at its end anyhow.
    let line_max_mv = full_scale(attenuation).0 * 1000.0;
    let true_mv = true_mv.max(0.0).min(line_max_mv);
    (0..INVERSION_ROUNDS).fold(true_mv, |line_mv, _| {
        (true_mv + curve_error_mv(attenuation, line_mv)).min(line_max_mv)
    })
}

/// Returns a code: the converter truncates, and ends at both ends.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 12 bits, rounded down"
)]
fn truncated(codes: f64) -> u16 {
    codes.max(0.0).min(f64::from(CODE_MAX)) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rng::{EntityId, Purpose, Rng};
    use crate::units::Ohms;

    const ALL: [Attenuation; 4] = [
        Attenuation::Db0,
        Attenuation::Db2p5,
        Attenuation::Db6,
        Attenuation::Db11,
    ];

    #[test]
    fn an_ideal_converter_reads_2000_where_the_factory_does() {
        for (attenuation, volts) in ALL.into_iter().zip([0.400, 0.550, 0.750, 1.370]) {
            let code = read(
                Esp32c3AdcSpec {
                    attenuation,
                    ideal: true,
                },
                volts + 1e-9,
            );
            assert_eq!(code, 2000, "{attenuation:?}");
            assert_eq!(
                read(
                    Esp32c3AdcSpec {
                        attenuation,
                        ideal: true
                    },
                    3.3
                ),
                4095
            );
            assert_eq!(
                read(
                    Esp32c3AdcSpec {
                        attenuation,
                        ideal: true
                    },
                    -0.1
                ),
                0
            );
        }
    }

    #[test]
    fn the_curve_step_undoes_the_curve_over_the_whole_range() {
        for attenuation in ALL {
            let mut true_mv = 20.0;
            while true_mv <= range_mv(attenuation) {
                let line_mv = bent(attenuation, true_mv);
                let corrected_mv = line_mv - curve_error_mv(attenuation, line_mv);
                assert!(
                    (corrected_mv - true_mv).abs() < 0.01,
                    "{attenuation:?} {true_mv} mV"
                );
                true_mv += 10.0;
            }
        }
    }

    #[test]
    fn eleven_decibels_bend_most_at_the_top() {
        let at_top = curve_error_mv(Attenuation::Db11, 2500.0);
        let below = curve_error_mv(Attenuation::Db11, 1370.0);
        assert!(
            at_top > 40.0 && below.abs() < 10.0,
            "{at_top} mV, {below} mV"
        );
    }

    proptest! {
        #[test]
        fn every_chip_stays_within_the_stated_error(seed in any::<u64>(), part in 0.1_f64..1.0) {
            for attenuation in ALL {
                let mut rng = Rng::derive(seed, EntityId::World, Purpose::Parts);
                let adc = Esp32c3Adc::draw(&Esp32c3AdcSpec { attenuation, ideal: false }, &mut rng);
                let true_mv = part * range_mv(attenuation);
                let pin = Source::stiff(Volts(true_mv / 1000.0));
                let line_mv = f64::from(adc.read(pin, &mut rng).0) * full_scale(attenuation).0
                    / CODES * 1000.0;
                let error_mv = line_mv - curve_error_mv(attenuation, line_mv) - true_mv;
                // Six standard deviations of noise, and the step, may come on top.
                let noise_mv = 13.0 * full_scale(attenuation).0 / CODES * 1000.0;
                prop_assert!(error_mv.abs() < error_max_mv(attenuation) + noise_mv, "{error_mv}");
            }
        }

        #[test]
        fn no_voltage_panics(volts in any::<f64>(), ohms in any::<f64>(), seed in any::<u64>()) {
            let mut rng = Rng::derive(seed, EntityId::World, Purpose::Adc);
            let adc = Esp32c3Adc::draw(&Esp32c3AdcSpec::default(), &mut rng);
            let pin = Source { open: Volts(volts), resistance: Ohms(ohms) };
            prop_assert!(adc.read(pin, &mut rng).0 <= CODE_MAX);
        }
    }

    fn read(spec: Esp32c3AdcSpec, volts: f64) -> u16 {
        let mut rng = Rng::derive(5, EntityId::World, Purpose::Adc);
        Esp32c3Adc::draw(&spec, &mut rng)
            .read(Source::stiff(Volts(volts)), &mut rng)
            .0
    }
}
