//! Text as numbers, by `core::str`.

use core::fmt::{self, Write as _};

use crate::bench::Bench;
use crate::hash::{Hash, Hashed as _};
use crate::operand::{Operand as _, Source};

/// A number as text, and what is done to it before it is read.
struct Text {
    bytes: [u8; 64],
    length: usize,
}

impl Text {
    /// Writes an operand out; digits that do not fit are left away.
    fn of(arguments: fmt::Arguments<'_>) -> Self {
        let mut text = Self {
            bytes: [0; 64],
            length: 0,
        };
        // The end of a long number is left away; what remains is a number too.
        text.write_fmt(arguments).ok();
        text
    }

    /// Spoils the text now and then, and returns it.
    fn spoiled(&mut self, source: &mut Source) -> &str {
        if source.below(8) == 0 {
            let place = usize::try_from(source.below(16)).unwrap_or_default();
            if let Some(byte) = self.bytes.get_mut(place) {
                *byte = b"-+.eE x9"[usize::try_from(source.below(8)).unwrap_or_default()];
                self.length = self.length.max(place + 1);
            }
        }
        let text = self.bytes.get(..self.length).unwrap_or_default();
        core::str::from_utf8(text).unwrap_or("not text")
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let place = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

macro_rules! numbers {
    ($bench:ident, $($number:ident)*) => {$(
        $bench.rounds(concat!("parse-", stringify!($number)), "decimal", |source, hash| {
            // Drawn one size up, so that some do not fit.
            let mut text = Text::of(format_args!("{}", i128::draw(source)));
            text.length = text.length.min(usize::try_from(source.below(41)).unwrap_or_default());
            let read = text.spoiled(source).parse::<$number>();
            read.ok().feed(hash);
        });
        $bench.rounds(concat!("parse-", stringify!($number)), "hexadecimal", |source, hash| {
            let mut text = Text::of(format_args!("{:x}", $number::draw(source)));
            let read = $number::from_str_radix(text.spoiled(source), 16);
            read.ok().feed(hash);
        });
    )*};
}

macro_rules! floats {
    ($bench:ident, $($number:ident)*) => {$(
        $bench.rounds(concat!("parse-", stringify!($number)), "exponent", |source, hash| {
            let mut text = Text::of(format_args!("{:e}", $number::draw(source)));
            text.spoiled(source).parse::<$number>().ok().feed(hash);
        });
        $bench.rounds(concat!("parse-", stringify!($number)), "many-digits", |source, hash| {
            let (whole, part) = (u64::draw(source), u64::draw(source));
            let mut text = Text::of(format_args!("{whole}.{part:020}e{}", i8::draw(source)));
            text.spoiled(source).parse::<$number>().ok().feed(hash);
        });
    )*};
}

pub(crate) fn run(bench: &mut Bench<'_>) {
    numbers!(bench, u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);
    floats!(bench, f32 f64);
    bench.rounds(
        "parse-utf8",
        "bytes",
        |source: &mut Source, hash: &mut Hash| {
            let mut bytes = u64::draw(source).to_le_bytes();
            if source.below(2) == 0 {
                bytes[..4].copy_from_slice("€a".as_bytes());
            }
            let valid = match core::str::from_utf8(&bytes) {
                Ok(text) => text
                    .chars()
                    .fold(0, |sum: u32, letter| sum.wrapping_add(letter.into())),
                Err(error) => u32::try_from(error.valid_up_to()).unwrap_or_default() | 0x8000_0000,
            };
            valid.feed(hash);
        },
    );
}
