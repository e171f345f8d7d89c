//! Shaking hands in memory for one cell, and what the node did in it.
//!
//! Owns how a cell becomes settings of the simulator's TLS, and which row of a table each of its
//! operations is priced with. Does not know TLS, nor any price.

use nodelab_sim::stack::tls::{
    self, Chip, Cipher, Curve, Handshake, HashAlgorithm, KeyExchange, KeyKind, OperationKind,
    RsaSize, Scheme, Side, Stack, Suite, TlsFailure, TlsSettings, TlsSpec, TlsVersion, Versions,
};

use super::axis::{Aead, Auth, Exchange, Mode, Protocol};
use super::cell::Cell;
use super::link::Leg;
use super::price::Demand;
use super::table::Operation;

/// What is the same for all cells of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conditions {
    /// All keys, certificates and random bytes come from it.
    pub seed: u64,
    /// Tickets that the server sends at once, 0 to 2; a resumption needs one.
    pub tickets: u8,
}

/// Shakes hands; one seed gives one handshake on any machine.
///
/// # Errors
///
/// The [`TlsFailure`] that ended it. A cell that is possible does not fail.
///
/// # Panics
///
/// Never: the settings take every value of the axes.
pub fn shake(cell: Cell, conditions: Conditions) -> Result<Handshake, TlsFailure> {
    let spec = TlsSpec::new(settings(cell, conditions))
        .expect("RustCrypto's settings take every value of the axes");
    let mode = match cell.mode {
        Mode::Full => tls::Mode::Full,
        Mode::Retry => tls::Mode::HelloRetry,
        Mode::SessionId => tls::Mode::SessionId,
        Mode::Ticket => tls::Mode::Ticket,
    };
    tls::measure(&spec, mode, conditions.seed)
}

/// Both ends offer exactly what the cell says, so that nothing else is paid for.
fn settings(cell: Cell, conditions: Conditions) -> TlsSettings {
    let versions = match cell.protocol {
        Protocol::V1_2 => Versions::V1_2,
        Protocol::V1_3 => Versions::V1_3,
    };
    TlsSettings {
        certificate_key: match cell.auth {
            Auth::Ed25519 => KeyKind::Ed25519,
            Auth::P256 => KeyKind::P256,
            Auth::P384 => KeyKind::P384,
            Auth::Rsa2048 => KeyKind::Rsa2048,
            Auth::Rsa4096 => KeyKind::Rsa4096,
        },
        groups: vec![match cell.kx {
            Exchange::P256 => KeyExchange::P256,
            Exchange::X25519 => KeyExchange::X25519,
            Exchange::X25519MlKem768 => KeyExchange::X25519MlKem768,
        }],
        intermediates: cell.intermediates.count(),
        mutual: cell.mutual.is_on(),
        // Whoever gets tickets asks for them.
        resumption: conditions.tickets > 0,
        server_versions: versions,
        suites: vec![match cell.aead {
            Aead::Aes128Gcm => Suite::Aes128Gcm,
            Aead::Aes256Gcm => Suite::Aes256Gcm,
            Aead::ChaCha20Poly1305 => Suite::ChaCha20Poly1305,
        }],
        tickets: conditions.tickets,
        versions,
        ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
    }
}

/// Returns what the node computed, as rows of a table: its operations in their order, without
/// those that no table prices.
#[must_use]
pub fn demands(handshake: &Handshake) -> Vec<Demand> {
    let of_node = handshake.operations.iter();
    let of_node = of_node.filter(|operation| operation.by == Side::Client);
    of_node
        .filter_map(|operation| demand(operation.kind))
        .collect()
}

/// Returns how many signatures the node checked and made.
#[must_use]
pub fn signatures(handshake: &Handshake) -> (u32, u32) {
    let mut found = (0, 0);
    let of_node = handshake.operations.iter();
    for operation in of_node.filter(|operation| operation.by == Side::Client) {
        found.0 += u32::from(matches!(operation.kind, OperationKind::Verify(_)));
        found.1 += u32::from(matches!(operation.kind, OperationKind::Sign(_)));
    }
    found
}

