//! What node-core may take, and what it may not hold.
//!
//! Owns the reading of linked images: which crate a byte belongs to, and which symbols mean that
//! a panic can be reached. The limits themselves are in `firmware/budgets.json`.

mod attribution;
mod image;
mod no_panic;
mod size;
mod table;

pub(crate) use no_panic::{check as check_no_panic, run as run_no_panic};
pub(crate) use size::{check as check_size, run as run_size};
