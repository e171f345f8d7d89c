//! What a plain word means: the YAML 1.2 core schema.
//!
//! Owns the rules from text to null, boolean and number, and how JavaScript prints numbers.
//! Does not know what a scenario expects.

/// What a scalar means under the core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// `true`, `false`.
    Bool(bool),
    /// `null`, `~`, or nothing at all.
    Null,
    /// Any number; whole numbers beyond 2⁵³ lose digits, as in every JavaScript reader.
    Number(f64),
    /// Everything else, and everything in quotes.
    Text,
}

/// Returns what an unquoted scalar means (YAML 1.2.2 §10.3.2).
#[must_use]
pub(crate) fn resolve(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
        "true" | "True" | "TRUE" => Meaning::Bool(true),
        "false" | "False" | "FALSE" => Meaning::Bool(false),
        _ => number(text).map_or(Meaning::Text, Meaning::Number),
    }
}

/// Returns the number that a scalar of the core schema stands for.
#[must_use]
pub(crate) fn number(text: &str) -> Option<f64> {
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" if text.starts_with('-') => return Some(f64::NEG_INFINITY),
        ".inf" | ".Inf" | ".INF" => return Some(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if !is_digits(digits) {
            return None;
        }
    }
    let legal = match mantissa.split_once('.') {
        Some(("", decimals)) => is_digits(decimals),
        Some((whole, decimals)) => is_digits(whole) && (decimals.is_empty() || is_digits(decimals)),
        None => is_digits(mantissa),
    };
    if legal { text.parse().ok() } else { None }
}

/// Returns a number as JavaScript prints it (ECMA-262 §6.1.6.1.20).
#[must_use]
pub fn javascript_number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return "0".to_owned();
    }
    if (1e-6..1e21).contains(&magnitude) {
        return format!("{value}");
    }
    let shortest = format!("{value:e}");
    match shortest.split_once('e') {
        Some((mantissa, exponent)) if !exponent.starts_with('-') => {
            format!("{mantissa}e+{exponent}")
        }
        _ => shortest,
    }
}

fn radix(digits: &str, base: u32) -> Option<f64> {
    if digits.is_empty() {
        return None;
    }
    digits.chars().try_fold(0.0, |value, digit| {
        Some(value * f64::from(base) + f64::from(digit.to_digit(base)?))
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_decides_what_words_mean() {
        let cases = [
            ("", Meaning::Null),
            ("~", Meaning::Null),
            ("NULL", Meaning::Null),
            ("nULL", Meaning::Text),
            ("true", Meaning::Bool(true)),
            ("FALSE", Meaning::Bool(false)),
            ("yes", Meaning::Text),
            ("1", Meaning::Number(1.0)),
            ("1.0", Meaning::Number(1.0)),
            ("1.", Meaning::Number(1.0)),
            (".5", Meaning::Number(0.5)),
            ("+12e03", Meaning::Number(12_000.0)),
            ("0x1F", Meaning::Number(31.0)),
            ("0o17", Meaning::Number(15.0)),
            ("-.inf", Meaning::Number(f64::NEG_INFINITY)),
            ("1_000", Meaning::Text),
            ("-0x1", Meaning::Text),
            ("1e", Meaning::Text),
            (".", Meaning::Text),
            ("+", Meaning::Text),
            ("inf", Meaning::Text),
            ("1 ms", Meaning::Text),
        ];
        for (text, meaning) in cases {
            assert_eq!(resolve(text), meaning, "{text:?}");
        }
    }

    #[test]
    fn numbers_print_as_in_javascript() {
        let cases = [
            (1.0, "1"),
            (-2.5, "-2.5"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-7"),
            (1e-6, "0.000001"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (-0.0, "0"),
        ];
        for (value, shown) in cases {
            assert_eq!(javascript_number(value), shown);
        }
    }
}
