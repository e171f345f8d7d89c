//! Reads what hands did in a session, as the terminal UI saves it.
//!
//! Owns `x-nodelab.by-hand`. Faults in it are read as any other; they differ in that nothing is
//! drawn before them is moved by them, so that a world with them is the session's world.

use nodelab_sim::{Celsius, SimSpan};

use crate::diagnostic::Problems;
use crate::scenario::faults::{self, items, number};
use crate::scenario::fields::{Fields, bounded, place, quantity};
use crate::scenario::model::{Fault, Place};
use crate::scenario::quantity::{DURATION, TEMPERATURE};
use crate::scenario::reference::{BY_HAND, HELD, TYPED};
use crate::scenario::settings::Network;
use crate::scenario::steps::write_serial;
use crate::scenario::tree::Node;
use crate::scenario::world::ROOM;

/// Things done by hand of one kind at most.
pub const HANDS_MAX: usize = 1_000;

/// What hands did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByHand {
    /// What was broken, in the order in which it was.
    pub faults: Vec<Fault>,
    /// Temperatures at which the air was held from then on.
    pub temperature: Vec<Held>,
    /// What was typed.
    pub serial: Vec<Typed>,
}

/// Air that was held at a temperature.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Where it stands.
    pub place: Place,
    /// From when on.
    pub at: SimSpan,
    /// The temperature.
    pub hold: Celsius,
}

/// Bytes that were typed at a serial port.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Typed {
    /// Where it stands.
    pub place: Place,
    /// When.
    pub at: SimSpan,
    /// At which node.
    pub node: u32,
    /// The bytes.
    pub write: Vec<u8>,
}

/// Reads the block of a world with so many nodes on one form of the network.
pub(crate) fn read(
    node: &Node,
    (nodes, network): (u32, Network),
    problems: &mut Problems,
) -> Option<ByHand> {
    let fields = Fields::open(node, &BY_HAND, problems)?;
    Some(ByHand {
        faults: fields
            .read("faults", problems, |node, problems| {
                faults::read(node, (nodes, network), problems)
            })
            .unwrap_or_default(),
        temperature: fields
            .read("temperature", problems, |node, problems| {
                let items = items(node, ("temperature", HANDS_MAX), problems)?;
                Some(
                    items
                        .iter()
                        .filter_map(|item| held(item, problems))
                        .collect(),
                )
            })
            .unwrap_or_default(),
        serial: fields
            .read("serial", problems, |node, problems| {
                let items = items(node, ("serial", HANDS_MAX), problems)?;
                let typed = |item| typed(item, nodes, problems);
                Some(
                    items
                        .iter()
                        .map(std::ops::Deref::deref)
                        .filter_map(typed)
                        .collect(),
                )
            })
            .unwrap_or_default(),
    })
}

fn held(node: &Node, problems: &mut Problems) -> Option<Held> {
    let fields = Fields::open(node, &HELD, problems)?;
    let at = fields.require("at", problems, moment);
    let hold = fields.require("hold", problems, |node, problems| {
        bounded(node, (&TEMPERATURE, ROOM), problems)
    });
    Some(Held {
        place: place(node, problems),
        at: at?,
        hold: hold?,
    })
}

fn typed(node: &Node, nodes: u32, problems: &mut Problems) -> Option<Typed> {
    let fields = Fields::open(node, &TYPED, problems)?;
    let at = fields.require("at", problems, moment);
    let whom = match fields.find("node") {
        Some(node) => number(node, nodes.saturating_sub(1), problems),
        None => Some(0),
    };
    let write = fields.require("write", problems, write_serial);
    Some(Typed {
        place: place(node, problems),
        at: at?,
        node: whom?,
        write: write?,
    })
}

fn moment(node: &Node, problems: &mut Problems) -> Option<SimSpan> {
    quantity(node, &DURATION, problems)
}
