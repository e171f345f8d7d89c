//! Values with units, as people write them.

use node_core::{Attenuation, Duration, Filter, MilliCelsius, PayloadFormat};

/// Reads a span: a whole number and a unit, as in `60 s`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let unit_ms = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(unit_ms)?))
}

/// Reads a difference of temperatures with at most three decimals, as in `-0.5 °C`.
pub(crate) fn temperature(text: &str) -> Option<MilliCelsius> {
    let number = text.strip_suffix("°C")?.trim_end();
    let (negative, number) = number
        .strip_prefix('-')
        .map_or((false, number), |number| (true, number));
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(decimals) || decimals.len() > 3 {
        return None;
    }
    let whole: i32 = whole.parse().ok()?;
    let thousandths: i32 = format!("{decimals:0<3}").parse().ok()?;
    let value = whole.checked_mul(1_000)?.checked_add(thousandths)?;
    Some(MilliCelsius(if negative { -value } else { value }))
}

/// Reads 32 bytes in hexadecimal; colons may stand between them, as OpenSSL prints them.
pub(crate) fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect::<Option<_>>()?;
    (digits.len() == 64).then_some(())?;
    bytes.try_into().ok()
}

/// The names of the attenuations.
pub(crate) const ATTENUATIONS: [(&str, Attenuation); 4] = [
    ("0 dB", Attenuation::Db0),
    ("2.5 dB", Attenuation::Db2p5),
    ("6 dB", Attenuation::Db6),
    ("11 dB", Attenuation::Db11),
];

/// The names of the filters.
pub(crate) const FILTERS: [(&str, Filter); 2] =
    [("mean", Filter::Mean), ("median", Filter::Median)];

/// The names of the payload formats.
pub(crate) const FORMATS: [(&str, PayloadFormat); 5] = [
    ("home-assistant", PayloadFormat::HomeAssistant),
    ("json", PayloadFormat::Json),
    ("losant", PayloadFormat::Losant),
    ("plain", PayloadFormat::Plain),
    ("senml", PayloadFormat::SenMl),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("500 ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("60s"), Some(Duration::from_secs(60)));
        assert_eq!(duration("5 min"), Some(Duration::from_secs(300)));
        assert_eq!(duration("2 h"), Some(Duration::from_secs(7_200)));
        for text in [
            "",
            "60",
            "s",
            "-1 s",
            "1.5 s",
            "60 days",
            "99999999999999999999 s",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn temperatures_have_up_to_three_decimals() {
        assert_eq!(temperature("-0.5 °C"), Some(MilliCelsius(-500)));
        assert_eq!(temperature("1 °C"), Some(MilliCelsius(1_000)));
        assert_eq!(temperature("0.125°C"), Some(MilliCelsius(125)));
        for text in [
            "1",
            "1 C",
            "0.1234 °C",
            ".5 °C",
            "1. °C",
            "+1 °C",
            "9999999 °C",
        ] {
            assert_eq!(temperature(text), None, "{text}");
        }
    }

    #[test]
    fn a_hash_has_32_bytes() {
        let hex = "00ff".repeat(16);
        let expected: [u8; 32] = core::array::from_fn(|i| if i % 2 == 0 { 0 } else { 0xff });
        assert_eq!(sha256(&hex), Some(expected));
        assert_eq!(sha256(&"00:FF:".repeat(16)), Some(expected));
        assert_eq!(sha256(&hex[1..]), None);
        assert_eq!(sha256(&format!("{hex}00")), None);
        assert_eq!(sha256(&hex.replace('f', "g")), None);
    }
}
