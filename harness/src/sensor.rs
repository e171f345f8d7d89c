//! The table of temperature, voltage and code that an ideal board would show.
//!
//! Owns the sweep and its three formats. Does not know how sensor, divider and converter work:
//! it asks the simulator's own models, without their errors.

mod render;

use std::fmt;

use node_core::{AdcCode, Attenuation, MilliCelsius, Scale};
use nodelab_sim::analog::{
    Adc, Esp32c3Adc, Esp32c3AdcSpec, Esp8266Adc, Esp8266AdcSpec, RadioActivity, Supply, Tmp36,
    Tmp36Spec,
};
use nodelab_sim::board::Divider;
use nodelab_sim::environment::{Environment, Profile};
use nodelab_sim::{Celsius, EntityId, Purpose, Rng, SimTime, Volts};

use self::render::shortest;

pub use self::render::{Format, render};

/// Rows of one table at most.
pub const ROWS_MAX: u32 = 10_000;
/// The temperatures at which a TMP36 operates at all (data sheet Rev. H, Table 2).
pub const SWEEP_RANGE: (MilliCelsius, MilliCelsius) =
    (MilliCelsius(-55_000), MilliCelsius(150_000));

/// The pin from which every board supplies the sensor.
const SUPPLY: Supply = Supply::Powered(Volts(3.3));

/// The board whose converter reads the sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SensorBoard {
    /// An ESP-12 module, the sensor directly at TOUT.
    BareEsp12,
    /// An ESP32-C3 at 11 dB, the sensor directly at the pin.
    Esp32C3,
    /// A NodeMCU, the sensor at A0.
    NodeMcu,
}

/// The temperatures of a table: `from`, then every `step`, up to and including `to`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sweep {
    /// The first temperature.
    pub from: MilliCelsius,
    /// More than zero.
    pub step: MilliCelsius,
    /// The last temperature, if a whole number of steps meets it.
    pub to: MilliCelsius,
}

/// Why a sweep makes no table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SweepError {
    /// `to` lies below `from`.
    Backwards,
    /// A temperature at which no TMP36 operates.
    OutOfRange(MilliCelsius),
    /// The step is zero or less.
    StepNotPositive,
    /// More than [`ROWS_MAX`]: this many.
    TooManyRows(u32),
}

/// One temperature, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The temperature of the air.
    pub celsius: MilliCelsius,
    /// The sensor's output.
    pub volts: Volts,
    /// What the converter makes of it.
    pub code: AdcCode,
    /// The code by the data sheet's transfer function and the board's scale.
    pub datasheet_celsius: Celsius,
    /// The code by the tutorial's rule: a tenth of it.
    pub blog_celsius: Celsius,
    /// By how much the tutorial's rule is too high.
    pub blog_error: Celsius,
}

/// Returns the table of one board.
///
/// # Errors
///
/// A [`SweepError`] that names what is wrong with the sweep.
pub fn table(board: SensorBoard, sweep: Sweep) -> Result<Vec<Row>, SweepError> {
    let mut bench = Bench::new(board);
    Ok(sweep
        .temperatures()?
        .map(|celsius| bench.row(celsius))
        .collect())
}

/// An ideal sensor on an ideal board.
struct Bench {
    adc: Adc,
    board: SensorBoard,
    rng: Rng,
    sensor: Tmp36,
}

impl Bench {
    fn new(board: SensorBoard) -> Self {
        // Ideal parts draw, but nothing that they draw shows.
        let mut rng = Rng::derive(0, EntityId::World, Purpose::Parts);
        let sensor = Tmp36::draw(
            &Tmp36Spec {
                ideal: true,
                ..Tmp36Spec::default()
            },
            &mut rng,
        );
        let adc = match board {
            SensorBoard::BareEsp12 | SensorBoard::NodeMcu => {
                let spec = Esp8266AdcSpec {
                    ideal: true,
                    ..Esp8266AdcSpec::default()
                };
                Adc::Esp8266(Esp8266Adc::draw(&spec, &mut rng))
            }
            SensorBoard::Esp32C3 => {
                let spec = Esp32c3AdcSpec {
                    attenuation: Attenuation::Db11,
                    ideal: true,
                };
                Adc::Esp32c3(Esp32c3Adc::draw(&spec, &mut rng))
            }
        };
        Self {
            adc,
            board,
            rng,
            sensor,
        }
    }

