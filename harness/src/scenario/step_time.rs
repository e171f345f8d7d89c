//! The durations of steps.
//!
//! Owns the one form that wokwi-cli 0.26.1 reads, its oddities included. The quantities of
//! `x-nodelab` are in [`quantity`](crate::scenario::quantity).

use nodelab_sim::SimSpan;

/// Reads a time as wokwi-cli does: ns, us, ms and s only, in any case, white space around.
///
/// # Errors
///
/// The message that ends the run.
pub fn parse_time(text: &str) -> Result<SimSpan, String> {
    let space = |c: char| c.is_whitespace() || c == '\u{feff}';
    let trimmed = text.trim_matches(space);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let zero = trimmed
        .strip_prefix('0')
        .map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    if zero.is_some_and(|rest| rest.bytes().all(|byte| byte == b'0')) {
        return Ok(SimSpan::ZERO);
    }
    let lower = trimmed.to_ascii_lowercase();
    // Longer names first: `ms` ends in `s`.
    let units = [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)];
    let split = units
        .iter()
        .find_map(|(unit, scale)| Some((lower.strip_suffix(unit)?.trim_end_matches(space), scale)));
    if let Some((number, scale)) = split {
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        if digits(whole) && (decimals.is_empty() || digits(decimals)) {
            let value: f64 = number
                .trim_end_matches('.')
                .parse()
                .unwrap_or(f64::INFINITY);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative, and the cast saturates at the far future"
            )]
            let nanos = libm::round(value * scale) as u64;
            return Ok(SimSpan::from_nanos(nanos));
        }
    }
    let begins_as_number = {
        let unsigned = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
        let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
        digits.starts_with(|c: char| c.is_ascii_digit()) || unsigned.starts_with("Infinity")
    };
    let complaint = if begins_as_number {
        "Missing units"
    } else {
        "Invalid time"
    };
    Err(format!("{complaint}: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_by_the_rule_of_wokwi_cli() {
        let good = [
            ("500ms", 500_000_000),
            (" 1.5 MS ", 1_500_000),
            ("2.s", 2_000_000_000),
            ("0", 0),
            ("0.", 0),
            ("00", 0),
            ("0.000", 0),
            ("7nS", 7),
        ];
        for (text, nanos) in good {
            assert_eq!(parse_time(text), Ok(SimSpan::from_nanos(nanos)), "{text:?}");
        }
        for text in [
            "500", "15.2", "-5ms", "1m", "1 min", "+1s", "1.2.3s", "1e3s",
        ] {
            assert_eq!(parse_time(text), Err(format!("Missing units: {text}")));
        }
        for text in ["foo", "", "ms", "s"] {
            assert_eq!(parse_time(text), Err(format!("Invalid time: {text}")));
        }
    }
}
