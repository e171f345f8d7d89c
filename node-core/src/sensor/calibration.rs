//! Correction of one board's gain and offset.

use crate::config::Calibration;
use crate::text::div_round;
use crate::units::{MilliCelsius, saturate};

/// Where the sensor's voltage would be zero: −50 °C, in m°C below 0 °C.
const ZERO_VOLTS_MC: i64 = 50_000;
/// One, in parts per million.
const ONE_PPM: i64 = 1_000_000;

impl Calibration {
    /// Returns the corrected temperature; the part with the gain is rounded to nearest, halves
    /// away from −50 °C.
    #[must_use]
    pub const fn apply(self, temperature: MilliCelsius) -> MilliCelsius {
        let gain = ONE_PPM.saturating_add(self.gain_ppm as i64);
        let above = (temperature.0 as i64).saturating_add(ZERO_VOLTS_MC);
        let scaled = div_round(above.saturating_mul(gain), ONE_PPM);
        MilliCelsius(saturate(
            scaled
                .saturating_sub(ZERO_VOLTS_MC)
                .saturating_add(self.offset.0 as i64),
        ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn gain_acts_on_the_voltage() {
        // At 25 °C the sensor puts out 750 mV; 4 % more is 780 mV, which is 28 °C.
        let calibration = Calibration {
            gain_ppm: 40_000,
            offset: MilliCelsius(0),
        };
        assert_eq!(
            calibration.apply(MilliCelsius(25_000)),
            MilliCelsius(28_000)
        );
        assert_eq!(
            calibration.apply(MilliCelsius(-50_000)),
            MilliCelsius(-50_000)
        );
    }

    #[test]
    fn the_largest_gains_double_and_silence() {
        let with_gain = |gain_ppm| Calibration {
            gain_ppm,
            offset: MilliCelsius(-500),
        };
        let at = MilliCelsius(10_000);
        assert_eq!(with_gain(1_000_000).apply(at), MilliCelsius(69_500));
        assert_eq!(with_gain(-1_000_000).apply(at), MilliCelsius(-50_500));
    }

    proptest! {
        #[test]
        fn without_gain_only_the_offset_counts(
            temperature in -1_000_000_i32..1_000_000,
            offset in -1_000_000_i32..1_000_000,
        ) {
            let calibration = Calibration { gain_ppm: 0, offset: MilliCelsius(offset) };
            let corrected = calibration.apply(MilliCelsius(temperature));
            prop_assert_eq!(corrected, MilliCelsius(temperature + offset));
        }

        #[test]
        fn no_numbers_are_too_large(
            gain_ppm in any::<i32>(),
            offset in any::<i32>(),
            temperature in any::<i32>(),
        ) {
            let calibration = Calibration { gain_ppm, offset: MilliCelsius(offset) };
            let exact = (i128::from(temperature) + 50_000) * (i128::from(gain_ppm) + 1_000_000);
            let rounded = (exact.abs() + 500_000) / 1_000_000 * exact.signum();
            let expected = (rounded - 50_000 + i128::from(offset))
                .clamp(i128::from(i32::MIN), i128::from(i32::MAX));
            let corrected = calibration.apply(MilliCelsius(temperature));
            prop_assert_eq!(i128::from(corrected.0), expected);
        }
    }
}
