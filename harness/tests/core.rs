//! A run does not depend on the core that its nodes run on.
//!
//! Method: shipped scenarios, as they are and with every node on an emulated RV32IMC core. One
//! byte that a node sends at another time, or a reading that waits longer, changes the digest.

mod support;

use std::path::Path;

use nodelab::prepare::prepare;
use nodelab::run::{Limits, run_world};
use nodelab::scenario::{CoreChoice, StepCommand};
use nodelab::verdict::Status;
use serde_json::Value;
use support::nodelab;

/// What nodes do in all states: reading, joining, sending, power, faults, clocks, both networks.
const SCENARIOS: [&str; 12] = [
    "broker/restart",
    "clock/jump",
    "cloud/losant",
    "first-reading",
    "network/lossy",
    "network/tls-1-3",
    "power/cut-with-full-queue",
    "power/leave-for-rare-readings",
    "power/reset",
    "sensor/breaks-and-heals",
    "tutorial/interval-takes-effect",
    "wifi/lossy",
];

#[test]
fn digests_do_not_depend_on_the_core() {
    for name in SCENARIOS {
        let path = format!(
            "{}/../scenarios/{name}.test.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        let (mut prepared, _) = prepare(Path::new(&path)).expect("a shipped scenario");
        let seed = prepared.scenario.extension.seed;
        let mut digest_on = |core| {
            prepared.scenario.extension.node.core = core;
            let run = run_world(&prepared, seed, Limits::default());
            let run = run.unwrap_or_else(|error| panic!("{name}: {error}"));
            (run.digest, run.status)
        };
        let native = digest_on(CoreChoice::Native);
        assert_eq!(digest_on(CoreChoice::Riscv32imc), native, "{name}");
    }
}

#[test]
fn more_than_a_frame_holds_may_be_typed_at_once() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/core/first-reading.test.yaml"
    );
    let (mut prepared, _) = prepare(Path::new(path)).expect("a shipped scenario");
    let steps = &mut prepared.scenario.steps;
    let mut typing = steps.first().expect("it waits for the boot").clone();
    typing.command = StepCommand::WriteSerial(b"help\r".repeat(8_000));
    steps.insert(1, typing);
    let mut run_on = |core| {
        prepared.scenario.extension.node.core = core;
        let run = run_world(&prepared, 1, Limits::default());
        let run = run.unwrap_or_else(|error| panic!("{error}"));
        (run.digest, run.status)
    };
    let native = run_on(CoreChoice::Native);
    assert_eq!(native.1, Status::Passed);
    assert_eq!(run_on(CoreChoice::Riscv32imc), native);
}

#[test]
fn the_json_report_has_instructions_where_they_are_counted() {
    let entry = |path| {
        let run = nodelab(&["run", path, "--report", "json=-", "--seed", "1"]);
        assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
        let mut report: Value = serde_json::from_str(&run.out).expect("the report is JSON");
        report["scenarios"][0].take()
    };
    let native = entry("scenarios/esp32-c3/first-reading.test.yaml");
    assert_eq!(native.get("core"), None);
    let emulated = entry("scenarios/core/lossy-tls-commands.test.yaml");
    let core = &emulated["core"];
    let of = |key: &str| core[key].as_u64().expect("a number");
    assert_eq!(
        of("instructions_per_reading"),
        of("instructions").div_ceil(of("readings"))
    );
    assert_eq!(of("cpu_us"), of("instructions") / 160);
    assert_eq!(core["clock"], "160 MHz");
    let drawn = core["energy_mj"].as_f64().expect("books are kept");
    let whole = emulated["energy"]["energy_mj"]
        .as_f64()
        .expect("books are kept");
    assert!(drawn > 0.0 && drawn < whole / 100.0, "{drawn} of {whole}");
}
