//! The committed table of limits.
//!
//! Owns its format: `{"node_core_text": {"lx106": 24576, …}, …}`, bytes by target.

use std::fs;

use serde_json::Value;

use crate::cross::{CrossError, Target};
use crate::root::root;

/// Where the table lies.
pub(super) const PATH: &str = "firmware/budgets.json";

/// What is limited.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Budget {
    /// One node, and every variable of the library.
    Ram,
    /// node-core's own code.
    Text,
}

impl Budget {
    /// Returns the name of its row.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ram => "node_core_ram",
            Self::Text => "node_core_text",
        }
    }
}

/// Reads the table.
///
/// # Errors
///
/// [`CrossError::Failed`] when it cannot be read or is no JSON.
pub(super) fn read() -> Result<Value, CrossError> {
    let path = root().join(PATH);
    let text = fs::read_to_string(&path).map_err(|error| CrossError::of_file(&path, &error))?;
    serde_json::from_str(&text)
        .map_err(|error| CrossError::Failed(format!("{}: {error}", path.display())))
}

/// Returns a limit in bytes.
///
/// # Errors
///
/// [`CrossError::Failed`] when the table has none.
pub(super) fn limit(table: &Value, budget: Budget, target: Target) -> Result<u32, CrossError> {
    let found = table[budget.name()][target.name()].as_u64();
    found
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            CrossError::Failed(format!(
                "{PATH} has no number of bytes in `{}` for `{}`",
                budget.name(),
                target.name()
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::image::TARGETS;

    #[test]
    fn the_committed_table_limits_every_target() {
        let table = read().unwrap();
        for target in TARGETS {
            assert_eq!(limit(&table, Budget::Text, target), Ok(24 * 1024));
            assert_eq!(limit(&table, Budget::Ram, target), Ok(4 * 1024));
        }
    }

    #[test]
    fn a_missing_limit_is_named() {
        let table = serde_json::json!({ "node_core_ram": { "lx106": -1 } });
        let error = limit(&table, Budget::Ram, Target::Lx106).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`node_core_ram` for `lx106`"), "{text}");
    }
}
