//! The one command that may be long: a file that is uploaded.
//!
//! Owns reading it without a tree of values, which would take many times its size. Does not know
//! what files are for.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Longest id of a long command, in bytes.
const ID_MAX: usize = 256;

/// An upload, read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Upload {
    pub(super) id: Value,
    pub(super) params: Map<String, Value>,
}

#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(borrow)]
    command: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    params: Params,
    #[serde(default)]
    id: Id,
}

/// What an upload may say; anything else is skipped.
#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    binary: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

/// An id that takes no more room than its text.
#[derive(Default)]
struct Id(Value);

struct IdVisitor;

/// Returns whether a text is an upload, having looked no further than for its name.
pub(super) fn is_upload(text: &str) -> bool {
    let peek = serde_json::from_str::<Peek<'_>>(text);
    peek.is_ok_and(|peek| peek.command == "file:upload")
}

/// Reads an upload; the error says why it is none.
pub(super) fn read(text: &str) -> Result<Upload, String> {
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if envelope.kind != "command" {
        return Err("its type is not \"command\"".to_owned());
    }
    let Params { binary, name, text } = envelope.params;
    let given = [("binary", binary), ("name", name), ("text", text)];
    let given = given
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Value::String(value?))));
    Ok(Upload {
        id: envelope.id.0,
        params: given.collect(),
    })
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id: a number, or a string of {ID_MAX} bytes at most")
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<Id, E> {
        Ok(Id(Value::from(id)))
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<Id, E> {
        if id.len() > ID_MAX {
            return Err(E::invalid_length(id.len(), &self));
        }
        Ok(Id(Value::from(id)))
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<Id, E> {
        Ok(Id(Value::from(id)))
    }

    fn visit_unit<E: Error>(self) -> Result<Id, E> {
        Ok(Id::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_upload_is_read_as_any_command_would_be() {
        let params = json!({ "name": "a\n", "text": "\u{e9}\t\"", "binary": null });
        for id in [json!("7"), json!(7), json!(-7), json!(null)] {
            let text = json!({ "id": id, "type": "command", "command": "file:upload",
                "params": params, "more": [1, { "a": [] }] })
            .to_string();
            assert!(is_upload(&text));
            let upload = read(&text).unwrap();
            assert_eq!(upload.id, id);
            let expected = json!({ "name": "a\n", "text": "\u{e9}\t\"" });
            assert_eq!(Value::Object(upload.params), expected);
        }
    }

    #[test]
    fn whatever_would_become_a_tree_is_none() {
        let digits = vec![0; 1_000];
        let long = "x".repeat(ID_MAX + 1);
        for text in [
            json!({ "type": "command", "params": {}, "id": digits }),
            json!({ "type": "command", "params": {}, "id": { "a": 1 } }),
            json!({ "type": "command", "params": {}, "id": long }),
            json!({ "type": "command", "params": { "text": digits }, "id": 1 }),
            json!({ "type": "command", "params": { "name": "a", "text": 7 }, "id": 1 }),
            json!({ "type": "command", "id": 1 }),
            json!({ "type": "event", "params": {}, "id": 1 }),
        ] {
            assert!(read(&text.to_string()).is_err(), "{text}");
        }
        assert!(!is_upload("{\"command\": \"sim:start\"}"));
        assert!(!is_upload("{\"params\": {\"command\": \"file:upload\"}}"));
        assert!(!is_upload("{\"command\": \"file:upload\", "));
    }
}
