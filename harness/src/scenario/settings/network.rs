//! The settings of a network of frames and bytes.
//!
//! Owns their types; `None` leaves a value to the preset, or to what the simulator takes for a
//! home. Does not know YAML.

use nodelab_sim::SimSpan;
use nodelab_sim::radio::{Decibels, JoinCache, PowerSave, Standard};

use crate::scenario::quantity::{Metres, Ppm};
use crate::scenario::range::Range;

/// In which form the network is simulated.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Network {
    /// As times drawn from distributions.
    #[default]
    Modelled,
    /// As frames and bytes.
    Real,
}

/// The air, and the access point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AirSettings {
    /// Traffic of others.
    pub background: Option<Range<Ppm>>,
    /// From beacon to beacon.
    pub beacon_interval: Option<SimSpan>,
    /// Losses in bursts.
    pub burst: Option<BurstSettings>,
    /// What nodes remember of earlier joins.
    pub cache: Option<JoinCache>,
    /// Channel of the access point.
    pub channel: Option<u8>,
    /// How nodes get their address.
    pub dhcp: DhcpSettings,
    /// Between node and access point.
    pub distance: Option<Range<Metres>>,
    /// How names are resolved.
    pub dns: DnsSettings,
    /// Beacons per DTIM.
    pub dtim_period: Option<u8>,
    /// Share of frames that something else than Wi-Fi spoils.
    pub interference: Option<Range<Ppm>>,
    /// From the access point to the broker's host, or back.
    pub lan_delay: Option<Range<SimSpan>>,
    /// How fast the signal fades with distance.
    pub path_loss_exponent: Option<f64>,
    /// How nodes sleep between beacons.
    pub power_save: Option<PowerSave>,
    /// How often a frame is sent at most.
    pub attempts_max: Option<u8>,
    /// Slow fading.
    pub shadowing: Option<ShadowingSettings>,
    /// Which amendment of 802.11.
    pub standard: Option<Standard>,
    /// How patient nodes are.
    pub station: StationSettings,
    /// Stations at once; `None` is 32, or as many as there are nodes.
    pub stations_max: Option<u32>,
    /// From asking for the time to the answer.
    pub time_delay: Option<Range<SimSpan>>,
}

/// The Gilbert–Elliott channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BurstSettings {
    /// Chance with each frame that a burst begins.
    pub into_bad: Range<Ppm>,
    /// Chance with each frame that it ends.
    pub out_of_bad: Range<Ppm>,
    /// Loss within bursts.
    pub loss_bad: Range<Ppm>,
    /// Loss between bursts.
    pub loss_good: Range<Ppm>,
}

/// Slow fading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShadowingSettings {
    /// Standard deviation of the loss.
    pub deviation: Decibels,
    /// After this time, the loss remembers 1/e of itself.
    pub coherence: SimSpan,
}

/// How addresses are given.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DhcpSettings {
    /// From REQUEST to ACK.
    pub acknowledge_delay: Option<Range<SimSpan>>,
    /// Whether nodes probe an address before they use it.
    pub check_address: bool,
    /// How long a lease lasts.
    pub lease: Option<SimSpan>,
    /// From DISCOVER to OFFER.
    pub offer_delay: Option<Range<SimSpan>>,
    /// Addresses to give; `None` is 253, or as many as there are nodes.
    pub pool: Option<u32>,
}

/// How names are resolved.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DnsSettings {
    /// From question to answer.
    pub delay: Option<Range<SimSpan>>,
    /// How long an answer may be kept.
    pub lifetime: Option<SimSpan>,
    /// The broker's name.
    pub name: Option<String>,
}

/// How patient a station is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct StationSettings {
    /// Wait for an answer to authentication or association.
    pub answer_timeout: Option<SimSpan>,
    /// Association requests at most.
    pub association_tries: Option<u8>,
    /// Authentication requests at most.
    pub authentication_tries: Option<u8>,
    /// How long beacons may stay away before it probes.
    pub beacon_silence: Option<SimSpan>,
    /// Wait for the 4-way handshake to end.
    pub handshake_timeout: Option<SimSpan>,
    /// Time from password to key.
    pub key_derivation: Option<SimSpan>,
}
