//! What lies between a node and the broker: joining, streams, and how long bytes take.
//!
//! The modelled form answers with times drawn from stated distributions. It knows nothing of
//! frames, addresses or TLS.

pub mod address;
mod modelled;
mod network;
mod outcome;
pub mod tls;

pub use modelled::Link;
pub use network::{NetworkSpec, SpanRange};
pub use outcome::{Delivery, Direction, JoinOutcome, OpenOutcome};
