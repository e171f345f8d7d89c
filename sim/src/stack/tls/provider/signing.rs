//! Keys that sign, the same message always alike: RFC 6979 ECDSA and Ed25519.

use p256::pkcs8::EncodePrivateKey as _;
use pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use super::super::spec::KeyKind;
use super::scope::count;

/// Draws for one private key; one that P-256 refuses comes once in 2³².
const DRAWS_MAX: u32 = 8;

/// A private key that signs.
#[derive(Clone)]
pub(in crate::stack::tls) enum Key {
    /// ECDSA on P-256 with SHA-256.
    Ecdsa(p256::ecdsa::SigningKey),
    /// Ed25519.
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl Key {
    /// Draws a key.
    pub(in crate::stack::tls) fn draw(kind: KeyKind, luck: &mut ChaCha12Rng) -> Self {
        for _ in 0..DRAWS_MAX {
            let mut secret = [0; 32];
            luck.fill_bytes(&mut secret);
            match kind {
                KeyKind::Ed25519 => {
                    let key = ed25519_dalek::SigningKey::from_bytes(&secret);
                    return Self::Ed25519(Box::new(key));
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
            Self::Ed25519(key) => key.verifying_key().to_bytes().to_vec(),
        }
    }

    /// Returns the key in PKCS #8.
    pub(in crate::stack::tls) fn pkcs8(&self) -> PrivateKeyDer<'static> {
        let der = match self {
            Self::Ecdsa(key) => key.to_pkcs8_der(),
            Self::Ed25519(key) => key.to_pkcs8_der(),
        };
        let der = der.expect("keys of fixed size encode");
        PrivatePkcs8KeyDer::from(der.as_bytes().to_vec()).into()
    }

    /// Returns the signature of a message.
    pub(in crate::stack::tls) fn signature(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ecdsa(key) => {
                let signature: p256::ecdsa::DerSignature =
                    p256::ecdsa::signature::Signer::sign(key, message);
                signature.as_bytes().to_vec()
            }
            Self::Ed25519(key) => {
                let signature = ed25519_dalek::Signer::sign(&**key, message);
                signature.to_bytes().to_vec()
            }
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
        count(|work| {
            work.hash_bytes += message.len() as u64;
            match self {
                Self::Ecdsa(_) => work.ecdsa.sign += 1,
                Self::Ed25519(_) => work.ed25519.sign += 1,
            }
        });
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
