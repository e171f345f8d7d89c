//! A comparison in words, and for programs.

use std::fmt::Write as _;

use nodelab_sim::stack::tls::{Handshake, Side};
use serde::Serialize;

use super::super::axis::Axis as _;
use super::super::basis::Basis;
use super::super::lab::OnDevice;
use super::super::lines::Lines;
use super::super::link::Link;
use super::super::render::{band, rounded, side};
use super::{Both, Comparison};

/// Returns a comparison for people.
#[must_use]
pub fn text(comparison: &Comparison) -> String {
    let mut text = Lines::default();
    let [one, other] = comparison.cells;
    text.plain(&format!("A  {one}"));
    text.plain(&format!("B  {other}"));
    text.plain("");
    text.plain("what                                A         B    change");
    for (name, both) in figures(comparison) {
        text.plain(&row(name, both));
    }
    let messages = comparison.messages();
    let changed = messages.iter().filter(|(_, _, both)| both.change() != 0);
    for (index, (by, name, both)) in changed.enumerate() {
        if index == 0 {
            text.plain("");
            text.plain("messages, bytes");
        }
        text.plain(&row(&format!("{name}, {}", side(*by)), *both));
    }
    let operations = comparison.operations();
    let changed = operations.iter().filter(|(_, both)| both.change() != 0);
    for (index, (operation, both)) in changed.enumerate() {
        if index == 0 {
            text.plain("");
            text.plain("operations of the node");
        }
        text.plain(&row(operation.name(), *both));
    }
    text.plain("");
    let link = comparison.link;
    text.plain(&format!(
        "s of the processor, and until connected over {}",
        link.name()
    ));
    text.plain("device and library        A                                B");
    for (one, other) in pairs(comparison) {
        let name = format!("{} {}", one.device.name(), one.library.name());
        let (one, other) = (told(one, link), told(other, link));
        text.plain(&format!("{name:24}  {one:31}  {other}"));
    }
    text.plain("");
    text.plain("why");
    let changed = comparison.changed();
    if changed.is_empty() {
        text.plain("  both are the same cell");
    }
    for (key, from, to) in changed {
        text.plain(&format!("  {key} {from} → {to}"));
        text.wrapped(4, why(key));
    }
    text.finish()
}

/// Returns the figures of both that every comparison shows.
fn figures(comparison: &Comparison) -> Vec<(&'static str, Both)> {
    let flights = |handshake: &Handshake| u32::try_from(handshake.flights.len()).unwrap_or(0);
    vec![
        (
            "bytes up",
            comparison.both(|one| one.bytes_from(Side::Client)),
        ),
        (
            "bytes down",
            comparison.both(|one| one.bytes_from(Side::Server)),
        ),
        (
            "bytes of tickets",
            comparison.both(|one| one.tickets.bytes_down),
        ),
        ("flights", comparison.both(flights)),
        ("records", comparison.both(Handshake::records)),
        ("round trips", comparison.both(Handshake::round_trips)),
    ]
}

fn row(name: &str, both: Both) -> String {
    let mut row = format!("{name:28} {:8}  {:8}", both.one, both.other);
    match both.change() {
        0 => row += "         ",
        change => write!(row, "  {change:+8}").expect("a string takes any text"),
    }
    row
}

/// Returns what both cells say to each device, where one of them has figures.
fn pairs(comparison: &Comparison) -> impl Iterator<Item = (&OnDevice, &OnDevice)> {
    let [one, other] = &comparison.found;
    let pairs = one.devices.iter().zip(&other.devices);
    pairs.filter(|(one, other)| one.outcome.is_ok() || other.outcome.is_ok())
}

fn told(on: &OnDevice, link: Link) -> String {
    match &on.outcome {
        Ok(figures) => {
            let (processor, connected) = (figures.seconds, figures.over(link).seconds);
            let basis = figures.seconds_basis;
            format!("{}, {} {basis}", band(processor), band(connected))
        }
        Err(reason) => reason.code().to_owned(),
    }
}

