//! `cargo xtask c3`: the firmware for the ESP32-C3, from its tests to an image that can be flashed.
//!
//! Owns the order: what a host can test, the build, the image, the tool's opinion of it, the
//! sizes. Does not know how a compiler is found, nor how the tool is called.

mod build;
mod esptool;
mod report;

use std::fs;
use std::path::{Path, PathBuf};

use crate::console;
use crate::cross::{CrossError, Elf};
use crate::root::{cargo, root};

use self::esptool::Esptool;

/// The package, from the repository's root.
const FOLDER: &str = "firmware/esp32c3";
/// What everything is built in, and where the results lie.
const BUILT: &str = "target/firmware/esp32c3";
const NAME: &str = "nodelab-esp32c3";

/// Tests, builds and checks the firmware.
pub(crate) fn run(_arguments: &[String]) -> Result<(), CrossError> {
    // What is missing is said before minutes are spent.
    let tool = Esptool::find()?;
    let compiler = build::Compiler::find()?;
    test()?;
    console::say(&format!("    building with {compiler}"));
    let elf = place(&compiler.build()?)?;
    let image = elf.with_extension("bin");
    tool.convert(&elf, &image)?;
    let opinion = tool.judge(&image)?;
    let read = |path: &Path| fs::read(path).map_err(|error| CrossError::of_file(path, &error));
    let parts = Elf::read(&read(&elf)?)
        .ok_or_else(|| CrossError::Failed(format!("{} is no ELF file", elf.display())))?;
    let length = read(&image)?.len();
    console::say(&report::table(&parts, length, &opinion));
    console::say(&format!("    {}", image.display()));
    Ok(())
}

/// As a step of `cargo xtask test`.
pub(crate) fn check() -> Result<(), String> {
    run(&[]).map_err(|error| error.to_string())
}

/// Runs what knows no chip.
fn test() -> Result<(), CrossError> {
    let manifest = format!("{FOLDER}/Cargo.toml");
    // `--all` would go on to the packages of other workspaces.
    start(&[
        "fmt",
        "--check",
        "--manifest-path",
        &manifest,
        "--package",
        NAME,
        "portable",
    ])?;
    start(&[
        "test",
        "--locked",
        "--quiet",
        "--manifest-path",
        &manifest,
        "--package",
        "portable",
        "--features",
        "settings,tls",
        "--target-dir",
        BUILT,
    ])
}

fn start(arguments: &[&str]) -> Result<(), CrossError> {
    console::say(&format!("    cargo {}", arguments.join(" ")));
    match cargo(arguments).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(CrossError::Failed(format!("cargo ended with {status}"))),
        Err(error) => Err(CrossError::Failed(format!("cargo did not start: {error}"))),
    }
}

/// Copies what was built to where it is looked for, and returns that place.
fn place(built: &Path) -> Result<PathBuf, CrossError> {
    let elf = root().join(BUILT).join(format!("{NAME}.elf"));
    fs::copy(built, &elf).map_err(|error| CrossError::of_file(built, &error))?;
    Ok(elf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wokwi_is_told_where_the_firmware_is_put() {
        let told = fs::read_to_string(root().join("boards/esp32-c3/wokwi.toml")).unwrap();
        for key in ["firmware", "elf"] {
            let line = format!("{key} = \"../../{BUILT}/{NAME}.elf\"");
            assert!(told.lines().any(|found| found == line), "{line}");
        }
    }
}
