//! Who must not get in, and what they try.
//!
//! ```text
//! node ── TLS ── TCP ── air ── TCP ── Tap ── TLS ── broker
//!                                      └ what somebody between the two does to the bytes
//! ```
//!
//! An eavesdropper needs no attack: he sees every frame, and knows the Wi-Fi password as each
//! guest does, so that its encryption hides nothing from him.
//!
//! Owns the names of the attacks, and how bytes of a stream are mangled. Certificates are forged
//! where certificates are made, and faults schedule when an attack begins. Decrypts nothing.

mod hello;
mod records;
mod tap;

pub use tap::{Passage, Tap};

use crate::time::SimSpan;

/// What somebody in the middle, or a broken server, does to a node's connections.
///
/// An attack strikes the connections that are opened while it lasts; tampering with records also
/// those that are open when it begins.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Attack {
    /// The node's offer of TLS 1.3 is taken out of its `ClientHello`.
    Downgrade,
    /// The server's bytes arrive one at a time.
    Drip {
        /// From one byte to the next.
        interval: SimSpan,
    },
    /// The stream ends after the first protected bytes of the server, without `close_notify`.
    EofWithoutCloseNotify,
    /// An HTTP server answers.
    Garbage,
    /// Somebody else ends the node's TLS with this certificate, and relays to the broker.
    Impostor(Impostor),
    /// The node's offer arrives as RSA key exchange only, which no server of today takes.
    NoCommonSuite,
    /// The server's flight begins with a record of this length.
    OversizedRecord {
        /// What the header says, in bytes.
        bytes: u16,
    },
    /// The server asks to renegotiate (`HelloRequest`, TLS 1.2) as soon as the stream is open.
    Renegotiation,
    /// What the node said is said again to the server, 10 s after the connection was opened.
    Replay,
    /// An access point with the same name and password, which routes the broker's address to an
    /// impostor; stations are deauthenticated when it appears and when it goes.
    RogueAccessPoint(Impostor),
    /// An extension is taken out of the `ServerHello`: `supported_versions`, or in TLS 1.2
    /// `extended_master_secret`.
    StrippedExtension,
    /// One bit of the handshake is flipped: in `ServerHello`, or in TLS 1.2 in
    /// `ServerKeyExchange`.
    TamperedHandshake,
    /// One bit of everything that is sent this way after the handshake is flipped.
    TamperedRecord(Way),
    /// Half of the server's first flight arrives, and then nothing.
    TruncatedFlight,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Way {
    /// From the server to the node.
    Down,
    /// From the node to the server.
    Up,
}

/// What an impostor shows for itself.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Impostor {
    /// A certificate whose validity is over.
    Expired,
    /// A certificate signed by a genuine leaf, which may not sign.
    LeafAsCa,
    /// A certificate of an authority with the trusted one's name and another key.
    LookAlikeCa,
    /// A certificate whose validity has not begun.
    NotYetValid,
    /// A certificate that signed itself.
    SelfSigned,
    /// A certificate of an authority that the node does not know.
    UnknownCa,
    /// A genuine certificate for another name.
    WrongName,
    /// A genuine certificate for clients, not for servers.
    WrongPurpose,
}

impl Attack {
    /// One byte of the server's flight each second.
    pub const DRIP: Self = Self::Drip {
        interval: SimSpan::from_secs(1),
    };
    /// The longest record that a header can announce.
    pub const OVERSIZED_RECORD: Self = Self::OversizedRecord { bytes: u16::MAX };

    /// Returns what the attacker shows for himself, if he poses as the server.
    #[must_use]
    pub const fn impostor(self) -> Option<Impostor> {
        match self {
            Self::Impostor(how) | Self::RogueAccessPoint(how) => Some(how),
            Self::Downgrade
            | Self::Drip { .. }
            | Self::EofWithoutCloseNotify
            | Self::Garbage
            | Self::NoCommonSuite
            | Self::OversizedRecord { .. }
            | Self::Renegotiation
            | Self::Replay
            | Self::StrippedExtension
            | Self::TamperedHandshake
            | Self::TamperedRecord(_)
            | Self::TruncatedFlight => None,
        }
    }

    /// Returns the attack in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Downgrade => "downgrade",
            Self::Drip { .. } => "slow drip",
            Self::EofWithoutCloseNotify => "end without close_notify",
            Self::Garbage => "garbage instead of TLS",
            Self::Impostor(_) => "impostor",
            Self::NoCommonSuite => "no common suite",
            Self::OversizedRecord { .. } => "oversized record",
            Self::Renegotiation => "renegotiation",
            Self::Replay => "replay",
            Self::RogueAccessPoint(_) => "rogue access point",
            Self::StrippedExtension => "stripped extension",
            Self::TamperedHandshake => "tampered handshake",
            Self::TamperedRecord(_) => "tampered record",
            Self::TruncatedFlight => "truncated flight",
        }
    }
}

impl Impostor {
    /// Every impostor.
    pub const ALL: [Self; 8] = [
        Self::Expired,
        Self::LeafAsCa,
        Self::LookAlikeCa,
        Self::NotYetValid,
        Self::SelfSigned,
        Self::UnknownCa,
        Self::WrongName,
        Self::WrongPurpose,
    ];

    /// Returns what is shown in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::LeafAsCa => "leaf as authority",
            Self::LookAlikeCa => "look-alike authority",
            Self::NotYetValid => "not yet valid",
            Self::SelfSigned => "self-signed",
            Self::UnknownCa => "unknown authority",
            Self::WrongName => "wrong name",
            Self::WrongPurpose => "wrong purpose",
        }
    }
}
