//! The analog side of one board as a whole: sensor, wiring, divider and converter in a row.
//!
//! Owns the order in which they are asked. Each part's physics is its own.

use node_core::sensor::{Burst, Sensor};
use node_core::{AdcCode, Calibration, Filter, Microvolts, MilliCelsius, SensorConfig};

use crate::analog::{Adc, Esp32c3Adc, Esp8266Adc, RadioActivity, Supply, Tmp36, Tmp36Fault};
use crate::board::{BoardKind, Divider, DividerSpec};
use crate::environment::{Environment, Profile};
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};
use crate::spec::NodeSpec;
use crate::time::{SimSpan, SimTime};
use crate::units::Celsius;

/// Conversions of the reference measurement that a calibration averages.
const CALIBRATION_READS: usize = 64;

/// One board's way from the air to a code.
#[derive(Clone, Debug)]
pub(crate) struct Frontend {
    adc: Adc,
    divider: Divider,
    noise: Rng,
    sensor: Tmp36,
}

/// One conversion, and the truth beside it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conversion {
    /// What the converter returned: all that the node sees.
    pub code: AdcCode,
    /// The voltage at the sensor's output, without load.
    pub output: Microvolts,
    /// The temperature of the air around the sensor.
    pub truth: MilliCelsius,
}

impl Frontend {
    /// Draws the parts of one board.
    pub(crate) fn draw(seed: u64, id: NodeId, spec: &NodeSpec, parts: &mut Rng) -> Self {
        let adc = match spec.wiring.board() {
            BoardKind::Esp12 | BoardKind::NodeMcu => {
                Adc::Esp8266(Esp8266Adc::draw(&spec.esp8266, parts))
            }
            BoardKind::Esp32C3 => Adc::Esp32c3(Esp32c3Adc::draw(&spec.esp32c3, parts)),
        };
        Self {
            adc,
            divider: Divider::draw(DividerSpec { ideal: spec.ideal }, parts),
            noise: Rng::derive(seed, EntityId::Node(id), Purpose::Adc),
            sensor: Tmp36::draw(&spec.sensor, parts),
        }
    }

    /// Returns the parts, for those who tell of them.
    pub(crate) const fn parts(&self) -> (&Tmp36, &Divider, &Adc) {
        (&self.sensor, &self.divider, &self.adc)
    }

    /// Lets the sensor take the temperature of the air, as at power-on after a long rest.
    pub(crate) fn stabilise(&mut self, at: SimTime, environment: &mut Environment) {
        self.sensor.stabilise(at, environment);
    }

    /// Breaks or mends the sensor.
    pub(crate) fn change_sensor(&mut self, fault: Tmp36Fault) {
        self.sensor.fail(fault);
    }

    /// Returns how long a conversion takes.
    pub(crate) const fn read_time(&self, radio: RadioActivity) -> SimSpan {
        self.adc.read_time(radio)
    }

    /// Converts once.
    pub(crate) fn convert(
        &mut self,
        at: SimTime,
        radio: RadioActivity,
        environment: &mut Environment,
        spec: &NodeSpec,
    ) -> Conversion {
        let output = self
            .sensor
            .output(at, environment, supply(spec), &mut self.noise);
        let pin = spec.wiring.analog_input(self.divider, output);
        Conversion {
            code: self.adc.read(pin, radio, &mut self.noise),
            output: Microvolts(rounded(output.open.0 * 1e6)),
            truth: MilliCelsius(rounded(environment.temperature(at).0 * 1e3)),
        }
    }

    /// Measures what correction makes this board right at the reference temperatures.
    ///
    /// One temperature corrects the offset; two correct gain and offset. The measurement is a
    /// real one, with this board's noise; a board that reads nothing stays uncorrected.
    pub(crate) fn calibrate(&self, config: &SensorConfig, spec: &NodeSpec) -> Calibration {
        let config = SensorConfig {
            calibration: Calibration::default(),
            ..*config
        };
        let measured = |reference: &Celsius| {
            let read = self.clone().measure(&config, *reference, spec)?;
            Some((reference.0, f64::from(read.0) / 1e3))
        };
        let points: Option<Vec<(f64, f64)>> = spec.calibrate.iter().map(measured).collect();
        match points.as_deref() {
            Some([(truth, read)]) => Calibration {
                gain_ppm: 0,
                offset: MilliCelsius(rounded((truth - read) * 1e3)),
            },
            Some([(truth, read), (other_truth, other_read)])
                if !read.total_cmp(other_read).is_eq() =>
            {
                let gain = (other_truth - truth) / (other_read - read);
                let offset = truth - ((read + 50.0) * gain - 50.0);
                Calibration {
                    gain_ppm: rounded((gain - 1.0) * 1e6).clamp(-1_000_000, 1_000_000),
                    offset: MilliCelsius(rounded(offset * 1e3)),
                }
            }
            _ => Calibration::default(),
        }
    }

    /// Returns the mean of many readings in air of a known temperature.
    fn measure(
        mut self,
        config: &SensorConfig,
        reference: Celsius,
        spec: &NodeSpec,
    ) -> Option<MilliCelsius> {
        let mut air = Environment::new(Profile::Constant(reference), 0);
        self.stabilise(SimTime::ZERO, &mut air);
        let mut sum = 0_i64;
        for index in 0..CALIBRATION_READS {
            let at = SimTime::from_nanos((index as u64 + 1) * 10_000_000);
            let mut burst = Burst::new();
            burst.push(
                self.convert(at, RadioActivity::Listening, &mut air, spec)
                    .code,
            );
            let read = Sensor::new().judge(config, Filter::Mean, &burst).ok()?;
            sum += i64::from(read.0);
        }
        let mean = node_core::div_round(sum, i64::try_from(CALIBRATION_READS).ok()?);
        Some(MilliCelsius(i32::try_from(mean).ok()?))
    }
}

/// Returns how the sensor is supplied: as wired, at the voltage that the scenario gives.
fn supply(spec: &NodeSpec) -> Supply {
    match (spec.wiring.supply(), spec.supply) {
        (Supply::GroundOpen(_), Some(volts)) => Supply::GroundOpen(volts),
        (Supply::Powered(_), Some(volts)) => Supply::Powered(volts),
        (Supply::Reversed(_), Some(volts)) => Supply::Reversed(volts),
        (wired, _) => wired,
    }
}

/// Rounds to the nearest whole number; what is out of range is clamped.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float cast to an integer saturates"
)]
fn rounded(value: f64) -> i32 {
    value.round() as i32
}
