//! What a client has to show, and how it is compared.
//!
//! Owns the one comparison of secrets. Does not know where they come from.

/// What a client has to show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Vec<u8>,
}

impl Credentials {
    /// Returns whether a client shows them. How long it takes tells nothing of the password but
    /// its length.
    pub(super) fn are(&self, user: Option<&str>, password: Option<&[u8]>) -> bool {
        let password = password.is_some_and(|said| secrets_match(&self.password, said));
        let user = user == Some(&*self.user);
        user && password
    }
}

/// Returns whether a secret was said; takes as long for a near miss as for a far one.
#[must_use]
pub fn secrets_match(own: &[u8], said: &[u8]) -> bool {
    let differ = own
        .iter()
        .zip(said)
        .fold(0, |sum, (own, said)| sum | (own ^ said));
    own.len() == said.len() && std::hint::black_box(differ) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_matches() {
        assert!(secrets_match(b"ab", b"ab"));
        for wrong in ["", "a", "abc", "aB", "Ab"] {
            assert!(!secrets_match(b"ab", wrong.as_bytes()), "{wrong}");
        }
        assert!(secrets_match(b"", b""));
    }

    #[test]
    fn user_and_password_have_to_be_right() {
        let own = Credentials {
            user: "ann".to_owned(),
            password: b"pass".to_vec(),
        };
        assert!(own.are(Some("ann"), Some(b"pass")));
        for (user, password) in [
            (None, None),
            (Some("ann"), None),
            (None, Some("pass")),
            (Some("ann"), Some("Pass")),
            (Some("bob"), Some("pass")),
        ] {
            assert!(
                !own.are(user, password.map(str::as_bytes)),
                "{user:?} {password:?}"
            );
        }
    }
}
