//! How much of the stack was used: the free part is painted, and what kept its paint was not.
#![expect(unsafe_code, reason = "the stack is memory that no Rust value owns")]

use core::hint::black_box;

/// What a free word holds.
const PAINT: u32 = 0xA5A5_5A5A;
/// Bytes below the current frame that are left alone: they may be this function's own.
const MARGIN: usize = 128;

unsafe extern "C" {
    /// Where the linker script ends the data, and the stack may not go below.
    static mut _stack_bottom: u32;
    /// Where the stack begins.
    static _stack_top: u32;
}

/// Paints the free part of the stack.
#[inline(never)]
pub(crate) fn paint() {
    let here = 0_u32;
    let end = (&raw const *black_box(&here)).addr() - MARGIN;
    let mut word = &raw mut _stack_bottom;
    while word.addr() < end {
        // SAFETY: between the data and the current frame, less a margin, lies nothing; the
        // linker script aligns the bottom.
        unsafe {
            word.write_volatile(PAINT);
            word = word.add(1);
        }
    }
}

/// Returns the bytes of stack that were in use at most since [`paint`].
#[inline(never)]
pub(crate) fn high_water() -> u32 {
    let top = (&raw const _stack_top).addr();
    let mut word = &raw const _stack_bottom;
    // SAFETY: the whole stack is mapped memory, and words are read whatever they hold.
    while word.addr() < top && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    u32::try_from(top - word.addr()).unwrap_or(u32::MAX)
}
