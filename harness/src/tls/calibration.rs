//! How instructions become seconds: fitted where chips were timed, a band where they were not.
//!
//! Owns the published times, the fit through them, and what else was published and how far off it
//! is. Does not know any cell.
//!
//! ```text
//! seconds = instructions × CPI / clock + overhead        ESP8266: both fitted
//! seconds = instructions × [1.2, 3.4] / clock            ESP32-C3: a band
//! ```

use std::sync::OnceLock;

use super::axis::{Device, Library};
use super::table::{Operation, Table};

/// One of the eight published times: the ESP8266 in one configuration, at one clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// What connects to what.
    pub configuration: &'static str,
    /// The chip and its clock.
    pub device: Device,
    /// Instructions of the operations, from the table.
    pub instructions: u64,
    /// The published time in seconds, which is rounded to 0.1 s.
    pub published_s: f64,
}

/// A line through the points, by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Cycles of an instruction.
    pub cpi: f64,
    /// The standard error of it.
    pub cpi_error: f64,
    /// What does not scale with the processor: network, and symmetric work, in seconds.
    pub overhead_s: f64,
}

/// Cycles of an instruction, from least to most, and where they come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cpi {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
    /// Where both come from.
    pub source: &'static str,
}

/// Most seconds that the fit may be off any of the eight points.
pub const RESIDUAL_MAX_S: f64 = 0.1;
/// The times, by configuration: the TLS page of tasmota/docs, section on performance. Which
/// operations each takes is read off its cipher suite.
const PUBLISHED: [Configuration; 4] = [
    Configuration {
        name: "Let's Encrypt broker, fingerprint (RSA exchange)",
        operations: &[(Operation::Rsa2048Public, 1)],
        seconds: [0.4, 0.3],
    },
    Configuration {
        name: "Let's Encrypt broker, authority checked (RSA exchange)",
        operations: &[(Operation::Rsa2048Public, 2)],
        seconds: [0.7, 0.4],
    },
    Configuration {
        name: "AWS IoT, mutual on P-256, fingerprint (ECDHE_RSA)",
        operations: &[
            (Operation::P256Keygen, 1),
            (Operation::P256Agree, 1),
            (Operation::P256Sign, 1),
            (Operation::Rsa2048Public, 1),
        ],
        seconds: [1.3, 0.7],
    },
    Configuration {
        name: "AWS IoT, mutual on P-256, authority checked (ECDHE_RSA)",
        operations: &[
            (Operation::P256Keygen, 1),
            (Operation::P256Agree, 1),
            (Operation::P256Sign, 1),
            (Operation::Rsa2048Public, 3),
        ],
        seconds: [1.8, 1.0],
    },
];

/// What was timed, at 80 and at 160 MHz.
struct Configuration {
    name: &'static str,
    operations: &'static [(Operation, u64)],
    seconds: [f64; 2],
}

/// Returns the eight points.
///
/// # Panics
///
/// When the table lacks an operation of theirs, which a test rules out.
#[must_use]
pub fn points() -> Vec<Point> {
    let mut points = Vec::new();
    for configuration in &PUBLISHED {
        let instructions = count(Device::Esp8266At80, configuration.operations);
        let devices = [Device::Esp8266At80, Device::Esp8266At160];
        for (device, published_s) in devices.into_iter().zip(configuration.seconds) {
            points.push(Point {
                configuration: configuration.name,
                device,
                instructions,
                published_s,
            });
        }
    }
    points
}

/// Counts operations of `BearSSL` on the ESP8266's core.
fn count(device: Device, operations: &[(Operation, u64)]) -> u64 {
    let table = Table::of(device);
    let each = operations.iter().map(|(operation, times)| {
        let row = table.row(Library::BearSsl, *operation);
        row.expect("a test prices every point")
            .instructions(*times, 0)
    });
    each.sum()
}

impl Fit {
    /// Fits the line through the eight points.
    #[must_use]
    pub fn here() -> Self {
        static FIT: OnceLock<Fit> = OnceLock::new();
        *FIT.get_or_init(|| Self::through(&points()))
    }

    /// Fits a line through points, of which at least three must differ in work.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
    pub fn through(points: &[Point]) -> Self {
        let number = points.len() as f64;
        let mean = |of: fn(&Point) -> f64| points.iter().map(of).sum::<f64>() / number;
        let (x, y) = (mean(Point::work_s), mean(|point| point.published_s));
        let off = |point: &Point| point.work_s() - x;
        let squares: f64 = points.iter().map(|point| off(point) * off(point)).sum();
        let products = points
            .iter()
            .map(|point| off(point) * (point.published_s - y));
        let cpi = products.sum::<f64>() / squares;
        let mut fit = Self {
            cpi,
            cpi_error: 0.0,
            overhead_s: y - cpi * x,
        };
        let left = points.iter().map(|point| {
            let residual = fit.residual_s(point);
            residual * residual
        });
        let variance = left.sum::<f64>() / (number - 2.0);
        fit.cpi_error = (variance / squares).sqrt();
        fit
    }

