//! What a diagram wires to what, what reaches the converter, and what is wrong with it.
//!
//! Owns the text and the JSON of `nodelab explain wiring`. Does not open files, and does not find
//! the mistakes that it tells.

pub mod layers;
mod picture;

use nodelab_sim::analog::{Source, Supply};
use nodelab_sim::board::{BoardKind, Diagram, Divider, NetId, Problem, ROOM, Severity, Wiring};
use nodelab_sim::{Ohms, Volts};
use serde_json::{Value, json};

/// Width of the text, in characters.
const WIDTH: usize = 96;
/// Width of the names of nets and severities, in characters.
const LABEL_WIDTH: usize = 9;

/// Returns a wiring in words and a picture, for a terminal.
#[must_use]
pub fn wiring_text(diagram: &Diagram, wiring: &Wiring) -> String {
    let mut lines = heading(wiring);
    lines.push(String::new());
    lines.extend(picture::draw(wiring));
    lines.push(String::new());
    lines.push("Nets".to_owned());
    for (name, net) in nets(wiring) {
        let pins = pins(wiring, net).join("  ");
        lines.extend(entry(&name, &pins));
    }
    lines.push(String::new());
    lines.extend(wrapped("", &at_room(wiring)));
    lines.push(String::new());
    lines.extend(findings(wiring));
    if !diagram.warnings.is_empty() {
        lines.push(String::new());
        lines.push("Strange in the diagram".to_owned());
        for warning in &diagram.warnings {
            lines.extend(wrapped("  ", &warning.to_string()));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Returns the same as [`wiring_text`] for programs; keys are added, never renamed.
#[must_use]
pub fn wiring_json(diagram: &Diagram, wiring: &Wiring) -> Value {
    let nets: Vec<Value> = nets(wiring)
        .into_iter()
        .map(|(name, net)| {
            let volts = wiring.volts_of(net).map(|volts| volts.0);
            json!({ "name": name, "volts": volts, "pins": pins(wiring, net) })
        })
        .collect();
    let problems: Vec<Value> = wiring.problems().iter().map(problem_json).collect();
    let warnings: Vec<Value> = diagram
        .warnings
        .iter()
        .map(|warning| {
            json!({
                "path": warning.path.to_string(),
                "read": warning.read,
                "expected": warning.expected,
                "advice": warning.advice,
            })
        })
        .collect();
    let input = known_input(wiring).map(|input| {
        let ohms = Some(input.resistance.0).filter(|ohms| ohms.is_finite());
        json!({ "volts": ohms.map(|_| input.open.0), "ohms": ohms })
    });
    json!({
        "version": 1,
        "board": {
            "id": wiring.board_id(),
            "type": wiring.board().part_type(),
            "powered": wiring.is_powered(),
        },
        "sensor": wiring.sensor_id().map(|id| json!({
            "id": id,
            "supply": supply_json(wiring.supply()),
        })),
        "pin": wiring.analog_pin(),
        "measured": wiring.is_measured(),
        "input_at_25_celsius": input,
        "nets": nets,
        "problems": problems,
        "warnings": warnings,
    })
}

fn heading(wiring: &Wiring) -> Vec<String> {
    let board = entry_label("Board", wiring.board_id(), wiring.board().name());
    let sensor = match wiring.sensor_id() {
        Some(id) => entry_label("Sensor", id, &supply_words(wiring.supply())),
        None => "Sensor   none".to_owned(),
    };
    vec![board, sensor]
}

fn entry_label(label: &str, id: &str, words: &str) -> String {
    format!("{label:LABEL_WIDTH$}{id}, {words}")
}

fn supply_words(supply: Supply) -> String {
    match supply {
        Supply::GroundOpen(Volts(volts)) => {
            format!("TMP36 with {volts:.1} V at +VS and no ground")
        }
        Supply::Powered(Volts(volts)) => format!("TMP36 that runs from {volts:.1} V"),
        Supply::Reversed(Volts(volts)) => format!("TMP36 with {volts:.1} V the wrong way round"),
        Supply::Unpowered => "TMP36 without power".to_owned(),
    }
}

fn supply_json(supply: Supply) -> Value {
    match supply {
        Supply::GroundOpen(volts) => json!({ "state": "ground-open", "volts": volts.0 }),
        Supply::Powered(volts) => json!({ "state": "powered", "volts": volts.0 }),
        Supply::Reversed(volts) => json!({ "state": "reversed", "volts": volts.0 }),
        Supply::Unpowered => json!({ "state": "unpowered", "volts": 0.0 }),
    }
}

fn rail(volts: Volts) -> String {
    if volts.0 == 0.0 {
        "ground".to_owned()
    } else {
        format!("{:.1} V", volts.0)
    }
}

/// Returns the nets at the sensor and at the pin, each once, with a name.
fn nets(wiring: &Wiring) -> Vec<(String, NetId)> {
    let netlist = wiring.netlist();
    let lead = |name| wiring.sensor_id().and_then(|id| netlist.net_of(id, name));
    let named = [
        ("+VS", lead("VS")),
        ("GND", lead("GND")),
        ("VOUT", lead("VOUT")),
        (
            &wiring.analog_label(),
            netlist.net_of(wiring.board_id(), wiring.analog_pin()),
        ),
    ];
    let mut nets: Vec<(String, NetId)> = Vec::new();
    for (name, net) in named {
        let Some(net) = net else { continue };
        if nets.iter().all(|&(_, other)| other != net) {
            let name = wiring.volts_of(net).map_or(name.to_owned(), rail);
            nets.push((name, net));
        }
    }
    nets
}

fn pins(wiring: &Wiring, net: NetId) -> Vec<String> {
    let pins = &wiring.netlist().net(net).pins;
    pins.iter().map(ToString::to_string).collect()
}

/// Returns what the converter sees at 25 °C, if the sensor's output is known.
fn known_input(wiring: &Wiring) -> Option<Source> {
    let sensor = match wiring.supply() {
        Supply::Powered(_) => ROOM,
        // What the output does then has no published figure; elsewhere it does not matter.
        Supply::GroundOpen(_) | Supply::Reversed(_) if wiring.is_measured() => return None,
        Supply::GroundOpen(_) | Supply::Reversed(_) | Supply::Unpowered => Source {
            open: Volts(0.0),
            resistance: Ohms(f64::INFINITY),
        },
    };
    wiring
        .is_powered()
        .then(|| wiring.analog_input(Divider::NOMINAL, sensor))
}

fn at_room(wiring: &Wiring) -> String {
    let converter = wiring.board().converter(wiring.pin_role());
    if !wiring.is_powered() {
        return "The board has no power, so nothing is measured.".to_owned();
    }
    let Some(input) = known_input(wiring) else {
        return unknown(wiring.supply()).to_owned();
    };
    if !input.resistance.0.is_finite() {
        return format!("Nothing holds {converter}, so that it may read anything.");
    }
    let sensor = if wiring.is_measured() && wiring.supply() != Supply::Unpowered {
        format!("the sensor puts out {:.3} V, and ", ROOM.open.0)
    } else {
        String::new()
    };
    let volts = input.open.0;
    let code = match wiring.board() {
        // ESP8266EX data sheet §4.9: 1024 at 1.0 V.
        BoardKind::Esp12 | BoardKind::NodeMcu => {
            format!(
                ": code {:.0} of 1024, about",
                (volts * 1024.0).clamp(0.0, 1024.0)
            )
        }
        BoardKind::Esp32C3 => String::new(),
    };
    format!("At 25 °C {sensor}{volts:.3} V reach {converter}{code}.")
}

/// Returns what is known about an output that no data sheet describes.
const fn unknown(supply: Supply) -> &'static str {
    match supply {
        Supply::Reversed(_) => {
            "What a reversed sensor puts out is not known: some read 200 °C, some a little too low."
        }
        Supply::GroundOpen(_) | Supply::Powered(_) | Supply::Unpowered => {
            "What the sensor puts out like this is not known; it may read far too hot."
        }
    }
}

fn findings(wiring: &Wiring) -> Vec<String> {
    let problems = wiring.problems();
    if problems.is_empty() {
        return vec!["Nothing is wrong with it.".to_owned()];
    }
    let mut lines = Vec::new();
    for problem in problems {
        lines.extend(entry(
            severity_name(problem.severity()),
            &problem.to_string(),
        ));
        lines.extend(entry("", &problem.fix()));
    }
    lines
}

fn problem_json(problem: &Problem) -> Value {
    json!({
        "problem": problem.code(),
        "severity": severity_name(problem.severity()),
        "sentence": problem.to_string(),
        "fix": problem.fix(),
    })
}

const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Wrong => "wrong",
        Severity::Damage => "damage",
    }
}

