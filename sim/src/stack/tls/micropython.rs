//! `ssl.wrap_socket()` of MicroPython on the ESP8266: a model, not an implementation.
//!
//! The port is built with axTLS, which speaks RSA key exchange and CBC, checks no certificate,
//! and has a buffer of 5 KiB. rustls speaks neither, so both ends are modelled here: records of
//! the right types and sizes, in the right order, with the right amount of work. RSA and AES
//! are not computed. What stands for ciphertext hides the plain text from whoever has only the
//! bytes, and nothing more: its key comes from a secret that both models share.
//!
//! ```text
//! client                                    server
//! ClientHello                      ──────►
//!                                  ◄──────  ServerHello  Certificate  ServerHelloDone
//! ClientKeyExchange  CCS  Finished ──────►
//!                                  ◄──────  CCS  Finished
//! application data                 ◄─────►  application data
//! ```
//!
//! Owns what the two ends of a world share; [`end`] is one of them.

mod certificate;
mod end;
mod messages;
mod protection;

use std::sync::Arc;

use rand_chacha::ChaCha12Rng;

pub(super) use self::end::Modelled;
use super::spec::TlsSpec;

/// Longest record that axTLS' buffer takes (micropython issue 3279: 5 KiB).
pub(super) const BUFFER: u16 = 5 * 1024;
/// Longest plain text of a record (RFC 5246 §6.2.1).
const FRAGMENT_MAX: u16 = 1 << 14;

/// What the models of one world share.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    chain: Arc<[Vec<u8>]>,
    record_max: u16,
    fragment_max: u16,
    secret: [u8; 32],
}

impl Profile {
    /// Draws certificates that nobody checks, and the secret behind the models' ciphertext.
    ///
    /// `luck` differs between the genuine server and each impostor, the secret does not.
    pub(super) fn new(spec: &TlsSpec, secret: [u8; 32], luck: &mut ChaCha12Rng) -> Self {
        let settings = spec.settings();
        let depth = settings.intermediates;
        Self {
            chain: certificate::chain(&settings.server_name, depth, luck).into(),
            record_max: settings.record_max.unwrap_or(BUFFER),
            fragment_max: settings.max_fragment_size.unwrap_or(FRAGMENT_MAX),
            secret,
        }
    }
}