/// Returns the flights as a link sees them.
#[must_use]
pub fn legs(handshake: &Handshake) -> Vec<Leg> {
    let legs = handshake.flights.iter().map(|flight| Leg {
        is_up: flight.by == Side::Client,
        bytes: u64::from(flight.bytes),
    });
    let mut legs: Vec<Leg> = legs.collect();
    // In TLS 1.2 the ticket travels in front of the server's Finished (RFC 5077 §3.1), so that
    // the node waits for it, although it is counted apart.
    if handshake.version == TlsVersion::V1_2
        && let Some(last) = legs.iter_mut().rev().find(|leg| !leg.is_up)
    {
        last.bytes += u64::from(handshake.tickets.bytes_down);
    }
    legs
}

/// Returns the row that an operation is priced with; random bytes cost nothing here.
///
/// HMAC is priced as the hashing that it is: a key is two blocks, and a code is its input and an
/// outer hash over one digest more. A hash begins and ends once, whatever the number of pieces.
fn demand(kind: OperationKind) -> Option<Demand> {
    let demand = |operation, calls, bytes: u32| {
        Some(Demand {
            operation,
            calls,
            bytes: u64::from(bytes),
        })
    };
    let each = |operation| demand(operation, 1, 0);
    match kind {
        OperationKind::Agree(Curve::P256) => each(Operation::P256Agree),
        OperationKind::Agree(Curve::X25519) => each(Operation::X25519Agree),
        OperationKind::Decapsulate => each(Operation::MlKem768Decapsulate),
        OperationKind::Decrypt(size) => each(private(size)),
        OperationKind::Encapsulate => each(Operation::MlKem768Encapsulate),
        OperationKind::Encrypt(size) => each(public(size)),
        OperationKind::GenerateKemKey => each(Operation::MlKem768Keygen),
        OperationKind::GenerateKey(Curve::P256) => each(Operation::P256Keygen),
        OperationKind::GenerateKey(Curve::X25519) => each(Operation::X25519Keygen),
        OperationKind::Hash { algorithm, bytes } => demand(hash(algorithm).row, 0, bytes),
        OperationKind::HashFinish(algorithm) => each(hash(algorithm).row),
        OperationKind::Hmac { algorithm, bytes } => {
            let hash = hash(algorithm);
            demand(hash.row, 2, bytes + hash.digest)
        }
        OperationKind::HmacKey(algorithm) => {
            let hash = hash(algorithm);
            demand(hash.row, 0, 2 * hash.block)
        }
        OperationKind::Open { cipher, bytes } => demand(cipher_rows(cipher)?.1, 1, bytes),
        OperationKind::Random { .. } => None,
        OperationKind::Seal { cipher, bytes } => demand(cipher_rows(cipher)?.0, 1, bytes),
        OperationKind::Sign(scheme) => each(signature(scheme).0),
        OperationKind::Verify(scheme) => each(signature(scheme).1),
    }
}

/// A hash function as it is priced.
struct Hash {
    row: Operation,
    digest: u32,
    block: u32,
}

/// SHA-384 and SHA-512 are one function; SHA-1 is axTLS's, which has no price.
const fn hash(algorithm: HashAlgorithm) -> Hash {
    let (row, digest, block) = match algorithm {
        HashAlgorithm::Sha1 => (Operation::Sha256, 20, 64),
        HashAlgorithm::Sha256 => (Operation::Sha256, 32, 64),
        HashAlgorithm::Sha384 => (Operation::Sha384, 48, 128),
        HashAlgorithm::Sha512 => (Operation::Sha384, 64, 128),
    };
    Hash { row, digest, block }
}

/// Returns the rows of sealing and opening; axTLS's cipher has none.
const fn cipher_rows(cipher: Cipher) -> Option<(Operation, Operation)> {
    match cipher {
        Cipher::Aes128Cbc => None,
        Cipher::Aes128Gcm => Some((Operation::Aes128GcmSeal, Operation::Aes128GcmOpen)),
        Cipher::Aes256Gcm => Some((Operation::Aes256GcmSeal, Operation::Aes256GcmOpen)),
        Cipher::ChaCha20Poly1305 => Some((
            Operation::ChaCha20Poly1305Seal,
            Operation::ChaCha20Poly1305Open,
        )),
    }
}

