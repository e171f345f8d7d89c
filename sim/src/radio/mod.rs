//! The air between a station and its access point.
//!
//! Owns how long a frame occupies the channel, whether it arrives, and how a station comes to
//! be associated. Does not know what the bytes mean to TCP, TLS or MQTT.

mod access_point;
mod air;
mod airtime;
mod bianchi;
mod burst;
mod channel;
mod eapol;
mod error;
mod event;
mod fault;
mod frame;
mod join_spec;
#[cfg(test)]
mod joining;
mod link;
#[cfg(test)]
mod losing;
mod management;
mod nonce;
#[cfg(test)]
mod pair;
mod phy_spec;
mod power_save;
mod presets;
mod propagation;
mod rate;
mod rate_control;
mod reason;
mod saturation;
mod spec;
mod station;
#[cfg(test)]
mod strangers;
mod transmission;

pub use access_point::{AccessPoint, AccessPointEffect};
pub use air::{Air, Sender};
pub use airtime::{
    ACK_BYTES, Aggregate, BLOCK_ACK_BYTES, CCMP_BYTES, Exchange, FCS_BYTES, LLC_SNAP_BYTES,
    Preamble, Timing, ack_rate, ack_time, frame_time, management_bytes, psdu_bytes,
};
pub use bianchi::Bianchi;
pub use burst::{Burst, BurstSpec};
pub use channel::Channel;
pub use error::packet_success;
pub use event::{JoinPhase, RadioEvent};
pub use fault::RadioFault;
pub use frame::{EtherType, Frame, MacAddress, Payload};
pub use join_spec::{AccessPointSpec, JoinCache, KnownAccessPoint, ScanPlan, StationSpec};
pub use link::{FrameKind, Outgoing, RadioLink};
pub use phy_spec::{Background, PhySpec, Shadowing};
pub use power_save::PowerSave;
pub use propagation::{Dbm, Decibels, RadioSpec, noise_floor};
pub use rate_control::RateControl;
pub use reason::ReasonCode;
pub use saturation::{STATIONS_MAX, Saturation};
pub use spec::{PathLoss, Standard, WifiSpec};
pub use station::{Station, StationEffect};
pub use transmission::{Attempt, Rate, Transmission};
