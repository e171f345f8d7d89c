//! rustls' errors in our words.

use rustls::{CertificateError, Error, InvalidMessage, OtherError};

use super::event::TlsFailure;

/// Returns why an end gave up.
pub(super) fn failure_of(error: &Error) -> TlsFailure {
    match error {
        Error::AlertReceived(description) => TlsFailure::AlertReceived((*description).into()),
        Error::DecryptError => TlsFailure::RecordTampered,
        Error::FailedToGetCurrentTime => TlsFailure::NoTime,
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::InvalidMessage(
            InvalidMessage::NoSignatureSchemes | InvalidMessage::UnsupportedCompression,
        )
        | Error::PeerIncompatible(_) => TlsFailure::NoCommonParameters,
        Error::InvalidMessage(_) => TlsFailure::MalformedRecord,
        Error::NoCertificatesPresented => TlsFailure::NoCertificate,
        Error::PeerSentOversizedRecord => TlsFailure::RecordTooLong,
        _ => TlsFailure::PeerMisbehaved,
    }
}

fn of_certificate(error: &CertificateError) -> TlsFailure {
    match error {
        CertificateError::ApplicationVerificationFailure => TlsFailure::WrongKey,
        CertificateError::BadSignature => TlsFailure::BadSignature,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFailure::Expired,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            TlsFailure::WrongPurpose
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFailure::NotValidForName
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsFailure::NotYetValid
        }
        CertificateError::Other(error) if is_wrong_signer(error) => TlsFailure::WrongSigner,
        CertificateError::UnknownIssuer => TlsFailure::UnknownIssuer,
        _ => TlsFailure::PeerMisbehaved,
    }
}

fn is_wrong_signer(error: &OtherError) -> bool {
    use webpki::Error::{CaUsedAsEndEntity, EndEntityUsedAsCa};
    let error = error.0.downcast_ref::<webpki::Error>();
    error.is_some_and(|error| matches!(error, CaUsedAsEndEntity | EndEntityUsedAsCa))
}
