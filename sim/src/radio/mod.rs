//! The air between a station and its access point.
//!
//! Owns how long a frame occupies the channel, whether it arrives, and how a station comes to
//! be associated. Does not know what the bytes mean to TCP, TLS or MQTT.

mod event;
mod frame;
mod spec;
mod transmission;

pub use event::{JoinPhase, RadioEvent};
pub use frame::{EtherType, Frame, MacAddress, Payload};
pub use spec::{AccessPointSpec, JoinCache, PathLoss, Standard, WifiSpec};
pub use transmission::{Attempt, Rate, Transmission};
