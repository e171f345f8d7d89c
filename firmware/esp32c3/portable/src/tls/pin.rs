//! The broker's public key, as a hash.
//!
//! Owns the comparison. What is hashed is the `SubjectPublicKeyInfo`, as in RFC 7469 §2.4, so that
//! a renewed certificate with the same key still fits.

use sha2::{Digest as _, Sha256};

use crate::certificate::public_key_info;

/// SHA-256 of a `SubjectPublicKeyInfo` in DER.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyPin(pub [u8; 32]);

impl KeyPin {
    /// Returns the pin of a `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn of(public_key_info: &[u8]) -> Self {
        Self(Sha256::digest(public_key_info).into())
    }

    /// Returns whether `certificate`, in DER, holds the key. Both are public, so the comparison
    /// need not take the same time always.
    #[must_use]
    pub fn fits(&self, certificate: &[u8]) -> bool {
        public_key_info(certificate).is_some_and(|info| Self::of(info) == *self)
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PublicKeyData as _};

    use super::*;

    #[test]
    fn a_renewed_certificate_with_the_same_key_fits() {
        let key = KeyPair::generate().unwrap();
        let pin = KeyPin::of(&key.subject_public_key_info());
        for name in ["broker.test", "renewed.test"] {
            let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            assert!(pin.fits(params.self_signed(&key).unwrap().der()));
        }
    }

    #[test]
    fn another_key_does_not_fit() {
        let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let pin = KeyPin::of(&key.subject_public_key_info());
        let params = CertificateParams::new(vec!["broker.test".to_owned()]).unwrap();
        assert!(!pin.fits(params.self_signed(&other).unwrap().der()));
        assert!(!pin.fits(b""));
    }
}
