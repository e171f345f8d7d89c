//! What an error of the TLS library means to node-core.
//!
//! Owns the table. When in doubt, the peer is not trusted.

use embedded_tls::TlsError;
use node_core::CloseReason;

/// Returns why the stream could not be opened.
#[must_use]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever the library adds is not to be trusted either"
)]
pub const fn open_reason(error: &TlsError) -> CloseReason {
    match error {
        TlsError::ConnectionClosed | TlsError::Io(_) | TlsError::IoError => CloseReason::Reset,
        // The peer's alert: it found nothing that both speak, or wants a client's certificate.
        TlsError::HandshakeAborted(..) => CloseReason::Refused,
        _ => CloseReason::Untrusted,
    }
}

/// Returns why a stream closed that was open.
#[must_use]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever the library adds is not to be trusted either"
)]
pub const fn close_reason(error: &TlsError) -> CloseReason {
    match error {
        TlsError::ConnectionClosed => CloseReason::Finished,
        // The end of the TCP stream without a closing alert is a cut, whoever made it.
        TlsError::Io(_) | TlsError::IoError | TlsError::InternalError => CloseReason::Reset,
        _ => CloseReason::Untrusted,
    }
}

#[cfg(test)]
mod tests {
    use embedded_tls::alert::{AlertDescription, AlertLevel};

    use super::*;

    #[test]
    fn what_is_not_the_transports_fault_is_not_trusted() {
        for error in [
            TlsError::CryptoError,
            TlsError::DecodeError,
            TlsError::InsufficientSpace,
            TlsError::InvalidCertificate,
            TlsError::InvalidSignature,
            TlsError::InvalidSignatureScheme,
        ] {
            assert_eq!(open_reason(&error), CloseReason::Untrusted, "{error}");
            assert_eq!(close_reason(&error), CloseReason::Untrusted, "{error}");
        }
    }

    #[test]
    fn the_ends_of_a_stream_are_told_apart() {
        let closed = TlsError::ConnectionClosed;
        assert_eq!(close_reason(&closed), CloseReason::Finished);
        assert_eq!(open_reason(&closed), CloseReason::Reset);
        assert_eq!(close_reason(&TlsError::IoError), CloseReason::Reset);
        let alert =
            TlsError::HandshakeAborted(AlertLevel::Fatal, AlertDescription::HandshakeFailure);
        assert_eq!(open_reason(&alert), CloseReason::Refused);
    }
}
