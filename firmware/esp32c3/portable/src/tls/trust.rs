//! What the TLS library asks its user for, in one place.
//!
//! Owns one handshake's random numbers and verifier, and the verdict at its end.

use core::fmt;

use embedded_tls::{
    Aes128GcmSha256, CryptoProvider, CryptoRngCore, TlsClock, TlsError, TlsVerifier,
};
use node_core::CloseReason;

use crate::tls::close::open_reason;
use crate::tls::pin::KeyPin;
use crate::tls::verifier::{Dates, PinnedVerifier};

/// Bytes of a server's certificates, all together; a longer chain is not trusted.
pub const CHAIN_MAX: usize = 3072;

/// Whom to trust.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Identity {
    /// The certificate that the chain ends in, as DER; its key must be ECDSA P-256.
    pub ca: &'static [u8],
    /// When dates count.
    pub dates: Dates,
    /// The broker's key.
    pub pin: KeyPin,
}

/// One handshake's crypto provider.
pub struct Trust<R, Clock: TlsClock> {
    rng: R,
    verifier: PinnedVerifier<'static, Clock, CHAIN_MAX>,
}

impl<R: CryptoRngCore, Clock: TlsClock> Trust<R, Clock> {
    /// Prepares one handshake with whoever is `identity`.
    #[must_use]
    pub fn new(identity: &Identity, rng: R) -> Self {
        Self {
            rng,
            verifier: PinnedVerifier::new(identity.ca, identity.pin, identity.dates),
        }
    }

    /// Judges how the handshake ended: `Ok` of the library does not mean that the peer showed a
    /// certificate.
    ///
    /// # Errors
    ///
    /// Why the connection must not be used.
    pub fn verdict(&self, opened: Result<(), TlsError>) -> Result<(), CloseReason> {
        opened.map_err(|error| open_reason(&error))?;
        if self.verifier.has_proof() {
            Ok(())
        } else {
            Err(CloseReason::Untrusted)
        }
    }
}

impl<R: CryptoRngCore, Clock: TlsClock> CryptoProvider for Trust<R, Clock> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.rng
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.verifier)
    }
}

impl<R, Clock: TlsClock> fmt::Debug for Trust<R, Clock> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust").finish_non_exhaustive()
    }
}
