//! Sums, products and order.
#![expect(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the third operand fits any type as it is cut to it"
)]

use crate::bench::Bench;

macro_rules! operations {
    ($bench:ident, $($unsigned:ident $signed:ident)*) => {$(
        let group = stringify!($unsigned);
        $bench.pairs::<$unsigned, _>(group, "add", |a, b, _| a.overflowing_add(b));
        $bench.pairs::<$unsigned, _>(group, "subtract", |a, b, _| a.overflowing_sub(b));
        $bench.pairs::<$unsigned, _>(group, "multiply", |a, b, _| a.overflowing_mul(b));
        $bench.pairs::<$unsigned, _>(group, "add-saturating", |a, b, _| a.saturating_add(b));
        $bench.pairs::<$unsigned, _>(group, "subtract-saturating", |a, b, _| a.saturating_sub(b));
        $bench.pairs::<$unsigned, _>(group, "multiply-saturating", |a, b, _| a.saturating_mul(b));
        $bench.pairs::<$unsigned, _>(group, "add-checked", |a, b, _| a.checked_add(b));
        $bench.pairs::<$unsigned, _>(group, "power", |a, _, k| a.wrapping_pow(k & 15));
        $bench.pairs::<$unsigned, _>(group, "distance", |a, b, _| a.abs_diff(b));
        $bench.pairs::<$unsigned, _>(group, "order", |a, b, _| (a.cmp(&b), a == b));
        $bench.pairs::<$unsigned, _>(group, "least-and-most", |a, b, _| (a.min(b), a.max(b)));
        $bench.pairs::<$unsigned, _>(group, "clamp", |a, b, k| {
            // A bound that depends on the operands keeps the branch.
            let (low, high) = (a.min(b), a.max(b));
            low.wrapping_add(k as _).clamp(low, high)
        });
        let group = stringify!($signed);
        $bench.pairs::<$signed, _>(group, "add", |a, b, _| a.overflowing_add(b));
        $bench.pairs::<$signed, _>(group, "subtract", |a, b, _| a.overflowing_sub(b));
        $bench.pairs::<$signed, _>(group, "multiply", |a, b, _| a.overflowing_mul(b));
        $bench.pairs::<$signed, _>(group, "add-saturating", |a, b, _| a.saturating_add(b));
        $bench.pairs::<$signed, _>(group, "subtract-saturating", |a, b, _| a.saturating_sub(b));
        $bench.pairs::<$signed, _>(group, "multiply-saturating", |a, b, _| a.saturating_mul(b));
        $bench.pairs::<$signed, _>(group, "add-checked", |a, b, _| a.checked_add(b));
        $bench.pairs::<$signed, _>(group, "power", |a, _, k| a.wrapping_pow(k & 15));
        $bench.pairs::<$signed, _>(group, "distance", |a, b, _| a.abs_diff(b));
        $bench.pairs::<$signed, _>(group, "order", |a, b, _| (a.cmp(&b), a == b));
        $bench.pairs::<$signed, _>(group, "least-and-most", |a, b, _| (a.min(b), a.max(b)));
        $bench.pairs::<$signed, _>(group, "clamp", |a, b, k| {
            // A bound that depends on the operands keeps the branch.
            let (low, high) = (a.min(b), a.max(b));
            low.wrapping_add(k as _).clamp(low, high)
        });
        $bench.pairs::<$signed, _>(group, "absolute", |a, _, _| {
            (a.wrapping_abs(), a.unsigned_abs())
        });
        $bench.pairs::<$signed, _>(group, "negate", |a, _, _| a.overflowing_neg());
        $bench.pairs::<$signed, _>(group, "sign", |a, _, _| a.signum());
    )*};
}

pub(super) fn run(bench: &mut Bench<'_>) {
    operations!(bench, u8 i8 u16 i16 u32 i32 u64 i64 u128 i128);
}
