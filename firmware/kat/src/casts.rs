//! Between whole numbers of every width, and between them and floating-point numbers.
#![expect(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    trivial_numeric_casts,
    reason = "what `as` does is what is tested"
)]

use crate::bench::Bench;

macro_rules! casts {
    ($bench:ident, $($from:ident)*) => {$(
        let group = concat!("cast-", stringify!($from));
        $bench.pairs::<$from, _>(group, "to-u8", |a, _, _| a as u8);
        $bench.pairs::<$from, _>(group, "to-u16", |a, _, _| a as u16);
        $bench.pairs::<$from, _>(group, "to-u32", |a, _, _| a as u32);
        $bench.pairs::<$from, _>(group, "to-u64", |a, _, _| a as u64);
        $bench.pairs::<$from, _>(group, "to-u128", |a, _, _| a as u128);
        $bench.pairs::<$from, _>(group, "to-i8", |a, _, _| a as i8);
        $bench.pairs::<$from, _>(group, "to-i16", |a, _, _| a as i16);
        $bench.pairs::<$from, _>(group, "to-i32", |a, _, _| a as i32);
        $bench.pairs::<$from, _>(group, "to-i64", |a, _, _| a as i64);
        $bench.pairs::<$from, _>(group, "to-i128", |a, _, _| a as i128);
        $bench.pairs::<$from, _>(group, "to-f32", |a, _, _| a as f32);
        $bench.pairs::<$from, _>(group, "to-f64", |a, _, _| a as f64);
    )*};
}

pub(crate) fn run(bench: &mut Bench<'_>) {
    casts!(bench, u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64);
}
