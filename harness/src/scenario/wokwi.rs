//! Strict mode: what wokwi-cli 0.26.1 accepts, rejects and runs, with its words.
//!
//! Owns its validator, including what follows from JavaScript rather than from intent. Facts:
//! the behaviour of wokwi-cli 0.26.1 (`TestScenario` and its eleven commands). Where its server
//! decides, nothing is claimed here.

use std::fmt;

use crate::diagnostic::{SourceFile, Span};
use crate::scenario::compose::compose;
use crate::scenario::javascript::{inspect, own_keys, property, string, truthy};
use crate::scenario::model::{Place, StepCommand};
use crate::scenario::scalar::Meaning;
use crate::scenario::step_command::command;
use crate::scenario::tree::{Kind, Node};
use crate::scenario::yaml_error::{self, EXCESSIVE_ALIASES};

/// The commands in the order of registration, which decides what a step with several runs.
pub const COMMANDS: [&str; 11] = [
    "delay",
    "expect-chip-output",
    "expect-pin",
    "set-control",
    "wait-serial",
    "write-serial",
    "take-screenshot",
    "touch",
    "touch-press",
    "touch-release",
    "touch-move",
];

/// What every JavaScript object inherits: the validator takes these keys for commands without
/// a check of their own.
const INHERITED: [&str; 12] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// A scenario that passed validation.
#[derive(Clone, Debug, PartialEq)]
pub struct StrictScenario {
    /// Its name.
    pub name: String,
    /// Its steps, in order.
    pub steps: Vec<StrictStep>,
    /// What the YAML reader warns about.
    pub warnings: Vec<String>,
}

/// A step that passed validation.
#[derive(Clone, Debug, PartialEq)]
pub struct StrictStep {
    /// Its label, printed before it runs.
    pub name: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// The one command that runs, or the error that ends the run when this step is reached.
    pub command: Result<StepCommand, StrictError>,
}

/// How a scenario fails: exit code 1 and this message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StrictError {
    /// Who complains.
    pub class: ErrorClass,
    /// What is printed behind the class.
    pub message: String,
    /// Where, as far as the file tells.
    pub span: Span,
}

/// Who complains.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorClass {
    /// The validator or a command.
    Error,
    /// The YAML reader, about aliases.
    Reference,
    /// JavaScript.
    Type,
    /// A plain line on stderr, without a class.
    Unclassed,
    /// The YAML reader.
    YamlParse,
}

/// Validates a scenario as wokwi-cli does.
///
/// # Errors
///
/// The first thing that wokwi-cli complains about before it connects.
pub fn strict_validate(text: &str) -> Result<StrictScenario, StrictError> {
    let file = SourceFile::new("scenario", text);
    let tree = match compose(&file) {
        Ok(tree) => tree,
        Err(errors) => return Err(yaml_error::first(&file, &errors)),
    };
    let warnings = tree
        .unknown_tags
        .iter()
        .map(|tag| yaml_error::warning(&file, tag))
        .collect();
    let root = &*tree.root;
    if let Some(span) = tree.alias_excess {
        let (class, message) = (ErrorClass::Reference, EXCESSIVE_ALIASES.to_owned());
        return Err(StrictError {
            class,
            message,
            span,
        });
    }
    if root.is_null() {
        return Err(StrictError::of_type(
            "Cannot read properties of null (reading 'name')",
            root,
        ));
    }
    let name = property(root, "name");
    let name = match name {
        None => return Err(StrictError::new("Scenario name is missing", root)),
        Some(name) if name.is_null() => {
            return Err(StrictError::new("Scenario name is missing", name));
        }
        Some(name) => match name.string() {
            Some(text) => text.to_owned(),
            None => return Err(StrictError::new("Scenario name must be a string", name)),
        },
    };
    let version = property(root, "version");
    let supported = version.and_then(Node::meaning) == Some(Meaning::Number(1.0));
    if !supported {
        let shown = version.map_or_else(|| "undefined".to_owned(), string);
        let message = format!("Unsupported scenario version: {shown}");
        return Err(StrictError::new(message, version.unwrap_or(root)));
    }
    let steps = property(root, "steps");
    let Some(Kind::Sequence(steps)) = steps.map(|steps| &steps.kind) else {
        let place = steps.unwrap_or(root);
        return Err(StrictError::new("Scenario steps must be an array", place));
    };
    for step in steps {
        validate_step(step)?;
    }
    let steps = steps.iter().map(|step| strict_step(step, &file)).collect();
    Ok(StrictScenario {
        name,
        steps,
        warnings,
    })
}