/// Returns the rows of signing and checking.
const fn signature(scheme: Scheme) -> (Operation, Operation) {
    match scheme {
        Scheme::EcdsaP256 => (Operation::P256Sign, Operation::P256Verify),
        Scheme::EcdsaP384 => (Operation::P384Sign, Operation::P384Verify),
        Scheme::Ed25519 => (Operation::Ed25519Sign, Operation::Ed25519Verify),
        Scheme::RsaPkcs1(size) | Scheme::RsaPss(size) => (private(size), public(size)),
    }
}

const fn private(size: RsaSize) -> Operation {
    match size {
        RsaSize::Bits2048 => Operation::Rsa2048Private,
        RsaSize::Bits4096 => Operation::Rsa4096Private,
    }
}

const fn public(size: RsaSize) -> Operation {
    match size {
        RsaSize::Bits2048 => Operation::Rsa2048Public,
        RsaSize::Bits4096 => Operation::Rsa4096Public,
    }
}

#[cfg(test)]
mod tests {
    use nodelab_sim::stack::tls::HandshakeKind;

    use super::super::axis::{Intermediates, Mutual};
    use super::super::skip::possible;
    use super::*;

    const CONDITIONS: Conditions = Conditions {
        seed: 1,
        tickets: 1,
    };

    #[test]
    fn every_core_cell_is_the_handshake_that_it_says() {
        for cell in Cell::core() {
            if possible(cell).is_err() {
                continue;
            }
            let handshake = shake(cell, CONDITIONS).expect("it is possible");
            let (kind, round_trips) = match (cell.mode, cell.protocol) {
                (Mode::Full, Protocol::V1_2) => (HandshakeKind::Full, 2),
                (Mode::Full, Protocol::V1_3) => (HandshakeKind::Full, 1),
                (Mode::Retry, _) => (HandshakeKind::HelloRetry, 2),
                (Mode::SessionId | Mode::Ticket, _) => (HandshakeKind::Resumed, 1),
            };
            assert_eq!(handshake.kind, kind, "{cell}");
            assert_eq!(handshake.round_trips(), round_trips, "{cell}");
        }
    }

    #[test]
    fn the_node_checks_a_signature_for_each_certificate_and_one_for_the_handshake() {
        for intermediates in [Intermediates::None, Intermediates::One, Intermediates::Two] {
            let count = u32::from(intermediates.count());
            let cell = Cell {
                intermediates,
                mutual: Mutual::Yes,
                ..Cell::BASE
            };
            let handshake = shake(cell, CONDITIONS).expect("it is possible");
            assert_eq!(signatures(&handshake), (count + 2, 1));
            let calls = |wanted: Operation| -> u64 {
                let demands = demands(&handshake).into_iter();
                let wanted = demands.filter(|demand| demand.operation == wanted);
                wanted.map(|demand| demand.calls).sum()
            };
            assert_eq!(calls(Operation::P256Verify), u64::from(count) + 2);
            assert_eq!(calls(Operation::P256Sign), 1);
            assert_eq!(calls(Operation::X25519Keygen), 1);
            assert_eq!(calls(Operation::X25519Agree), 1);
        }
    }

    #[test]
    fn flights_are_the_bytes_of_both_ends() {
        let handshake = shake(Cell::BASE, CONDITIONS).expect("it is possible");
        let sum = |is_up| -> u64 {
            let legs = legs(&handshake).into_iter();
            legs.filter(|leg| leg.is_up == is_up)
                .map(|leg| leg.bytes)
                .sum()
        };
        assert_eq!(sum(true), u64::from(handshake.bytes_from(Side::Client)));
        assert_eq!(sum(false), u64::from(handshake.bytes_from(Side::Server)));
    }
}
