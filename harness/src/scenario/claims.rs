//! Reads what must hold.
//!
//! Owns `x-nodelab.expect`. Does not know how a claim is judged.

use node_core::sensor::SensorFault;
use nodelab_sim::power::Energy;
use nodelab_sim::{Celsius, SimSpan};

use crate::diagnostic::Problems;
use crate::scenario::extension::{DURATION_MAX, TEXT_MAX};
use crate::scenario::faults::items;
use crate::scenario::fields::{
    Fields, bounded, choice, list, place, range, small, suggestion, text, whole,
};
use crate::scenario::model::{Claim, Expectation, Never};
use crate::scenario::quantity::{DURATION, ENERGY, TEMPERATURE};
use crate::scenario::reference::{EXPECT, NEVER};
use crate::scenario::settings::Network;
use crate::scenario::tree::{Kind, Node};
use crate::scenario::{network_claims, wifi};

/// Claims of one scenario at most.
pub const CLAIMS_MAX: usize = 1_000;
/// Energy that a claim may speak of, a megajoule.
const ENERGY_MAX: Energy = Energy(1_000_000_000_000_000_000_000_000);
/// Longest life of a battery that a claim may speak of, a hundred years.
const LIFE_MAX: SimSpan = SimSpan::from_secs(36_500 * 86_400);
/// Readings that a claim may speak of.
const READINGS_MAX: u64 = 1 << 53;
/// Things that a claim may exclude, other than texts.
const NEVER_NAMES: [&str; 6] = [
    "connect-refused",
    "link-lost",
    "reading-dropped",
    "sensor-fault",
    "serial",
    "session-closed",
];

/// Reads the list of claims.
pub(crate) fn read(
    node: &Node,
    network: Network,
    problems: &mut Problems,
) -> Option<Vec<Expectation>> {
    let items = items(node, ("expect", CLAIMS_MAX), problems)?;
    Some(
        items
            .iter()
            .filter_map(|item| expectation(item, network, problems))
            .collect(),
    )
}

fn expectation(node: &Node, network: Network, problems: &mut Problems) -> Option<Expectation> {
    let fields = Fields::open(node, &EXPECT, problems)?;
    let pairs: Vec<(&Node, &Node)> = fields.pairs().collect();
    let [(key, value)] = pairs.as_slice() else {
        let error = problems
            .file()
            .error(node.span, format!("{} claims in one item", pairs.len()))
            .expected(format!(
                "expected exactly one of: {}",
                list(&EXPECT.names())
            ))
            .advice("write one list item per claim");
        problems.report(error);
        return None;
    };
    let name = key.text()?;
    if network == Network::Modelled && network_claims::needs_real(name) {
        problems.report(wifi::needs_real(key, name, problems));
    }
    let claim = claim(name, value, problems)?;
    let place = place(node, problems);
    Some(Expectation { place, claim })
}

fn claim(key: &str, node: &Node, problems: &mut Problems) -> Option<Claim> {
    let count = [0, READINGS_MAX];
    match key {
        "acked-within" => positive_span(node, problems).map(Claim::AckedWithin),
        "battery-life-at-least" => {
            let bounds = [("1 ms", SimSpan::from_millis(1)), ("36500 d", LIFE_MAX)];
            bounded(node, (&DURATION, bounds), problems).map(Claim::BatteryLifeAtLeast)
        }
        "converges-within" => positive_span(node, problems).map(Claim::ConvergesWithin),
        "energy-per-reading-at-most" => {
            let bounds = [("0 mJ", Energy(0)), ("1000000 J", ENERGY_MAX)];
            bounded(node, (&ENERGY, bounds), problems).map(Claim::EnergyPerReadingAtMost)
        }
        "error-at-most" => {
            let bounds = [("0 °C", Celsius(0.0)), ("200 °C", Celsius(200.0))];
            bounded(node, (&TEMPERATURE, bounds), problems).map(Claim::ErrorAtMost)
        }
        "never" => never(node, problems).map(Claim::Never),
        "published-at-least" => whole(node, count, problems).map(Claim::PublishedAtLeast),
        "queue-at-most" => small(node, [0, 32], problems).map(Claim::QueueAtMost),
        "reading-between" => range(node, &TEMPERATURE, problems).map(Claim::ReadingBetween),
        "readings-lost" => whole(node, count, problems).map(Claim::ReadingsLost),
        "sensor-fault" => sensor_fault(node, problems).map(Claim::SensorFault),
        "serial" => text(node, TEXT_MAX, problems).map(Claim::Serial),
        // What is left speaks of the network, or was reported by Fields::open.
        _ => network_claims::claim(key, node, problems),
    }
}

/// Reads a span that is not zero.
pub(crate) fn positive_span(node: &Node, problems: &mut Problems) -> Option<SimSpan> {
    let bounds = [("1 ms", SimSpan::from_millis(1)), ("3650 d", DURATION_MAX)];
    bounded(node, (&DURATION, bounds), problems)
}

fn never(node: &Node, problems: &mut Problems) -> Option<Never> {
    if let Kind::Mapping(_) = node.kind {
        let fields = Fields::open(node, &NEVER, problems)?;
        let serial = |node: &Node, problems: &mut Problems| text(node, TEXT_MAX, problems);
        return fields
            .require("serial", problems, serial)
            .map(Never::Serial);
    }
    let written = node.text().unwrap_or("");
    match written {
        "connect-refused" => return Some(Never::ConnectRefused),
        "link-lost" => return Some(Never::LinkLost),
        "reading-dropped" => return Some(Never::ReadingDropped),
        "sensor-fault" => return Some(Never::SensorFault),
        "session-closed" => return Some(Never::SessionClosed),
        _ => {}
    }
    let error = problems
        .file()
        .error(node.span, format!("unknown value {}", node.quoted()))
        .expected(format!("expected one of: {}", list(&NEVER_NAMES)));
    let error = match suggestion(written, &NEVER_NAMES, problems) {
        Some("serial") => error.advice("write `never: { serial: 'text' }`"),
        Some(near) => error.advice(format!("did you mean `{near}`?")),
        None => error.advice("for a text on the console write `never: { serial: 'text' }`"),
    };
    problems.report(error);
    None
}

fn sensor_fault(node: &Node, problems: &mut Problems) -> Option<SensorFault> {
    let options = [
        ("no-signal", SensorFault::NoSignal),
        ("above-range", SensorFault::AboveRange),
        ("saturated", SensorFault::Saturated),
        ("misconfigured", SensorFault::Misconfigured),
        ("impossible-step", SensorFault::ImpossibleStep),
        ("no-answer", SensorFault::NoAnswer),
    ];
    choice(node, &options, problems)
}
