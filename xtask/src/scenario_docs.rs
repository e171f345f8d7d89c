//! `cargo xtask scenario-docs`: the pages of all scenario keys and of all events, from the
//! source's own tables.
//!
//! Owns nothing but the call: the tests that compare the pages also write them when asked.

use std::process::Command;

/// Runs the tests that know the pages, with the leave to write them.
pub(crate) fn run(_arguments: &[String]) -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args([
            "test",
            "--quiet",
            "--package",
            "nodelab",
            "--test",
            "scenario_docs",
            "--test",
            "events",
        ])
        .env("UPDATE_DOCS", "1")
        .status()
        .map_err(|error| format!("failed to start cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("the pages could not be written".to_owned())
    }
}
