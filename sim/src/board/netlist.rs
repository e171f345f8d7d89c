//! Joins pins that one piece of metal connects.
//!
//! Owns nets, strips, rails and two-terminal parts. Does not know which net carries which
//! voltage.

use std::collections::{BTreeMap, BTreeSet};

use super::diagram::{Diagram, Endpoint};
use super::parts::{PartKind, resistance};
use crate::units::Ohms;

/// What a resistor has that names no value, in ohms; unsourced.
const RESISTOR_OHMS_DEFAULT: f64 = 1_000.0;

/// Index of a net.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NetId(pub(crate) usize);

/// Pins that one piece of metal connects.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Net {
    /// The pins, in the order in which the diagram names them.
    pub pins: Vec<Endpoint>,
}

/// A resistor between two nets.
#[derive(Clone, Debug, PartialEq)]
pub struct Resistor {
    /// Id of its part.
    pub id: String,
    /// Net of its pin 1.
    pub first: NetId,
    /// Net of its pin 2.
    pub second: NetId,
    /// Its value, above zero: a resistor of 0 Ω is a wire.
    pub value: Ohms,
}

/// All nets of a diagram.
#[derive(Clone, Debug, Default)]
pub struct Netlist {
    nets: Vec<Net>,
    by_pin: BTreeMap<Endpoint, NetId>,
    kinds: BTreeMap<String, PartKind>,
    resistors: Vec<Resistor>,
    capacitors: Vec<(NetId, NetId)>,
}

impl Netlist {
    /// Joins the pins of a diagram.
    #[must_use]
    pub fn new(diagram: &Diagram) -> Self {
        let mut netlist = Self {
            kinds: diagram
                .parts
                .iter()
                .map(|part| (part.id.clone(), part.kind))
                .collect(),
            ..Self::default()
        };
        let mut joints = Joints::default();
        for connection in &diagram.connections {
            let from = joints.node(netlist.canonical(&connection.from));
            let to = joints.node(netlist.canonical(&connection.to));
            joints.join(from, to);
        }
        for part in &diagram.parts {
            if part.kind == PartKind::Resistor && ohms(&part.attributes) <= 0.0 {
                let first = joints.node(pin(&part.id, "1"));
                let second = joints.node(pin(&part.id, "2"));
                joints.join(first, second);
            }
        }
        netlist.number(diagram, joints);
        netlist.elements(diagram);
        netlist
    }

    /// Returns all nets, in the order in which the diagram first names one of their pins.
    pub fn nets(&self) -> impl Iterator<Item = (NetId, &Net)> {
        self.nets
            .iter()
            .enumerate()
            .map(|(index, net)| (NetId(index), net))
    }

    /// Returns one net.
    ///
    /// # Panics
    ///
    /// If the id comes from another netlist.
    #[must_use]
    pub fn net(&self, id: NetId) -> &Net {
        &self.nets[id.0]
    }

    /// Returns the net of a pin, or `None` if nothing is connected to it.
    #[must_use]
    pub fn net_of(&self, part: &str, name: &str) -> Option<NetId> {
        self.by_pin.get(&self.canonical(&pin(part, name))).copied()
    }

    /// Returns the resistors that have both leads connected, in file order.
    #[must_use]
    pub fn resistors(&self) -> &[Resistor] {
        &self.resistors
    }

    /// Returns whether a capacitor sits between two nets.
    #[must_use]
    pub fn has_capacitor(&self, first: NetId, second: NetId) -> bool {
        self.capacitors.contains(&(first, second)) || self.capacitors.contains(&(second, first))
    }

    /// Returns the pin that stands for all pins which are connected inside the part.
    fn canonical(&self, endpoint: &Endpoint) -> Endpoint {
        match self.kinds.get(&endpoint.part) {
            // A pin that the part does not have hangs in the air under its own name.
            Some(kind) if kind.has_pin(&endpoint.pin) => {
                pin(&endpoint.part, &kind.canonical_pin(&endpoint.pin))
            }
            Some(_) | None => endpoint.clone(),
        }
    }

    fn number(&mut self, diagram: &Diagram, mut joints: Joints) {
        let mut by_root = BTreeMap::new();
        let mut named = BTreeSet::new();
        for connection in &diagram.connections {
            for endpoint in [&connection.from, &connection.to] {
                let root = joints.node(self.canonical(endpoint));
                let root = joints.root(root);
                let id = *by_root.entry(root).or_insert(NetId(self.nets.len()));
                if id.0 == self.nets.len() {
                    self.nets.push(Net::default());
                }
                if named.insert(endpoint) {
                    self.nets[id.0].pins.push(endpoint.clone());
                }
            }
        }
        for (endpoint, node) in joints.nodes.clone() {
            if let Some(&id) = by_root.get(&joints.root(node)) {
                self.by_pin.insert(endpoint, id);
            }
        }
    }

    fn elements(&mut self, diagram: &Diagram) {
        for part in &diagram.parts {
            let (Some(first), Some(second)) =
                (self.net_of(&part.id, "1"), self.net_of(&part.id, "2"))
            else {
                continue;
            };
            let value = ohms(&part.attributes);
            if part.kind == PartKind::Capacitor {
                self.capacitors.push((first, second));
            } else if part.kind == PartKind::Resistor && first != second && value > 0.0 {
                self.resistors.push(Resistor {
                    id: part.id.clone(),
                    first,
                    second,
                    value: Ohms(value),
                });
            }
        }
    }
}

