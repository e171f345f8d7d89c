//! Finds the board and its sensor in a netlist, and tells what each of them sees.
//!
//! Owns the circuit between supply, sensor and converter. Does not know temperatures, codes or
//! time, and changes nothing once it is built: any number of nodes share one [`Wiring`].

use super::circuit::Network;
use super::diagnosis::diagnose;
use super::diagram::Diagram;
use super::divider::Divider;
use super::error::{DiagramError, DiagramProblem, JsonPath};
use super::kind::{BoardKind, PinRole};
use super::netlist::{NetId, Netlist};
use super::parts::PartKind;
use super::problem::Problem;
use super::signal::Signal;
use super::supplies::{potentials, supply_between};
use crate::analog::{Source, Supply};
use crate::units::Volts;

/// Who is wired to whom: one board, its sensor and the way between them.
#[derive(Clone, Debug)]
pub struct Wiring {
    board: BoardKind,
    board_id: String,
    sensors: Vec<String>,
    signal: Signal,
    supply: Supply,
    shorts: Vec<(Volts, Volts)>,
    netlist: Netlist,
    network: Network,
    problems: Vec<Problem>,
}

impl Wiring {
    /// Works out the wiring of a diagram.
    ///
    /// # Errors
    ///
    /// [`DiagramError::Invalid`] if there is not exactly one board that can carry a node. A wrong
    /// wiring is no error: see [`Self::problems`].
    pub fn new(diagram: &Diagram) -> Result<Self, DiagramError> {
        let (board_id, board) = only_board(diagram)?;
        let netlist = Netlist::new(diagram);
        let (fixed, shorts) = potentials(diagram, &netlist, (&board_id, board));
        let network = Network::new(netlist.resistors(), fixed);
        let sensors: Vec<String> = diagram
            .parts
            .iter()
            .filter(|part| part.kind == PartKind::Tmp36)
            .map(|part| part.id.clone())
            .collect();
        let signal = Signal::find(diagram, &netlist, &network, &sensors, (&board_id, board));
        let supply = sensors.get(signal.sensor).map_or(Supply::Unpowered, |id| {
            let lead = |name| netlist.net_of(id, name).map(|net| network.potential(net));
            supply_between(lead("VS"), lead("GND"))
        });
        let mut wiring = Self {
            board,
            board_id,
            sensors,
            signal,
            supply,
            shorts,
            netlist,
            network,
            problems: Vec::new(),
        };
        wiring.problems = diagnose(&wiring, diagram);
        Ok(wiring)
    }

    /// Returns the kind of the board.
    #[must_use]
    pub const fn board(&self) -> BoardKind {
        self.board
    }

    /// Returns the id of the board.
    #[must_use]
    pub fn board_id(&self) -> &str {
        &self.board_id
    }

    /// Returns the id of the sensor that the converter sees, or would see: the first if none.
    #[must_use]
    pub fn sensor_id(&self) -> Option<&str> {
        self.sensors.get(self.signal.sensor).map(String::as_str)
    }

    /// Returns the ids of all sensors, in file order.
    #[must_use]
    pub fn sensors(&self) -> &[String] {
        &self.sensors
    }

    /// Returns the pin at which the sensor's output arrives, or where it belongs, by its name in
    /// the diagram.
    #[must_use]
    pub fn analog_pin(&self) -> &str {
        &self.signal.pin
    }

    /// Returns the same pin as a person calls it.
    #[must_use]
    pub fn analog_label(&self) -> String {
        self.board.pin_label(&self.signal.pin)
    }

    /// Returns what that pin is for: the sensor's output can be on a pin without converter.
    #[must_use]
    pub const fn pin_role(&self) -> PinRole {
        self.signal.role
    }

