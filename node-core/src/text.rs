//! Text of bounded length without allocation: names, topics, credentials, and small writers.
//!
//! Owns capacity checks and decimal formatting. Does not use `core::fmt`, which would bring
//! its padding and panic machinery into the firmware image.

/// UTF-8 text of at most `N` bytes, stored inline.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: u16,
}

/// The text does not fit its buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TextTooLong;

impl<const N: usize> Text<N> {
    /// The empty text.
    pub const EMPTY: Self = Self {
        bytes: [0; N],
        len: 0,
    };

    /// Copies `text` into a buffer of `N` bytes.
    ///
    /// # Errors
    ///
    /// [`TextTooLong`] when `text` has more than `N` bytes.
    pub fn new(text: &str) -> Result<Self, TextTooLong> {
        let mut copy = Self::EMPTY;
        let len = u16::try_from(text.len()).map_err(|_| TextTooLong)?;
        let room = copy.bytes.get_mut(..text.len()).ok_or(TextTooLong)?;
        fill(room, text.as_bytes());
        copy.len = len;
        Ok(copy)
    }

    /// Keeps what `write` writes.
    ///
    /// # Errors
    ///
    /// [`TextTooLong`] when it writes more than `N` bytes, or what is not UTF-8.
    pub fn from_writer(write: impl FnOnce(&mut Writer<'_>)) -> Result<Self, TextTooLong> {
        let mut copy = Self::EMPTY;
        let mut out = Writer::new(&mut copy.bytes);
        write(&mut out);
        let written = out.finish().ok_or(TextTooLong)?;
        if core::str::from_utf8(written).is_err() {
            return Err(TextTooLong);
        }
        copy.len = u16::try_from(written.len()).map_err(|_| TextTooLong)?;
        Ok(copy)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str_of(self.as_bytes())
    }

    /// Returns the text as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// Returns true when there is no text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize> core::fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Appends to a byte slice; once something did not fit, writes nothing more and says so.
#[derive(Debug)]
pub struct Writer<'a> {
    buffer: &'a mut [u8],
    len: usize,
    overflowed: bool,
}

impl<'a> Writer<'a> {
    /// Starts writing at the front of `buffer`.
    #[must_use]
    pub const fn new(buffer: &'a mut [u8]) -> Self {
        Self {
            buffer,
            len: 0,
            overflowed: false,
        }
    }

    /// Appends bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let end = self.len.saturating_add(bytes.len());
        let free = self.buffer.get_mut(self.len..).unwrap_or(&mut []);
        match free.get_mut(..bytes.len()) {
            Some(room) if !self.overflowed => {
                fill(room, bytes);
                self.len = end;
            }
            _ => self.overflowed = true,
        }
        self
    }

    /// Appends text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Appends an unsigned number in decimal.
    pub fn number(&mut self, value: u64) -> &mut Self {
        self.digits(value, 0)
    }

    /// Appends `scaled` / 10^`places` in decimal with all places: `decimal(-505, 1)` is `-50.5`.
    ///
    /// `places` above 9 are written as 9.
    pub fn decimal(&mut self, scaled: i64, places: u32) -> &mut Self {
        if scaled < 0 {
            self.text("-");
        }
        let places = usize::try_from(places).map_or(9, |places| places.min(9));
        self.digits(scaled.unsigned_abs(), places)
    }

    /// Appends the digits of `value`, the last `places` of them behind a point, and at least
    /// one before it.
    fn digits(&mut self, value: u64, places: usize) -> &mut Self {
        let mut digits = [b'0'; DIGITS_MAX];
        let point = DIGITS_MAX.saturating_sub(places);
        let mut start = point.saturating_sub(1);
        let mut rest = value;
        for (place, digit) in digits.iter_mut().enumerate().rev() {
            if rest == 0 {
                break;
            }
            let tens = rest / 10;
            *digit = ascii_digit(rest, tens);
            rest = tens;
            start = start.min(place);
        }
        let (whole, fraction) = digits.split_at_checked(point).unwrap_or((&digits, &[]));
        self.bytes(whole.get(start..).unwrap_or(&[]));
        if !fraction.is_empty() {
            self.text(".").bytes(fraction);
        }
        self
    }

