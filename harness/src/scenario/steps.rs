//! Reads the steps as a careful reader does: what wokwi-cli would only find out while running,
//! or silently skip, is an error here; a few slips that it would fail on are only warned about.
//!
//! Owns the default mode. What wokwi-cli itself accepts is in
//! [`wokwi`](crate::scenario::wokwi).

use nodelab_sim::SimSpan;

use crate::diagnostic::Problems;
use crate::scenario::fields::{list, place, suggestion};
use crate::scenario::model::{ControlValue, PinValue, Point, Step, StepCommand};
use crate::scenario::quantity::duration;
use crate::scenario::scalar::{Meaning, number};
use crate::scenario::step_time::parse_time;
use crate::scenario::tree::{Entry, Kind, Node};
use crate::scenario::wokwi::COMMANDS;

/// Reads the list of steps.
pub(crate) fn read(node: &Node, problems: &mut Problems) -> Vec<Step> {
    let Kind::Sequence(items) = &node.kind else {
        let error = problems
            .file()
            .error(node.span, format!("`steps` cannot be {}", node.describe()))
            .expected("expected a list: lines that begin with `- `; `steps: []` for none");
        problems.report(error);
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| step(item, problems))
        .collect()
}

fn step(node: &Node, problems: &mut Problems) -> Option<Step> {
    let Kind::Mapping(entries) = &node.kind else {
        let error = problems
            .file()
            .error(node.span, format!("a step cannot be {}", node.describe()))
            .expected("expected a command and its value, such as `wait-serial: 'text'`");
        problems.report(error);
        return None;
    };
    let errors = problems.errors();
    for entry in entries {
        judge_key(&entry.key, problems);
    }
    let commands: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.key.text().is_some_and(|key| COMMANDS.contains(&key)))
        .collect();
    let entry = match commands.as_slice() {
        [entry] => entry,
        [first, second, ..] => {
            two_commands(first, second, problems);
            return None;
        }
        // A misspelt command was reported already.
        [] if problems.errors() > errors => return None,
        [] => {
            let error = problems
                .file()
                .error(node.span, "a step without a command")
                .expected(format!("expected one of: {}", list(&COMMANDS)));
            problems.report(error);
            return None;
        }
    };
    let name = entries
        .iter()
        .find(|entry| entry.key.text() == Some("name"));
    let command = command(entry.key.text()?, &entry.value, problems)?;
    Some(Step {
        name: name.and_then(|entry| entry.value.text()).map(str::to_owned),
        place: place(node, problems),
        command,
    })
}

fn judge_key(key: &Node, problems: &mut Problems) {
    let written = key.text().unwrap_or("");
    if key.text().is_some() && (written == "name" || COMMANDS.contains(&written)) {
        return;
    }
    let error = problems
        .file()
        .error(key.span, format!("unknown step {}", key.describe()));
    let error = match suggestion(written, &COMMANDS, problems) {
        Some(near) => error.expected(format!("did you mean `{near}`?")),
        None => error.expected("no such step"),
    };
    problems.report(
        error
            .advice(format!("known steps: {}", list(&COMMANDS)))
            .advice("faults of network, power and clock stand in `x-nodelab.faults`"),
    );
}

fn two_commands(first: &Entry, second: &Entry, problems: &mut Problems) {
    let rank = |entry: &Entry| {
        COMMANDS
            .iter()
            .position(|name| entry.key.text() == Some(name))
    };
    let run = if rank(first) <= rank(second) {
        first
    } else {
        second
    };
    let run = run.key.text().unwrap_or("");
    let error = problems
        .file()
        .error(second.key.span, "two commands in one step")
        .expected("expected one command per step")
        .advice(format!(
            "wokwi-cli would run `{run}` and silently skip the other"
        ))
        .advice("begin a second step with `- `");
    problems.report(error);
}

fn command(key: &str, node: &Node, problems: &mut Problems) -> Option<StepCommand> {
    match key {
        "delay" => span(node, problems).map(StepCommand::Delay),
        "expect-chip-output" => words(node, problems).map(StepCommand::ExpectChipOutput),
        "expect-pin" => expect_pin(node, problems),
        "set-control" => set_control(node, problems),
        "wait-serial" => words(node, problems).map(StepCommand::WaitSerial),
        "write-serial" => write_serial(node, problems).map(StepCommand::WriteSerial),
        "take-screenshot" => take_screenshot(node, problems),
        "touch" => touch(node, problems),
        "touch-press" => {
            let (part, at) = (part(node, problems), point(node, problems));
            Some(StepCommand::TouchPress {
                part: part?,
                at: at?,
            })
        }
        "touch-release" => part(node, problems).map(|part| StepCommand::TouchRelease { part }),
        "touch-move" => {
            let (part, at) = (part(node, problems), point(node, problems));
            Some(StepCommand::TouchMove {
                part: part?,
                at: at?,
            })
        }
        _ => None,
    }
}

