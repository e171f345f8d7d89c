//! Writing rows: for people, documents, spreadsheets and programs.
//!
//! Owns which formats there are, and how numbers are rounded. Does not know how a row came about.

mod csv;
mod json;
mod table;

use nodelab_sim::stack::tls::Side;

use super::axis::{Axis, Device, Library};
use super::lab::{OnDevice, Row};
use super::link::Link;

pub use self::csv::csv;
pub use self::json::json;
pub use self::table::{markdown, table};

/// How rows are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Comma-separated values, a line for each cell and device.
    Csv,
    /// An array of objects, one for each cell.
    Json,
    /// A table of Markdown.
    Markdown,
    /// Aligned columns, for people.
    Table,
}

impl Axis for Format {
    const KEY: &'static str = "format";
    const ALL: &'static [Self] = &[Self::Table, Self::Json, Self::Csv, Self::Markdown];

    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Table => "table",
        }
    }
}

/// What rows are sorted by, the least first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SortKey {
    /// All bytes.
    Bytes,
    /// The order of the axes.
    Cell,
    /// Bytes of the server.
    Down,
    /// Energy of the first device.
    Millijoules,
    /// Memory of the first device.
    Ram,
    /// Round trips.
    RoundTrips,
    /// Processor time of the first device.
    Seconds,
    /// Bytes of the node.
    Up,
}

impl Axis for SortKey {
    const KEY: &'static str = "sort";
    const ALL: &'static [Self] = &[
        Self::Cell,
        Self::Bytes,
        Self::Up,
        Self::Down,
        Self::RoundTrips,
        Self::Seconds,
        Self::Millijoules,
        Self::Ram,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Cell => "cell",
            Self::Down => "down",
            Self::Millijoules => "millijoules",
            Self::Ram => "ram",
            Self::RoundTrips => "round-trips",
            Self::Seconds => "seconds",
            Self::Up => "up",
        }
    }
}

/// Sorts rows; those that have no such figure come last, and equal ones keep their order.
pub fn sort(rows: &mut [Row], key: SortKey) {
    if key != SortKey::Cell {
        rows.sort_by(|one, other| rank(one, key).total_cmp(&rank(other, key)));
    }
}

/// Returns the figure of a row, or infinity.
fn rank(row: &Row, key: SortKey) -> f64 {
    let Ok(found) = &row.outcome else {
        return f64::INFINITY;
    };
    let bytes = |side| f64::from(found.handshake.bytes_from(side));
    // The library that the table shows.
    let shown = found
        .devices
        .first()
        .and_then(|on| best(&found.devices, on.device));
    let first = shown.and_then(|on| on.outcome.as_ref().ok());
    let figure = match key {
        SortKey::Bytes => Some(bytes(Side::Client) + bytes(Side::Server)),
        SortKey::Cell => Some(0.0),
        SortKey::Down => Some(bytes(Side::Server)),
        SortKey::Millijoules => first
            .and_then(|figures| figures.millijoules)
            .map(|(_, high)| high),
        SortKey::Ram => first
            .and_then(|figures| figures.memory)
            .map(|memory| whole(memory.bytes)),
        SortKey::RoundTrips => Some(f64::from(found.handshake.round_trips())),
        SortKey::Seconds => first.map(|figures| figures.seconds.1),
        SortKey::Up => Some(bytes(Side::Client)),
    };
    figure.unwrap_or(f64::INFINITY)
}

#[expect(clippy::cast_precision_loss, reason = "below 2⁵³")]
const fn whole(number: u64) -> f64 {
    number as f64
}

/// Rounds to some decimals, half away from zero.
pub(super) fn rounded(value: f64, decimals: u32) -> f64 {
    let scale = f64::from(10_u32.pow(decimals));
    (value * scale).round() / scale
}

/// What a table shows of each row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct View {
    /// The devices, each with its best library.
    pub devices: Vec<Device>,
    /// The link that energy is for.
    pub link: Link,
}

/// Returns the library that is shown for a device: one with firmware and counts of its own before
/// one whose cycles are another core's, and that before primitives without firmware.
pub(super) fn best(devices: &[OnDevice], device: Device) -> Option<&OnDevice> {
    let can = devices
        .iter()
        .filter(|on| on.device == device && on.outcome.is_ok());
    can.min_by_key(|on| match on.library {
        Library::AxTls | Library::BearSsl => 0,
        Library::EmbeddedTls => 1,
        Library::MbedTls => 2,
        Library::RustCrypto => 3,
    })
}

/// Returns who an end is.
pub(super) const fn side(side: Side) -> &'static str {
    match side {
        Side::Client => "node",
        Side::Server => "server",
    }
}

/// Returns a band with as many decimals as mean something.
pub(super) fn band((low, high): (f64, f64)) -> String {
    let decimals = match high {
        high if high >= 100.0 => 0,
        high if high >= 10.0 => 1,
        high if high >= 0.1 => 2,
        _ => 3,
    };
    format!("{low:.decimals$}–{high:.decimals$}")
}
