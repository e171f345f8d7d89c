//! What is measured on the cores, and can be tested on the host.
//!
//! Owns the operations, their known answers, and the order in which they are done. Counts no
//! instruction: whoever runs it brings a [`Meter`].
#![no_std]

#[cfg(test)]
extern crate std;

pub mod handshake;
mod hex;
mod luck;
pub mod meter;
pub mod primitives;
pub mod vectors;

pub use luck::Luck;
pub use meter::{Case, Meter};
