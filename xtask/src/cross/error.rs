//! Why an image could not be made.

use std::fmt;
use std::path::Path;
use std::process::Output;

/// Lines of a program's own words that are repeated.
const LINES_MAX: usize = 40;

/// Why an image could not be made or run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum CrossError {
    /// Something was there and did not do its work.
    Failed(String),
    /// Something is not installed; says what was looked for, and the command that mends it.
    Missing(String),
}

impl CrossError {
    /// Names a program that failed, and repeats the end of what it said.
    pub(crate) fn of_program(what: &str, output: &Output) -> Self {
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().collect();
        let from = lines.len().saturating_sub(LINES_MAX);
        Self::Failed(format!(
            "{what} ended with {}:\n{}",
            output.status,
            lines[from..].join("\n")
        ))
    }

    /// Names a file that could not be read or written.
    pub(crate) fn of_file(path: &Path, error: &std::io::Error) -> Self {
        Self::Failed(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for CrossError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(message) | Self::Missing(message) => f.write_str(message),
        }
    }
}
