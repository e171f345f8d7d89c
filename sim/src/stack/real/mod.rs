//! A node's way to the broker as frames and bytes.
//!
//! ```text
//!  node-core ─ TLS ─ TCP/IP ─ station ))) air ((( access point ─ LAN ─ TCP/IP ─ TLS ─ broker
//!            └───── NodeStream ────┘             └── Cell ─┘         └──── Front ───┘
//!  └─────────────────────────────── RealPath ──────────────────────────────────────┘
//! ```
//!
//! Owns the order in which the layers of one node work. What each layer does is its own module's;
//! whom outputs concern is the device's.

mod cable;
mod cell;
mod flight;
mod front;
mod layer;
#[cfg(test)]
mod mangler;
mod output;
mod path;
mod spec;
mod stream;

pub use cable::{Cable, Connection};
pub(crate) use cell::Cell;
#[cfg(test)]
pub(crate) use mangler::Mangler;
pub(crate) use output::PathOutput;
pub(crate) use path::{PathAround, RealPath};
pub use spec::RealSpec;
