//! How much memory a handshake needs.
//!
//! Owns what is published for each library, and where counted stacks come in. Does not know how
//! much a device has.

use super::axis::{Auth, Axis as _, Device, Exchange, Library, Mode};
use super::basis::Basis;
use super::cell::Cell;
use super::price::Bill;
use super::table::{Table, WholeHandshake};

/// Bytes of memory, and how they are known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Memory {
    /// Buffers, state and the deepest stack together.
    pub bytes: u64,
    /// Whether they were measured.
    pub basis: Basis,
}

const KIB: u64 = 1_024;
/// Arduino core for ESP8266, bearssl-client-secure-class.rst: buffers of about 22 KB for each
/// connection, and a second stack of about 5.6 KB.
const BEARSSL_BYTES: u64 = 22 * KIB + 5_600;
/// espressif/developer-portal, 2026/04/esp-hybrid-tls-pqc: 44.9 KB of heap at the peak, and 8.4 KB
/// of stack, with X25519 and a P-256 certificate on an ESP32-S3.
const MBEDTLS_BYTES: u64 = 44_900 + 8_400;
/// The buffer that a record of any server fits (embedded-tls, `TlsConnection::new`).
const RECORD_BYTES: u64 = 16_640;

/// Returns the memory of a handshake; `largest_up` is the node's largest flight in bytes.
#[must_use]
pub fn memory(
    cell: Cell,
    device: Device,
    library: Library,
    bill: &Bill,
    largest_up: u64,
) -> Option<Memory> {
    let of = |bytes, basis| Some(Memory { bytes, basis });
    let stack_bytes = bill.stack_bytes.unwrap_or(0);
    match library {
        Library::AxTls => None,
        Library::BearSsl => of(BEARSSL_BYTES, Basis::Published),
        Library::EmbeddedTls => embedded_tls(cell, device, stack_bytes),
        // One cell's figure stands for all.
        Library::MbedTls if is_published(cell) => of(MBEDTLS_BYTES, Basis::Published),
        Library::MbedTls => of(MBEDTLS_BYTES, Basis::Assumed),
        Library::RustCrypto => of(RECORD_BYTES + largest_up + stack_bytes, Basis::Modelled),
    }
}

/// Returns whether mbedTLS's memory was published for such a handshake.
fn is_published(cell: Cell) -> bool {
    (cell.auth, cell.kx, cell.mode) == (Auth::P256, Exchange::X25519, Mode::Full)
        && !cell.mutual.is_on()
}

/// A whole handshake was run; another one needs the same, and more if an operation of it has a
/// deeper stack.
fn embedded_tls(cell: Cell, device: Device, stack_bytes: u64) -> Option<Memory> {
    if let Some(whole) = whole(cell, device) {
        return Some(Memory {
            bytes: whole.static_bytes + whole.stack_bytes,
            basis: Basis::Measured,
        });
    }
    let handshakes = &Table::of(device).handshakes;
    let deepest = handshakes.iter().max_by_key(|whole| whole.stack_bytes)?;
    Some(Memory {
        bytes: deepest.static_bytes + deepest.stack_bytes.max(stack_bytes),
        basis: Basis::Modelled,
    })
}

/// Returns the handshake of a cell as it ran on the device's core in one piece, if it did.
#[must_use]
pub fn whole(cell: Cell, device: Device) -> Option<&'static WholeHandshake> {
    if cell.mode != Mode::Full || cell.mutual.is_on() {
        return None;
    }
    let name = format!(
        "embedded-tls {} {} {} {} {} intermediates",
        cell.protocol.name(),
        cell.auth.name(),
        cell.kx.name(),
        cell.aead.name(),
        cell.intermediates.name(),
    );
    let handshakes = &Table::of(device).handshakes;
    handshakes.iter().find(|whole| whole.name == name)
}
