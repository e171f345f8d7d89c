//! The node on a core without an operating system.
//!
//! What the node is told comes in as frames of `node-wire`, what it asks for goes out. The host
//! is an emulator, or the simulator's own process; `hal` has one file for each. All unsafe code
//! is there.
#![no_std]

#[cfg(feature = "battery")]
mod battery;
mod channel;
mod drive;
mod hal;
mod panic;
