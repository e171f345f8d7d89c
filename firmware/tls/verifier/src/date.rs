//! Dates of certificates (RFC 5280 §4.1.2.5).

use crate::der::{Element, tag};
use crate::refusal::Refusal;

/// Reads a date as seconds since 1970.
pub(crate) fn seconds(element: Element<'_>) -> Result<u64, Refusal> {
    date(element).ok_or(Refusal::Malformed)
}

fn date(element: Element<'_>) -> Option<u64> {
    let text = element.content.strip_suffix(b"Z")?;
    let (year, rest) = match element.tag {
        tag::UTC_TIME => {
            let (digits, rest) = text.split_at_checked(2)?;
            let year = number(digits)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        tag::GENERALIZED_TIME => {
            let (digits, rest) = text.split_at_checked(4)?;
            (number(digits)?, rest)
        }
        _ => return None,
    };
    if rest.len() != 10 || year < 1970 {
        return None;
    }
    let mut pairs = rest.chunks(2).map(number);
    let [month, day, hour, minute, second] = core::array::from_fn(|_| pairs.next().flatten());
    let (month, day) = (month?, day?);
    let (hour, minute, second) = (hour?, minute?, second?);
    let legal = (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    legal.then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u64::from(digit - b'0'))
    })
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let before = year - 1;
    // Leap years up to a year's end; 477 of them up to 1969's.
    let leaps = before / 4 - before / 100 + before / 400 - 477;
    let months: u64 = (1..month).map(|month| days_of(year, month)).sum();
    (year - 1970) * 365 + leaps + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: u8, text: &str) -> Option<u64> {
        date(Element {
            tag,
            whole: &[],
            content: text.as_bytes(),
        })
    }

    /// The numbers are those of `date -u -d … +%s`.
    #[test]
    fn dates_are_seconds_since_1970() {
        for (text, expected) in [
            ("700101000000Z", 0),
            ("991231235959Z", 946_684_799),
            ("000229120000Z", 951_825_600),
            ("260101000000Z", 1_767_225_600),
            ("491231235959Z", 2_524_607_999),
        ] {
            assert_eq!(read(tag::UTC_TIME, text), Some(expected), "{text}");
        }
        let far = read(tag::GENERALIZED_TIME, "99991231235959Z");
        assert_eq!(far, Some(253_402_300_799));
        let other = read(tag::GENERALIZED_TIME, "21000301000000Z");
        assert_eq!(other, Some(4_107_542_400));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "260101000000",
            "2601010000Z",
            "261301000000Z",
            "260229000000Z",
            "260101240000Z",
            "26010100000xZ",
            "260101000000+0000",
        ] {
            assert_eq!(read(tag::UTC_TIME, text), None, "{text}");
        }
        assert_eq!(read(tag::INTEGER, "260101000000Z"), None);
    }
}
