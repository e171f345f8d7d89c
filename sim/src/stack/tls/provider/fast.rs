//! Graviola's primitives: assembly for processors that have what it needs.
//!
//! `x86_64` with ADX, AVX2 and BMI2, or `aarch64`; whoever uses them asks first.

use graviola::aead::{AesGcm, ChaCha20Poly1305};
use graviola::hashing::Sha256;
use graviola::hashing::hmac::Hmac;
use graviola::hashing::sha2::Sha256Context;
use graviola::key_agreement::{p256, x25519};
use graviola::signing::ecdsa::{P256, VerifyingKey};
use graviola::signing::eddsa::Ed25519VerifyingKey;
use rustls::crypto::cipher::{AeadKey, Iv};
use rustls::{ConnectionTrafficSecrets, NamedGroup};

use super::super::operation::{Cipher, Curve};
use super::primitives::{Aead, DIGEST, Digest, Exchange, Mac, Primitives, TAG};

/// Graviola.
#[derive(Debug)]
pub(super) struct Fast;

impl Fast {
    /// Returns whether this processor can run it.
    pub(super) fn runs_here() -> bool {
        graviola::util::is_cpu_supported()
    }
}

impl Primitives for Fast {
    type Aes = AesGcm;
    type ChaCha = ChaCha20Poly1305;
    type Digest = Sha256Context;
    type Mac = Hmac<Sha256>;
    type P256 = p256::StaticPrivateKey;
    type X25519 = x25519::StaticPrivateKey;

    fn verify_ecdsa(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        VerifyingKey::<P256>::from_x962_uncompressed(key)
            .and_then(|key| key.verify_asn1::<Sha256>(&[message], signature))
            .is_ok()
    }

    fn verify_ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        Ed25519VerifyingKey::from_bytes(key)
            .and_then(|key| key.verify(signature, message))
            .is_ok()
    }
}

impl Aead for AesGcm {
    const CIPHER: Cipher = Cipher::Aes128Gcm;
    const KEY: usize = 16;

    fn new(key: &[u8]) -> Self {
        Self::new(key)
    }

    fn secrets(key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv }
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
    fn new() -> Self {
        Self::new()
    }

    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(self) -> [u8; DIGEST] {
        self.finish()
    }
}

impl Mac for Hmac<Sha256> {
    fn new(key: &[u8]) -> Self {
        Self::new(key)
    }

    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(self) -> [u8; DIGEST] {
        let code = self.finish();
        code.as_ref().try_into().expect("SHA-256 has 32 bytes")
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
