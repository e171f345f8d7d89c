//! Runs the real program, from the repository's root, as a user would.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How a run of the program ended.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `nodelab` with these arguments.
pub(crate) fn nodelab(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodelab"));
    command.args(arguments).current_dir(root());
    // A build server's variables would make each run a shard.
    for name in [
        "CI_NODE_INDEX",
        "CIRCLE_NODE_INDEX",
        "BUILDKITE_PARALLEL_JOB",
    ] {
        command.env_remove(name);
    }
    let output = command.output().expect("the program starts");
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("standard output is text"),
        err: String::from_utf8(output.stderr).expect("standard error is text"),
    }
}

/// Returns the repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the repository")
        .to_path_buf()
}
