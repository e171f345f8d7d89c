//! Runs `nodelab serve` for as long as a test lasts, from the repository's root.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server that ends with its test; by itself after two minutes, whatever happens to the test.
pub(crate) struct Serving {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Serving {
    /// Starts `nodelab serve` with these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nodelab"))
            .args(["serve", "--for", "2min"])
            .args(arguments)
            .current_dir(root())
            .env_remove("NODELAB_TOKEN")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, out }
    }

    /// Returns where a service listens, which its greeting says.
    pub(crate) fn address(&mut self, service: &str) -> SocketAddr {
        loop {
            let line = self.line();
            let listens = line.split_once(" listens on ");
            if let Some((_, rest)) = listens.filter(|(name, _)| name.trim() == service) {
                let end = rest.find(|c: char| c == ' ' || c == ',');
                let text = rest[..end.unwrap_or(rest.len())].trim_end_matches(':');
                return text.parse().expect("a greeting has an address");
            }
        }
    }

    /// Returns the next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("it prints text");
        assert!(!line.is_empty(), "the server ended");
        line
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Returns the repository's root.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .parent()
        .expect("it lies in the repository")
        .to_path_buf()
}

/// Returns a program of the virtual environment for `serve-devices`, or of the search path.
pub(crate) fn tool(name: &str) -> Command {
    let own = root().join("target/serve-devices/bin").join(name);
    let mut command = Command::new(if own.exists() { own } else { name.into() });
    command.current_dir(root());
    command
}
