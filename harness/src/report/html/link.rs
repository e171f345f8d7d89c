//! The charts of a node's link: how far it has come, how strong the signal is, how fast it sends.
//!
//! Owns what is drawn of which series. Does not know scales.

use nodelab_sim::{SimSpan, SimTime};

use super::chart::{Chart, Legend, Mark, Scale, Stage, tick};
use super::curves::{blank, plain, table};
use super::portrait::NodePortrait;
use super::spans::{Span, Standing};
use super::svg::Path;

/// Height of one lane.
const LANE: u32 = 24;
/// Height of the other charts.
const LOW: u32 = 130;

/// How far the node has come on its way to the broker, each stage in its lane.
pub(super) fn standing(stage: Stage<'_>, node: &NodePortrait) -> Option<Chart> {
    let spans = node.standing.all();
    let furthest = spans.iter().map(|span| span.standing).max()?;
    if furthest < Standing::Joining {
        return None;
    }
    let used = |standing: &Standing| spans.iter().any(|span| span.standing == *standing);
    let lanes: Vec<Standing> = Standing::ALL.into_iter().rev().filter(used).collect();
    let count = u32::try_from(lanes.len()).unwrap_or(1);
    let height = LANE * count;
    let scale = Scale::around(0.0, 1.0, height);
    let mut marks = stage
        .background(scale)
        .replace("class=\"grid\"", "class=\"no-grid\"");
    let mut y = Vec::new();
    let mut rows = Vec::new();
    let mut top = 0.0;
    let lane_height = f64::from(LANE);
    for lane in &lanes {
        let middle = top + lane_height / 2.0;
        let mut path = Path::default();
        for (from, to) in stretches(spans, *lane, stage.end()) {
            let (x, end) = (stage.x(from), stage.x(to));
            path.jump(x, middle);
            path.to(end.max(x + 1.2), middle);
        }
        marks += &path.element(&format!("lane {}", class(*lane)));
        y.push(tick(
            middle / f64::from(height) * 100.0,
            lane.as_str().to_owned(),
        ));
        let (times, whole) = node.standing.total(*lane, stage.end());
        let share = plain(i64::try_from(whole).unwrap_or(i64::MAX)) * 100.0
            / plain(i64::try_from(stage.end()).unwrap_or(i64::MAX));
        rows.push(vec![
            lane.as_str().to_owned(),
            times.to_string(),
            SimSpan::from_nanos(whole).to_string(),
            format!("{share:.2} %"),
        ]);
        top += lane_height;
    }
    let in_session = rows.first().filter(|_| furthest == Standing::Session);
    let summary = match in_session {
        Some(row) if row[1] == "1" => format!("In session once, for {}.", row[2]),
        Some(row) => format!("In session {} times, {} in all.", row[1], row[2]),
        None => "It never had a session.".to_owned(),
    };
    let grain = match node.standing.grain() {
        0 => String::new(),
        grain => format!(
            " Stretches below {} are not drawn.",
            SimSpan::from_nanos(grain)
        ),
    };
    let head = ["stage", "times", "in all", "share"];
    Some(Chart {
        title: "Link".to_owned(),
        summary: summary + &grain,
        height,
        marks,
        y,
        table: table(&head, rows.into_iter()),
        ..blank(stage)
    })
}

/// Strength of what the node received.
pub(super) fn signal(stage: Stage<'_>, node: &NodePortrait) -> Option<Chart> {
    let (low, high) = node.rssi.extent()?;
    let scale = Scale::counting(plain(low) - 1.0, plain(high) + 1.0, LOW);
    let y = |value: i64| scale.y(plain(value));
    let marks = stage.background(scale) + &stage.dots(&node.rssi, y, "rssi");
    let head = ["time", "least dBm", "most dBm", "frames"];
    let rows = stage.rows().filter_map(|(from, to)| {
        let bucket = node.rssi.between(from, to)?;
        Some(vec![
            SimTime::from_nanos(from).to_string(),
            bucket.min.to_string(),
            bucket.max.to_string(),
            bucket.count.to_string(),
        ])
    });
    Some(Chart {
        title: "Signal".to_owned(),
        summary: format!(
            "{} frames received, {low} dBm to {high} dBm.",
            node.rssi.count()
        ),
        height: LOW,
        marks,
        y: scale.ticks(|value| format!("{value:.0} dBm")),
        legend: vec![Legend::new(Mark::Dots, "rssi", "strength of a frame")],
        table: table(&head, rows),
        ..blank(stage)
    })
}

/// Rate of what the node sent, and how often it had to try again.
pub(super) fn rate(stage: Stage<'_>, node: &NodePortrait) -> Option<Chart> {
    let (low, high) = node.rate.extent()?;
    let scale = Scale::around(0.0, plain(high) / 1e3, LOW);
    let y = |value: i64| scale.y(plain(value) / 1e3);
    let marks = stage.background(scale) + &stage.dots(&node.rate, y, "rate");
    let head = ["time", "least Mb/s", "most Mb/s", "frames", "tries again"];
    let again = node.retries.buckets().iter().map(|bucket| bucket.sum);
    let again: i128 = again.sum();
    let rows = stage.rows().filter_map(|(from, to)| {
        let bucket = node.rate.between(from, to)?;
        let retries = node.retries.between(from, to);
        Some(vec![
            SimTime::from_nanos(from).to_string(),
            format!("{:.1}", plain(bucket.min) / 1e3),
            format!("{:.1}", plain(bucket.max) / 1e3),
            bucket.count.to_string(),
            retries.map_or(0, |bucket| bucket.sum).to_string(),
        ])
    });
    Some(Chart {
        title: "Rate".to_owned(),
        summary: format!(
            "{} frames sent at {:.1} to {:.1} Mb/s, {again} tries beyond the first.",
            node.rate.count(),
            plain(low) / 1e3,
            plain(high) / 1e3
        ),
        height: LOW,
        marks,
        y: scale.ticks(|value| format!("{value:.0} Mb/s")),
        legend: vec![Legend::new(
            Mark::Dots,
            "rate",
            "rate of a frame's last try",
        )],
        table: table(&head, rows),
        ..blank(stage)
    })
}

/// Returns the stretches that the node stood there.
fn stretches(spans: &[Span], standing: Standing, end: u64) -> impl Iterator<Item = (u64, u64)> {
    let ends = spans.iter().skip(1).map(|next| next.from);
    let all = spans.iter().zip(ends.chain([end]));
    let mine = all.filter(move |(span, _)| span.standing == standing);
    mine.map(|(span, to)| (span.from, to.max(span.from)))
}

const fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Asleep | Standing::Off => "lane-off",
        Standing::Down => "lane-down",
        Standing::Joined => "lane-joined",
        Standing::Joining => "lane-joining",
        Standing::Session => "lane-session",
    }
}
