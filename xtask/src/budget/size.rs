//! `cargo xtask size`: holds node-core to its budgets.
//!
//! Owns the comparison and the message.

use crate::budget::attribution::{Function, Owner, functions, total};
use crate::budget::image::{TARGETS, measured};
use crate::budget::table::{self, Budget};
use crate::cross::{CrossError, Elf, Target};
use crate::failure::Failure;
use crate::{c_abi, console};

/// Functions that a message about a broken budget names.
const NAMED: usize = 12;
/// What an image takes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Taken {
    /// Its functions, largest first.
    functions: Vec<Function>,
    /// Bytes of one node.
    node: u32,
    /// Bytes of every variable in the image.
    variables: u32,
    /// Bytes of all code.
    text: u32,
    /// Bytes of constants.
    constants: u32,
}

/// Measures every target, prints a table, and fails when a budget is exceeded.
pub(crate) fn run(_arguments: &[String]) -> Result<(), Failure> {
    Ok(hold()?)
}

/// Does the same, as a step.
pub(crate) fn check() -> Result<(), String> {
    hold().map_err(|error| error.to_string())
}

fn hold() -> Result<(), CrossError> {
    let limits = table::read()?;
    let node = c_abi::node_size()?;
    let mut broken = Vec::new();
    for target in TARGETS {
        let taken = taken(&measured(target)?, node);
        console::say(&row(target, &taken));
        for budget in [Budget::Text, Budget::Ram] {
            let limit = table::limit(&limits, budget, target)?;
            console::say(&format!(
                "              {} {} of {limit} B",
                budget.name(),
                taken.used(budget)
            ));
            broken.extend(complaint(target, budget, limit, &taken));
        }
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(CrossError::Failed(broken.join("\n")))
    }
}

impl Taken {
    /// Returns the bytes that count for a budget.
    fn used(&self, budget: Budget) -> u32 {
        match budget {
            Budget::Ram => self.node.saturating_add(self.variables),
            Budget::Text => total(&self.functions, Owner::NodeCore),
        }
    }
}

/// Adds up what an image takes; `node` is the size of one node, which the image has none of.
fn taken(elf: &Elf, node: u32) -> Taken {
    let sizes = elf.sizes();
    Taken {
        functions: functions(elf),
        node,
        variables: sizes.data.saturating_add(sizes.bss),
        text: sizes.text,
        constants: sizes.rodata,
    }
}

/// Returns a line about a target.
fn row(target: Target, taken: &Taken) -> String {
    let of = |owner| total(&taken.functions, owner);
    format!(
        "{:<13} node-core {} B, C interface {} B, core and compiler's routines {} B; \
         whole text {} B, constants {} B; RAM {} B of a node and {} B of variables",
        target.name(),
        of(Owner::NodeCore),
        of(Owner::CAbi),
        of(Owner::Runtime),
        taken.text,
        taken.constants,
        taken.node,
        taken.variables,
    )
}

/// Says by how much a budget is exceeded and what takes most of it, if it is.
fn complaint(target: Target, budget: Budget, limit: u32, taken: &Taken) -> Option<String> {
    let used = taken.used(budget);
    let over = used.checked_sub(limit).filter(|over| *over > 0)?;
    let over = format!(
        "{} on {} is {used} B, {over} B above its budget of {limit} B ({})",
        budget.name(),
        target.name(),
        table::PATH
    );
    Some(match budget {
        Budget::Ram => over,
        Budget::Text => format!("{over}; largest:\n{}", largest(&taken.functions)),
    })
}

/// Returns a line for each of the largest functions of node-core.
fn largest(functions: &[Function]) -> String {
    let own = functions
        .iter()
        .filter(|function| function.owner == Owner::NodeCore);
    let lines: Vec<String> = own
        .take(NAMED)
        .map(|function| format!("  {:>6} B  {}", function.bytes, function.name))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cross::{Section, Symbol};

    /// Code of the node-core that the tests measure.
    const OWN: u32 = 70;

    #[test]
    fn a_budget_that_holds_says_nothing() {
        for budget in [Budget::Text, Budget::Ram] {
            assert_eq!(complaint(Target::Lx106, budget, 3_100, &small()), None);
        }
        assert_eq!(complaint(Target::Lx106, Budget::Text, OWN, &small()), None);
    }

    #[test]
    fn a_budget_of_one_byte_is_exceeded_and_shows_the_largest_functions() {
        let text = complaint(Target::Lx106, Budget::Text, 1, &small()).unwrap();
        same_lines(
            &text,
            &[
                "node_core_text on lx106 is 70 B, 69 B above its budget of 1 B \
                 (firmware/budgets.json); largest:",
                "      60 B  _RNvCs1_9node_core5large",
                "      10 B  _RNvCs1_9node_core5small",
            ],
        );
    }

    #[test]
    fn memory_is_one_node_and_every_variable() {
        let text = complaint(Target::Lx106, Budget::Ram, 3_000, &small()).unwrap();
        assert!(
            text.starts_with("node_core_ram on lx106 is 3016 B, 16 B above"),
            "{text}"
        );
    }

    fn same_lines(text: &str, expected: &[&str]) {
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }

    fn small() -> Taken {
        let function = |name: &str, address, size| Symbol {
            name: name.to_owned(),
            address,
            size,
            function: true,
        };
        let section = |name: &str, address, size, code, zeroed| Section {
            name: name.to_owned(),
            address,
            size,
            loaded: true,
            code,
            writable: !code,
            zeroed,
        };
        let elf = Elf {
            sections: vec![
                section(".text", 0x1000, 100, true, false),
                section(".bss", 0x2000, 16, false, true),
            ],
            symbols: vec![
                function("_RNvCs1_9node_core5small", 0x1000, 10),
                function("_RNvCs1_9node_core5large", 0x100A, 60),
                function("memcpy", 0x1046, 30),
            ],
        };
        taken(&elf, 3_000)
    }
}
