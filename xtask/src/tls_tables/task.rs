//! `cargo xtask tls-tables`: measures everything, and writes the tables anew.

use crate::console;
use crate::cross::CrossError;
use crate::tls_tables::battery::{BEARSSL, EMBEDDED_TLS, RUSTCRYPTO};
use crate::tls_tables::bearssl::Objects;
use crate::tls_tables::core::{Core, compiled, measure};
use crate::tls_tables::recording::Recording;
use crate::tls_tables::table::Findings;
use crate::tls_tables::{check, handshake, table};

/// Measures everything, and writes the tables anew.
///
/// # Errors
///
/// [`CrossError::Failed`] when an answer is wrong or an image does not end well,
/// [`CrossError::Missing`] without a tool, or for a command line that makes no sense.
pub(crate) fn run(arguments: &[String]) -> Result<(), CrossError> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => Core::ALL.into_iter().try_for_each(renew),
        ["--check"] => check::check(&Core::ALL),
        ["--record"] => record(),
        ["--check", name] => check::check(&[named(name)?]),
        [name] if !name.starts_with('-') => renew(named(name)?),
        _ => Err(CrossError::Missing(
            "usage: cargo xtask tls-tables [--check] [lx106 | riscv32imc], or --record".to_owned(),
        )),
    }
}

fn named(name: &str) -> Result<Core, CrossError> {
    let core = Core::ALL.into_iter().find(|core| core.name() == name);
    core.ok_or_else(|| {
        let names = Core::ALL.map(Core::name).join(", ");
        CrossError::Missing(format!("there is no core `{name}`; there are {names}"))
    })
}

fn renew(core: Core) -> Result<(), CrossError> {
    let compiled = compiled(core)?;
    let say = |name: &str| console::say(&format!("running {name} on {} …", core.name()));
    let mut findings = Findings::default();
    for battery in &RUSTCRYPTO {
        say(battery.name);
        let rows = measure(core, &compiled, battery)?;
        findings.rustcrypto.extend(rows);
    }
    say(EMBEDDED_TLS.name);
    findings.embedded_tls = measure(core, &compiled, &EMBEDDED_TLS)?;
    if core == Core::Lx106 {
        let objects = Objects::build()?;
        say(BEARSSL.name);
        let rows = measure(core, &objects.beside(&compiled), &BEARSSL)?;
        findings.bearssl = Some((rows, objects));
    }
    let image = handshake::image(core, &compiled)?;
    for intermediates in handshake::INTERMEDIATES {
        say(&handshake::name(intermediates));
        let recording = Recording::read(intermediates)?;
        let opened = handshake::replay(&image, &recording)?;
        let row = handshake::row(&image, intermediates, opened)?;
        findings.handshakes.push(row);
    }
    let made = table::table(core, &compiled, &findings)?;
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
