//! Writing a table of rows: for people, spreadsheets and programs.
//!
//! Owns the formats and the decimals. Does not know how a row came about.

use std::fmt::Write as _;

use node_core::MilliCelsius;

use crate::sensor::Row;

const COLUMNS: [&str; 6] = [
    "celsius",
    "volts",
    "code",
    "datasheet_celsius",
    "blog_celsius",
    "blog_error",
];
/// How a table is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// An array of objects.
    Json,
    /// Aligned columns, for people.
    Table,
}

/// Returns a table as text; the last line ends like every other.
#[must_use]
pub fn render(rows: &[Row], format: Format) -> String {
    let cells: Vec<[String; 6]> = rows.iter().map(cells).collect();
    match format {
        Format::Csv => render_csv(&cells),
        Format::Json => render_json(&cells),
        Format::Table => render_table(&cells),
    }
}

fn cells(row: &Row) -> [String; 6] {
    [
        shortest(row.celsius),
        decimals(row.volts.0, 3),
        row.code.0.to_string(),
        decimals(row.datasheet_celsius.0, 2),
        decimals(row.blog_celsius.0, 1),
        decimals(row.blog_error.0, 1),
    ]
}

fn render_csv(cells: &[[String; 6]]) -> String {
    let mut text = COLUMNS.join(",") + "\n";
    for row in cells {
        text += &row.join(",");
        text.push('\n');
    }
    text
}

/// Writes every number with the decimals of the other formats: each cell is a JSON number.
fn render_json(cells: &[[String; 6]]) -> String {
    let objects: Vec<String> = cells.iter().map(json_object).collect();
    match objects.as_slice() {
        [] => "[]\n".to_owned(),
        objects => format!("[\n{}\n]\n", objects.join(",\n")),
    }
}

fn json_object(row: &[String; 6]) -> String {
    let pairs: Vec<String> = COLUMNS
        .iter()
        .zip(row)
        .map(|(name, cell)| format!("\"{name}\": {cell}"))
        .collect();
    format!("  {{ {} }}", pairs.join(", "))
}

fn render_table(cells: &[[String; 6]]) -> String {
    let header = [
        "°C",
        "volts",
        "code",
        "datasheet °C",
        "code/10 °C",
        "error °C",
    ];
    let header = header.map(str::to_owned);
    let width = |column: usize| {
        let all = std::iter::once(&header).chain(cells);
        all.map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    for row in std::iter::once(&header).chain(cells) {
        for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = if index == 0 { "" } else { "  " };
            write!(text, "{gap}{cell:>width$}").expect("a string takes any text");
        }
        text.push('\n');
    }
    text
}

/// Writes a temperature with no more decimals than it needs, three at most.
pub(super) fn shortest(MilliCelsius(milli): MilliCelsius) -> String {
    let text = decimals(f64::from(milli) / 1000.0, 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Writes a number, rounded to nearest and half away from zero; never "-0.0".
fn decimals(value: f64, places: usize) -> String {
    let scale = [1.0, 10.0, 100.0, 1000.0][places];
    // A sum of one and many decimals lies a hair off the half it means: 23.5 - 24.15.
    let nudged = value + value.signum() * 1e-9;
    let rounded = (nudged * scale).round() / scale;
    // Adding zero turns a negative zero into a positive one.
    format!("{:.places$}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensor::{SensorBoard, Sweep, table};

    #[test]
    fn people_and_programs_read_the_same_numbers() {
        let (from, step, to) = (milli(-40_000), milli(40_000), milli(120_000));
        let rows = table(SensorBoard::NodeMcu, Sweep { from, step, to }).unwrap();
        insta::assert_snapshot!("table", render(&rows, Format::Table));
        insta::assert_snapshot!("json", render(&rows, Format::Json));
        let parsed: serde_json::Value = serde_json::from_str(&render(&rows, Format::Json)).unwrap();
        assert_eq!(parsed[1]["code"], 160);
        assert_eq!(render(&[], Format::Json), "[]\n");
    }

    #[test]
    fn numbers_round_half_away_from_zero_and_zero_has_no_sign() {
        let cases = [
            (-0.04, 1, "0.0"),
            (-0.05, 1, "-0.1"),
            (0.625, 2, "0.63"),
            (-40.312_5, 2, "-40.31"),
            (23.5 - 24.15, 1, "-0.7"),
            (-0.0, 2, "0.00"),
            (0.0, 1, "0.0"),
        ];
        for (value, places, expected) in cases {
            assert_eq!(decimals(value, places), expected);
        }
        assert_eq!(shortest(milli(100_000)), "100");
        assert_eq!(shortest(milli(22_500)), "22.5");
        assert_eq!(shortest(milli(-5)), "-0.005");
    }

    fn milli(value: i32) -> MilliCelsius {
        MilliCelsius(value)
    }
}
