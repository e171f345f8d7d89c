//! Numbers for the reasons that inputs and events carry.
//!
//! Owns the numbers, in both directions. Numbers are part of the interface: new variants are
//! added at the end.

use node_core::mqtt;
use node_core::sensor;

use crate::result::Outcome;

/// Why the link to the access point is down.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum LinkLoss {
    /// No access point answered the scan.
    AccessPointNotFound = 0,
    /// The access point refused association, for example because it is full.
    AssociationFailed = 1,
    /// The key handshake failed, which is how a wrong password looks.
    AuthenticationFailed = 2,
    /// Beacons stayed away until the station gave up.
    BeaconsLost = 3,
    /// The access point ended the association.
    Deauthenticated = 4,
    /// Nothing answered in time.
    JoinTimedOut = 5,
}

/// Why a byte stream closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum CloseReason {
    /// The peer closed it in good order.
    Finished = 0,
    /// The peer refused the connection.
    Refused = 1,
    /// The connection was reset, or the link below it went away.
    Reset = 2,
    /// Connecting or transmitting took too long.
    TimedOut = 3,
    /// The peer's name has no address.
    Unresolved = 4,
    /// The peer did not prove who it is, or somebody touched what it sent.
    Untrusted = 5,
}

/// Why the broker refused a session: the return codes of MQTT 3.1.1 §3.2.2.3, table 3.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum ConnectRefusal {
    /// The broker does not speak this protocol version.
    ProtocolVersion = 1,
    /// The client identifier is not allowed.
    IdentifierRejected = 2,
    /// The broker is not available.
    ServerUnavailable = 3,
    /// The user name or password is malformed or wrong.
    BadCredentials = 4,
    /// The client may not connect.
    NotAuthorized = 5,
}

/// How the broker broke the protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum ProtocolError {
    /// A packet's fields do not fit its length, or hold illegal values.
    Malformed = 0,
    /// The broker did not answer in time.
    NoAnswer = 1,
    /// A packet of this type may not come here or now.
    Unexpected = 2,
}

/// Why a reading was given up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum DropReason {
    /// The queue was full and the policy keeps the oldest.
    QueueFullNewest = 0,
    /// The queue was full and the policy keeps the newest.
    QueueFullOldest = 1,
    /// The payload did not fit the transmit buffer.
    TooLarge = 2,
}

/// Why a sample was not turned into a reading.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum SensorFault {
    /// More voltage than a TMP36 puts out: its ground lead is loose, or it is reversed.
    AboveRange = 0,
    /// A jump that no package can make between two readings.
    ImpossibleStep = 1,
    /// Code 65535: the ESP8266's converter is set up to measure its own supply.
    Misconfigured = 2,
    /// The converter did not answer.
    NoAnswer = 3,
    /// Almost no voltage: output open, sensor unpowered, or output shorted to ground.
    NoSignal = 4,
    /// The converter is at its end: shorted to the supply, or no divider where one belongs.
    Saturated = 5,
}

/// Returns the number of the link loss that a `REASON_*` of the ESP8266 SDK stands for
/// (`user_interface.h`; `event_info.disconnected.reason` of `wifi_event_handler`). Reasons that
/// have no variant of their own are `NODE_CORE_LINK_LOSS_DEAUTHENTICATED`.
#[unsafe(no_mangle)]
pub extern "C" fn node_core_link_loss_of_sdk_reason(reason: u32) -> u32 {
    let known = node_core::LinkLoss::ALL
        .into_iter()
        .find(|loss| u32::from(loss.reason_code()) == reason);
    known.map_or(LinkLoss::Deauthenticated, LinkLoss::from) as u32
}

impl LinkLoss {
    /// Returns the reason with this number.
    ///
    /// # Errors
    ///
    /// [`Outcome::ErrorValue`].
    pub(crate) fn of(number: u32) -> Result<node_core::LinkLoss, Outcome> {
        node_core::LinkLoss::ALL
            .into_iter()
            .find(|known| Self::from(*known) as u32 == number)
            .ok_or(Outcome::ErrorValue)
    }
}

impl CloseReason {
    /// Returns the reason with this number.
    ///
    /// # Errors
    ///
    /// [`Outcome::ErrorValue`].
    pub(crate) fn of(number: u32) -> Result<node_core::CloseReason, Outcome> {
        node_core::CloseReason::ALL
            .into_iter()
            .find(|known| Self::from(*known) as u32 == number)
            .ok_or(Outcome::ErrorValue)
    }
}