    /// Returns what the line says about a point, in seconds.
    #[must_use]
    pub fn model_s(&self, point: &Point) -> f64 {
        self.cpi * point.work_s() + self.overhead_s
    }

    /// Returns how much later than published the line says, in seconds.
    #[must_use]
    pub fn residual_s(&self, point: &Point) -> f64 {
        self.model_s(point) - point.published_s
    }
}

impl Point {
    /// Returns the seconds at one cycle for each instruction.
    #[expect(clippy::cast_precision_loss, reason = "below 2⁵³")]
    fn work_s(&self) -> f64 {
        self.instructions as f64 / (f64::from(self.device.megahertz()) * 1e6)
    }
}

impl Cpi {
    /// Returns the band of a device.
    ///
    /// The ESP8266's is the fit and two standard errors either way. The ESP32-C3's upper end was
    /// measured with ML-KEM in C (mlkem-c-embedded issue 50), whose code does not fit the cache;
    /// no program shows a lower end, and 1.2 is assumed.
    #[must_use]
    pub fn of(device: Device) -> Self {
        match device {
            Device::Esp8266At160 | Device::Esp8266At80 => {
                let fit = Fit::here();
                Self {
                    low: fit.cpi - 2.0 * fit.cpi_error,
                    high: fit.cpi + 2.0 * fit.cpi_error,
                    source: "fitted to eight published times, two standard errors either way",
                }
            }
            Device::Esp32C3At80 => Self {
                low: C3_FLOOR,
                high: 2.5,
                source: "1.2 is assumed; 2.5 is mlkem-c-embedded issue 50 at 80 MHz",
            },
            Device::Esp32C3At160 => Self {
                low: C3_FLOOR,
                high: 3.4,
                source: "1.2 is assumed; 3.4 is mlkem-c-embedded issue 50 at 160 MHz",
            },
        }
    }

    /// Returns the seconds of instructions on a device, at least and at most.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "below 2⁵³")]
    pub fn seconds(self, instructions: u64, device: Device) -> (f64, f64) {
        let hertz = f64::from(device.megahertz()) * 1e6;
        let at_one = instructions as f64 / hertz;
        (at_one * self.low, at_one * self.high)
    }
}

/// Cycles of an instruction that no program on an ESP32-C3 is assumed to go below.
const C3_FLOOR: f64 = 1.2;

/// A time or a count that was published for something near, and what the lab says to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Where it was published.
    pub source: &'static str,
    /// What was timed.
    pub what: &'static str,
    /// The published time in seconds, from and to.
    pub published_s: (f64, f64),
    /// The lab's band in seconds.
    pub model_s: (f64, f64),
    /// Why the two may differ.
    pub note: &'static str,
}

/// Returns other published times beside what the lab says.
#[must_use]
pub fn held() -> Vec<Held> {
    let mut held = Vec::new();
    held.extend(ml_kem_on_c3());
    held.extend([
        bear_ssl_connect(),
        bear_ssl_sessions(),
        mbed_tls_verify(),
        ml_kem_on_s3(),
    ]);
    held
}

/// Cycles of ML-KEM-768 on an ESP32-C3, at 80 and at 160 MHz.
fn ml_kem_on_c3() -> Vec<Held> {
    const SOURCE: &str = "mlkem-c-embedded issue 50";
    const NOTE: &str = "their code is C at -O3, the table's is Rust";
    let rows: [(&str, Operation, Device, f64); 6] = [
        (
            "ML-KEM-768 key pair, C3 80 MHz",
            Operation::MlKem768Keygen,
            Device::Esp32C3At80,
            4_015_868.0,
        ),
        (
            "ML-KEM-768 encapsulation, C3 80 MHz",
            Operation::MlKem768Encapsulate,
            Device::Esp32C3At80,
            3_736_502.0,
        ),
        (
            "ML-KEM-768 decapsulation, C3 80 MHz",
            Operation::MlKem768Decapsulate,
            Device::Esp32C3At80,
            4_492_722.0,
        ),
        (
            "ML-KEM-768 key pair, C3 160 MHz",
            Operation::MlKem768Keygen,
            Device::Esp32C3At160,
            5_426_636.0,
        ),
        (
            "ML-KEM-768 encapsulation, C3 160 MHz",
            Operation::MlKem768Encapsulate,
            Device::Esp32C3At160,
            4_846_023.0,
        ),
        (
            "ML-KEM-768 decapsulation, C3 160 MHz",
            Operation::MlKem768Decapsulate,
            Device::Esp32C3At160,
            6_056_913.0,
        ),
    ];
    let held = rows
        .into_iter()
        .filter_map(|(what, operation, device, cycles)| {
            let seconds = cycles / (f64::from(device.megahertz()) * 1e6);
            Some(Held {
                source: SOURCE,
                what,
                published_s: (seconds, seconds),
                model_s: one(device, Library::RustCrypto, operation)?,
                note: NOTE,
            })
        });
    held.collect()
}

