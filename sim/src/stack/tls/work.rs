//! What cryptography an endpoint did, in counts that a chip's time can be priced from.
//!
//! Owns the counts, and which operation adds to which. Does not know what an operation costs.

use super::operation::{Cipher, Curve, HashAlgorithm, OperationKind, RsaSize, Scheme};

/// Operations of one group of key exchange.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ExchangeWork {
    /// Key pairs made.
    pub keygen: u32,
    /// Secrets agreed on.
    pub agree: u32,
}

/// Operations of one kind of signature.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SignatureWork {
    /// Signatures made.
    pub sign: u32,
    /// Signatures verified.
    pub verify: u32,
}

/// Everything that an endpoint computed since it was last asked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Work {
    /// Key exchange on P-256.
    pub p256: ExchangeWork,
    /// Key exchange on X25519.
    pub x25519: ExchangeWork,
    /// ECDSA on P-256 with SHA-256.
    pub ecdsa: SignatureWork,
    /// Ed25519.
    pub ed25519: SignatureWork,
    /// Public operations of RSA-2048: a verification, or an encryption of a premaster secret.
    pub rsa_2048_public: u32,
    /// Bytes sealed or opened with AES-128-GCM, or with AES-128-CBC and HMAC-SHA-1.
    pub aes_bytes: u64,
    /// Bytes sealed or opened with ChaCha20-Poly1305.
    pub chacha_bytes: u64,
    /// Bytes hashed, padding of HMAC included.
    pub hash_bytes: u64,
}

impl Work {
    /// Counts an operation. What a node decrypts with RSA has no count: nodes never do.
    pub(super) const fn count(&mut self, kind: OperationKind) {
        match kind {
            OperationKind::Agree(curve) => self.exchange(curve).agree += 1,
            OperationKind::GenerateKey(curve) => self.exchange(curve).keygen += 1,
            OperationKind::Encrypt(RsaSize::Bits2048) => self.rsa_2048_public += 1,
            OperationKind::Hash { bytes, .. } => self.hash_bytes += bytes as u64,
            OperationKind::Hmac { algorithm, bytes } => {
                self.hash_bytes += bytes as u64 + algorithm.block_bytes();
            }
            OperationKind::HmacKey(algorithm) => self.hash_bytes += 2 * algorithm.block_bytes(),
            OperationKind::Open { cipher, bytes } | OperationKind::Seal { cipher, bytes } => {
                match cipher {
                    Cipher::Aes128Cbc | Cipher::Aes128Gcm => self.aes_bytes += bytes as u64,
                    Cipher::ChaCha20Poly1305 => self.chacha_bytes += bytes as u64,
                }
            }
            OperationKind::Sign(scheme) => self.signature(scheme).sign += 1,
            OperationKind::Verify(scheme) => self.signature(scheme).verify += 1,
            OperationKind::Decrypt(_)
            | OperationKind::HashFinish(_)
            | OperationKind::Random { .. } => {}
        }
    }

    /// Adds what was computed elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.p256.add(other.p256);
        self.x25519.add(other.x25519);
        self.ecdsa.add(other.ecdsa);
        self.ed25519.add(other.ed25519);
        self.rsa_2048_public += other.rsa_2048_public;
        self.aes_bytes += other.aes_bytes;
        self.chacha_bytes += other.chacha_bytes;
        self.hash_bytes += other.hash_bytes;
    }

    const fn exchange(&mut self, curve: Curve) -> &mut ExchangeWork {
        match curve {
            Curve::P256 => &mut self.p256,
            Curve::X25519 => &mut self.x25519,
        }
    }

    const fn signature(&mut self, scheme: Scheme) -> &mut SignatureWork {
        match scheme {
            Scheme::EcdsaP256 => &mut self.ecdsa,
            Scheme::Ed25519 => &mut self.ed25519,
        }
    }
}

impl HashAlgorithm {
    /// Returns the bytes that the hash takes at once (FIPS 180-4 §1).
    pub(super) const fn block_bytes(self) -> u64 {
        match self {
            Self::Sha1 | Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl ExchangeWork {
    const fn add(&mut self, other: Self) {
        self.keygen += other.keygen;
        self.agree += other.agree;
    }
}

impl SignatureWork {
    const fn add(&mut self, other: Self) {
        self.sign += other.sign;
        self.verify += other.verify;
    }
}
