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

/// Operations of a key encapsulation mechanism.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct KemWork {
    /// Secrets taken out.
    pub decapsulate: u32,
    /// Secrets put in.
    pub encapsulate: u32,
    /// Key pairs made.
    pub keygen: u32,
}

/// Operations of one size of RSA.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RsaWork {
    /// Signatures made, or secrets decrypted.
    pub private: u32,
    /// Signatures verified, or secrets encrypted.
    pub public: u32,
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
    /// ECDSA on P-384 with SHA-384.
    pub ecdsa_p384: SignatureWork,
    /// Ed25519.
    pub ed25519: SignatureWork,
    /// ML-KEM-768.
    pub ml_kem_768: KemWork,
    /// RSA with 2 048 bits.
    pub rsa_2048: RsaWork,
    /// RSA with 4 096 bits.
    pub rsa_4096: RsaWork,
    /// Bytes sealed or opened with AES-128-GCM, or with AES-128-CBC and HMAC-SHA-1.
    pub aes_bytes: u64,
    /// Bytes sealed or opened with AES-256-GCM.
    pub aes_256_bytes: u64,
    /// Bytes sealed or opened with ChaCha20-Poly1305.
    pub chacha_bytes: u64,
    /// Bytes hashed by whichever hash, padding of HMAC included.
    pub hash_bytes: u64,
}

impl Work {
    /// Counts an operation.
    pub(super) const fn count(&mut self, kind: OperationKind) {
        match kind {
            OperationKind::Agree(curve) => self.exchange(curve).agree += 1,
            OperationKind::Decapsulate => self.ml_kem_768.decapsulate += 1,
            OperationKind::Decrypt(size) => self.rsa(size).private += 1,
            OperationKind::Encapsulate => self.ml_kem_768.encapsulate += 1,
            OperationKind::Encrypt(size) => self.rsa(size).public += 1,
            OperationKind::GenerateKemKey => self.ml_kem_768.keygen += 1,
            OperationKind::GenerateKey(curve) => self.exchange(curve).keygen += 1,
            OperationKind::Hash { bytes, .. } => self.hash_bytes += bytes as u64,
            OperationKind::HashFinish(_) | OperationKind::Random { .. } => {}
            OperationKind::Hmac { algorithm, bytes } => {
                self.hash_bytes += bytes as u64 + algorithm.block_bytes();
            }
            OperationKind::HmacKey(algorithm) => self.hash_bytes += 2 * algorithm.block_bytes(),
            OperationKind::Open { cipher, bytes } | OperationKind::Seal { cipher, bytes } => {
                *self.ciphered(cipher) += bytes as u64;
            }
            OperationKind::Sign(scheme) => match scheme {
                Scheme::EcdsaP256 => self.ecdsa.sign += 1,
                Scheme::EcdsaP384 => self.ecdsa_p384.sign += 1,
                Scheme::Ed25519 => self.ed25519.sign += 1,
                Scheme::RsaPkcs1(size) | Scheme::RsaPss(size) => self.rsa(size).private += 1,
            },
            OperationKind::Verify(scheme) => match scheme {
                Scheme::EcdsaP256 => self.ecdsa.verify += 1,
                Scheme::EcdsaP384 => self.ecdsa_p384.verify += 1,
                Scheme::Ed25519 => self.ed25519.verify += 1,
                Scheme::RsaPkcs1(size) | Scheme::RsaPss(size) => self.rsa(size).public += 1,
            },
        }
    }

    /// Adds what was computed elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.p256.add(other.p256);
        self.x25519.add(other.x25519);
        self.ecdsa.add(other.ecdsa);
        self.ecdsa_p384.add(other.ecdsa_p384);
        self.ed25519.add(other.ed25519);
        self.ml_kem_768.add(other.ml_kem_768);
        self.rsa_2048.add(other.rsa_2048);
        self.rsa_4096.add(other.rsa_4096);
        self.aes_bytes += other.aes_bytes;
        self.aes_256_bytes += other.aes_256_bytes;
        self.chacha_bytes += other.chacha_bytes;
        self.hash_bytes += other.hash_bytes;
    }

    const fn ciphered(&mut self, cipher: Cipher) -> &mut u64 {
        match cipher {
            Cipher::Aes128Cbc | Cipher::Aes128Gcm => &mut self.aes_bytes,
            Cipher::Aes256Gcm => &mut self.aes_256_bytes,
            Cipher::ChaCha20Poly1305 => &mut self.chacha_bytes,
        }
    }

    const fn exchange(&mut self, curve: Curve) -> &mut ExchangeWork {
        match curve {
            Curve::P256 => &mut self.p256,
            Curve::X25519 => &mut self.x25519,
        }
    }

    const fn rsa(&mut self, size: RsaSize) -> &mut RsaWork {
        match size {
            RsaSize::Bits2048 => &mut self.rsa_2048,
            RsaSize::Bits4096 => &mut self.rsa_4096,
        }
    }
}

impl HashAlgorithm {
    /// Returns the bytes that the hash takes at once (FIPS 180-4 §1).
    pub(super) const fn block_bytes(self) -> u64 {
        match self {
            Self::Sha1 | Self::Sha256 => 64,
            Self::Sha384 | Self::Sha512 => 128,
        }
    }

    /// Returns the bytes of a digest.
    pub(super) const fn digest_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl ExchangeWork {
    const fn add(&mut self, other: Self) {
        self.keygen += other.keygen;
        self.agree += other.agree;
    }
}

impl KemWork {
    const fn add(&mut self, other: Self) {
        self.decapsulate += other.decapsulate;
        self.encapsulate += other.encapsulate;
        self.keygen += other.keygen;
    }
}

impl RsaWork {
    const fn add(&mut self, other: Self) {
        self.private += other.private;
        self.public += other.public;
    }
}

impl SignatureWork {
    const fn add(&mut self, other: Self) {
        self.sign += other.sign;
        self.verify += other.verify;
    }
}