impl StrictError {
    pub(crate) fn new(message: impl Into<String>, node: &Node) -> Self {
        let (class, span) = (ErrorClass::Error, node.span);
        Self {
            class,
            message: message.into(),
            span,
        }
    }

    pub(crate) fn of_type(message: impl Into<String>, node: &Node) -> Self {
        let class = ErrorClass::Type;
        Self {
            class,
            ..Self::new(message, node)
        }
    }
}

impl fmt::Display for StrictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = match self.class {
            ErrorClass::Error => "Error: ",
            ErrorClass::Reference => "ReferenceError: ",
            ErrorClass::Type => "TypeError: ",
            ErrorClass::Unclassed => "",
            ErrorClass::YamlParse => "YAMLParseError: ",
        };
        write!(f, "{class}{}", self.message)
    }
}

impl std::error::Error for StrictError {}

fn validate_step(step: &Node) -> Result<(), StrictError> {
    if step.is_null() {
        return Err(StrictError::of_type(
            "Cannot convert undefined or null to object",
            step,
        ));
    }
    if let Kind::Scalar(_) = step.kind {
        return Err(StrictError::new("Scenario step must be an object", step));
    }
    for (key, value) in own_keys(step) {
        if COMMANDS.contains(&key.as_str()) {
            validate_command(&key, value)?;
        } else if key != "name" && !INHERITED.contains(&key.as_str()) {
            return Err(StrictError::new(
                format!("Invalid scenario step key: {key}"),
                value,
            ));
        }
    }
    Ok(())
}

fn validate_command(key: &str, value: &Node) -> Result<(), StrictError> {
    match key {
        "delay" => validate_delay(value),
        "write-serial" => validate_write(value),
        "expect-pin" => require_either(value, key, ["name", "pin"]),
        "set-control" => require_either(value, key, ["name", "control"]),
        "take-screenshot" => {
            if !truthy(read(value, "part-id")?) {
                let message = "take-screenshot: `part-id` is required";
                return Err(StrictError::new(message, value));
            }
            if !truthy(read(value, "save-to")?) && !truthy(read(value, "compare-with")?) {
                let message = "take-screenshot: `save-to` or `compare-with` is required";
                return Err(StrictError::new(message, value));
            }
            Ok(())
        }
        "touch" | "touch-press" | "touch-move" => {
            require_part(value, key)?;
            for axis in ["x", "y"] {
                let meaning = read(value, axis)?.and_then(Node::meaning);
                if !matches!(meaning, Some(Meaning::Number(_))) {
                    let message = format!("{key}: missing required parameter `{axis}`");
                    return Err(StrictError::new(message, value));
                }
            }
            Ok(())
        }
        "touch-release" => require_part(value, key),
        // wait-serial and expect-chip-output take anything.
        _ => Ok(()),
    }
}

fn validate_delay(value: &Node) -> Result<(), StrictError> {
    if let Some(Meaning::Number(_)) = value.meaning() {
        let shown = string(value);
        let message =
            format!("Invalid delay value {shown}. The value must include units (e.g. {shown}ms)");
        return Err(StrictError::new(message, value));
    }
    if value.string().is_none() {
        return Err(StrictError::new("Delay value must be a string", value));
    }
    Ok(())
}

