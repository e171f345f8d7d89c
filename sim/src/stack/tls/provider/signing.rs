//! Keys that sign, the same message always alike: RFC 6979 ECDSA and Ed25519.

use std::sync::Arc;

use graviola::signing::eddsa::Ed25519SigningKey;
use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use super::super::operation::{HashAlgorithm, OperationKind, Scheme};
use super::super::spec::KeyKind;
use super::fast::Fast;
use super::nonce;
use super::scope::record;

/// Draws for one private key; one that P-256 refuses comes once in 2³².
const DRAWS_MAX: u32 = 8;

/// A private key that signs.
#[derive(Clone)]
pub(in crate::stack::tls) enum Key {
    /// ECDSA on P-256 with SHA-256.
    Ecdsa(p256::ecdsa::SigningKey),
    /// Ed25519.
    Ed25519(Arc<Ed25519>),
}

/// A key of Ed25519 (RFC 8032): whichever library signs, the signature is the same.
pub(in crate::stack::tls) struct Ed25519 {
    portable: ed25519_dalek::SigningKey,
    /// The same key in assembly, where the processor runs it.
    fast: Option<Ed25519SigningKey>,
}

impl Ed25519 {
    fn new(secret: &[u8; 32]) -> Self {
        let fast = Fast::runs_here().then(|| Ed25519SigningKey::from_bytes(secret).ok());
        Self {
            portable: ed25519_dalek::SigningKey::from_bytes(secret),
            fast: fast.flatten(),
        }
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        match &self.fast {
            Some(key) => key.sign(message),
            None => ed25519_dalek::Signer::sign(&self.portable, message).to_bytes(),
        }
    }
}

impl Key {
    /// Draws a key.
    pub(in crate::stack::tls) fn draw(kind: KeyKind, luck: &mut ChaCha12Rng) -> Self {
        for _ in 0..DRAWS_MAX {
            let mut secret = [0; 32];
            luck.fill_bytes(&mut secret);
            match kind {
                KeyKind::Ed25519 => {
                    return Self::Ed25519(Arc::new(Ed25519::new(&secret)));
                }
                KeyKind::P256 => {
                    if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&secret) {
                        return Self::Ecdsa(key);
                    }
                }
            }
        }
        unreachable!("eight refused keys in a row come once in 2²⁵⁶")
    }

    /// Returns the public key as certificates hold it.
    pub(in crate::stack::tls) fn public(&self) -> Vec<u8> {
        match self {
            Self::Ecdsa(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Ed25519(key) => key.portable.verifying_key().to_bytes().to_vec(),
        }
    }

    /// Returns the signature of a message.
    pub(in crate::stack::tls) fn signature(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ecdsa(key) => {
                let fast = Fast::runs_here().then(|| nonce::sign(key, message));
                let signature = fast
                    .flatten()
                    .unwrap_or_else(|| p256::ecdsa::signature::Signer::sign(key, message));
                signature.to_der().as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_vec(),
        }
    }

    const fn only_scheme(&self) -> SignatureScheme {
        match self {
            Self::Ecdsa(_) => SignatureScheme::ECDSA_NISTP256_SHA256,
            Self::Ed25519(_) => SignatureScheme::ED25519,
        }
    }
}

impl SigningKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let usable = offered.contains(&self.only_scheme());
        usable.then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Ecdsa(_) => SignatureAlgorithm::ECDSA,
            Self::Ed25519(_) => SignatureAlgorithm::ED25519,
        }
    }
}

impl Signer for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let (algorithm, scheme) = match self {
            Self::Ecdsa(_) => (HashAlgorithm::Sha256, Scheme::EcdsaP256),
            Self::Ed25519(_) => (HashAlgorithm::Sha512, Scheme::Ed25519),
        };
        record(&[
            OperationKind::hash(algorithm, message.len()),
            OperationKind::HashFinish(algorithm),
            OperationKind::Sign(scheme),
        ]);
        Ok(self.signature(message))
    }

    fn scheme(&self) -> SignatureScheme {
        self.only_scheme()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecdsa_gives_the_signature_of_rfc_6979() {
        // RFC 6979 §A.2.5: P-256, SHA-256, the message "sample".
        let secret = bytes("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
        let key = p256::ecdsa::SigningKey::from_slice(&secret).expect("a key of the group");
        let r = bytes("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
        let s = bytes("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        // DER puts a zero in front of a number whose first bit is set.
        let der = [
            &[0x30, 0x46, 0x02, 0x21, 0x00][..],
            &r,
            &[0x02, 0x21, 0x00],
            &s,
        ]
        .concat();
        assert_eq!(Key::Ecdsa(key).signature(b"sample"), der);
    }

    #[test]
    fn both_libraries_give_the_same_ed25519_signature() {
        for seed in 0..32 {
            let key = Ed25519::new(&[seed; 32]);
            let message = vec![seed; usize::from(seed) * 7];
            let portable = ed25519_dalek::Signer::sign(&key.portable, &message);
            assert_eq!(key.sign(&message), portable.to_bytes());
        }
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let pairs = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
        pairs
            .map(|pair| u8::from_str_radix(pair, 16).expect("hex"))
            .collect()
    }
}
