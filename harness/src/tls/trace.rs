//! Every operation of a handshake, in order: for people, for `diff`, and for programs.
//!
//! Owns the words. Knows no device.

use std::fmt::Write as _;

use nodelab_sim::stack::tls::{
    Cipher, Curve, Handshake, HashAlgorithm, OperationKind, RsaSize, Scheme,
};
use serde::Serialize;

use super::cell::Cell;
use super::measure::Conditions;
use super::render::side;

/// Returns a trace as text: what crosses the wire, then a line for each operation.
#[must_use]
pub fn text(cell: Cell, conditions: Conditions, handshake: &Handshake) -> String {
    let mut text = String::new();
    let mut line = |words: &str| {
        text += words.trim_end();
        text.push('\n');
    };
    for (key, value) in cell.values() {
        line(&format!("# {key} {value}"));
    }
    line(&format!(
        "# seed {}, tickets {}",
        conditions.seed, conditions.tickets
    ));
    line("");
    line("flight  by      bytes  messages");
    for (index, flight) in handshake.flights.iter().enumerate() {
        let mut messages = String::new();
        for message in &flight.messages {
            let lock = if message.encrypted { "*" } else { "" };
            let (name, bytes) = (message.kind.as_str(), message.bytes);
            write!(messages, " {name}{lock} {bytes}").expect("a string takes any text");
        }
        let by = side(flight.by);
        line(&format!(
            "{:6}  {by:6}  {:5} {messages}",
            index + 1,
            flight.bytes
        ));
    }
    line("");
    line("after   by      operation");
    for operation in &handshake.operations {
        let (by, flight) = (side(operation.by), operation.flight);
        line(&format!("{flight:6}  {by:6}  {}", words(operation.kind)));
    }
    text
}

#[derive(Serialize)]
struct Document {
    cell: String,
    operations: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    by: &'static str,
    flight: u8,
    operation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u32>,
}

/// Returns a trace as JSON.
///
/// # Panics
///
/// Never: the document has only text keys.
#[must_use]
pub fn json(cell: Cell, handshake: &Handshake) -> String {
    let operations = handshake.operations.iter().map(|operation| Entry {
        by: side(operation.by),
        flight: operation.flight,
        operation: name(operation.kind),
        bytes: bytes(operation.kind),
    });
    let document = Document {
        cell: cell.to_string(),
        operations: operations.collect(),
    };
    let text = serde_json::to_string_pretty(&document).expect("all keys are text");
    text + "\n"
}

const fn bytes(kind: OperationKind) -> Option<u32> {
    match kind {
        OperationKind::Hash { bytes, .. }
        | OperationKind::Hmac { bytes, .. }
        | OperationKind::Open { bytes, .. }
        | OperationKind::Random { bytes }
        | OperationKind::Seal { bytes, .. } => Some(bytes),
        OperationKind::Agree(_)
        | OperationKind::Decapsulate
        | OperationKind::Decrypt(_)
        | OperationKind::Encapsulate
        | OperationKind::Encrypt(_)
        | OperationKind::GenerateKemKey
        | OperationKind::GenerateKey(_)
        | OperationKind::HashFinish(_)
        | OperationKind::HmacKey(_)
        | OperationKind::Sign(_)
        | OperationKind::Verify(_) => None,
    }
}

/// Returns an operation with what it works on.
fn words(kind: OperationKind) -> String {
    match bytes(kind) {
        Some(bytes) => format!("{} {bytes}", name(kind)),
        None => name(kind),
    }
}

/// Returns an operation's name with its algorithm.
fn name(kind: OperationKind) -> String {
    match kind {
        OperationKind::Agree(curve) => format!("agree {}", curve_name(curve)),
        OperationKind::Decapsulate => "decapsulate mlkem768".to_owned(),
        OperationKind::Decrypt(size) => format!("decrypt rsa{}", bits(size)),
        OperationKind::Encapsulate => "encapsulate mlkem768".to_owned(),
        OperationKind::Encrypt(size) => format!("encrypt rsa{}", bits(size)),
        OperationKind::GenerateKemKey => "keygen mlkem768".to_owned(),
        OperationKind::GenerateKey(curve) => format!("keygen {}", curve_name(curve)),
        OperationKind::Hash { algorithm, .. } => format!("hash {}", hash_name(algorithm)),
        OperationKind::HashFinish(algorithm) => format!("hash-finish {}", hash_name(algorithm)),
        OperationKind::Hmac { algorithm, .. } => format!("hmac {}", hash_name(algorithm)),
        OperationKind::HmacKey(algorithm) => format!("hmac-key {}", hash_name(algorithm)),
        OperationKind::Open { cipher, .. } => format!("open {}", cipher_name(cipher)),
        OperationKind::Random { .. } => "random".to_owned(),
        OperationKind::Seal { cipher, .. } => format!("seal {}", cipher_name(cipher)),
        OperationKind::Sign(scheme) => format!("sign {}", scheme_name(scheme)),
        OperationKind::Verify(scheme) => format!("verify {}", scheme_name(scheme)),
    }
}

const fn curve_name(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "p256",
        Curve::X25519 => "x25519",
    }
}

const fn hash_name(algorithm: HashAlgorithm) -> &'static str {
    match algorithm {
        HashAlgorithm::Sha1 => "sha1",
        HashAlgorithm::Sha256 => "sha256",
        HashAlgorithm::Sha384 => "sha384",
        HashAlgorithm::Sha512 => "sha512",
    }
}

const fn cipher_name(cipher: Cipher) -> &'static str {
    match cipher {
        Cipher::Aes128Cbc => "aes128cbc",
        Cipher::Aes128Gcm => "aes128gcm",
        Cipher::Aes256Gcm => "aes256gcm",
        Cipher::ChaCha20Poly1305 => "chacha20poly1305",
    }
}

fn scheme_name(scheme: Scheme) -> String {
    match scheme {
        Scheme::EcdsaP256 => "ecdsa-p256".to_owned(),
        Scheme::EcdsaP384 => "ecdsa-p384".to_owned(),
        Scheme::Ed25519 => "ed25519".to_owned(),
        Scheme::RsaPkcs1(size) => format!("rsa{}-pkcs1", bits(size)),
        Scheme::RsaPss(size) => format!("rsa{}-pss", bits(size)),
    }
}

const fn bits(size: RsaSize) -> u32 {
    match size {
        RsaSize::Bits2048 => 2_048,
        RsaSize::Bits4096 => 4_096,
    }
}
