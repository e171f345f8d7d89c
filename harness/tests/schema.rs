//! Goal: editors accept what nodelab accepts, and underline what it refuses.
//!
//! Method: an independent validator holds files against what `nodelab schema` prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use boon::{Compiler, SchemaIndex, Schemas};
use nodelab::diagnostic::SourceFile;
use nodelab::scenario::{Kind, Meaning, Node, compose, parse};
use serde_json::{Map, Value};

#[test]
fn every_shipped_scenario_is_valid() {
    let judge = Judge::new();
    let mut count = 0;
    for path in shipped() {
        let text = fs::read_to_string(&path).unwrap();
        let found = judge.judge(&text);
        assert!(found.is_ok(), "{}: {found:#?}", path.display());
        count += 1;
    }
    assert!(count > 100, "{count}");
}

#[test]
fn what_the_reader_refuses_is_underlined() {
    let judge = Judge::new();
    let block = |block: &str| format!("name: t\nversion: 1\nx-nodelab:\n{block}\nsteps: []\n");
    let step = |step: &str| format!("name: t\nversion: 1\nsteps:\n  - {step}\n");
    let mistakes = [
        block("  sedes: 3"),
        block("  seeds: 0"),
        block("  seeds: many"),
        block("  duration: 2"),
        block("  duration: 2 hours"),
        block("  ideal: perhaps"),
        block("  network: virtual"),
        block("  node: { publish: { topic: a/b, qos: 2 } }"),
        block("  tls: { versions: 1.1 }"),
        block("  faults:\n    - { at: 1s, power-cut: { until: 3s } }"),
        block("  expect:\n    - readings-lots: 0"),
        block("  by-hand: { temperature: [{ at: 1s, hold: hot }] }"),
        step("delays: 3s"),
        step("delay: 3"),
        step("delay: 3 min"),
        step("set-control: { part-id: tmp1 }"),
        "name: t\nversion: 2\nsteps: []\n".to_owned(),
        "version: 1\nsteps: []\n".to_owned(),
    ];
    for text in mistakes {
        let read = parse(&text, "mistake.test.yaml");
        assert!(read.is_err(), "the reader accepts\n{text}");
        assert!(judge.judge(&text).is_err(), "the schema accepts\n{text}");
    }
}

#[test]
fn what_is_written_in_more_than_one_form_is_accepted_in_each() {
    let judge = Judge::new();
    let text = "\
name: t
version: 1
x-nodelab:
  tls: { versions: 1.3 }
  network: real
  duration: 1.5 h
  wifi: { preset: lossy, loss: 2..15 %, power-save: awake }
  environment: { temperature: 20 °C..25 °C }
  node: { calibrate: [0 °C, 50 °C], step-max: off, publish: { topic: a/b } }
  faults:
    - { at: 40min, reset: }
    - { at: 10s..20s, attack: replay }
  by-hand:
    faults: [{ at: 3s, access-point-down: { for: 5s } }]
    serial: [{ at: 5s, write: [114, 10] }]
steps: []
";
    let found = judge.judge(text);
    assert!(found.is_ok(), "{found:#?}");
    let read = parse(text, "forms.test.yaml");
    assert!(read.is_ok(), "{read:#?}");
}

/// A validator that knows the schema.
struct Judge {
    schemas: Schemas,
    root: SchemaIndex,
}

impl Judge {
    fn new() -> Self {
        let printed = Command::new(env!("CARGO_BIN_EXE_nodelab"))
            .arg("schema")
            .output()
            .expect("the program starts");
        assert!(printed.status.success());
        let schema: Value = serde_json::from_slice(&printed.stdout).expect("it prints JSON");
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        let added = compiler.add_resource("scenario.json", schema);
        added.expect("the schema has a name");
        let root = compiler
            .compile("scenario.json", &mut schemas)
            .expect("it prints a schema");
        Self { schemas, root }
    }

    fn judge(&self, text: &str) -> Result<(), String> {
        let file = SourceFile::new("t.test.yaml", text);
        let tree = compose(&file).expect("the text is YAML");
        let value = value_of(&tree.root);
        self.schemas
            .validate(&value, self.root)
            .map_err(|error| format!("{error:#}"))
    }
}

/// Returns what a YAML reader makes of a node.
fn value_of(node: &Node) -> Value {
    match &node.kind {
        Kind::Mapping(entries) => {
            let entries = entries.iter().map(|entry| {
                let key = entry.key.text().expect("keys are texts").to_owned();
                (key, value_of(&entry.value))
            });
            Value::Object(entries.collect::<Map<String, Value>>())
        }
        Kind::Sequence(items) => items.iter().map(|item| value_of(item)).collect(),
        Kind::Scalar(scalar) => match scalar.meaning {
            Meaning::Null => Value::Null,
            Meaning::Text => Value::String(scalar.text.clone()),
            Meaning::Bool(_) | Meaning::Number(_) => {
                serde_json::from_str(&scalar.text).unwrap_or(Value::String(scalar.text.clone()))
            }
        },
    }
}

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    nodelab::prepare::find(&[folder]).expect("scenarios are shipped")
}
