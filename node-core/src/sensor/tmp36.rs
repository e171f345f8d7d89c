//! The TMP36's transfer function, and what voltage a code stands for on each board.
//!
//! Owns the nominal figures of the data sheets. Does not know what is wrong with one
//! particular board: that is the calibration's work.

use crate::config::{Attenuation, Conversion, Scale};
use crate::sensor::filter::Level;
use crate::text::div_round;
use crate::units::{AdcCode, Microvolts, MilliCelsius, saturate};

/// Output at 0 °C, in microvolts.
//= Analog Devices TMP35/TMP36/TMP37 data sheet Rev. H, table 4: offset voltage 0.5 V
const OFFSET_UV: i64 = 500_000;
/// Slope of the output, in microvolts per m°C.
//= Analog Devices TMP35/TMP36/TMP37 data sheet Rev. H, table 4: 10 mV/°C, 750 mV at 25 °C
const SLOPE_UV: i64 = 10;

/// The code that an ESP32-C3 nominally returns at its calibration voltage.
//= esp-hal `efuse/esp32c3`: the calibration code is 2000 ± 9 bits
const CODE_CALIBRATED: u32 = 2000;

impl MilliCelsius {
    /// Returns the temperature at which a TMP36 puts out `voltage`, rounded to nearest, halves
    /// away from 0 °C.
    #[must_use]
    pub const fn from_tmp36(voltage: Microvolts) -> Self {
        let above_zero_uv = (voltage.0 as i64).saturating_sub(OFFSET_UV);
        Self(saturate(div_round(above_zero_uv, SLOPE_UV)))
    }

    /// Returns the voltage that a TMP36 puts out at this temperature, held at the ends of
    /// [`Microvolts`].
    #[must_use]
    pub const fn to_tmp36(self) -> Microvolts {
        let above_zero_uv = (self.0 as i64).saturating_mul(SLOPE_UV);
        Microvolts(saturate(above_zero_uv.saturating_add(OFFSET_UV)))
    }
}

impl Scale {
    /// Returns the voltage at the sensor's output that `code` stands for, rounded to nearest.
    #[must_use]
    pub const fn microvolts(self, code: AdcCode) -> Microvolts {
        self.microvolts_at(Level::of(code))
    }

    /// Returns the lowest code that means "at the end of the converter".
    #[must_use]
    pub const fn full_scale(self) -> AdcCode {
        match self {
            // The non-OS SDK clamps at 1024, the RTOS SDK at 1023 (`components/esp8266/driver/
            // adc.c`), and the node cannot tell which one it runs on.
            Self::BareEsp12 | Self::NodeMcu => AdcCode(1023),
            //= ESP32-C3 Series Datasheet v1.4 §3.3.1: 12-bit converter
            Self::Esp32c3(_) => AdcCode(4095),
        }
    }

    /// Returns the voltage at the sensor's output that `level` stands for, rounded to nearest.
    pub(crate) const fn microvolts_at(self, level: Level) -> Microvolts {
        let (range_uv, codes) = self.span();
        // Factors of 32 bits need no check of their product, which is long on a 32-bit core.
        let scaled = (level.sum as u64).saturating_mul(range_uv as u64);
        let codes = (level.count as u64).saturating_mul(codes as u64);
        Microvolts(saturate(div_round(
            scaled.cast_signed(),
            codes.cast_signed(),
        )))
    }

    /// Returns a voltage in microvolts and how many codes it takes up.
    const fn span(self) -> (u32, u32) {
        match self {
            //= ESP8266EX Datasheet v6.6 §4.9: 10 bits over 0 to 1.0 V
            Self::BareEsp12 => (1_000_000, 1024),
            Self::Esp32c3(attenuation) => (attenuation.calibrated_uv(), CODE_CALIBRATED),
            //= NodeMCU DEVKIT V1.0 schematic p. 7: R13 220 kΩ over R14 100 kΩ, so 3.2 V in all
            Self::NodeMcu => (3_200_000, 1024),
        }
    }
}

impl Attenuation {
    /// Returns the voltage at which the factory calibrates [`CODE_CALIBRATED`], in microvolts.
    ///
    /// The specified range (data sheet v1.4, table 16) ends well before code 4095, so that it
    /// says nothing about the slope.
    //= esp-hal `efuse/esp32c3`: 400, 550, 750 and 1370 mV
    const fn calibrated_uv(self) -> u32 {
        match self {
            Self::Db0 => 400_000,
            Self::Db2p5 => 550_000,
            Self::Db6 => 750_000,
            Self::Db11 => 1_370_000,
        }
    }
}

