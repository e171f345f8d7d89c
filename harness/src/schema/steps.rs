//! The schema of Wokwi's steps, as wokwi-cli 0.26.1 validates them.

use serde_json::{Map, Value, json};

/// Times as wokwi-cli reads them.
const TIME: &str = r"^\s*(\d+(\.\d*)?\s*([nN][sS]|[uU][sS]|[mM][sS]|[sS])|0(\.?0*))\s*$";

/// Returns the schema of a step: a name, and one command.
pub(super) fn step() -> Value {
    let mut properties = Map::new();
    properties.insert(
        "name".to_owned(),
        json!({ "description": "Printed when the step begins." }),
    );
    for (name, mut schema, about) in commands() {
        if let Value::Object(fields) = &mut schema {
            fields.insert("description".to_owned(), about.into());
        }
        properties.insert(name.to_owned(), schema);
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": properties,
    })
}

/// Returns each command with the schema of its body and what it does.
fn commands() -> [(&'static str, Value, &'static str); 11] {
    [
        ("delay", time(), "Lets simulated time pass."),
        (
            "expect-chip-output",
            json!({ "type": "string" }),
            "Waits for text in a chip's log.",
        ),
        (
            "expect-pin",
            body(
                &["part-id", "value"],
                [
                    ("part-id", string("The part.")),
                    ("name", string("The pin.")),
                    ("pin", string("The pin, as older versions call it.")),
                    (
                        "value",
                        json!({ "enum": [0, 1], "description": "The level." }),
                    ),
                ],
            ),
            "Compares the level of a digital pin.",
        ),
        (
            "set-control",
            body(
                &["part-id", "value"],
                [
                    ("part-id", string("The part.")),
                    ("name", string("The control.")),
                    ("control", string("The control, as older versions call it.")),
                    ("value", json!({ "description": "What it is set to." })),
                ],
            ),
            "Sets a control of a part.",
        ),
        ("take-screenshot", screen(&["part-id"]), "Needs a display."),
        ("touch", screen(&["part-id", "x", "y"]), "Needs a display."),
        (
            "touch-move",
            screen(&["part-id", "x", "y"]),
            "Needs a display.",
        ),
        (
            "touch-press",
            screen(&["part-id", "x", "y"]),
            "Needs a display.",
        ),
        ("touch-release", screen(&["part-id"]), "Needs a display."),
        (
            "wait-serial",
            json!({ "type": ["string", "number", "boolean"] }),
            "Waits until the console printed this text after the step began.",
        ),
        (
            "write-serial",
            json!({ "type": ["string", "array"], "items": { "type": "number" } }),
            "Types text or bytes at the serial port.",
        ),
    ]
}

fn time() -> Value {
    json!({ "type": "string", "pattern": TIME, "examples": ["500ms", "2s"] })
}

fn string(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

fn screen(required: &[&str]) -> Value {
    json!({ "type": "object", "required": required })
}

fn body<const N: usize>(required: &[&str], keys: [(&str, Value); N]) -> Value {
    let keys = keys.map(|(name, schema)| (name.to_owned(), schema));
    json!({
        "type": "object",
        "required": required,
        "properties": Map::from_iter(keys),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::COMMANDS;

    #[test]
    fn every_command_of_wokwi_has_a_schema() {
        let step = step();
        for command in COMMANDS {
            assert!(step["properties"].get(command).is_some(), "{command}");
        }
        let properties = step["properties"].as_object().unwrap();
        assert_eq!(properties.len(), COMMANDS.len() + 1);
    }
}
