//! Slices in order: sorting, searching, selecting, turning.

use crate::bench::Bench;
use crate::hash::{Hash, Hashed};
use crate::operand::{Operand, Source};

/// Elements of a slice at most: above what the library sorts by insertion alone.
const LENGTH_MAX: usize = 96;

macro_rules! orders {
    ($bench:ident, $($element:ident)*) => {$(
        let group = concat!("sort-", stringify!($element));
        $bench.rounds(group, "sort", |source, hash| {
            drawn::<$element>(source, hash, |slice, _| slice.sort_unstable());
        });
        $bench.rounds(group, "sort-backwards", |source, hash| {
            drawn::<$element>(source, hash, |slice, _| slice.sort_unstable_by(|a, b| b.cmp(a)));
        });
        $bench.rounds(group, "sort-by-key", |source, hash| {
            drawn::<$element>(source, hash, |slice, _| {
                // Equal keys are equal elements: the order of an unstable sort is its own.
                slice.sort_unstable_by_key(|a| a.reverse_bits());
            });
        });
        $bench.rounds(group, "select", |source, hash| {
            drawn::<$element>(source, hash, |slice, place| {
                slice.select_nth_unstable(place);
                slice[..place].sort_unstable();
                slice[place..].sort_unstable();
            });
        });
        $bench.rounds(group, "search", |source, hash| {
            drawn::<$element>(source, hash, |slice, place| {
                let wanted = slice[place];
                slice.sort_unstable();
                let found = slice.partition_point(|element| *element < wanted);
                slice.rotate_left(found);
            });
        });
        $bench.rounds(group, "turn", |source, hash| {
            drawn::<$element>(source, hash, |slice, place| {
                slice.rotate_right(place);
                slice.reverse();
            });
        });
    )*};
}

pub(crate) fn run(bench: &mut Bench<'_>) {
    orders!(bench, u8 i16 u32 i64 u128);
}

/// Draws a slice and a place in it, has it changed, and hashes it.
fn drawn<T: Operand + Hashed + Copy + Default>(
    source: &mut Source,
    hash: &mut Hash,
    change: fn(&mut [T], usize),
) {
    let mut elements = [T::default(); LENGTH_MAX];
    let length = 1 + usize::try_from(source.below(95)).unwrap_or_default();
    let slice = &mut elements[..length];
    for element in &mut *slice {
        *element = T::draw(source);
    }
    let place = usize::try_from(source.word()).unwrap_or_default() % length;
    change(slice, place);
    for element in slice {
        element.feed(hash);
    }
}
