//! What can be wrong with a diagram, and where in the file it is.
//!
//! Owns paths into JSON and the wording of mistakes. Does not know lines and columns of a path,
//! nor how a terminal shows them.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

/// Most mistakes that are kept of one diagram; the rest would only bury the first ones.
pub const PROBLEMS_MAX: usize = 100;

/// Why a diagram could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DiagramError {
    /// It is JSON, but not a diagram: every mistake in it, in file order, never empty.
    Invalid(Vec<DiagramProblem>),
    /// It is not JSON.
    Syntax {
        /// Line of the first character that does not fit, from 1.
        line: usize,
        /// Column of that character, from 1; 0 at the end of a line.
        column: usize,
        /// What did not fit.
        message: String,
    },
    /// It is larger than any diagram needs.
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The largest size that is read, in bytes.
        bytes_max: usize,
    },
}

/// One mistake in a diagram.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DiagramProblem {
    /// Where it is.
    pub path: JsonPath,
    /// What stands there.
    pub read: String,
    /// What could stand there.
    pub expected: String,
    /// What to do about it.
    pub advice: String,
}

/// The way from the root of a JSON document to one of its values.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JsonPath(pub Vec<PathStep>);

/// One step of a [`JsonPath`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PathStep {
    /// Into an array, from 0.
    Index(usize),
    /// Into an object.
    Key(String),
}

impl DiagramError {
    /// Returns the mistakes one by one; a syntax error and a size have no path and give none.
    #[must_use]
    pub fn problems(&self) -> &[DiagramProblem] {
        match self {
            Self::Invalid(problems) => problems,
            Self::Syntax { .. } | Self::TooLarge { .. } => &[],
        }
    }
}

impl JsonPath {
    /// Returns this path with one key more.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(PathStep::Key(key.to_owned()))
    }

    /// Returns this path with one index more.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(PathStep::Index(index))
    }

    fn with(&self, step: PathStep) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl Display for DiagramError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(problems) => {
                for (index, problem) in problems.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "\n" };
                    write!(f, "{separator}{problem}")?;
                }
                Ok(())
            }
            Self::Syntax {
                line,
                column,
                message,
            } => write!(f, "not JSON at line {line}, column {column}: {message}"),
            Self::TooLarge { bytes, bytes_max } => {
                write!(f, "{bytes} bytes, expected at most {bytes_max}")
            }
        }
    }
}

impl Error for DiagramError {}

impl Display for DiagramProblem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            read,
            expected,
            advice,
        } = self;
        write!(f, "{path}: read {read}, expected {expected}; {advice}")
    }
}

impl Display for JsonPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the diagram");
        }
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Index(index) => write!(f, "[{index}]")?,
                PathStep::Key(key) if depth == 0 => f.write_str(key)?,
                PathStep::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_javascript() {
        let path = JsonPath::default().key("parts").index(2).key("type");
        assert_eq!(path.to_string(), "parts[2].type");
        let path = JsonPath::default().key("connections").index(3).index(0);
        assert_eq!(path.to_string(), "connections[3][0]");
        assert_eq!(JsonPath::default().to_string(), "the diagram");
    }

    #[test]
    fn every_mistake_is_one_line() {
        let problem = |key: &str| DiagramProblem {
            path: JsonPath::default().key(key),
            read: "nothing".to_owned(),
            expected: "the number 1".to_owned(),
            advice: "add it".to_owned(),
        };
        let error = DiagramError::Invalid(vec![problem("version"), problem("parts")]);
        assert_eq!(
            error.to_string(),
            "version: read nothing, expected the number 1; add it\n\
             parts: read nothing, expected the number 1; add it"
        );
    }
}
