//! The messages of Wokwi's simulation API, version 1: JSON texts over a WebSocket.
//!
//! Owns their form, as wokwi-cli 0.26.1 and wokwi-client 0.5.1 write and read it. Does not know
//! what commands do.

use nodelab_sim::{SimSpan, SimTime};
use serde_json::{Map, Value, json};

use super::upload::{self, Upload};

/// Codes of errors, in the sense of HTTP: Wokwi's own have no published list.
pub(super) const BAD_REQUEST: u16 = 400;
pub(super) const NOT_FOUND: u16 = 404;
pub(super) const CONFLICT: u16 = 409;
pub(super) const TOO_LARGE: u16 = 413;
pub(super) const NOT_IMPLEMENTED: u16 = 501;

/// Longest command in bytes, unless it is an upload. Worst case: 16 times that, as values.
pub(super) const COMMAND_MAX: usize = 256 << 10;

/// A command of a client.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Command {
    /// Comes back in the response, whatever it is.
    id: Value,
    /// Its name, such as `sim:start`.
    pub(super) name: String,
    params: Map<String, Value>,
}

/// Why a command is not carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) message: String,
}

/// What a command comes to: a result, or why there is none.
pub(super) type Answer = Result<Value, Refusal>;

impl Refusal {
    pub(super) fn new(code: u16, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }
}

impl Command {
    /// Reads a command; the error says why it is none.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let expected = "expected {\"type\": \"command\", \"command\": …, \"params\": …, \"id\": …}";
        if text.len() > COMMAND_MAX {
            return Self::read_long(text);
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("no JSON: {error}; {expected}"))?;
        let Value::Object(mut message) = value else {
            return Err(format!("no command; {expected}"));
        };
        let is_command = message.get("type") == Some(&Value::from("command"));
        let (Some(Value::String(name)), true) = (message.remove("command"), is_command) else {
            return Err(format!("no command; {expected}"));
        };
        let params = match message.remove("params") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(format!("the params of {name:?} are no object; {expected}")),
        };
        let id = message.remove("id").unwrap_or_default();
        Ok(Self { id, name, params })
    }

    /// Reads a command that is too long for any but an upload.
    fn read_long(text: &str) -> Result<Self, String> {
        let length = text.len();
        if !upload::is_upload(text) {
            return Err(format!(
                "a message of {length} bytes; expected {COMMAND_MAX} at most, unless it is a \
                 file:upload"
            ));
        }
        let Upload { id, params } =
            upload::read(text).map_err(|why| format!("no file:upload: {why}"))?;
        let name = "file:upload".to_owned();
        Ok(Self { id, name, params })
    }

    /// Returns the response.
    pub(super) fn response(&self, answer: Answer) -> String {
        let (result, error) = match answer {
            Ok(result) => (result, false),
            Err(refusal) => {
                let Refusal { code, message } = refusal;
                (json!({ "code": code, "message": message }), true)
            }
        };
        let mut response = json!({ "type": "response", "result": result, "error": error });
        response["command"] = Value::from(self.name.as_str());
        response["id"] = self.id.clone();
        response.to_string()
    }

    /// Returns a parameter, if it is there and not null.
    pub(super) fn param(&self, name: &str) -> Option<&Value> {
        self.params.get(name).filter(|value| !value.is_null())
    }

    /// Takes a text out of the parameters.
    pub(super) fn take_text(&mut self, name: &str) -> Option<String> {
        match self.params.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, Refusal> {
        let text = self.param(name).and_then(Value::as_str);
        text.ok_or_else(|| self.wrong(name, "a string"))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.param(name) {
            None => Ok(false),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| self.wrong(name, "true or false")),
        }
    }

    /// Returns a number of nanoseconds, rounded to the nearest.
    pub(super) fn nanos(&self, name: &str) -> Result<SimSpan, Refusal> {
        let nanos = self.param(name).and_then(|value| match value.as_u64() {
            Some(nanos) => Some(nanos),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "what is negative or too large saturates, and was not asked for"
            )]
            None => value
                .as_f64()
                .filter(|ns| *ns >= 0.0)
                .map(|ns| ns.round() as u64),
        });
        let nanos = nanos.ok_or_else(|| self.wrong(name, "nanoseconds, a number from 0"))?;
        Ok(SimSpan::from_nanos(nanos))
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, Refusal> {
        let bytes = self.param(name).and_then(Value::as_array);
        let bytes = bytes.and_then(|bytes| {
            let byte = |value: &Value| u8::try_from(value.as_u64()?).ok();
            bytes.iter().map(byte).collect()
        });
        bytes.ok_or_else(|| self.wrong(name, "an array of bytes, each from 0 to 255"))
    }

    /// Returns a refusal of a parameter.
    pub(super) fn wrong(&self, name: &str, expected: &str) -> Refusal {
        let command = &self.name;
        let read = match self.param(name) {
            None => "nothing".to_owned(),
            Some(value) => {
                let text = value.to_string();
                text.chars().take(60).collect()
            }
        };
        let message = format!("{command}: {name:?} is {read}; expected {expected}");
        Refusal::new(BAD_REQUEST, message)
    }
}

