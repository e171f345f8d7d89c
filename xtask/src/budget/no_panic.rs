//! `cargo xtask no-panic`: proves that no panic can be reached.
//!
//! Owns the list of names. The linker keeps only what something reaches, so a function that
//! panics and is in the image can be reached; none may be.

use crate::budget::image::{TARGETS, measured};
use crate::console;
use crate::cross::{CrossError, Elf};
use crate::failure::Failure;

/// Parts of names of what panics, in `core` and in crates like it. node-core's own `fail_link`
/// and `fail_stream` have no underscore in front.
const PANICKING: [&str; 11] = [
    "_fail",
    "begin_unwind",
    "handle_alloc_error",
    "panic",
    "expect_failed",
    "unwrap_failed",
    "out_of_bounds",
    "out_of_range",
    "len_mismatch",
    "index_order",
    "slice_error",
];
/// Names that have such a part and may stay; there are none, and each needs a reason.
const ALLOWED: [(&str, &str); 0] = [];

/// Looks at every target.
pub(crate) fn run(_: &[String]) -> Result<(), Failure> {
    Ok(prove()?)
}

/// Does the same, as a step.
pub(crate) fn check() -> Result<(), String> {
    prove().map_err(|error| error.to_string())
}

fn prove() -> Result<(), CrossError> {
    let mut found = Vec::new();
    for target in TARGETS {
        let elf = measured(target)?;
        let panicking = panicking(&elf);
        console::say(&format!(
            "{:<13} {} functions, {} of them panic",
            target.name(),
            elf.symbols.iter().filter(|symbol| symbol.function).count(),
            panicking.len()
        ));
        found.extend(
            panicking
                .iter()
                .map(|name| format!("  {}: {name}", target.name())),
        );
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(CrossError::Failed(format!(
            "a panic can be reached:\n{}",
            found.join("\n")
        )))
    }
}

/// Returns the names of functions that panic.
fn panicking(elf: &Elf) -> Vec<String> {
    let functions = elf.symbols.iter().filter(|symbol| symbol.function);
    let mut names: Vec<String> = functions
        .map(|symbol| symbol.name.clone())
        .filter(|name| is_panicking(name))
        .collect();
    names.sort();
    names.dedup();
    names
}

fn is_panicking(name: &str) -> bool {
    let allowed = ALLOWED.iter().any(|(known, _)| *known == name);
    !allowed && PANICKING.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cross::Symbol;

    #[test]
    fn what_panics_is_found_by_name() {
        let names = [
            "_RNvCsfgHYwM92fyn_7___rustc17rust_begin_unwind",
            "_RNvNtCs4C1_4core9panicking9panic_fmt",
            "_RNvNtCs4C1_4core6option13expect_failed",
            "_RNvNtCs4C1_4core6result13unwrap_failed",
            "_RNvNvNtCs4C1_4core5slice20copy_from_slice_impl17len_mismatch_fail",
            "_RNvNtNtCs4C1_4core5slice5index24slice_index_order_fail",
            "_RNvNtNtCs4C1_4core5slice5index16slice_index_fail",
            "_ZN4core9panicking11panic_const23panic_const_div_by_zero17h0E",
        ];
        assert_eq!(panicking(&image(&names)).len(), names.len());
    }

    #[test]
    fn what_only_fails_in_the_world_is_no_panic() {
        let names = [
            "node_core_init",
            "_RNvMs_NtCsi0a_9node_core10connectionNtNtB6_4node4Node11fail_stream",
            "_RNvMs_NtCsi0a_9node_core10connectionNtNtB6_4node4Node9fail_link",
            "_RNvMNtNtCsi0a_9node_core6sensor5judgeNtB2_6Sensor5judge",
            "memcpy",
        ];
        assert_eq!(panicking(&image(&names)), [""; 0]);
    }

    fn image(names: &[&str]) -> Elf {
        let symbol = |name: &&str| Symbol {
            name: (*name).to_owned(),
            address: 0,
            size: 4,
            function: true,
        };
        Elf {
            sections: Vec::new(),
            symbols: names.iter().map(symbol).collect(),
        }
    }
}
