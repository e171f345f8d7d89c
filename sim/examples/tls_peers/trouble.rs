//! Why a run ends early.

use std::fmt;

/// What stands in the way.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A program did something else than what was asked.
    Failed(String),
    /// The command line makes no sense, or a program is not installed; says what to do.
    Invalid(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(message) | Self::Invalid(message) => f.write_str(message),
        }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<String> for Trouble {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}
