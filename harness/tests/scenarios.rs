//! Goal: what the project ships holds, and says the same on any number of threads.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use support::{nodelab, root};

/// Lines of a scenario at most: one claim each.
const LINES_MAX: usize = 60;

/// Returns the JSON report of all scenarios, run with these arguments.
fn report(arguments: &[&str]) -> Value {
    let mut all = vec!["run", "scenarios", "--report", "json=-"];
    all.extend(arguments);
    let run = nodelab(&all);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    serde_json::from_str(&run.out).expect("the report is JSON")
}

/// Returns file, seed and digest of each world.
fn digests(report: &Value) -> Vec<String> {
    let worlds = report["scenarios"].as_array().expect("a list");
    let one = |world: &Value| format!("{} {} {}", world["file"], world["seed"], world["digest"]);
    worlds.iter().map(one).collect()
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, into);
        } else if path.to_string_lossy().ends_with(".test.yaml") {
            into.push(path);
        }
    }
}

#[test]
fn every_claim_holds_and_the_number_of_threads_shows_nowhere() {
    let alone = report(&["--jobs", "1"]);
    let summary = &alone["summary"];
    let worlds = alone["scenarios"].as_array().expect("a list").len();
    assert_eq!(summary["passed"], worlds);
    assert_eq!(summary["failed"], 0);
    assert_eq!(digests(&alone), digests(&report(&["--jobs", "8"])));
}

#[test]
fn a_digest_belongs_to_its_seed() {
    let lossy = "scenarios/wifi/lossy.test.yaml";
    let run = nodelab(&["run", lossy, "--report", "json=-"]);
    let report: Value = serde_json::from_str(&run.out).expect("the report is JSON");
    let worlds = report["scenarios"].as_array().expect("a list");
    let mut seen: Vec<String> = worlds
        .iter()
        .map(|world| world["digest"].to_string())
        .collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), worlds.len(), "two seeds gave one world");
}

#[test]
fn every_scenario_is_short_and_begins_with_what_it_shows() {
    let mut all = Vec::new();
    files(&root().join("scenarios"), &mut all);
    assert!(all.len() > 40);
    for path in all {
        let text = fs::read_to_string(&path).expect("a file");
        let (path, lines) = (path.display(), text.lines().count());
        assert!(lines <= LINES_MAX, "{path} has {lines} lines");
        assert!(text.starts_with("# "), "{path} has no head");
    }
}

#[test]
fn every_scenario_is_listed() {
    let list = fs::read_to_string(root().join("scenarios/README.md")).expect("the list");
    let mut all = Vec::new();
    let folder = root().join("scenarios");
    files(&folder, &mut all);
    for path in &all {
        let relative = path.strip_prefix(&folder).expect("it lies in the folder");
        let row = format!("]({})", relative.display());
        assert!(list.contains(&row), "{} is not listed", relative.display());
    }
    assert_eq!(
        list.matches(".test.yaml)").count(),
        all.len(),
        "a row too many"
    );
}
