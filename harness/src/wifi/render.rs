//! Writing a table of rates: for people, spreadsheets and programs.
//!
//! Owns the formats and the decimals. Does not know how a row came about.

use std::fmt::Write as _;

use super::{Query, Row};

/// How a table is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// An array of objects.
    Json,
    /// Aligned columns, for people.
    Text,
}

/// Returns a table as text; the last line ends like every other.
#[must_use]
pub fn render(query: &Query, rows: &[Row], format: Format) -> String {
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| cells(query, row)).collect();
    match format {
        Format::Csv => csv(&cells),
        Format::Json => json(&cells),
        Format::Text => text(query, rows),
    }
}

/// A name and a value, which is a JSON value as it stands.
type Cell = (&'static str, String);

fn cells(query: &Query, row: &Row) -> Vec<Cell> {
    let one = &row.exchange;
    let tenth = |span| format!("{:.1}", Row::us(span));
    vec![
        ("standard", format!("\"{}\"", query.standard)),
        ("rate", format!("\"{}\"", row.rate.name())),
        ("stations", query.stations.to_string()),
        ("payload_bytes", query.payload.to_string()),
        ("encrypted", query.encrypted.to_string()),
        ("psdu_bytes", row.psdu_bytes.to_string()),
        ("frame_us", tenth(one.frame)),
        ("sifs_us", tenth(one.timing.sifs)),
        ("ack_us", tenth(one.ack)),
        ("airtime_us", tenth(one.airtime())),
        ("difs_us", tenth(one.timing.difs)),
        ("backoff_mean_us", tenth(one.timing.backoff_mean())),
        ("goodput_mbps", format!("{:.4}", row.goodput_mbps)),
        ("bianchi_mbps", format!("{:.4}", row.bianchi_mbps)),
        (
            "aggregated_mbps",
            row.aggregated_mbps
                .map_or_else(|| "null".to_owned(), |mbps| format!("{mbps:.4}")),
        ),
        ("collision_share", format!("{:.4}", row.collided)),
    ]
}

fn csv(rows: &[Vec<Cell>]) -> String {
    let mut text = String::new();
    if let Some(first) = rows.first() {
        let names: Vec<&str> = first.iter().map(|(name, _)| *name).collect();
        text += &(names.join(",") + "\n");
    }
    for row in rows {
        let values: Vec<&str> = row.iter().map(|(_, value)| bare(value)).collect();
        text += &(values.join(",") + "\n");
    }
    text
}

/// Returns a value as spreadsheets read it: no name of ours needs quotes.
fn bare(value: &str) -> &str {
    match value {
        "null" => "",
        _ => value.trim_matches('"'),
    }
}

fn json(rows: &[Vec<Cell>]) -> String {
    let object = |row: &Vec<Cell>| {
        let pairs: Vec<String> = row
            .iter()
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        format!("  {{ {} }}", pairs.join(", "))
    };
    let objects: Vec<String> = rows.iter().map(object).collect();
    format!("[\n{}\n]\n", objects.join(",\n"))
}

fn text(query: &Query, rows: &[Row]) -> String {
    let stations = match query.stations {
        1 => "1 station".to_owned(),
        more => format!("{more} stations"),
    };
    let security = if query.encrypted { "WPA2" } else { "open" };
    let mut text = format!(
        "802.{}, {stations}, {} bytes of UDP in each frame, {security}\n\n",
        query.standard, query.payload
    );
    let aggregated = rows.iter().any(|row| row.aggregated_mbps.is_some());
    let mut lines = vec![header(aggregated)];
    lines.extend(rows.iter().map(line));
    let columns = lines[0].len();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            lines
                .iter()
                .map(|line| line[column].len())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for line in &lines {
        for (index, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let gap = if index == 0 { "" } else { "  " };
            write!(text, "{gap}{cell:>width$}").expect("a string takes any text");
        }
        text.push('\n');
    }
    text
}

fn header(aggregated: bool) -> Vec<String> {
    let mut names = vec![
        "rate",
        "frame us",
        "SIFS us",
        "ACK us",
        "airtime us",
        "DIFS us",
        "backoff us",
        "collisions",
        "goodput Mb/s",
        "Bianchi Mb/s",
    ];
    if aggregated {
        names[5] = "AIFS us";
        names.push("A-MPDU Mb/s");
    }
    names.into_iter().map(str::to_owned).collect()
}

fn line(row: &Row) -> Vec<String> {
    let one = &row.exchange;
    let whole = |span| format!("{:.0}", Row::us(span));
    let mut cells = vec![
        row.rate.to_string(),
        whole(one.frame),
        whole(one.timing.sifs),
        whole(one.ack),
        whole(one.airtime()),
        whole(one.timing.difs),
        format!("{:.1}", Row::us(one.timing.backoff_mean())),
        format!("{:.1} %", row.collided * 100.0),
        format!("{:.3}", row.goodput_mbps),
        format!("{:.3}", row.bianchi_mbps),
    ];
    cells.extend(row.aggregated_mbps.map(|mbps| format!("{mbps:.3}")));
    cells
}
