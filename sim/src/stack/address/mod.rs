//! Addresses and what comes with them: DHCP, ARP, DNS and SNTP as real packets, in virtual time.
//!
//! Owns both halves: the node's, with the timers of lwIP, and the local network's, which lives
//! behind the access point. Knows frames and bytes; knows nothing of the radio, of TCP or of what
//! the node does with its address.

mod arp;
mod client;
mod dhcp;
mod dhcp_client;
mod dhcp_server;
mod dns;
mod dns_client;
mod drops;
mod fault;
mod packet;
#[cfg(test)]
mod pair;
pub mod plan;
#[cfg(test)]
mod scenes;
mod server;
mod sntp;
mod spec;
mod ticks;
mod time_client;

pub use client::{AddressClient, AddressEffect, AddressMode};
pub use dhcp_client::Lease;
pub use dns_client::ResolveFailure;
pub use drops::{AddressDrop, AddressDrops};
pub use fault::AddressFault;
pub use server::AddressServer;
pub use spec::ServiceSpec;
