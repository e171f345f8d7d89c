//! What both radios of a network are, and what disturbs them.

use super::airtime::Preamble;
use super::burst::BurstSpec;
use super::power_save::PowerSave;
use super::propagation::{Decibels, RadioSpec};
use crate::time::SimSpan;

/// Traffic of others on the same channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Background {
    /// Share of time in which they occupy the channel, in millionths; 950 000 at most.
    pub share_ppm: u32,
    /// How long one of their exchanges lasts.
    pub exchange: SimSpan,
}

/// Slow fading: people and doors between the antennas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shadowing {
    /// Standard deviation of the loss.
    pub deviation: Decibels,
    /// After this time, the loss remembers 1/e of itself.
    pub coherence: SimSpan,
}

/// The physical layer of one network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhySpec {
    /// The radio of each node.
    pub node: RadioSpec,
    /// The radio of the access point.
    pub access_point: RadioSpec,
    /// Preamble of 802.11b frames.
    pub preamble: Preamble,
    /// How often a frame is sent at most, the first time included; zero counts as one. Seven is
    /// the default of `dot11ShortRetryLimit` (IEEE 802.11-2020 annex C).
    pub attempts_max: u8,
    /// Losses in bursts.
    pub burst: Option<BurstSpec>,
    /// How many of a million frames something else than Wi-Fi spoils.
    pub interference_ppm: u32,
    /// Traffic of others.
    pub background: Background,
    /// Slow fading.
    pub shadowing: Option<Shadowing>,
    /// How nodes sleep between beacons.
    pub power_save: PowerSave,
}

impl Background {
    /// An empty channel.
    pub const NONE: Self = Self {
        share_ppm: 0,
        exchange: SimSpan::ZERO,
    };
}

impl Default for PhySpec {
    /// An ESP8266 that stays awake, on a channel of its own.
    fn default() -> Self {
        Self {
            node: RadioSpec::esp8266(),
            access_point: RadioSpec::access_point(),
            preamble: Preamble::Long,
            attempts_max: 7,
            burst: None,
            interference_ppm: 0,
            background: Background::NONE,
            shadowing: None,
            power_save: PowerSave::Awake,
        }
    }
}
