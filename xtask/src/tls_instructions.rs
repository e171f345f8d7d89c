//! `cargo xtask tls-instructions`: what a handshake takes of this machine, in instructions.
//!
//! Owns the count by valgrind, of the client and of the server apart, twice each. Does not know
//! what the ends do: that is the example `tls_instructions` of `nodelab-sim`.

use std::process::Command;

use crate::console;
use crate::failure::Failure;
use crate::root::{cargo, root};

/// Functions of the example within which instructions count.
const SIDES: [(&str, &str); 2] = [("client", "*of_client*"), ("server", "*of_server*")];

/// Counts both sides and prints the counts.
pub(crate) fn run(_arguments: &[String]) -> Result<(), Failure> {
    if let Err(error) = Command::new("valgrind").arg("--version").output() {
        return Err(Failure::Missing(format!(
            "valgrind did not start: {error}; install it: apt-get install valgrind"
        )));
    }
    let package = ["build", "--release", "--package", "nodelab-sim"];
    let built = cargo(&package)
        .args(["--example", "tls_instructions"])
        .status();
    if !built.is_ok_and(|status| status.success()) {
        return Err(Failure::Failed("the example does not build".to_owned()));
    }
    for (side, function) in SIDES {
        let (first, second) = (count(function)?, count(function)?);
        if first != second {
            return Err(Failure::Failed(format!(
                "{side}: {first} instructions, then {second}"
            )));
        }
        console::say(&format!("{side}: {first} instructions, twice"));
    }
    Ok(())
}

/// Returns how many instructions run within a function of the example, in one run of it.
fn count(function: &str) -> Result<u64, String> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect={function}"))
        .arg(root().join("target/release/examples/tls_instructions"))
        .output()
        .map_err(|error| format!("valgrind did not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind failed: {said}"));
    }
    collected(&said).ok_or_else(|| format!("valgrind counted nothing: {said}"))
}

/// Reads `==42== Collected : 3271261`.
fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.contains("Collected :"))?;
    let count = line.rsplit_once(':')?.1.trim().parse().ok()?;
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_what_valgrind_says() {
        let said = "==42== Events    : Ir\n==42== Collected : 3271261\n";
        assert_eq!(collected(said), Some(3_271_261));
        assert_eq!(collected("==42== Collected : 0\n"), None);
    }
}
