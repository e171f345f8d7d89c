//! The machine: bytes in and out, the count of instructions, and the stack.
//!
//! Each machine gives the same functions:
//!
//! | function | |
//! |---|---|
//! | `read` | waits for bytes and returns how many came; 0 is the end |
//! | `write` | hands bytes to the host |
//! | `complain` | says something to whoever watches the emulator |
//! | `exit` | ends the emulator |
//! | `instructions` | counts them, exactly, modulo 2³² |
//! | `paint`, `high_water` | mark the free stack, and see how much of it was used |

mod entry;
#[cfg(target_arch = "xtensa")]
mod lx106_sim;
#[cfg(all(target_arch = "riscv32", feature = "process"))]
mod riscv32_process;
#[cfg(all(target_arch = "riscv32", not(feature = "process")))]
mod riscv32_virt;
mod single;
mod stack;

#[cfg(target_arch = "xtensa")]
pub(crate) use lx106_sim::{complain, exit, instructions, read, write};
#[cfg(all(target_arch = "riscv32", feature = "process"))]
pub(crate) use riscv32_process::{complain, exit, instructions, read, write};
#[cfg(all(target_arch = "riscv32", not(feature = "process")))]
pub(crate) use riscv32_virt::{complain, exit, instructions, read, write};
pub(crate) use single::Single;
pub(crate) use stack::{high_water, paint};
