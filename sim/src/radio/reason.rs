//! Why a station is associated no more, as numbers.
//!
//! Owns the codes that the SDK reports and, up to 24, sends; and what each means to a node.

use std::fmt;

use node_core::LinkLoss;

/// A reason code: 1 to 24 as in IEEE 802.11-2020 table 9-49, 200 and up as the SDK adds.
///
/// The names and numbers are those of `user_interface.h` (`esp8266/Arduino`, lines 497–525).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ReasonCode(pub u16);

impl ReasonCode {
    /// No reason given.
    pub const UNSPECIFIED: Self = Self(1);
    /// Authentication is valid no more, or was never answered.
    pub const AUTH_EXPIRE: Self = Self(2);
    /// The sender leaves.
    pub const AUTH_LEAVE: Self = Self(3);
    /// Association ran out, or was never answered.
    pub const ASSOC_EXPIRE: Self = Self(4);
    /// The access point has no room.
    pub const ASSOC_TOOMANY: Self = Self(5);
    /// A frame came that takes authentication.
    pub const NOT_AUTHED: Self = Self(6);
    /// A frame came that takes association.
    pub const NOT_ASSOCED: Self = Self(7);
    /// The station was told to leave.
    pub const ASSOC_LEAVE: Self = Self(8);
    /// Association was asked for before authentication.
    pub const ASSOC_NOT_AUTHED: Self = Self(9);
    /// An integrity code was wrong.
    pub const MIC_FAILURE: Self = Self(14);
    /// The 4-way handshake did not end, which is how a wrong password looks.
    pub const FOUR_WAY_HANDSHAKE_TIMEOUT: Self = Self(15);
    /// The group key handshake did not end.
    pub const GROUP_KEY_UPDATE_TIMEOUT: Self = Self(16);
    /// Beacons stayed away until the station gave up.
    pub const BEACON_TIMEOUT: Self = Self(200);
    /// No access point answered the scan.
    pub const NO_AP_FOUND: Self = Self(201);
    /// Authentication was refused.
    pub const AUTH_FAIL: Self = Self(202);
    /// Association was refused.
    pub const ASSOC_FAIL: Self = Self(203);
    /// The 4-way handshake did not begin.
    pub const HANDSHAKE_TIMEOUT: Self = Self(204);

    /// Returns what the node is told when the station itself gave up.
    #[must_use]
    pub const fn given_up(self) -> LinkLoss {
        match self {
            Self::ASSOC_FAIL => LinkLoss::AssociationFailed,
            Self::BEACON_TIMEOUT => LinkLoss::BeaconsLost,
            Self::NO_AP_FOUND => LinkLoss::AccessPointNotFound,
            Self::AUTH_FAIL | Self::FOUR_WAY_HANDSHAKE_TIMEOUT | Self::HANDSHAKE_TIMEOUT => {
                LinkLoss::AuthenticationFailed
            }
            // What is left are requests that nobody answered.
            _ => LinkLoss::JoinTimedOut,
        }
    }

    /// Returns what the node is told when the access point sent the code.
    #[must_use]
    pub const fn sent_away(self) -> LinkLoss {
        match self {
            Self::FOUR_WAY_HANDSHAKE_TIMEOUT => LinkLoss::AuthenticationFailed,
            _ => LinkLoss::Deauthenticated,
        }
    }
}

impl fmt::Display for ReasonCode {
    /// Writes the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
