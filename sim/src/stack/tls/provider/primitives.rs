//! What a family of cryptographic code has to offer, and nothing of TLS.
//!
//! Two families do: [`fast`](super::fast) and [`portable`](super::portable). They differ in
//! speed and in the processors they run on, never in a byte.

use rustls::crypto::cipher::{AeadKey, Iv};
use rustls::{ConnectionTrafficSecrets, NamedGroup};

use super::super::operation::{Cipher, Curve, HashAlgorithm};

/// Bytes of the tag of all ciphers.
pub(super) const TAG: usize = 16;

/// A family of cryptographic code.
pub(super) trait Primitives: Send + Sync + 'static {
    /// AES-128-GCM.
    type Aes128: Aead;
    /// AES-256-GCM.
    type Aes256: Aead;
    /// ChaCha20-Poly1305.
    type ChaCha: Aead;
    /// HMAC with SHA-256.
    type HmacSha256: Mac;
    /// HMAC with SHA-384.
    type HmacSha384: Mac;
    /// Key exchange on P-256.
    type P256: Exchange;
    /// SHA-256.
    type Sha256: Digest;
    /// SHA-384.
    type Sha384: Digest;
    /// Key exchange on X25519.
    type X25519: Exchange;

    /// Returns whether a signature over `message` is that of `key`, as certificates hold them.
    fn verify(form: SignatureForm, key: &[u8], message: &[u8], signature: &[u8]) -> bool;
}

/// A form of signature; how long a key of RSA is, the key itself tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SignatureForm {
    /// ECDSA on P-256 with SHA-256, in DER, by an uncompressed point.
    EcdsaP256,
    /// ECDSA on P-384 with SHA-384, in DER, by an uncompressed point.
    EcdsaP384,
    /// Ed25519.
    Ed25519,
    /// RSA, PKCS #1 v1.5 with SHA-256 (RFC 8017 §8.2).
    RsaPkcs1,
    /// RSA, PSS with SHA-256 and 32 bytes of salt (RFC 8017 §8.1).
    RsaPss,
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
    /// Which one.
    const ALGORITHM: HashAlgorithm;
    /// The digest.
    type Output: AsRef<[u8]>;

    /// Starts.
    fn new() -> Self;

    /// Takes more input.
    fn update(&mut self, bytes: &[u8]);

    /// Returns the digest.
    fn finish(self) -> Self::Output;
}

/// A message authentication code under way.
pub(super) trait Mac: Clone + Send + Sync + 'static {
    /// The hash inside.
    const ALGORITHM: HashAlgorithm;
    /// The code.
    type Output: AsRef<[u8]>;

    /// Starts with a key of any length.
    fn new(key: &[u8]) -> Self;

    /// Takes more input.
    fn update(&mut self, bytes: &[u8]);

    /// Returns the code.
    fn finish(self) -> Self::Output;
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