impl From<node_core::LinkLoss> for LinkLoss {
    fn from(why: node_core::LinkLoss) -> Self {
        match why {
            node_core::LinkLoss::AccessPointNotFound => Self::AccessPointNotFound,
            node_core::LinkLoss::AssociationFailed => Self::AssociationFailed,
            node_core::LinkLoss::AuthenticationFailed => Self::AuthenticationFailed,
            node_core::LinkLoss::BeaconsLost => Self::BeaconsLost,
            node_core::LinkLoss::Deauthenticated => Self::Deauthenticated,
            node_core::LinkLoss::JoinTimedOut => Self::JoinTimedOut,
        }
    }
}

impl From<node_core::CloseReason> for CloseReason {
    fn from(why: node_core::CloseReason) -> Self {
        match why {
            node_core::CloseReason::Finished => Self::Finished,
            node_core::CloseReason::Refused => Self::Refused,
            node_core::CloseReason::Reset => Self::Reset,
            node_core::CloseReason::TimedOut => Self::TimedOut,
            node_core::CloseReason::Unresolved => Self::Unresolved,
            node_core::CloseReason::Untrusted => Self::Untrusted,
        }
    }
}

impl From<mqtt::ConnectRefusal> for ConnectRefusal {
    fn from(why: mqtt::ConnectRefusal) -> Self {
        match why {
            mqtt::ConnectRefusal::BadCredentials => Self::BadCredentials,
            mqtt::ConnectRefusal::IdentifierRejected => Self::IdentifierRejected,
            mqtt::ConnectRefusal::NotAuthorized => Self::NotAuthorized,
            mqtt::ConnectRefusal::ProtocolVersion => Self::ProtocolVersion,
            mqtt::ConnectRefusal::ServerUnavailable => Self::ServerUnavailable,
        }
    }
}

impl From<mqtt::ProtocolError> for ProtocolError {
    fn from(why: mqtt::ProtocolError) -> Self {
        match why {
            mqtt::ProtocolError::Malformed => Self::Malformed,
            mqtt::ProtocolError::NoAnswer => Self::NoAnswer,
            mqtt::ProtocolError::Unexpected => Self::Unexpected,
        }
    }
}

impl From<node_core::DropReason> for DropReason {
    fn from(why: node_core::DropReason) -> Self {
        match why {
            node_core::DropReason::QueueFullNewest => Self::QueueFullNewest,
            node_core::DropReason::QueueFullOldest => Self::QueueFullOldest,
            node_core::DropReason::TooLarge => Self::TooLarge,
        }
    }
}

impl From<sensor::SensorFault> for SensorFault {
    fn from(why: sensor::SensorFault) -> Self {
        match why {
            sensor::SensorFault::AboveRange => Self::AboveRange,
            sensor::SensorFault::ImpossibleStep => Self::ImpossibleStep,
            sensor::SensorFault::Misconfigured => Self::Misconfigured,
            sensor::SensorFault::NoAnswer => Self::NoAnswer,
            sensor::SensorFault::NoSignal => Self::NoSignal,
            sensor::SensorFault::Saturated => Self::Saturated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_survive_the_border_both_ways() {
        for loss in node_core::LinkLoss::ALL {
            assert_eq!(LinkLoss::of(LinkLoss::from(loss) as u32), Ok(loss));
        }
        for why in node_core::CloseReason::ALL {
            assert_eq!(CloseReason::of(CloseReason::from(why) as u32), Ok(why));
        }
    }

    #[test]
    fn unknown_numbers_are_refused() {
        for number in [6, 255, 256, u32::MAX] {
            assert_eq!(LinkLoss::of(number), Err(Outcome::ErrorValue));
            assert_eq!(CloseReason::of(number), Err(Outcome::ErrorValue));
        }
    }

    #[test]
    fn reasons_of_the_sdk_find_their_variant() {
        // `REASON_4WAY_HANDSHAKE_TIMEOUT`, `REASON_BEACON_TIMEOUT`, `REASON_NO_AP_FOUND`, and
        // one without a variant, `REASON_ASSOC_EXPIRE`.
        let cases = [
            (15, LinkLoss::AuthenticationFailed),
            (200, LinkLoss::BeaconsLost),
            (201, LinkLoss::AccessPointNotFound),
            (4, LinkLoss::Deauthenticated),
        ];
        for (reason, loss) in cases {
            assert_eq!(node_core_link_loss_of_sdk_reason(reason), loss as u32);
        }
    }
}
