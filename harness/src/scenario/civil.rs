//! Civil time, as RFC 3339 writes it in UTC.
//!
//! Owns the way from `2026-01-01T00:00:00Z` to milliseconds. Does not know time zones.

use node_core::UnixTime;

/// Reads `YYYY-MM-DDThh:mm:ssZ`, with milliseconds if wanted, from 1970 on.
#[must_use]
pub fn unix_time(text: &str) -> Option<UnixTime> {
    let (date, time) = text
        .trim()
        .strip_suffix(['Z', 'z'])?
        .split_once(['T', 't', ' '])?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = fields(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = fields(time, ':', [2, 2, 2])?;
    let legal = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !legal || fraction.is_empty() || fraction.len() > 3 {
        return None;
    }
    let [milliseconds] = fields(&format!("{fraction:0<3}"), ' ', [3])?;
    let days = days_since_1970(year, month, day);
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(UnixTime::from_millis(seconds * 1_000 + milliseconds))
}

fn fields<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[u64; N]> {
    let mut parts = text.split(separator);
    let mut values = [0; N];
    for (value, width) in values.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *value = part.parse().ok()?;
    }
    parts.next().is_none().then_some(values)
}

/// Counts days in the proleptic Gregorian calendar.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    let months: u64 = (1..month).map(|month| days_of_month(year, month)).sum();
    years + months + day - 1
}

const fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants_are_read() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2001-09-09T01:46:40Z", 1_000_000_000_000),
            ("2024-02-29T12:00:00.5Z", 1_709_208_000_500),
            ("2026-01-01T00:00:00Z", 1_767_225_600_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ];
        for (text, ms) in cases {
            assert_eq!(unix_time(text), Some(UnixTime::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        let cases = [
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01",
            "1969-12-31T23:59:59Z",
            "26-01-01T00:00:00Z",
            "2026-01-01T00:00:00.Z",
            "",
        ];
        for text in cases {
            assert_eq!(unix_time(text), None, "{text}");
        }
    }
}
