//! What `nodelab tls calibrate` says: the fit, its residuals, the bands, and other publications.

use serde::Serialize;

use super::axis::{Axis as _, Device, Library};
use super::calibration::{Cpi, Fit, Held, RESIDUAL_MAX_S, held, points};
use super::cell::Cell;
use super::lines::Lines;
use super::measure::{Conditions, demands, shake};
use super::memory::whole;
use super::price::price;
use super::table::{Table, WholeHandshake};

/// A whole handshake on a core beside the price of its operations.
struct Check {
    device: Device,
    whole: &'static WholeHandshake,
    priced: u64,
}

/// Returns the calibration for people.
#[must_use]
pub fn text() -> String {
    let mut text = Lines::default();
    fitted(&mut text);
    text.plain("");
    text.plain("Cycles of an instruction, as bands");
    for device in Device::ALL {
        let Cpi { low, high, source } = Cpi::of(*device);
        let name = device.name();
        text.plain(&format!("  {name:11}  {low:.2}–{high:.2}  {source}"));
    }
    text.plain("");
    text.plain("Held against what else is published");
    for held in held() {
        told(&held, &mut text);
    }
    text.plain("");
    text.plain("Whole handshakes on the emulated cores, beside the price of their operations");
    for check in checks() {
        text.plain(&format!(
            "  {:10}  {:11} counted  {:11} priced  {:+5.1} %  {}",
            Table::of(check.device).core,
            check.whole.instructions,
            check.priced,
            check.off_percent(),
            check.whole.name
        ));
    }
    text.finish()
}

/// Tells the fit, and how far off each point it is.
fn fitted(text: &mut Lines) {
    let (fit, points) = (Fit::here(), points());
    text.plain("ESP8266: seconds = instructions × CPI / clock + overhead, by least squares");
    text.plain(&format!(
        "  CPI {:.3}, standard error {:.3}; overhead {:.3} s",
        fit.cpi, fit.cpi_error, fit.overhead_s
    ));
    text.wrapped(
        2,
        "published: TLS page of tasmota/docs, rounded to 0.1 s there; instructions: BearSSL's \
         operations, counted on the lx106; which operations, read off the cipher suites",
    );
    text.plain("");
    text.plain("  MHz  instructions  published   model  residual  configuration");
    for point in &points {
        text.plain(&format!(
            "  {:3}  {:12}  {:7.1} s  {:4.2} s  {:+6.3} s  {}",
            point.device.megahertz(),
            point.instructions,
            point.published_s,
            fit.model_s(point),
            fit.residual_s(point),
            point.configuration
        ));
    }
    let residuals = points.iter().map(|point| fit.residual_s(point).abs());
    let worst = residuals.fold(0.0, f64::max);
    text.plain(&format!(
        "  worst {worst:.3} s; a test allows {RESIDUAL_MAX_S} s"
    ));
}

fn told(held: &Held, text: &mut Lines) {
    text.plain(&format!(
        "  {:14}  published {}, model {}: {}",
        held.verdict(),
        span(held.published_s),
        span(held.model_s),
        held.what
    ));
    text.wrapped(18, &format!("{}; {}", held.source, held.note));
}

/// Returns seconds, or milliseconds where they are few.
fn span((from, to): (f64, f64)) -> String {
    let (scale, unit) = if to < 1.0 { (1e3, "ms") } else { (1.0, "s") };
    let (from, to) = (from * scale, to * scale);
    if (to - from).abs() < f64::EPSILON * to {
        format!("{to:.1} {unit}")
    } else {
        format!("{from:.1}–{to:.1} {unit}")
    }
}

/// Prices every handshake that was counted in one piece.
fn checks() -> Vec<Check> {
    let conditions = Conditions {
        seed: 1,
        tickets: 0,
    };
    let mut checks = Vec::new();
    for device in [Device::Esp32C3At160, Device::Esp8266At80] {
        for cell in Cell::all() {
            let Some(whole) = whole(cell, device) else {
                continue;
            };
            let Ok(handshake) = shake(cell, conditions) else {
                continue;
            };
            let bill = price(&demands(&handshake), device, Library::EmbeddedTls);
            if let Some(priced) = bill.ok().and_then(|bill| bill.instructions) {
                checks.push(Check {
                    device,
                    whole,
                    priced,
                });
            }
        }
    }
    checks
}

