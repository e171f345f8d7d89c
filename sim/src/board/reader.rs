//! Turns JSON values into a diagram, and collects every mistake on the way.
//!
//! Owns the rules of the format and the wording of what breaks them. Does not know JSON's own
//! syntax.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::diagram::{
    CONNECTIONS_MAX, Connection, Diagram, Endpoint, PARTS_MAX, Part, SERIAL_MONITOR,
};
use super::error::{DiagramProblem, JsonPath, PROBLEMS_MAX};
use super::parts::{PartKind, resistance, voltage};

/// Most characters of a value that are quoted in a message.
const QUOTE_CHARS_MAX: usize = 60;

/// Collects mistakes while it reads, so that one run shows them all.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// What is wrong, in file order.
    pub(crate) problems: Vec<DiagramProblem>,
    /// What is strange, in file order.
    pub(crate) warnings: Vec<DiagramProblem>,
}

impl Reader {
    /// Reads what can be read; the rest is in `problems`.
    pub(crate) fn diagram(&mut self, value: &Value) -> Diagram {
        let root = JsonPath::default();
        let Value::Object(object) = value else {
            self.wrong(
                &root,
                value,
                "an object",
                "start the file with { \"version\": 1, … }",
            );
            return Diagram::default();
        };
        let version = object.get("version").unwrap_or(&Value::Null);
        if version.as_f64() != Some(1.0) {
            let advice = "write \"version\": 1, the only version there is";
            self.wrong(&root.key("version"), version, "the number 1", advice);
        }
        let parts = self.parts(object);
        let connections = self.connections(object, &parts);
        Diagram {
            parts,
            connections,
            warnings: Vec::new(),
        }
    }

