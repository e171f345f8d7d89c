//! What a panic would do on a chip.
//!
//! Owns the handler that every image without `std` must have. `cargo xtask no-panic` proves
//! that nothing reaches it.

use core::panic::PanicInfo;

/// Waits for the watchdog, which resets the chip.
#[panic_handler]
fn wait_for_the_watchdog(_: &PanicInfo<'_>) -> ! {
    loop {}
}
