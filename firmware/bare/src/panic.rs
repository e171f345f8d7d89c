//! What a panic does: says where, and ends the emulator.
//!
//! Without `core::fmt`, so that the report costs a few bytes and not a few kilobytes.

use core::panic::PanicInfo;

use crate::hal;

/// What a panic ends with; Rust's own programs use it too.
const EXIT_PANICKED: u32 = 101;
/// Digits of a line number: those of `u32::MAX`.
const DIGITS_MAX: usize = 10;

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    hal::complain(b"the driver panicked");
    if let Some(place) = info.location() {
        hal::complain(b" at ");
        hal::complain(place.file().as_bytes());
        hal::complain(b":");
        complain_number(place.line());
    }
    hal::complain(b"\n");
    hal::exit(EXIT_PANICKED)
}

fn complain_number(mut number: u32) {
    let mut digits = [0; DIGITS_MAX];
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        // A remainder of ten fits a byte.
        *digit = b'0' + (number % 10).to_le_bytes()[0];
        number /= 10;
        length += 1;
        if number == 0 {
            break;
        }
    }
    hal::complain(digits.get(DIGITS_MAX - length..).unwrap_or_default());
}
