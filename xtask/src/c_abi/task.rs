//! `cargo xtask c-abi`: builds the library for C and proves it.

use crate::c_abi::example::{Company, Expectation, on_host, on_library, on_lx106};
use crate::c_abi::{header, library};
use crate::console;
use crate::cross::{CrossError, Target};
use crate::failure::Failure;

/// The cores that the library is built for.
const TARGETS: [Target; 2] = [Target::Lx106, Target::Riscv32Virt];

/// Does everything, or with `--check-header` only compares the header.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [] => Ok(prove()?),
        [one] if one == "--check-header" => Ok(header::check()?),
        [other, ..] => Err(Failure::Missing(format!(
            "`{other}` is no argument of c-abi; there is only --check-header"
        ))),
    }
}

/// Does everything, as a step.
pub(crate) fn check() -> Result<(), String> {
    prove().map_err(|error| error.to_string())
}

fn prove() -> Result<(), CrossError> {
    console::say("the header says what the library does");
    header::check()?;
    console::say("the library's own tests, on this machine");
    on_library("test")?;
    console::say("the C example, on this machine");
    on_host(Expectation::Right)?;
    on_host(Expectation::Wrong)?;
    for target in TARGETS {
        let library = library::build(target)?;
        console::say(&format!(
            "{}: {}, by {}",
            target.name(),
            library.archive.display(),
            library.compiled.toolchain.name
        ));
        if target == Target::Lx106 {
            console::say("the C example, on the ESP8266's core in QEMU");
            let (alone, company) = (Company::Alone, Company::Library);
            console::say(&on_lx106(&library, alone, Expectation::Right)?);
            on_lx106(&library, alone, Expectation::Wrong)?;
            console::say("the same, with a C library's and GCC's own routines in front");
            on_lx106(&library, company, Expectation::Right)?;
        }
    }
    console::say("header, libraries and example are right");
    Ok(())
}
