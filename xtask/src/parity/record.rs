//! Where lives come from: the shipped scenarios, recorded by nodelab itself, or a file.
//!
//! Owns the way to start nodelab. Does not know what a scenario is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::console;
use crate::failure::Failure;
use crate::parity::life::Collection;
use crate::root::{cargo, root};

/// nodelab's exit codes for claims that failed and for time that ran out: the recording is whole.
const EXITS_AFTER_A_RUN: [i32; 3] = [0, 1, 42];
/// nodelab's exit code for scenarios that are not there or not valid.
const EXIT_INVALID: i32 = 3;
/// How somebody comes to a recording.
pub(crate) const WRITE_ONE: &str = "write one: cargo run --release -- run scenarios --trace FILE";

/// Which scenarios are recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Wanted<'a> {
    /// A file or a folder, from the repository's root.
    pub(crate) scenarios: &'a str,
    /// Only this world of each.
    pub(crate) seed: Option<&'a str>,
}

/// Runs scenarios and returns what every node of them was told, if its name is liked.
///
/// # Errors
///
/// What nodelab had to say when it did not run.
pub(crate) fn record(
    wanted: Wanted<'_>,
    is_liked: impl Fn(&str) -> bool,
) -> Result<Collection, Failure> {
    let path = file();
    let shown = path.display().to_string();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    console::say(&format!(
        "building nodelab, and recording every node of {} …",
        wanted.scenarios
    ));
    let mut command = cargo(&["run", "--release", "--quiet", "--", "run", wanted.scenarios]);
    command.args(["--trace", &shown]);
    if let Some(seed) = wanted.seed {
        command.args(["--seed", seed]);
    }
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo did not start: {error}"))?;
    let code = output.status.code();
    if !code.is_some_and(|code| EXITS_AFTER_A_RUN.contains(&code)) {
        let said = String::from_utf8_lossy(&output.stdout);
        let (name, end) = (wanted.scenarios, output.status);
        let why = format!("nodelab run {name} ended with {end}\n{}", said.trim_end());
        return Err(if code == Some(EXIT_INVALID) {
            Failure::Missing(why)
        } else {
            Failure::Failed(why)
        });
    }
    read(&path, is_liked)
}

/// Reads a recording.
///
/// # Errors
///
/// What is wrong with the file.
pub(crate) fn read(path: &Path, is_liked: impl Fn(&str) -> bool) -> Result<Collection, Failure> {
    let bytes = fs::read(path)
        .map_err(|error| Failure::Missing(format!("{}: {error}; {WRITE_ONE}", path.display())))?;
    Collection::read(&bytes, is_liked).map_err(|why| {
        let path = path.display();
        Failure::Missing(format!(
            "{path} is no recording, or is damaged: {why}; {WRITE_ONE}"
        ))
    })
}

fn file() -> PathBuf {
    root().join("target/parity/recorded.lives")
}