impl Check {
    /// Returns how much more was counted than priced, in percent of what was counted.
    #[expect(clippy::cast_precision_loss, reason = "below 2⁵³")]
    fn off_percent(&self) -> f64 {
        let counted = self.whole.instructions as f64;
        (self.priced as f64 - counted) * 100.0 / counted
    }
}

#[derive(Serialize)]
struct Document {
    cpi: f64,
    cpi_error: f64,
    overhead_seconds: f64,
    points: Vec<PointEntry>,
    bands: Vec<BandEntry>,
    held: Vec<HeldEntry>,
    handshakes: Vec<CheckEntry>,
}

#[derive(Serialize)]
struct PointEntry {
    configuration: &'static str,
    device: &'static str,
    instructions: u64,
    published_seconds: f64,
    model_seconds: f64,
    residual_seconds: f64,
}

#[derive(Serialize)]
struct BandEntry {
    device: &'static str,
    cpi_low: f64,
    cpi_high: f64,
    source: &'static str,
}

#[derive(Serialize)]
struct HeldEntry {
    source: &'static str,
    what: &'static str,
    published_seconds: (f64, f64),
    model_seconds: (f64, f64),
    verdict: &'static str,
    note: &'static str,
}

#[derive(Serialize)]
struct CheckEntry {
    core: &'static str,
    name: &'static str,
    counted_instructions: u64,
    priced_instructions: u64,
    off_percent: f64,
}

/// Returns the calibration for programs.
///
/// # Panics
///
/// Never: the document has only text keys.
#[must_use]
pub fn json() -> String {
    let fit = Fit::here();
    let points = points();
    let points = points.iter().map(|point| PointEntry {
        configuration: point.configuration,
        device: point.device.name(),
        instructions: point.instructions,
        published_seconds: point.published_s,
        model_seconds: shown(fit.model_s(point)),
        residual_seconds: shown(fit.residual_s(point)),
    });
    let bands = Device::ALL.iter().map(|device| {
        let cpi = Cpi::of(*device);
        BandEntry {
            device: device.name(),
            cpi_low: shown(cpi.low),
            cpi_high: shown(cpi.high),
            source: cpi.source,
        }
    });
    let both = |(from, to): (f64, f64)| (shown(from), shown(to));
    let held = held().into_iter().map(|held| HeldEntry {
        source: held.source,
        what: held.what,
        published_seconds: both(held.published_s),
        model_seconds: both(held.model_s),
        verdict: held.verdict(),
        note: held.note,
    });
    let handshakes = checks().into_iter().map(|check| CheckEntry {
        core: &Table::of(check.device).core,
        name: &check.whole.name,
        counted_instructions: check.whole.instructions,
        priced_instructions: check.priced,
        off_percent: shown(check.off_percent()),
    });
    let document = Document {
        cpi: shown(fit.cpi),
        cpi_error: shown(fit.cpi_error),
        overhead_seconds: shown(fit.overhead_s),
        points: points.collect(),
        bands: bands.collect(),
        held: held.collect(),
        handshakes: handshakes.collect(),
    };
    let text = serde_json::to_string_pretty(&document).expect("all keys are text");
    text + "\n"
}

/// Rounds to five decimals.
fn shown(value: f64) -> f64 {
    super::render::rounded(value, 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_handshakes_cost_what_their_operations_do() {
        let checks = checks();
        assert!(!checks.is_empty(), "the tables hold whole handshakes");
        for check in checks {
            let off: f64 = check.off_percent();
            assert!(off.abs() < 10.0, "{}: off by {off:.1} %", check.whole.name);
        }
    }

    #[test]
    fn calibration_reads_well() {
        insta::assert_snapshot!("text", text());
        let parsed: serde_json::Value = serde_json::from_str(&json()).unwrap();
        assert_eq!(parsed["points"].as_array().map(Vec::len), Some(8));
    }
}
