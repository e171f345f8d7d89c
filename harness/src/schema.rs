//! The JSON Schema of scenario files, with which editors complete and check them.
//!
//! Owns the translation: every key, value and word comes from the tables that the reader of
//! scenarios checks files against ([`reference`](crate::scenario::reference)). What depends on two
//! places of a file stays with `nodelab check`.

mod steps;
mod value;

use serde_json::{Map, Value, json};

use crate::scenario::reference::{SECTIONS, Section};

/// Returns the schema (JSON Schema, draft 2020-12).
#[must_use]
pub fn scenario() -> Value {
    let sections = SECTIONS.iter().map(|section| {
        let schema = section_schema(section);
        (definition(section.name), schema)
    });
    let mut definitions: Map<String, Value> = sections.collect();
    definitions.insert("step".to_owned(), steps::step());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nodelab scenario",
        "description":
            "A Wokwi automation scenario; what Wokwi has no word for stands in `x-nodelab`.",
        "type": "object",
        "required": ["name", "version", "steps"],
        "properties": {
            "name": { "type": "string", "description": "What the scenario claims." },
            "version": { "const": 1, "description": "Version of the format." },
            "author": { "type": "string", "description": "Who wrote it." },
            "x-nodelab": { "$ref": "#/$defs/x-nodelab" },
            "steps": {
                "type": "array",
                "description": "What happens, one step after the other.",
                "items": { "$ref": "#/$defs/step" },
            },
        },
        "$defs": definitions,
    })
}

/// Returns the name of a section's definition: brackets may not stand in a reference.
fn definition(section: &str) -> String {
    section.replace("[]", "-item")
}

fn section_schema(section: &Section) -> Value {
    let keys = section.keys.iter().map(|key| {
        let mut schema = value::schema(section.name, key);
        let about = if key.default.is_empty() {
            key.about.to_owned()
        } else {
            format!("{} Default: {}.", key.about, key.default)
        };
        if let Value::Object(fields) = &mut schema {
            fields.insert("description".to_owned(), about.into());
        }
        (key.name.to_owned(), schema)
    });
    json!({
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": keys.collect::<Map<String, Value>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let schema = scenario();
        let text = schema.to_string();
        let references = text.split("\"$ref\":\"#/$defs/").skip(1);
        let mut count = 0;
        for reference in references {
            let name = reference.split('"').next().unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{name}");
            count += 1;
        }
        assert!(count > 40, "{count}");
    }
}
