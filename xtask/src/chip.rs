//! `cargo xtask chip`: nodelab's TMP36 as a chip for Wokwi.
//!
//! Owns which file ships, and how a fresh build is held against it: by its bytes where the same
//! compiler made both, by what it does where another one did. Does not know what a chip does.

mod build;

use std::fs;
use std::path::{Path, PathBuf};

use crate::console;
use crate::cross::CrossError;
use crate::failure::Failure;
use crate::root::{cargo, root};
use crate::shipped::Shipped;

use self::build::Compiler;

/// The package, from the repository's root.
const FOLDER: &str = "boards/chips/tmp36";
/// Names a module for the test that compares the chip with the simulator's sensor.
const MODULE: &str = "NODELAB_CHIP_WASM";

/// The chip that ships.
pub(crate) const CHIP: Shipped = Shipped {
    file: "boards/chips/tmp36.chip.wasm",
    record: "boards/chips/tmp36.record.json",
    remedy: "cargo xtask chip",
    sources: &[
        "boards/chips/tmp36/",
        "tmp36-model/Cargo.toml",
        "tmp36-model/src/",
    ],
};

/// Builds the chip and puts it in place; with `--check`, holds the one in place against it.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => Ok(update()?),
        ["--check"] => Ok(compare()?),
        _ => Err(Failure::Missing(
            "usage: cargo xtask chip [--check]".to_owned(),
        )),
    }
}

/// As a step of `cargo xtask test`.
pub(crate) fn check() -> Result<(), String> {
    compare().map_err(|error| error.to_string())
}

fn update() -> Result<(), CrossError> {
    let compiler = Compiler::find()?;
    let (_, fresh) = build(&compiler)?;
    CHIP.replace(&fresh, &compiler.name())
}

fn compare() -> Result<(), CrossError> {
    let compiler = Compiler::find()?;
    let (shipped, record) = CHIP.read()?;
    let (path, fresh) = build(&compiler)?;
    if fresh == shipped {
        console::say(&format!("    {}: the same bytes", CHIP.file));
        return Ok(());
    }
    if record.compiler == compiler.name() {
        return Err(CrossError::Failed(format!(
            "{} has other bytes than a fresh build with the same compiler: run `{}`",
            CHIP.file, CHIP.remedy
        )));
    }
    console::say(&format!(
        "    {} was made by {}; holding this build against the simulator's sensor",
        CHIP.file, record.compiler
    ));
    test(&path)
}

/// Builds the chip, says by whom and how large, and returns where it lies, and its bytes.
fn build(compiler: &Compiler) -> Result<(PathBuf, Vec<u8>), CrossError> {
    let path = compiler.build()?;
    let bytes = fs::read(&path).map_err(|error| CrossError::of_file(&path, &error))?;
    console::say(&format!(
        "    {} bytes, made by {}",
        bytes.len(),
        compiler.name()
    ));
    Ok((path, bytes))
}

/// Compares a module with the simulator's own sensor, in an interpreter.
fn test(module: &Path) -> Result<(), CrossError> {
    let status = cargo(&["test", "--package", "nodelab-sim", "--test", "wokwi_chip"])
        .env(MODULE, root().join(module))
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(CrossError::Failed(format!("cargo ended with {status}"))),
        Err(error) => Err(CrossError::Failed(format!("cargo did not start: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_chip_is_the_one_that_its_record_names() {
        CHIP.read().unwrap();
    }

    #[test]
    fn each_board_names_the_chip_that_ships() {
        for board in ["esp32-c3", "nodemcu"] {
            let folder = root().join("boards").join(board);
            let told = fs::read_to_string(folder.join("wokwi.toml")).unwrap();
            let name = CHIP.file.trim_start_matches("boards/");
            assert!(told.contains(&format!("binary = \"../{name}\"")), "{board}");
        }
        // Wokwi looks for the chip's description under the name of its module.
        let description = Path::new(CHIP.file).with_extension("json");
        assert!(root().join(description).is_file());
    }

    #[test]
    fn only_a_check_may_be_asked_for() {
        let failure = run(&["--fast".to_owned()]).unwrap_err();
        assert!(matches!(failure, Failure::Missing(text) if text.contains("--check")));
    }
}
