//! Numbers as text, by `core::fmt`.

use core::fmt::{self, Write as _};

use crate::bench::Bench;
use crate::hash::Hash;
use crate::operand::{Operand as _, Source};

/// Hashes what is written to it.
struct Sink<'a>(&'a mut Hash);

impl fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.bytes(text.as_bytes());
        Ok(())
    }
}

macro_rules! formats {
    ($bench:ident, $($operand:ident)*, $($operation:literal $format:literal)*) => {
        formats!(@each $bench, [$($operand)*], $(($operation $format))*);
    };
    (@each $bench:ident, $operands:tt, $($pair:tt)*) => {
        $(formats!(@one $bench, $operands, $pair);)*
    };
    (@one $bench:ident, [$($operand:ident)*], ($operation:literal $format:literal)) => {
        $($bench.rounds(concat!("format-", stringify!($operand)), $operation, |source, hash| {
            put(hash, format_args!($format, $operand::draw(source)));
        });)*
    };
}

pub(crate) fn run(bench: &mut Bench<'_>) {
    formats!(bench, u8 u16 u32 u64 u128 i8 i16 i32 i64 i128,
        "decimal" "{}" "padded" "{:+045}" "hexadecimal" "{:#x}" "octal" "{:o}" "binary" "{:b}"
        "exponent" "{:e}");
    formats!(bench, f32 f64,
        "shortest" "{}" "exponent" "{:e}" "three-places" "{:.3}" "padded" "{:+012.1}"
        "debug" "{:?}");
    bench.rounds("format-text", "text", text);
}

/// Pads and escapes text.
fn text(source: &mut Source, hash: &mut Hash) {
    let letters = ["a", "ß", "\n", "温度", "\"", "", "TMP36"];
    let place = usize::try_from(source.below(7)).unwrap_or_default();
    let chosen = letters.get(place).copied().unwrap_or_default();
    put(
        hash,
        format_args!("{chosen:>9}|{chosen:<4}|{chosen:^7.2}|{chosen:?}"),
    );
}

fn put(hash: &mut Hash, arguments: fmt::Arguments<'_>) {
    // The sink takes everything; a number that is not written is missed in the hash.
    if Sink(hash).write_fmt(arguments).is_err() {
        hash.bytes(b"error");
    }
}