fn validate_write(value: &Node) -> Result<(), StrictError> {
    let Kind::Sequence(items) = &value.kind else {
        if value.string().is_some() {
            return Ok(());
        }
        let message = "Value must be a string or an array of numbers";
        return Err(StrictError::new(message, value));
    };
    if items.is_empty() {
        return Err(StrictError::new(
            "Array must contain at least one number",
            value,
        ));
    }
    let number = |item: &&std::rc::Rc<Node>| !matches!(item.meaning(), Some(Meaning::Number(_)));
    match items.iter().find(number) {
        Some(item) => Err(StrictError::new("Array must contain only numbers", item)),
        None => Ok(()),
    }
}

fn require_either(value: &Node, key: &str, names: [&str; 2]) -> Result<(), StrictError> {
    if truthy(read(value, names[0])?) || truthy(read(value, names[1])?) {
        return Ok(());
    }
    Err(StrictError::new(
        format!("{key}: missing required parameter `name`"),
        value,
    ))
}

fn require_part(value: &Node, key: &str) -> Result<(), StrictError> {
    if truthy(read(value, "part-id")?) {
        return Ok(());
    }
    Err(StrictError::new(
        format!("{key}: missing required parameter `part-id`"),
        value,
    ))
}

/// Reads a property; of null that is a type error.
fn read<'t>(value: &'t Node, key: &str) -> Result<Option<&'t Node>, StrictError> {
    if value.is_null() {
        let message = format!("Cannot read properties of null (reading '{key}')");
        return Err(StrictError::of_type(message, value));
    }
    Ok(property(value, key))
}

