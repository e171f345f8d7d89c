//! The program as its users meet it: what they type, what it prints, how it ends.
//!
//! Method: the real binary, from the repository's root. Digests are cut out of snapshots,
//! because they change with every model.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::Value;

use support::{Run, nodelab, root};

const FIRST: &str = "scenarios/first-reading.test.yaml";

/// Loses readings from the tenth minute on: a claim that fails, in the same way each time.
const FAILING: &str = "name: A short queue loses nothing
version: 1
x-nodelab:
  duration: 1h
  seeds: 3
  node: { queue: { capacity: 4 }, publish: { topic: room/1/temperature } }
  faults:
    - { at: 10min, access-point-down: { for: 20min } }
  expect:
    - readings-lost: 0
steps: []
";

const ENDLESS: &str = "name: Godot comes
version: 1
steps:
  - wait-serial: Godot
";

/// Writes a file of this test, and returns its path.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the folder for tests can be written");
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Replaces digests, which change with every model.
fn without_digests(text: &str) -> String {
    let is_digest = |word: &str| word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let mut words = text.split_inclusive([' ', '\n']).map(|word| {
        let bare = word.trim_end();
        if is_digest(bare) {
            word.replace(bare, "<digest>")
        } else {
            word.to_owned()
        }
    });
    words.by_ref().collect()
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|why| panic!("{why}: {}{}", run.out, run.err))
}

fn worlds(report: &Value) -> &[Value] {
    report["scenarios"].as_array().expect("a list of worlds")
}

