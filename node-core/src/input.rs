//! What the world tells the node.

use crate::time::UnixTime;
use crate::units::AdcCode;

/// One fact from outside, fed to [`Node::handle`](crate::Node::handle).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Input<'a> {
    /// The association was lost, or a join failed.
    LinkDown(LinkLoss),
    /// The station is associated and has an address.
    LinkUp,
    /// A conversion finished.
    Sampled(AdcCode),
    /// Bytes arrived at the serial port.
    SerialRead(&'a [u8]),
    /// The byte stream closed, or could not be opened.
    StreamClosed(CloseReason),
    /// The byte stream to the broker is open.
    StreamOpened,
    /// Bytes arrived from the broker.
    StreamRead(&'a [u8]),
    /// Civil time became known, for example from SNTP.
    TimeKnown(UnixTime),
    /// The instant returned by [`Node::poll_timeout`](crate::Node::poll_timeout) has passed.
    Timeout,
}

/// Why the link to the access point is down.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum LinkLoss {
    /// No access point answered the scan.
    AccessPointNotFound,
    /// The access point refused association, for example because it is full.
    AssociationFailed,
    /// The key handshake failed, which is how a wrong password looks.
    AuthenticationFailed,
    /// Beacons stayed away until the station gave up.
    BeaconsLost,
    /// The access point ended the association.
    Deauthenticated,
    /// Nothing answered within the node's own join timeout.
    JoinTimedOut,
}

/// Why a byte stream closed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CloseReason {
    /// The peer closed it in good order.
    Finished,
    /// The peer refused the connection.
    Refused,
    /// The connection was reset, or the link below it went away.
    Reset,
    /// Connecting or transmitting took too long.
    TimedOut,
    /// The peer's name has no address.
    Unresolved,
    /// The peer did not prove who it is, or somebody touched what it sent.
    Untrusted,
}

impl LinkLoss {
    /// All of them. Places are recorded as numbers elsewhere: new ones go to the end.
    pub const ALL: [Self; 6] = [
        Self::AccessPointNotFound,
        Self::AssociationFailed,
        Self::AuthenticationFailed,
        Self::BeaconsLost,
        Self::Deauthenticated,
        Self::JoinTimedOut,
    ];

    /// Returns the reason code the ESP8266 SDK reports (`user_interface.h`, `REASON_*`).
    #[must_use]
    pub const fn reason_code(self) -> u16 {
        match self {
            Self::AccessPointNotFound => 201,
            Self::AssociationFailed => 203,
            Self::AuthenticationFailed => 15,
            Self::BeaconsLost => 200,
            Self::Deauthenticated => 2,
            Self::JoinTimedOut => 204,
        }
    }

    /// Returns the reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessPointNotFound => "access point not found",
            Self::AssociationFailed => "association failed",
            Self::AuthenticationFailed => "authentication failed",
            Self::BeaconsLost => "beacons lost",
            Self::Deauthenticated => "deauthenticated",
            Self::JoinTimedOut => "join timed out",
        }
    }
}

impl CloseReason {
    /// All of them. Places are recorded as numbers elsewhere: new ones go to the end.
    pub const ALL: [Self; 6] = [
        Self::Finished,
        Self::Refused,
        Self::Reset,
        Self::TimedOut,
        Self::Unresolved,
        Self::Untrusted,
    ];

    /// Returns the reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "closed by peer",
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::TimedOut => "timed out",
            Self::Unresolved => "name not found",
            Self::Untrusted => "peer not trusted",
        }
    }
}
