//! riscv32imc on QEMU's machine `virt`, with semihosting.
//!
//! Start with `-icount shift=0`: the count of retired instructions is then exact.
#![expect(unsafe_code, reason = "the host is reached by assembly")]

use core::arch::{asm, global_asm};
use core::sync::atomic::{AtomicU32, Ordering};

// The machine starts at the first byte of its RAM. A trap ends the emulator; without a handler
// it would start over, for ever.
global_asm!(
    ".section .text.start, \"ax\"",
    ".global _start",
    "_start:",
    "la t0, trap_vector",
    "csrw mtvec, t0",
    include_str!("../../start/riscv32.S"),
);
// The vector's last two bits choose its mode (RISC-V Privileged §3.1.7): it needs an aligned word.
global_asm!(
    ".section .text.trap, \"ax\"",
    ".balign 4",
    "trap_vector:",
    "la sp, _stack_top",
    "j trapped",
);

/// Operations of the host (Semihosting for AArch32 and AArch64, 2.0, §5).
mod operation {
    pub(super) const OPEN: u32 = 0x01;
    pub(super) const WRITE: u32 = 0x05;
    pub(super) const READ: u32 = 0x06;
    pub(super) const EXIT_EXTENDED: u32 = 0x20;
}

/// Modes of opening: those of C's `fopen`, numbered (§5.14).
mod mode {
    pub(super) const READ_BINARY: u32 = 1;
    pub(super) const APPEND_BINARY: u32 = 9;
}

/// A reason to stop that carries a code (§5.11, `ADP_Stopped_ApplicationExit`).
const APPLICATION_EXIT: u32 = 0x2_0026;
/// What a file that is not open yet has for a handle; the host's are small.
const CLOSED: u32 = u32::MAX;
/// What a host that takes nothing more ends the emulator with.
const EXIT_DEAF: u32 = 72;
/// What a trap ends the emulator with: an access to nothing, an illegal instruction.
const EXIT_TRAPPED: u32 = 73;

/// A file of the host, opened when it is first needed.
struct File {
    path: &'static [u8],
    mode: u32,
    handle: AtomicU32,
}

static INPUT: File = File::new(b"/dev/stdin\0", mode::READ_BINARY);
static OUTPUT: File = File::new(b"/dev/stdout\0", mode::APPEND_BINARY);
static ERROR: File = File::new(b"/dev/stderr\0", mode::APPEND_BINARY);

impl File {
    /// Names a file; the path ends in a zero.
    const fn new(path: &'static [u8], mode: u32) -> Self {
        let handle = AtomicU32::new(CLOSED);
        Self { path, mode, handle }
    }

    fn handle(&self) -> u32 {
        let known = self.handle.load(Ordering::Relaxed);
        if known != CLOSED {
            return known;
        }
        let path = address(self.path);
        // SAFETY: the host reads a path of that length.
        let opened = unsafe { call(operation::OPEN, &[path, self.mode, length(self.path) - 1]) };
        self.handle.store(opened, Ordering::Relaxed);
        opened
    }
}

#[unsafe(no_mangle)]
extern "C" fn trapped() -> ! {
    exit(EXIT_TRAPPED)
}

/// Waits for bytes and returns how many came; 0 is the end.
pub(crate) fn read(into: &mut [u8]) -> usize {
    // SAFETY: the host writes at most as many bytes as are borrowed here.
    let left = unsafe {
        call(
            operation::READ,
            &[INPUT.handle(), address(into), length(into)],
        )
    };
    // The host says how many bytes it did not fill.
    usize::try_from(left).map_or(0, |left| into.len().saturating_sub(left))
}

/// Hands bytes to the host.
pub(crate) fn write(bytes: &[u8]) {
    if !write_all(&OUTPUT, bytes) {
        exit(EXIT_DEAF);
    }
}

/// Says something to whoever watches the emulator.
pub(crate) fn complain(bytes: &[u8]) {
    write_all(&ERROR, bytes);
}

fn write_all(file: &File, bytes: &[u8]) -> bool {
    // SAFETY: the host reads memory that is borrowed here.
    let left = unsafe {
        call(
            operation::WRITE,
            &[file.handle(), address(bytes), length(bytes)],
        )
    };
    left == 0
}

/// Ends the emulator.
pub(crate) fn exit(code: u32) -> ! {
    loop {
        // SAFETY: the host ends this machine.
        unsafe { call(operation::EXIT_EXTENDED, &[APPLICATION_EXIT, code, 0]) };
    }
}

/// Counts instructions, exactly, modulo 2³².
pub(crate) fn instructions() -> u32 {
    let count;
    // SAFETY: reads a register.
    unsafe { asm!("csrr {}, minstret", out(reg) count) };
    count
}

fn address(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.as_ptr().addr()).unwrap_or(0)
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(0)
}

/// Asks the host to do something.
///
/// The three instructions are one word to the emulator; they may not be compressed, nor lie on
/// two pages (RISC-V Semihosting 0.4, "Semihosting Trap Instruction Sequence").
///
/// # Safety
///
/// The arguments must be what the operation takes, and name only memory that it may touch.
unsafe fn call(operation: u32, arguments: &[u32; 3]) -> u32 {
    let result;
    // SAFETY: the caller vouches for the arguments.
    unsafe {
        asm!(
            ".option push",
            ".option norvc",
            ".balign 16",
            "slli x0, x0, 0x1f",
            "ebreak",
            "srai x0, x0, 7",
            ".option pop",
            inlateout("a0") operation => result,
            in("a1") arguments.as_ptr(),
        );
    }
    result
}