/// A connection with RSA keys, from a fingerprint at 160 MHz to a chain at 80 MHz.
fn bear_ssl_connect() -> Held {
    let fit = Fit::here();
    let models = points()
        .into_iter()
        .filter(|point| point.configuration.contains("RSA exchange"));
    let models: Vec<f64> = models.map(|point| fit.model_s(&point)).collect();
    let least = models.iter().copied().fold(f64::INFINITY, f64::min);
    let most = models.iter().copied().fold(0.0, f64::max);
    Held {
        source: "esp8266/Arduino issue 4738",
        what: "BearSSL connects, on average, ESP8266",
        published_s: (0.514, 0.514),
        model_s: (least, most),
        note: "neither suite nor clock is published; the model takes RSA keys, 80 or 160 MHz",
    }
}

/// What a session saves on an ESP8266 with curves: two or three signatures of the server's
/// chain, a key pair and an agreement.
fn bear_ssl_sessions() -> Held {
    let exchange = [(Operation::P256Keygen, 1), (Operation::P256Agree, 1)];
    let least = count(Device::Esp8266At80, &exchange)
        + count(Device::Esp8266At80, &[(Operation::P256Verify, 2)]);
    let most = count(Device::Esp8266At80, &exchange)
        + count(Device::Esp8266At80, &[(Operation::P256Verify, 3)]);
    let cpi = Cpi::of(Device::Esp8266At80);
    Held {
        source: "esp8266/Arduino, bearssl-client-secure-class.rst",
        what: "what a session saves with EC keys, ESP8266 80 MHz",
        published_s: (3.0, 4.0),
        model_s: (
            cpi.seconds(least, Device::Esp8266At80).0,
            cpi.seconds(most, Device::Esp8266At80).1,
        ),
        note: "neither chain nor clock is published; the model takes two to three signatures",
    }
}

fn mbed_tls_verify() -> Held {
    Held {
        source: "esp-idf pull request 19027",
        what: "ECDSA P-256 check, mbedTLS, ESP32-S3 240 MHz",
        published_s: (0.2671, 0.3021),
        model_s: on_240_mhz(Operation::P256Verify),
        note: "another library on another core: this is why mbedTLS is priced from this figure",
    }
}

fn ml_kem_on_s3() -> Held {
    Held {
        source: "aethyrai/esp32-awp-edge README",
        what: "ML-KEM-768 key pair, ESP32-S3 240 MHz",
        published_s: (0.009_05, 0.009_05),
        model_s: on_240_mhz(Operation::MlKem768Keygen),
        note: "another core",
    }
}

/// Returns the ESP32-C3's band for one operation, at another chip's 240 MHz.
fn on_240_mhz(operation: Operation) -> (f64, f64) {
    let (low, high) = one(Device::Esp32C3At160, Library::RustCrypto, operation).unwrap_or_default();
    (low * 160.0 / 240.0, high * 160.0 / 240.0)
}

fn one(device: Device, library: Library, operation: Operation) -> Option<(f64, f64)> {
    let row = Table::of(device).row(library, operation)?;
    Some(Cpi::of(device).seconds(row.instructions(1, 0), device))
}

impl Held {
    /// Returns whether the published time lies in the band, above or below it.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        let ((from, to), (low, high)) = (self.published_s, self.model_s);
        if to < low {
            "below the band"
        } else if from > high {
            "above the band"
        } else {
            "in the band"
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_eight_points_are_met_within_a_tenth_of_a_second() {
        let points = points();
        assert_eq!(points.len(), 8);
        let fit = Fit::here();
        for point in &points {
            let off: f64 = fit.residual_s(point);
            assert!(off.abs() < RESIDUAL_MAX_S, "{point:?}: off by {off:.3} s");
        }
        assert!(fit.overhead_s > 0.0, "{fit:?}");
        assert!(
            fit.cpi > 1.0,
            "no instruction takes less than a cycle: {fit:?}"
        );
    }

    proptest! {
        #[test]
        fn a_line_is_found_again(cpi in 1.0..4.0_f64, overhead in 0.0..1.0_f64) {
            let mut points = points();
            for point in &mut points {
                point.published_s = cpi * point.work_s() + overhead;
            }
            let fit = Fit::through(&points);
            prop_assert!((fit.cpi - cpi).abs() < 1e-9);
            prop_assert!((fit.overhead_s - overhead).abs() < 1e-9);
            prop_assert!(fit.cpi_error < 1e-6);
        }
    }

    #[test]
    fn bands_begin_below_where_they_end() {
        for device in [
            Device::Esp8266At80,
            Device::Esp8266At160,
            Device::Esp32C3At80,
            Device::Esp32C3At160,
        ] {
            let cpi = Cpi::of(device);
            assert!(1.0 < cpi.low && cpi.low < cpi.high, "{device:?}: {cpi:?}");
        }
    }
}
