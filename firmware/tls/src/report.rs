//! Lines for the host, without `core::fmt`, whose constants would take room from the stack.
//!
//! ```text
//! row NAME BYTES INSTRUCTIONS STACK
//! right NAME BYTES
//! wrong NAME BYTES
//! ```

use portable::Case;

use crate::hal;

/// Digits of `u32::MAX`.
const DIGITS_MAX: usize = 10;

/// Reports what an operation took, the meter's own part included.
pub(crate) fn row(case: Case, instructions: u32, stack: u32) {
    line("row ", case, &[instructions, stack]);
}

/// Reports whether its answer was the known one.
pub(crate) fn judged(case: Case, right: bool) {
    line(if right { "right " } else { "wrong " }, case, &[]);
}

fn line(word: &str, case: Case, numbers: &[u32]) {
    hal::write(word.as_bytes());
    hal::write(case.name.as_bytes());
    decimal(case.bytes.into(), hal::write);
    for number in numbers {
        decimal(*number, hal::write);
    }
    hal::write(b"\n");
}

/// Says a space and a number.
pub(crate) fn decimal(mut number: u32, mut say: impl FnMut(&[u8])) {
    let mut text = [b' '; DIGITS_MAX + 1];
    let mut first = text.len();
    for (index, digit) in text.iter_mut().enumerate().skip(1).rev() {
        // A remainder of ten fits a byte.
        *digit = b'0' + (number % 10).to_le_bytes()[0];
        number /= 10;
        first = index - 1;
        if number == 0 {
            break;
        }
    }
    if let Some(space) = text.get_mut(first) {
        *space = b' ';
    }
    say(text.get(first..).unwrap_or_default());
}
