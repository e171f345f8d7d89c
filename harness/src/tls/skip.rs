//! What cannot be, and why: by the protocol itself, or by a library on a device.
//!
//! Owns the reasons and their codes. Does not know what a possible cell costs.

use std::fmt;

use super::axis::{Aead, Auth, Device, Exchange, Library, Mode, Mutual, Protocol};
use super::cell::Cell;

/// Why a cell, or a device in it, has no figures. The codes are part of the interface.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum SkipReason {
    /// axTLS has only the RSA key exchange, and CBC.
    AxTlsHasNoEcdhe,
    /// axTLS ends at TLS 1.2.
    AxTlsHasNoTls13,
    /// `BearSSL` has no Ed25519.
    BearSslHasNoEd25519,
    /// `BearSSL` resumes by session id only.
    BearSslHasNoTickets,
    /// `BearSSL` ends at TLS 1.2.
    BearSslHasNoTls13,
    /// embedded-tls has no ChaCha20-Poly1305.
    EmbeddedTlsHasNoChaCha20,
    /// embedded-tls has no answer to a `HelloRetryRequest`.
    EmbeddedTlsHasNoHelloRetry,
    /// embedded-tls ignores tickets.
    EmbeddedTlsHasNoResumption,
    /// embedded-tls begins at TLS 1.3.
    EmbeddedTlsHasNoTls12,
    /// embedded-tls exchanges keys on P-256 only.
    EmbeddedTlsHasOnlyP256,
    /// embedded-tls signs with P-256 keys only.
    EmbeddedTlsSignsWithP256,
    /// A `HelloRetryRequest` is a message of TLS 1.3.
    HelloRetryNeedsTls13,
    /// mbedTLS 3 has no Ed25519.
    MbedTlsHasNoEd25519,
    /// mbedTLS 3 has no ML-KEM.
    MbedTlsHasNoMlKem,
    /// The table has no count for an operation that the handshake needs.
    NotCounted,
    /// TLS 1.3 has pre-shared keys in place of session ids.
    SessionIdNeedsTls12,
    /// The library is not built for this chip.
    StackNotOnDevice,
    /// X25519MLKEM768 is a group of TLS 1.3.
    X25519MlKem768NeedsTls13,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [Self; 18] = [
        Self::AxTlsHasNoEcdhe,
        Self::AxTlsHasNoTls13,
        Self::BearSslHasNoEd25519,
        Self::BearSslHasNoTickets,
        Self::BearSslHasNoTls13,
        Self::EmbeddedTlsHasNoChaCha20,
        Self::EmbeddedTlsHasNoHelloRetry,
        Self::EmbeddedTlsHasNoResumption,
        Self::EmbeddedTlsHasNoTls12,
        Self::EmbeddedTlsHasOnlyP256,
        Self::EmbeddedTlsSignsWithP256,
        Self::HelloRetryNeedsTls13,
        Self::MbedTlsHasNoEd25519,
        Self::MbedTlsHasNoMlKem,
        Self::NotCounted,
        Self::SessionIdNeedsTls12,
        Self::StackNotOnDevice,
        Self::X25519MlKem768NeedsTls13,
    ];

    /// Returns the code that programs read.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AxTlsHasNoEcdhe => "axtls-has-no-ecdhe",
            Self::AxTlsHasNoTls13 => "axtls-has-no-tls-1.3",
            Self::BearSslHasNoEd25519 => "bearssl-has-no-ed25519",
            Self::BearSslHasNoTickets => "bearssl-has-no-tickets",
            Self::BearSslHasNoTls13 => "bearssl-has-no-tls-1.3",
            Self::EmbeddedTlsHasNoChaCha20 => "embedded-tls-has-no-chacha20",
            Self::EmbeddedTlsHasNoHelloRetry => "embedded-tls-has-no-hello-retry",
            Self::EmbeddedTlsHasNoResumption => "embedded-tls-has-no-resumption",
            Self::EmbeddedTlsHasNoTls12 => "embedded-tls-has-no-tls-1.2",
            Self::EmbeddedTlsHasOnlyP256 => "embedded-tls-has-only-p256",
            Self::EmbeddedTlsSignsWithP256 => "embedded-tls-signs-with-p256",
            Self::HelloRetryNeedsTls13 => "hello-retry-needs-tls-1.3",
            Self::MbedTlsHasNoEd25519 => "mbedtls-has-no-ed25519",
            Self::MbedTlsHasNoMlKem => "mbedtls-has-no-mlkem",
            Self::NotCounted => "not-counted",
            Self::SessionIdNeedsTls12 => "session-id-needs-tls-1.2",
            Self::StackNotOnDevice => "stack-not-on-device",
            Self::X25519MlKem768NeedsTls13 => "x25519mlkem768-needs-tls-1.3",
        }
    }

    /// Returns the reason in words, with where it comes from.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AxTlsHasNoEcdhe => {
                "axTLS has only the RSA key exchange with AES-CBC; every cell is ECDHE with an AEAD"
            }
            Self::AxTlsHasNoTls13 => "axTLS ends at TLS 1.2",
            Self::BearSslHasNoEd25519 => "BearSSL has no Ed25519",
            Self::BearSslHasNoTickets => {
                "BearSSL resumes by session id only: br_ssl_session_parameters holds no ticket"
            }
            Self::BearSslHasNoTls13 => "BearSSL ends at TLS 1.2",
            Self::EmbeddedTlsHasNoChaCha20 => "embedded-tls 0.19 has only AES-GCM",
            Self::EmbeddedTlsHasNoHelloRetry => {
                "embedded-tls 0.19 offers one group and cannot answer a HelloRetryRequest"
            }
            Self::EmbeddedTlsHasNoResumption => {
                "embedded-tls 0.19 ignores tickets, so every handshake is a full one"
            }
            Self::EmbeddedTlsHasNoTls12 => "embedded-tls begins at TLS 1.3",
            Self::EmbeddedTlsHasOnlyP256 => "embedded-tls 0.19 exchanges keys on P-256 only",
            Self::EmbeddedTlsSignsWithP256 => {
                "embedded-tls 0.19 signs with P-256 keys only, so mutual TLS needs P-256"
            }
            Self::HelloRetryNeedsTls13 => {
                "a HelloRetryRequest is a message of TLS 1.3 (RFC 8446 §4.1.4)"
            }
            Self::MbedTlsHasNoEd25519 => "mbedTLS 3 has no Ed25519",
            Self::MbedTlsHasNoMlKem => {
                "mbedTLS 3 has no ML-KEM; Espressif's esp-hybrid-tls adds it with liboqs"
            }
            Self::NotCounted => "the table has no count for an operation of this handshake",
            Self::SessionIdNeedsTls12 => {
                "TLS 1.3 resumes with pre-shared keys; a session id is only echoed (RFC 8446 §2.2)"
            }
            Self::StackNotOnDevice => "this library is not built for this chip",
            Self::X25519MlKem768NeedsTls13 => {
                "X25519MLKEM768 is a group of TLS 1.3 (draft-ietf-tls-ecdhe-mlkem)"
            }
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Says whether a cell can be at all.
///
/// # Errors
///
/// The [`SkipReason`], when the protocol has no such handshake.
pub const fn possible(cell: Cell) -> Result<(), SkipReason> {
    match (cell.protocol, cell.mode, cell.kx) {
        (Protocol::V1_2, _, Exchange::X25519MlKem768) => Err(SkipReason::X25519MlKem768NeedsTls13),
        (Protocol::V1_2, Mode::Retry, _) => Err(SkipReason::HelloRetryNeedsTls13),
        (Protocol::V1_3, Mode::SessionId, _) => Err(SkipReason::SessionIdNeedsTls12),
        _ => Ok(()),
    }
}

