//! Reads a Wokwi `diagram.json`: which parts there are, and which pins are wired.
//!
//! Owns the format and its limits. Does not open files, and does not know what a part does.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use super::error::{DiagramError, DiagramProblem};
use super::parts::PartKind;
use super::reader::Reader;

/// Largest diagram that is read, in bytes.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// Most parts that a diagram may have.
pub const PARTS_MAX: usize = 1_000;
/// Most connections that a diagram may have.
pub const CONNECTIONS_MAX: usize = 5_000;
/// The part that every diagram has without naming it.
pub const SERIAL_MONITOR: &str = "$serialMonitor";

/// A diagram: parts and the wires between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// The parts, in file order; their ids differ.
    pub parts: Vec<Part>,
    /// The connections, in file order; both ends name a part.
    pub connections: Vec<Connection>,
    /// What was strange but could be read.
    pub warnings: Vec<DiagramProblem>,
}

/// A part of a diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name in connections and scenarios.
    pub id: String,
    /// Its type as written.
    pub part_type: String,
    /// What its type means to the circuit.
    pub kind: PartKind,
    /// Its attributes; numbers and truth values as they would be printed.
    pub attributes: BTreeMap<String, String>,
}

/// A wire, or a lead in a hole of a breadboard.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Connection {
    /// Where it starts.
    pub from: Endpoint,
    /// Where it ends.
    pub to: Endpoint,
    /// Colour of the wire; empty for a lead.
    pub color: String,
    /// How the wire is drawn, word by word and not interpreted.
    pub path: Vec<String>,
}

/// One pin of one part, as a connection names it: `part:pin`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Endpoint {
    /// Id of the part.
    pub part: String,
    /// Name of the pin, which may contain colons and dots.
    pub pin: String,
}

impl Diagram {
    /// Reads a diagram from the text of its file.
    ///
    /// # Errors
    ///
    /// [`DiagramError::TooLarge`] above [`TEXT_BYTES_MAX`], [`DiagramError::Syntax`] if it is not
    /// JSON, [`DiagramError::Invalid`] with every mistake otherwise.
    pub fn from_json(text: &str) -> Result<Self, DiagramError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(DiagramError::TooLarge {
                bytes: text.len(),
                bytes_max: TEXT_BYTES_MAX,
            });
        }
        // Editors on Windows put a byte order mark in front, which JSON does not know.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: Value = serde_json::from_str(text).map_err(|error| DiagramError::Syntax {
            line: error.line(),
            column: error.column(),
            message: without_position(&error.to_string()),
        })?;
        let mut reader = Reader::default();
        let diagram = reader.diagram(&value);
        if reader.problems.is_empty() {
            Ok(Self {
                warnings: reader.warnings,
                ..diagram
            })
        } else {
            Err(DiagramError::Invalid(reader.problems))
        }
    }

    /// Returns the part of this id.
    #[must_use]
    pub fn part(&self, id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }
}

impl Endpoint {
    /// Reads `part:pin`, split at the first colon; both must be there.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (part, pin) = text.split_once(':')?;
        (!part.is_empty() && !pin.is_empty()).then(|| Self {
            part: part.to_owned(),
            pin: pin.to_owned(),
        })
    }
}

impl Display for Endpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.part, self.pin)
    }
}

