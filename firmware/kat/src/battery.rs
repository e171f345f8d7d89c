//! The whole battery.

use crate::bench::Bench;
use crate::{casts, floats, formatting, integers, memory, parsing, sorting};

/// Does every operation, in an order that never varies.
pub fn run(bench: &mut Bench<'_>) {
    integers::run(bench);
    casts::run(bench);
    floats::run(bench);
    formatting::run(bench);
    parsing::run(bench);
    sorting::run(bench);
    memory::run(bench);
}
