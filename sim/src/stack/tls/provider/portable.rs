//! `RustCrypto`'s primitives: for any processor, and a second opinion on the fast ones.

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use chacha20poly1305::ChaCha20Poly1305;
use hmac::{Hmac, Mac as _};
use p256::ecdsa::signature::Verifier as _;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::SignatureScheme;
use rsa::{Pkcs1v15Sign, Pss};
use rustls::crypto::cipher::{AeadKey, Iv};
use rustls::{ConnectionTrafficSecrets, NamedGroup};
use sha2::{Digest as _, Sha256, Sha384};

use super::super::operation::{Cipher, Curve, HashAlgorithm};
use super::primitives::{Aead, Digest, Exchange, Mac, Primitives, SignatureForm, TAG};

/// `RustCrypto`.
#[derive(Debug)]
pub(super) struct Portable;

/// A private key on P-256.
pub(super) struct P256(p256::SecretKey);

/// A private key on X25519.
pub(super) struct X25519(x25519_dalek::StaticSecret);

impl Primitives for Portable {
    type Aes128 = Aes128Gcm;
    type Aes256 = Aes256Gcm;
    type ChaCha = ChaCha20Poly1305;
    type HmacSha256 = Hmac<Sha256>;
    type HmacSha384 = Hmac<Sha384>;
    type P256 = P256;
    type Sha256 = Sha256;
    type Sha384 = Sha384;
    type X25519 = X25519;

    fn verify(form: SignatureForm, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let holds = match form {
            SignatureForm::EcdsaP256 => verify_p256(key, message, signature),
            SignatureForm::EcdsaP384 => verify_p384(key, message, signature),
            SignatureForm::Ed25519 => verify_ed25519(key, message, signature),
            SignatureForm::RsaPkcs1 => {
                verify_rsa(Pkcs1v15Sign::new::<Sha256>(), key, message, signature)
            }
            SignatureForm::RsaPss => verify_rsa(Pss::<Sha256>::new(), key, message, signature),
        };
        holds.is_some()
    }
}

fn verify_p256(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p256::ecdsa::DerSignature::try_from(signature).ok()?;
    key.verify(message, &signature).ok()
}

fn verify_p384(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p384::ecdsa::DerSignature::try_from(signature).ok()?;
    key.verify(message, &signature).ok()
}

fn verify_ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify_strict(message, &signature).ok()
}

fn verify_rsa(
    scheme: impl SignatureScheme,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    let key = rsa::PublicKey::from_pkcs1_der(key).ok()?;
    key.verify(scheme, &Sha256::digest(message), signature).ok()
}

impl Aead for Aes128Gcm {
    const CIPHER: Cipher = Cipher::Aes128Gcm;
    const KEY: usize = 16;

    fn new(key: &[u8]) -> Self {
        Self::new_from_slice(key).expect("rustls asked how long keys are")
    }

    fn secrets(key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv }
    }

    fn seal(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
        seal(self, nonce, associated, text)
    }

    fn open(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> bool {
        open(self, nonce, associated, text, tag)
    }
}

impl Aead for Aes256Gcm {
    const CIPHER: Cipher = Cipher::Aes256Gcm;
    const KEY: usize = 32;

    fn new(key: &[u8]) -> Self {
        Self::new_from_slice(key).expect("rustls asked how long keys are")
    }

