//! The charts of a node: which curves there are, in which words.
//!
//! Owns what is drawn of which series. Does not know scales.

use nodelab_sim::SimTime;

use super::chart::{Chart, Legend, Mark, Scale, Stage, Table, WIDTH};
use super::svg::{Path, line};
use crate::portrait::NodePortrait;
use crate::portrait::{Bucket, Series};

/// Height of the charts that matter most.
const TALL: u32 = 260;
/// How far beyond everything else the chart follows the sensor's voltage, in °C.
const SENSED_ROOM: f64 = 15.0;
/// Height of the others.
const LOW: u32 = 150;

/// Returns the charts of a node that have anything to show.
pub(super) fn charts(prefix: &str, stage: Stage<'_>) -> Vec<Chart> {
    let Some(node) = stage.portrait.nodes.get(stage.node) else {
        return Vec::new();
    };
    let all = [
        temperature(stage, node),
        code(stage, node),
        super::link::standing(stage, node),
        super::link::signal(stage, node),
        super::link::rate(stage, node),
        queue(stage, node),
        super::charge::charge(stage, node),
    ];
    let present = all.into_iter().flatten().enumerate();
    present
        .map(|(place, chart)| Chart {
            id: format!("{prefix}-c{}", place + 1),
            ..chart
        })
        .collect()
}

/// True, sensed and believed temperature, with what a reading may be off by.
fn temperature(stage: Stage<'_>, node: &NodePortrait) -> Option<Chart> {
    let (low, high) = node.truth.extent()?;
    let header = stage.portrait.header.as_ref()?;
    let band = f64::from(header.error_band_mc) / 1e3;
    let (least, most) = node.reported.extent().unwrap_or((low, high));
    let low = celsius(low.min(least)).min(celsius(low) - band);
    let high = celsius(high.max(most)).max(celsius(high) + band);
    // A sensor with a fault may say anything; the chart is about what is near.
    let sensed = node.sensed.extent().map(|(least, most)| {
        let (least, most) = (celsius(least), celsius(most));
        (least.max(low - SENSED_ROOM), most.min(high + SENSED_ROOM))
    });
    let (least, most) = sensed.unwrap_or((low, high));
    let scale = Scale::around(low.min(least), high.max(most), TALL);
    let y = |value: i64| scale.inside(celsius(value));
    let mut marks = stage.background(scale);
    marks += &band_of(stage, &node.truth, band, scale).element("band");
    let mut truth = stage.curve(&node.truth, y);
    if let Some(last) = node.truth.buckets().last() {
        truth.to(stage.x(stage.held_until(&node.truth)), y(last.last));
    }
    marks += &truth.element("truth");
    marks += &stage.curve(&node.sensed, y).element("sensed");
    marks += &stage.dots(&node.reported, y, "reported");
    let decimals = scale.decimals();
    let head = ["time", "true °C", "sensed °C", "reported °C", "readings"];
    let rows = stage.rows().filter_map(|(from, to)| {
        let truth = node.truth.between(from, to)?;
        let reported = node.reported.between(from, to);
        Some(vec![
            SimTime::from_nanos(from).to_string(),
            extent_of(Some(truth)),
            extent_of(node.sensed.between(from, to)),
            extent_of(reported),
            reported.map_or(0, |bucket| bucket.count).to_string(),
        ])
    });
    Some(Chart {
        title: "Temperature".to_owned(),
        summary: off_by(node, band) + &beyond(node, scale),
        height: TALL,
        marks,
        y: scale.ticks(|value| format!("{value:.decimals$} °C")),
        legend: vec![
            Legend::new(Mark::Line, "truth", "true"),
            Legend::new(Mark::Area, "band", format!("± {band:.1} °C of it")),
            Legend::new(Mark::Line, "sensed", "what the sensor's voltage says"),
            Legend::new(Mark::Dots, "reported", "what the node reports"),
        ],
        table: table(&head, rows),
        ..blank(stage)
    })
}

/// Says how far the readings are off.
fn off_by(node: &NodePortrait, band: f64) -> String {
    let pairs = node.reported.buckets().iter().filter_map(|reported| {
        let truths = node.truth.buckets().iter();
        let mut truths = truths.rev();
        let truth = truths.find(|truth| truth.from <= reported.from)?;
        let above = reported.max - truth.min;
        let below = truth.max - reported.min;
        Some(above.max(below))
    });
    let readings = match node.reported.count() {
        1 => "1 reading".to_owned(),
        count => format!("{count} readings"),
    };
    match pairs.max() {
        Some(most) => format!(
            "{readings}, at most {:.2} °C off. The band is ± {band:.1} °C of the truth.",
            celsius(most.max(0))
        ),
        None => format!("No reading was believed. The band is ± {band:.1} °C of the truth."),
    }
}

