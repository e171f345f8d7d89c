//! What can be seen of a station's way onto the network.

use super::reason::ReasonCode;
use crate::time::SimSpan;

/// One stage of joining. Variant order is the order of a join.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum JoinPhase {
    /// Looking for the access point.
    Scan,
    /// Deriving the key from the password.
    KeyDerivation,
    /// Open-system authentication.
    Authenticate,
    /// Association.
    Associate,
    /// The 4-way handshake.
    KeyHandshake,
    /// Obtaining an address.
    Dhcp,
}

/// Something worth telling about the radio.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RadioEvent {
    /// A stage of joining began.
    PhaseStarted(JoinPhase),
    /// A stage of joining ended well.
    PhaseEnded {
        /// Which.
        phase: JoinPhase,
        /// How long it took.
        took: SimSpan,
    },
    /// The station is associated no more, or failed to be.
    Left {
        /// The reason code that the SDK reports.
        reason: ReasonCode,
    },
    /// The station moved to another channel.
    Tuned {
        /// Its number, 1 to 13.
        channel: u8,
    },
}

impl JoinPhase {
    /// Returns the stage in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::KeyDerivation => "key derivation",
            Self::Authenticate => "authenticate",
            Self::Associate => "associate",
            Self::KeyHandshake => "4-way handshake",
            Self::Dhcp => "DHCP",
        }
    }
}
