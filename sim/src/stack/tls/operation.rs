//! What cryptography an end did, one operation after the other.
//!
//! Owns the names of operations and the one book that they are written to. Does not know what an
//! operation costs, nor who asks for it.
//!
//! ```text
//! provider, models ── record(kind) ──► Ledger ──► Work    counts, always
//!                                             └─► kinds   the whole list, only when asked for
//! ```
//!
//! What a signature scheme hashes or masks besides the message belongs to the scheme's own
//! operation; the message is hashed before it, as an operation of its own.

use super::event::Side;
use super::work::Work;

/// One operation of a handshake.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Operation {
    /// Who did it.
    pub by: Side,
    /// The flight, counted from 1, whose arrival set it off; at the opening, the one it builds.
    ///
    /// What the server does with flight 1 to build flight 2 has a 1, what the client does with
    /// flight 2 to build flight 3 has a 2.
    pub flight: u8,
    /// What was done.
    pub kind: OperationKind,
}

/// A curve that two ends agree on a secret with.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// X25519 (RFC 7748).
    X25519,
}

/// A cipher with what protects its text.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Cipher {
    /// AES-128 in CBC mode; its HMAC-SHA-1 is told apart.
    Aes128Cbc,
    /// AES-128-GCM.
    Aes128Gcm,
    /// AES-256-GCM.
    Aes256Gcm,
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305,
}

/// A hash function.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum HashAlgorithm {
    /// SHA-1, in HMAC only.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512, in Ed25519 only.
    Sha512,
}

/// A kind of signature.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Scheme {
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384,
    /// Ed25519.
    Ed25519,
    /// RSA with PKCS #1 v1.5 and SHA-256.
    RsaPkcs1(RsaSize),
    /// RSA with PSS and SHA-256.
    RsaPss(RsaSize),
}

/// A length of RSA's modulus.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RsaSize {
    /// 2 048 bits.
    Bits2048,
    /// 4 096 bits.
    Bits4096,
}

/// What was done.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OperationKind {
    /// A secret was agreed on, with a key pair made before.
    Agree(Curve),
    /// A secret was taken out of a ciphertext of ML-KEM-768.
    Decapsulate,
    /// A secret was decrypted with a private key of RSA.
    Decrypt(RsaSize),
    /// A secret was put into a ciphertext of ML-KEM-768.
    Encapsulate,
    /// A secret was encrypted with a public key of RSA.
    Encrypt(RsaSize),
    /// A key pair of ML-KEM-768 was made.
    GenerateKemKey,
    /// A key pair was made.
    GenerateKey(Curve),
    /// Input went through a hash.
    Hash {
        /// Which one.
        algorithm: HashAlgorithm,
        /// Bytes of input.
        bytes: u32,
    },
    /// A digest was taken of what had been hashed so far.
    HashFinish(HashAlgorithm),
    /// A message authentication code was made with a key prepared before.
    Hmac {
        /// The hash inside.
        algorithm: HashAlgorithm,
        /// Bytes of input, padding and outer hash not counted.
        bytes: u32,
    },
    /// A key of HMAC was prepared, which takes two blocks of its hash.
    HmacKey(HashAlgorithm),
    /// A record or a ticket was opened.
    Open {
        /// The cipher.
        cipher: Cipher,
        /// Bytes of plain text.
        bytes: u32,
    },
    /// Random bytes were drawn.
    Random {
        /// How many.
        bytes: u32,
    },
    /// A record or a ticket was sealed.
    Seal {
        /// The cipher.
        cipher: Cipher,
        /// Bytes of plain text.
        bytes: u32,
    },
    /// A signature was made.
    Sign(Scheme),
    /// A signature was verified.
    Verify(Scheme),
}

/// The book of one end.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    work: Work,
    kinds: Option<Vec<OperationKind>>,
}

impl Ledger {
    /// Starts a book; with the whole list, or with counts only.
    pub(super) fn new(whole: bool) -> Self {
        Self {
            work: Work::default(),
            kinds: whole.then(Vec::new),
        }
    }

    /// Writes an operation down.
    pub(super) fn record(&mut self, kind: OperationKind) {
        self.work.count(kind);
        if let Some(kinds) = &mut self.kinds {
            kinds.push(kind);
        }
    }

    /// Returns the counts since the last call.
    pub(super) fn take_work(&mut self) -> Work {
        std::mem::take(&mut self.work)
    }

    /// Returns the list since the last call, empty if none was asked for.
    pub(super) fn take_kinds(&mut self) -> Vec<OperationKind> {
        self.kinds.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

impl OperationKind {
    /// Returns input to a hash; what does not fit 32 bits counts as that much.
    pub(super) fn hash(algorithm: HashAlgorithm, bytes: usize) -> Self {
        let bytes = length(bytes);
        Self::Hash { algorithm, bytes }
    }

    /// Returns a message authentication code.
    pub(super) fn hmac(algorithm: HashAlgorithm, bytes: usize) -> Self {
        let bytes = length(bytes);
        Self::Hmac { algorithm, bytes }
    }

    /// Returns the opening of a text.
    pub(super) fn open(cipher: Cipher, bytes: usize) -> Self {
        let bytes = length(bytes);
        Self::Open { cipher, bytes }
    }

    /// Returns a draw.
    pub(super) fn random(bytes: usize) -> Self {
        let bytes = length(bytes);
        Self::Random { bytes }
    }

    /// Returns the sealing of a text.
    pub(super) fn seal(cipher: Cipher, bytes: usize) -> Self {
        let bytes = length(bytes);
        Self::Seal { cipher, bytes }
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
