//! The messages of a TLS handshake, and what each of them proves.
//!
//! Owns the words. Does not judge whether a proof was checked: that is what failures are for.

use nodelab_sim::SimTime;
use nodelab_sim::stack::tls::{Side, TlsVersion};

use super::anatomy::Session;

/// One message of a handshake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Message {
    /// When it was sent.
    pub at: SimTime,
    /// Its length, with its header of four bytes.
    pub bytes: u32,
    /// Whether a stranger sees ciphertext only.
    pub encrypted: bool,
    /// Its number (RFC 8446 §4, RFC 5246 §7.4).
    pub kind: u8,
    /// Who sent it.
    pub side: Side,
}

impl Message {
    /// Returns its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.kind {
            0 => "HelloRequest",
            1 => "ClientHello",
            2 => "ServerHello",
            4 => "NewSessionTicket",
            5 => "EndOfEarlyData",
            8 => "EncryptedExtensions",
            11 => "Certificate",
            12 => "ServerKeyExchange",
            13 => "CertificateRequest",
            14 => "ServerHelloDone",
            15 => "CertificateVerify",
            16 => "ClientKeyExchange",
            20 => "Finished",
            22 => "CertificateStatus",
            24 => "KeyUpdate",
            _ => "unknown message",
        }
    }

    /// Returns what whoever receives it can be sure of afterwards.
    #[must_use]
    pub const fn proves(&self, session: Session, names_server: bool) -> &'static str {
        let by_rsa = session.has_rsa_key_exchange();
        match (self.kind, session.version) {
            (1, TlsVersion::V1_2) if by_rsa && !names_server => "nothing yet: offers suites",
            (1, TlsVersion::V1_2) if !names_server => "nothing yet: offers suites and groups",
            (1, TlsVersion::V1_3) if !names_server => {
                "nothing yet: offers suites and a share of the key"
            }
            (1, TlsVersion::V1_2) => "nothing yet: offers suites and groups, and names the server",
            (1, TlsVersion::V1_3) => {
                "nothing yet: offers suites and a share of the key, and names the server"
            }
            (2, TlsVersion::V1_2) => "nothing yet: chooses among the offers",
            (2, TlsVersion::V1_3) => {
                "nothing yet: chooses among the offers, and adds its own share of the key"
            }
            (4, _) => "nothing: lets the node resume without certificates later",
            (8, _) => "nothing: settles what is left, out of sight of strangers",
            (11, _) => "an identity is claimed: anyone may send this certificate",
            (12, _) => {
                "the sender owns the certificate's key: it signed its share of the session's"
            }
            (13, _) => "nothing: the server asks who the node is",
            (14, _) => "nothing: the server has said all",
            (15, _) => "the sender owns the certificate's key: it signed all that was said so far",
            (16, _) if by_rsa => {
                "nothing by itself: a secret that only the certificate's key can read"
            }
            (20, _) if by_rsa && matches!(self.side, Side::Server) => {
                "the sender owns the certificate's key, and both ends saw one handshake"
            }
            (16, _) => "nothing by itself: the node's share of the key",
            (20, _) => "nobody changed the handshake: both ends hash it to the same value",
            (22, _) => "the certificate was not revoked, says its authority",
            _ => "nothing",
        }
    }
}
