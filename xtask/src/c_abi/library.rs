//! `libnode_core.a`: what a C linker takes.
//!
//! Owns the names and the strength of symbols, so that the archive goes into a firmware that has
//! a C library and a compiler's library of its own:
//!
//! - Every routine that those libraries have too (`memcpy`, `__muldi3`, `__udivdi3`, …) is weak:
//!   whichever comes first is taken, and neither is a duplicate.
//! - Where a remedy mends such a routine, the compiler's own is hidden: the archive has one.
//! - Members are called `….c.o`: the linker script of Arduino puts code of such members into
//!   flash, and that of all others into IRAM, which has 32 KiB (`eagle.app.v6.common.ld.h`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::c_abi::run_program;
use crate::cross::{Compiled, Crate, CrossError, Program, Target, built, compile, program};

/// A library for one core.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    /// The file.
    pub(crate) archive: PathBuf,
    /// What it was made of, and by which compiler.
    pub(crate) compiled: Compiled,
}

/// The section of the remedy that multiplies; in a library it is code like any other.
const FAST_MULTIPLY: &str = ".iram.muldi3=.text.__muldi3";

/// Builds the library for a core.
///
/// # Errors
///
/// [`CrossError::Missing`] without one of the tools, [`CrossError::Failed`] when one fails.
pub(crate) fn build(target: Target) -> Result<Library, CrossError> {
    let wanted = Crate {
        folder: "firmware/c-abi",
        features: &[],
        level: None,
        settings: &[],
    };
    let compiled = compile(target, &wanted)?;
    let folder = built().join("c-abi").join(target.name());
    fs::create_dir_all(&folder).map_err(|error| CrossError::of_file(&folder, &error))?;
    let archive = folder.join("libnode_core.a");
    match target {
        Target::Lx106 => put_together(&compiled, &folder, &archive)?,
        // The compiler's own archive: its routines are weak already.
        Target::Riscv32Process | Target::Riscv32Virt => {
            let made = compiled.objects.first().ok_or_else(|| {
                CrossError::Failed("the compiler made no static library".to_owned())
            })?;
            fs::copy(made, &archive).map_err(|error| CrossError::of_file(made, &error))?;
        }
    }
    Ok(Library { archive, compiled })
}

/// Makes an archive of objects: remedies first, then each crate once.
fn put_together(compiled: &Compiled, folder: &Path, archive: &Path) -> Result<(), CrossError> {
    let mended = defined(&compiled.remedies)?;
    let mut members = Vec::new();
    // Not `--weaken`: that would weaken what a remedy asks of others, too, and a linker does not
    // look for what is only weakly asked for.
    let each = |option: &str| -> Vec<String> {
        mended
            .iter()
            .map(|name| format!("{option}={name}"))
            .collect()
    };
    let mut weak = each("--weaken-symbol");
    weak.extend(["--rename-section", FAST_MULTIPLY].map(str::to_owned));
    for object in &compiled.remedies {
        members.push(member(object, folder, &weak)?);
    }
    let hidden = each("--localize-symbol");
    for object in &compiled.objects {
        let is_builtins = stem(object) == "compiler_builtins";
        let arguments = if is_builtins { hidden.as_slice() } else { &[] };
        let made = member(object, folder, arguments)?;
        // A crate that makes both a static and a Rust library is told twice.
        if !members.contains(&made) {
            members.push(made);
        }
    }
    if archive.exists() {
        fs::remove_file(archive).map_err(|error| CrossError::of_file(archive, &error))?;
    }
    let mut archiver = Command::new(program(Program::Lx106Archiver)?);
    // D: no times and owners, so that equal objects make equal archives.
    run_program(archiver.arg("rcsD").arg(archive).args(&members))?;
    Ok(())
}

/// Copies an object to the name that it has in the archive.
fn member(object: &Path, folder: &Path, arguments: &[String]) -> Result<PathBuf, CrossError> {
    let made = folder.join(format!("{}.c.o", stem(object)));
    let mut copier = Command::new(program(Program::Lx106ObjectCopier)?);
    run_program(copier.args(arguments).arg(object).arg(&made))?;
    Ok(made)
}

/// Returns the names that objects define for others.
fn defined(objects: &[PathBuf]) -> Result<Vec<String>, CrossError> {
    let mut lister = Command::new(program(Program::Lx106Symbols)?);
    let output = run_program(
        lister
            .args(["--defined-only", "--extern-only", "--format=posix"])
            .args(objects),
    )?;
    Ok(names(&String::from_utf8_lossy(&output.stdout)))
}

/// Reads names out of what `nm --format=posix` prints: `NAME TYPE VALUE SIZE`.
fn names(listing: &str) -> Vec<String> {
    let lines = listing.lines().map(|line| line.split_whitespace());
    lines
        .filter_map(|mut words| {
            let name = words.next()?;
            // Without a type it is the head of the next object's list.
            words.next().map(|_| name.to_owned())
        })
        .collect()
}

/// Returns a crate's name: that of its object, without what follows a hyphen.
fn stem(object: &Path) -> String {
    let stem = object.file_stem().unwrap_or_default().to_string_lossy();
    stem.split('-').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_without_the_heads_of_lists() {
        let listing = "\na.o:\n__muldi3 T 00000000 0000003b\n__udivti3 T 00000010 00000000\n";
        assert_eq!(names(listing), ["__muldi3", "__udivti3"]);
    }

    #[test]
    fn members_have_the_names_of_their_crates() {
        assert_eq!(stem(Path::new("a/node_core-0a1b.o")), "node_core");
        assert_eq!(stem(Path::new("muldi3.o")), "muldi3");
    }
}
