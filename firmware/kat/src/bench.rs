//! Does an operation many times and reports the hash of its results.

use core::hint::black_box;

use crate::hash::{Hash, Hashed};
use crate::operand::{Operand, Source};

/// Operands that each operation is done on.
const ROUNDS: u32 = 300;

/// The result of one operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Line {
    /// What is tested: a type, or a part of the library.
    pub group: &'static str,
    /// What is done.
    pub operation: &'static str,
    /// The hash of all results.
    pub hash: u32,
}

/// Where operations are done.
#[expect(
    missing_debug_implementations,
    reason = "holds a function that takes the lines"
)]
pub struct Bench<'a> {
    report: &'a mut dyn FnMut(&Line),
    skipped: u32,
}

impl Line {
    /// Writes the line to the front of `buffer` and returns it, with its end of line.
    ///
    /// Without `core::fmt`, which is among what is tested.
    #[must_use]
    pub fn text<'b>(&self, buffer: &'b mut [u8; 64]) -> &'b [u8] {
        let hash = (0..8).rev().map(|digit| {
            let value = (self.hash >> (4 * digit)) & 0xf;
            b"0123456789abcdef"
                .get(usize::try_from(value).unwrap_or_default())
                .copied()
                .unwrap_or_default()
        });
        let bytes = self
            .group
            .bytes()
            .chain([b' '])
            .chain(self.operation.bytes())
            .chain([b' '])
            .chain(hash)
            .chain([b'\n']);
        let mut length = 0;
        for (byte, place) in bytes.zip(buffer.iter_mut()) {
            *place = byte;
            length += 1;
        }
        buffer.get(..length).unwrap_or_default()
    }
}

impl<'a> Bench<'a> {
    /// Leaves out the first `skipped` operations, and hands the lines of the others to `report`.
    pub fn new(skipped: u32, report: &'a mut dyn FnMut(&Line)) -> Self {
        Self { report, skipped }
    }

    /// Does an operation on pairs of operands; the third is below 2³¹ and means what it likes.
    pub(crate) fn pairs<T: Operand, R: Hashed>(
        &mut self,
        group: &'static str,
        operation: &'static str,
        work: fn(T, T, u32) -> R,
    ) {
        self.rounds(group, operation, |source, hash| {
            let (first, second) = (T::draw(source), T::draw(source));
            let third = source.word() >> 1;
            let result = work(black_box(first), black_box(second), black_box(third));
            black_box(result).feed(hash);
        });
    }

    /// Does something with drawn words that feeds the hash itself.
    pub(crate) fn rounds(
        &mut self,
        group: &'static str,
        operation: &'static str,
        mut work: impl FnMut(&mut Source, &mut Hash),
    ) {
        self.once(group, operation, |source, hash| {
            for _ in 0..ROUNDS {
                work(source, hash);
            }
        });
    }

    /// Does something once.
    pub(crate) fn once(
        &mut self,
        group: &'static str,
        operation: &'static str,
        work: impl FnOnce(&mut Source, &mut Hash),
    ) {
        if let Some(left) = self.skipped.checked_sub(1) {
            self.skipped = left;
            return;
        }
        let mut hash = Hash::new();
        work(&mut Source::new(), &mut hash);
        (self.report)(&Line {
            group,
            operation,
            hash: hash.value(),
        });
    }
}
