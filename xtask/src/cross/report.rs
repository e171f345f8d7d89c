//! `cargo xtask cross`: builds for every core, and says what it takes.

use crate::console;
use crate::cross::{CrossError, Elf, Package, Target, build};

/// Builds all images.
pub(crate) fn run(_: &[String]) -> Result<(), CrossError> {
    for target in Target::ALL {
        console::say(&format!("building for {}", target.name()));
        let image = build(target, Package::Node)?;
        let file = std::fs::read(&image.path).map_err(|e| CrossError::of_file(&image.path, &e))?;
        let elf = Elf::read(&file).ok_or_else(|| CrossError::Failed("no ELF".into()))?;
        console::say(&format!(
            "{} {:?} {}",
            image.toolchain,
            elf.sizes(),
            image.path.display()
        ));
    }
    Ok(())
}
