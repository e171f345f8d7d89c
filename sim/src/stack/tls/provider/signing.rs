//! Keys that sign, the same message always alike: RFC 6979 ECDSA, Ed25519 and RSA.
//!
//! PSS alone has a salt, which comes from the luck of the endpoint that signs.

use std::sync::Arc;

use ed25519_dalek::pkcs8::KeypairBytes;
use graviola::signing::eddsa::Ed25519SigningKey;
use p256::pkcs8::EncodePrivateKey as _;
use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use super::super::operation::{HashAlgorithm, OperationKind, RsaSize, Scheme};
use super::super::spec::KeyKind;
use super::fast::Fast;
use super::nonce;
use super::rsa::{Holder, RsaKey};
use super::scope::{fill, record};

/// Draws for one private key; one that P-256 refuses comes once in 2³².
const DRAWS_MAX: u32 = 8;

/// A private key that signs.
#[derive(Clone)]
pub(in crate::stack::tls) enum Key {
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256(p256::ecdsa::SigningKey),
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384(p384::ecdsa::SigningKey),
    /// Ed25519.
    Ed25519(Arc<Ed25519>),
    /// RSA: by PKCS #1 v1.5 in certificates, by PSS in handshakes wherever the peer takes it.
    Rsa(&'static RsaKey),
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
    /// Draws a key; one of RSA is not drawn but that of its holder.
    pub(in crate::stack::tls) fn draw(
        kind: KeyKind,
        holder: Holder,
        luck: &mut ChaCha12Rng,
    ) -> Self {
        for _ in 0..DRAWS_MAX {
            let mut secret = [0; 48];
            let key = match kind {
                KeyKind::Ed25519 => {
                    let secret = secret.first_chunk_mut().expect("48 bytes");
                    luck.fill_bytes(secret);
                    Some(Self::Ed25519(Arc::new(Ed25519::new(secret))))
                }
                KeyKind::P256 => {
                    luck.fill_bytes(&mut secret[..32]);
                    let key = p256::ecdsa::SigningKey::from_slice(&secret[..32]);
                    key.ok().map(Self::EcdsaP256)
                }
                KeyKind::P384 => {
                    luck.fill_bytes(&mut secret);
                    let key = p384::ecdsa::SigningKey::from_slice(&secret);
                    key.ok().map(Self::EcdsaP384)
                }
                KeyKind::Rsa2048 => Some(Self::Rsa(RsaKey::of(RsaSize::Bits2048, holder))),
                KeyKind::Rsa4096 => Some(Self::Rsa(RsaKey::of(RsaSize::Bits4096, holder))),
            };
            if let Some(key) = key {
                return key;
            }
        }
        unreachable!("eight refused keys in a row come once in 2²⁵⁶")
    }

    /// Returns the public key as certificates hold it.
    pub(in crate::stack::tls) fn public(&self) -> Vec<u8> {
        match self {
            Self::EcdsaP256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::EcdsaP384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Ed25519(key) => key.portable.verifying_key().to_bytes().to_vec(),
            Self::Rsa(key) => key.public.clone(),
        }
    }

    /// Returns the private key as PKCS #8 in DER.
    pub(in crate::stack::tls) fn to_der(&self) -> Vec<u8> {
        let document = match self {
            Self::EcdsaP256(key) => key.to_pkcs8_der(),
            Self::EcdsaP384(key) => key.to_pkcs8_der(),
            // Without the public key beside it, which only RFC 5958 knows: OpenSSL 3.0 does not.
            Self::Ed25519(key) => KeypairBytes {
                secret_key: key.portable.to_bytes(),
                public_key: None,
            }
            .to_pkcs8_der(),
            Self::Rsa(key) => return key.der.to_vec(),
        };
        let document = document.expect("any private key can be written");
        document.as_bytes().to_vec()
    }

    /// Returns the signature of a message as certificates hold it.
    pub(in crate::stack::tls) fn signature(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::EcdsaP256(key) => {
                let fast = Fast::runs_here().then(|| nonce::sign(key, message));
                let signature = fast
                    .flatten()
                    .unwrap_or_else(|| p256::ecdsa::signature::Signer::sign(key, message));
                signature.to_der().as_bytes().to_vec()
            }
            Self::EcdsaP384(key) => {
                let signature: p384::ecdsa::Signature =
                    p384::ecdsa::signature::Signer::sign(key, message);
                signature.to_der().as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).to_vec(),
            Self::Rsa(key) => key.sign_pkcs1(message),
        }
    }