#[test]
fn the_first_reading_prints_the_tutorials_three_lines() {
    let run = nodelab(&["run", FIRST]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_snapshot!(without_digests(&run.out));
}

#[test]
fn each_ending_has_its_exit_code() {
    let failing = file("exit-1.test.yaml", FAILING);
    let endless = file("exit-42.test.yaml", ENDLESS);
    let invalid = file("exit-3.test.yaml", "name: a\nversion: 2\nsteps: []\n");
    assert_eq!(nodelab(&["run", FIRST]).code, Some(0));
    assert_eq!(nodelab(&["run", &failing]).code, Some(1));
    assert_eq!(nodelab(&["run", &invalid]).code, Some(3));
    assert_eq!(nodelab(&["run", &endless]).code, Some(42));
}

#[test]
fn a_failed_claim_counts_for_more_than_one_out_of_time() {
    let failing = file("both-1.test.yaml", FAILING);
    let endless = file("both-42.test.yaml", ENDLESS);
    assert_eq!(nodelab(&["run", &endless, &failing]).code, Some(1));
}

#[test]
fn one_invalid_file_keeps_all_from_running() {
    let invalid = file("invalid.test.yaml", "name: a\nversion: 2\nsteps: []\n");
    let run = nodelab(&["run", FIRST, &invalid]);
    assert_eq!(run.code, Some(3));
    assert_eq!(run.out, "");
    assert!(
        run.err.contains("1 of 2 scenarios are not valid"),
        "{}",
        run.err
    );
}

#[test]
fn every_command_explains_itself() {
    let commands: [&[&str]; 8] = [
        &[],
        &["run"],
        &["check"],
        &["sensor"],
        &["explain"],
        &["explain", "wiring"],
        &["completions"],
        &["tui"],
    ];
    for command in commands {
        let run = nodelab(&[command, &["--help"]].concat());
        assert_eq!(run.code, Some(0), "{command:?}");
        let name = command.join("_");
        assert_snapshot!(format!("help_{name}"), run.out);
    }
}

#[test]
fn help_speaks_of_files_that_exist() {
    let run = nodelab(&["run", "--help"]);
    let mut words = run.out.split_whitespace();
    let is_file = |word: &&str| word.contains(".test.yaml") && !word.contains('*');
    let files: BTreeSet<&str> = words.by_ref().filter(is_file).collect();
    assert!(!files.is_empty());
    for file in files {
        assert!(root().join(file).is_file(), "{file}");
    }
}

#[test]
fn wrong_arguments_are_invalid_input_and_say_what_is_right() {
    let cases: [&[&str]; 8] = [
        &["run"],
        &["run", FIRST, "--report", "pdf"],
        &["run", FIRST, "--report", "json="],
        &["run", FIRST, "--shard", "4/3"],
        &["run", FIRST, "--until", "soon"],
        &["run", FIRST, "--seeds", "0"],
        &["sensor", "--from", "warm"],
        &["fly"],
    ];
    let mut all = String::new();
    for arguments in cases {
        let run = nodelab(arguments);
        assert_eq!(run.code, Some(3), "{arguments:?}");
        assert_eq!(run.out, "", "{arguments:?}");
        let typed = arguments.join(" ");
        all.extend(["$ nodelab ", &typed, "\n", &run.err, "\n"]);
    }
    assert_snapshot!(all);
}

#[test]
fn a_missing_file_is_named() {
    let run = nodelab(&["run", "scenarios/nowhere.test.yaml"]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.err.contains("scenarios/nowhere.test.yaml"),
        "{}",
        run.err
    );
}

#[test]
fn a_report_that_cannot_be_written_fails_before_anything_runs() {
    let run = nodelab(&[
        "run",
        FIRST,
        "--report",
        "text",
        "--report",
        "json=/no/such/folder/a",
    ]);
    assert_eq!(run.code, Some(3));
    assert_eq!(run.out, "", "something ran");
    assert!(run.err.contains("/no/such/folder/a"), "{}", run.err);
}

#[test]
fn two_reports_do_not_share_standard_output() {
    let run = nodelab(&["run", FIRST, "--report", "text", "--report", "json"]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("=FILE"), "{}", run.err);
}

#[test]
fn the_json_report_has_the_promised_keys() {
    let failing = file("json.test.yaml", FAILING);
    let run = nodelab(&["run", FIRST, &failing, "--report", "json=-"]);
    let report = json(&run);
    assert_eq!(report["version"], 1);
    assert_eq!(report["summary"]["passed"], 1);
    assert_eq!(report["summary"]["failed"], 3);
    for world in worlds(&report) {
        assert!(world["name"].is_string() && world["file"].is_string());
        assert!(world["seed"].is_u64() && world["virtual_ms"].is_u64());
        assert_eq!(world["digest"].as_str().map(str::len), Some(32));
        assert!(["passed", "failed"].contains(&world["status"].as_str().expect("a status")));
    }
    let failed = |world: &&Value| world["status"] == "failed";
    let world = worlds(&report).iter().find(failed).expect("a failure");
    for failure in world["failures"].as_array().expect("a list") {
        assert!(failure["at_ms"].is_u64() && failure["node"] == 0);
        for key in ["claim", "expected", "seen", "replay"] {
            assert!(failure[key].is_string(), "{key}: {failure}");
        }
    }
}

#[test]
fn the_junit_report_is_well_formed() {
    let failing = file("junit.test.yaml", FAILING);
    let run = nodelab(&["run", FIRST, &failing, "--report", "junit=-"]);
    assert_eq!(run.code, Some(1));
    let report = quick_junit::Report::deserialize_from_str(&run.out).expect("JUnit XML");
    assert_eq!((report.tests, report.failures), (4, 3), "{}", run.out);
}

#[test]
fn a_report_may_go_to_a_file() {
    let out = file("report.xml", "");
    let run = nodelab(&[
        "run",
        FIRST,
        "--report",
        "text",
        "--report",
        &format!("junit={out}"),
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("all claims held"), "{}", run.out);
    let written = fs::read_to_string(&out).expect("the report");
    assert!(written.contains("<testcase"), "{written}");
}

#[test]
fn shards_run_every_world_exactly_once() {
    let mut seen = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let paths = ["scenarios/wifi", "scenarios/wiring"];
        let run = nodelab(&[
            "run", paths[0], paths[1], "--shard", shard, "--report", "json",
        ]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        let key = |world: &Value| (world["file"].to_string(), world["seed"].as_u64());
        seen.extend(worlds(&json(&run)).iter().map(key));
    }
    let once: BTreeSet<_> = seen.iter().cloned().collect();
    assert_eq!(once.len(), seen.len(), "a world ran twice");
    let whole = nodelab(&[
        "run",
        "scenarios/wifi",
        "scenarios/wiring",
        "--report",
        "json",
    ]);
    assert_eq!(
        worlds(&json(&whole)).len(),
        seen.len(),
        "a world was left out"
    );
}

/// Returns the arguments of the first replay command in a report.
fn replay_of(out: &str) -> Vec<&str> {
    let line = out
        .lines()
        .find_map(|line| line.trim().strip_prefix("replay"));
    let mut words = line.expect("a replay command").split_whitespace();
    assert_eq!(words.next(), Some("nodelab"));
    words.collect()
}

#[test]
fn the_replay_command_shows_the_failure_again() {
    let failing = file("replay.test.yaml", FAILING);
    let run = nodelab(&["run", &failing, "--serial", "never"]);
    let failure: Vec<&str> = run.out.lines().take(5).collect();
    assert!(failure[0].starts_with("FAIL  A short queue loses nothing · seed 1 · 00:1"));
    let mut arguments = replay_of(&run.out);
    arguments.extend(["--serial", "never"]);
    let again = nodelab(&arguments);
    assert_eq!(again.code, Some(1), "{}", again.out);
    assert_eq!(again.out.lines().take(5).collect::<Vec<_>>(), failure);
}

#[test]
fn a_run_that_is_cut_before_its_failure_passes() {
    let failing = file("cut.test.yaml", FAILING);
    let run = nodelab(&["run", &failing, "--seed", "1", "--until", "10min"]);
    assert_eq!(run.code, Some(0), "{}", run.out);
}

#[test]
fn a_run_verifies_itself() {
    let run = nodelab(&[
        "run",
        "scenarios/wifi/lossy.test.yaml",
        "--seeds",
        "2",
        "--verify",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
}

#[test]
fn the_sensor_table_of_a_nodemcu_is_as_computed_from_the_schematic() {
    let range = ["--from", "-40", "--to", "125", "--step", "5"];
    let board = ["sensor", "--board", "nodemcu", "--format", "csv"];
    let run = nodelab(&[&board[..], &range[..]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_snapshot!(run.out);
}

#[test]
fn an_ideal_board_prints_what_the_sensor_table_says() {
    for (board, diagram) in [("nodemcu", "nodemcu"), ("esp32-c3", "esp32-c3")] {
        for celsius in [-30, 0, 25, 80] {
            let at = celsius.to_string();
            let range = ["--from", &at, "--to", &at, "--format", "csv"];
            let table = nodelab(&[&["sensor", "--board", board][..], &range[..]].concat());
            let row = table.out.lines().nth(1).expect("a row").to_owned();
            let code = row.split(',').nth(2).expect("a code").to_owned();
            let text = format!(
                "name: a\nversion: 1\nx-nodelab: {{ ideal: true, environment: {{ temperature: \
                 {celsius} °C }}, diagram: '{}/boards/{diagram}/diagram.json' }}\nsteps:\n  \
                 - wait-serial: \"TMP36 reading {code}\\r\\nDegrees Celsius \"\n",
                root().display()
            );
            let run = nodelab(&["run", &file(&format!("{board}{celsius}.test.yaml"), &text)]);
            assert_eq!(
                run.code,
                Some(0),
                "{board} at {celsius} °C: {row}\n{}",
                run.out
            );
            let printed = run
                .out
                .lines()
                .find_map(|line| line.strip_prefix("Degrees Celsius "));
            let printed: f64 = printed.expect("a reading").parse().expect("a number");
            let said: f64 = row
                .split(',')
                .nth(3)
                .expect("a column")
                .parse()
                .expect("a number");
            assert!(
                (printed - said).abs() < 0.06,
                "{board}: {printed}, table {said}"
            );
        }
    }
}

#[test]
fn wiring_is_explained() {
    let run = nodelab(&["explain", "wiring", "boards/nodemcu/diagram.json"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("code 240 of 1024"), "{}", run.out);
    let wrong = nodelab(&["explain", "wiring", "boards/mistakes/reversed.json"]);
    assert!(
        wrong.out.contains("The sensor is reversed"),
        "{}",
        wrong.out
    );
    let broken = nodelab(&["explain", "wiring", &file("broken.json", "{ \"parts\": ")]);
    assert_eq!(broken.code, Some(3), "{}", broken.out);
}

#[test]
fn checking_runs_nothing() {
    let failing = file("check.test.yaml", FAILING);
    let run = nodelab(&["check", FIRST, &failing]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "2 valid, 0 not\n"));
    let invalid = file(
        "check-invalid.test.yaml",
        "name: a\nversion: 2\nsteps: []\n",
    );
    assert_eq!(nodelab(&["check", &invalid]).code, Some(3));
}

#[test]
fn completions_know_the_commands_and_options() {
    for shell in ["bash", "zsh", "fish"] {
        let run = nodelab(&["completions", shell]);
        assert_eq!(run.code, Some(0), "{shell}");
        for word in ["sensor", "explain", "strict-wokwi", "shard"] {
            assert!(run.out.contains(word), "{shell} lacks {word}");
        }
    }
}
