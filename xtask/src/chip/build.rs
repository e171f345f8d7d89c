//! How the chip is compiled.
//!
//! Owns compiler, linker and variables; what Wokwi wants of the linker is in the package's own
//! `.cargo/config.toml`. Does not know what becomes of the file.

use std::path::PathBuf;
use std::process::Command;

use crate::chip::FOLDER;
use crate::cross::{CrossError, InstructionSet, Program, Toolchain, built};
use crate::root::root;

/// The file that cargo makes.
const MODULE: &str = "tmp36_chip.wasm";

/// What the chip is compiled and linked with.
#[derive(Debug)]
pub(super) struct Compiler {
    toolchain: Toolchain,
    /// A linker from outside, where the toolchain has none.
    linker: Option<&'static str>,
}

impl Compiler {
    /// Finds one.
    pub(super) fn find() -> Result<Self, CrossError> {
        let toolchain = Toolchain::find(InstructionSet::Wasm32)?;
        let linker = toolchain.outside_linker(Program::WasmLinker)?;
        Ok(Self { toolchain, linker })
    }

    /// Returns everything that decides about the module's bytes, in words.
    pub(super) fn name(&self) -> String {
        let mut name = self.toolchain.name.clone();
        if self.toolchain.builds_core {
            name.push_str(", core from its sources");
        }
        if let Some(version) = self.linker.and_then(version) {
            name.push_str(", ");
            name.push_str(&version);
        }
        name
    }

    /// Builds the chip and returns the module's path.
    pub(super) fn build(&self) -> Result<PathBuf, CrossError> {
        let triple = InstructionSet::Wasm32.triple();
        let folder = built().join("build");
        // The package's own `.cargo/config.toml` counts only from its folder.
        let mut command = self.toolchain.command(&root().join(FOLDER));
        command
            .args(["build", "--release", "--locked", "--target", triple])
            .arg("--target-dir")
            .arg(&folder);
        if let Some(linker) = self.linker {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        if self.toolchain.builds_core {
            command.arg("-Zbuild-std=core");
        }
        let status = command
            .status()
            .map_err(|error| CrossError::Failed(format!("cargo did not start: {error}")))?;
        if !status.success() {
            return Err(CrossError::Failed(format!(
                "cargo, with {}, could not build {FOLDER}",
                self.name()
            )));
        }
        Ok(folder.join(triple).join("release").join(MODULE))
    }
}

/// Returns the first line of what a linker says of itself.
fn version(linker: &str) -> Option<String> {
    let output = Command::new(linker).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}
