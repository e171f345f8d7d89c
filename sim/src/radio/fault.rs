//! What can go wrong at an access point.
//!
//! Owns the names. When a fault begins and ends is the world's business.

use super::reason::ReasonCode;

/// One way in which an access point misbehaves, from [`strike`] to [`heal`].
///
/// [`strike`]: super::AccessPoint::strike
/// [`heal`]: super::AccessPoint::heal
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RadioFault {
    /// It answers association requests with status 1, "unspecified failure".
    AssociationRefused,
    /// It does not answer association requests.
    AssociationSilent,
    /// It answers authentication with status 1.
    AuthenticationRefused,
    /// It does not answer authentication.
    AuthenticationSilent,
    /// It is neither heard nor hears, and still remembers its stations afterwards.
    BeaconsLost,
    /// It works on another channel; healed, it returns to its own.
    ChannelChanged {
        /// Which, 1 to 13.
        channel: u8,
    },
    /// It ends all associations at once. A moment: nothing is left to heal.
    Deauthenticated {
        /// With which reason.
        reason: ReasonCode,
    },
    /// Message 3 of its 4-way handshake never leaves it; it waits for message 4 all the same.
    HandshakeMessage3Lost,
    /// It associates stations, and then never begins the 4-way handshake.
    HandshakeSilent,
    /// It is off, and has forgotten its stations.
    Restarted,
}

impl RadioFault {
    /// Returns the fault in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssociationRefused => "association refused",
            Self::AssociationSilent => "association unanswered",
            Self::AuthenticationRefused => "authentication refused",
            Self::AuthenticationSilent => "authentication unanswered",
            Self::BeaconsLost => "beacons lost",
            Self::ChannelChanged { .. } => "channel changed",
            Self::Deauthenticated { .. } => "deauthenticated",
            Self::HandshakeMessage3Lost => "message 3 of the handshake lost",
            Self::HandshakeSilent => "handshake unanswered",
            Self::Restarted => "access point restarted",
        }
    }

    /// Returns true if nobody hears the access point while the fault lasts.
    #[must_use]
    pub const fn silences(self) -> bool {
        matches!(self, Self::BeaconsLost | Self::Restarted)
    }

    /// Returns the channel that the fault moves the access point to, if it does.
    #[must_use]
    pub fn channel(&self) -> Option<u8> {
        if let Self::ChannelChanged { channel } = self {
            Some(*channel)
        } else {
            None
        }
    }
}