/// Returns the message of the JSON reader without its position, which is reported apart.
fn without_position(message: &str) -> String {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, prop_oneof, proptest};

    #[test]
    fn endpoints_split_at_the_first_colon() {
        let endpoint = Endpoint::from_text("touch1:D/C:x").unwrap();
        assert_eq!((&*endpoint.part, &*endpoint.pin), ("touch1", "D/C:x"));
        assert_eq!(endpoint.to_string(), "touch1:D/C:x");
        assert_eq!(Endpoint::from_text("nocolon"), None);
        assert_eq!(Endpoint::from_text(":pin"), None);
        assert_eq!(Endpoint::from_text("part:"), None);
    }

    #[test]
    fn short_connections_unknown_keys_and_numbers_are_taken() {
        let diagram = Diagram::from_json(
            r#"{"version": 1, "author": "a", "editor": "e", "x-other": [1], "dependencies": {},
                "serialMonitor": {"display": "always"},
                "parts": [{"id": "r", "type": "wokwi-resistor", "left": 1.5, "rotate": 90,
                           "attrs": {"value": 220, "xray": true}, "hide": false},
                          {"id": "m", "type": "board-nodemcu-esp8266"}],
                "connections": [["m:TX", "$serialMonitor:RX", ""], ["r:1", "m:A0"],
                                ["r:2", "m:D1", "red", ["v10", "*", "h-5", "$bb"]]]}"#,
        )
        .unwrap();
        assert_eq!(diagram.parts[0].attributes["value"], "220");
        assert_eq!(diagram.parts[0].attributes["xray"], "true");
        assert_eq!(diagram.connections.len(), 3);
        assert_eq!(diagram.connections[2].path, ["v10", "*", "h-5", "$bb"]);
        assert_eq!(diagram.warnings, []);
        assert_eq!(
            diagram.part("m").unwrap().part_type,
            "board-nodemcu-esp8266"
        );
    }

    #[test]
    fn an_unknown_pin_is_a_warning() {
        let diagram = Diagram::from_json(
            r#"{"version": 1, "parts": [{"id": "m", "type": "board-nodemcu-esp8266"}],
                "connections": [["m:A1", "m:GND", "", []]]}"#,
        )
        .unwrap();
        let lines: Vec<String> = diagram.warnings.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_syntax_error_carries_line_and_column() {
        let error = Diagram::from_json("{\n  \"version\": 1,\n  parts\n}").unwrap_err();
        assert_eq!(
            error,
            DiagramError::Syntax {
                line: 3,
                column: 3,
                message: "key must be a string".to_owned(),
            }
        );
    }

    #[test]
    fn every_mistake_is_told_not_only_the_first() {
        let error = Diagram::from_json(
            r#"{"version": "1",
                "parts": [{"id": "a"}, {"id": "r", "type": "wokwi-resistor",
                           "attrs": {"value": "ten"}},
                          {"id": "r", "type": "wokwi-gnd"}, 7,
                          {"id": "", "type": 5, "attrs": {"k": null}}],
                "connections": [["r:1"], ["r1", "r:2", "", []], ["x:1", "r:2", "", []],
                                ["r:1", "r:2", 5], ["r:1", "r:2", "", ["h1", 2]]]}"#,
        )
        .unwrap_err();
        insta::assert_snapshot!(error.to_string());
    }

    #[test]
    fn what_is_no_object_is_told_so() {
        for text in ["[]", "null", "7", "\"diagram\""] {
            let error = Diagram::from_json(text).unwrap_err();
            assert!(
                error.to_string().starts_with("the diagram: read "),
                "{error}"
            );
        }
        assert_eq!(Diagram::from_json("{}").unwrap_err().problems().len(), 3);
    }

    #[test]
    fn sizes_are_bounded() {
        let spaces = " ".repeat(TEXT_BYTES_MAX + 1);
        assert!(matches!(
            Diagram::from_json(&spaces),
            Err(DiagramError::TooLarge { .. })
        ));
        let parts = "0,".repeat(PARTS_MAX) + "0";
        let wires = "0,".repeat(CONNECTIONS_MAX) + "0";
        let text = format!(r#"{{"version": 1, "parts": [{parts}], "connections": [{wires}]}}"#);
        let error = Diagram::from_json(&text).unwrap_err().to_string();
        assert!(error.contains("parts: read 1001 entries"), "{error}");
        assert!(error.contains("connections: read 5001 entries"), "{error}");
        let deep = "[".repeat(100_000);
        assert!(matches!(
            Diagram::from_json(&deep),
            Err(DiagramError::Syntax { .. })
        ));
        let many = format!(
            r#"{{"version": 1, "parts": [{}0], "connections": []}}"#,
            "0,".repeat(900)
        );
        let error = Diagram::from_json(&many).unwrap_err();
        assert_eq!(error.problems().len(), crate::board::PROBLEMS_MAX);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
            if let Err(error) = Diagram::from_json(&String::from_utf8_lossy(&bytes)) {
                assert!(!error.to_string().is_empty());
            }
        }

        // Text that is almost a diagram reaches the rules behind the JSON reader.
        #[test]
        fn no_shuffled_diagram_makes_it_panic(words in proptest::collection::vec(word(), 0..60)) {
            let text = words.concat();
            for text in [format!("{{\"version\":1,{text}"), text] {
                if let Ok(diagram) = Diagram::from_json(&text) {
                    // A diagram has one board or none that can carry a node.
                    let boards = diagram.parts.len();
                    assert_eq!(crate::board::Wiring::new(&diagram).is_ok(), boards == 1);
                }
            }
        }
    }

    fn word() -> impl Strategy<Value = &'static str> {
        prop_oneof![
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(","),
            Just(":"),
            Just("\"parts\":["),
            Just("\"connections\":["),
            Just("{\"id\":\"m\",\"type\":\"board-nodemcu-esp8266\"}"),
            Just("[\"m:A0\",\"m:GND.1\",\"\",[]]"),
            Just("\"m:A0\""),
            Just("null"),
            Just("1e999"),
        ]
    }
}
