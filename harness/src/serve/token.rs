//! The secret by which a client from elsewhere proves that it may come in.
//!
//! Owns where it is read from and how it is compared. Never shows it.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use nodelab_sim::broker::secrets_match;

use crate::secret::SecretSource;

/// The variable that holds the token.
pub(super) const VARIABLE: &str = "NODELAB_TOKEN";
/// Shortest token, in characters.
const LENGTH_MIN: usize = 16;

/// What makes a secret strong, and how to get one.
pub(super) const STRENGTH: &str = "expected 16 printable characters or more, without spaces; \
                                   `openssl rand -hex 16` makes one";

/// The secret.
#[derive(Clone)]
pub struct Token(String);

/// Why there is no token.
#[derive(Debug)]
pub enum TokenError {
    /// What should hold it cannot be read, or is empty; with the reason.
    Unreadable(String),
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

    /// Takes the bytes of a token, as [`Token::new`] does its text.
    ///
    /// # Errors
    ///
    /// [`TokenError::Weak`], also if they are no text.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenError> {
        let text = std::str::from_utf8(bytes).map_err(|_| TokenError::Weak)?;
        Self::new(text)
    }

    /// Reads it from a file, or else from the environment; `None` if neither is given.
    ///
    /// # Errors
    ///
    /// [`TokenError`] if what is given is no token.
    pub fn find(file: Option<&Path>) -> Result<Option<Self>, TokenError> {
        let source = match file {
            Some(path) => SecretSource::File(path.to_owned()),
            None => SecretSource::Variable(VARIABLE),
        };
        let secret = source.read(Path::to_path_buf);
        let secret = secret.map_err(TokenError::Unreadable)?;
        secret
            .map(|secret| Self::from_bytes(secret.reveal()))
            .transpose()
    }

    /// Returns whether a client knows the token; takes as long for a near miss as for a far one.
    #[must_use]
    pub fn is(&self, said: &[u8]) -> bool {
        secrets_match(self.0.as_bytes(), said)
    }

    /// Returns its bytes, for a protocol that compares by itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Returns what to say of a service that asks for a secret without TLS where others can listen.
pub(super) fn warning(service: &str, address: SocketAddr) -> Option<String> {
    let others_listen = !address.ip().is_loopback();
    others_listen.then(|| {
        format!(
            "WARNING: {service} takes its secret in clear text: whoever is between a client and \
             {address} can read it"
        )
    })
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "read the token: {why}"),
            Self::Weak => write!(f, "take the token: {STRENGTH}"),
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
        assert!(Token::from_bytes(&[0xFF; 20]).is_err());
        assert!(STRENGTH.contains(&LENGTH_MIN.to_string()));
        let token = Token::new(TEXT).expect("long enough");
        assert_eq!(format!("{token:?}"), "Token(…)");
    }
}
