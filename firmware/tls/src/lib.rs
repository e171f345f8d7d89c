//! What TLS costs on a core without an operating system.
//!
//! Runs what `portable` measures, and writes a line for each result. The machine is the one that
//! `firmware/bare` runs on; all unsafe code is there, and in `hal`.
#![no_std]

#[cfg(target_arch = "xtensa")]
mod bearssl;
mod hal;
mod handshake;
#[path = "../../bare/src/panic.rs"]
mod panic;
mod primitives;
mod report;
mod transport;