/// Returns a text behind a label, wrapped so that nothing stands under the label.
fn entry(label: &str, text: &str) -> Vec<String> {
    let indent = " ".repeat(LABEL_WIDTH + 2);
    let mut lines = wrapped(&indent, text);
    if let Some(first) = lines.first_mut() {
        *first = format!("  {label:LABEL_WIDTH$}{}", first.trim_start());
    }
    lines
}

/// Returns a text in lines of at most [`WIDTH`] characters, broken at spaces.
fn wrapped(indent: &str, text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = indent.to_owned();
    let mut gap = "";
    for word in text.split(' ') {
        let length = line.chars().count() + gap.len() + word.chars().count();
        if length > WIDTH && line.len() > indent.len() {
            lines.push(
                std::mem::replace(&mut line, indent.to_owned())
                    .trim_end()
                    .to_owned(),
            );
            gap = "";
            if word.is_empty() {
                continue;
            }
        }
        line = line + gap + word;
        gap = " ";
    }
    lines.push(line.trim_end().to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::{Path, PathBuf};

    #[test]
    fn the_shipped_boards_are_explained() {
        for board in ["nodemcu", "esp32-c3"] {
            let (diagram, wiring) = read(&boards().join(board).join("diagram.json"));
            insta::assert_snapshot!(format!("board_{board}"), wiring_text(&diagram, &wiring));
        }
    }

    #[test]
    fn every_mistake_is_explained() {
        let mut files: Vec<PathBuf> = fs::read_dir(boards().join("mistakes"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty());
        for file in files {
            let (diagram, wiring) = read(&file);
            assert!(
                wiring
                    .problems()
                    .iter()
                    .any(|problem| *problem != Problem::DecouplingMissing),
                "{}: no mistake found",
                file.display()
            );
            let name = file.file_stem().unwrap().to_string_lossy();
            insta::assert_snapshot!(format!("mistake_{name}"), wiring_text(&diagram, &wiring));
        }
    }

    #[test]
    fn programs_read_the_same() {
        let (diagram, wiring) = read(&boards().join("nodemcu/diagram.json"));
        let json = serde_json::to_string_pretty(&wiring_json(&diagram, &wiring)).unwrap();
        insta::assert_snapshot!(json);
    }

    #[test]
    fn strange_pins_are_told() {
        let text = r#"{"version": 1, "parts": [{"type": "board-nodemcu-esp8266", "id": "mcu"},
                       {"type": "chip-tmp36", "id": "t"}], "connections": [["mcu:A1", "t:VOUT"]]}"#;
        let diagram = Diagram::from_json(text).unwrap();
        let wiring = Wiring::new(&diagram).unwrap();
        let told = wiring_text(&diagram, &wiring);
        assert!(
            told.contains("connections[0][0]: read \"mcu:A1\""),
            "{told}"
        );
        let json = wiring_json(&diagram, &wiring);
        assert_eq!(json["warnings"][0]["path"], "connections[0][0]");
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let text = format!("{} {}", "word ".repeat(40), "x".repeat(120));
        for line in wrapped("  ", &text) {
            assert!(
                line.chars().count() <= WIDTH || !line.trim().contains(' '),
                "{line}"
            );
        }
        assert_eq!(wrapped("", "").len(), 1);
    }

    fn read(file: &Path) -> (Diagram, Wiring) {
        let diagram = Diagram::from_json(&fs::read_to_string(file).unwrap()).unwrap();
        let wiring = Wiring::new(&diagram).unwrap();
        (diagram, wiring)
    }

    fn boards() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../boards")
    }
}
