//! Numbers for choices: a variant's code is its place in the table of its type.
//!
//! New variants go to the end of a table, so that recorded lives stay readable.

use node_core::mqtt::{ConnectRefusal, ProtocolError};
use node_core::sensor::SensorFault;
use node_core::{
    CloseReason, Command, ConfigError, Connection, Conversion, DropPolicy, DropReason, Filter,
    LinkLoss, PayloadFormat, Qos, Scale, WifiPolicy, Writer,
};

use crate::frame::WireError;
use crate::reader::Reader;

/// A type whose values can all be listed.
pub(crate) trait Listed: Copy + PartialEq + 'static {
    /// All values, each at its code.
    const ALL: &'static [Self];
}

/// Stands for a variant that was forgotten in its table; no table is as long.
const FORGOTTEN: u8 = u8::MAX;

/// Writes the code of a choice.
pub(crate) fn write<T: Listed>(out: &mut Writer<'_>, value: T) {
    let place = T::ALL.iter().position(|listed| *listed == value);
    let code = place.and_then(|place| u8::try_from(place).ok());
    debug_assert!(code.is_some(), "every variant is in its table");
    out.bytes(&[code.unwrap_or(FORGOTTEN)]);
}

/// Reads the code of a choice.
pub(crate) fn read<T: Listed>(from: &mut Reader<'_>) -> Result<T, WireError> {
    let code = usize::from(from.u8()?);
    T::ALL.get(code).copied().ok_or(WireError::Unknown)
}

impl Listed for Command {
    const ALL: &'static [Self] = &[
        Self::CloseStream,
        Self::JoinWifi,
        Self::LeaveWifi,
        Self::OpenStream,
        Self::Sample,
        Self::Sleep,
    ];
}

impl Listed for CloseReason {
    const ALL: &'static [Self] = &Self::ALL;
}

impl Listed for LinkLoss {
    const ALL: &'static [Self] = &Self::ALL;
}

impl Listed for DropReason {
    const ALL: &'static [Self] = &[Self::QueueFullNewest, Self::QueueFullOldest, Self::TooLarge];
}

impl Listed for ConnectRefusal {
    const ALL: &'static [Self] = &[
        Self::BadCredentials,
        Self::IdentifierRejected,
        Self::NotAuthorized,
        Self::ProtocolVersion,
        Self::ServerUnavailable,
    ];
}

impl Listed for ProtocolError {
    const ALL: &'static [Self] = &[Self::Malformed, Self::NoAnswer, Self::Unexpected];
}

impl Listed for SensorFault {
    const ALL: &'static [Self] = &[
        Self::AboveRange,
        Self::ImpossibleStep,
        Self::Misconfigured,
        Self::NoAnswer,
        Self::NoSignal,
        Self::Saturated,
    ];
}

impl Listed for Filter {
    const ALL: &'static [Self] = &[Self::Mean, Self::Median];
}

impl Listed for Conversion {
    const ALL: &'static [Self] = &[Self::Datasheet, Self::TenthOfCode];
}

impl Listed for Scale {
    const ALL: &'static [Self] = &Self::ALL;
}

impl Listed for DropPolicy {
    const ALL: &'static [Self] = &[Self::Newest, Self::Oldest];
}

impl Listed for WifiPolicy {
    const ALL: &'static [Self] = &[Self::LeaveWhenIdle, Self::Stay];
}

impl Listed for Qos {
    const ALL: &'static [Self] = &[Self::AtMostOnce, Self::AtLeastOnce];
}

impl Listed for PayloadFormat {
    const ALL: &'static [Self] = &Self::ALL;
}

impl Listed for Connection {
    const ALL: &'static [Self] = &[
        Self::Greeting,
        Self::Joining,
        Self::Offline,
        Self::Online,
        Self::Opening,
        Self::RejoinPause,
        Self::ReopenPause,
    ];
}

impl Listed for ConfigError {
    const ALL: &'static [Self] = &[
        Self::BackoffInverted,
        Self::ClientIdEmpty,
        Self::GainOutOfRange,
        Self::IntervalOutOfRange,
        Self::OversampleOutOfRange,
        Self::PasswordWithoutUsername,
        Self::QueueCapacityOutOfRange,
        Self::TimeoutZero,
        Self::TopicInvalid,
    ];
}
