//! Shifts, rotations and counts of bits.

use crate::bench::Bench;

macro_rules! operations {
    ($bench:ident, $($unsigned:ident $signed:ident)*) => {$(
        let group = stringify!($unsigned);
        $bench.pairs::<$unsigned, _>(group, "shift-left", |a, _, k| a.wrapping_shl(k));
        $bench.pairs::<$unsigned, _>(group, "shift-right", |a, _, k| a.wrapping_shr(k));
        $bench.pairs::<$unsigned, _>(group, "shift-checked", |a, _, k| a.checked_shl(k & 255));
        $bench.pairs::<$unsigned, _>(group, "rotate-left", |a, _, k| a.rotate_left(k & 127));
        $bench.pairs::<$unsigned, _>(group, "rotate-right", |a, _, k| a.rotate_right(k & 127));
        $bench.pairs::<$unsigned, _>(group, "shift-by-constant", |a, b, _| {
            ((a << 5) ^ (b >> 3), a.rotate_left(7))
        });
        $bench.pairs::<$unsigned, _>(group, "and-or", |a, b, _| ((a & b) | (!a ^ b), a & !b));
        $bench.pairs::<$unsigned, _>(group, "count-ones", |a, _, _| a.count_ones());
        $bench.pairs::<$unsigned, _>(group, "count-zeros", |a, _, _| {
            (a.leading_zeros(), a.trailing_zeros())
        });
        $bench.pairs::<$unsigned, _>(group, "swap-bytes", |a, _, _| a.swap_bytes());
        $bench.pairs::<$unsigned, _>(group, "reverse-bits", |a, _, _| a.reverse_bits());
        $bench.pairs::<$unsigned, _>(group, "next-power", |a, _, _| a.checked_next_power_of_two());
        $bench.pairs::<$unsigned, _>(group, "logarithm", |a, _, _| a.checked_ilog2());
        let group = stringify!($signed);
        $bench.pairs::<$signed, _>(group, "shift-left", |a, _, k| a.wrapping_shl(k));
        $bench.pairs::<$signed, _>(group, "shift-right", |a, _, k| a.wrapping_shr(k));
        $bench.pairs::<$signed, _>(group, "shift-checked", |a, _, k| a.checked_shl(k & 255));
        $bench.pairs::<$signed, _>(group, "rotate-left", |a, _, k| a.rotate_left(k & 127));
        $bench.pairs::<$signed, _>(group, "rotate-right", |a, _, k| a.rotate_right(k & 127));
        $bench.pairs::<$signed, _>(group, "shift-by-constant", |a, b, _| {
            ((a << 5) ^ (b >> 3), a.rotate_left(7))
        });
        $bench.pairs::<$signed, _>(group, "and-or", |a, b, _| ((a & b) | (!a ^ b), a & !b));
    )*};
}

pub(super) fn run(bench: &mut Bench<'_>) {
    operations!(bench, u8 i8 u16 i16 u32 i32 u64 i64 u128 i128);
}
