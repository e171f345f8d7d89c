//! Why a server is not trusted.

use core::fmt;

/// Why a server is not trusted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Refusal {
    /// A signature is not its issuer's, or the server's own over the handshake is not its key's.
    BadSignature,
    /// More certificates than are read.
    ChainTooLong,
    /// The date is behind a certificate's last one.
    Expired,
    /// Bytes that are no certificate.
    Malformed,
    /// The time is unknown, so no date can be checked.
    NoClock,
    /// It came at all: there was no certificate.
    NoCertificate,
    /// The issuer's certificate does not say that it is an authority.
    NotAnAuthority,
    /// The date is before a certificate's first one.
    NotYetValid,
    /// The handshake's messages came out of order.
    OutOfOrder,
    /// There are more issuers below an authority than it allows.
    PathTooLong,
    /// Something critical that is not understood here.
    UnknownCriticalExtension,
    /// Nobody who is trusted issued it.
    UnknownIssuer,
    /// A key or signature of another kind than ECDSA on P-256 with SHA-256.
    UnsupportedAlgorithm,
    /// It is another host's.
    WrongName,
    /// The key is for something else.
    WrongUsage,
}

impl Refusal {
    /// Returns the reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadSignature => "a signature is wrong",
            Self::ChainTooLong => "the chain is too long",
            Self::Expired => "a certificate has expired",
            Self::Malformed => "a certificate cannot be read",
            Self::NoClock => "the time is unknown",
            Self::NoCertificate => "no certificate came",
            Self::NotAnAuthority => "an issuer is no authority",
            Self::NotYetValid => "a certificate is not yet valid",
            Self::OutOfOrder => "messages came out of order",
            Self::PathTooLong => "an authority allows fewer issuers below it",
            Self::UnknownCriticalExtension => "a critical extension is unknown",
            Self::UnknownIssuer => "nobody trusted issued it",
            Self::UnsupportedAlgorithm => "the algorithm is not supported",
            Self::WrongName => "the certificate is another host's",
            Self::WrongUsage => "the key is for something else",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
