//! `cargo xtask scenario-docs`: the page of all scenario keys, from the reader's own tables.
//!
//! Owns nothing but the call: the test that compares the page also writes it when asked.

use std::process::Command;

/// Runs the test that knows the page, with the leave to write it.
pub(crate) fn run(_arguments: &[String]) -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args([
            "test",
            "--quiet",
            "--package",
            "nodelab",
            "--test",
            "scenario_docs",
        ])
        .env("UPDATE_DOCS", "1")
        .status()
        .map_err(|error| format!("failed to start cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("the page could not be written".to_owned())
    }
}
