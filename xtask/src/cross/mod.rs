//! The way from this repository to an image for a chip's core.
//!
//! Owns which toolchain is used, what is done to its output, and how an emulator is started.
//! Does not know what the node does, nor what parity means.
//!
//! ```text
//! cargo build ─▶ riscv32: one archive ──────────────────────────────────────▶ lld ─▶ image
//!            └─▶ lx106: assembly ─▶ literals moved ─▶ assembler ─▶ + remedies ─▶ ld ─▶ image
//! ```

mod build;
mod compile;
mod elf;
pub(crate) mod emulator;
mod environment;
mod error;
pub(crate) mod image;
mod literals;
mod lx106;
mod programs;
mod report;
mod target;
mod thunks;
mod toolchain;
mod trial;

pub(crate) use build::{
    Image, Package, Remedies, build, build_copy, build_with, finish, link, linker,
};
pub(crate) use compile::{Compiled, Crate, built, compile};
pub(crate) use elf::Elf;
#[cfg(test)]
pub(crate) use elf::{Section, Symbol};
pub(crate) use error::CrossError;
pub(crate) use programs::{Program, program};
pub(crate) use report::{check, run};
pub(crate) use target::{InstructionSet, Target};
pub(crate) use toolchain::Toolchain;
