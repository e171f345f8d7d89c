//! Whether the broker is the broker.
//!
//! Owns the pin, the verifier, and what an error means to node-core. Opens no connection: the
//! chip and the tests each bring their own transport.

mod close;
mod pin;
mod trust;
mod verifier;

#[cfg(test)]
mod anonymous;
#[cfg(test)]
mod handshakes;

pub use close::{close_reason, open_reason};
pub use pin::KeyPin;
pub use trust::{CHAIN_MAX, Identity, Trust};
pub use verifier::Dates;
