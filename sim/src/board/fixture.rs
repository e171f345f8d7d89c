//! Wirings for the tests of this folder.

use super::diagnosis::ROOM;
use super::diagram::Diagram;
use super::divider::Divider;
use super::problem::Problem;
use super::wiring::Wiring;
use crate::analog::Source;
use crate::units::Ohms;

/// The tutorial's board.
pub(crate) const TUTORIAL: &str = include_str!("../../../boards/nodemcu/diagram.json");
/// The ESP32-C3 board.
pub(crate) const C3: &str = include_str!("../../../boards/esp32-c3/diagram.json");

/// Reads one of the wiring mistakes that are shipped.
macro_rules! mistake {
    ($name:literal) => {
        crate::board::fixture::wiring(include_str!(concat!(
            "../../../boards/mistakes/",
            $name,
            ".json"
        )))
    };
}
pub(crate) use mistake;

/// Checks what the converter sees of a stiff sensor at 25 °C.
pub(crate) fn assert_volts(wiring: &Wiring, volts: f64) {
    let seen = wiring.analog_input(
        Divider::NOMINAL,
        Source {
            open: ROOM.open,
            resistance: Ohms(0.0),
        },
    );
    assert!(
        (seen.open.0 - volts).abs() < 1e-6,
        "{seen:?}, expected {volts}"
    );
}

/// Returns the short names of all problems.
pub(crate) fn codes(wiring: &Wiring) -> Vec<&'static str> {
    wiring.problems().iter().map(Problem::code).collect()
}

/// Reads a wiring that gives no warning.
pub(crate) fn wiring(text: &str) -> Wiring {
    let diagram = Diagram::from_json(text).unwrap();
    assert_eq!(diagram.warnings, []);
    Wiring::new(&diagram).unwrap()
}

/// Wires a NodeMCU: `3V3-r:1` joins its pin to the part's.
pub(crate) fn wired(parts: &str, wires: &[&str]) -> Wiring {
    let end = |end: &str| {
        if end.contains(':') {
            end.to_owned()
        } else {
            format!("mcu:{end}")
        }
    };
    let wires: Vec<String> = wires
        .iter()
        .map(|wire| {
            let (from, to) = wire.split_once('-').unwrap();
            format!(r#"["{}", "{}"]"#, end(from), end(to))
        })
        .collect();
    wiring(&format!(
        r#"{{"version": 1, "parts": [{{"type": "board-nodemcu-esp8266", "id": "mcu"}}, {parts}],
            "connections": [{}]}}"#,
        wires.join(", ")
    ))
}
