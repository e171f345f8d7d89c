//! From the factory's calibration of one chip to node-core's.
//!
//! Owns one ratio. Does not read the eFuse.
//!
//! node-core takes raw codes and holds that code 2000 stands for the attenuation's calibration
//! voltage. The factory measured which code this chip really returns there. The quotient of the
//! two is an error of the gain, which is what [`Calibration::gain_ppm`] corrects.

use node_core::{Calibration, MilliCelsius};

/// The code that node-core expects at the calibration voltage.
//= esp-hal 1.2.2 `efuse/esp32c3`, `rtc_calib_cal_code`: 2000 ± 9 bits
const CODE_NOMINAL: i32 = 2000;
/// How far the eFuse can state a code from the nominal one: nine bits and a sign.
const DEVIATION_MAX: i32 = 511;
/// One, in parts per million.
const ONE_PPM: i32 = 1_000_000;

/// Returns the correction for a chip whose converter returns `code` at the calibration voltage,
/// rounded to nearest; none for a code that no factory writes.
#[must_use]
pub const fn factory_calibration(code: u16) -> Calibration {
    let code = code as i32;
    let deviation = CODE_NOMINAL - code;
    let gain_ppm = if deviation.abs() > DEVIATION_MAX {
        0
    } else {
        // `nominal / code − 1`; 511 · 10⁶ fits an i32, and half the divisor rounds to nearest.
        (deviation * ONE_PPM + deviation.signum() * (code / 2)) / code
    };
    Calibration {
        gain_ppm,
        offset: MilliCelsius(0),
    }
}

#[cfg(test)]
mod tests {
    use node_core::{AdcCode, Attenuation, Scale};

    use super::*;

    #[test]
    fn a_nominal_chip_needs_no_correction() {
        assert_eq!(factory_calibration(2000), Calibration::default());
    }

    #[test]
    fn a_code_that_no_factory_writes_is_left_alone() {
        for code in [0, 1488, 2512, u16::MAX] {
            assert_eq!(factory_calibration(code), Calibration::default(), "{code}");
        }
    }

    /// At the calibration voltage, every chip must read what the nominal one reads.
    #[test]
    fn every_chip_agrees_at_the_calibration_voltage() {
        for attenuation in [
            Attenuation::Db0,
            Attenuation::Db2p5,
            Attenuation::Db6,
            Attenuation::Db11,
        ] {
            let scale = Scale::Esp32c3(attenuation);
            let nominal = MilliCelsius::from_tmp36(scale.microvolts(AdcCode(2000)));
            for code in 1489..=2511 {
                let raw = MilliCelsius::from_tmp36(scale.microvolts(AdcCode(code)));
                let corrected = factory_calibration(code).apply(raw);
                let error = (corrected.0 - nominal.0).abs();
                assert!(error <= 1, "code {code}: {error} m°C");
            }
        }
    }
}
