//! `cargo xtask tls-tables --check`: measures a part of each table again.
//!
//! Owns how near a number must be: exact where the compiler is the recorded one, else within 2 %.

use serde_json::Value;

use crate::console;
use crate::cross::CrossError;
use crate::root::cargo;
use crate::tls_tables::battery::{EMBEDDED_TLS, P256};
use crate::tls_tables::core::{Core, PACKAGE, compiled, measure};
use crate::tls_tables::handshake;
use crate::tls_tables::recording::Recording;
use crate::tls_tables::table::{self, Entry, Findings};

/// What another compiler may make of a number, in percent of the committed one.
const TOLERANCE_PERCENT: u64 = 2;
/// The chain whose handshake is done again.
const INTERMEDIATES: u8 = 0;

/// Measures P-256 and one handshake again on each core, live too.
///
/// # Errors
///
/// [`CrossError::Failed`] when a number is not the committed one, [`CrossError::Missing`] without
/// a tool.
pub(super) fn check(cores: &[Core]) -> Result<(), CrossError> {
    cores.iter().copied().try_for_each(again)
}

/// Does the same as a step of the checks, behind what a host can test of the package.
pub(crate) fn as_step() -> Result<(), String> {
    let manifest = format!("{PACKAGE}/Cargo.toml");
    let status = cargo(&["test", "--locked", "--quiet", "--manifest-path", &manifest])
        .args(["--package", "portable", "--package", "tls-verifier"])
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(format!("the tests of {PACKAGE} ended with {status}")),
        Err(error) => return Err(format!("cargo did not start: {error}")),
    }
    check(&Core::ALL).map_err(|error| error.to_string())
}

fn again(core: Core) -> Result<(), CrossError> {
    let committed = table::committed(core)?;
    let committed = committed
        .ok_or_else(|| CrossError::Failed(format!("{} is absent", table::path(core).display())))?;
    let compiled = compiled(core)?;
    let rows = measure(core, &compiled, &P256)?;
    let image = handshake::image(core, &compiled)?;
    let recording = Recording::read(INTERMEDIATES)?;
    let replayed = handshake::replay(&image, &recording)?;
    let (spoken, live) = handshake::live(&image, INTERMEDIATES)?;
    if spoken == recording && live != replayed {
        return Err(CrossError::Failed(format!(
            "{}: the same bytes took {live:?} live and {replayed:?} from the recording",
            core.name()
        )));
    }
    let shaken = handshake::row(&image, INTERMEDIATES, replayed)?;
    let findings = Findings {
        rustcrypto: rows,
        embedded_tls: measure(core, &compiled, &EMBEDDED_TLS)?,
        bearssl: None,
        handshakes: vec![shaken],
    };
    let made = table::table(core, &compiled, &findings)?;
    console::say(&table::layout(core, &made, Some(&committed)));
    compare(&made, &committed).map_err(|why| CrossError::Failed(format!("{}: {why}", core.name())))
}

/// Compares all numbers that were made with the committed ones.
fn compare(made: &Value, committed: &Value) -> Result<(), String> {
    let exact = made["provenance"]["compiler"] == committed["provenance"]["compiler"];
    let known = table::entries(committed);
    let made = table::entries(made);
    if made.is_empty() {
        return Err("nothing was measured".to_owned());
    }
    for Entry {
        name,
        instructions,
        stack,
    } in made
    {
        let entry = known.iter().find(|entry| entry.name == name);
        let entry = entry.ok_or_else(|| format!("{name} is not in the committed table"))?;
        for (what, found, expected) in [
            ("instructions", instructions, entry.instructions),
            ("bytes of stack", stack, entry.stack),
        ] {
            let near = found.abs_diff(expected) * 100 <= expected * TOLERANCE_PERCENT;
            if found != expected && (exact || !near) {
                return Err(format!(
                    "{name}: {found} {what}, {expected} committed\n  if that is meant: cargo \
                     xtask tls-tables"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(compiler: &str, instructions: u64) -> Value {
        let row = json!({
            "operation": "p256-sign",
            "instructions": instructions,
            "stack_bytes": 4000,
        });
        json!({
            "provenance": { "compiler": compiler },
            "stacks": { "rustcrypto": { "rows": [row] } },
        })
    }

    #[test]
    fn the_same_compiler_must_give_the_same_numbers() {
        let committed = table("one", 1_000_000);
        assert_eq!(compare(&table("one", 1_000_000), &committed), Ok(()));
        let why = compare(&table("one", 1_000_001), &committed).unwrap_err();
        assert!(
            why.contains("rustcrypto p256-sign: 1000001 instructions"),
            "{why}"
        );
    }

    #[test]
    fn another_compiler_may_differ_by_two_percent() {
        let committed = table("one", 1_000_000);
        for (instructions, holds) in [
            (980_000, true),
            (1_020_000, true),
            (979_999, false),
            (1_020_001, false),
        ] {
            let made = table("two", instructions);
            assert_eq!(compare(&made, &committed).is_ok(), holds, "{instructions}");
        }
    }

    #[test]
    fn a_check_that_measured_nothing_fails() {
        let nothing = json!({ "provenance": {} });
        assert!(compare(&nothing, &table("one", 1)).is_err());
        assert!(compare(&table("one", 1), &nothing).is_err());
    }
}
