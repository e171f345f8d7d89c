//! Rows for spreadsheets: a line for each cell on each device.

use std::fmt::Write as _;

use nodelab_sim::stack::tls::Side;

use super::super::axis::Axis as _;
use super::super::cell::KEYS;
use super::super::lab::{Found, OnDevice, Row};
use super::super::link::Link;

/// What follows the axes.
const COLUMNS: [&str; 25] = [
    "bytes_up",
    "bytes_down",
    "flights",
    "records",
    "round_trips",
    "ticket_bytes_down",
    "close_notify_bytes",
    "bytes_basis",
    "device",
    "stack",
    "instructions",
    "instructions_basis",
    "seconds_low",
    "seconds_high",
    "seconds_basis",
    "link",
    "connected_seconds_low",
    "connected_seconds_high",
    "millijoules_low",
    "millijoules_high",
    "millijoules_basis",
    "ram_bytes",
    "ram_basis",
    "stack_bytes",
    "skipped",
];

/// Returns rows as comma-separated values with a header; no value of ours needs quotes.
#[must_use]
pub fn csv(rows: &[Row], link: Link) -> String {
    let mut text = [&KEYS[..], &COLUMNS[..]].concat().join(",");
    text.push('\n');
    for row in rows {
        let axes = row.cell.values().map(|(_, value)| value).join(",");
        match &row.outcome {
            Err(reason) => {
                let empty = ",".repeat(COLUMNS.len() - 1);
                writeln!(text, "{axes}{empty},{reason}").expect("a string takes any text");
            }
            Ok(found) => {
                let wire = wire(found);
                for on in &found.devices {
                    let device = device(on, link);
                    writeln!(text, "{axes},{wire},{device}").expect("a string takes any text");
                }
                if found.devices.is_empty() {
                    let empty = ",".repeat(COLUMNS.len() - 8);
                    writeln!(text, "{axes},{wire}{empty}").expect("a string takes any text");
                }
            }
        }
    }
    text
}

/// Returns the first eight columns.
fn wire(found: &Found) -> String {
    let handshake = &found.handshake;
    let goodbyes = handshake.close_notify.bytes_up + handshake.close_notify.bytes_down;
    format!(
        "{},{},{},{},{},{},{goodbyes},measured",
        handshake.bytes_from(Side::Client),
        handshake.bytes_from(Side::Server),
        handshake.flights.len(),
        handshake.records(),
        handshake.round_trips(),
        handshake.tickets.bytes_down,
    )
}

/// Returns the others.
fn device(on: &OnDevice, link: Link) -> String {
    let (device, stack) = (on.device.name(), on.library.name());
    let figures = match &on.outcome {
        Err(reason) => {
            let empty = ",".repeat(COLUMNS.len() - 8 - 2);
            return format!("{device},{stack}{empty}{reason}");
        }
        Ok(figures) => figures,
    };
    let or_empty = |number: Option<u64>| number.map_or_else(String::new, |it| it.to_string());
    let basis = figures
        .instructions
        .map_or("", |_| figures.instructions_basis.as_str());
    let over = figures.over(link);
    let millijoules = figures.millijoules.map_or_else(
        || ",,".to_owned(),
        |(low, high)| format!("{low:.2},{high:.2},{}", figures.energy_basis()),
    );
    format!(
        "{device},{stack},{},{basis},{:.4},{:.4},{},{},{:.4},{:.4},{millijoules},{},{},{},",
        or_empty(figures.instructions),
        figures.seconds.0,
        figures.seconds.1,
        figures.seconds_basis,
        link.name(),
        over.seconds.0,
        over.seconds.1,
        or_empty(figures.memory.map(|memory| memory.bytes)),
        figures.memory.map_or("", |memory| memory.basis.as_str()),
        or_empty(figures.stack_bytes),
    )
}
