//! What is wrong with `node.toml`, and where.

use std::fmt;

/// A place in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// One mistake.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SettingsError {
    /// Where.
    pub place: Place,
    /// The key, with its tables: `broker.port`. Empty for the file as a whole.
    pub key: String,
    /// What was read; a secret only by its length.
    pub read: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place.file)?;
        if self.place.line > 0 {
            write!(f, ":{}:{}", self.place.line, self.place.column)?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key)?;
        }
        write!(f, "read {}, expected {}", self.read, self.expected)
    }
}

impl std::error::Error for SettingsError {}