    fn secrets(key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets {
        ConnectionTrafficSecrets::Aes256Gcm { key, iv }
    }

    fn seal(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
        seal(self, nonce, associated, text)
    }

    fn open(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> bool {
        open(self, nonce, associated, text, tag)
    }
}

impl Aead for ChaCha20Poly1305 {
    const CIPHER: Cipher = Cipher::ChaCha20Poly1305;
    const KEY: usize = 32;

    fn new(key: &[u8]) -> Self {
        Self::new_from_slice(key).expect("rustls asked how long keys are")
    }

    fn secrets(key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets {
        ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv }
    }

    fn seal(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
        seal(self, nonce, associated, text)
    }

    fn open(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> bool {
        open(self, nonce, associated, text, tag)
    }
}

fn seal<A: AeadInOut>(aead: &A, nonce: &[u8], associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
    let nonce = <&Nonce<A>>::try_from(nonce).expect("all ciphers take 12 bytes");
    let tag = aead
        .encrypt_inout_detached(nonce, associated, InOutBuf::from(text))
        .expect("a record is shorter than any cipher's limit");
    tag.as_slice().try_into().expect("all tags have 16 bytes")
}

fn open<A: AeadInOut>(
    aead: &A,
    nonce: &[u8],
    associated: &[u8],
    text: &mut [u8],
    tag: &[u8],
) -> bool {
    let nonce = <&Nonce<A>>::try_from(nonce).expect("all ciphers take 12 bytes");
    let tag = <&Tag<A>>::try_from(tag).expect("all tags have 16 bytes");
    aead.decrypt_inout_detached(nonce, associated, InOutBuf::from(text), tag)
        .is_ok()
}

impl Digest for Sha256 {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha256;
    type Output = [u8; 32];

    fn new() -> Self {
        <Self as sha2::Digest>::new()
    }

    fn update(&mut self, bytes: &[u8]) {
        sha2::Digest::update(self, bytes);
    }

    fn finish(self) -> [u8; 32] {
        self.finalize().into()
    }
}

impl Digest for Sha384 {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha384;
    type Output = [u8; 48];

    fn new() -> Self {
        <Self as sha2::Digest>::new()
    }

    fn update(&mut self, bytes: &[u8]) {
        sha2::Digest::update(self, bytes);
    }

    fn finish(self) -> [u8; 48] {
        self.finalize().into()
    }
}

impl Mac for Hmac<Sha256> {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha256;
    type Output = [u8; 32];

    fn new(key: &[u8]) -> Self {
        <Self as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")
    }

    fn update(&mut self, bytes: &[u8]) {
        hmac::Mac::update(self, bytes);
    }

    fn finish(self) -> [u8; 32] {
        self.finalize().into_bytes().into()
    }
}

impl Mac for Hmac<Sha384> {
    const ALGORITHM: HashAlgorithm = HashAlgorithm::Sha384;
    type Output = [u8; 48];

    fn new(key: &[u8]) -> Self {
        <Self as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")
    }

    fn update(&mut self, bytes: &[u8]) {
        hmac::Mac::update(self, bytes);
    }

    fn finish(self) -> [u8; 48] {
        self.finalize().into_bytes().into()
    }
}

impl Exchange for P256 {
    type Public = Box<[u8]>;
    const CURVE: Curve = Curve::P256;
    const GROUP: NamedGroup = NamedGroup::secp256r1;

    fn new(secret: &[u8; 32]) -> Option<Self> {
        p256::SecretKey::from_slice(secret).ok().map(Self)
    }

    fn public(&self) -> Box<[u8]> {
        self.0.public_key().to_sec1_bytes()
    }

    fn agree(self, peer: &[u8]) -> Option<[u8; 32]> {
        let peer = p256::PublicKey::from_sec1_bytes(peer).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.0.to_nonzero_scalar(), peer.as_affine());
        Some((*shared.raw_secret_bytes()).into())
    }
}

impl Exchange for X25519 {
    type Public = [u8; 32];
    const CURVE: Curve = Curve::X25519;
    const GROUP: NamedGroup = NamedGroup::X25519;

    fn new(secret: &[u8; 32]) -> Option<Self> {
        Some(Self(x25519_dalek::StaticSecret::from(*secret)))
    }

    fn public(&self) -> [u8; 32] {
        x25519_dalek::PublicKey::from(&self.0).to_bytes()
    }

    fn agree(self, peer: &[u8]) -> Option<[u8; 32]> {
        let peer: [u8; 32] = peer.try_into().ok()?;
        let shared = self.0.diffie_hellman(&x25519_dalek::PublicKey::from(peer));
        // RFC 8446 §7.4.2: a key of small order must be refused.
        shared.was_contributory().then(|| shared.to_bytes())
    }
}