/// Says what lies outside of the chart.
fn beyond(node: &NodePortrait, scale: Scale) -> String {
    let is_outside = |value: i64| {
        let place = scale.y(celsius(value));
        place < 0.0 || place > f64::from(TALL)
    };
    match node.sensed.extent() {
        Some((least, most)) if is_outside(least) || is_outside(most) => format!(
            " The sensor's voltage says {:.0} °C to {:.0} °C: what lies beyond is drawn at the \
             edge.",
            celsius(least),
            celsius(most)
        ),
        _ => String::new(),
    }
}

fn band_of(stage: Stage<'_>, truth: &Series, band: f64, scale: Scale) -> Path {
    let mut path = Path::default();
    let x = |bucket: &Bucket| stage.x(u64::midpoint(bucket.from, bucket.to));
    for bucket in truth.buckets() {
        path.to(x(bucket), scale.y(celsius(bucket.max) + band));
    }
    if let Some(last) = truth.buckets().last() {
        let end = stage.x(stage.held_until(truth));
        path.to(end, scale.y(celsius(last.last) + band));
        path.to(end, scale.y(celsius(last.last) - band));
    }
    for bucket in truth.buckets().iter().rev() {
        path.to(x(bucket), scale.y(celsius(bucket.min) - band));
    }
    path.close();
    path
}

/// Codes of the converter, and those that were not believed.
fn code(stage: Stage<'_>, node: &NodePortrait) -> Option<Chart> {
    let (low, high) = node.code.extent()?;
    let scale = Scale::counting(plain(low), plain(high), LOW);
    let y = |value: i64| scale.y(plain(value));
    let mut marks = stage.background(scale);
    marks += &stage.dots(&node.code, y, "code");
    let mut rejected = Path::default();
    for bucket in node.rejected.buckets() {
        let x = stage.x(u64::midpoint(bucket.from, bucket.to));
        rejected.jump(x, (y(bucket.max) - 9.0).max(0.0));
        rejected.to(x, (y(bucket.min) + 9.0).min(f64::from(LOW)));
    }
    marks += &rejected.element("rejected");
    let head = [
        "time",
        "least code",
        "most code",
        "conversions",
        "not believed",
    ];
    let rows = stage.rows().filter_map(|(from, to)| {
        let code = node.code.between(from, to)?;
        let refused = node.rejected.between(from, to);
        Some(vec![
            SimTime::from_nanos(from).to_string(),
            code.min.to_string(),
            code.max.to_string(),
            code.count.to_string(),
            refused.map_or(0, |bucket| bucket.count).to_string(),
        ])
    });
    let mut legend = vec![Legend::new(Mark::Dots, "code", "code of a conversion")];
    if !node.rejected.is_empty() {
        legend.push(Legend::new(Mark::Strokes, "rejected", "not believed"));
    }
    Some(Chart {
        title: "Converter".to_owned(),
        summary: conversions(node, low, high),
        height: LOW,
        marks,
        y: scale.ticks(|value| format!("{value:.0}")),
        legend,
        table: table(&head, rows),
        ..blank(stage)
    })
}

/// Says how many conversions there were, and what came of them.
fn conversions(node: &NodePortrait, low: i64, high: i64) -> String {
    let many = |count: u64, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let conversions = many(node.code.count(), "conversion", "conversions");
    let codes = if low == high {
        format!("code {low}")
    } else {
        format!("codes {low} to {high}")
    };
    let refused = many(node.rejected.count(), "sample was", "samples were");
    format!("{conversions}, {codes}; {refused} not believed.")
}

/// Readings that wait, and how many find room.
fn queue(stage: Stage<'_>, node: &NodePortrait) -> Option<Chart> {
    let (_, most) = node.queue.extent()?;
    let capacity = i64::from(stage.portrait.header.as_ref()?.queue_capacity);
    // A queue that was never a quarter full is shown closer.
    let is_close = most * 4 < capacity;
    let top = if is_close { most.max(1) } else { capacity };
    let scale = Scale::counting(0.0, plain(top), LOW);
    let y = |value: i64| scale.y(plain(value));
    let mut marks = stage.background(scale);
    marks += &steps(stage, &node.queue, y).element("queue");
    if !is_close {
        marks += &line("limit", (0.0, y(capacity)), (WIDTH, y(capacity)));
    }
    let head = ["time", "least", "most", "at the end"];
    let mut last = 0;
    let rows = stage.rows().map(|(from, to)| {
        let bucket = node.queue.between(from, to);
        let cells = bucket.map_or([last; 3], |bucket| [bucket.min, bucket.max, bucket.last]);
        last = cells[2];
        let mut row = vec![SimTime::from_nanos(from).to_string()];
        row.extend(cells.map(|cell| cell.to_string()));
        row
    });
    let mut legend = vec![Legend::new(Mark::Line, "queue", "readings that wait")];
    if !is_close {
        legend.push(Legend::new(Mark::Line, "limit", "capacity"));
    }
    Some(Chart {
        title: "Queue".to_owned(),
        summary: format!("At most {most} of {capacity} places were taken."),
        height: LOW,
        marks,
        y: scale.ticks(|value| format!("{value:.0}")),
        legend,
        table: table(&head, rows),
        ..blank(stage)
    })
}

