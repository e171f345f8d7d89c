//! One burst of codes becomes one believed temperature, or a reason why not.
//!
//! Owns the order of the judgements. Does not know when to sample, or what happens to a reading.

use crate::config::{Filter, SensorConfig};
use crate::sensor::SensorFault;
use crate::sensor::filter::{Burst, Level};
use crate::sensor::plausibility::{Steps, fault_of};
use crate::units::{AdcCode, MilliCelsius};

/// The sensor as the node sees it: what it said last, and whether that can go on.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Sensor {
    steps: Steps,
}

impl Sensor {
    /// Starts without a past: the first plausible reading is believed.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            steps: Steps::new(),
        }
    }

    /// Returns the calibrated temperature of `burst`.
    ///
    /// Both conversion rules are judged alike, on raw codes at the nominal scale.
    ///
    /// # Errors
    ///
    /// The fault and the code that showed it, the highest if several did:
    /// [`SensorFault::NoAnswer`] when the burst is empty; the fault of a code when any code is
    /// faulty ([`Filter::Mean`]), or half of them are ([`Filter::Median`]);
    /// [`SensorFault::ImpossibleStep`] when the level jumped and has not yet stayed for
    /// [`STEP_CONFIRM`](crate::sensor::STEP_CONFIRM) readings.
    pub fn judge(
        &mut self,
        config: &SensorConfig,
        filter: Filter,
        burst: &Burst,
    ) -> Result<MilliCelsius, (SensorFault, AdcCode)> {
        let believable = level_of(config, filter, burst);
        let Ok(level) = believable else {
            self.steps.interrupt();
            return believable.map(|_| MilliCelsius(0));
        };
        let nominal = MilliCelsius::from_tmp36(config.scale.microvolts_at(level));
        if !self.steps.accept(config.step_max, nominal) {
            return Err((SensorFault::ImpossibleStep, level.code()));
        }
        let converted = config.conversion.temperature(config.scale, level);
        Ok(config.calibration.apply(converted))
    }
}

