//! TCP and IPv4 in virtual time, by smoltcp.
//!
//! Owns the profiles in which chips differ, and a host that turns streams into packets. Knows
//! no frames: what carries a packet is up to others.

mod host;
mod profile;
mod segment;
mod wire;

pub(crate) use host::{End, Host, SocketKey};
pub use profile::{TcpProfile, TcpTimers};
pub use segment::Segment;
pub(crate) use segment::is_tcp;