    /// Returns the schemes that the key can sign by, the preferred one first.
    const fn schemes(&self) -> &'static [SignatureScheme] {
        match self {
            Self::EcdsaP256(_) => &[SignatureScheme::ECDSA_NISTP256_SHA256],
            Self::EcdsaP384(_) => &[SignatureScheme::ECDSA_NISTP384_SHA384],
            Self::Ed25519(_) => &[SignatureScheme::ED25519],
            Self::Rsa(_) => &[
                SignatureScheme::RSA_PSS_SHA256,
                SignatureScheme::RSA_PKCS1_SHA256,
            ],
        }
    }
}

impl SigningKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let mut usable = self.schemes().iter();
        let scheme = *usable.find(|scheme| offered.contains(scheme))?;
        let key = self.clone();
        Some(Box::new(KeySigner { key, scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::EcdsaP256(_) | Self::EcdsaP384(_) => SignatureAlgorithm::ECDSA,
            Self::Ed25519(_) => SignatureAlgorithm::ED25519,
            Self::Rsa(_) => SignatureAlgorithm::RSA,
        }
    }
}

/// A key that signs a handshake by one scheme.
#[derive(Debug)]
struct KeySigner {
    key: Key,
    scheme: SignatureScheme,
}

impl Signer for KeySigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let salted = self.scheme == SignatureScheme::RSA_PSS_SHA256;
        let (algorithm, scheme) = match &self.key {
            Key::EcdsaP256(_) => (HashAlgorithm::Sha256, Scheme::EcdsaP256),
            Key::EcdsaP384(_) => (HashAlgorithm::Sha384, Scheme::EcdsaP384),
            Key::Ed25519(_) => (HashAlgorithm::Sha512, Scheme::Ed25519),
            Key::Rsa(key) if salted => (HashAlgorithm::Sha256, Scheme::RsaPss(key.size)),
            Key::Rsa(key) => (HashAlgorithm::Sha256, Scheme::RsaPkcs1(key.size)),
        };
        let mut seed = [0; 32];
        if salted {
            fill(&mut seed)?;
        }
        record(&[
            OperationKind::hash(algorithm, message.len()),
            OperationKind::HashFinish(algorithm),
            OperationKind::Sign(scheme),
        ]);
        if let Key::Rsa(key) = &self.key
            && salted
        {
            return Ok(key.sign_pss(message, seed));
        }
        Ok(self.key.signature(message))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
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
        assert_eq!(Key::EcdsaP256(key).signature(b"sample"), der);
    }

    #[test]
    fn ecdsa_on_p384_gives_the_signature_of_rfc_6979() {
        // RFC 6979 §A.2.6: P-384, SHA-384, the message "sample".
        let secret = bytes(concat!(
            "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba",
            "9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5"
        ));
        let key = p384::ecdsa::SigningKey::from_slice(&secret).expect("a key of the group");
        let r = bytes(concat!(
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa7",
            "3d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
        ));
        let s = bytes(concat!(
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526",
            "203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
        ));
        let der = [
            &[0x30, 0x66, 0x02, 0x31, 0x00][..],
            &r,
            &[0x02, 0x31, 0x00],
            &s,
        ]
        .concat();
        assert_eq!(Key::EcdsaP384(key).signature(b"sample"), der);
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