impl Conversion {
    /// Returns the temperature that `level` stands for by this rule, rounded to nearest.
    pub(crate) const fn temperature(self, scale: Scale, level: Level) -> MilliCelsius {
        match self {
            Self::Datasheet => MilliCelsius::from_tmp36(scale.microvolts_at(level)),
            Self::TenthOfCode => MilliCelsius(saturate(div_round(
                (level.sum as i64).saturating_mul(100),
                level.count as i64,
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes that a nominal NodeMCU returns from −40 °C to 125 °C in steps of 5 °C, and the
    /// temperature that each stands for, in hundredths of a degree.
    const NODEMCU_CODES: [(u16, i64); 34] = [
        (31, -4031),
        (48, -3500),
        (64, -3000),
        (79, -2531),
        (96, -2000),
        (112, -1500),
        (127, -1031),
        (144, -500),
        (160, 0),
        (175, 469),
        (192, 1000),
        (208, 1500),
        (223, 1969),
        (240, 2500),
        (256, 3000),
        (271, 3469),
        (288, 4000),
        (304, 4500),
        (319, 4969),
        (336, 5500),
        (352, 6000),
        (367, 6469),
        (384, 7000),
        (400, 7500),
        (415, 7969),
        (432, 8500),
        (448, 9000),
        (463, 9469),
        (480, 10_000),
        (496, 10_500),
        (511, 10_969),
        (528, 11_500),
        (544, 12_000),
        (559, 12_469),
    ];

    fn datasheet(scale: Scale, code: u16) -> MilliCelsius {
        Conversion::Datasheet.temperature(scale, Level::of(AdcCode(code)))
    }

    #[test]
    fn nodemcu_codes_mean_what_the_data_sheet_says() {
        for (code, hundredths) in NODEMCU_CODES {
            let read = i64::from(datasheet(Scale::NodeMcu, code).0);
            assert_eq!(div_round(read, 10), hundredths, "code {code}");
        }
    }

    #[test]
    fn the_tutorials_rule_is_a_tenth_of_the_code() {
        for (code, _) in NODEMCU_CODES {
            let read =
                Conversion::TenthOfCode.temperature(Scale::NodeMcu, Level::of(AdcCode(code)));
            assert_eq!(read.0, i32::from(code) * 100);
        }
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(Scale::NodeMcu.microvolts(AdcCode(31)), Microvolts(96_875));
        assert_eq!(datasheet(Scale::NodeMcu, 31), MilliCelsius(-40_313));
        assert_eq!(
            MilliCelsius::from_tmp36(Microvolts(500_005)),
            MilliCelsius(1)
        );
        assert_eq!(
            MilliCelsius::from_tmp36(Microvolts(499_995)),
            MilliCelsius(-1)
        );
        assert_eq!(
            MilliCelsius::from_tmp36(Microvolts(499_996)),
            MilliCelsius(0)
        );
    }

    #[test]
    fn anchor_points_of_the_data_sheet_are_exact() {
        for (celsius, millivolts) in [(-40, 100), (0, 500), (25, 750), (125, 1750)] {
            let (temperature, voltage) =
                (MilliCelsius(celsius * 1000), Microvolts(millivolts * 1000));
            assert_eq!(MilliCelsius::from_tmp36(voltage), temperature);
            assert_eq!(temperature.to_tmp36(), voltage);
        }
    }

    #[test]
    fn every_code_of_every_scale_is_within_half_a_microvolt_of_its_fraction() {
        for scale in Scale::ALL {
            let (range_uv, codes) = scale.span();
            let (range_uv, codes) = (i64::from(range_uv), i64::from(codes));
            for code in 0..=u16::MAX {
                let volts = i64::from(scale.microvolts(AdcCode(code)).0);
                let off = (volts * codes - i64::from(code) * range_uv).abs() * 2;
                assert!(off <= codes, "{scale:?} {code}");
            }
        }
    }

    #[test]
    fn every_code_of_every_scale_survives_the_way_there_and_back() {
        for scale in Scale::ALL {
            let mut below = None;
            for code in 0..=u16::MAX {
                let temperature = datasheet(scale, code);
                assert!(below < Some(temperature), "{scale:?} {code}: monotonic");
                below = Some(temperature);
                let back = temperature.to_tmp36().0;
                let off = back.abs_diff(scale.microvolts(AdcCode(code)).0);
                assert!(off <= 5, "{scale:?} {code}: half a m°C is 5 µV");
                assert_eq!(MilliCelsius::from_tmp36(Microvolts(back)), temperature);
            }
        }
    }

    #[test]
    fn extremes_saturate() {
        assert_eq!(MilliCelsius(i32::MAX).to_tmp36(), Microvolts(i32::MAX));
        assert_eq!(MilliCelsius(i32::MIN).to_tmp36(), Microvolts(i32::MIN));
        assert_eq!(
            MilliCelsius::from_tmp36(Microvolts(i32::MIN)).0,
            -214_798_365
        );
    }
}
