//! What radio and processor do, and what for.

use crate::radio::Rate;

/// What the charge was drawn for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Cause {
    /// Nothing to do, the processor sleeps.
    Asleep,
    /// From power to the first instruction of the firmware, radio calibration included.
    Boot,
    /// Opening the stream: TCP, TLS where there is one, and MQTT's CONNECT.
    Handshake,
    /// Getting onto the network, address included.
    Joining,
    /// Readings are on their way to the broker.
    Publishing,
    /// The converter works.
    Sampling,
    /// Awake or joined, with nothing to send: between readings, and between attempts.
    Waiting,
}

/// What the processor does.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CpuState {
    /// Computes.
    Busy,
    /// Off but for the clock that wakes it: memory is lost.
    DeepSleep,
    /// Waits for an interrupt.
    Idle,
    /// Stopped, memory kept.
    LightSleep,
}

/// What the radio does when it does not send.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RadioState {
    /// Receives, or listens for something to receive.
    Listening,
    /// Has no power.
    Off,
    /// Associated, asleep between the beacons that it must hear.
    PowerSave,
    /// Is calibrated.
    Starting,
}

/// The family of a rate: data sheets give one transmit current for each.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RateFamily {
    /// DSSS and CCK, 802.11b.
    B,
    /// OFDM, 802.11g.
    G,
    /// HT, 802.11n.
    N,
}

impl Cause {
    /// How many there are.
    pub const COUNT: usize = 7;
    /// Every cause.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Asleep,
        Self::Boot,
        Self::Handshake,
        Self::Joining,
        Self::Publishing,
        Self::Sampling,
        Self::Waiting,
    ];

    /// Returns the cause in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Boot => "boot",
            Self::Handshake => "handshake",
            Self::Joining => "joining",
            Self::Publishing => "publishing",
            Self::Sampling => "sampling",
            Self::Waiting => "waiting",
        }
    }
}

impl CpuState {
    /// How many there are.
    pub const COUNT: usize = 4;
    /// Every state.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Busy, Self::DeepSleep, Self::Idle, Self::LightSleep];
}

impl RadioState {
    /// How many there are.
    pub const COUNT: usize = 4;
    /// Every state.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Listening, Self::Off, Self::PowerSave, Self::Starting];
}

impl RateFamily {
    /// How many there are.
    pub const COUNT: usize = 3;
    /// Every family.
    pub const ALL: [Self; Self::COUNT] = [Self::B, Self::G, Self::N];

    /// Returns the family of a rate.
    #[must_use]
    pub const fn of(rate: Rate) -> Self {
        match rate {
            Rate::Dsss(_) => Self::B,
            Rate::Ofdm(_) => Self::G,
            Rate::Ht(_) => Self::N,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_is_at_its_own_place_in_the_list() {
        for (place, cause) in Cause::ALL.into_iter().enumerate() {
            assert_eq!(cause as usize, place);
        }
        for (place, state) in CpuState::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, place);
        }
        for (place, state) in RadioState::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, place);
        }
        for (place, family) in RateFamily::ALL.into_iter().enumerate() {
            assert_eq!(family as usize, place);
        }
    }
}
