//! What the page says of one world.
//!
//! Owns numbers, words and lists of a world. Does not know how a picture is drawn.

use nodelab_sim::{SimSpan, SimTime};

use super::chart::{Stage, Table};
use super::curves::{charts, table};
use super::page::{Badge, BrokenPage, FailurePage, LogLine, NodePage, WorldPage};
use super::rendered;
use super::sequence::Sequence;
use crate::event::{ScenarioInfo, replay_command};
use crate::portrait::Count;
use crate::portrait::Weight;
use crate::portrait::{NODES_MAX, Portrait};
use crate::report::broken::{Broken, broken};
use crate::report::text::{BROKEN_NAMED, BROKEN_SHOWN};
use crate::verdict::{Failure, Outcome};

/// Nodes that have a line in the table of all.
const FLEET_MAX: usize = 40;
/// Faults that are listed.
const FAULTS_MAX: usize = 40;
/// Bytes of the console that are shown, half of them from its beginning.
const CONSOLE_MAX: usize = 6_000;

/// Lays a world out.
pub(super) fn page(
    id: String,
    scenario: &ScenarioInfo,
    outcome: &Outcome,
    portrait: &Portrait,
) -> WorldPage {
    let failures = failures(scenario, outcome);
    let header = portrait.header.as_ref();
    let drawn = header.map_or(&[][..], |header| &header.drawn);
    let nodes = shown_nodes(outcome, portrait);
    let note = unseen(outcome);
    let pages = nodes.iter().map(|&node| {
        let prefix = format!("{id}-n{node}");
        let stage = Stage { portrait, node };
        let charts = charts(&prefix, stage);
        let talks = portrait.nodes[node].talks.shown();
        let talks = talks.iter().enumerate().map(|(place, (title, talk))| {
            let id = format!("{prefix}-t{}", place + 1);
            rendered(&Sequence::of(id, title, talk))
        });
        NodePage {
            number: node,
            talks: talks.collect(),
            charts: charts.iter().map(rendered).collect(),
        }
    });
    let nodes = pages.collect();
    let log = log(portrait);
    WorldPage {
        seed: outcome.seed,
        status: Badge(outcome.status),
        duration: outcome.virtual_time.to_string(),
        digest: outcome.digest.to_string(),
        drawn: drawn
            .iter()
            .map(|one| (format!("{} (drawn)", one.what), one.value.clone()))
            .collect(),
        failures,
        tiles: tiles(&portrait.counts.all),
        nodes,
        fleet: header.is_some_and(|header| header.nodes > 1),
        fleet_table: fleet(portrait),
        note,
        faults: faults(portrait),
        log_count: log.len(),
        log_left_out: portrait.log.left_out,
        log,
        console: console(&outcome.serial),
        id,
    }
}

/// Returns what is the same in all worlds of a scenario.
pub(super) fn facts(portrait: &Portrait) -> Vec<(String, String)> {
    let Some(header) = &portrait.header else {
        return Vec::new();
    };
    let mut facts = vec![
        ("board", header.board.clone()),
        ("nodes", header.nodes.to_string()),
        ("network", header.network.clone().into_owned()),
        (
            "scenario lasts",
            SimSpan::from_nanos(header.duration_ns).to_string(),
        ),
        (
            "samples every",
            SimSpan::from_micros(header.interval_us).to_string(),
        ),
        ("queue", format!("{} readings", header.queue_capacity)),
        (
            "error band",
            format!("± {:.1} °C", f64::from(header.error_band_mc) / 1e3),
        ),
    ];
    if let Some(supply) = header.supply_mv {
        facts.push(("supply", format!("{:.2} V", f64::from(supply) / 1e3)));
    }
    match &header.security {
        Some(security) => {
            facts.push(("TLS library", security.library.clone()));
            facts.push(("server's certificate", security.certificate.clone()));
            facts.push(("node verifies", security.verification.clone()));
            if security.mutual {
                facts.push(("node shows", "a certificate of its own".to_owned()));
            }
        }
        None => facts.push(("TLS", "none: everything is in the clear".to_owned())),
    }
    facts.push(("nodelab", header.nodelab.clone()));
    facts
        .into_iter()
        .map(|(what, value)| (what.to_owned(), value))
        .collect()
}

/// Returns the claims of a world that did not hold: the first ones in full, then the others.
pub(super) fn failures(scenario: &ScenarioInfo, outcome: &Outcome) -> String {
    let all = broken(&outcome.failures);
    let one = |one: &Broken<'_>| BrokenPage {
        claim: one.first.claim.clone(),
        expected: one.first.expected.clone(),
        seen: one.first.seen.clone(),
        how: one.how(),
        place: one
            .first
            .node_number()
            .map_or("all nodes".to_owned(), |node| format!("node {node}")),
        replay: replay_command(&scenario.file, outcome.seed, one.first.at),
    };
    rendered(&FailurePage {
        first: all.iter().take(BROKEN_SHOWN).map(one).collect(),
        rest: all
            .iter()
            .skip(BROKEN_SHOWN)
            .take(BROKEN_NAMED)
            .map(one)
            .collect(),
        left_out: all.len().saturating_sub(BROKEN_SHOWN + BROKEN_NAMED),
    })
}

