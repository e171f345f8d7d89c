//! `cargo xtask report-picture`: the picture of a report that README and book show.
//!
//! Owns which scenario it is of and how large it is. Chromium takes it.

use std::fs;
use std::process::Command;

use crate::failure::Failure;

/// What is run: a day with a course to see.
const SCENARIO: &str = "scenarios/sensor/calibrated-day.test.yaml";
/// The page, from the repository's root.
const PAGE: &str = "target/report-picture.html";
/// The picture.
const PICTURE: &str = "docs/src/images/report.png";
/// Width and height in pixels.
const WINDOW: &str = "--window-size=1120,1500";
/// Largest picture that is committed, in bytes.
const BYTES_MAX: u64 = 250_000;

/// Writes the picture anew.
pub(crate) fn run(_arguments: &[String]) -> Result<(), Failure> {
    let report = format!("html={PAGE}");
    let run = [
        "run",
        "--quiet",
        "--package",
        "nodelab",
        "--",
        "run",
        SCENARIO,
        "--seeds",
        "1",
        "--report",
        &report,
    ];
    started(Command::new(env!("CARGO")).args(run), "cargo")?;
    let page = fs::canonicalize(PAGE)
        .map_err(|error| Failure::Failed(format!("no report at {PAGE}: {error}")))?;
    let shot = [
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--hide-scrollbars".to_owned(),
        WINDOW.to_owned(),
        format!("--screenshot={PICTURE}"),
        format!("file://{}", page.display()),
    ];
    started(Command::new("chromium").args(shot), "chromium")?;
    let bytes = fs::metadata(PICTURE).map(|found| found.len());
    let bytes = bytes.map_err(|error| Failure::Failed(format!("no picture: {error}")))?;
    if bytes > BYTES_MAX {
        let message = format!("{PICTURE} has {bytes} bytes, more than {BYTES_MAX}");
        return Err(Failure::Failed(message));
    }
    Ok(())
}

fn started(command: &mut Command, name: &str) -> Result<(), Failure> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(Failure::Failed(format!(
            "{name} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ))),
        Err(error) => Err(Failure::Missing(format!(
            "failed to start {name}: {error}; install it: apt-get install {name}"
        ))),
    }
}
