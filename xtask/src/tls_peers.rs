//! `cargo xtask tls-peers`: nodelab's TLS beside OpenSSL's and tshark's.
//!
//! Owns how the comparison is started. Does not know what is compared: that is the example
//! `tls_peers` of `nodelab-sim`, whose exit codes are those of a task.

use crate::failure::Failure;
use crate::root::cargo;

/// What the example ends with if a program is missing, or a word means nothing.
const EXIT_INVALID: i32 = 3;

/// Compares, and measures handshakes per second; `--all` takes every cell, `--no-rates` leaves
/// the measuring out.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut command = cargo(&["run", "--release", "--quiet", "--package", "nodelab-sim"]);
    command.args(["--example", "tls_peers", "--"]);
    command.args(passed_on(arguments));
    let status = command.status();
    let status = status.map_err(|error| format!("cargo did not start: {error}"))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(EXIT_INVALID) => Err(Failure::Missing("nothing was compared".to_owned())),
        _ => Err(Failure::Failed(
            "the counters disagree, or a peer gave up".to_owned(),
        )),
    }
}

/// Returns the words for the example.
fn passed_on(arguments: &[String]) -> Vec<&str> {
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(at) = words.iter().position(|word| *word == "--no-rates") {
        words.remove(at);
    } else {
        words.push("--rates");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_measured_unless_they_are_not_wanted() {
        let words = |text: &[&str]| {
            text.iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(passed_on(&words(&["--all"])), ["--all", "--rates"]);
        assert_eq!(passed_on(&words(&["--all", "--no-rates"])), ["--all"]);
    }
}
