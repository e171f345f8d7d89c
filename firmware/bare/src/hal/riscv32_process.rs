//! riscv32imc in the simulator's own process, which answers environment calls.
//!
//! | a7 | a0 | a1 | result in a0 |
//! |---:|---|---|---|
//! | 1 | where bytes go | how many at most | how many came; 0 is the end |
//! | 2 | where bytes are | how many | |
//! | 3 | | | instructions so far, modulo 2³² |
//! | 93 | exit code | | does not return |
#![expect(unsafe_code, reason = "the host is reached by assembly")]

use core::arch::{asm, global_asm};

global_asm!(
    ".section .text.start, \"ax\"",
    ".global _start",
    "_start:",
    include_str!("../../start/riscv32.S"),
);

/// What the host is asked to do.
mod operation {
    pub(super) const READ: u32 = 1;
    pub(super) const WRITE: u32 = 2;
    pub(super) const COUNT: u32 = 3;
    pub(super) const EXIT: u32 = 93;
}

/// Waits for bytes and returns how many came; 0 is the end.
pub(crate) fn read(into: &mut [u8]) -> usize {
    // SAFETY: the host writes at most as many bytes as are borrowed here.
    let read = unsafe { call(operation::READ, into.as_mut_ptr().addr(), into.len()) };
    usize::try_from(read).unwrap_or(0)
}

/// Hands bytes to the host.
pub(crate) fn write(bytes: &[u8]) {
    // SAFETY: the host reads memory that is borrowed here.
    unsafe { call(operation::WRITE, bytes.as_ptr().addr(), bytes.len()) };
}

/// Says nothing: there is no second stream, and the exit code tells a panic from an end.
pub(crate) fn complain(_: &[u8]) {}

/// Ends the machine.
pub(crate) fn exit(code: u32) -> ! {
    loop {
        // SAFETY: the host ends this machine.
        unsafe { call(operation::EXIT, usize::try_from(code).unwrap_or(1), 0) };
    }
}

/// Counts instructions, exactly, modulo 2³².
pub(crate) fn instructions() -> u32 {
    // SAFETY: touches no memory.
    unsafe { call(operation::COUNT, 0, 0) }
}

/// Asks the host to do something.
///
/// # Safety
///
/// The arguments must be what the operation takes, and name only memory that it may touch.
unsafe fn call(operation: u32, first: usize, second: usize) -> u32 {
    let result;
    // SAFETY: the caller vouches for the arguments.
    unsafe {
        asm!(
            "ecall",
            in("a7") operation,
            inlateout("a0") first => result,
            in("a1") second,
        );
    }
    result
}