/// Returns what an axis changes, whatever its values.
fn why(key: &str) -> &'static str {
    match key {
        "protocol" => {
            "TLS 1.3 saves a round trip and encrypts certificates; it signs the transcript in \
             place of the key exchange, and its tickets come after the handshake"
        }
        "auth" => {
            "every certificate holds a key and a signature of this kind, and the node checks one \
             signature for each certificate below the root and one for the handshake"
        }
        "intermediates" => {
            "each intermediate is one more certificate on the wire and one more signature to check"
        }
        "mutual" => {
            "the node sends its chain and signs; a stateless ticket of the server holds that \
             chain, so tickets grow with it"
        }
        "mode" => {
            "a resumption has no certificates and no signatures; with TLS 1.3 it still agrees on a \
             new key. A HelloRetryRequest costs a round trip and a second hello"
        }
        "kx" => {
            "key shares differ in size, and so do the operations; X25519MLKEM768 sends an ML-KEM \
             key up (1 184 bytes) and a ciphertext down (1 088 bytes) beside X25519's 32 each"
        }
        "aead" => {
            "records differ little in size; AES-256 comes with SHA-384, whose transcript hash, \
             Finished and key schedule are longer"
        }
        _ => "",
    }
}

#[derive(Serialize)]
struct Document {
    cells: [String; 2],
    changed: Vec<ChangeEntry>,
    figures: Vec<BothEntry>,
    messages: Vec<MessageEntry>,
    operations: Vec<BothEntry>,
    devices: Vec<DeviceEntry>,
}

#[derive(Serialize)]
struct ChangeEntry {
    key: &'static str,
    from: &'static str,
    to: &'static str,
    why: &'static str,
}

#[derive(Serialize)]
struct BothEntry {
    name: &'static str,
    a: u64,
    b: u64,
}

#[derive(Serialize)]
struct MessageEntry {
    by: &'static str,
    #[serde(flatten)]
    both: BothEntry,
}

#[derive(Serialize)]
struct DeviceEntry {
    device: &'static str,
    stack: &'static str,
    /// Seconds of the processor.
    a: Option<(f64, f64)>,
    b: Option<(f64, f64)>,
    a_basis: Option<Basis>,
    b_basis: Option<Basis>,
    a_skipped: Option<&'static str>,
    b_skipped: Option<&'static str>,
}

/// Returns a comparison for programs.
///
/// # Panics
///
/// Never: the document has only text keys.
#[must_use]
pub fn json(comparison: &Comparison) -> String {
    let entry = |name, both: Both| BothEntry {
        name,
        a: both.one,
        b: both.other,
    };
    let changed = comparison.changed().into_iter();
    let changed = changed.map(|(key, from, to)| ChangeEntry {
        key,
        from,
        to,
        why: why(key),
    });
    let messages = comparison.messages().into_iter();
    let messages = messages.map(|(by, name, both)| MessageEntry {
        by: side(by),
        both: entry(name, both),
    });
    let operations = comparison.operations().into_iter();
    let operations = operations.map(|(operation, both)| entry(operation.name(), both));
    let seconds = |on: &OnDevice| {
        let figures = on.outcome.as_ref().ok()?;
        Some((rounded(figures.seconds.0, 4), rounded(figures.seconds.1, 4)))
    };
    let skipped = |on: &OnDevice| on.outcome.as_ref().err().map(|reason| reason.code());
    let basis = |on: &OnDevice| {
        on.outcome
            .as_ref()
            .ok()
            .map(|figures| figures.seconds_basis)
    };
    let devices = pairs(comparison).map(|(one, other)| DeviceEntry {
        device: one.device.name(),
        stack: one.library.name(),
        a: seconds(one),
        b: seconds(other),
        a_basis: basis(one),
        b_basis: basis(other),
        a_skipped: skipped(one),
        b_skipped: skipped(other),
    });
    let figures = figures(comparison).into_iter();
    let document = Document {
        cells: comparison.cells.map(|cell| cell.to_string()),
        changed: changed.collect(),
        figures: figures.map(|(name, both)| entry(name, both)).collect(),
        messages: messages.collect(),
        operations: operations.collect(),
        devices: devices.collect(),
    };
    let text = serde_json::to_string_pretty(&document).expect("all keys are text");
    text + "\n"
}
