//! Whether a difference would be seen: one constant of node-core, changed for one core alone.
//!
//! Owns the copy that is changed. Does not compare anything itself.

use std::fs;
use std::io;
use std::path::Path;

use crate::console;
use crate::cross::{CrossError, Image, Package, Target, build, build_copy};
use crate::failure::Failure;
use crate::parity::compare::Part;
use crate::parity::divergence::{Images, describe};
use crate::parity::record::{Wanted, record};
use crate::parity::replay::{How, Stop, replay};
use crate::root::root;

/// Where the copy is built, from the repository's root.
const COPY: &str = "target/firmware/flipped";
/// What is copied: everything that the image is built from.
const FOLDERS: [&str; 4] = ["firmware/bare", "firmware/kat", "node-core", "node-wire"];
/// The file of the constant.
const FILE: &str = "node-core/src/sensor/tmp36.rs";
/// The constant: the TMP36's voltage at 0 °C, in microvolts.
const BEFORE: &str = "const OFFSET_UV: i64 = 500_000;";
/// A millivolt more, which is 0.1 °C.
const AFTER: &str = "const OFFSET_UV: i64 = 501_000;";
/// The core that it is changed for.
const FLIPPED: Target = Target::Lx106;
/// The core that it is not changed for.
const OTHER: Target = Target::Riscv32Virt;
/// Whose lives are replayed.
const SCENARIO: &str = "scenarios/first-reading.test.yaml";

/// Checks that the changed core is found and shown, and the other is not.
///
/// # Errors
///
/// [`Failure::Failed`] when it is not seen, or not in the turn that takes the reading.
pub(crate) fn check() -> Result<(), Failure> {
    copy().map_err(|error| format!("{COPY}: {error}"))?;
    let wanted = Wanted {
        scenarios: SCENARIO,
        seed: None,
    };
    let lives = record(wanted, |_| true)?.lives;
    let parts: Vec<Part> = lives.into_iter().map(Part::new).collect();
    let other = build(OTHER, Package::Node)?;
    match replay(&other, &parts) {
        Ok(_) => {}
        Err(Stop::Failed(error)) => return Err(error.into()),
        Err(Stop::Diverged(_)) => {
            return Err(format!("{} differs although nothing was changed", OTHER.name()).into());
        }
    }
    let images = Images {
        node: build_copy(COPY, FLIPPED, Package::Node)?,
        dump,
    };
    match replay(&images.node, &parts) {
        Ok(_) => Err(Failure::Failed(format!(
            "{FILE} was changed for {} alone, and nothing was seen",
            FLIPPED.name()
        ))),
        Err(Stop::Failed(error)) => Err(error.into()),
        Err(Stop::Diverged(found)) => {
            let shown = describe(&images, &parts, &found);
            console::say(&format!("{shown}\nfound, as it must be: {AFTER}"));
            if found.how == How::Differs {
                judge(&shown).map_err(Failure::Failed)
            } else {
                Err(Failure::Failed(
                    "it does not show as a difference".to_owned(),
                ))
            }
        }
    }
}

fn dump(image: &Image) -> Result<Image, CrossError> {
    build_copy(COPY, image.target, Package::Dump)
}

/// Checks that a picture shows the reading that is another one, in answers and in the state.
fn judge(shown: &str) -> Result<(), String> {
    let lines: Vec<&str> = shown.lines().collect();
    let has = |front: &str, part: &str| {
        let found = |line: &&str| line.trim_start().starts_with(front) && line.contains(part);
        lines.iter().any(found)
    };
    let facts = [
        (has("life", SCENARIO), "the scenario"),
        (has("told", "sampled: code"), "the code that was told"),
        (has("≠ host", "ReadingTaken"), "the host's reading"),
        (has(FLIPPED.name(), "ReadingTaken"), "the core's reading"),
        (has("", "→"), "what the nodes hold"),
        (
            has("they held the same before it", ""),
            "that it began there",
        ),
        (has("replay", "--only"), "how to see it again"),
    ];
    let missing = facts.iter().find(|(is_shown, _)| !is_shown);
    missing.map_or(Ok(()), |(_, what)| {
        Err(format!("the difference was seen, but not {what}"))
    })
}

/// Copies what the image is built from, and changes the constant.
fn copy() -> io::Result<()> {
    let (from, to) = (root(), root().join(COPY));
    for folder in FOLDERS {
        copy_folder(&from.join(folder), &to.join(folder))?;
    }
    let workspace = fs::read_to_string(from.join("Cargo.toml"))?;
    write(&to.join("Cargo.toml"), &reduced(&workspace))?;
    let source = fs::read_to_string(from.join(FILE))?;
    if !source.contains(BEFORE) {
        return Err(io::Error::other(format!("{FILE} has no `{BEFORE}`")));
    }
    write(&to.join(FILE), &source.replace(BEFORE, AFTER))
}

/// Leaves out of the workspace what was not copied.
fn reduced(workspace: &str) -> String {
    let lines = workspace.lines().map(|line| match line.split_once(" = ") {
        Some(("members", _)) => "members = [\"node-core\", \"node-wire\"]",
        Some(("default-members", _)) => "",
        _ => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if !entry.file_type()?.is_dir() {
            // The changed file is written once, so that a copy that is up to date stays so.
            if !source.ends_with(FILE) {
                write(&target, &fs::read_to_string(&source)?)?;
            }
        } else if entry.file_name() != "target" {
            copy_folder(&source, &target)?;
        }
    }
    Ok(())
}

/// Writes a file, unless it has this text already: cargo looks at its time.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_is_where_it_is_looked_for() {
        let source = fs::read_to_string(root().join(FILE)).unwrap();
        assert_eq!(source.matches(BEFORE).count(), 1);
    }

    #[test]
    fn the_copied_workspace_has_only_what_was_copied() {
        let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let reduced = reduced(&workspace);
        assert!(reduced.contains("members = [\"node-core\", \"node-wire\"]\n"));
        assert!(!reduced.contains("default-members"));
    }

    #[test]
    fn a_picture_without_the_reading_is_not_enough() {
        let whole = format!(
            "  life     {SCENARIO} seed 1\n  told     sampled: code 240\n\
             \x20 ≠ host   event ReadingTaken(1)\n    lx106  event ReadingTaken(2)\n\
             \x20   a: 1 → 2\n  they held the same before it\n  replay   cargo --only\n"
        );
        assert_eq!(judge(&whole), Ok(()));
        for line in whole.lines() {
            let without = whole.replace(line, "");
            assert!(judge(&without).is_err(), "{line}");
        }
    }
}
