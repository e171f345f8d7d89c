//! Quotients and remainders, the library's work on cores that cannot divide.
#![expect(
    clippy::cast_lossless,
    clippy::cast_possible_wrap,
    reason = "the short divisor fits every type"
)]

use crate::bench::Bench;

macro_rules! operations {
    ($bench:ident, $($unsigned:ident $signed:ident)*) => {$(
        let group = stringify!($unsigned);
        $bench.pairs::<$unsigned, _>(group, "divide", |a, b, _| a.checked_div(b));
        $bench.pairs::<$unsigned, _>(group, "remainder", |a, b, _| a.checked_rem(b));
        $bench.pairs::<$unsigned, _>(group, "divide-euclid", |a, b, _| a.checked_div_euclid(b));
        $bench.pairs::<$unsigned, _>(group, "remainder-euclid", |a, b, _| a.checked_rem_euclid(b));
        $bench.pairs::<$unsigned, _>(group, "divide-by-constant", |a, _, _| (a / 10, a % 7));
        $bench.pairs::<$unsigned, _>(group, "divide-by-short", |a, _, k| {
            a.checked_div((k & 0x7f) as _)
        });
        $bench.pairs::<$unsigned, _>(group, "round-up", |a, b, _| (b != 0).then(|| a.div_ceil(b)));
        $bench.pairs::<$unsigned, _>(group, "root", |a, _, _| a.isqrt());
        let group = stringify!($signed);
        $bench.pairs::<$signed, _>(group, "divide", |a, b, _| a.checked_div(b));
        $bench.pairs::<$signed, _>(group, "remainder", |a, b, _| a.checked_rem(b));
        $bench.pairs::<$signed, _>(group, "divide-euclid", |a, b, _| a.checked_div_euclid(b));
        $bench.pairs::<$signed, _>(group, "remainder-euclid", |a, b, _| a.checked_rem_euclid(b));
        $bench.pairs::<$signed, _>(group, "divide-by-constant", |a, _, _| (a / 10, a % 7));
        $bench.pairs::<$signed, _>(group, "divide-by-short", |a, _, k| {
            a.checked_div((k & 0x7f) as _)
        });
    )*};
}

pub(super) fn run(bench: &mut Bench<'_>) {
    operations!(bench, u8 i8 u16 i16 u32 i32 u64 i64 u128 i128);
}
