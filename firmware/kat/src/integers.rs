//! Whole numbers of every width.

use crate::bench::Bench;

mod bits;
mod divisions;
mod sums;

/// Does all operations, width by width.
pub(crate) fn run(bench: &mut Bench<'_>) {
    sums::run(bench);
    divisions::run(bench);
    bits::run(bench);
}
