//! The ESP8266's core on QEMU's machine `sim`, which answers `simcall`.
//!
//! Start with `-icount shift=5,sleep=off`: an instruction then takes 32 ns, and the clock of the
//! core ticks at 40 MHz, every 25 ns.
#![expect(unsafe_code, reason = "the host is reached by assembly")]

use core::cell::Cell;

/// File numbers of the host.
mod file {
    pub(super) const INPUT: u32 = 0;
    pub(super) const OUTPUT: u32 = 1;
    pub(super) const ERROR: u32 = 2;
}

/// Bytes of a page; QEMU ends a `simcall` that reads at its end.
const PAGE: usize = 4096;
/// What a host that takes nothing more ends the emulator with.
const EXIT_DEAF: u32 = 72;

/// What the clock said last.
struct Clock {
    ticks: Cell<u32>,
    wraps: Cell<u32>,
}

// SAFETY: one core runs one thread and no interrupts.
unsafe impl Sync for Clock {}

static CLOCK: Clock = Clock {
    ticks: Cell::new(0),
    wraps: Cell::new(0),
};

// In start/lx106.S.
unsafe extern "C" {
    fn host_exit(code: u32) -> !;
    fn host_read(file: u32, to: *mut u8, length: usize) -> i32;
    fn host_ticks() -> u32;
    fn host_write(file: u32, from: *const u8, length: usize) -> i32;
}

/// Waits for bytes and returns how many came; 0 is the end.
pub(crate) fn read(into: &mut [u8]) -> usize {
    let to = into.as_mut_ptr();
    let within = into.len().min(PAGE - to.addr() % PAGE);
    // SAFETY: the host writes at most `within` bytes to memory that is borrowed here.
    let read = unsafe { host_read(file::INPUT, to, within) };
    usize::try_from(read).unwrap_or(0)
}

/// Hands bytes to the host.
pub(crate) fn write(bytes: &[u8]) {
    if !write_all(file::OUTPUT, bytes) {
        exit(EXIT_DEAF);
    }
}

/// Says something to whoever watches the emulator.
pub(crate) fn complain(bytes: &[u8]) {
    write_all(file::ERROR, bytes);
}

fn write_all(file: u32, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        // SAFETY: the host reads memory that is borrowed here.
        let written = unsafe { host_write(file, bytes.as_ptr(), bytes.len()) };
        let written = usize::try_from(written).unwrap_or(0);
        let Some(rest) = bytes.get(written..).filter(|_| written > 0) else {
            return false;
        };
        bytes = rest;
    }
    true
}

/// Ends the emulator.
pub(crate) fn exit(code: u32) -> ! {
    // SAFETY: does not return.
    unsafe { host_exit(code) }
}

/// Counts instructions, exactly, modulo 2³².
///
/// The clock has ticked ⌊32 n / 25⌋ times after n instructions, so n = ⌈25 t / 32⌉. The clock
/// wraps after 3.3 · 10⁹ instructions: this must be called more often than that.
pub(crate) fn instructions() -> u32 {
    // SAFETY: reads a register.
    let ticks = unsafe { host_ticks() };
    let mut wraps = CLOCK.wraps.get();
    if ticks < CLOCK.ticks.replace(ticks) {
        wraps = wraps.wrapping_add(1);
        CLOCK.wraps.set(wraps);
    }
    let whole = (ticks >> 5) | (wraps << 27);
    let part = (25 * (ticks & 31)).div_ceil(32);
    whole.wrapping_mul(25).wrapping_add(part)
}
