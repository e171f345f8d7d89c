//! Nodes that check less than they should, and the certificate of the node that runs.

use std::sync::Arc;

use pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::super::provider::scope;

/// Checks no chain, no name and no date; at most which key it is.
///
/// The handshake's own signature is verified, as libraries do that are told not to verify
/// certificates: it proves that the peer has the key of what it showed.
#[derive(Debug)]
pub(super) struct Unchecked {
    schemes: WebPkiSupportedAlgorithms,
    pin: Option<Vec<u8>>,
}

impl Unchecked {
    /// Takes whoever comes.
    pub(super) const fn anybody(schemes: WebPkiSupportedAlgorithms) -> Self {
        Self { schemes, pin: None }
    }

    /// Takes whoever has the key of this certificate.
    pub(super) fn pinned(schemes: WebPkiSupportedAlgorithms, leaf: &CertificateDer<'_>) -> Self {
        let pin = public_key(leaf);
        assert!(pin.is_some(), "a certificate of our own making parses");
        Self { schemes, pin }
    }
}

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pin.is_some() && public_key(end_entity) != self.pin {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.schemes)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.schemes)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.supported_schemes()
    }
}

/// The certificate of the node that runs.
#[derive(Debug)]
pub(super) struct ScopedIdentity;

impl ResolvesClientCert for ScopedIdentity {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        scope::with(|scope| scope.identity.clone()).flatten()
    }

    fn has_certs(&self) -> bool {
        scope::with(|scope| scope.identity.is_some()).unwrap_or(false)
    }
}

fn public_key(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let parsed = webpki::EndEntityCert::try_from(certificate).ok()?;
    Some(parsed.subject_public_key_info().to_vec())
}