    /// Returns whether a way leads from the sensor's output to a converter.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.signal.circuit.is_coupled()
    }

    /// Returns whether the board has power: a short between its supplies leaves it without.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.shorts.is_empty()
    }

    /// Returns how the sensor is supplied.
    ///
    /// A resistor in a supply lead costs what the sensor's largest current drops across it.
    #[must_use]
    pub const fn supply(&self) -> Supply {
        self.supply
    }

    /// Returns what the converter's own input sees while `sensor` is at the sensor's output.
    ///
    /// `divider` is that of the node's NodeMCU; other boards ignore it. An infinite resistance
    /// means that nothing holds the input, so that it may show anything.
    #[must_use]
    pub fn analog_input(&self, divider: Divider, sensor: Source) -> Source {
        let pin = self.pin_source(sensor);
        if self.board.has_divider() {
            divider.apply(pin)
        } else {
            pin
        }
    }

    /// Returns what the board's pin sees, before whatever the board adds.
    #[must_use]
    pub fn pin_source(&self, sensor: Source) -> Source {
        self.signal.circuit.source(sensor)
    }

    /// Returns the level of a pin that no program drives, if anything holds it.
    ///
    /// ESP8266EX data sheet, electrical characteristics: high from 0.75 of the supply, low up to
    /// 0.25 of it.
    #[must_use]
    pub fn level(&self, part: &str, pin: &str) -> Option<bool> {
        if !self.is_powered() {
            return None;
        }
        let seen = self
            .netlist
            .net_of(part, pin)
            .map(|net| self.network.potential(net));
        match seen {
            Some(source) if source.resistance.0.is_finite() => match source.open.0 {
                volts if volts >= 0.75 * 3.3 => Some(true),
                volts if volts <= 0.25 * 3.3 => Some(false),
                _ => None,
            },
            Some(_) | None if part == self.board_id => self.board.idle_level(pin),
            Some(_) | None => None,
        }
    }

    /// Returns what is wrong or worth knowing, worst first.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the nets.
    #[must_use]
    pub const fn netlist(&self) -> &Netlist {
        &self.netlist
    }

    /// Returns the fixed voltage of a net, if it has one.
    #[must_use]
    pub fn volts_of(&self, net: NetId) -> Option<Volts> {
        self.network.fixed(net)
    }

    pub(crate) const fn network(&self) -> &Network {
        &self.network
    }

    pub(crate) const fn signal(&self) -> &Signal {
        &self.signal
    }

    pub(crate) fn shorts(&self) -> &[(Volts, Volts)] {
        &self.shorts
    }
}

