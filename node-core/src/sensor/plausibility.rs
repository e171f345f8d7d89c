//! Can this be a TMP36? Judges codes and steps.
//!
//! Owns the limits. Works on nominal voltages, before calibration, so that a correction can
//! neither hide a fault nor make one up. Does not know the conversion rule in use.
//!
//! ```text
//!  0        80 mV                              1.8 V        full scale      65535
//!  |NoSignal |  what a TMP36 puts out            | AboveRange | Saturated … | Misconfigured
//! ```

use crate::config::Scale;
use crate::sensor::SensorFault;
use crate::units::{AdcCode, Microvolts, MilliCelsius};

/// Readings in a row at a new level after which the step is a fact.
pub const STEP_CONFIRM: u8 = 3;

/// Least voltage of a working sensor: −42 °C, 20 mV below the least specified output.
//= Analog Devices TMP35/TMP36/TMP37 data sheet Rev. H, table 1: output 100 mV at −40 °C
const SIGNAL_MIN: Microvolts = Microvolts(80_000);
/// Most voltage of a working sensor: 130 °C, 5 °C above the specified range.
//= Analog Devices TMP35/TMP36/TMP37 data sheet Rev. H, table 1: range to 125 °C
const SIGNAL_MAX: Microvolts = Microvolts(1_800_000);
/// What the ESP8266 SDK returns when the converter is set up to measure its own supply.
//= ESP8266 non-OS SDK, `system_adc_read`: 0xFFFF when byte 107 of the init data is 0xFF
const MISCONFIGURED: AdcCode = AdcCode(0xFFFF);

/// Returns why no working sensor gives this code, if none does.
pub(super) const fn fault_of(scale: Scale, code: AdcCode) -> Option<SensorFault> {
    let volts = scale.microvolts(code);
    if code.0 == MISCONFIGURED.0 {
        Some(SensorFault::Misconfigured)
    } else if code.0 >= scale.full_scale().0 {
        Some(SensorFault::Saturated)
    } else if volts.0 < SIGNAL_MIN.0 {
        Some(SensorFault::NoSignal)
    } else if volts.0 > SIGNAL_MAX.0 {
        Some(SensorFault::AboveRange)
    } else {
        None
    }
}

/// Watches the change from reading to reading.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Steps {
    /// The last accepted temperature.
    accepted: Option<MilliCelsius>,
    /// The last refused temperature, if nothing came in between, and how many agreed with it.
    refused: Option<(MilliCelsius, u8)>,
}

impl Steps {
    /// Watches from the next temperature on.
    pub(super) const fn new() -> Self {
        Self {
            accepted: None,
            refused: None,
        }
    }

    /// Returns true when `temperature` is believed: it is within `step_max` of the last accepted
    /// one, or the [`STEP_CONFIRM`]-th in a row at its level.
    pub(super) fn accept(
        &mut self,
        step_max: Option<MilliCelsius>,
        temperature: MilliCelsius,
    ) -> bool {
        let near = |other: MilliCelsius| {
            step_max.is_none_or(|step_max| {
                i64::from(temperature.0.abs_diff(other.0)) <= i64::from(step_max.0)
            })
        };
        let agreeing = match self.refused {
            Some((level, count)) if near(level) => count.saturating_add(1),
            _ => 1,
        };
        let believed = self.accepted.is_none_or(near) || agreeing >= STEP_CONFIRM;
        if believed {
            self.accepted = Some(temperature);
            self.refused = None;
        } else {
            self.refused = Some((temperature, agreeing));
        }
        believed
    }

    /// Notes that a reading was faulty, which ends a row.
    pub(super) const fn interrupt(&mut self) {
        self.refused = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Attenuation;

    #[test]
    fn nodemcu_codes_are_judged_at_the_documented_limits() {
        let cases = [
            (0, Some(SensorFault::NoSignal)),
            (25, Some(SensorFault::NoSignal)),
            (26, None),
            (576, None),
            (577, Some(SensorFault::AboveRange)),
            (1022, Some(SensorFault::AboveRange)),
            (1023, Some(SensorFault::Saturated)),
            (1024, Some(SensorFault::Saturated)),
            (65_534, Some(SensorFault::Saturated)),
            (65_535, Some(SensorFault::Misconfigured)),
        ];
        for (code, expected) in cases {
            assert_eq!(fault_of(Scale::NodeMcu, AdcCode(code)), expected, "{code}");
        }
    }

    #[test]
    fn a_bare_converter_saturates_at_fifty_degrees() {
        let fault = |code| fault_of(Scale::BareEsp12, AdcCode(code));
        assert_eq!(fault(81), Some(SensorFault::NoSignal));
        assert_eq!(fault(82), None);
        assert_eq!(fault(1022), None);
        assert_eq!(fault(1023), Some(SensorFault::Saturated));
    }

    #[test]
    fn an_esp32c3_is_judged_on_its_twelve_bits() {
        let fault = |attenuation, code| fault_of(Scale::Esp32c3(attenuation), AdcCode(code));
        assert_eq!(fault(Attenuation::Db11, 116), Some(SensorFault::NoSignal));
        assert_eq!(fault(Attenuation::Db11, 117), None);
        assert_eq!(
            fault(Attenuation::Db11, 2628),
            Some(SensorFault::AboveRange)
        );
        assert_eq!(fault(Attenuation::Db11, 4095), Some(SensorFault::Saturated));
        assert_eq!(fault(Attenuation::Db0, 4094), None);
        assert_eq!(
            fault(Attenuation::Db0, 65_535),
            Some(SensorFault::Misconfigured)
        );
    }

    /// Feeds temperatures in °C with a limit of 20 °C and returns which were believed.
    fn believed<const N: usize>(celsius: [i32; N]) -> [bool; N] {
        let mut steps = Steps::new();
        celsius.map(|c| steps.accept(Some(MilliCelsius(20_000)), MilliCelsius(c * 1000)))
    }

    #[test]
    fn a_step_of_the_limit_is_possible_and_more_is_not() {
        assert_eq!(believed([20, 40, 61]), [true, true, false]);
        assert_eq!(believed([20, 0, -21]), [true, true, false]);
    }

    #[test]
    fn a_change_that_stays_is_believed() {
        assert_eq!(
            believed([20, 80, 81, 79, 80]),
            [true, false, false, true, true]
        );
    }

    #[test]
    fn a_change_that_wanders_is_not_believed() {
        assert_eq!(
            believed([20, 80, 120, 80, 120]),
            [true, false, false, false, false]
        );
    }

    #[test]
    fn a_spike_does_not_move_the_level() {
        assert_eq!(
            believed([20, 80, 21, 80, 81]),
            [true, false, true, false, false]
        );
    }

    #[test]
    fn a_fault_ends_the_row() {
        let mut steps = Steps::new();
        let limit = Some(MilliCelsius(20_000));
        assert!(steps.accept(limit, MilliCelsius(20_000)));
        for _ in 0..2 {
            assert!(!steps.accept(limit, MilliCelsius(80_000)));
        }
        steps.interrupt();
        assert!(!steps.accept(limit, MilliCelsius(80_000)));
    }

    #[test]
    fn without_a_limit_every_step_is_possible() {
        let mut steps = Steps::new();
        assert!(steps.accept(None, MilliCelsius(i32::MIN)));
        assert!(steps.accept(None, MilliCelsius(i32::MAX)));
    }
}
