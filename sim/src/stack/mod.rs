//! What lies between a node and the broker, in two forms.
//!
//! The modelled form answers with times drawn from stated distributions, and knows nothing of
//! frames, addresses or TLS. The real form sends frames and bytes.

pub mod address;
mod modelled;
mod network;
mod outcome;
mod real;
mod security;
mod shape;
pub mod tcp;
pub mod tls;

pub use modelled::Link;
pub use network::{NetworkSpec, SpanRange};
pub use outcome::{Delivery, Direction, JoinOutcome, OpenOutcome};
#[cfg(test)]
pub(crate) use real::Mangler;
pub use real::{Cable, Connection, RealSpec};
pub(crate) use real::{Cell, PathAround, PathOutput, RealPath};
pub(crate) use security::Security;
pub use security::{SecuritySpec, UnsetClock};
pub use shape::{HandshakeShape, Shapes, Turn};
