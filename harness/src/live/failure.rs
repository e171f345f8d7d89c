//! Why a stream failed: for the node as one of its reasons, for people in words.
//!
//! Owns the wording. Does not know when to try again: the node does.

use std::error::Error;
use std::io;

use node_core::CloseReason;
use tokio_rustls::rustls::{AlertDescription, CertificateError, Error as TlsError};

/// A stream that could not be opened, or broke.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Failure {
    /// What the node is told.
    pub(super) reason: CloseReason,
    /// What people are told: one line.
    pub(super) words: String,
}

impl Failure {
    pub(super) fn new(reason: CloseReason, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { reason, words }
    }

    /// Judges an error of a socket, or of TLS on it.
    pub(super) fn of(error: &io::Error) -> Self {
        if let Some(tls) = tls_error(error) {
            return Self::of_tls(tls);
        }
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "whatever else breaks a stream has broken it"
        )]
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::new(
                CloseReason::Refused,
                "nobody listens there (connection refused)",
            ),
            io::ErrorKind::TimedOut => Self::new(CloseReason::TimedOut, "no answer (timed out)"),
            io::ErrorKind::UnexpectedEof => {
                Self::new(CloseReason::Finished, "the broker closed the connection")
            }
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                Self::new(CloseReason::Reset, "the broker reset the connection")
            }
            _ => Self::new(CloseReason::Reset, error.to_string()),
        }
    }

    /// Judges an error of TLS.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the list of rustls is open; what is not known is told in its words"
    )]
    fn of_tls(error: &TlsError) -> Self {
        match error {
            TlsError::AlertReceived(alert) => Self::new(CloseReason::Refused, alert_words(*alert)),
            TlsError::InvalidCertificate(why) => {
                Self::new(CloseReason::Untrusted, certificate_words(why))
            }
            TlsError::InvalidMessage(_) => Self::new(
                CloseReason::Untrusted,
                "what answers there does not speak TLS (is this the plain port?)",
            ),
            TlsError::NoApplicationProtocol => Self::new(
                CloseReason::Refused,
                "the broker speaks none of the protocols that --alpn names",
            ),
            TlsError::PeerIncompatible(why) => Self::new(
                CloseReason::Refused,
                format!("the broker's TLS and ours have nothing in common: {why:?}"),
            ),
            TlsError::DecryptError => Self::new(
                CloseReason::Untrusted,
                "a record was not what the broker encrypted",
            ),
            other => Self::new(CloseReason::Untrusted, format!("TLS failed: {other}")),
        }
    }
}

/// Finds the error of TLS inside one of a socket.
pub(super) fn tls_error(error: &io::Error) -> Option<&TlsError> {
    let inner: &(dyn Error + 'static) = error.get_ref()?;
    inner.downcast_ref::<TlsError>()
}

/// Says what is wrong with a certificate, and what to do.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the list of rustls is open; what is not known is told in its words"
)]
fn certificate_words(why: &CertificateError) -> String {
    let words = match why {
        CertificateError::UnknownIssuer => {
            "nobody we trust signed it (give the right authority with --ca)".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired (or this machine's clock is wrong)".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet (or this machine's clock is wrong)".to_owned()
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            // rustls shows each name as its own kind: DnsName("broker.example").
            let name = |shown: &String| {
                let bare = shown
                    .split_once('(')
                    .map_or(shown.as_str(), |(_, name)| name);
                bare.trim_matches(|c| "()\"".contains(c)).to_owned()
            };
            let presented: Vec<String> = presented.iter().take(4).map(name).collect();
            let held = if presented.is_empty() {
                "no name".to_owned()
            } else {
                presented.join(", ")
            };
            format!("it is for {held}, not for {}", expected.to_str())
        }
        CertificateError::NotValidForName => "it is for another name".to_owned(),
        CertificateError::BadSignature => {
            "its signature is not that of the authority we trust (give the right one with --ca)"
                .to_owned()
        }
        CertificateError::Revoked => "it was revoked".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for a server".to_owned()
        }
        CertificateError::BadEncoding => "it cannot be read".to_owned(),
        other => other.to_string(),
    };
    format!("the broker's certificate is not trusted: {words}")
}

/// Says why the broker refuses us.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "other alerts have no advice beyond their name"
)]
fn alert_words(alert: AlertDescription) -> String {
    let advice = match alert {
        AlertDescription::CertificateRequired => "it asks for a certificate: --cert and --key",
        AlertDescription::BadCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => "it does not accept our certificate",
        AlertDescription::HandshakeFailure => {
            "it accepts none of our ciphers, or wants a certificate: --cert and --key"
        }
        AlertDescription::NoApplicationProtocol => "it speaks none of what --alpn names",
        AlertDescription::ProtocolVersion => "it speaks neither TLS 1.2 nor 1.3",
        AlertDescription::UnrecognisedName => "it does not serve this host name",
        _ => "it gave no more than that",
    };
    format!("the broker refused us in TLS ({alert:?}): {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(error: TlsError) -> Failure {
        Failure::of(&io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn a_certificate_that_proves_nothing_is_no_trust_and_says_why() {
        let expired = of(TlsError::InvalidCertificate(CertificateError::Expired));
        assert_eq!(expired.reason, CloseReason::Untrusted);
        assert!(expired.words.contains("expired"), "{}", expired.words);
        let unknown = of(TlsError::InvalidCertificate(
            CertificateError::UnknownIssuer,
        ));
        assert_eq!(unknown.reason, CloseReason::Untrusted);
        assert!(unknown.words.contains("--ca"), "{}", unknown.words);
    }

    #[test]
    fn an_alert_is_a_refusal_with_advice() {
        let asked = of(TlsError::AlertReceived(
            AlertDescription::CertificateRequired,
        ));
        assert_eq!(asked.reason, CloseReason::Refused);
        assert!(asked.words.contains("--cert"), "{}", asked.words);
    }

    #[test]
    fn every_way_to_fail_has_the_nodes_reason() {
        for (kind, reason) in [
            (io::ErrorKind::ConnectionRefused, CloseReason::Refused),
            (io::ErrorKind::ConnectionReset, CloseReason::Reset),
            (io::ErrorKind::BrokenPipe, CloseReason::Reset),
            (io::ErrorKind::UnexpectedEof, CloseReason::Finished),
            (io::ErrorKind::TimedOut, CloseReason::TimedOut),
            (io::ErrorKind::HostUnreachable, CloseReason::Reset),
        ] {
            let failure = Failure::of(&io::Error::from(kind));
            assert_eq!(failure.reason, reason, "{kind:?}");
            assert!(!failure.words.contains('\n'), "{}", failure.words);
        }
    }
}