/// Returns the nodes whose curves are shown: the first, and those that failed.
fn shown_nodes(outcome: &Outcome, portrait: &Portrait) -> Vec<usize> {
    let failed = outcome.failures.iter().filter_map(Failure::node_number);
    let mut nodes: Vec<usize> = failed.map(|node| node as usize).collect();
    nodes.push(0);
    nodes.retain(|node| *node < portrait.nodes.len());
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// Says which failed nodes have no curves.
fn unseen(outcome: &Outcome) -> String {
    let failed = outcome.failures.iter().filter_map(Failure::node_number);
    let beyond = failed.filter(|node| *node as usize >= NODES_MAX).min();
    beyond.map_or_else(String::new, |node| {
        format!("Curves are kept of the first {NODES_MAX} nodes; node {node} has none.")
    })
}

fn tiles(count: &Count) -> Vec<(&'static str, String, &'static str)> {
    let mut tiles = vec![("readings", count.taken, "")];
    if count.shown > 0 {
        tiles.push(("printed", count.shown, ""));
    }
    if count.sessions > 0 || count.retries > 0 {
        tiles.push(("acknowledged", count.acked, ""));
    }
    tiles.push(("lost", count.lost, "bad"));
    tiles.push(("not believed", count.rejected, "bad"));
    tiles.push(("links lost", count.links_lost, "bad"));
    tiles.push(("attempts failed", count.retries, "bad"));
    tiles.push(("sessions", count.sessions, ""));
    tiles.push(("boots", count.boots, ""));
    let tiles = tiles.into_iter().map(|(name, count, class)| {
        let class = if count == 0 { "" } else { class };
        (name, count.to_string(), class)
    });
    tiles.collect()
}

fn fleet(portrait: &Portrait) -> Table {
    let nodes = &portrait.counts.nodes;
    if nodes.len() < 2 {
        return Table::default();
    }
    let head = [
        "node",
        "readings",
        "acknowledged",
        "lost",
        "not believed",
        "links lost",
        "attempts failed",
        "boots",
    ];
    let rows = nodes.iter().enumerate().take(FLEET_MAX);
    let rows = rows.map(|(node, count)| {
        let numbers = [
            count.taken,
            count.acked,
            count.lost,
            count.rejected,
            count.links_lost,
            count.retries,
            count.boots,
        ];
        let mut row = vec![node.to_string()];
        row.extend(numbers.map(|number| number.to_string()));
        row
    });
    let mut table = table(&head, rows);
    let more = nodes.len().saturating_sub(FLEET_MAX);
    if more > 0 {
        table.rows.push(vec![format!("{more} more nodes")]);
    }
    table
}

fn faults(portrait: &Portrait) -> Table {
    let rows = portrait.faults.iter().take(FAULTS_MAX).map(|fault| {
        let lasts = fault.to.map(|to| SimSpan::from_nanos(to - fault.from));
        vec![
            SimTime::from_nanos(fault.from).to_string(),
            fault.fault.clone(),
            lasts.map_or("to the end".to_owned(), |lasts| match lasts {
                SimSpan::ZERO => "a moment".to_owned(),
                lasts => lasts.to_string(),
            }),
            fault
                .node
                .map_or("all".to_owned(), |node| format!("node {node}")),
        ]
    });
    let mut table = table(&["begins", "fault", "lasts", "strikes"], rows);
    let listed = portrait.faults.len().min(FAULTS_MAX);
    let more = (portrait.faults.len() - listed) as u64 + portrait.faults_left_out;
    if more > 0 {
        table.rows.push(vec![format!("{more} more")]);
    }
    table
}

fn log(portrait: &Portrait) -> Vec<LogLine> {
    let log = &portrait.log;
    let is_fleet = portrait.nodes.len() > 1;
    let entries = log.head.iter().chain(&log.tail).enumerate();
    let lines = entries.map(|(place, entry)| LogLine {
        at: SimTime::from_nanos(entry.at).to_string(),
        node: match entry.node {
            Some(node) if is_fleet => format!("node {node}"),
            Some(_) => String::new(),
            None => "world".to_owned(),
        },
        class: match entry.weight {
            Weight::Alarm => "alarm",
            Weight::Good => "good",
            Weight::Plain => "plain",
        },
        words: entry.words.clone(),
        gap: if place == log.head.len() {
            log.left_out
        } else {
            0
        },
    });
    lines.collect()
}

/// Returns what the first node printed, the middle left out if it is long.
fn console(serial: &[u8]) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    if serial.len() <= CONSOLE_MAX {
        return text(serial);
    }
    let (head, rest) = serial.split_at(CONSOLE_MAX / 2);
    let (middle, tail) = rest.split_at(rest.len() - CONSOLE_MAX / 2);
    let left_out = middle.len();
    let (head, tail) = (text(head), text(tail));
    format!("{head}\n… {left_out} bytes left out …\n{tail}")
}
