//! The serial console: what is typed at it, and what it prints.
//!
//! Owns the wording. Does not know when anything happens: the node calls it. Lines end with
//! CR LF; input is not echoed, so that a reader of the port sees only what the node says.

use crate::config::{INTERVAL_MAX, INTERVAL_MIN};
use crate::effect::Reading;
use crate::input::LinkLoss;
use crate::payload::{fahrenheit_tenths, temperature_one_decimal};
use crate::sensor::SensorFault;
use crate::text::Writer;
use crate::time::Duration;
use crate::units::AdcCode;

/// Longest line that can be typed.
const LINE_MAX: usize = 48;

/// Printed at boot.
pub(crate) const BOOT: &str = concat!("BOOT node-core ", env!("CARGO_PKG_VERSION"), "\r\n");

/// Printed on `help`.
pub(crate) const HELP: &str = "help            this text\r\n\
    read            take a reading at once\r\n\
    status          uptime, queue, connection, interval\r\n\
    interval 10s    time between readings: 100ms to 7d (units ms, s, min, h, d)\r\n";

/// Printed when a line is no command.
pub(crate) const UNKNOWN: &str = "unknown command, try: help\r\n";

/// Printed when an interval is not one.
pub(crate) const BAD_INTERVAL: &str =
    "interval needs a time from 100ms to 7d, for example: interval 10s\r\n";

/// What a line asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Request {
    /// An `interval` without a usable time.
    BadInterval,
    Help,
    Interval(Duration),
    /// An empty line: nothing.
    Nothing,
    Read,
    Status,
    Unknown,
}

/// Collects typed bytes into lines.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct LineEditor {
    line: [u8; LINE_MAX],
    len: u8,
    overlong: bool,
}

impl LineEditor {
    pub(crate) const fn new() -> Self {
        Self {
            line: [0; LINE_MAX],
            len: 0,
            overlong: false,
        }
    }

    /// Takes one typed byte; returns what is asked for when it ends a line.
    pub(crate) fn push(&mut self, byte: u8) -> Option<Request> {
        match byte {
            b'\r' | b'\n' => {
                let line = self.line.get(..usize::from(self.len)).unwrap_or(&[]);
                let request = if self.overlong {
                    Request::Unknown
                } else {
                    Request::parse(line)
                };
                self.len = 0;
                self.overlong = false;
                Some(request)
            }
            // Backspace and delete, for people at a terminal.
            0x08 | 0x7f => {
                self.len = self.len.saturating_sub(1);
                None
            }
            _ => {
                match self.line.get_mut(usize::from(self.len)) {
                    Some(slot) => {
                        *slot = byte;
                        self.len = self.len.saturating_add(1);
                    }
                    None => self.overlong = true,
                }
                None
            }
        }
    }
}

impl Request {
    /// Reads a command, typed or received from the broker.
    pub(crate) fn parse(line: &[u8]) -> Self {
        let line = line.trim_ascii();
        let end = line
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(line.len());
        let (word, argument) = line.split_at_checked(end).unwrap_or((line, &[]));
        Self::from_parts(word, argument)
    }

    /// Reads a command whose word and argument arrived apart.
    pub(crate) fn from_parts(word: &[u8], argument: &[u8]) -> Self {
        match word {
            b"" => Self::Nothing,
            b"help" => Self::Help,
            b"read" => Self::Read,
            b"status" => Self::Status,
            b"interval" => parse_duration(argument.trim_ascii())
                .filter(|interval| (INTERVAL_MIN..=INTERVAL_MAX).contains(interval))
                .map_or(Self::BadInterval, Self::Interval),
            _ => Self::Unknown,
        }
    }
}

/// Reads `500ms`, `10s`, `10 s`, `2min`, `1h` or `1d`.
fn parse_duration(text: &[u8]) -> Option<Duration> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = text.split_at_checked(digits)?;
    if number.is_empty() {
        return None;
    }
    // What saturates is beyond the longest interval in any unit.
    let number = number.iter().fold(0_u32, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        number.saturating_mul(10).saturating_add(u32::from(digit))
    });
    let number = u64::from(number);
    let seconds = match unit.trim_ascii() {
        b"ms" => return Some(Duration::from_millis(number)),
        b"s" => 1,
        b"min" => 60,
        b"h" => 3_600,
        b"d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number.saturating_mul(seconds)))
}

/// Writes the three lines of a reading, in the words of the tutorial.
pub(crate) fn write_reading(code: AdcCode, reading: &Reading, out: &mut Writer<'_>) {
    out.text("TMP36 reading ").number(u64::from(code.0));
    out.text("\r\nDegrees Celsius ");
    temperature_one_decimal(reading.value, out);
    out.text("\r\nDegrees Fahrenheit ")
        .decimal(fahrenheit_tenths(reading.value), 1);
    out.text("\r\n");
}

/// Writes why there is no reading.
pub(crate) fn write_fault(code: AdcCode, why: SensorFault, out: &mut Writer<'_>) {
    out.text("Sensor fault: ").text(why.as_str());
    out.text(" (code ").number(u64::from(code.0)).text(")\r\n");
}

/// Writes that the link is lost, with the SDK's reason code.
pub(crate) fn write_link_lost(why: LinkLoss, out: &mut Writer<'_>) {
    out.text("Wi-Fi lost: ").text(why.as_str());
    out.text(" (")
        .number(u64::from(why.reason_code()))
        .text(")\r\n");
}

/// Writes when the next attempt comes.
pub(crate) fn write_retry(attempt: u16, delay: Duration, out: &mut Writer<'_>) {
    let tenths = delay
        .as_millis()
        .saturating_add(50)
        .checked_div(100)
        .unwrap_or(0);
    out.text("Retry ").number(u64::from(attempt)).text(" in ");
    out.decimal(i64::try_from(tenths).unwrap_or(i64::MAX), 1)
        .text(" s\r\n");
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn typed(text: &[u8]) -> Vec<Request> {
        let mut editor = LineEditor::new();
        text.iter().filter_map(|&byte| editor.push(byte)).collect()
    }

    #[test]
    fn commands_are_read_whatever_ends_the_line() {
        let ten = Request::Interval(Duration::from_secs(10));
        assert_eq!(typed(b"interval 10s\r"), [ten]);
        assert_eq!(typed(b" interval  10 s \n"), [ten]);
        assert_eq!(typed(b"read\r\n"), [Request::Read, Request::Nothing]);
        assert_eq!(typed(b"statuz\n"), [Request::Unknown]);
        assert_eq!(typed(b"statuz\x7f\x08us\n"), [Request::Status]);
    }

    #[test]
    fn intervals_are_checked() {
        let cases: [(&[u8], bool); 7] = [
            (b"100ms", true),
            (b"99ms", false),
            (b"7d", true),
            (b"8d", false),
            (b"10", false),
            (b"-5s", false),
            (b"99999999999999999999s", false),
        ];
        for (text, fits) in cases {
            let request = Request::from_parts(b"interval", text);
            assert_eq!(matches!(request, Request::Interval(_)), fits, "{text:?}");
        }
    }

    #[test]
    fn an_overlong_line_is_no_command() {
        let mut line = [b' '; LINE_MAX + 1];
        line[..4].copy_from_slice(b"read");
        assert_eq!(
            typed(&[&line[..], b"\nread\n"].concat()),
            [Request::Unknown, Request::Read]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_typed(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            typed(&bytes);
        }
    }
}