fn span(node: &Node, problems: &mut Problems) -> Option<SimSpan> {
    let text = node.text().unwrap_or("");
    if node.string().is_some()
        && let Ok(span) = parse_time(text)
    {
        return Some(span);
    }
    let is_number = matches!(node.meaning(), Some(Meaning::Number(_)));
    let shown = node.quoted();
    let message = if is_number {
        format!("the duration {shown} has no unit")
    } else {
        format!("{shown} is not a duration for a step")
    };
    let error = problems
        .file()
        .error(node.span, message)
        .expected("expected a number and ns, us, ms or s, such as `500ms`; steps know no minutes");
    problems.report(match duration(text) {
        Ok(span) if !is_number => error.advice(format!("write `{}ms`", span.as_millis())),
        _ if is_number => error.advice(format!("write `{text}ms` or `{text}s`")),
        _ => error,
    });
    None
}

fn words(node: &Node, problems: &mut Problems) -> Option<String> {
    if let Some(text) = node.text().filter(|_| !node.is_null()) {
        return Some(text.to_owned());
    }
    let error = problems
        .file()
        .error(
            node.span,
            format!("{} cannot be waited for", node.describe()),
        )
        .expected("expected text, best in single quotes");
    problems.report(error);
    None
}

pub(crate) fn write_serial(node: &Node, problems: &mut Problems) -> Option<Vec<u8>> {
    let items = match &node.kind {
        Kind::Sequence(items) if !items.is_empty() => items,
        Kind::Scalar(scalar) if scalar.meaning == Meaning::Text => {
            return Some(scalar.text.clone().into_bytes());
        }
        Kind::Scalar(_) | Kind::Mapping(_) | Kind::Sequence(_) => {
            let shown = match &node.kind {
                Kind::Sequence(_) => "an empty list".to_owned(),
                Kind::Mapping(_) | Kind::Scalar(_) => node.describe(),
            };
            let error = problems
                .file()
                .error(node.span, format!("{shown} cannot be typed"))
                .expected("expected text in quotes, or a list of bytes such as `[104, 105, 10]`");
            problems.report(error);
            return None;
        }
    };
    let bytes: Vec<Option<u8>> = items.iter().map(|item| byte(item, problems)).collect();
    bytes.into_iter().collect()
}

fn byte(node: &Node, problems: &mut Problems) -> Option<u8> {
    let value = crate::scenario::fields::small(node, [0, 255], problems)?;
    u8::try_from(value).ok()
}

fn expect_pin(node: &Node, problems: &mut Problems) -> Option<StepCommand> {
    let (part, pin) = (part(node, problems), named(node, "pin", problems));
    let value = match (node.value("value"), node.value("expected")) {
        (Some(value), _) => level(value, problems),
        (None, Some(value)) => {
            let warning = problems
                .file()
                .warning(
                    value.span,
                    "wokwi-cli ignores `expected` and fails this step",
                )
                .expected("expected the key `value`");
            problems.report(warning.advice("write `value: 1` or `value: 0`"));
            level(value, problems)
        }
        (None, None) => {
            missing(node, "value", "0 or 1", problems);
            None
        }
    };
    Some(StepCommand::ExpectPin {
        part: part?,
        pin: pin?,
        value: PinValue::Level(value?),
    })
}

fn level(node: &Node, problems: &mut Problems) -> Option<bool> {
    if let Some(Meaning::Number(value)) = node.meaning() {
        if value.abs() < f64::EPSILON {
            return Some(false);
        }
        if (value - 1.0).abs() < f64::EPSILON {
            return Some(true);
        }
    }
    let word = node.text().unwrap_or("").to_lowercase();
    let level = match word.as_str() {
        "true" | "high" | "1" => Some(true),
        "false" | "low" | "0" => Some(false),
        _ => None,
    };
    let shown = node.describe();
    let found = match level {
        Some(level) => problems
            .file()
            .warning(node.span, format!("wokwi-cli fails on {shown} as a level"))
            .expected("expected the number 0 or 1")
            .advice(format!("write `value: {}`", u8::from(level))),
        None => problems
            .file()
            .error(node.span, format!("{shown} is no level of a pin"))
            .expected("expected the number 0 or 1"),
    };
    problems.report(found);
    level
}

