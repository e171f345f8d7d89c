//! `cargo xtask tls-tables`: measures everything, and writes the tables anew.

use crate::console;
use crate::cross::CrossError;
use crate::tls_tables::battery::RUSTCRYPTO;
use crate::tls_tables::core::{Core, compiled, measure};
use crate::tls_tables::recording::Recording;
use crate::tls_tables::{handshake, table};

/// Measures everything, and writes the tables anew.
///
/// # Errors
///
/// [`CrossError::Failed`] when an answer is wrong or an image does not end well,
/// [`CrossError::Missing`] without a tool, or for a command line that makes no sense.
pub(crate) fn run(arguments: &[String]) -> Result<(), CrossError> {
    match arguments {
        [] => Core::ALL.into_iter().try_for_each(renew),
        [word] if word == "--record" => record(),
        _ => Err(CrossError::Missing(
            "usage: cargo xtask tls-tables [--check | --record]".to_owned(),
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
    let image = handshake::image(core, &compiled)?;
    let mut handshakes = Vec::new();
    for intermediates in handshake::INTERMEDIATES {
        let name = handshake::name(intermediates);
        console::say(&format!("running {name} on {} …", core.name()));
        let recording = Recording::read(intermediates)?;
        let opened = handshake::replay(&image, &recording)?;
        handshakes.push(handshake::row(&image, intermediates, opened)?);
    }
    let made = table::table(core, &compiled, &rows, &handshakes)?;
    let before = table::committed(core)?;
    console::say(&table::layout(core, &made, before.as_ref()));
    table::write(core, &made)
}

/// Records the handshakes of one core with the simulator's server.
fn record() -> Result<(), CrossError> {
    let core = Core::Riscv32imc;
    let image = handshake::image(core, &compiled(core)?)?;
    for intermediates in handshake::INTERMEDIATES {
        let (recording, opened) = handshake::live(&image, intermediates)?;
        recording.write(intermediates)?;
        let name = handshake::name(intermediates);
        console::say(&format!("recorded {name}: {opened:?}"));
    }
    Ok(())
}
