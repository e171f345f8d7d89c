//! Finds the way from a sensor's output to a pin of the board.
//!
//! Owns the choice of pin and sensor. Does not judge whether it is a good one.

use super::circuit::{Network, PinCircuit};
use super::diagram::Diagram;
use super::kind::{BoardKind, PinRole};
use super::netlist::Netlist;

/// The way from the sensor's output to a pin.
#[derive(Clone, Debug)]
pub(crate) struct Signal {
    /// Canonical name of the pin.
    pub(crate) pin: String,
    /// What the pin is for.
    pub(crate) role: PinRole,
    /// What lies between the sensor and the pin; open for a pin without converter.
    pub(crate) circuit: PinCircuit,
    /// Index of the sensor among the sensors.
    pub(crate) sensor: usize,
}

impl Signal {
    /// Returns the best way from a sensor's output to a pin of the board.
    ///
    /// A pin with converter that the output reaches, else any pin that it reaches, else the pin
    /// where it belongs.
    pub(crate) fn find(
        diagram: &Diagram,
        netlist: &Netlist,
        network: &Network,
        sensors: &[String],
        (board_id, board): (&str, BoardKind),
    ) -> Self {
        let output_of = |id: &String| netlist.net_of(id, "VOUT");
        let pins = analog_candidates(diagram, board_id, board);
        for (pin, role) in &pins {
            let pin_net = netlist.net_of(board_id, pin);
            let reached = pin_net.map(|net| network.reached(net)).unwrap_or_default();
            let coupled = |id| output_of(id).is_some_and(|net| reached.contains(&net));
            if let Some(sensor) = sensors.iter().position(coupled) {
                // A digital pin measures nothing: the converter's own input stays open.
                let measured = pin_net.filter(|_| *role != PinRole::Digital);
                return Self {
                    pin: pin.clone(),
                    role: *role,
                    circuit: network.between(output_of(&sensors[sensor]), measured),
                    sensor,
                };
            }
        }
        let (pin, role) = pins
            .into_iter()
            .find(|(pin, role)| *role == PinRole::Analog && netlist.net_of(board_id, pin).is_some())
            .unwrap_or((board.usual_pin().to_owned(), PinRole::Analog));
        let output = sensors.first().and_then(output_of);
        Self {
            circuit: network.between(output, netlist.net_of(board_id, &pin)),
            pin,
            role,
            sensor: 0,
        }
    }
}

/// Returns the wired pins that could take a signal, the best converter first.
fn analog_candidates(
    diagram: &Diagram,
    board_id: &str,
    board: BoardKind,
) -> Vec<(String, PinRole)> {
    let mut pins: Vec<(String, PinRole)> = Vec::new();
    for wire in &diagram.connections {
        for endpoint in [&wire.from, &wire.to] {
            let pin = board.canonical_pin(&endpoint.pin);
            if endpoint.part == board_id
                && let Some(role) = board.pin_role(&pin)
                && rank(role).is_some()
                && !pins.iter().any(|(other, _)| *other == pin)
            {
                pins.push((pin.into_owned(), role));
            }
        }
    }
    pins.sort_by_key(|&(_, role)| rank(role));
    pins
}

/// Returns how far a pin is from the right one, or `None` if it can take no signal.
const fn rank(role: PinRole) -> Option<u8> {
    match role {
        PinRole::Analog => Some(0),
        PinRole::AnalogSecond => Some(1),
        PinRole::Digital => Some(2),
        PinRole::Ground | PinRole::Other | PinRole::Supply(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::board::circuit::OPEN;
    use crate::board::diagnosis::ROOM;
    use crate::board::fixture::{C3, assert_volts, codes, mistake, wired, wiring};
    use crate::board::{BoardKind, Divider};

    #[test]
    fn an_esp32_c3_sees_the_sensor_itself() {
        let wiring = wiring(C3);
        assert_eq!(wiring.board(), BoardKind::Esp32C3);
        assert_eq!(wiring.analog_pin(), "0");
        assert_eq!(wiring.analog_input(Divider::NOMINAL, ROOM), ROOM);
        assert_eq!(codes(&wiring), ["decoupling-missing"]);
    }

    #[test]
    fn an_open_a0_is_tied_to_ground_by_100_kilohms() {
        for wiring in [mistake!("a0-unplugged"), mistake!("a0-one-hole-off")] {
            assert_eq!(codes(&wiring), ["analog-open", "decoupling-missing"]);
            let input = wiring.analog_input(Divider::NOMINAL, ROOM);
            assert!(input.open.0.abs() < 1e-12, "{input:?}");
            assert!((input.resistance.0 - 100e3).abs() < 1e-6, "{input:?}");
        }
    }

    #[test]
    fn bare_tout_gets_the_whole_voltage() {
        let wiring = mistake!("bare-esp12");
        assert_eq!(wiring.analog_input(Divider::NOMINAL, ROOM), ROOM);
        assert_eq!(codes(&wiring), ["divider-missing", "decoupling-missing"]);
        let on_rail = mistake!("bare-esp12-on-3v3");
        assert!(
            codes(&on_rail).starts_with(&["over-voltage"]),
            "{:?}",
            codes(&on_rail)
        );
        assert_volts(&on_rail, 3.3);
        let open = mistake!("bare-esp12-open");
        assert_eq!(open.analog_input(Divider::NOMINAL, ROOM), OPEN);
        assert_eq!(codes(&open), ["converter-absent", "decoupling-missing"]);
    }

    #[test]
    fn only_the_first_converter_of_an_esp32_c3_is_right() {
        let second = mistake!("c3-second-converter");
        assert_eq!(codes(&second), ["converter-second", "decoupling-missing"]);
        let digital = mistake!("c3-digital-pin");
        assert_eq!(codes(&digital), ["converter-absent", "decoupling-missing"]);
        assert_eq!(digital.analog_input(Divider::NOMINAL, ROOM), OPEN);
    }

    // esp8266/Arduino pull request 5020: 100 kΩ and 100 kΩ from 3.3 V give 1.43 V at A0.
    #[test]
    fn an_external_divider_is_loaded_by_the_one_on_the_board() {
        let wiring = wired(
            r#"{"type": "wokwi-resistor", "id": "r", "attrs": {"value": "100k"}},
               {"type": "wokwi-resistor", "id": "q", "attrs": {"value": "100k"}}"#,
            &["3V3-r:1", "r:2-A0", "q:1-A0", "q:2-GND"],
        );
        let tout = wiring.analog_input(Divider::NOMINAL, OPEN).open.0;
        assert!((tout * 3.2 - 1.427).abs() < 0.001, "{tout}");
    }
}