/// Says whether a library on a device can do a cell.
///
/// # Errors
///
/// The [`SkipReason`]: first what the device lacks, then what the library does.
pub fn possible_on(cell: Cell, device: Device, library: Library) -> Result<(), SkipReason> {
    built_for(device, library)?;
    possible(cell)?;
    match library {
        Library::AxTls => Err(ax_tls(cell)),
        Library::BearSsl => bear_ssl(cell),
        Library::EmbeddedTls => embedded_tls(cell),
        Library::MbedTls => mbed_tls(cell),
        Library::RustCrypto => Ok(()),
    }
}

/// Says whether a library is for a device. embedded-tls runs on both cores, and `RustCrypto`'s
/// primitives were counted on both.
///
/// # Errors
///
/// [`SkipReason::StackNotOnDevice`], when it is not.
pub const fn built_for(device: Device, library: Library) -> Result<(), SkipReason> {
    match (library, device.is_esp8266()) {
        (Library::AxTls | Library::BearSsl, false) | (Library::MbedTls, true) => {
            Err(SkipReason::StackNotOnDevice)
        }
        _ => Ok(()),
    }
}

const fn ax_tls(cell: Cell) -> SkipReason {
    match cell.protocol {
        Protocol::V1_2 => SkipReason::AxTlsHasNoEcdhe,
        Protocol::V1_3 => SkipReason::AxTlsHasNoTls13,
    }
}

