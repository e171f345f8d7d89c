//! What became of everything, for people and for programs.
//!
//! Owns the words of the summary and the keys of its JSON. Does not count.

use std::time::Duration;

use node_core::DropReason;
use serde_json::{Value, json};

use crate::live::tally::{NodeSummary, Summary, Times};

/// Nodes whose lines are printed; of more, those in trouble come first.
const ROWS_MAX: usize = 32;
/// What stands above them.
const HEADER: &str = " node  identifier                taken  acknowledged  queued  dropped  \
                      again  sessions  failures";

/// Returns the summary for people.
#[must_use]
pub fn summary_text(summary: &Summary) -> String {
    let mut nodes: Vec<&NodeSummary> = summary.nodes.iter().collect();
    nodes.sort_by_key(|node| (node.is_complete(), node.node));
    let more = nodes.len().saturating_sub(ROWS_MAX);
    nodes.truncate(ROWS_MAX);
    nodes.sort_by_key(|node| node.node);
    let mut lines = vec![String::new(), HEADER.to_owned()];
    lines.extend(nodes.into_iter().map(row));
    if more > 0 {
        lines.push(format!(
            "  and {more} nodes more, all complete or like these"
        ));
    }
    lines.push(String::new());
    let full = times(summary, |node| node.full);
    let resumed = times(summary, |node| node.resumed);
    for (times, what) in [(full, "full"), (resumed, "resumed")] {
        if let Some(mean) = times.mean() {
            lines.push(format!(
                "TLS handshakes, {what}: {}, {} on average ({} to {})",
                times.count,
                span(mean),
                span(times.shortest),
                span(times.longest)
            ));
        }
    }
    for (why, count) in dropped(summary) {
        lines.push(format!("dropped, {why}: {count}"));
    }
    let ignored = summary.sum(|node| node.ignored);
    if ignored > 0 {
        lines.push(format!("messages of the broker passed over: {ignored}"));
    }
    lines.push(verdict(summary));
    lines.push(String::new());
    lines.join("\n")
}

/// Returns the one line that says it all.
fn verdict(summary: &Summary) -> String {
    let taken = summary.sum(|node| node.taken);
    let acknowledged = summary.sum(|node| node.acknowledged);
    let queued = summary.sum(|node| node.waiting.len() as u64);
    let dropped = summary.sum(NodeSummary::dropped_count);
    let lasted = span(Duration::from_secs(summary.lasted.as_secs()));
    if !summary.is_conserved() {
        return format!(
            "BUG   readings do not add up: {taken} taken, {acknowledged} acknowledged, \
             {queued} queued, {dropped} dropped"
        );
    }
    if taken == 0 {
        return format!("FAIL  no reading was taken · {lasted}");
    }
    if summary.is_complete() {
        return match taken {
            1 => format!("PASS  the only reading was acknowledged · {lasted}"),
            _ => format!("PASS  all {taken} readings were acknowledged · {lasted}"),
        };
    }
    let mut lost = Vec::new();
    if queued > 0 {
        lost.push(format!("{queued} still queued at the end"));
    }
    if dropped > 0 {
        lost.push(format!("{dropped} dropped"));
    }
    let lost = lost.join(", ");
    format!("FAIL  {acknowledged} of {taken} readings were acknowledged; {lost} · {lasted}")
}

fn row(node: &NodeSummary) -> String {
    let name: String = node.client_id.chars().take(24).collect();
    format!(
        "{:>5}  {name:<24}  {:>5}  {:>12}  {:>6}  {:>7}  {:>5}  {:>8}  {:>8}",
        node.node,
        node.taken,
        node.acknowledged,
        node.waiting.len(),
        node.dropped_count(),
        node.sent_again,
        node.sessions,
        node.failures
    )
}

/// Returns the summary for programs.
#[must_use]
pub fn summary_json(summary: &Summary) -> Value {
    let nodes: Vec<Value> = summary.nodes.iter().map(node_json).collect();
    json!({
        "complete": summary.is_complete(),
        "conserved": summary.is_conserved(),
        "seconds": summary.lasted.as_secs_f64(),
        "taken": summary.sum(|node| node.taken),
        "acknowledged": summary.sum(|node| node.acknowledged),
        "queued": summary.sum(|node| node.waiting.len() as u64),
        "dropped": summary.sum(NodeSummary::dropped_count),
        "nodes": nodes,
    })
}