    fn row(&mut self, celsius: MilliCelsius) -> Row {
        let truth_c = f64::from(celsius.0) / 1000.0;
        let mut room = Environment::new(Profile::Constant(Celsius(truth_c)), 0);
        let output = self
            .sensor
            .output(SimTime::ZERO, &mut room, SUPPLY, &mut self.rng);
        let pin = match self.board {
            SensorBoard::BareEsp12 | SensorBoard::Esp32C3 => output,
            SensorBoard::NodeMcu => Divider::NOMINAL.apply(output),
        };
        let code = self.adc.read(pin, RadioActivity::Listening, &mut self.rng);
        let blog_c = f64::from(code.0) / 10.0;
        Row {
            celsius,
            volts: output.open,
            code,
            datasheet_celsius: datasheet_celsius(self.board, code),
            blog_celsius: Celsius(blog_c),
            blog_error: Celsius(blog_c - truth_c),
        }
    }
}

/// Returns what a code means to the node's own conversion.
fn datasheet_celsius(board: SensorBoard, code: AdcCode) -> Celsius {
    let scale = match board {
        SensorBoard::BareEsp12 => Scale::BareEsp12,
        SensorBoard::Esp32C3 => Scale::Esp32c3(Attenuation::Db11),
        SensorBoard::NodeMcu => Scale::NodeMcu,
    };
    let MilliCelsius(milli) = MilliCelsius::from_tmp36(scale.microvolts(code));
    Celsius(f64::from(milli) / 1e3)
}

impl Sweep {
    fn temperatures(self) -> Result<impl Iterator<Item = MilliCelsius>, SweepError> {
        let (low, high) = SWEEP_RANGE;
        if let Some(far) = [self.from, self.to]
            .into_iter()
            .find(|end| *end < low || *end > high)
        {
            return Err(SweepError::OutOfRange(far));
        }
        if self.step.0 <= 0 {
            return Err(SweepError::StepNotPositive);
        }
        if self.to < self.from {
            return Err(SweepError::Backwards);
        }
        // At most 205 001, since the range was checked above; rounded down to whole steps.
        let rows = (self.to.0 - self.from.0).unsigned_abs() / self.step.0.unsigned_abs() + 1;
        if rows > ROWS_MAX {
            return Err(SweepError::TooManyRows(rows));
        }
        let step = usize::try_from(self.step.0).expect("positive");
        Ok((self.from.0..=self.to.0).step_by(step).map(MilliCelsius))
    }
}

impl fmt::Display for SweepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = SWEEP_RANGE;
        match self {
            Self::Backwards => write!(f, "the last temperature is below the first; swap them"),
            Self::OutOfRange(far) => write!(
                f,
                "read {} °C, expected {} to {} °C, where a TMP36 operates",
                shortest(*far),
                shortest(low),
                shortest(high),
            ),
            Self::StepNotPositive => write!(f, "expected a step of 0.001 °C or more"),
            Self::TooManyRows(rows) => {
                write!(
                    f,
                    "{rows} rows, expected at most {ROWS_MAX}; take a larger step"
                )
            }
        }
    }
}

