//! A whole TLS 1.3 handshake, and one record of application data behind it.
//!
//! embedded-tls with P-256 and AES-128-GCM, and the small verifier. Owns what the client is given
//! and what it says; brings no transport.

use embedded_io::{Read, Write};
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{
    Aes128GcmSha256, CryptoProvider, CryptoRngCore, TlsConfig, TlsContext, TlsError, TlsVerifier,
};
use tls_verifier::{Refusal, SmallVerifier};

use crate::luck::Luck;

/// Bytes for the longest record of the server: three certificates fit.
pub const READ_BUFFER: usize = 2304;
/// Bytes for the longest record of the client.
pub const WRITE_BUFFER: usize = 768;
/// What the client says, once it may: a reading, as short as they come.
pub const APPLICATION_DATA: &[u8; 15] = b"{\"celsius\":21} ";

/// What a client is given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Setup<'a> {
    /// Seconds since 1970.
    pub now: u64,
    /// What its random numbers begin with.
    pub seed: u64,
    /// The server's name.
    pub host: &'a str,
    /// The certificate that it trusts, as DER.
    pub anchor: &'a [u8],
}

/// The client's two buffers.
#[derive(Debug)]
pub struct Buffers {
    read: [u8; READ_BUFFER],
    write: [u8; WRITE_BUFFER],
}

/// Why there is no connection.
#[derive(Debug)]
pub enum Failure {
    /// The library gave up, for a reason that is not the verifier's.
    Library(TlsError),
    /// The server is not trusted.
    Refused(Refusal),
}

/// What the library asks for.
struct Trust<'a> {
    luck: Luck,
    verifier: SmallVerifier<'a>,
}

impl Buffers {
    /// Holds zeros.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            read: [0; READ_BUFFER],
            write: [0; WRITE_BUFFER],
        }
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self::new()
    }
}

impl Setup<'_> {
    /// Reads a setup: time and seed, eight bytes each, little-endian; the length of the host's
    /// name, one byte; the name; the certificate.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Setup<'_>> {
        let (now, rest) = bytes.split_first_chunk()?;
        let (seed, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first()?;
        let (host, anchor) = rest.split_at_checked(usize::from(*length))?;
        Some(Setup {
            now: u64::from_le_bytes(*now),
            seed: u64::from_le_bytes(*seed),
            host: core::str::from_utf8(host).ok()?,
            anchor,
        })
    }
}

/// Shakes hands, and says [`APPLICATION_DATA`].
///
/// # Errors
///
/// [`Failure::Refused`] when the server is not trusted, [`Failure::Library`] when anything else
/// went wrong.
pub fn shake<T: Read + Write>(
    setup: &Setup<'_>,
    transport: T,
    buffers: &mut Buffers,
) -> Result<(), Failure> {
    let config = TlsConfig::new().with_server_name(setup.host);
    let mut trust = Trust {
        luck: Luck::new(setup.seed),
        verifier: SmallVerifier::new(setup.anchor, setup.host, Some(setup.now)),
    };
    let mut tls =
        TlsConnection::<_, Aes128GcmSha256>::new(transport, &mut buffers.read, &mut buffers.write);
    let opened = tls.open(TlsContext::new(&config, &mut trust));
    match (opened, trust.verifier.verdict()) {
        (Ok(()), Ok(())) => {}
        // Without a certificate the verifier was not asked, and the library's word does not count.
        (Err(error), Ok(()) | Err(Refusal::NoCertificate)) => return Err(Failure::Library(error)),
        (_, Err(why)) => return Err(Failure::Refused(why)),
    }
    let written = tls.write(APPLICATION_DATA).map_err(Failure::Library)?;
    debug_assert_eq!(written, APPLICATION_DATA.len(), "the buffer is larger");
    tls.flush().map_err(Failure::Library)
}

impl CryptoProvider for Trust<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.luck
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.verifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_is_read_from_bytes() {
        let bytes = b"\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x04hostder";
        let expected = Setup {
            now: 1,
            seed: 2,
            host: "host",
            anchor: b"der",
        };
        assert_eq!(Setup::read(bytes), Some(expected));
        assert_eq!(Setup::read(&bytes[..20]), None);
    }
}