/// Returns what the server says first.
pub(super) fn hello() -> String {
    let version = env!("CARGO_PKG_VERSION");
    json!({ "type": "hello", "protocolVersion": 1, "appName": "nodelab", "appVersion": version })
        .to_string()
}

/// Returns a message about what was no command at all; clients end at it.
pub(super) fn error(message: &str) -> String {
    json!({ "type": "error", "message": message }).to_string()
}

/// Returns an event of a moment.
pub(super) fn event(name: &str, payload: &Value, at: SimTime, paused: bool) -> String {
    let nanos = at.as_nanos();
    json!({ "type": "event", "event": name, "payload": payload, "nanos": nanos, "paused": paused })
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_and_answered_under_its_id() {
        let text = r#"{"type":"command","command":"sim:resume","params":{"pauseAfter":1.5e9},
            "id":"7"}"#;
        let command = Command::read(text).unwrap();
        assert_eq!(command.nanos("pauseAfter"), Ok(SimSpan::from_millis(1_500)));
        let response = command.response(Ok(json!({})));
        let expected = json!({ "type": "response", "command": "sim:resume", "id": "7",
            "result": {}, "error": false });
        assert_eq!(serde_json::from_str::<Value>(&response).unwrap(), expected);
        let refused = command.response(Err(Refusal::new(CONFLICT, "no")));
        let refused: Value = serde_json::from_str(&refused).unwrap();
        assert_eq!(refused["result"], json!({ "code": 409, "message": "no" }));
        assert_eq!(refused["error"], json!(true));
    }

    #[test]
    fn what_is_no_command_is_told_apart() {
        for text in [
            "",
            "{",
            "[]",
            "7",
            "{}",
            r#"{"type":"event","command":"sim:start"}"#,
            r#"{"type":"command","command":7}"#,
            r#"{"type":"command","command":"sim:start","params":[]}"#,
        ] {
            assert!(
                Command::read(text).unwrap_err().contains("expected"),
                "{text}"
            );
        }
        assert!(Command::read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn only_uploads_may_be_long() {
        let filler = "x".repeat(COMMAND_MAX);
        let text = |name| {
            json!({ "type": "command", "command": name, "id": "1",
                "params": { "name": "a", "text": filler } })
            .to_string()
        };
        let why = Command::read(&text("control:set")).unwrap_err();
        assert!(why.contains("expected 262144 at most"), "{why}");
        let mut upload = Command::read(&text("file:upload")).unwrap();
        assert_eq!(upload.text("name"), Ok("a"));
        assert_eq!(
            upload.take_text("text").map(|text| text.len()),
            Some(COMMAND_MAX)
        );
        let digits = json!({ "type": "command", "command": "file:upload", "id": "1",
            "params": { "text": vec![0; COMMAND_MAX] } });
        let why = Command::read(&digits.to_string()).unwrap_err();
        assert!(why.starts_with("no file:upload: "), "{why}");
    }

    #[test]
    fn a_wrong_parameter_says_what_was_read_and_what_was_expected() {
        let text = r#"{"type":"command","command":"pause-point:add",
            "params":{"nanos":-1,"bytes":[256],"pause":1,"text":null}}"#;
        let command = Command::read(text).unwrap();
        let told = [
            command.nanos("nanos").unwrap_err(),
            command.bytes("bytes").unwrap_err(),
            command.flag("pause").unwrap_err(),
            command.text("text").unwrap_err(),
        ];
        let told = told.map(|refusal| refusal.message).join("\n");
        insta::assert_snapshot!(told, @r#"
        pause-point:add: "nanos" is -1; expected nanoseconds, a number from 0
        pause-point:add: "bytes" is [256]; expected an array of bytes, each from 0 to 255
        pause-point:add: "pause" is 1; expected true or false
        pause-point:add: "text" is nothing; expected a string
        "#);
        assert_eq!(command.flag("absent"), Ok(false));
    }
}
