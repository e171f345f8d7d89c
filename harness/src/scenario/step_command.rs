//! What a validated step does on wokwi-cli.
//!
//! Owns the way from untyped bodies to typed commands, and the errors that come up only when a
//! step is reached. What passes validation at all is decided in
//! [`wokwi`](crate::scenario::wokwi).

use nodelab_sim::SimSpan;

use crate::scenario::javascript::{property, string, truthy};
use crate::scenario::model::{ControlValue, PinValue, Point, StepCommand};
use crate::scenario::scalar::Meaning;
use crate::scenario::step_time::parse_time;
use crate::scenario::tree::{Kind, Node};
use crate::scenario::wokwi::StrictError;

/// Returns the command that a step runs, or the error that it ends the run with.
pub(crate) fn command(key: &str, value: &Node) -> Result<StepCommand, StrictError> {
    let text = |key: &str| property(value, key).map_or_else(|| "undefined".to_owned(), string);
    let part = text("part-id");
    let named = |older: &str| {
        let name = property(value, "name").filter(|name| !name.is_null());
        name.map_or_else(|| text(older), string)
    };
    let at = || Point {
        x: number(value, "x"),
        y: number(value, "y"),
    };
    let path = |key: &str| {
        property(value, key)
            .filter(|path| truthy(Some(path)))
            .map(string)
    };
    Ok(match key {
        "delay" => StepCommand::Delay(time(value)?),
        "expect-chip-output" => StepCommand::ExpectChipOutput(string(value)),
        "expect-pin" => StepCommand::ExpectPin {
            part,
            pin: named("pin"),
            value: pin_value(property(value, "value")),
        },
        "set-control" => StepCommand::SetControl {
            part,
            control: named("control"),
            value: match property(value, "value").and_then(Node::meaning) {
                Some(Meaning::Number(value)) => ControlValue::Number(value),
                _ => ControlValue::Other(text("value")),
            },
        },
        "wait-serial" => StepCommand::WaitSerial(string(value)),
        "write-serial" => StepCommand::WriteSerial(bytes(value)),
        "take-screenshot" => StepCommand::TakeScreenshot {
            part,
            save_to: path("save-to"),
            compare_with: path("compare-with"),
        },
        "touch" => StepCommand::Touch {
            part,
            at: at(),
            duration: touch_duration(value)?,
            wait: truthy(property(value, "wait")),
        },
        "touch-press" => StepCommand::TouchPress { part, at: at() },
        "touch-release" => StepCommand::TouchRelease { part },
        _ => StepCommand::TouchMove { part, at: at() },
    })
}

fn time(value: &Node) -> Result<SimSpan, StrictError> {
    match value.string() {
        Some(text) => parse_time(text).map_err(|message| StrictError::new(message, value)),
        // Only a touch gets here: a delay that is no string does not pass validation.
        None => Err(StrictError::of_type("the duration is not a string", value)),
    }
}

fn touch_duration(value: &Node) -> Result<SimSpan, StrictError> {
    match property(value, "duration").filter(|duration| !duration.is_null()) {
        Some(duration) => time(duration),
        None => Ok(SimSpan::from_millis(50)),
    }
}

/// Returns what a pin is compared with: `===` knows no `true`, and no `'1'`.
fn pin_value(value: Option<&Node>) -> PinValue {
    match value.and_then(Node::meaning) {
        Some(Meaning::Number(0.0)) => PinValue::Level(false),
        Some(Meaning::Number(1.0)) => PinValue::Level(true),
        _ => PinValue::Never(value.map_or_else(|| "undefined".to_owned(), string)),
    }
}

fn number(value: &Node, key: &str) -> f64 {
    match property(value, key).and_then(Node::meaning) {
        Some(Meaning::Number(value)) => value,
        _ => f64::NAN,
    }
}

/// Returns the bytes to type: text as UTF-8, numbers modulo 256 (ECMA-262 §7.1.11 `ToUint8`).
fn bytes(value: &Node) -> Vec<u8> {
    let Kind::Sequence(items) = &value.kind else {
        return string(value).into_bytes();
    };
    items
        .iter()
        .map(|item| match item.meaning() {
            Some(Meaning::Number(value)) if value.is_finite() => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a remainder between -255 and 255, then between 0 and 255"
                )]
                let byte = ((libm::trunc(value) % 256.0) as i16).rem_euclid(256) as u8;
                byte
            }
            _ => 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::wokwi::strict_validate;

    #[test]
    fn pins_compare_with_numbers_alone() {
        let value = |value: &str| {
            let text = format!("name: t\nversion: 1\nsteps:\n  - expect-pin: {{pin: 2{value}}}");
            strict_validate(&text)
                .unwrap()
                .steps
                .remove(0)
                .command
                .unwrap()
        };
        let expect = |value| StepCommand::ExpectPin {
            part: "undefined".to_owned(),
            pin: "2".to_owned(),
            value,
        };
        let never = |text: &str| PinValue::Never(text.to_owned());
        assert_eq!(value(", value: 1.0"), expect(PinValue::Level(true)));
        assert_eq!(value(", value: -0"), expect(PinValue::Level(false)));
        assert_eq!(value(", value: true"), expect(never("true")));
        assert_eq!(value(", value: '1'"), expect(never("1")));
        assert_eq!(value(", expected: 1"), expect(never("undefined")));
    }

    #[test]
    fn typed_bytes_wrap_as_in_an_array_of_bytes() {
        let text = "name: t\nversion: 1\nsteps:\n  - write-serial: [65, -1, 257, 1.9, -1.9, .inf]";
        let command = strict_validate(text).unwrap().steps.remove(0).command;
        assert_eq!(
            command,
            Ok(StepCommand::WriteSerial(vec![65, 255, 1, 1, 255, 0]))
        );
    }
}
