//! How cargo is started for the chip.
//!
//! Owns compiler, linker and variables. Does not know what becomes of the file.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use crate::c3::{BUILT, FOLDER, NAME};
use crate::cross::{CrossError, InstructionSet, Program, Toolchain};
use crate::root::root;

/// Makes an image's build time, and so the image, the same on every run.
const EPOCH: &str = "SOURCE_DATE_EPOCH";
/// Names the file that the firmware is configured by; its build script reads it.
const SETTINGS: &str = "NODELAB_NODE_TOML";

/// What the firmware is compiled and linked with.
pub(super) struct Compiler {
    toolchain: Toolchain,
    /// A linker from outside, where the toolchain has none.
    linker: Option<&'static str>,
}

impl Compiler {
    /// Finds one.
    pub(super) fn find() -> Result<Self, CrossError> {
        let toolchain = Toolchain::find(InstructionSet::Riscv32)?;
        // esp-hal's linker scripts are written for LLVM's linker.
        let linker = toolchain.outside_linker(Program::Lld)?;
        Ok(Self { toolchain, linker })
    }

    /// Builds the firmware and returns the linked file.
    pub(super) fn build(&self) -> Result<PathBuf, CrossError> {
        let triple = InstructionSet::Riscv32.triple();
        // The package's own `.cargo/config.toml` counts only from its folder.
        let mut command = self.toolchain.command(&root().join(FOLDER));
        command
            .env(EPOCH, epoch())
            .args(["build", "--release", "--locked", "--target", triple])
            .arg("--target-dir")
            .arg(root().join(BUILT))
            .arg("--config")
            .arg(self.same_everywhere());
        if let Some(linker) = self.linker {
            let variable = "CARGO_TARGET_RISCV32IMC_UNKNOWN_NONE_ELF_LINKER";
            command.env(variable, linker);
        }
        if let Some(settings) = env::var_os(SETTINGS) {
            // Relative to where the user stands, not to the package.
            let here = env::current_dir().unwrap_or_else(|_| root());
            command.env(SETTINGS, here.join(settings));
        }
        if self.toolchain.builds_core {
            command.arg("-Zbuild-std=core,alloc");
        }
        let status = command
            .status()
            .map_err(|error| CrossError::Failed(format!("cargo did not start: {error}")))?;
        if !status.success() {
            return Err(CrossError::Failed(format!(
                "cargo, with {self}, could not build {FOLDER}"
            )));
        }
        Ok(root().join(BUILT).join(triple).join("release").join(NAME))
    }

    /// Returns the setting that keeps this machine's folders out of the image, where panics name
    /// the files that they are in.
    fn same_everywhere(&self) -> String {
        let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let cargo_home = env::var_os("CARGO_HOME").map_or(home.join(".cargo"), PathBuf::from);
        let repository = root().canonicalize().unwrap_or_else(|_| root());
        let library = self.toolchain.sysroot.join("lib/rustlib/src/rust");
        let flags: Vec<String> = [
            (cargo_home, "cargo"),
            (repository, "nodelab"),
            (library, "rust"),
        ]
        .iter()
        .map(|(from, to)| format!("\"--remap-path-prefix={}={to}\"", from.display()))
        .collect();
        format!(
            "target.{}.rustflags=[{}]",
            InstructionSet::Riscv32.triple(),
            flags.join(",")
        )
    }
}

impl fmt::Display for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.toolchain.name)?;
        self.linker
            .map_or(Ok(()), |linker| write!(f, " and {linker}"))
    }
}

/// Returns the seconds that count as the build's time: those of the environment, else those of the
/// last commit.
fn epoch() -> OsString {
    env::var_os(EPOCH).unwrap_or_else(|| {
        let output = Command::new("git")
            .args(["log", "-1", "--format=%ct"])
            .current_dir(root())
            .output();
        let text = output
            .ok()
            .filter(|output| output.status.success())
            .and_then(|output| String::from_utf8(output.stdout).ok());
        // A tarball has no commits.
        text.map_or("0".into(), |text| text.trim().into())
    })
}
