//! What stands for AES-128-CBC with HMAC-SHA-1 (RFC 5246 §6.2.3.2): its sizes, and its effect
//! on whoever has no key.

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use super::messages::{Content, draw, push_record};
use crate::stack::tls::operation::{Cipher, HashAlgorithm, Ledger, OperationKind};

/// Bytes of a block, and of the explicit initialisation vector.
const BLOCK: usize = 16;
/// Bytes of HMAC-SHA-1.
const MAC: usize = 20;
/// Rounds of HMAC that make the master secret and 104 bytes of keys.
const DERIVATION_ROUNDS: u32 = 12;
/// Bytes that each of them hashes, its padding included.
const DERIVATION_BYTES: usize = 64;

/// A digest of all messages so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Transcript(Sha256);

/// Secrets of both directions.
#[derive(Clone, Copy)]
pub(super) struct Keys([u8; 32]);

/// Both directions, as one end sees them.
#[derive(Debug)]
pub(super) struct Protection {
    keys: Keys,
    client: bool,
    sealed: u64,
    opened: u64,
}

impl Transcript {
    pub(super) fn add(&mut self, message: &[u8]) {
        self.0.update(message);
    }
}

impl Keys {
    /// Derives the same keys at both ends, if both saw the same messages.
    pub(super) fn derive(secret: &[u8; 32], transcript: &Transcript) -> Self {
        let seen = transcript.0.clone().finalize();
        let digest = Sha256::new().chain_update(secret).chain_update(seen);
        Self(digest.finalize().into())
    }

    fn stream(&self, from_client: bool, sequence: u64, vector: &[u8]) -> ChaCha12Rng {
        let digest = Sha256::new()
            .chain_update(self.0)
            .chain_update([u8::from(from_client)])
            .chain_update(sequence.to_be_bytes())
            .chain_update(vector);
        ChaCha12Rng::from_seed(digest.finalize().into())
    }

    fn code(&self, from_client: bool, sequence: u64, content: Content, plain: &[u8]) -> [u8; MAC] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key");
        mac.update(&[u8::from(from_client), content as u8]);
        mac.update(&sequence.to_be_bytes());
        mac.update(plain);
        let code = mac.finalize().into_bytes();
        *code.first_chunk().expect("SHA-256 has 32 bytes")
    }
}

impl Protection {
    pub(super) const fn new(keys: Keys, client: bool) -> Self {
        Self {
            keys,
            client,
            sealed: 0,
            opened: 0,
        }
    }

    /// Appends a record.
    pub(super) fn seal(
        &mut self,
        content: Content,
        plain: &[u8],
        luck: &mut ChaCha12Rng,
        out: &mut Vec<u8>,
        ledger: &mut Ledger,
    ) {
        let mut payload = Vec::with_capacity(plain.len() + MAC + 2 * BLOCK);
        draw(BLOCK, luck, &mut payload);
        payload.extend_from_slice(plain);
        payload.extend_from_slice(&self.keys.code(self.client, self.sealed, content, plain));
        let padding = BLOCK - 1 - (plain.len() + MAC) % BLOCK;
        let fill = u8::try_from(padding).expect("less than a block");
        payload.extend(std::iter::repeat_n(fill, padding + 1));
        let (vector, text) = payload.split_at_mut(BLOCK);
        mask(
            &mut self.keys.stream(self.client, self.sealed, vector),
            text,
        );
        self.sealed += 1;
        code_made(HashAlgorithm::Sha1, plain.len(), ledger);
        ledger.record(OperationKind::seal(Cipher::Aes128Cbc, text.len()));
        push_record(content, &payload, out);
    }

    /// Returns the plain text of a record's payload, unless somebody changed it.
    pub(super) fn open(
        &mut self,
        content: Content,
        payload: &[u8],
        ledger: &mut Ledger,
    ) -> Option<Vec<u8>> {
        let (vector, text) = payload.split_at_checked(BLOCK)?;
        if text.is_empty() || !text.len().is_multiple_of(BLOCK) {
            return None;
        }
        let mut text = text.to_vec();
        mask(
            &mut self.keys.stream(!self.client, self.opened, vector),
            &mut text,
        );
        let padding = usize::from(*text.last()?);
        let end = text.len().checked_sub(padding + 1 + MAC)?;
        ledger.record(OperationKind::open(Cipher::Aes128Cbc, text.len()));
        code_made(HashAlgorithm::Sha1, end, ledger);
        let (plain, rest) = text.split_at(end);
        let code = self.keys.code(!self.client, self.opened, content, plain);
        let padded = rest[MAC..].iter().all(|byte| usize::from(*byte) == padding);
        self.opened += 1;
        (padded && rest[..MAC] == code).then(|| plain.to_vec())
    }
}

fn mask(stream: &mut ChaCha12Rng, text: &mut [u8]) {
    let mut key = vec![0; text.len()];
    stream.fill_bytes(&mut key);
    for (byte, key) in text.iter_mut().zip(key) {
        *byte ^= key;
    }
}

/// Writes down what it takes to derive the keys of both directions.
pub(super) fn keys_derived(ledger: &mut Ledger) {
    for _ in 0..DERIVATION_ROUNDS {
        code_made(HashAlgorithm::Sha256, DERIVATION_BYTES, ledger);
    }
}

fn code_made(algorithm: HashAlgorithm, bytes: usize, ledger: &mut Ledger) {
    ledger.record(OperationKind::HmacKey(algorithm));
    ledger.record(OperationKind::hmac(algorithm, bytes));
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}
