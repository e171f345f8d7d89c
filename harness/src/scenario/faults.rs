//! Reads what goes wrong, and when.
//!
//! Owns `x-nodelab.faults`. Whether a fault lies inside the run is checked in
//! [`check`](crate::scenario::check), which sees the whole scenario.

use nodelab_sim::SimSpan;

use crate::diagnostic::Problems;
use crate::scenario::fields::{Fields, boolean, bounded_range, choice, list, place, range, small};
use crate::scenario::model::{Fault, FaultKind, NodeSet, SensorBreakage};
use crate::scenario::quantity::{DEVIATION, DURATION, Ppm, SHARE, SIGNED_DURATION};
use crate::scenario::range::Range;
use crate::scenario::reference::{
    ACCESS_POINT_DOWN, BROKER_DOWN, CLOCK_DRIFT, CLOCK_JUMP, FAULT, LINK_LOSS, POWER_CUT, RESET,
    SENSOR_FAULT,
};
use crate::scenario::settings::Network;
use crate::scenario::tree::{Kind, Node};
use crate::scenario::world::DRIFT;
use crate::scenario::{network_faults, wifi};

/// Faults of one scenario at most.
pub const FAULTS_MAX: usize = 1_000;
/// Keys of a fault that say when and whom, not what.
const QUALIFIERS: [&str; 3] = ["at", "node", "nodes"];

/// Reads the list of faults of a world with so many nodes on one form of the network.
pub(crate) fn read(
    node: &Node,
    (nodes, network): (u32, Network),
    problems: &mut Problems,
) -> Option<Vec<Fault>> {
    let items = items(node, ("faults", FAULTS_MAX), problems)?;
    Some(
        items
            .iter()
            .filter_map(|item| fault(item, (nodes, network), problems))
            .collect(),
    )
}

/// Returns the items of a list of limited length; null is an empty one.
pub(crate) fn items<'t>(
    node: &'t Node,
    (name, most): (&str, usize),
    problems: &mut Problems,
) -> Option<&'t [std::rc::Rc<Node>]> {
    let error = match &node.kind {
        Kind::Sequence(items) if items.len() <= most => return Some(items),
        Kind::Scalar(_) if node.is_null() => return Some(&[]),
        Kind::Sequence(items) => problems
            .file()
            .error(node.span, format!("`{name}` has {} items", items.len()))
            .expected(format!("expected {most} at most")),
        Kind::Mapping(_) | Kind::Scalar(_) => problems
            .file()
            .error(node.span, format!("`{name}` cannot be {}", node.describe()))
            .expected("expected a list: lines that begin with `- `"),
    };
    problems.report(error);
    None
}

fn fault(node: &Node, (nodes, network): (u32, Network), problems: &mut Problems) -> Option<Fault> {
    let fields = Fields::open(node, &FAULT, problems)?;
    let at = fields.require("at", problems, span);
    let kinds: Vec<(&Node, &Node)> = fields
        .pairs()
        .filter(|(key, _)| key.text().is_some_and(|key| !QUALIFIERS.contains(&key)))
        .collect();
    let [(key, value)] = kinds.as_slice() else {
        let names: Vec<&str> = FAULT
            .names()
            .into_iter()
            .filter(|name| !QUALIFIERS.contains(name))
            .collect();
        let error = problems
            .file()
            .error(
                node.span,
                format!("{} kinds of fault in one item", kinds.len()),
            )
            .expected(format!("expected exactly one of: {}", list(&names)))
            .advice("write one list item per fault");
        problems.report(error);
        return None;
    };
    let name = key.text()?;
    if network == Network::Modelled && network_faults::needs_real(name) {
        problems.report(wifi::needs_real(key, name, problems));
    }
    let kind = kind(name, value, problems);
    let whom = whom(&fields, nodes, problems);
    let is_shared = kind.as_ref().is_some_and(|kind| {
        matches!(
            kind,
            FaultKind::AccessPointDown { .. }
                | FaultKind::Address { .. }
                | FaultKind::BrokerDown { .. }
                | FaultKind::Radio { .. }
                | FaultKind::TimeWrong { .. }
        )
    });
    if let Some(whose) = fields.find("node").or(fields.find("nodes"))
        && is_shared
    {
        let error = problems
            .file()
            .error(whose.span, "this fault strikes what all nodes share")
            .expected("expected no `node` or `nodes` here")
            .advice("to cut off single nodes use `link-loss: { loss: 100%, for: … }`");
        problems.report(error);
    }
    Some(Fault {
        place: place(node, problems),
        at: at?,
        nodes: whom?,
        kind: kind?,
    })
}

