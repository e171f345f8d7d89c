//! `BearSSL`'s C for the lx106, as the Arduino core for the ESP8266 builds it.
//!
//! Owns where the sources come from (a crate that has them; they are not kept here), the
//! compiler's flags, and what is built anew: everything, when sources, flags or compiler change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::cross::{Compiled, CrossError, Program, built, program};
use crate::root::{cargo, root};
use crate::tls_tables::core::PACKAGE;

/// The crate that has the sources.
const CRATE: &str = "bearssl-sys";
/// Folders of the sources that operations need.
const FOLDERS: [&str; 9] = [
    "aead",
    "codec",
    "ec",
    "hash",
    "int",
    "mac",
    "rand",
    "rsa",
    "symcipher",
];
/// What the compiler is told. Level and multiplication are the Arduino core's choice.
const FLAGS: [&str; 8] = [
    "-Os",
    "-DBR_SLOW_MUL15=1",
    "-std=c99",
    "-ffreestanding",
    "-mlongcalls",
    "-mtext-section-literals",
    "-ffunction-sections",
    "-fdata-sections",
];

/// Objects of `BearSSL`, and what made them.
#[derive(Clone, Debug)]
pub(super) struct Objects {
    /// The compiler, in its own words.
    pub(super) compiler: String,
    /// Version of the crate that has the sources.
    pub(super) version: String,
    paths: Vec<PathBuf>,
}

impl Objects {
    /// Compiles `BearSSL` and the shim in front of it.
    ///
    /// # Errors
    ///
    /// [`CrossError::Missing`] without GCC for the lx106, [`CrossError::Failed`] when the sources
    /// cannot be had or do not compile.
    pub(super) fn build() -> Result<Self, CrossError> {
        let gcc = program(Program::Lx106Compiler)?;
        let compiler = first_line(Command::new(gcc).arg("--version"))?;
        let (version, folder) = sources()?;
        let own = root().join(PACKAGE).join("bearssl");
        let mut files = vec![own.join("shim.c")];
        for part in FOLDERS {
            files.extend(listed(&folder.join("src").join(part))?);
        }
        let into = built().join("lx106/bearssl");
        let shim = fs::read_to_string(&files[0]);
        let shim = shim.map_err(|error| CrossError::of_file(&files[0], &error))?;
        let stamp = format!("{compiler}\n{version}\n{FLAGS:?}\n{files:?}\n{shim}");
        let noted = into.join("stamp");
        if !fs::read_to_string(&noted).is_ok_and(|found| found == stamp) {
            fs::create_dir_all(&into).map_err(|error| CrossError::of_file(&into, &error))?;
            let output = Command::new(gcc)
                .current_dir(&into)
                .args(FLAGS)
                .arg("-I")
                .arg(own.join("include"))
                .args(["inc", "src"].map(|part| format!("-I{}", folder.join(part).display())))
                .arg("-c")
                .args(&files)
                .output()
                .map_err(|error| CrossError::Failed(format!("{gcc} did not start: {error}")))?;
            if !output.status.success() {
                return Err(CrossError::of_program(gcc, &output));
            }
            fs::write(&noted, stamp).map_err(|error| CrossError::of_file(&noted, &error))?;
        }
        let made = |file: &PathBuf| {
            let stem = file.file_stem().unwrap_or_default();
            into.join(stem).with_extension("o")
        };
        Ok(Self {
            compiler,
            version,
            paths: files.iter().map(made).collect(),
        })
    }

    /// Adds the objects to what was compiled.
    pub(super) fn beside(&self, compiled: &Compiled) -> Compiled {
        let mut compiled = compiled.clone();
        compiled.objects.extend(self.paths.iter().cloned());
        compiled
    }
}

/// Returns the C files of a folder, in order.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, CrossError> {
    let entries = fs::read_dir(folder).map_err(|error| CrossError::of_file(folder, &error))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|found| found == "c"))
        .collect();
    files.sort();
    Ok(files)
}

/// Has cargo fetch the sources; returns their version and their folder.
fn sources() -> Result<(String, PathBuf), CrossError> {
    let manifest = format!("{PACKAGE}/Cargo.toml");
    let mut command = cargo(&["metadata", "--locked", "--format-version", "1"]);
    let output = command
        .args(["--manifest-path", &manifest])
        .output()
        .map_err(|error| CrossError::Failed(format!("cargo did not start: {error}")))?;
    if !output.status.success() {
        return Err(CrossError::of_program("cargo metadata", &output));
    }
    let metadata: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let found = metadata.as_ref().and_then(located);
    found.ok_or_else(|| CrossError::Failed(format!("cargo does not know the crate `{CRATE}`")))
}

/// Finds the crate in what `cargo metadata` prints.
fn located(metadata: &Value) -> Option<(String, PathBuf)> {
    let packages = metadata["packages"].as_array()?;
    let package = packages.iter().find(|package| package["name"] == CRATE)?;
    let manifest = Path::new(package["manifest_path"].as_str()?);
    let version = package["version"].as_str()?.to_owned();
    Some((version, manifest.parent()?.join("lib/BearSSL")))
}

fn first_line(command: &mut Command) -> Result<String, CrossError> {
    let output = command
        .output()
        .map_err(|error| CrossError::Failed(format!("the compiler did not start: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_sources_lie_beside_the_crates_manifest() {
        let metadata = json!({ "packages": [
            { "name": "portable", "version": "0.1.0", "manifest_path": "/t/portable/Cargo.toml" },
            { "name": "bearssl-sys", "version": "0.0.4", "manifest_path": "/r/b/Cargo.toml" },
        ] });
        let expected = ("0.0.4".to_owned(), PathBuf::from("/r/b/lib/BearSSL"));
        assert_eq!(located(&metadata), Some(expected));
        assert_eq!(located(&json!({ "packages": [] })), None);
    }
}
