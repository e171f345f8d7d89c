//! What cryptography an endpoint did: the operations that a chip's time can be priced from.
//!
//! Owns the counts. Does not know what an operation costs, nor who counted.

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
