//! Goal: `--strict-wokwi` ends as wokwi-cli 0.26.1 does, file by file.
//!
//! Method: the real program runs the whole battery; `wokwi/EXPECTED.tsv` holds what the real
//! client did with the same files, against a device that prints and answers the same.

mod support;

use std::fs;

use support::{Run, nodelab, root};

const BATTERY: &str = "harness/tests/wokwi";

/// Rows that `check` cannot decide, because only a device can fail them.
const DEVICE_DECIDES: [&str; 2] = ["20-bad-part.yaml", "22-timeout.yaml"];

struct Row {
    file: String,
    exit: i32,
    output: String,
}

fn rows() -> Vec<Row> {
    let path = root().join(BATTERY).join("EXPECTED.tsv");
    let table = fs::read_to_string(path).expect("the table is there");
    let row = |line: &str| {
        let mut columns = line.splitn(3, '\t').map(str::to_owned);
        let mut column = || columns.next().expect("three columns");
        Row {
            file: column(),
            exit: column().parse().expect("an exit code"),
            output: column(),
        }
    };
    table.lines().skip(1).map(row).collect()
}

/// Returns everything that was printed.
fn printed(run: &Run) -> String {
    format!("{}{}", run.out, run.err)
}

#[test]
fn every_file_ends_with_the_clients_exit_code() {
    let rows = rows();
    assert_eq!(rows.len(), 22);
    for Row { file, exit, .. } in rows {
        let path = format!("{BATTERY}/{file}");
        let run = nodelab(&["run", "--strict-wokwi", "--timeout", "3000", &path]);
        assert_eq!(run.code, Some(exit), "{file}: {}", printed(&run));
    }
}

#[test]
fn every_file_ends_with_the_clients_words() {
    for Row { file, output, .. } in rows() {
        let path = format!("{BATTERY}/{file}");
        let run = nodelab(&["run", "--strict-wokwi", "--timeout", "3000", &path]);
        // The table writes line breaks as bars, abridges the sample's name, and opens warnings
        // with the number of a process. What the server refuses, the client calls an error once
        // more.
        let first = output.split('|').next().expect("an output");
        let first = first.split_once(") ").map_or(first, |(head, rest)| {
            if head.starts_with("(node:") {
                rest
            } else {
                first
            }
        });
        let first = first.split(" (x-sim").next().expect("a beginning");
        let said = printed(&run);
        let first = first
            .strip_prefix("Error: Error")
            .map_or(first, |_| &first[7..]);
        let shortened = first.starts_with("[proposal sample]");
        let words = if shortened {
            "Scenario completed successfully"
        } else {
            first.trim()
        };
        assert!(said.contains(words), "{file}: {words:?} is not in {said:?}");
    }
}

#[test]
fn check_refuses_what_needs_no_device_to_be_refused() {
    for Row { file, exit, .. } in rows() {
        let path = format!("{BATTERY}/{file}");
        let run = nodelab(&["check", "--strict-wokwi", &path]);
        let expected = if DEVICE_DECIDES.contains(&file.as_str()) {
            0
        } else {
            exit
        };
        assert_eq!(run.code, Some(expected), "{file}: {}", printed(&run));
    }
}

#[test]
fn a_shipped_scenario_is_a_wokwi_scenario_too() {
    for path in [
        "first-reading",
        "tutorial/session",
        "sensor/breaks-and-heals",
    ] {
        let path = format!("scenarios/{path}.test.yaml");
        let run = nodelab(&["run", "--strict-wokwi", "--timeout", "600000", &path]);
        assert_eq!(run.code, Some(0), "{path}: {}", printed(&run));
    }
}
