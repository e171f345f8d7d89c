//! The image that ships with nodelab, so that emulated cores need no compiler for them.
//!
//! Owns the file, and the record beside it of what it was built from. Does not know what runs it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::console;
use crate::cross::elf::loadable;
use crate::cross::{CrossError, Package, Target, build};
use crate::root::root;
use crate::tidy::Tree;

/// The image.
const IMAGE: &str = "firmware/images/riscv32imc.elf";
/// What it was built from, and by whom.
pub(crate) const RECORD: &str = "firmware/images/riscv32imc.json";
/// What builds it anew.
pub(crate) const REMEDY: &str = "cargo xtask cross --update-image";
/// Prefixes of everything that it is built from.
const SOURCES: [&str; 5] = [
    "firmware/bare/",
    "node-core/Cargo.toml",
    "node-core/src/",
    "node-wire/Cargo.toml",
    "node-wire/src/",
];

/// Builds the image anew, and writes what it was built from.
///
/// # Errors
///
/// As [`build()`], and [`CrossError::Failed`] when a file cannot be read or written.
pub(super) fn update() -> Result<(), CrossError> {
    let root = root();
    let built = build(Target::Riscv32Process, Package::Node)?;
    let file = read(&built.path)?;
    let image = loadable(&file);
    let image =
        image.ok_or_else(|| CrossError::Failed(format!("{}: no ELF", built.path.display())))?;
    let tree = Tree::read(&root).map_err(|error| CrossError::of_file(&root, &error))?;
    let record = json!({
        "compiler": built.toolchain,
        "image": format!("{:032x}", xxh3_128(&image)),
        "sources": digest(&tree),
    });
    write(&root.join(IMAGE), &image)?;
    write(&root.join(RECORD), format!("{record:#}\n").as_bytes())?;
    console::say(&format!("{IMAGE}: {} bytes", image.len()));
    Ok(())
}

/// Returns a hash over everything that the image is built from: 128-bit XXH3 over each path and
/// content, in order of paths.
pub(crate) fn digest(tree: &Tree) -> String {
    let mut hasher = Xxh3::new();
    let is_source = |path: &str| SOURCES.iter().any(|prefix| path.starts_with(prefix));
    for file in tree.files.iter().filter(|file| is_source(&file.path)) {
        for part in [&file.path, &file.text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    format!("{:032x}", hasher.digest128())
}

/// Returns what a record says of the sources.
pub(crate) fn recorded_sources(record: &str) -> Option<String> {
    let record: Value = serde_json::from_str(record).ok()?;
    record["sources"].as_str().map(str::to_owned)
}

fn read(path: &Path) -> Result<Vec<u8>, CrossError> {
    fs::read(path).map_err(|error| CrossError::of_file(path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CrossError> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| CrossError::of_file(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_image_is_the_one_that_the_record_names() {
        let image = fs::read(root().join(IMAGE)).unwrap();
        let record = fs::read_to_string(root().join(RECORD)).unwrap();
        let record: Value = serde_json::from_str(&record).unwrap();
        let found = format!("{:032x}", xxh3_128(&image));
        assert_eq!(record["image"], found, "run `{REMEDY}`");
    }

    #[test]
    fn a_digest_moves_with_each_source_and_with_nothing_else() {
        let of = |files: &[(&str, &str)]| digest(&Tree::of(files));
        let base = of(&[("node-core/src/a.rs", "ab"), ("sim/src/b.rs", "c")]);
        assert_eq!(
            base,
            of(&[("node-core/src/a.rs", "ab"), ("sim/src/b.rs", "d")])
        );
        assert_ne!(base, of(&[("node-core/src/a.rs", "a")]));
        assert_ne!(base, of(&[("node-core/src/ab.rs", "ab")]));
    }
}
