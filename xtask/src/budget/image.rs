//! The image that is measured: the library for C with every function that the header declares,
//! and all that they reach.
//!
//! Owns the link. No driver, no start code and no example is in it, so that what is measured is
//! what a firmware gets.

use std::fs;

use crate::c_abi::{self, run_program};
use crate::cross::{CrossError, Elf, Target, built, linker};
use crate::root::root;

/// The cores that are measured.
pub(super) const TARGETS: [Target; 2] = [Target::Lx106, Target::Riscv32Virt];

/// Builds and links the library for a core, and reads the image.
///
/// # Errors
///
/// [`CrossError::Missing`] without one of the tools, [`CrossError::Failed`] when one fails.
pub(super) fn measured(target: Target) -> Result<Elf, CrossError> {
    let exports = c_abi::exports()?;
    let library = c_abi::build(target)?;
    let path = built()
        .join("c-abi")
        .join(target.name())
        .join("measured.elf");
    let scripts = root().join("firmware/bare/link");
    let mut command = linker(target, &library.compiled)?;
    command
        .arg("-L")
        .arg(&scripts)
        .arg("-T")
        .arg(scripts.join(target.script()))
        .arg("--gc-sections")
        .args(exports.iter().map(|name| format!("--undefined={name}")))
        .arg(format!(
            "--entry={}",
            exports.first().map_or("", |name| name)
        ))
        // What a trap calls is the firmware's own.
        .arg("--defsym=abort=0")
        .arg("-o")
        .arg(&path)
        .arg(&library.archive);
    run_program(&mut command)?;
    let file = fs::read(&path).map_err(|error| CrossError::of_file(&path, &error))?;
    let elf = Elf::read(&file)
        .ok_or_else(|| CrossError::Failed(format!("{} is no 32-bit ELF file", path.display())))?;
    match exports.iter().find(|name| elf.address(name).is_none()) {
        Some(name) => Err(CrossError::Failed(format!(
            "the header declares {name}, and the library for {} does not have it",
            target.name()
        ))),
        None => Ok(elf),
    }
}
