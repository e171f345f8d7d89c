//! node-core as a library for C: built, put into archives, and proved by an example.
//!
//! Owns what an archive holds and how the example is compiled and run. Does not know what the
//! functions do; `firmware/c-abi` does.

mod example;
mod header;
mod library;
mod program;
mod task;

pub(crate) use header::{exports, node_size};
pub(crate) use library::{Library, build};
pub(crate) use program::run_program;
pub(crate) use task::{check, run};
