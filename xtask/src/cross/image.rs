//! The image that ships with nodelab, so that emulated cores need no compiler for them.
//!
//! Owns which file it is and what it is built from. Does not know what runs it.

use std::fs;

use crate::console;
use crate::cross::elf::loadable;
use crate::cross::{CrossError, Package, Target, build};
use crate::shipped::Shipped;

/// The image.
pub(crate) const IMAGE: Shipped = Shipped {
    file: "firmware/images/riscv32imc.elf",
    record: "firmware/images/riscv32imc.json",
    remedy: "cargo xtask cross --update-image",
    sources: &[
        "firmware/bare/",
        "node-core/Cargo.toml",
        "node-core/src/",
        "node-wire/Cargo.toml",
        "node-wire/src/",
    ],
};

/// Builds the image anew, and writes what it was built from.
///
/// # Errors
///
/// As [`build()`], and [`CrossError::Failed`] when a file cannot be read or written.
pub(super) fn update() -> Result<(), CrossError> {
    let built = build(Target::Riscv32Process, Package::Node)?;
    let file = fs::read(&built.path).map_err(|error| CrossError::of_file(&built.path, &error))?;
    let image = loadable(&file);
    let image =
        image.ok_or_else(|| CrossError::Failed(format!("{}: no ELF", built.path.display())))?;
    IMAGE.replace(&image, &built.toolchain)?;
    console::say(&format!("{}: {} bytes", IMAGE.file, image.len()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_image_is_the_one_that_the_record_names() {
        IMAGE.read().unwrap();
    }
}
