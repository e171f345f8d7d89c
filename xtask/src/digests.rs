//! Whether the number of threads shows in a digest.
//!
//! Owns the comparison of two runs of all scenarios. Does not know how a digest is made; it
//! reads the JSON report.

use serde_json::Value;

use crate::console;
use crate::root::cargo;

/// One run of one scenario, and its digest.
#[derive(Debug, Eq, PartialEq)]
struct Run {
    label: String,
    digest: String,
}

/// Runs every scenario on one thread and on eight, and compares the digests.
pub(crate) fn check() -> Result<(), String> {
    let (one, eight) = (digests_with("1")?, digests_with("8")?);
    compare(&one, &eight)?;
    console::say(&format!("    {} runs, all equal", one.len()));
    Ok(())
}

fn digests_with(jobs: &str) -> Result<Vec<Run>, String> {
    let output = cargo(&[
        "run",
        "--release",
        "--quiet",
        "--",
        "run",
        "scenarios",
        "--jobs",
        jobs,
        "--report",
        "json=-",
    ])
    .output()
    .map_err(|error| format!("cargo did not start: {error}"))?;
    let report = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "the run with --jobs {jobs} ended with {}\n{errors}{report}",
            output.status
        ));
    }
    parse(&report)
}

/// Reads the digests out of a JSON report.
fn parse(report: &str) -> Result<Vec<Run>, String> {
    let report: Value = serde_json::from_str(report)
        .map_err(|error| format!("the JSON report does not parse: {error}"))?;
    let scenarios = report["scenarios"]
        .as_array()
        .ok_or("the JSON report has no `scenarios`")?;
    let run = |entry: &Value| {
        let text = |key: &str| entry[key].as_str().map(str::to_owned);
        let label = format!(
            "{} seed {}",
            text("file").or_else(|| text("name"))?,
            entry["seed"].as_u64()?
        );
        Some(Run {
            label,
            digest: text("digest")?,
        })
    };
    scenarios
        .iter()
        .map(|entry| run(entry).ok_or_else(|| format!("a run lacks file, seed or digest: {entry}")))
        .collect()
}

fn compare(one: &[Run], eight: &[Run]) -> Result<(), String> {
    if one.is_empty() {
        return Err("no scenario ran".to_owned());
    }
    if one.len() != eight.len() {
        return Err(format!(
            "{} runs with --jobs 1, {} with --jobs 8",
            one.len(),
            eight.len()
        ));
    }
    let differences: Vec<String> = one
        .iter()
        .zip(eight)
        .filter(|(left, right)| left != right)
        .map(|(left, right)| {
            format!(
                "{}: {} with --jobs 1, {} with --jobs 8 ({})",
                left.label, left.digest, right.digest, right.label
            )
        })
        .collect();
    if differences.is_empty() {
        Ok(())
    } else {
        Err(differences.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"version": 1, "scenarios": [
        {"name": "a", "file": "scenarios/a.test.yaml", "seed": 3, "digest": "00ff"},
        {"name": "b", "file": "scenarios/b.test.yaml", "seed": 1, "digest": "1234"}]}"#;

    #[test]
    fn a_report_gives_its_digests_in_order() {
        let runs = parse(REPORT).expect("a report");
        assert_eq!(runs[0].label, "scenarios/a.test.yaml seed 3");
        assert_eq!(runs[1].digest, "1234");
    }

    #[test]
    fn another_digest_is_a_failure_that_names_the_scenario() {
        let left = parse(REPORT).expect("a report");
        let right = parse(&REPORT.replace("1234", "1235")).expect("a report");
        assert_eq!(compare(&left, &left), Ok(()));
        let message = compare(&left, &right).expect_err("they differ");
        assert!(message.contains("scenarios/b.test.yaml"), "{message}");
        assert!(!message.contains("scenarios/a.test.yaml"), "{message}");
    }

    #[test]
    fn a_missing_run_is_a_failure() {
        let left = parse(REPORT).expect("a report");
        assert!(compare(&left, &left[..1]).is_err());
        assert!(compare(&[], &[]).is_err());
    }

    #[test]
    fn a_report_without_digests_is_a_failure() {
        assert!(parse("{}").is_err());
        assert!(parse("not json").is_err());
        assert!(parse(&REPORT.replace("digest", "other")).is_err());
    }
}
