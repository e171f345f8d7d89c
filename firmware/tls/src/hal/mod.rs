//! The machine: `firmware/bare`'s own files, and the entries of this package's images.

#[cfg(target_arch = "xtensa")]
pub(crate) mod bearssl;
mod entry;
#[cfg(target_arch = "xtensa")]
#[path = "../../../bare/src/hal/lx106_sim.rs"]
mod lx106_sim;
#[cfg(target_arch = "riscv32")]
#[path = "../../../bare/src/hal/riscv32_virt.rs"]
mod riscv32_virt;
#[path = "../../../bare/src/hal/single.rs"]
mod single;
#[path = "../../../bare/src/hal/stack.rs"]
mod stack;

#[cfg(target_arch = "xtensa")]
pub(crate) use lx106_sim::{complain, exit, instructions, read, write};
#[cfg(target_arch = "riscv32")]
pub(crate) use riscv32_virt::{complain, exit, instructions, read, write};
pub(crate) use single::Single;
pub(crate) use stack::{high_water, paint};