/// A union-find over pins.
#[derive(Debug, Default)]
struct Joints {
    nodes: BTreeMap<Endpoint, usize>,
    parents: Vec<usize>,
}

impl Joints {
    fn node(&mut self, endpoint: Endpoint) -> usize {
        let next = self.parents.len();
        let node = *self.nodes.entry(endpoint).or_insert(next);
        if node == next {
            self.parents.push(next);
        }
        node
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parents[node] != node {
            self.parents[node] = self.parents[self.parents[node]];
            node = self.parents[node];
        }
        node
    }

    fn join(&mut self, first: usize, second: usize) {
        let (first, second) = (self.root(first), self.root(second));
        self.parents[first.max(second)] = first.min(second);
    }
}

fn pin(part: &str, name: &str) -> Endpoint {
    Endpoint {
        part: part.to_owned(),
        pin: name.to_owned(),
    }
}

fn ohms(attributes: &BTreeMap<String, String>) -> f64 {
    attributes
        .get("value")
        .and_then(|text| resistance(text))
        .map_or(RESISTOR_OHMS_DEFAULT, |value| value.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    const PARTS: &str = r#"
        {"type": "wokwi-breadboard-half", "id": "bb"},
        {"type": "board-nodemcu-esp8266", "id": "mcu"},
        {"type": "wokwi-resistor", "id": "r", "attrs": {"value": "0"}},
        {"type": "wokwi-resistor", "id": "q", "attrs": {"value": 220}}"#;

    #[test]
    fn holes_of_one_strip_are_one_net_and_the_groove_separates() {
        let netlist = wired(&[
            ("mcu:A0", "bb:5t.a"),
            ("mcu:D1", "bb:5t.e"),
            ("mcu:D2", "bb:5b.f"),
        ]);
        assert_eq!(netlist.net_of("mcu", "A0"), netlist.net_of("mcu", "D1"));
        assert_ne!(netlist.net_of("mcu", "A0"), netlist.net_of("mcu", "D2"));
    }

    #[test]
    fn a_rail_is_one_net_and_four_rails_are_four() {
        let netlist = wired(&[
            ("mcu:D1", "bb:tp.1"),
            ("mcu:D2", "bb:tp.25"),
            ("mcu:D3", "bb:tn.1"),
            ("mcu:D4", "bb:bp.1"),
            ("mcu:D5", "bb:bn.1"),
        ]);
        assert_eq!(netlist.net_of("mcu", "D1"), netlist.net_of("mcu", "D2"));
        assert_eq!(netlist.nets().count(), 4);
    }

    #[test]
    fn grounds_of_one_board_are_one_net() {
        let netlist = wired(&[("mcu:GND.1", "bb:1t.a"), ("mcu:GND.3", "bb:9t.a")]);
        assert_eq!(netlist.net_of("bb", "1t.e"), netlist.net_of("bb", "9t.b"));
        assert_eq!(netlist.net_of("mcu", "GND"), netlist.net_of("mcu", "GND.4"));
    }

    #[test]
    fn a_pin_that_does_not_exist_joins_nothing() {
        let netlist = wired(&[
            ("mcu:A1", "bb:5t.a"),
            ("mcu:A0", "bb:99t.a"),
            ("bb:99t.b", "mcu:D1"),
        ]);
        assert_eq!(netlist.nets().count(), 3);
    }

    #[test]
    fn a_resistor_of_zero_ohms_is_a_wire() {
        let netlist = wired(&[
            ("mcu:A0", "r:1"),
            ("r:2", "mcu:D1"),
            ("mcu:A0", "q:1"),
            ("q:2", "mcu:D2"),
        ]);
        assert_eq!(netlist.net_of("mcu", "A0"), netlist.net_of("mcu", "D1"));
        assert_eq!(netlist.resistors().len(), 1);
        assert_eq!(netlist.resistors()[0].value, Ohms(220.0));
    }

    proptest! {
        // Which wire is listed first must not matter to what is connected.
        #[test]
        fn connectivity_does_not_depend_on_the_order_of_wires(
            wires in proptest::collection::vec((0_u8..9, 0_u8..30), 1..40),
            turn in 0_usize..40,
        ) {
            let texts: Vec<(String, String)> = wires
                .iter()
                .map(|(pin, column)| (format!("mcu:D{pin}"), format!("bb:{}t.a", column + 1)))
                .collect();
            let pairs: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (&**a, &**b)).collect();
            let mut turned = pairs.clone();
            turned.rotate_left(turn % pairs.len());
            let (one, two) = (wired(&pairs), wired(&turned));
            for a in 0..9 {
                for b in 0..9 {
                    let together = |netlist: &Netlist| {
                        let net = |pin: u8| netlist.net_of("mcu", &format!("D{pin}"));
                        net(a).is_some() && net(a) == net(b)
                    };
                    prop_assert_eq!(together(&one), together(&two));
                }
            }
        }
    }

    fn wired(wires: &[(&str, &str)]) -> Netlist {
        let wires: Vec<String> = wires
            .iter()
            .map(|(from, to)| format!(r#"["{from}", "{to}", ""]"#))
            .collect();
        let text = format!(
            r#"{{"version": 1, "parts": [{PARTS}], "connections": [{}]}}"#,
            wires.join(", ")
        );
        Netlist::new(&Diagram::from_json(&text).unwrap())
    }
}
