//! How a task can fail, as its exit code tells it.

use std::fmt;

use crate::cross::CrossError;

/// Why a task did not succeed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Failure {
    /// A check failed.
    Failed(String),
    /// Something that the task needs is not installed; says what to do.
    Missing(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(message) | Self::Missing(message) => f.write_str(message),
        }
    }
}

impl From<CrossError> for Failure {
    fn from(error: CrossError) -> Self {
        match error {
            CrossError::Failed(message) => Self::Failed(message),
            CrossError::Missing(message) => Self::Missing(message),
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}
