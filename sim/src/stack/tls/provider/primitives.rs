//! What a family of cryptographic code has to offer, and nothing of TLS.
//!
//! Two families do: [`fast`](super::fast) and [`portable`](super::portable). They differ in
//! speed and in the processors they run on, never in a byte.

use rustls::crypto::cipher::{AeadKey, Iv};
use rustls::{ConnectionTrafficSecrets, NamedGroup};

use super::super::operation::{Cipher, Curve};

/// Bytes of the tag of both ciphers.
pub(super) const TAG: usize = 16;
/// Bytes of a digest, SHA-256 being the only hash offered.
pub(super) const DIGEST: usize = 32;

/// A family of cryptographic code.
pub(super) trait Primitives: Send + Sync + 'static {
    /// AES-128-GCM.
    type Aes: Aead;
    /// ChaCha20-Poly1305.
    type ChaCha: Aead;
    /// SHA-256.
    type Digest: Digest;
    /// HMAC with SHA-256.
    type Mac: Mac;
    /// Key exchange on P-256.
    type P256: Exchange;
    /// Key exchange on X25519.
    type X25519: Exchange;

    /// Returns whether an ECDSA signature in DER over `message` is that of an uncompressed point.
    fn verify_ecdsa(key: &[u8], message: &[u8], signature: &[u8]) -> bool;

    /// Returns whether an Ed25519 signature is that of `key`.
    fn verify_ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> bool;
}

/// A cipher with a key.
pub(super) trait Aead: Send + Sync + 'static {
    /// Which one.
    const CIPHER: Cipher;
    /// Bytes of a key.
    const KEY: usize;

    /// Takes a key of the cipher's length.
    fn new(key: &[u8]) -> Self;

    /// Returns a key as rustls gives it away.
    fn secrets(key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets;

    /// Encrypts in place and returns the tag.
    fn seal(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8]) -> [u8; TAG];

    /// Decrypts in place; returns whether the tag holds.
    fn open(&self, nonce: &[u8; 12], associated: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> bool;
}

/// A hash under way.
pub(super) trait Digest: Clone + Send + Sync + 'static {
    /// Starts.
    fn new() -> Self;

    /// Takes more input.
    fn update(&mut self, bytes: &[u8]);

    /// Returns the digest.
    fn finish(self) -> [u8; DIGEST];
}

/// A message authentication code under way.
pub(super) trait Mac: Clone + Send + Sync + 'static {
    /// Starts with a key of any length.
    fn new(key: &[u8]) -> Self;

    /// Takes more input.
    fn update(&mut self, bytes: &[u8]);

    /// Returns the code.
    fn finish(self) -> [u8; DIGEST];
}

/// One end's part of a key exchange.
pub(super) trait Exchange: Sized + Send + Sync + 'static {
    /// The public key as it is sent.
    type Public: AsRef<[u8]> + Send + Sync;
    /// Which curve.
    const CURVE: Curve;
    /// The curve's name on the wire.
    const GROUP: NamedGroup;

    /// Takes random bytes for a private key, unless they are none of the group's.
    fn new(secret: &[u8; 32]) -> Option<Self>;

    /// Returns the public key.
    fn public(&self) -> Self::Public;

    /// Returns the shared secret, unless the peer's key is none of the group's.
    fn agree(self, peer: &[u8]) -> Option<[u8; 32]>;
}