fn strict_step(step: &Node, file: &SourceFile) -> StrictStep {
    let name = property(step, "name").filter(|name| truthy(Some(name)));
    let first = COMMANDS
        .iter()
        .find_map(|key| Some((*key, property(step, key)?)));
    StrictStep {
        name: name.map(string),
        place: Place {
            line: file.line(step.span.start),
            span: step.span,
        },
        command: match first {
            Some((key, value)) => command(key, value),
            None => Err(StrictError {
                class: ErrorClass::Unclassed,
                message: format!("Unknown key in step:  {}", inspect(step)),
                span: step.span,
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use nodelab_sim::SimSpan;

    use super::*;

    fn verdict(steps: &str) -> String {
        let text = format!("name: t\nversion: 1\nsteps:\n{steps}\n");
        match strict_validate(&text) {
            Err(error) => error.to_string(),
            Ok(scenario) => match scenario
                .steps
                .into_iter()
                .find_map(|step| step.command.err())
            {
                Some(error) => format!("run: {error}"),
                None => "ok".to_owned(),
            },
        }
    }

    #[test]
    fn headers_are_judged_in_order() {
        let cases = [
            (
                "",
                "TypeError: Cannot read properties of null (reading 'name')",
            ),
            ("text", "Error: Scenario name is missing"),
            ("[]", "Error: Scenario name is missing"),
            ("name:", "Error: Scenario name is missing"),
            ("name: 5", "Error: Scenario name must be a string"),
            ("name: [a]", "Error: Scenario name must be a string"),
            ("name: a", "Error: Unsupported scenario version: undefined"),
            (
                "name: a\nversion: '1'",
                "Error: Unsupported scenario version: 1",
            ),
            (
                "name: a\nversion:",
                "Error: Unsupported scenario version: null",
            ),
            (
                "name: a\nversion: [1, 2]",
                "Error: Unsupported scenario version: 1,2",
            ),
            (
                "name: a\nversion: {a: 1}",
                "Error: Unsupported scenario version: [object Object]",
            ),
            (
                "name: a\nversion: 1.50",
                "Error: Unsupported scenario version: 1.5",
            ),
            (
                "name: a\nversion: 0x1",
                "Error: Scenario steps must be an array",
            ),
            (
                "name: a\nversion: 1e0\nsteps: {}",
                "Error: Scenario steps must be an array",
            ),
            ("name: ''\nversion: 1\nsteps: []", "ok"),
        ];
        for (text, expected) in cases {
            let seen =
                strict_validate(text).map_or_else(|error| error.to_string(), |_| "ok".into());
            assert_eq!(seen, expected, "{text:?}");
        }
    }

    #[test]
    fn steps_are_judged_key_by_key() {
        let cases = [
            (
                "  - ",
                "TypeError: Cannot convert undefined or null to object",
            ),
            ("  - text", "Error: Scenario step must be an object"),
            ("  - 5", "Error: Scenario step must be an object"),
            ("  - [a]", "Error: Invalid scenario step key: 0"),
            ("  - []", "run: Unknown key in step:  []"),
            ("  - {}", "run: Unknown key in step:  {}"),
            (
                "  - 1: x\n    b: y\n    0: z",
                "Error: Invalid scenario step key: 0",
            ),
            ("  - Delay: 1ms", "Error: Invalid scenario step key: Delay"),
            (
                "  - <<: {delay: 1ms}",
                "Error: Invalid scenario step key: <<",
            ),
            (
                "  - __proto__: x\n    constructor: y",
                "run: Unknown key in step:  \
              { ['__proto__']: 'x', constructor: 'y' }",
            ),
            (
                "  - delay: 500",
                "Error: Invalid delay value 500. The value must include units \
              (e.g. 500ms)",
            ),
            ("  - delay:", "Error: Delay value must be a string"),
            ("  - delay: [1ms]", "Error: Delay value must be a string"),
            ("  - delay: 1m", "run: Error: Missing units: 1m"),
            ("  - delay: foo", "run: Error: Invalid time: foo"),
            ("  - delay: ''", "run: Error: Invalid time: "),
            ("  - wait-serial:", "ok"),
        ];
        for (steps, expected) in cases {
            assert_eq!(verdict(steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn bodies_are_judged_as_javascript_does() {
        let cases = [
            (
                "expect-pin:",
                "TypeError: Cannot read properties of null (reading 'name')",
            ),
            (
                "expect-pin: text",
                "Error: expect-pin: missing required parameter `name`",
            ),
            (
                "expect-pin: {name: 0}",
                "Error: expect-pin: missing required parameter `name`",
            ),
            ("expect-pin: {pin: 2, expected: 1}", "ok"),
            (
                "set-control: {part-id: a}",
                "Error: set-control: missing required parameter `name`",
            ),
            ("set-control: {control: c}", "ok"),
            (
                "write-serial: 5",
                "Error: Value must be a string or an array of numbers",
            ),
            (
                "write-serial: []",
                "Error: Array must contain at least one number",
            ),
            (
                "write-serial: [1, '2']",
                "Error: Array must contain only numbers",
            ),
            ("write-serial: [1, .nan, 999]", "ok"),
            ("write-serial: ''", "ok"),
            (
                "take-screenshot:",
                "TypeError: Cannot read properties of null (reading 'part-id')",
            ),
            (
                "take-screenshot: {}",
                "Error: take-screenshot: `part-id` is required",
            ),
            (
                "take-screenshot: {part-id: a, save-to: ''}",
                "Error: take-screenshot: `save-to` or `compare-with` is required",
            ),
            (
                "touch: {x: 1, y: 2}",
                "Error: touch: missing required parameter `part-id`",
            ),
            (
                "touch: {part-id: a, x: '1', y: 2}",
                "Error: touch: missing required parameter `x`",
            ),
            (
                "touch: {part-id: a, x: 1, y: 2, duration: 5m}",
                "run: Error: Missing units: 5m",
            ),
            ("touch-move: {part-id: a, x: .inf, y: 2}", "ok"),
            (
                "touch-release: {}",
                "Error: touch-release: missing required parameter `part-id`",
            ),
            (
                "touch-release: {part-id: 0}",
                "Error: touch-release: missing required parameter `part-id`",
            ),
        ];
        for (body, expected) in cases {
            assert_eq!(verdict(&format!("  - {body}")), expected, "{body:?}");
        }
    }

    #[test]
    fn the_first_command_in_order_of_registration_runs() {
        let text =
            "name: t\nversion: 1\nsteps:\n  - wait-serial: a\n    delay: 5ms\n    valueOf: x";
        let scenario = strict_validate(text).unwrap();
        let delay = StepCommand::Delay(SimSpan::from_millis(5));
        assert_eq!(scenario.steps[0].command, Ok(delay));
    }
}