    fn parts(&mut self, object: &Map<String, Value>) -> Vec<Part> {
        let path = JsonPath::default().key("parts");
        let advice = "list every part as { \"type\": …, \"id\": … }";
        let items = self.list(&path, object.get("parts"), PARTS_MAX, advice);
        let mut ids = BTreeSet::new();
        let mut parts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(part) = self.part(&path.index(index), item) else {
                continue;
            };
            if ids.insert(part.id.clone()) {
                parts.push(part);
            } else {
                let value = Value::String(part.id);
                let advice = "rename one of the two, in its connections as well";
                self.wrong(
                    &path.index(index).key("id"),
                    &value,
                    "an id used once",
                    advice,
                );
            }
        }
        parts
    }

    fn part(&mut self, path: &JsonPath, item: &Value) -> Option<Part> {
        let Value::Object(object) = item else {
            self.wrong(path, item, "an object", "write { \"type\": …, \"id\": … }");
            return None;
        };
        let part_type = self.name(&path.key("type"), object.get("type"), "a part type");
        let id = self.name(&path.key("id"), object.get("id"), "the part's name");
        let attributes = self.attributes(&path.key("attrs"), object.get("attrs"));
        // Without a type it still has a name, so that its connections are not blamed as well.
        let (part_type, id) = (part_type.unwrap_or_default(), id?);
        let part = Part {
            kind: PartKind::from_part_type(&part_type),
            part_type,
            id,
            attributes,
        };
        self.values(path, &part);
        Some(part)
    }

    fn attributes(&mut self, path: &JsonPath, value: Option<&Value>) -> BTreeMap<String, String> {
        let mut attributes = BTreeMap::new();
        match value {
            None => {}
            Some(Value::Object(object)) => {
                for (key, value) in object {
                    let text = match value {
                        Value::String(text) => text.clone(),
                        Value::Number(_) | Value::Bool(_) => value.to_string(),
                        Value::Null | Value::Array(_) | Value::Object(_) => {
                            let advice = "write the value between quotes";
                            self.wrong(&path.key(key), value, "text", advice);
                            continue;
                        }
                    };
                    attributes.insert(key.clone(), text);
                }
            }
            Some(other) => self.wrong(path, other, "an object", "write { \"name\": \"value\" }"),
        }
        attributes
    }

    /// Checks the attributes that the circuit depends on.
    fn values(&mut self, path: &JsonPath, part: &Part) {
        let (name, legal, expected): (_, fn(&str) -> bool, _) = match part.kind {
            PartKind::Resistor => (
                "value",
                |text| resistance(text).is_some(),
                "ohms, as in \"1000\" or \"4.7k\"",
            ),
            PartKind::Vcc => (
                "voltage",
                |text| voltage(text).is_some(),
                "volts, as in \"3.3\"",
            ),
            PartKind::Board(_)
            | PartKind::Breadboard(_)
            | PartKind::Capacitor
            | PartKind::Ground
            | PartKind::Tmp36
            | PartKind::Unmodelled => return,
        };
        if let Some(text) = part.attributes.get(name)
            && !legal(text)
        {
            let value = Value::String(text.clone());
            let advice = "the circuit cannot be worked out without it";
            self.wrong(&path.key("attrs").key(name), &value, expected, advice);
        }
    }

    fn connections(&mut self, object: &Map<String, Value>, parts: &[Part]) -> Vec<Connection> {
        let path = JsonPath::default().key("connections");
        let advice = "list every wire as [\"part:pin\", \"part:pin\", \"color\", []]";
        let items = self.list(&path, object.get("connections"), CONNECTIONS_MAX, advice);
        let kinds: BTreeMap<&str, PartKind> =
            parts.iter().map(|part| (&*part.id, part.kind)).collect();
        let mut connections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            connections.extend(self.connection(&path.index(index), item, &kinds));
        }
        connections
    }

    fn connection(
        &mut self,
        path: &JsonPath,
        item: &Value,
        kinds: &BTreeMap<&str, PartKind>,
    ) -> Option<Connection> {
        let items = match item {
            Value::Array(items) if (2..=4).contains(&items.len()) => items,
            Value::Array(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)
            | Value::String(_) => {
                let expected = "an array of two pins, a color and a path";
                let advice = "write [\"part:pin\", \"part:pin\", \"color\", []]";
                self.wrong(path, item, expected, advice);
                return None;
            }
        };
        let from = self.endpoint(&path.index(0), &items[0], kinds);
        let to = self.endpoint(&path.index(1), &items[1], kinds);
        let color = match items.get(2) {
            None => String::new(),
            Some(Value::String(color)) => color.clone(),
            Some(other) => {
                let advice = "write \"\" for a wire that is not drawn";
                self.wrong(&path.index(2), other, "a color", advice);
                return None;
            }
        };
        let drawn = self.path(&path.index(3), items.get(3));
        Some(Connection {
            from: from?,
            to: to?,
            color,
            path: drawn?,
        })
    }

    fn endpoint(
        &mut self,
        path: &JsonPath,
        value: &Value,
        kinds: &BTreeMap<&str, PartKind>,
    ) -> Option<Endpoint> {
        let Some(endpoint) = value.as_str().and_then(Endpoint::from_text) else {
            self.wrong(
                path,
                value,
                "\"part:pin\"",
                "name the part's id, a colon and its pin",
            );
            return None;
        };
        if endpoint.part == SERIAL_MONITOR {
            return Some(endpoint);
        }
        let Some(&kind) = kinds.get(&*endpoint.part) else {
            let ids: Vec<&str> = kinds.keys().copied().take(12).collect();
            let expected = format!("a part that exists ({})", ids.join(", "));
            self.wrong(
                path,
                value,
                &expected,
                "correct the id, or add the part to \"parts\"",
            );
            return None;
        };
        if !kind.has_pin(&endpoint.pin) && self.warnings.len() < PROBLEMS_MAX {
            self.warnings.push(DiagramProblem {
                path: path.clone(),
                read: shown(value),
                expected: format!("one of its pins: {}", kind.pins()),
                advice: "the wire ends in the air here; correct the pin".to_owned(),
            });
        }
        Some(endpoint)
    }

    fn path(&mut self, path: &JsonPath, value: Option<&Value>) -> Option<Vec<String>> {
        let words = match value {
            None => return Some(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<Vec<String>>>(),
            Some(_) => None,
        };
        if words.is_none() {
            let advice = "write [] to let the wire run straight";
            self.wrong(
                path,
                value.unwrap_or(&Value::Null),
                "an array of text",
                advice,
            );
        }
        words
    }

    fn list<'a>(
        &mut self,
        path: &JsonPath,
        value: Option<&'a Value>,
        items_max: usize,
        advice: &str,
    ) -> &'a [Value] {
        match value {
            Some(Value::Array(items)) if items.len() <= items_max => items,
            Some(Value::Array(items)) => {
                self.push(DiagramProblem {
                    path: path.clone(),
                    read: format!("{} entries", items.len()),
                    expected: format!("at most {items_max}"),
                    advice: "split the diagram, one node in each".to_owned(),
                });
                &[]
            }
            other => {
                self.wrong(path, other.unwrap_or(&Value::Null), "an array", advice);
                &[]
            }
        }
    }

    fn name(&mut self, path: &JsonPath, value: Option<&Value>, what: &str) -> Option<String> {
        match value {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            other => {
                let value = other.unwrap_or(&Value::Null);
                self.wrong(
                    path,
                    value,
                    &format!("{what}, as text"),
                    "every part needs one",
                );
                None
            }
        }
    }

    fn wrong(&mut self, path: &JsonPath, read: &Value, expected: &str, advice: &str) {
        self.push(DiagramProblem {
            path: path.clone(),
            read: shown(read),
            expected: expected.to_owned(),
            advice: advice.to_owned(),
        });
    }

    fn push(&mut self, problem: DiagramProblem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }
}

/// Returns a value as a message quotes it, which is never long.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) if text.chars().count() > QUOTE_CHARS_MAX => {
            let start: String = text.chars().take(QUOTE_CHARS_MAX).collect();
            format!("{start:?}…")
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