/// Draws a series whose values hold until they change.
pub(super) fn steps(stage: Stage<'_>, series: &Series, y: impl Fn(i64) -> f64) -> Path {
    let mut path = Path::default();
    let mut seen = false;
    for bucket in series.buckets() {
        let x = stage.x(bucket.from);
        if !seen {
            path.jump(x, y(0).min(y(bucket.min)));
        }
        seen = true;
        path.step(x, y(bucket.max));
        if bucket.min != bucket.max {
            path.step(x, y(bucket.min));
        }
        path.step(stage.x(bucket.to), y(bucket.last));
    }
    if let Some(last) = series.buckets().last() {
        path.step(WIDTH, y(last.last));
    }
    path
}

/// Returns a chart with an axis of time and nothing else.
pub(super) fn blank(stage: Stage<'_>) -> Chart {
    let (faults, footnote) = stage.fault_labels();
    Chart {
        id: String::new(),
        title: String::new(),
        summary: String::new(),
        height: LOW,
        marks: String::new(),
        x: stage.x_ticks(),
        y: Vec::new(),
        faults,
        footnote,
        labels: Vec::new(),
        legend: Vec::new(),
        table: Table::default(),
    }
}

/// Returns a table.
pub(super) fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Table {
    Table {
        head: head.iter().map(|&word| word.to_owned()).collect(),
        rows: rows.collect(),
    }
}

/// Returns the temperatures of a stretch, as one number or as two.
fn extent_of(bucket: Option<Bucket>) -> String {
    let Some(bucket) = bucket else {
        return "–".to_owned();
    };
    let (least, most) = (celsius(bucket.min), celsius(bucket.max));
    if bucket.min == bucket.max {
        format!("{least:.2}")
    } else {
        format!("{least:.2} to {most:.2}")
    }
}

fn celsius(milli: i64) -> f64 {
    plain(milli) / 1e3
}

/// Returns a number to draw with.
#[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
pub(super) const fn plain(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portrait::{FaultSpan, Portrait};

    /// Ten samples in ten seconds; the sensor breaks for two of them.
    fn portrait() -> Portrait {
        let mut node = NodePortrait::default();
        for second in 0..10_i64 {
            let at = u64::try_from(second).unwrap() * 1_000_000_000;
            let broken = (4..6).contains(&second);
            node.truth.add(at, 20_000 + 100 * second);
            node.sensed.add(at, if broken { 280_000 } else { 20_500 });
            node.code.add(at, if broken { 1_024 } else { 250 });
            if broken {
                node.rejected.add(at, 1_024);
            } else {
                node.reported.add(at, 21_000);
                node.queue.add(at, second.min(3));
            }
        }
        let header = serde_json::from_str(
            r#"{"schema": 1, "nodelab": "0", "file": "f", "name": "n", "seed": 1, "nodes": 1,
                "board": "b", "network": "modelled", "duration_ns": 10000000000,
                "interval_us": 1000000, "queue_capacity": 4, "error_band_mc": 2000,
                "supply_mv": null, "security": null, "drawn": [], "faults": []}"#,
        );
        Portrait {
            header: Some(header.unwrap()),
            nodes: vec![node],
            faults: vec![FaultSpan {
                fault: "sensor <fault>".to_owned(),
                node: Some(0),
                from: 4_000_000_000,
                to: Some(6_000_000_000),
            }],
            end: 10_000_000_000,
            ..Portrait::default()
        }
    }

    #[test]
    fn charts_show_curves_faults_and_numbers() {
        let portrait = portrait();
        let stage = Stage {
            portrait: &portrait,
            node: 0,
        };
        let charts = charts("p", stage);
        let titles: Vec<&str> = charts.iter().map(|chart| &*chart.title).collect();
        assert_eq!(titles, ["Temperature", "Converter", "Queue"]);
        let pages = charts.iter().map(|chart| chart.render().unwrap());
        insta::assert_snapshot!(pages.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn one_code_is_told_as_one() {
        let mut node = NodePortrait::default();
        node.code.add(1, 240);
        let words = conversions(&node, 240, 240);
        assert_eq!(
            words,
            "1 conversion, code 240; 0 samples were not believed."
        );
    }

    #[test]
    fn what_lies_far_away_is_told_and_drawn_at_the_edge() {
        let portrait = portrait();
        let stage = Stage {
            portrait: &portrait,
            node: 0,
        };
        let chart = &charts("p", stage)[0];
        assert!(chart.summary.contains("280 °C"), "{}", chart.summary);
        assert!(!chart.marks.contains("L0 -"), "{}", chart.marks);
    }

    #[test]
    fn a_node_that_never_measured_has_no_charts() {
        let portrait = Portrait {
            nodes: vec![NodePortrait::default()],
            ..Portrait::default()
        };
        let stage = Stage {
            portrait: &portrait,
            node: 0,
        };
        assert!(charts("p", stage).is_empty());
    }
}