fn whom(fields: &Fields<'_>, nodes: u32, problems: &mut Problems) -> Option<NodeSet> {
    let last = nodes.saturating_sub(1);
    match (fields.find("node"), fields.find("nodes")) {
        (None, None) => Some(NodeSet::All),
        (Some(one), None) => Some(NodeSet::Some(vec![number(one, last, problems)?])),
        (None, Some(some)) => {
            let items = items(some, ("nodes", usize::MAX), problems)?;
            let mut numbers: Vec<u32> = items
                .iter()
                .filter_map(|item| number(item, last, problems))
                .collect();
            numbers.sort_unstable();
            numbers.dedup();
            Some(NodeSet::Some(numbers))
        }
        (Some(_), Some(some)) => {
            let error = problems
                .file()
                .error(some.span, "both `node` and `nodes`")
                .expected("expected one of the two");
            problems.report(error);
            None
        }
    }
}

pub(crate) fn number(node: &Node, last: u32, problems: &mut Problems) -> Option<u32> {
    let read = small(node, [0, u32::MAX], problems)?;
    if read <= last {
        return Some(read);
    }
    let expected = match last {
        0 => "expected 0, the only node".to_owned(),
        _ => format!("expected 0 to {last}: nodes count from 0"),
    };
    let error = problems
        .file()
        .error(node.span, format!("there is no node {read}"))
        .expected(expected)
        .advice(format!(
            "for more nodes set `nodes: {}` in `x-nodelab`",
            u64::from(read) + 1
        ));
    problems.report(error);
    None
}

fn kind(key: &str, node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    match key {
        "access-point-down" => {
            let fields = Fields::open(node, &ACCESS_POINT_DOWN, problems)?;
            let lasting = fields.require("for", problems, span)?;
            Some(FaultKind::AccessPointDown { lasting })
        }
        "broker-down" => {
            let fields = Fields::open(node, &BROKER_DOWN, problems)?;
            let keep_sessions = fields
                .read("keep-sessions", problems, boolean)
                .unwrap_or(true);
            let lasting = fields.require("for", problems, span)?;
            Some(FaultKind::BrokerDown {
                keep_sessions,
                lasting,
            })
        }
        "clock-drift" => clock_drift(node, problems),
        "clock-jump" => {
            let fields = Fields::open(node, &CLOCK_JUMP, problems)?;
            let by = fields.require("by", problems, |node, problems| {
                range(node, &SIGNED_DURATION, problems)
            })?;
            Some(FaultKind::ClockJump { by })
        }
        "link-loss" => link_loss(node, problems),
        "power-cut" => {
            let fields = Fields::open(node, &POWER_CUT, problems)?;
            let lasting = fields.require("for", problems, span)?;
            Some(FaultKind::PowerCut { lasting })
        }
        "reset" => {
            Fields::open(node, &RESET, problems)?;
            Some(FaultKind::Reset)
        }
        "sensor" => sensor(node, problems),
        // What is left belongs to real networks, or was reported by Fields::open.
        _ => network_faults::kind(key, node, problems),
    }
}

fn clock_drift(node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    let fields = Fields::open(node, &CLOCK_DRIFT, problems)?;
    let drift = fields.require("drift", problems, |node, problems| {
        bounded_range(node, (&DEVIATION, DRIFT), problems)
    });
    let lasting = fields.read("for", problems, span);
    Some(FaultKind::ClockDrift {
        drift: drift?,
        lasting,
    })
}

fn link_loss(node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    const EVERYTHING: Ppm = Ppm(1_000_000);
    let fields = Fields::open(node, &LINK_LOSS, problems)?;
    let loss = fields.read("loss", problems, |node, problems| {
        range(node, &SHARE, problems)
    });
    let lasting = fields.require("for", problems, span)?;
    let loss = loss.unwrap_or(Range::only(EVERYTHING));
    Some(FaultKind::LinkLoss { loss, lasting })
}

fn sensor(node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    let fields = Fields::open(node, &SENSOR_FAULT, problems)?;
    let options = [
        ("open", SensorBreakage::Open),
        ("short", SensorBreakage::Short),
        ("short-to-supply", SensorBreakage::ShortToSupply),
        ("stuck", SensorBreakage::Stuck),
        ("none", SensorBreakage::None),
    ];
    let fault = fields.require("fault", problems, |node, problems| {
        choice(node, &options, problems)
    });
    let lasting = fields.read("for", problems, span);
    Some(FaultKind::Sensor {
        fault: fault?,
        lasting,
    })
}

fn span(node: &Node, problems: &mut Problems) -> Option<Range<SimSpan>> {
    range(node, &DURATION, problems)
}
