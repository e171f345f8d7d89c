//! Rows for programs: an array of cells. Keys are only ever added.

use std::fmt::Write as _;

use nodelab_sim::stack::tls::{Apart, Flight, Handshake, Side};
use serde::Serialize;

use super::super::axis::{Axis as _, Exchange};
use super::super::basis::Basis;
use super::super::lab::{Figures, Found, OnDevice, Row};
use super::{rounded, side};

#[derive(Serialize)]
struct Entry<'a> {
    protocol: &'a str,
    auth: &'a str,
    intermediates: u8,
    mutual: bool,
    mode: &'a str,
    kx: &'a str,
    aead: &'a str,
    bytes_up: Option<u32>,
    bytes_down: Option<u32>,
    flights: Option<usize>,
    records: Option<u32>,
    round_trips: Option<u32>,
    skipped: Option<&'a str>,
    skipped_because: Option<&'a str>,
    /// How bytes, flights, records and round trips are known.
    basis: Basis,
    kind: Option<String>,
    transcript_sha256: Option<String>,
    tickets: Option<Aside>,
    alerts: Option<Aside>,
    close_notify: Option<Aside>,
    flight_details: Vec<FlightEntry>,
    devices: Vec<DeviceEntry>,
}

/// Messages that belong to no flight.
#[derive(Serialize)]
struct Aside {
    count: u32,
    bytes_up: u32,
    bytes_down: u32,
}

#[derive(Serialize)]
struct FlightEntry {
    by: &'static str,
    bytes: u32,
    records: u32,
    messages: Vec<MessageEntry>,
}

#[derive(Serialize)]
struct MessageEntry {
    name: &'static str,
    bytes: u32,
    encrypted: bool,
}

#[derive(Serialize)]
struct DeviceEntry {
    device: &'static str,
    stack: &'static str,
    skipped: Option<&'static str>,
    instructions: Option<u64>,
    instructions_basis: Option<Basis>,
    seconds_low: Option<f64>,
    seconds_high: Option<f64>,
    seconds_basis: Option<Basis>,
    millijoules_low: Option<f64>,
    millijoules_high: Option<f64>,
    millijoules_basis: Option<Basis>,
    ram_bytes: Option<u64>,
    ram_basis: Option<Basis>,
    stack_bytes: Option<u64>,
    connected: Vec<ConnectedEntry>,
}

#[derive(Serialize)]
struct ConnectedEntry {
    link: &'static str,
    seconds_low: f64,
    seconds_high: f64,
    round_trips: u32,
    basis: Basis,
}

impl Serialize for Basis {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Returns rows as JSON; the last line ends like every other.
///
/// # Panics
///
/// Never: the document has only text keys.
#[must_use]
pub fn json(rows: &[Row]) -> String {
    let entries: Vec<Entry<'_>> = rows.iter().map(entry).collect();
    let text = serde_json::to_string_pretty(&entries).expect("all keys are text");
    text + "\n"
}

fn entry(row: &Row) -> Entry<'static> {
    let cell = row.cell;
    let found = row.outcome.as_ref().ok();
    let handshake = found.map(|found| &found.handshake);
    let reason = row.outcome.as_ref().err();
    Entry {
        protocol: cell.protocol.name(),
        auth: cell.auth.name(),
        intermediates: cell.intermediates.count(),
        mutual: cell.mutual.is_on(),
        mode: cell.mode.name(),
        kx: Exchange::name(cell.kx),
        aead: cell.aead.name(),
        bytes_up: handshake.map(|handshake| handshake.bytes_from(Side::Client)),
        bytes_down: handshake.map(|handshake| handshake.bytes_from(Side::Server)),
        flights: handshake.map(|handshake| handshake.flights.len()),
        records: handshake.map(Handshake::records),
        round_trips: handshake.map(Handshake::round_trips),
        skipped: reason.map(|reason| reason.code()),
        skipped_because: reason.map(|reason| reason.words()),
        basis: Basis::Measured,
        kind: handshake.map(|handshake| format!("{:?}", handshake.kind).to_lowercase()),
        transcript_sha256: handshake.map(|handshake| hex(&handshake.transcript)),
        tickets: handshake.map(|handshake| aside(handshake.tickets)),
        alerts: handshake.map(|handshake| aside(handshake.alerts)),
        close_notify: handshake.map(|handshake| aside(handshake.close_notify)),
        flight_details: handshake.map_or_else(Vec::new, |handshake| {
            handshake.flights.iter().map(flight).collect()
        }),
        devices: found.map_or_else(Vec::new, devices),
    }
}

fn devices(found: &Found) -> Vec<DeviceEntry> {
    found.devices.iter().map(device).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}

const fn aside(apart: Apart) -> Aside {
    Aside {
        count: apart.count,
        bytes_up: apart.bytes_up,
        bytes_down: apart.bytes_down,
    }
}

fn flight(flight: &Flight) -> FlightEntry {
    let messages = flight.messages.iter().map(|message| MessageEntry {
        name: message.kind.as_str(),
        bytes: message.bytes,
        encrypted: message.encrypted,
    });
    FlightEntry {
        by: side(flight.by),
        bytes: flight.bytes,
        records: flight.records,
        messages: messages.collect(),
    }
}

fn device(on: &OnDevice) -> DeviceEntry {
    let figures = on.outcome.as_ref().ok();
    let millijoules = figures.and_then(|figures| figures.millijoules);
    let memory = figures.and_then(|figures| figures.memory);
    let seconds =
        |of: fn((f64, f64)) -> f64| figures.map(|figures| rounded(of(figures.seconds), 4));
    DeviceEntry {
        device: on.device.name(),
        stack: on.library.name(),
        skipped: on.outcome.as_ref().err().map(|reason| reason.code()),
        instructions: figures.and_then(|figures| figures.instructions),
        instructions_basis: figures
            .filter(|figures| figures.instructions.is_some())
            .map(|figures| figures.instructions_basis),
        seconds_low: seconds(|band| band.0),
        seconds_high: seconds(|band| band.1),
        seconds_basis: figures.map(|figures| figures.seconds_basis),
        millijoules_low: millijoules.map(|(low, _)| rounded(low, 2)),
        millijoules_high: millijoules.map(|(_, high)| rounded(high, 2)),
        millijoules_basis: millijoules.and(figures.map(Figures::energy_basis)),
        ram_bytes: memory.map(|memory| memory.bytes),
        ram_basis: memory.map(|memory| memory.basis),
        stack_bytes: figures.and_then(|figures| figures.stack_bytes),
        connected: figures.map_or_else(Vec::new, connected),
    }
}

fn connected(figures: &Figures) -> Vec<ConnectedEntry> {
    let entries = figures.connected.iter().map(|connected| ConnectedEntry {
        link: connected.link.name(),
        seconds_low: rounded(connected.seconds.0, 4),
        seconds_high: rounded(connected.seconds.1, 4),
        round_trips: connected.travel.round_trips,
        basis: figures.energy_basis(),
    });
    entries.collect()
}
