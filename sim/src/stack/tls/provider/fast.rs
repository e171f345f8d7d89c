//! Graviola's primitives: assembly for processors that have what it needs.
//!
//! `x86_64` with ADX, AVX2 and BMI2, or `aarch64`; whoever uses them asks first.

use graviola::aead::{AesGcm, ChaCha20Poly1305};
use graviola::hashing::hmac::Hmac;
use graviola::hashing::sha2::{Sha256Context, Sha384Context};
use graviola::hashing::{HashOutput, Sha256, Sha384};
use graviola::key_agreement::{p256, x25519};
use graviola::signing::eddsa::Ed25519VerifyingKey;
use graviola::signing::{ecdsa, rsa};
use rustls::crypto::cipher::{AeadKey, Iv};
use rustls::{ConnectionTrafficSecrets, NamedGroup};

use super::super::operation::{Cipher, Curve, HashAlgorithm};
use super::primitives::{Aead, Digest, Exchange, Mac, Primitives, SignatureForm, TAG};

/// Graviola.
#[derive(Debug)]
pub(super) struct Fast;

impl Fast {
    /// Returns whether this processor can run it.
    pub(super) fn runs_here() -> bool {
        graviola::util::is_cpu_supported()
    }
}

/// AES-GCM with a key of so many bytes.
pub(super) struct Aes<const KEY: usize>(AesGcm);

impl Primitives for Fast {
    type Aes128 = Aes<16>;
    type Aes256 = Aes<32>;
    type ChaCha = ChaCha20Poly1305;
    type HmacSha256 = Hmac<Sha256>;
    type HmacSha384 = Hmac<Sha384>;
    type P256 = p256::StaticPrivateKey;
    type Sha256 = Sha256Context;
    type Sha384 = Sha384Context;
    type X25519 = x25519::StaticPrivateKey;

    fn verify(form: SignatureForm, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let holds = match form {
            SignatureForm::EcdsaP256 => {
                ecdsa::VerifyingKey::<ecdsa::P256>::from_x962_uncompressed(key)
                    .and_then(|key| key.verify_asn1::<Sha256>(&[message], signature))
            }
            SignatureForm::EcdsaP384 => {
                ecdsa::VerifyingKey::<ecdsa::P384>::from_x962_uncompressed(key)
                    .and_then(|key| key.verify_asn1::<Sha384>(&[message], signature))
            }
            SignatureForm::Ed25519 => {
                Ed25519VerifyingKey::from_bytes(key).and_then(|key| key.verify(signature, message))
            }
            SignatureForm::RsaPkcs1 => rsa::VerifyingKey::from_pkcs1_der(key)
                .and_then(|key| key.verify_pkcs1_sha256(signature, message)),
            SignatureForm::RsaPss => rsa::VerifyingKey::from_pkcs1_der(key)
                .and_then(|key| key.verify_pss_sha256(signature, message)),
        };
        holds.is_ok()
    }
}

impl<const KEY: usize> Aead for Aes<KEY> {
    const CIPHER: Cipher = if KEY == 16 {
        Cipher::Aes128Gcm
    } else {
        Cipher::Aes256Gcm
    };
    const KEY: usize = KEY;

    fn new(key: &[u8]) -> Self {
        Self(AesGcm::new(key))
    }

    fn secrets(key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets {
        if KEY == 16 {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv }
        } else {
            ConnectionTrafficSecrets::Aes256Gcm { key, iv }
        }
    }

    fn seal(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
        let mut tag = [0; TAG];
        self.0.encrypt(nonce, associated, text, &mut tag);
        tag
    }

    fn open(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> bool {
        self.0.decrypt(nonce, associated, text, tag).is_ok()
    }
}

impl Aead for ChaCha20Poly1305 {
    const CIPHER: Cipher = Cipher::ChaCha20Poly1305;
    const KEY: usize = 32;

    fn new(key: &[u8]) -> Self {
        Self::new(key.try_into().expect("rustls asked how long keys are"))
    }

    fn secrets(key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets {
        ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv }
    }

    fn seal(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
        let mut tag = [0; TAG];
        self.encrypt(nonce, associated, text, &mut tag);
        tag
    }

    fn open(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> bool {
        self.decrypt(nonce, associated, text, tag).is_ok()
    }
}

impl Digest for Sha256Context {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha256;
    type Output = [u8; 32];

    fn new() -> Self {
        Self::new()
    }

    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(self) -> [u8; 32] {
        self.finish()
    }
}

impl Digest for Sha384Context {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha384;
    type Output = [u8; 48];

    fn new() -> Self {
        Self::new()
    }

    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(self) -> [u8; 48] {
        self.finish()
    }
}

impl Mac for Hmac<Sha256> {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha256;
    type Output = HashOutput;

    fn new(key: &[u8]) -> Self {
        Self::new(key)
    }

    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(self) -> HashOutput {
        self.finish()
    }
}

impl Mac for Hmac<Sha384> {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha384;
    type Output = HashOutput;

    fn new(key: &[u8]) -> Self {
        Self::new(key)
    }

    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(self) -> HashOutput {
        self.finish()
    }
}

impl Exchange for p256::StaticPrivateKey {
    type Public = [u8; 65];
    const CURVE: Curve = Curve::P256;
    const GROUP: NamedGroup = NamedGroup::secp256r1;

    fn new(secret: &[u8; 32]) -> Option<Self> {
        Self::from_bytes(secret).ok()
    }

    fn public(&self) -> [u8; 65] {
        self.public_key_uncompressed()
    }

    fn agree(self, peer: &[u8]) -> Option<[u8; 32]> {
        let peer = p256::PublicKey::from_x962_uncompressed(peer).ok()?;
        Some(self.diffie_hellman(&peer).ok()?.0)
    }
}

impl Exchange for x25519::StaticPrivateKey {
    type Public = [u8; 32];
    const CURVE: Curve = Curve::X25519;
    const GROUP: NamedGroup = NamedGroup::X25519;

    fn new(secret: &[u8; 32]) -> Option<Self> {
        Some(Self::from_array(secret))
    }

    fn public(&self) -> [u8; 32] {
        self.public_key().as_bytes()
    }

    fn agree(self, peer: &[u8]) -> Option<[u8; 32]> {
        let peer = x25519::PublicKey::try_from_slice(peer).ok()?;
        let shared = self.diffie_hellman(&peer).ok()?;
        Some(shared.as_bytes())
    }
}