/// Returns the board's id and kind.
fn only_board(diagram: &Diagram) -> Result<(String, BoardKind), DiagramError> {
    let mut boards = diagram
        .parts
        .iter()
        .enumerate()
        .filter_map(|(index, part)| match part.kind {
            PartKind::Board(board) => Some((index, &part.id, board)),
            PartKind::Breadboard(_)
            | PartKind::Capacitor
            | PartKind::Ground
            | PartKind::Resistor
            | PartKind::Tmp36
            | PartKind::Unmodelled
            | PartKind::Vcc => None,
        });
    let path = JsonPath::default().key("parts");
    let types = BoardKind::ALL.map(BoardKind::part_type).join(", ");
    let problem = match (boards.next(), boards.next()) {
        (Some((_, id, board)), None) => return Ok((id.clone(), board)),
        (Some((_, first, _)), Some((index, second, _))) => DiagramProblem {
            path: path.index(index),
            read: format!("a second board, {second:?} after {first:?}"),
            expected: "one board".to_owned(),
            advice: "keep one; several nodes share one diagram".to_owned(),
        },
        (None, _) => DiagramProblem {
            path,
            read: format!(
                "{} parts, none of them a board that nodelab knows",
                diagram.parts.len()
            ),
            expected: format!("a part of type {types}"),
            advice: "add the board that the sensor is wired to".to_owned(),
        },
    };
    Err(DiagramError::Invalid(vec![problem]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::diagnosis::ROOM;
    use crate::board::fixture::{TUTORIAL, codes, wired, wiring};
    use proptest::prelude::{prop_assert, proptest};
    use proptest::sample::select;

    #[test]
    fn the_tutorial_reads_25_degrees() {
        let wiring = wiring(TUTORIAL);
        assert_eq!(wiring.board(), BoardKind::NodeMcu);
        assert_eq!(
            (wiring.sensor_id(), wiring.analog_pin()),
            (Some("tmp36"), "A0")
        );
        assert_eq!(wiring.supply(), Supply::Powered(Volts(3.3)));
        assert_eq!(codes(&wiring), ["decoupling-missing"]);
        let input = wiring.analog_input(Divider::NOMINAL, ROOM);
        // 0.750 V behind 60 Ω into 320 kΩ: 0.2344 V, short of it by 60 / 320 060.
        assert!(
            (input.open.0 - 0.75 * 100.0 / 320.06).abs() < 1e-12,
            "{input:?}"
        );
        assert!((input.resistance.0 - 68_755.858).abs() < 0.01, "{input:?}");
    }

    #[test]
    fn every_lead_of_the_tutorial_is_in_its_own_hole() {
        let wiring = wiring(TUTORIAL);
        let hole = |part, name, hole| {
            let net = wiring.netlist().net_of(part, name).unwrap();
            let pins = &wiring.netlist().net(net).pins;
            assert!(
                pins.iter().any(|pin| pin.to_string() == hole),
                "{hole}: {pins:?}"
            );
        };
        hole("tmp36", "VS", "bb1:10t.a");
        hole("tmp36", "VOUT", "bb1:9t.c");
        hole("tmp36", "GND", "bb1:8t.a");
        hole("mcu", "3V3", "bb1:30t.a");
        hole("mcu", "GND", "bb1:29t.a");
        hole("mcu", "A0", "bb1:16b.j");
    }

    #[test]
    fn levels_follow_the_wires_before_the_straps() {
        let wiring = wired(
            "{\"type\": \"wokwi-led\", \"id\": \"l\"}",
            &["D3-GND", "D8-3V3", "l:A-D4"],
        );
        assert_eq!(wiring.level("mcu", "D3"), Some(false));
        assert_eq!(wiring.level("mcu", "D8"), Some(true));
        assert_eq!(wiring.level("mcu", "D4"), Some(true));
        assert_eq!(wiring.level("mcu", "D1"), None);
        assert_eq!(wiring.level("l", "A"), None);
    }

    #[test]
    fn one_board_is_needed_and_one_is_enough() {
        let read = |parts: &str| {
            let text = format!(r#"{{"version": 1, "parts": [{parts}], "connections": []}}"#);
            Wiring::new(&Diagram::from_json(&text).unwrap()).map(|_| ())
        };
        let board = |id| format!(r#"{{"type": "board-nodemcu-esp8266", "id": "{id}"}}"#);
        assert_eq!(read(&board("a")), Ok(()));
        let none = read("").unwrap_err().to_string();
        assert!(none.starts_with("parts: read 0 parts"), "{none}");
        let two = read(&format!("{}, {}", board("a"), board("b")))
            .unwrap_err()
            .to_string();
        assert!(two.starts_with("parts[1]: read a second board"), "{two}");
    }

    proptest! {
        // However wild the wires are, the pin stays between the supplies, and every mistake has
        // a sentence.
        #[test]
        fn no_wiring_makes_a_voltage_out_of_nothing(
            wires in proptest::collection::vec((select(PINS), select(PINS)), 0..12),
        ) {
            let wires: Vec<String> = wires.iter().map(|(a, b)| format!("{a}-{b}")).collect();
            let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
            let wiring = wired(
                r#"{"type": "chip-tmp36", "id": "t"},
                   {"type": "wokwi-resistor", "id": "r", "attrs": {"value": "10k"}},
                   {"type": "wokwi-resistor", "id": "q", "attrs": {"value": "0"}}"#,
                &wires,
            );
            let input = wiring.analog_input(Divider::NOMINAL, ROOM);
            prop_assert!((-1e-12..=5.0 / 3.2 + 1e-12).contains(&input.open.0), "{input:?}");
            prop_assert!((0.0..=100e3 + 1e-6).contains(&input.resistance.0), "{input:?}");
            for problem in wiring.problems() {
                prop_assert!(problem.to_string().ends_with('.'), "{problem}");
            }
        }
    }

    const PINS: &[&str] = &[
        "A0", "3V3", "GND", "VIN", "D1", "D3", "t:VS", "t:VOUT", "t:GND", "r:1", "r:2", "q:1",
        "q:2",
    ];

    // As many resistors as parts may be, between nets drawn by a small linear generator.
    #[test]
    fn a_diagram_at_its_limits_is_solved() {
        let mut wires = vec!["3V3-r0:1".to_owned()];
        let mut state = 1_u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % 400
        };
        let mut parts = vec![r#"{"type": "custom", "id": "n"}"#.to_owned()];
        for index in 0..crate::board::PARTS_MAX - 2 {
            parts.push(format!(r#"{{"type": "wokwi-resistor", "id": "r{index}"}}"#));
            wires.extend((1..=2).map(|lead| format!("r{index}:{lead}-n:{}", draw())));
        }
        wires.push("n:7-A0".to_owned());
        let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
        let input = wired(&parts.join(", "), &wires).analog_input(Divider::NOMINAL, ROOM);
        // Nothing leads to ground but the board's divider, so that all of 3.3 V arrives.
        assert!((input.open.0 - 1.03).abs() < 0.01, "{input:?}");
    }
}