/// Returns the level of a burst whose codes can come from a working sensor.
fn level_of(
    config: &SensorConfig,
    filter: Filter,
    burst: &Burst,
) -> Result<Level, (SensorFault, AdcCode)> {
    let faults = || {
        let judge = |&code| fault_of(config.scale, code).map(|fault| (fault, code));
        burst.codes().iter().rev().filter_map(judge)
    };
    // A minority of faulty codes never reaches the middle of a sorted burst; half of them does.
    let tolerated = match filter {
        Filter::Mean => 0,
        Filter::Median => burst.len().saturating_sub(1) / 2,
    };
    if faults().count() > tolerated
        && let Some(fault) = faults().next()
    {
        return Err(fault);
    }
    burst
        .level(filter)
        .ok_or((SensorFault::NoAnswer, AdcCode(0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

    use super::*;
    use crate::config::{Calibration, Conversion, OVERSAMPLE_MAX};

    fn burst(codes: &[u16]) -> Burst {
        let mut burst = Burst::new();
        for &code in codes {
            burst.push(AdcCode(code));
        }
        burst
    }

    fn judge(filter: Filter, codes: &[u16]) -> Result<MilliCelsius, (SensorFault, AdcCode)> {
        Sensor::new().judge(&SensorConfig::default(), filter, &burst(codes))
    }

    #[test]
    fn oversampling_gains_resolution() {
        // One code is 312.5 m°C; a quarter of the way between 240 and 241 is 78.125 m°C.
        let read = judge(Filter::Mean, &[240, 240, 240, 241]);
        assert_eq!(read, Ok(MilliCelsius(25_078)));
        let read = judge(Filter::Median, &[239, 240, 241, 241]);
        assert_eq!(read, Ok(MilliCelsius(25_156)));
    }

    #[test]
    fn one_faulty_code_spoils_a_mean_but_not_a_median() {
        let fault = Err((SensorFault::Saturated, AdcCode(1024)));
        assert_eq!(judge(Filter::Mean, &[240, 240, 1024]), fault);
        assert_eq!(
            judge(Filter::Median, &[240, 240, 1024]),
            Ok(MilliCelsius(25_000))
        );
    }

    #[test]
    fn half_the_codes_faulty_spoil_a_median_too() {
        let fault = Err((SensorFault::NoSignal, AdcCode(3)));
        assert_eq!(judge(Filter::Median, &[240, 3]), fault);
        assert_eq!(judge(Filter::Median, &[240, 0, 241, 3]), fault);
    }

    #[test]
    fn no_code_is_no_answer() {
        let fault = Err((SensorFault::NoAnswer, AdcCode(0)));
        assert_eq!(judge(Filter::Mean, &[]), fault);
        assert_eq!(judge(Filter::Median, &[]), fault);
    }

    #[test]
    fn the_tutorials_rule_is_judged_like_the_data_sheets() {
        let config = SensorConfig {
            conversion: Conversion::TenthOfCode,
            ..SensorConfig::default()
        };
        let mut sensor = Sensor::new();
        let mut judge = |code| sensor.judge(&config, Filter::Mean, &burst(&[code]));
        assert_eq!(judge(240), Ok(MilliCelsius(24_000)));
        // 32 °C by the data sheet, only 10.3 °C by this rule.
        assert_eq!(judge(343), Err((SensorFault::ImpossibleStep, AdcCode(343))));
        assert_eq!(
            judge(65_535),
            Err((SensorFault::Misconfigured, AdcCode(65_535)))
        );
        assert_eq!(judge(16), Err((SensorFault::NoSignal, AdcCode(16))));
    }

    #[test]
    fn calibration_comes_after_judgement() {
        let config = SensorConfig {
            calibration: Calibration {
                gain_ppm: 0,
                offset: MilliCelsius(-100_000),
            },
            ..SensorConfig::default()
        };
        let read = Sensor::new().judge(&config, Filter::Mean, &burst(&[240]));
        assert_eq!(read, Ok(MilliCelsius(-75_000)));
    }

    #[test]
    fn a_step_that_stays_is_believed_at_the_third_reading() {
        let config = SensorConfig::default();
        let mut sensor = Sensor::new();
        let mut judge = |code| sensor.judge(&config, Filter::Mean, &burst(&[code])).is_ok();
        assert_eq!(
            [240, 400, 401, 400].map(&mut judge),
            [true, false, false, true]
        );
        // A fault in between starts the count again.
        assert_eq!([240, 240, 0, 240, 240].map(&mut judge), [false; 5]);
        assert!(judge(240));
    }

    proptest! {
        /// A reading is believed only within what the codes of a working sensor span.
        #[test]
        fn a_believed_reading_lies_among_its_working_codes(
            codes in prop::collection::vec(
                prop_oneof![26_u16..=576, any::<u16>(), Just(0), Just(65_535)],
                1..=OVERSAMPLE_MAX,
            ),
            median in any::<bool>(),
        ) {
            let filter = if median { Filter::Median } else { Filter::Mean };
            let works = |code: u16| (26..=576).contains(&code);
            let faulty = codes.iter().filter(|&&code| !works(code)).count();
            match judge(filter, &codes) {
                Ok(read) => {
                    let celsius = |code: u16| (i32::from(code) * 3125 - 500_000) / 10;
                    let working = || codes.iter().copied().filter(|&code| works(code));
                    let (low, high) = (working().min().unwrap(), working().max().unwrap());
                    prop_assert!(read.0 >= celsius(low) - 1 && read.0 <= celsius(high) + 1);
                    let spoiled = if median { codes.len().div_ceil(2) } else { 1 };
                    prop_assert!(faulty < spoiled);
                }
                Err((fault, code)) => {
                    let highest = codes.iter().copied().filter(|&code| !works(code)).max();
                    prop_assert_eq!(Some(code.0), highest);
                    prop_assert!(fault != SensorFault::ImpossibleStep);
                }
            }
        }
    }
}
