//! The cryptographic operations of a handshake, each by itself.
//!
//! | family | what one operation includes |
//! |---|---|
//! | key generation | from a scalar or seed to the public key's bytes; no random numbers |
//! | agreement | reads the peer's bytes, checks them as the standard demands |
//! | signing | with a key that is ready; the message's hash is part of it |
//! | verifying | reads key and signature from bytes; the message's hash is part of it |
//! | RSA | one public operation with exponent 65537, the modulus's parameters included |
//! | encryption | sets the key up, and seals or opens one record with 5 bytes of header |
//! | hashing | one message from start to end |

mod curve25519;
mod embedded_tls;
mod mlkem;
mod nist256;
mod nist384;
mod rsa;
mod symmetric;

pub use curve25519::run as curve25519;
pub use embedded_tls::run as embedded_tls;
pub use mlkem::run as mlkem;
pub use nist256::run as p256;
pub use nist384::run as p384;
pub use rsa::run as rsa;
pub use symmetric::run as symmetric;

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::meter::{Case, Meter};

    #[derive(Default)]
    struct Judge {
        measured: Vec<Case>,
        right: Vec<Case>,
    }

    impl Meter for Judge {
        fn measure<R>(&mut self, case: Case, work: impl FnOnce() -> R) -> R {
            self.measured.push(case);
            work()
        }

        fn judge(&mut self, case: Case, right: bool) {
            if right {
                self.right.push(case);
            }
        }
    }

    #[test]
    fn every_operation_gives_the_known_answer() {
        let mut judge = Judge::default();
        curve25519(&mut judge);
        embedded_tls(&mut judge);
        mlkem(&mut judge);
        p256(&mut judge);
        p384(&mut judge);
        rsa(&mut judge);
        symmetric(&mut judge);
        assert_eq!(judge.right, judge.measured);
        assert_eq!(judge.measured.len(), 39);
    }
}
