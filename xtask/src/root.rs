//! Where the repository is, and how to start cargo in it.
//!
//! Owns the working directory of everything that a task starts.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the folder that holds the workspace's `Cargo.toml`.
///
/// Cargo names the package's own folder while it runs a binary or a test; a binary that is
/// started by hand takes the current folder.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    package
        .as_deref()
        .and_then(Path::parent)
        .map(Path::to_path_buf)
        // A whole path, because programs are started in other folders.
        .or_else(|| env::current_dir().ok())
        .unwrap_or_else(|| PathBuf::from("."))
}

/// Returns a command that runs cargo in the repository.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    // What cargo told this binary about its own package must not reach another build.
    command
        .args(arguments)
        .current_dir(root())
        .env_remove("CARGO_MANIFEST_DIR");
    command
}