fn node_json(node: &NodeSummary) -> Value {
    let waiting: Vec<Value> = node
        .waiting
        .iter()
        .map(|reading| {
            json!({
                "sequence": reading.sequence,
                "temperature": f64::from(reading.value.0) / 1e3,
            })
        })
        .collect();
    let dropped: serde_json::Map<String, Value> = node
        .dropped
        .iter()
        .map(|(why, count)| (why.as_str().to_owned(), json!(count)))
        .collect();
    json!({
        "node": node.node,
        "client_id": node.client_id,
        "taken": node.taken,
        "acknowledged": node.acknowledged,
        "queued": waiting,
        "dropped": dropped,
        "sent_again": node.sent_again,
        "sessions": node.sessions,
        "reconnects": node.reconnects(),
        "failures": node.failures,
        "sensor_faults": node.sensor_faults,
        "ignored": node.ignored,
        "handshakes": {
            "full": times_json(node.full),
            "resumed": times_json(node.resumed),
        },
    })
}

fn times_json(times: Times) -> Value {
    let ms = |span: Duration| span.as_secs_f64() * 1e3;
    json!({
        "count": times.count,
        "mean_ms": times.mean().map(ms),
        "shortest_ms": times.mean().map(|_| ms(times.shortest)),
        "longest_ms": times.mean().map(|_| ms(times.longest)),
    })
}

fn times(summary: &Summary, of: impl Fn(&NodeSummary) -> Times) -> Times {
    let all = summary.nodes.iter().map(of);
    all.fold(Times::default(), Times::and)
}

fn dropped(summary: &Summary) -> Vec<(&'static str, u64)> {
    [
        DropReason::QueueFullNewest,
        DropReason::QueueFullOldest,
        DropReason::TooLarge,
    ]
    .into_iter()
    .map(|why| {
        let count = summary.sum(|node| node.dropped.get(&why).copied().unwrap_or(0));
        (why.as_str(), count)
    })
    .filter(|(_, count)| *count > 0)
    .collect()
}

/// Writes a span as people would: `12.3 ms`, `4.5 s`, `2 min 5 s`.
pub(super) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 if span.is_zero() => "0 s".to_owned(),
        0 => format!("{:.1} ms", span.as_secs_f64() * 1e3),
        1..60 if span.subsec_millis() == 0 => format!("{seconds} s"),
        1..60 => format!("{:.1} s", span.as_secs_f64()),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use node_core::{Instant, MilliCelsius, Reading};

    use super::*;

    fn summary() -> Summary {
        let complete = NodeSummary {
            acknowledged: 60,
            client_id: "nodelab-0".to_owned(),
            full: Times {
                count: 1,
                longest: Duration::from_micros(4_210),
                shortest: Duration::from_micros(4_210),
                total: Duration::from_micros(4_210),
            },
            sessions: 2,
            taken: 60,
            ..NodeSummary::default()
        };
        let reading = Reading {
            taken: Instant::ZERO,
            value: MilliCelsius(21_875),
            sequence: 59,
        };
        let lossy = NodeSummary {
            acknowledged: 52,
            client_id: "nodelab-1".to_owned(),
            dropped: BTreeMap::from([(DropReason::QueueFullOldest, 7)]),
            failures: 3,
            node: 1,
            sent_again: 1,
            waiting: vec![reading],
            ..complete.clone()
        };
        Summary {
            lasted: Duration::from_millis(61_250),
            nodes: vec![complete, lossy],
        }
    }

    #[test]
    fn a_run_is_summed_up_for_people() {
        insta::assert_snapshot!(summary_text(&summary()));
    }

    #[test]
    fn a_run_is_summed_up_for_programs() {
        insta::assert_snapshot!(format!("{:#}", summary_json(&summary())));
    }

    #[test]
    fn a_large_fleet_shows_who_is_in_trouble() {
        let mut fleet = summary();
        let complete = fleet.nodes[0].clone();
        let lossy = fleet.nodes.pop().unwrap();
        fleet.nodes = (0..100)
            .map(|node| NodeSummary {
                node,
                ..complete.clone()
            })
            .collect();
        fleet.nodes[77] = NodeSummary { node: 77, ..lossy };
        let text = summary_text(&fleet);
        assert!(
            text.contains("   77  nodelab-1") && text.contains("and 68 nodes more"),
            "{text}"
        );
    }

    #[test]
    fn spans_read_as_people_say_them() {
        let shown = [
            0,
            1_234_567,
            4_500_000_000,
            60_000_000_000,
            3_725_000_000_000,
        ]
        .map(|ns| span(Duration::from_nanos(ns)));
        assert_eq!(shown, ["0 s", "1.2 ms", "4.5 s", "1 min 0 s", "1 h 2 min"]);
    }
}
