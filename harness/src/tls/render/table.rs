//! Rows for people, in columns or as Markdown.
//!
//! Owns columns, widths and the words below. Figures are marked by how they are known.

use std::fmt::Write as _;

use nodelab_sim::stack::tls::Side;

use super::super::axis::{Axis as _, Library};
use super::super::calibration::Cpi;
use super::super::cell::Cell;
use super::super::lab::{Figures, Found, Row};
use super::super::skip::SkipReason;
use super::{View, band, best};

/// Returns rows in aligned columns, with what the marks mean below.
#[must_use]
pub fn table(rows: &[Row], view: &View) -> String {
    let header = header(view);
    let lines: Vec<Vec<String>> = rows.iter().map(|row| line(row, view)).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            // What is skipped says so across the columns of figures.
            let whole = lines.iter().filter(|line| line.len() == header.len());
            let cells = std::iter::once(&header).chain(whole);
            let widths = cells.filter_map(|line| line.get(column));
            widths.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in std::iter::once(&header).chain(&lines) {
        let mut out = String::new();
        for (index, cell) in line.iter().enumerate() {
            let (gap, width) = (if index == 0 { "" } else { "  " }, widths[index]);
            if index < AXES || line.len() < header.len() {
                write!(out, "{gap}{cell:width$}").expect("a string takes any text");
            } else {
                write!(out, "{gap}{cell:>width$}").expect("a string takes any text");
            }
        }
        text += out.trim_end();
        text.push('\n');
    }
    text.push('\n');
    for line in legend(rows, view) {
        text += &line;
        text.push('\n');
    }
    text
}

/// Returns rows as a table of Markdown, with what the marks mean below.
#[must_use]
pub fn markdown(rows: &[Row], view: &View) -> String {
    let header = header(view);
    let mut text = format!("| {} |\n|", header.join(" | "));
    for index in 0..header.len() {
        text += if index < AXES { "---|" } else { "---:|" };
    }
    text.push('\n');
    for row in rows {
        let mut line = line(row, view);
        line.resize(header.len(), String::new());
        writeln!(text, "| {} |", line.join(" | ")).expect("a string takes any text");
    }
    text.push('\n');
    for line in legend(rows, view) {
        let line = line.trim();
        writeln!(text, "- {line}").expect("a string takes any text");
    }
    text
}

/// Columns that name the cell; they are text.
const AXES: usize = 5;

fn header(view: &View) -> Vec<String> {
    let axes = ["TLS", "certificates", "mode", "kx", "aead"];
    let wire = ["up", "down", "flights", "records", "trips", "tickets"];
    let mut names: Vec<String> = axes.into_iter().chain(wire).map(str::to_owned).collect();
    for device in &view.devices {
        names.push(format!("{} s", device.name()));
        names.push("mJ".to_owned());
    }
    names
}

fn line(row: &Row, view: &View) -> Vec<String> {
    let cell = row.cell;
    let mut line = vec![
        cell.protocol.name().to_owned(),
        certificates(cell),
        cell.mode.name().to_owned(),
        cell.kx.name().to_owned(),
        cell.aead.name().to_owned(),
    ];
    match &row.outcome {
        Err(reason) => line.push(format!("skipped: {reason}")),
        Ok(found) => {
            line.extend(wire(found));
            for device in &view.devices {
                match best(&found.devices, *device) {
                    None => line.extend(["–".to_owned(), "–".to_owned()]),
                    Some(on) => {
                        let figures = on.outcome.as_ref().expect("the best one has figures");
                        line.push(seconds(figures, on.library));
                        line.push(energy(figures));
                    }
                }
            }
        }
    }
    line
}

/// Such as `p256 +1 mutual`.
fn certificates(cell: Cell) -> String {
    let chain = match cell.intermediates.count() {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    let mutual = if cell.mutual.is_on() { " mutual" } else { "" };
    format!("{}{chain}{mutual}", cell.auth.name())
}

fn wire(found: &Found) -> [String; 6] {
    let handshake = &found.handshake;
    [
        handshake.bytes_from(Side::Client),
        handshake.bytes_from(Side::Server),
        u32::try_from(handshake.flights.len()).unwrap_or(u32::MAX),
        handshake.records(),
        handshake.round_trips(),
        handshake.tickets.bytes_down,
    ]
    .map(|number| number.to_string())
}

/// Such as `~1.93–2.16 b`.
fn seconds(figures: &Figures, library: Library) -> String {
    let (low, high) = figures.seconds;
    let mark = figures.seconds_basis.mark();
    format!("{mark}{} {}", band((low, high)), letter(library))
}

fn energy(figures: &Figures) -> String {
    let mark = figures.energy_basis().mark();
    figures.millijoules.map_or_else(
        || "–".to_owned(),
        |(low, high)| format!("{mark}{}", band((low, high))),
    )
}

const fn letter(library: Library) -> char {
    match library {
        Library::AxTls => 'a',
        Library::BearSsl => 'b',
        Library::EmbeddedTls => 'e',
        Library::MbedTls => 'm',
        Library::RustCrypto => 'r',
    }
}

/// Returns what a reader must know about the figures above.
fn legend(rows: &[Row], view: &View) -> Vec<String> {
    let mut lines = vec![
        "up, down: bytes of the node's and the server's flights; flights, records, round trips: \
         measured in memory."
            .to_owned(),
        "tickets: bytes that the server sends for later, counted apart, as are alerts and \
         close_notify."
            .to_owned(),
        format!(
            "certificates: the kind of all keys, +n intermediates. s: the node's processor, \
             least–most. mJ: from SYN to connected over \"{}\". \
             ~ modelled, ? partly assumed.",
            view.link.name()
        ),
        "library: b BearSSL, e embedded-tls, m mbedTLS, r RustCrypto's primitives without \
         firmware. – none can, or an operation was not counted."
            .to_owned(),
    ];
    for device in &view.devices {
        let cpi = Cpi::of(*device);
        lines.push(format!(
            "{}: {:.2}–{:.2} cycles for each instruction ({}).",
            device.name(),
            cpi.low,
            cpi.high,
            cpi.source
        ));
    }
    let mut reasons: Vec<SkipReason> = rows
        .iter()
        .filter_map(|row| row.outcome.as_ref().err())
        .copied()
        .collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        lines.push(format!("{reason}: {}.", reason.words()));
    }
    lines
}