impl std::error::Error for SweepError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nodemcu_table_is_that_of_the_sdk_chain() {
        // Computed apart from the models. The rule of a tenth is right near 23.5 °C alone.
        let expected = "\
celsius,volts,code,datasheet_celsius,blog_celsius,blog_error
-40,0.100,31,-40.31,3.1,43.1
-35,0.150,48,-35.00,4.8,39.8
-30,0.200,64,-30.00,6.4,36.4
-25,0.250,79,-25.31,7.9,32.9
-20,0.300,96,-20.00,9.6,29.6
-15,0.350,112,-15.00,11.2,26.2
-10,0.400,127,-10.31,12.7,22.7
-5,0.450,144,-5.00,14.4,19.4
0,0.500,160,0.00,16.0,16.0
5,0.550,175,4.69,17.5,12.5
10,0.600,192,10.00,19.2,9.2
15,0.650,208,15.00,20.8,5.8
20,0.700,223,19.69,22.3,2.3
25,0.750,240,25.00,24.0,-1.0
30,0.800,256,30.00,25.6,-4.4
35,0.850,271,34.69,27.1,-7.9
40,0.900,288,40.00,28.8,-11.2
45,0.950,304,45.00,30.4,-14.6
50,1.000,319,49.69,31.9,-18.1
55,1.050,336,55.00,33.6,-21.4
60,1.100,352,60.00,35.2,-24.8
65,1.150,367,64.69,36.7,-28.3
70,1.200,384,70.00,38.4,-31.6
75,1.250,400,75.00,40.0,-35.0
80,1.300,415,79.69,41.5,-38.5
85,1.350,432,85.00,43.2,-41.8
90,1.400,448,90.00,44.8,-45.2
95,1.450,463,94.69,46.3,-48.7
100,1.500,480,100.00,48.0,-52.0
105,1.550,496,105.00,49.6,-55.4
110,1.600,511,109.69,51.1,-58.9
115,1.650,528,115.00,52.8,-62.2
120,1.700,544,120.00,54.4,-65.6
125,1.750,559,124.69,55.9,-69.1
";
        assert_eq!(
            render(&rows(SensorBoard::NodeMcu, (-40, 125, 5)), Format::Csv),
            expected
        );
    }

    #[test]
    fn every_board_reads_the_truth_by_the_datasheet_to_one_step() {
        // All truncate; the ESP8266's sum of samples rounds up by a quarter of a step at most.
        let cases = [
            (SensorBoard::NodeMcu, 125, 0.63),
            (SensorBoard::Esp32C3, 125, 0.07),
        ];
        for (board, to, step) in cases.into_iter().chain([(SensorBoard::BareEsp12, 49, 0.2)]) {
            for row in rows(board, (-40, to, 1)) {
                let truth = f64::from(row.celsius.0) / 1000.0;
                let error = row.datasheet_celsius.0 - truth;
                assert!(error < step / 3.0 && error > -step, "{board:?}: {row:?}");
            }
        }
    }

    #[test]
    fn a_bare_module_saturates_from_50_degrees_on() {
        let codes: Vec<u16> = rows(SensorBoard::BareEsp12, (49, 51, 1))
            .iter()
            .map(|row| row.code.0)
            .collect();
        assert_eq!(codes, [1013, 1024, 1024]);
    }

    #[test]
    fn odd_steps_are_exact_and_end_before_the_last() {
        let sweep = Sweep {
            from: milli(-100),
            step: milli(100),
            to: milli(250),
        };
        let csv = render(&table(SensorBoard::NodeMcu, sweep).unwrap(), Format::Csv);
        let first: Vec<&str> = csv
            .lines()
            .map(|line| line.split(',').next().unwrap())
            .collect();
        assert_eq!(first, ["celsius", "-0.1", "0", "0.1", "0.2"]);
    }

    #[test]
    fn bad_sweeps_are_refused_with_a_reason() {
        let cases = [
            ((0, 10, 0), SweepError::StepNotPositive),
            ((0, 10, -5), SweepError::StepNotPositive),
            ((10, 0, 1), SweepError::Backwards),
            ((-60_000, 0, 1), SweepError::OutOfRange(milli(-60_000))),
            ((0, i32::MAX, 1), SweepError::OutOfRange(milli(i32::MAX))),
            ((0, 10_000, 1), SweepError::TooManyRows(10_001)),
        ];
        for ((from, to, step), expected) in cases {
            let sweep = Sweep {
                from: milli(from),
                step: milli(step),
                to: milli(to),
            };
            assert_eq!(table(SensorBoard::NodeMcu, sweep), Err(expected));
        }
        let texts = cases.map(|(_, error)| error.to_string()).join("\n");
        insta::assert_snapshot!("errors", texts);
    }

    fn rows(board: SensorBoard, (from, to, step): (i32, i32, i32)) -> Vec<Row> {
        let whole = |celsius: i32| milli(celsius * 1000);
        table(
            board,
            Sweep {
                from: whole(from),
                step: whole(step),
                to: whole(to),
            },
        )
        .unwrap()
    }

    fn milli(value: i32) -> MilliCelsius {
        MilliCelsius(value)
    }
}
