//! Commands as Losant sends them.

use crate::payload::json::Members;

/// A command: `{"name":"interval","payload":"10s","time":{"$date":"…"}}`.
//= https://docs.losant.com/mqtt/overview/
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LosantCommand<'a> {
    /// What to do. Escapes stand as they came.
    pub name: &'a str,
    /// With what: a string's content, or any other value as JSON; empty for none.
    pub payload: &'a str,
}

impl<'a> LosantCommand<'a> {
    /// Reads a command; `None` when `bytes` hold no JSON object with a name. Members that are not
    /// known are passed over.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (mut name, mut payload) = (None, "");
        for (key, value) in Members::of(bytes)? {
            let value = core::str::from_utf8(value).ok()?;
            match key {
                b"name" => name = Some(value),
                b"payload" => payload = if value == "null" { "" } else { value },
                _ => {}
            }
        }
        let name = name.filter(|name| !name.is_empty())?;
        Some(Self { name, payload })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_payload_are_found_in_any_order() {
        let expected = Some(LosantCommand {
            name: "interval",
            payload: "10s",
        });
        for text in [
            r#"{"name":"interval","payload":"10s","time":{"$date":"2026-01-01T00:00:00Z"}}"#,
            r#"{ "time": {"name": "no"}, "payload": "10s", "name": "interval" }"#,
        ] {
            assert_eq!(LosantCommand::parse(text.as_bytes()), expected);
        }
    }

    #[test]
    fn a_payload_may_be_anything_or_missing() {
        let payload = |text: &'static str| LosantCommand::parse(text.as_bytes()).unwrap().payload;
        assert_eq!(payload(r#"{"name":"read"}"#), "");
        assert_eq!(payload(r#"{"name":"read","payload":null}"#), "");
        assert_eq!(payload(r#"{"name":"interval","payload":10}"#), "10");
        assert_eq!(
            payload(r#"{"name":"a","payload":{"b":[1]}}"#),
            r#"{"b":[1]}"#
        );
    }

    #[test]
    fn without_a_name_there_is_no_command() {
        for text in [
            "",
            "interval 10s",
            "{}",
            r#"{"name":""}"#,
            r#"{"payload":"10s"}"#,
        ] {
            assert_eq!(LosantCommand::parse(text.as_bytes()), None, "{text}");
        }
    }
}