    /// Returns what was written, or `None` when something did not fit.
    #[must_use]
    pub fn finish(self) -> Option<&'a [u8]> {
        if self.overflowed {
            None
        } else {
            self.buffer.get(..self.len)
        }
    }

    /// Returns how many bytes were written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns true while nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns how many bytes still fit, none once something did not.
    #[must_use]
    pub const fn room(&self) -> usize {
        if self.overflowed {
            0
        } else {
            self.buffer.len().saturating_sub(self.len)
        }
    }
}

/// Digits of the largest `u64`.
const DIGITS_MAX: usize = 20;

/// Returns the last decimal digit of `value` in ASCII; `tens` is `value / 10`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a remainder of ten is below ten"
)]
const fn ascii_digit(value: u64, tens: u64) -> u8 {
    // Multiplied back, because a second division costs a call on a 32-bit core.
    b'0'.wrapping_add(value.wrapping_sub(tens.wrapping_mul(10)) as u8)
}

/// Copies `bytes` into `room`, as far as they go.
///
/// `copy_from_slice` would bring its panic, and with it all of `core::fmt`, into the firmware.
fn fill(room: &mut [u8], bytes: &[u8]) {
    for (slot, byte) in room.iter_mut().zip(bytes) {
        *slot = *byte;
    }
}

/// Returns the text of bytes that were checked when they were kept, so that the fallback is
/// never taken. One copy serves the texts of all capacities.
#[inline(never)]
pub(crate) fn str_of(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or("")
}

/// Returns `value / divisor`, rounded to nearest, halves away from zero; zero when `divisor` is.
#[must_use]
pub const fn div_round(value: i64, divisor: i64) -> i64 {
    let (Some(quotient), Some(rest)) = (value.checked_div(divisor), value.checked_rem(divisor))
    else {
        return 0;
    };
    if rest.unsigned_abs().saturating_mul(2) < divisor.unsigned_abs() {
        quotient
    } else if (value < 0) == (divisor < 0) {
        quotient.saturating_add(1)
    } else {
        quotient.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> [u8; 24] {
        let mut buffer = [b' '; 24];
        write(&mut Writer::new(&mut buffer));
        buffer
    }

    #[test]
    fn decimals_keep_their_sign_and_zeros() {
        let cases: [(i64, u32, &str); 6] = [
            (250, 1, "25.0"),
            (-505, 1, "-50.5"),
            (-5, 1, "-0.5"),
            (0, 1, "0.0"),
            (1_005, 3, "1.005"),
            (42, 0, "42"),
        ];
        for (scaled, places, expected) in cases {
            let buffer = written(|w| {
                w.decimal(scaled, places);
            });
            assert!(buffer.starts_with(expected.as_bytes()), "{scaled} {places}");
        }
    }

    #[test]
    fn the_largest_number_fits() {
        let buffer = written(|w| {
            w.number(u64::MAX);
        });
        assert!(buffer.starts_with(b"18446744073709551615"));
    }

    #[test]
    fn halves_round_away_from_zero() {
        let cases = [
            (5, 10, 1),
            (4, 10, 0),
            (-5, 10, -1),
            (-4, 10, 0),
            (15, 10, 2),
            (-15, 10, -2),
        ];
        for (value, divisor, expected) in cases {
            assert_eq!(div_round(value, divisor), expected, "{value} / {divisor}");
        }
        assert_eq!(div_round(7, 0), 0);
    }

    #[test]
    fn a_writer_that_overflowed_yields_nothing() {
        let mut buffer = [0; 4];
        let mut writer = Writer::new(&mut buffer);
        assert_eq!(writer.text("abc").room(), 1);
        writer.text("def").text("g");
        assert_eq!(writer.room(), 0);
        assert_eq!(writer.finish(), None);
    }

    #[test]
    fn text_that_does_not_fit_is_refused() {
        assert_eq!(Text::<3>::new("abcd"), Err(TextTooLong));
        assert_eq!(Text::<3>::new("abc").unwrap().as_str(), "abc");
        let written = |text: &str| Text::<3>::from_writer(|out| _ = out.text(text));
        assert_eq!(written("abcd"), Err(TextTooLong));
        assert_eq!(written("abc").unwrap(), Text::new("abc").unwrap());
    }
}
