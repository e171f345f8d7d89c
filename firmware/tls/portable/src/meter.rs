//! What counts.

/// One operation that was measured, and how much it was given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Case {
    /// Its name in the table.
    pub name: &'static str,
    /// Bytes that it worked on; 0 where there is nothing to choose.
    pub bytes: u16,
}

/// What is measured first: nothing, so that the meter's own part can be told.
pub const EMPTY: Case = Case {
    name: "empty",
    bytes: 0,
};
/// The two lengths that symmetric operations are measured at: whole blocks of every cipher and
/// hash, so that their difference is a whole number of blocks too.
pub const LENGTHS: [u16; 2] = [64, 1088];

/// Measures operations, one after the other.
pub trait Meter {
    /// Does the work, and notes what it took.
    fn measure<R>(&mut self, case: Case, work: impl FnOnce() -> R) -> R;

    /// Notes whether the answer was the known one.
    fn judge(&mut self, case: Case, right: bool);
}

/// Measures an operation and holds its answer to the known one.
pub fn known<const N: usize>(
    meter: &mut impl Meter,
    case: Case,
    expected: &[u8; N],
    work: impl FnOnce() -> Option<[u8; N]>,
) {
    let answer = meter.measure(case, work);
    meter.judge(case, answer.as_ref() == Some(expected));
}

/// Measures an operation that only says yes or no, and must say yes.
pub fn holds(meter: &mut impl Meter, case: Case, work: impl FnOnce() -> bool) {
    let answer = meter.measure(case, work);
    meter.judge(case, answer);
}

/// Names an operation without a length.
#[must_use]
pub const fn each(name: &'static str) -> Case {
    Case { name, bytes: 0 }
}
