//! What can be seen of a TLS connection.

/// One end of a connection.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Side {
    /// The node.
    Client,
    /// The broker, or whoever poses as it.
    Server,
}

/// Why an end gave a connection up.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TlsFailure {
    /// The peer sent this fatal alert (RFC 8446 §6, `AlertDescription`).
    AlertReceived(u8),
    /// The signature of a certificate or of the handshake is wrong.
    BadSignature,
    /// The certificate is not valid any more.
    Expired,
    /// The peer sent something that is no TLS record, or a longer one than allowed.
    MalformedRecord,
    /// The client showed no certificate, and must.
    NoCertificate,
    /// Both ends have no version, suite or group in common.
    NoCommonParameters,
    /// The end does not know what time it is, and needs to.
    NoTime,
    /// The certificate is for another name.
    NotValidForName,
    /// The certificate is not valid yet, by the end's clock.
    NotYetValid,
    /// The peer broke the protocol.
    PeerMisbehaved,
    /// A record does not decrypt.
    RecordTampered,
    /// A record is longer than the end's buffer.
    RecordTooLong,
    /// The stream ended without `close_notify`.
    UnexpectedEof,
    /// No trusted authority signed the certificate.
    UnknownIssuer,
    /// The server's key is not the one that the node was told.
    WrongKey,
    /// The certificate is for another purpose.
    WrongPurpose,
    /// A certificate was signed by one that may not sign.
    WrongSigner,
}

/// A version of the protocol.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    V1_2,
    /// TLS 1.3 (RFC 8446).
    V1_3,
}

/// A fact about a TLS connection, told by the end that it happened at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TlsEvent {
    /// This end sent an alert.
    AlertSent {
        /// RFC 8446 §6, `AlertDescription`; 0 is `close_notify`.
        description: u8,
    },
    /// The handshake is complete at this end.
    Connected {
        /// Whether an earlier session was resumed.
        resumed: bool,
        /// IANA number of the suite.
        suite: u16,
        /// IANA number of the group; 0 if none was used.
        group: u16,
        /// Negotiated version.
        version: TlsVersion,
    },
    /// This end gave the connection up.
    Failed(TlsFailure),
    /// This end sent a handshake message.
    HandshakeSent {
        /// RFC 8446 §4, `HandshakeType`.
        kind: u8,
        /// Its length with its 4-byte header, record headers not counted.
        bytes: u32,
        /// Whether an eavesdropper sees only ciphertext.
        encrypted: bool,
    },
    /// The connection was opened at this end.
    Started,
}

impl TlsFailure {
    /// Returns the failure in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlertReceived(_) => "the peer sent an alert",
            Self::BadSignature => "bad signature",
            Self::Expired => "certificate expired",
            Self::MalformedRecord => "malformed record",
            Self::NoCertificate => "no certificate",
            Self::NoCommonParameters => "no common parameters",
            Self::NoTime => "no time",
            Self::NotValidForName => "certificate for another name",
            Self::NotYetValid => "certificate not yet valid",
            Self::PeerMisbehaved => "peer misbehaved",
            Self::RecordTampered => "record tampered with",
            Self::RecordTooLong => "record too long",
            Self::UnexpectedEof => "unexpected end of stream",
            Self::UnknownIssuer => "unknown issuer",
            Self::WrongKey => "another key than the pinned one",
            Self::WrongPurpose => "certificate for another purpose",
            Self::WrongSigner => "certificate signed by one that may not sign",
        }
    }

    /// Returns a number that never changes, for digests; an alert's own stays apart from the rest.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::AlertReceived(description) => 0x80 | description,
            Self::BadSignature => 1,
            Self::Expired => 2,
            Self::MalformedRecord => 3,
            Self::NoCommonParameters => 4,
            Self::NoTime => 5,
            Self::NotValidForName => 6,
            Self::NotYetValid => 7,
            Self::PeerMisbehaved => 8,
            Self::RecordTampered => 9,
            Self::RecordTooLong => 10,
            Self::UnexpectedEof => 11,
            Self::UnknownIssuer => 12,
            Self::WrongPurpose => 13,
            Self::WrongSigner => 14,
            Self::NoCertificate => 15,
            Self::WrongKey => 16,
        }
    }
}
