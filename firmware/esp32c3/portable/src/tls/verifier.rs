//! The library's verifier, with what it leaves out.
//!
//! Owns the pin check, the rule about dates, and the proof that both checks took place. The chain,
//! the name and the signature are the library's.

use embedded_tls::pki::CertVerifier;
use embedded_tls::{
    Aes128GcmSha256, Certificate, CertificateEntryRef, CertificateRef, CertificateVerifyRef,
    TlsCipherSuite, TlsClock, TlsError, TlsVerifier,
};

use crate::tls::pin::KeyPin;

type Suite = Aes128GcmSha256;
type Transcript = <Suite as TlsCipherSuite>::Hash;

/// When a certificate's dates count.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Dates {
    /// Always: as long as the time is unknown, nobody is trusted.
    Required,
    /// Once the time is known; before that an expired certificate passes.
    #[default]
    WhenKnown,
}

/// Asks for the pinned key first, which costs a hash, and only then for the chain, which costs a
/// signature for each certificate.
///
/// embedded-tls 0.19 opens a connection to a server that sends no certificate at all, and never
/// asks its verifier then: RFC 8446 §4.4.2 demands one, the library's state machine does not.
/// Hence [`PinnedVerifier::has_proof`], to be asked when the connection is open.
pub(crate) struct PinnedVerifier<'a, Clock: TlsClock, const N: usize> {
    inner: CertVerifier<'a, Suite, Clock, N>,
    pin: KeyPin,
    dates: Dates,
    progress: Progress,
}

/// How much the peer has proved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Progress {
    Nothing,
    /// It showed the right certificate, which anybody can.
    Shown,
    /// It signed with the pinned key.
    Proved,
}

impl<'a, Clock: TlsClock, const N: usize> PinnedVerifier<'a, Clock, N> {
    /// Creates a verifier for one handshake.
    pub(crate) fn new(ca: &'a [u8], pin: KeyPin, dates: Dates) -> Self {
        Self {
            inner: CertVerifier::new(Certificate::X509(ca)),
            pin,
            dates,
            progress: Progress::Nothing,
        }
    }

    /// Returns whether the peer has shown the pinned key and signed with it.
    pub(crate) fn has_proof(&self) -> bool {
        self.progress == Progress::Proved
    }
}

impl<Clock: TlsClock, const N: usize> TlsVerifier<Suite> for PinnedVerifier<'_, Clock, N> {
    fn set_hostname_verification(&mut self, hostname: &str) -> Result<(), TlsError> {
        self.inner.set_hostname_verification(hostname)
    }

    fn verify_certificate(
        &mut self,
        transcript: &Transcript,
        chain: CertificateRef<'_>,
    ) -> Result<(), TlsError> {
        self.progress = Progress::Nothing;
        let fits = match chain.entries.first() {
            Some(CertificateEntryRef::X509(leaf)) => self.pin.fits(leaf),
            Some(CertificateEntryRef::RawPublicKey(_)) | None => false,
        };
        let is_late = self.dates == Dates::Required && Clock::now().is_none();
        if !fits || is_late {
            return Err(TlsError::InvalidCertificate);
        }
        self.inner.verify_certificate(transcript, chain)?;
        self.progress = Progress::Shown;
        Ok(())
    }

    fn verify_signature(&mut self, verify: CertificateVerifyRef<'_>) -> Result<(), TlsError> {
        // The library's verifier panics when it is asked out of order.
        if self.progress != Progress::Shown {
            return Err(TlsError::InvalidHandshake);
        }
        self.progress = Progress::Nothing;
        self.inner.verify_signature(verify)?;
        self.progress = Progress::Proved;
        Ok(())
    }
}