fn set_control(node: &Node, problems: &mut Problems) -> Option<StepCommand> {
    let (part, control) = (part(node, problems), named(node, "control", problems));
    let value = node.value("value");
    if value.is_none() {
        missing(node, "value", "a number", problems);
    }
    let value = value.and_then(|value| control_value(value, problems));
    Some(StepCommand::SetControl {
        part: part?,
        control: control?,
        value: value?,
    })
}

fn control_value(node: &Node, problems: &mut Problems) -> Option<ControlValue> {
    let value = match (node.meaning(), node.text()) {
        (Some(Meaning::Number(value)), _) if value.is_finite() => {
            return Some(ControlValue::Number(value));
        }
        (Some(Meaning::Bool(value)), _) => ControlValue::Number(f64::from(u8::from(value))),
        (Some(Meaning::Text), Some(text)) => number(text.trim())
            .filter(|value| value.is_finite())
            .map_or_else(
                || ControlValue::Other(text.to_owned()),
                ControlValue::Number,
            ),
        _ => {
            let message = format!("{} cannot be the value of a control", node.describe());
            let error = problems.file().error(node.span, message);
            problems.report(error.expected("expected a number"));
            return None;
        }
    };
    let shown = node.quoted();
    let warning = match &value {
        ControlValue::Number(value) => problems
            .file()
            .warning(
                node.span,
                format!("wokwi-cli passes {shown} on, which is no number"),
            )
            .expected("expected a number without quotes")
            .advice(format!("write `value: {value}`")),
        ControlValue::Other(_) => problems
            .file()
            .warning(node.span, format!("the control is set to the text {shown}"))
            .expected("the parts here take numbers")
            .advice("run it only where the part's chip takes text"),
    };
    problems.report(warning);
    Some(value)
}

fn take_screenshot(node: &Node, problems: &mut Problems) -> Option<StepCommand> {
    let part = part(node, problems);
    let path = |key| {
        node.value(key)
            .and_then(Node::text)
            .filter(|text| !text.is_empty())
    };
    let (save_to, compare_with) = (path("save-to"), path("compare-with"));
    if save_to.is_none() && compare_with.is_none() {
        missing(
            node,
            "save-to",
            "a file to write, or `compare-with` and one to compare",
            problems,
        );
        return None;
    }
    Some(StepCommand::TakeScreenshot {
        part: part?,
        save_to: save_to.map(str::to_owned),
        compare_with: compare_with.map(str::to_owned),
    })
}

fn touch(node: &Node, problems: &mut Problems) -> Option<StepCommand> {
    const DURATION: SimSpan = SimSpan::from_millis(50);
    let (part, at) = (part(node, problems), point(node, problems));
    let duration = match node.value("duration") {
        Some(node) => span(node, problems),
        None => Some(DURATION),
    };
    let wait = match node.value("wait") {
        Some(node) => crate::scenario::fields::boolean(node, problems),
        None => Some(false),
    };
    Some(StepCommand::Touch {
        part: part?,
        at: at?,
        duration: duration?,
        wait: wait?,
    })
}

fn part(node: &Node, problems: &mut Problems) -> Option<String> {
    let Some(part) = node
        .value("part-id")
        .filter(|part| part.text().is_some_and(|t| !t.is_empty()))
    else {
        missing(node, "part-id", "the id of a part in the diagram", problems);
        return None;
    };
    part.text().map(str::to_owned)
}

/// Reads `name`, or the older key of the same meaning; `name` wins as it does in wokwi-cli.
fn named(node: &Node, older: &str, problems: &mut Problems) -> Option<String> {
    let written = [node.value("name"), node.value(older)];
    let name = written
        .into_iter()
        .flatten()
        .find_map(|node| node.text().filter(|t| !t.is_empty()));
    if name.is_none() {
        missing(node, "name", &format!("the name of the {older}"), problems);
    }
    name.map(str::to_owned)
}

fn point(node: &Node, problems: &mut Problems) -> Option<Point> {
    let mut coordinate = |key: &str| match node.value(key).and_then(Node::meaning) {
        Some(Meaning::Number(value)) if value.is_finite() => Some(value),
        _ => {
            missing(node, key, "a number", problems);
            None
        }
    };
    let (x, y) = (coordinate("x"), coordinate("y"));
    Some(Point { x: x?, y: y? })
}

fn missing(node: &Node, key: &str, what: &str, problems: &mut Problems) {
    let wrong = node.value(key);
    let span = wrong.map_or(node.span, |wrong| wrong.span);
    let message = match wrong {
        Some(wrong) => format!("`{key}` cannot be {}", wrong.describe()),
        None => format!("`{key}` is missing in this step"),
    };
    let error = problems.file().error(span, message);
    problems.report(error.expected(format!("expected `{key}`: {what}")));
}