fn bear_ssl(cell: Cell) -> Result<(), SkipReason> {
    first(&[
        (
            cell.protocol == Protocol::V1_3,
            SkipReason::BearSslHasNoTls13,
        ),
        (cell.auth == Auth::Ed25519, SkipReason::BearSslHasNoEd25519),
        (cell.mode == Mode::Ticket, SkipReason::BearSslHasNoTickets),
    ])
}

fn embedded_tls(cell: Cell) -> Result<(), SkipReason> {
    let foreign_key = cell.mutual == Mutual::Yes && cell.auth != Auth::P256;
    first(&[
        (
            cell.protocol == Protocol::V1_2,
            SkipReason::EmbeddedTlsHasNoTls12,
        ),
        (cell.mode.resumes(), SkipReason::EmbeddedTlsHasNoResumption),
        (
            cell.mode == Mode::Retry,
            SkipReason::EmbeddedTlsHasNoHelloRetry,
        ),
        (
            cell.kx != Exchange::P256,
            SkipReason::EmbeddedTlsHasOnlyP256,
        ),
        (
            cell.aead == Aead::ChaCha20Poly1305,
            SkipReason::EmbeddedTlsHasNoChaCha20,
        ),
        (foreign_key, SkipReason::EmbeddedTlsSignsWithP256),
    ])
}

fn mbed_tls(cell: Cell) -> Result<(), SkipReason> {
    first(&[
        (cell.auth == Auth::Ed25519, SkipReason::MbedTlsHasNoEd25519),
        (
            cell.kx == Exchange::X25519MlKem768,
            SkipReason::MbedTlsHasNoMlKem,
        ),
    ])
}

fn first(rules: &[(bool, SkipReason)]) -> Result<(), SkipReason> {
    let broken = rules.iter().find(|(applies, _)| *applies);
    broken.map_or(Ok(()), |(_, reason)| Err(*reason))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    use super::super::axis::Axis as _;
    use super::*;

    #[test]
    fn codes_differ() {
        let mut codes = SkipReason::ALL.map(SkipReason::code).to_vec();
        codes.dedup();
        assert_eq!(codes.len(), SkipReason::ALL.len());
        assert!(codes.is_sorted(), "in alphabetical order");
    }

    /// Goal: who can do how much of the matrix, and what keeps each from the rest.
    #[test]
    fn the_matrix_is_skipped_for_these_reasons() {
        let all = Cell::all();
        let mut text = String::new();
        let mut tell = |title: String, reasons: Vec<Result<(), SkipReason>>| {
            let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
            for result in reasons {
                let name = result.map_or_else(SkipReason::code, |()| "possible");
                *counts.entry(name).or_default() += 1;
            }
            writeln!(text, "{title}").unwrap();
            for (name, count) in counts {
                writeln!(text, "  {count:5} {name}").unwrap();
            }
        };
        let cells = all.iter().map(|cell| possible(*cell));
        tell("protocol".to_owned(), cells.collect());
        for library in Library::ALL {
            for device in [Device::Esp8266At80, Device::Esp32C3At160] {
                let cells = all.iter().map(|cell| possible_on(*cell, device, *library));
                let title = format!("{} on {}", library.name(), device.name());
                tell(title, cells.collect());
            }
        }
        insta::assert_snapshot!(text);
    }
}
