//! From the words in which the reference says what a key accepts to a schema.
//!
//! Owns that little language. A test holds that every key of the reference is understood.

use serde_json::{Value, json};

use super::definition;
use crate::scenario::reference::{Key, SECTIONS};

/// Quantities: the word they begin with, the units, and an example.
const QUANTITIES: [(&str, &str, &str); 11] = [
    ("charge", "mAh|Ah", "2500 mAh"),
    ("deviation", "ppm|%", "-50 ppm"),
    ("distance", "km|cm|m", "5 m"),
    ("duration", "ns|us|µs|μs|ms|sec|s|min|h|d", "60s"),
    ("energy", "mJ|J", "200 mJ"),
    ("level", "dB", "3 dB"),
    ("share", "%|ppm", "2%"),
    ("signed duration", "ns|us|µs|μs|ms|sec|s|min|h|d", "-5 s"),
    ("speed", "m/s", "0.5 m/s"),
    ("temperature", "°C|℃|C|degC", "22 °C"),
    ("voltage", "mV|V", "3.3 V"),
];
/// Words for texts whose form only the reader judges.
const TEXTS: [&str; 5] = ["date and time", "host name", "name as in", "path", "text"];

/// Returns the schema of a key's value.
pub(super) fn schema(section: &str, key: &Key) -> Value {
    understood(section, key).unwrap_or_else(|| json!({}))
}

fn understood(section: &str, key: &Key) -> Option<Value> {
    let accepts = key.accepts;
    let inner = format!("{section}.{}", key.name);
    if let Some(range) = whole_range(accepts) {
        return Some(range);
    }
    if let Some(quantity) = quantity(accepts) {
        return Some(alternatives(quantity, accepts, &inner));
    }
    if TEXTS.iter().any(|word| accepts.starts_with(word)) {
        return Some(alternatives(json!({ "type": "string" }), accepts, &inner));
    }
    match accepts {
        "1" => return Some(json!({ "const": 1 })),
        "as impostor" => return impostor(),
        "impostor" => return Some(json!({ "const": "impostor" })),
        "list of node numbers" => return Some(list(&json!({ "type": "integer", "minimum": 0 }))),
        "list, as `x-nodelab.faults`" => return Some(list(&reference("x-nodelab.faults[]"))),
        "mapping, or a kind of attack" => {
            let kinds = key_of("x-nodelab.faults[].attack", "kind")?;
            return Some(any(&[words(kinds.accepts)?, reference(&inner)]));
        }
        "nothing" => return Some(reference(&inner)),
        "number" | "node number, from 0" => {
            return Some(json!({ "type": "integer", "minimum": 0 }));
        }
        // The names of what may be excluded stand with the claim's reader.
        "one of a list" => return Some(any(&[json!({ "type": "string" }), reference(&inner)])),
        _ => {}
    }
    if let Some(choices) = accepts.strip_prefix("list of ") {
        return Some(list(&words(choices)?));
    }
    if accepts == "list" {
        return Some(list(&reference(&format!("{inner}[]"))));
    }
    if accepts.starts_with("mapping") {
        return Some(alternatives(reference(&inner), accepts, &inner));
    }
    let choices = accepts.split(", or ").next()?;
    Some(alternatives(words(choices)?, accepts, &inner))
}

/// Adds what stands behind "or": a mapping, a list of two, off, or nothing.
fn alternatives(first: Value, accepts: &str, inner: &str) -> Value {
    let mut schemas = vec![first];
    if accepts.contains("or a mapping") {
        schemas.push(reference(inner));
    }
    if accepts.contains("a list of two") {
        let item = schemas[0].clone();
        schemas.push(json!({ "type": "array", "items": item, "minItems": 2, "maxItems": 2 }));
    }
    if accepts.contains("a list of bytes") {
        let byte = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
        schemas.push(list(&byte));
    }
    if accepts.ends_with("or off") {
        schemas.push(json!({ "const": "off" }));
    }
    if accepts.ends_with("or nothing") {
        schemas.push(json!({ "type": "null" }));
    }
    if schemas.len() == 1 {
        schemas.remove(0)
    } else {
        json!({ "anyOf": schemas })
    }
}

/// Reads `A to B` in whole numbers; `B` may be a power.
fn whole_range(accepts: &str) -> Option<Value> {
    let (low, high) = accepts.split_once(" to ")?;
    let low: u64 = low.parse().ok()?;
    let high: u64 = match high.split_once('^') {
        Some((base, power)) => base.parse::<u64>().ok()?.checked_pow(power.parse().ok()?)?,
        None => high.parse().ok()?,
    };
    Some(json!({ "type": "integer", "minimum": low, "maximum": high }))
}

fn quantity(accepts: &str) -> Option<Value> {
    let (_, units, example) = QUANTITIES
        .iter()
        .filter(|(noun, _, _)| accepts.starts_with(noun))
        .max_by_key(|(noun, _, _)| noun.len())?;
    let one = format!(r"[+-]?\d+(\.\d*)?([eE]\d+)?\s*({units})");
    let pattern = if accepts.contains("range") {
        // The unit may be left out of the lower end.
        format!(r"^\s*([+-]?\d+(\.\d*)?\s*({units})?\s*\.\.\s*)?{one}\s*$")
    } else {
        format!(r"^\s*{one}\s*$")
    };
    Some(json!({ "type": "string", "pattern": pattern, "examples": [example] }))
}

/// Reads words with commas between them. A remark in parentheses is none; what YAML takes for a
/// number or a truth value is accepted as that as well.
fn words(choices: &str) -> Option<Value> {
    let mut values: Vec<Value> = Vec::new();
    for word in choices.split(',') {
        let word = word.split('(').next()?.trim();
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || "-.+ ".contains(letter);
        if word.is_empty() || !word.chars().all(is_word) {
            return None;
        }
        match serde_json::from_str(word) {
            Ok(value @ Value::Bool(_)) => values.push(value),
            Ok(value @ Value::Number(_)) => values.extend([value, word.into()]),
            _ => values.push(word.into()),
        }
    }
    Some(json!({ "enum": values }))
}

fn impostor() -> Option<Value> {
    words(key_of("x-nodelab.faults[].attack", "impostor")?.accepts)
}

fn key_of(section: &str, name: &str) -> Option<&'static Key> {
    let section = SECTIONS.iter().find(|known| known.name == section)?;
    section.keys.iter().find(|key| key.name == name)
}

fn list(items: &Value) -> Value {
    json!({ "type": ["array", "null"], "items": items })
}

fn reference(section: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{}", definition(section)) })
}

fn any(schemas: &[Value; 2]) -> Value {
    json!({ "anyOf": schemas })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_reference_is_understood() {
        for section in SECTIONS {
            for key in section.keys {
                let name = format!("{}.{}: {}", section.name, key.name, key.accepts);
                assert!(understood(section.name, key).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn words_that_yaml_takes_for_numbers_are_both() {
        assert_eq!(
            words("1.2, both, dtim (default)"),
            Some(json!({ "enum": [1.2, "1.2", "both", "dtim"] }))
        );
        assert_eq!(words("whatever `a..b` says"), None);
    }
}
