//! Measures single operations: instructions, and how deep the stack goes.

use core::hint::black_box;

use portable::meter::EMPTY;
use portable::{Case, Meter};

use crate::{hal, report};

/// Measures by the core's own counter, and by paint.
pub(crate) struct Core;

/// Measures nothing at all first, then one family of operations.
///
/// Each family is a function of its own, so that an image has the code of one alone.
pub(crate) fn run(family: fn(&mut Core)) {
    Core.measure(EMPTY, || ());
    family(&mut Core);
}

impl Meter for Core {
    // A frame of its own, so that every operation begins at the same depth below the caller.
    #[inline(never)]
    fn measure<R>(&mut self, case: Case, work: impl FnOnce() -> R) -> R {
        hal::paint();
        let before = hal::instructions();
        let answer = apart(work);
        let after = hal::instructions();
        let stack = hal::high_water();
        report::row(case, after.wrapping_sub(before), stack);
        answer
    }

    fn judge(&mut self, case: Case, right: bool) {
        report::judged(case, right);
    }
}

/// Calls `work` in a frame of its own, so that none of it moves out from between the counts.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    black_box(black_box(work)())
}
