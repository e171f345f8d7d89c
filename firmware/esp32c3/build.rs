//! Reads `node.toml` and writes what the firmware is built with.
//!
//! Owns which file is read: the one that `NODELAB_NODE_TOML` names, else `node.toml`, else the
//! example. Does not know the format.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use portable::settings::{load, source};

const OWN: &str = "node.toml";
const EXAMPLE: &str = "node.example.toml";
const VARIABLE: &str = "NODELAB_NODE_TOML";

fn main() -> ExitCode {
    say(&format!("cargo::rerun-if-env-changed={VARIABLE}"));
    // To cargo, a file that is not there has always changed; the folder changes when it appears.
    let own = if Path::new(OWN).exists() { OWN } else { "." };
    for file in [own, EXAMPLE, "certificates"] {
        say(&format!("cargo::rerun-if-changed={file}"));
    }
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&format!("cargo::error={message}"));
            ExitCode::FAILURE
        }
    }
}

fn write() -> Result<(), String> {
    let path = chosen();
    say(&format!("cargo::rerun-if-changed={}", path.display()));
    let settings = load(&path).map_err(|error| error.to_string())?;
    let folder = env::var_os("OUT_DIR").ok_or("cargo set no OUT_DIR")?;
    let target = Path::new(&folder).join("settings.rs");
    fs::write(&target, source(&settings)).map_err(|error| format!("{}: {error}", target.display()))
}

/// Returns the file to read.
fn chosen() -> PathBuf {
    if let Some(named) = env::var_os(VARIABLE) {
        return named.into();
    }
    if Path::new(OWN).exists() {
        return OWN.into();
    }
    say(&format!(
        "cargo::warning=there is no {OWN}: built from {EXAMPLE}, whose network and broker do not \
         exist; copy it to {OWN} and change the copy"
    ));
    EXAMPLE.into()
}

/// Tells cargo something.
fn say(line: &str) {
    println!("{line}");
}
