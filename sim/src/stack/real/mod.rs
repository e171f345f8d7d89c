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

mod cell;
mod flight;
mod front;
mod layer;
mod output;
mod path;
mod spec;
mod stream;

pub(crate) use cell::Cell;
pub(crate) use output::PathOutput;
pub(crate) use path::{PathAround, RealPath};
pub use spec::RealSpec;
