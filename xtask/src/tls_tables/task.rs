//! `cargo xtask tls-tables`: measures everything, and writes the tables anew.

use crate::console;
use crate::cross::CrossError;
use crate::tls_tables::battery::RUSTCRYPTO;
use crate::tls_tables::core::{Core, compiled, measure};
use crate::tls_tables::table;

/// Measures everything, and writes the tables anew.
///
/// # Errors
///
/// [`CrossError::Failed`] when an answer is wrong or an image does not end well,
/// [`CrossError::Missing`] without a tool, or for a command line that makes no sense.
pub(crate) fn run(arguments: &[String]) -> Result<(), CrossError> {
    match arguments {
        [] => Core::ALL.into_iter().try_for_each(renew),
        _ => Err(CrossError::Missing(
            "usage: cargo xtask tls-tables [--check]".to_owned(),
        )),
    }
}

fn renew(core: Core) -> Result<(), CrossError> {
    let compiled = compiled(core)?;
    let mut rows = Vec::new();
    for battery in &RUSTCRYPTO {
        console::say(&format!("running {} on {} …", battery.name, core.name()));
        rows.extend(measure(core, &compiled, battery)?);
    }
    let made = table::table(core, &compiled, &rows)?;
    let before = table::committed(core)?;
    console::say(&table::layout(core, &made, before.as_ref()));
    table::write(core, &made)
}
