//! What a document is once JavaScript has read it.
//!
//! Owns truth, text and key order of values (ECMA-262) and how Node.js prints them. Does not
//! know scenarios; strict mode needs it because wokwi-cli never checks most types.

use crate::scenario::scalar::{Meaning, javascript_number};
use crate::scenario::tree::{Kind, Node, Scalar};

/// Bytes of a printed value at most: aliases could make it enormous.
const PRINTED_MAX: usize = 64 * 1024;
/// Levels that Node.js prints before it writes `[Object]`.
const INSPECT_DEPTH: usize = 2;

/// Returns the own property of an object; everything else has none that matters here.
pub(crate) fn property<'t>(node: &'t Node, key: &str) -> Option<&'t Node> {
    let Kind::Mapping(entries) = &node.kind else {
        return None;
    };
    // Of `1` and `'1'` the later one wins, as with every assignment.
    let entry = entries
        .iter()
        .rev()
        .find(|entry| key_text(&entry.key) == key)?;
    Some(&entry.value)
}

/// Returns the keys of an object or array with their values, in the order of `Object.keys`:
/// array indices first, ascending, then the others as written.
pub(crate) fn own_keys(node: &Node) -> Vec<(String, &Node)> {
    let mut keys: Vec<(String, &Node)> = match &node.kind {
        Kind::Mapping(entries) => entries
            .iter()
            .map(|entry| (key_text(&entry.key), &*entry.value))
            .collect(),
        Kind::Sequence(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), &**item))
            .collect(),
        Kind::Scalar(_) => Vec::new(),
    };
    keys.sort_by_key(|(key, _)| array_index(key).map_or(u64::MAX, u64::from));
    keys
}

/// Returns whether `if (value)` would be taken; a missing value is `undefined`.
pub(crate) fn truthy(node: Option<&Node>) -> bool {
    match node.map(|node| &node.kind) {
        None => false,
        Some(Kind::Mapping(_) | Kind::Sequence(_)) => true,
        Some(Kind::Scalar(Scalar { text, meaning })) => match meaning {
            Meaning::Bool(value) => *value,
            Meaning::Null => false,
            Meaning::Number(value) => !(value.is_nan() || value.abs() == 0.0),
            Meaning::Text => !text.is_empty(),
        },
    }
}

/// Returns the value as `String(value)` does.
pub(crate) fn string(node: &Node) -> String {
    let mut out = String::new();
    append(node, &mut out);
    out
}

/// Returns the value as `util.inspect` prints it on one line.
pub(crate) fn inspect(node: &Node) -> String {
    let mut out = String::new();
    append_inspected(node, 0, &mut out);
    out
}

fn append(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Mapping(_) => out.push_str("[object Object]"),
        Kind::Scalar(scalar) => out.push_str(&scalar_text(scalar)),
        Kind::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                if out.len() > PRINTED_MAX {
                    return;
                }
                if index > 0 {
                    out.push(',');
                }
                if !item.is_null() {
                    append(item, out);
                }
            }
        }
    }
}

fn append_inspected(node: &Node, depth: usize, out: &mut String) {
    if out.len() > PRINTED_MAX {
        return;
    }
    let keys = own_keys(node);
    match &node.kind {
        Kind::Scalar(Scalar {
            text,
            meaning: Meaning::Text,
        }) => out.push_str(&quoted(text)),
        Kind::Scalar(scalar) => out.push_str(&scalar_text(scalar)),
        Kind::Mapping(_) if keys.is_empty() => out.push_str("{}"),
        Kind::Sequence(_) if keys.is_empty() => out.push_str("[]"),
        Kind::Mapping(_) if depth > INSPECT_DEPTH => out.push_str("[Object]"),
        Kind::Sequence(_) if depth > INSPECT_DEPTH => out.push_str("[Array]"),
        Kind::Mapping(_) => {
            for (index, (key, value)) in keys.iter().enumerate() {
                out.push_str(if index == 0 { "{ " } else { ", " });
                out.push_str(&key_inspected(key));
                out.push_str(": ");
                append_inspected(value, depth + 1, out);
            }
            out.push_str(" }");
        }
        Kind::Sequence(_) => {
            for (index, (_, value)) in keys.iter().enumerate() {
                out.push_str(if index == 0 { "[ " } else { ", " });
                append_inspected(value, depth + 1, out);
            }
            out.push_str(" ]");
        }
    }
}

fn scalar_text(scalar: &Scalar) -> String {
    match scalar.meaning {
        Meaning::Bool(value) => value.to_string(),
        Meaning::Null => "null".to_owned(),
        Meaning::Number(value) => javascript_number(value),
        Meaning::Text => scalar.text.clone(),
    }
}

/// Returns the key that a YAML key becomes; null becomes the empty one.
fn key_text(key: &Node) -> String {
    match &key.kind {
        Kind::Scalar(Scalar {
            meaning: Meaning::Null,
            ..
        }) => String::new(),
        Kind::Scalar(scalar) => scalar_text(scalar),
        Kind::Mapping(_) | Kind::Sequence(_) => {
            let mut out = String::new();
            append_flow(key, &mut out);
            out
        }
    }
}

/// Writes a value as YAML on one line, which is what a key that is no scalar becomes.
fn append_flow(node: &Node, out: &mut String) {
    if out.len() > PRINTED_MAX {
        return;
    }
    match &node.kind {
        Kind::Scalar(scalar) => out.push_str(&scalar_text(scalar)),
        Kind::Mapping(entries) if entries.is_empty() => out.push_str("{}"),
        Kind::Sequence(items) if items.is_empty() => out.push_str("[]"),
        Kind::Mapping(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                out.push_str(if index == 0 { "{ " } else { ", " });
                append_flow(&entry.key, out);
                out.push_str(": ");
                append_flow(&entry.value, out);
            }
            out.push_str(" }");
        }
        Kind::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "[ " } else { ", " });
                append_flow(item, out);
            }
            out.push_str(" ]");
        }
    }
}

fn key_inspected(key: &str) -> String {
    let mut letters = key.chars();
    let first = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$');
    let plain = first && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    match key {
        "__proto__" => "['__proto__']".to_owned(),
        _ if plain => key.to_owned(),
        _ => quoted(key),
    }
}

fn quoted(text: &str) -> String {
    let quote = if !text.contains('\'') {
        '\''
    } else if !text.contains('"') {
        '"'
    } else if !text.contains('`') {
        '`'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Returns the key as an array index: a canonical number below 2³² − 1.
fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index < u32::MAX && index.to_string() == key).then_some(index)
}
