//! The secret by which a client from elsewhere proves that it may come in.
//!
//! Owns where it is read from and how it is compared. Never shows it.

use std::fmt;
use std::path::{Path, PathBuf};

/// The variable that holds the token.
pub(super) const VARIABLE: &str = "NODELAB_TOKEN";
/// Shortest token, in characters.
const LENGTH_MIN: usize = 16;

/// The secret.
#[derive(Clone)]
pub struct Token(String);

/// Why there is no token.
#[derive(Debug)]
pub enum TokenError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is too short to be secret, or not printable ASCII without spaces.
    Weak,
}

impl Token {
    /// Takes a token; surrounding white space is not part of it.
    ///
    /// # Errors
    ///
    /// [`TokenError::Weak`] if it is too short or cannot be typed.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let typed = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() < LENGTH_MIN || !typed {
            return Err(TokenError::Weak);
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads it from a file, or else from the environment; `None` if neither is given.
    ///
    /// # Errors
    ///
    /// [`TokenError`] if what is given is no token.
    pub fn find(file: Option<&Path>) -> Result<Option<Self>, TokenError> {
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|error| TokenError::Unreadable {
                path: path.to_owned(),
                error,
            })?;
            return Self::new(&text).map(Some);
        }
        std::env::var(VARIABLE)
            .ok()
            .filter(|text| !text.is_empty())
            .map(|text| Self::new(&text))
            .transpose()
    }

    /// Returns whether a client knows the token; takes as long for a near miss as for a far one.
    #[must_use]
    pub fn is(&self, said: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let differ = own
            .iter()
            .zip(said)
            .fold(0, |sum, (own, said)| sum | (own ^ said));
        own.len() == said.len() && differ == 0
    }

    /// Returns its bytes, for a protocol that compares by itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => {
                write!(f, "read the token from {}: {error}", path.display())
            }
            Self::Weak => write!(
                f,
                "take the token: expected {LENGTH_MIN} printable characters or more, without \
                 spaces; `openssl rand -hex 16` makes one"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0123456789abcdef";

    #[test]
    fn only_the_whole_token_is_the_token() {
        let token = Token::new(&format!("{TEXT}\n")).expect("long enough");
        assert!(token.is(TEXT.as_bytes()));
        for wrong in [
            "",
            "0123456789abcdeg",
            "0123456789abcde",
            "0123456789abcdef0",
        ] {
            assert!(!token.is(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn a_weak_token_is_refused_and_none_is_ever_shown() {
        for weak in ["", "short", "0123456789 abcdef", "0123456789abcdeé"] {
            assert!(Token::new(weak).is_err(), "{weak}");
        }
        let token = Token::new(TEXT).expect("long enough");
        assert_eq!(format!("{token:?}"), "Token(…)");
    }
}
