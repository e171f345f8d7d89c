//! Where Rust begins, and what an image may do.
//!
//! The linker chooses: it gives one of the functions that are exported here the name `main`.
#![expect(unsafe_code, reason = "functions are exported by name")]

use crate::{drive, hal};

unsafe extern "C" {
    fn main();
}

/// Called by the start code, once the memory is as Rust expects it.
#[unsafe(no_mangle)]
extern "C" fn entered() -> ! {
    // SAFETY: linked to a function of this file.
    unsafe { main() };
    hal::exit(0)
}

/// Drives the node.
#[unsafe(no_mangle)]
extern "C" fn main_node() {
    drive::run();
}

/// Computes what the host computes too.
#[cfg(feature = "battery")]
#[unsafe(no_mangle)]
extern "C" fn main_battery() {
    crate::battery::run();
}
