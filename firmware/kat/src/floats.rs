//! Floating-point numbers, which both cores compute in software.
#![expect(clippy::float_cmp, reason = "exact equality is what is tested")]

use crate::bench::Bench;

macro_rules! floats {
    ($bench:ident, $($float:ident)*) => {$(
        let group = stringify!($float);
        $bench.pairs::<$float, _>(group, "add", |a, b, _| a + b);
        $bench.pairs::<$float, _>(group, "subtract", |a, b, _| a - b);
        $bench.pairs::<$float, _>(group, "multiply", |a, b, _| a * b);
        $bench.pairs::<$float, _>(group, "divide", |a, b, _| a / b);
        $bench.pairs::<$float, _>(group, "remainder", |a, b, _| a % b);
        $bench.pairs::<$float, _>(group, "least", |a, b, _| a.min(b));
        $bench.pairs::<$float, _>(group, "most", |a, b, _| a.max(b));
        $bench.pairs::<$float, _>(group, "negate", |a, _, _| -a);
        $bench.pairs::<$float, _>(group, "absolute", |a, _, _| a.abs());
        $bench.pairs::<$float, _>(group, "copy-sign", |a, b, _| a.copysign(b));
        $bench.pairs::<$float, _>(group, "order", |a, b, _| ((a < b, a <= b), a == b));
        $bench.pairs::<$float, _>(group, "total-order", |a, b, _| a.total_cmp(&b));
        $bench.pairs::<$float, _>(group, "classify", |a, _, _| {
            (a.is_normal(), a.is_sign_negative())
        });
        $bench.pairs::<$float, _>(group, "multiply-add", |a, b, _| a * b + a / (b + 1.0));
    )*};
}

pub(crate) fn run(bench: &mut Bench<'_>) {
    floats!(bench, f32 f64);
}
