//! How a figure is known; every output marks every figure with it.

use std::fmt;

/// How a figure is known. From the surest to the least sure.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Basis {
    /// It was counted while the thing itself ran: in memory, or on an emulated core.
    Measured,
    /// It follows from measured parts, by arithmetic that is stated.
    Modelled,
    /// Somebody published it for this library, on another board.
    Published,
    /// A part of it has no source, or the source is for another core.
    Assumed,
}

impl Basis {
    /// Returns it in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assumed => "assumed",
            Self::Measured => "measured",
            Self::Modelled => "modelled",
            Self::Published => "published",
        }
    }

    /// Returns the mark of it in a table.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Assumed => "?",
            Self::Measured => "",
            Self::Modelled => "~",
            Self::Published => "^",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
