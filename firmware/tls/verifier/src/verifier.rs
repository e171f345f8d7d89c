//! The verifier that embedded-tls asks.
//!
//! Owns one handshake's progress, and the proof that both checks took place: embedded-tls 0.19
//! opens a connection to a server that sends no certificate at all, and never asks then (RFC 8446
//! §4.4.2 demands one). Hence [`SmallVerifier::verdict`], to be asked when it is open.

use core::fmt;

use embedded_tls::{
    Aes128GcmSha256, CertificateEntryRef, CertificateRef, CertificateVerifyRef, Sha256,
    SignatureScheme, TlsError, TlsVerifier,
};
use sha2::Digest as _;

use crate::certificate::PublicKey;
use crate::chain::judge;
use crate::refusal::Refusal;

/// What the server signs starts so (RFC 8446 §4.4.3): 64 spaces, and what it is.
const PREFIX: [u8; 98] = {
    let mut prefix = [b' '; 98];
    let (_, words) = prefix.split_at_mut(64);
    words.copy_from_slice(b"TLS 1.3, server CertificateVerify\0");
    prefix
};

/// One handshake's verifier.
pub struct SmallVerifier<'a> {
    anchor: &'a [u8],
    host: &'a str,
    now: Option<u64>,
    progress: Progress,
}

/// How much the server has proved.
enum Progress {
    /// Nothing.
    Nothing,
    /// Its certificates are good, which anybody can send; its key, and the handshake so far.
    Shown([u8; 65], Sha256),
    /// It has signed the handshake.
    Proved,
    /// It is not to be trusted.
    Refused(Refusal),
}

impl<'a> SmallVerifier<'a> {
    /// Trusts `host`, if whoever owns `anchor`, a certificate of DER, has issued it one.
    ///
    /// `now` is in seconds since 1970; nobody is trusted while it is unknown. The name given to
    /// the library must be the same.
    #[must_use]
    pub const fn new(anchor: &'a [u8], host: &'a str, now: Option<u64>) -> Self {
        Self {
            anchor,
            host,
            now,
            progress: Progress::Nothing,
        }
    }

    /// Judges the server, once the connection is open or has failed.
    ///
    /// # Errors
    ///
    /// Why it is not trusted.
    pub const fn verdict(&self) -> Result<(), Refusal> {
        match &self.progress {
            Progress::Nothing => Err(Refusal::NoCertificate),
            Progress::Shown(..) => Err(Refusal::OutOfOrder),
            Progress::Proved => Ok(()),
            Progress::Refused(why) => Err(*why),
        }
    }

    fn shown(&self, transcript: &Sha256, chain: &CertificateRef<'_>) -> Result<Progress, Refusal> {
        let certificates = chain.entries.iter().map(|entry| match entry {
            CertificateEntryRef::X509(certificate) => *certificate,
            // Empty bytes are malformed.
            CertificateEntryRef::RawPublicKey(_) => &[],
        });
        let now = self.now.ok_or(Refusal::NoClock)?;
        let key = judge(certificates, self.anchor, self.host.as_bytes(), now)?;
        Ok(Progress::Shown(*key.0, transcript.clone()))
    }

    fn proved(&mut self, verify: &CertificateVerifyRef<'_>) -> Result<(), Refusal> {
        let progress = core::mem::replace(&mut self.progress, Progress::Nothing);
        let Progress::Shown(key, transcript) = progress else {
            return Err(Refusal::OutOfOrder);
        };
        if !matches!(
            verify.signature_scheme,
            SignatureScheme::EcdsaSecp256r1Sha256
        ) {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        PublicKey(&key).verify(&signed(transcript), verify.signature)
    }
}

/// Returns the digest of what the server signs.
#[inline(never)]
fn signed(transcript: Sha256) -> [u8; 32] {
    let mut signed = Sha256::new();
    signed.update(PREFIX);
    signed.update(transcript.finalize());
    signed.finalize().into()
}

impl TlsVerifier<Aes128GcmSha256> for SmallVerifier<'_> {
    fn set_hostname_verification(&mut self, hostname: &str) -> Result<(), TlsError> {
        if hostname == self.host {
            Ok(())
        } else {
            Err(TlsError::InvalidCertificate)
        }
    }

    fn verify_certificate(
        &mut self,
        transcript: &Sha256,
        chain: CertificateRef<'_>,
    ) -> Result<(), TlsError> {
        let shown = match &self.progress {
            Progress::Nothing => self.shown(transcript, &chain),
            Progress::Refused(_) | Progress::Proved | Progress::Shown(..) => {
                Err(Refusal::OutOfOrder)
            }
        };
        match shown {
            Ok(progress) => {
                self.progress = progress;
                Ok(())
            }
            Err(why) => {
                self.progress = Progress::Refused(why);
                Err(TlsError::InvalidCertificate)
            }
        }
    }

    fn verify_signature(&mut self, verify: CertificateVerifyRef<'_>) -> Result<(), TlsError> {
        match self.proved(&verify) {
            Ok(()) => {
                self.progress = Progress::Proved;
                Ok(())
            }
            Err(why) => {
                self.progress = Progress::Refused(why);
                Err(TlsError::InvalidSignature)
            }
        }
    }
}

impl fmt::Debug for SmallVerifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmallVerifier").finish_non_exhaustive()
    }
}
