//! The air between a station and its access point.
//!
//! Owns how long a frame occupies the channel, whether it arrives, and how a station comes to
//! be associated. Does not know what the bytes mean to TCP, TLS or MQTT.

mod access_point;
mod eapol;
mod event;
mod fault;
mod frame;
mod join_spec;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod losing;
mod management;
mod nonce;
#[cfg(test)]
mod pair;
mod reason;
mod spec;
mod station;
#[cfg(test)]
mod strangers;
mod transmission;

pub use access_point::{AccessPoint, AccessPointEffect};
pub use event::{JoinPhase, RadioEvent};
pub use fault::RadioFault;
pub use frame::{EtherType, Frame, MacAddress, Payload};
pub use join_spec::{AccessPointSpec, Delay, JoinCache, KnownAccessPoint, ScanPlan, StationSpec};
pub use reason::ReasonCode;
pub use spec::{PathLoss, Standard, WifiSpec};
pub use station::{Station, StationEffect};
pub use transmission::{Attempt, Rate, Transmission};
