//! Values with units: the text a person writes, and the same text back.
//!
//! Owns the accepted forms of durations, temperatures, shares, voltages and speeds. Does not
//! know where in a scenario a value stands.

use std::fmt;

use nodelab_sim::power::{Charge, Energy};
use nodelab_sim::radio::Decibels;
use nodelab_sim::{Celsius, SimSpan, Volts};

/// A share or a rate, in parts per million.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ppm(pub i32);

/// A difference of times that may be negative, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SignedSpan(pub i64);

/// Speed of air, in metres per second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct MetresPerSecond(pub f64);

/// A distance, in metres.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Metres(pub f64);

/// A kind of quantity: how it is called, shown by example, and read.
#[derive(Clone, Copy, Debug)]
pub struct Grammar<T> {
    /// What it is, with its article.
    pub noun: &'static str,
    /// The accepted forms.
    pub forms: &'static str,
    /// Reads one value.
    pub read: fn(&str) -> Result<T, QuantityError>,
}

/// Why a text is no quantity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QuantityError {
    /// There is no number in front.
    NoNumber,
    /// The number is not followed by a unit.
    NoUnit,
    /// The value is beyond what the type holds, or below zero where that means nothing.
    OutOfRange,
    /// The value has more decimals than the type.
    TooFine,
    /// The unit is none of this kind of quantity.
    UnknownUnit,
}

/// A duration, 0 to about 584 years.
pub const DURATION: Grammar<SimSpan> = Grammar {
    noun: "a duration",
    forms: "a number and ns, us, ms, s, min, h or d, such as `50 ms` or `2 h`",
    read: duration,
};

/// A duration that may be negative.
pub const SIGNED_DURATION: Grammar<SignedSpan> = Grammar {
    noun: "a duration",
    forms: "a number and ns, us, ms, s, min, h or d, such as `1 h` or `-5 s`",
    read: signed_duration,
};

/// A temperature, or a difference of temperatures.
pub const TEMPERATURE: Grammar<Celsius> = Grammar {
    noun: "a temperature",
    forms: "a number and °C, such as `22 °C` (also `22C`, `22 degC`)",
    read: temperature,
};

/// A share, 0 % to 100 %.
pub const SHARE: Grammar<Ppm> = Grammar {
    noun: "a share",
    forms: "a number and % or ppm, from 0 % to 100 %, such as `2%` or `500 ppm`",
    read: share,
};

/// A relative deviation, which may be negative.
pub const DEVIATION: Grammar<Ppm> = Grammar {
    noun: "a deviation",
    forms: "a number and ppm or %, such as `-50 ppm` or `0.1%`",
    read: deviation,
};

/// A voltage.
pub const VOLTAGE: Grammar<Volts> = Grammar {
    noun: "a voltage",
    forms: "a number and V or mV, such as `3.3 V` or `750 mV`",
    read: voltage,
};

/// The charge of a battery.
pub const CHARGE: Grammar<Charge> = Grammar {
    noun: "a charge",
    forms: "a number and mAh or Ah, such as `2500 mAh`",
    read: charge,
};

/// An energy.
pub const ENERGY: Grammar<Energy> = Grammar {
    noun: "an energy",
    forms: "a number and mJ or J, such as `200 mJ` or `1.5 J`",
    read: energy,
};

/// A speed of air.
pub const SPEED: Grammar<MetresPerSecond> = Grammar {
    noun: "a speed",
    forms: "a number and m/s, such as `0.5 m/s`",
    read: speed,
};

/// A distance.
pub const DISTANCE: Grammar<Metres> = Grammar {
    noun: "a distance",
    forms: "a number and m, cm or km, such as `5 m`",
    read: distance,
};

/// A ratio of powers.
pub const LEVEL: Grammar<Decibels> = Grammar {
    noun: "a level",
    forms: "a number and dB, such as `3 dB`",
    read: level,
};

const DURATION_UNITS: [(&str, u64); 11] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("sec", 1_000_000_000),
    ("min", 60_000_000_000),
    ("m", 0),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Reads a duration, exact to the nanosecond.
///
/// # Errors
///
/// Every [`QuantityError`]; a bare `m` is an unknown unit, since it could be a minute or a metre.
pub fn duration(text: &str) -> Result<SimSpan, QuantityError> {
    let nanos = nanoseconds(text)?;
    let nanos = u64::try_from(nanos).map_err(|_| QuantityError::OutOfRange)?;
    Ok(SimSpan::from_nanos(nanos))
}

/// Reads a duration that may be negative.
///
/// # Errors
///
/// As [`duration`].
pub fn signed_duration(text: &str) -> Result<SignedSpan, QuantityError> {
    let nanos = i64::try_from(nanoseconds(text)?).map_err(|_| QuantityError::OutOfRange)?;
    Ok(SignedSpan(nanos))
}

/// Reads a temperature or a difference of temperatures.
///
/// # Errors
///
/// Every [`QuantityError`] but [`QuantityError::TooFine`].
pub fn temperature(text: &str) -> Result<Celsius, QuantityError> {
    measure(text, &[("°C", 1.0), ("C", 1.0), ("degC", 1.0), ("℃", 1.0)]).map(Celsius)
}

/// Reads a voltage.
///
/// # Errors
///
/// As [`temperature`].
pub fn voltage(text: &str) -> Result<Volts, QuantityError> {
    measure(text, &[("V", 1.0), ("mV", 1_000.0)]).map(Volts)
}

/// Reads a charge, exact to the picocoulomb.
///
/// # Errors
///
/// Every [`QuantityError`]; negative charges are out of range.
pub fn charge(text: &str) -> Result<Charge, QuantityError> {
    let units = [("mAh", 3_600_000_000_000), ("Ah", 3_600_000_000_000_000)];
    let picocoulombs = unsigned(text, &units)?;
    Ok(Charge(picocoulombs.saturating_mul(1_000)))
}

/// Reads an energy, exact to the attojoule.
///
/// # Errors
///
/// Every [`QuantityError`]; negative energies are out of range.
pub fn energy(text: &str) -> Result<Energy, QuantityError> {
    let units = [
        ("mJ", 1_000_000_000_000_000),
        ("J", 1_000_000_000_000_000_000),
    ];
    unsigned(text, &units).map(Energy)
}

/// Reads a speed.
///
/// # Errors
///
/// As [`temperature`]; negative speeds are out of range.
pub fn speed(text: &str) -> Result<MetresPerSecond, QuantityError> {
    let value = measure(text, &[("m/s", 1.0)])?;
    if value < 0.0 {
        return Err(QuantityError::OutOfRange);
    }
    Ok(MetresPerSecond(value))
}

/// Reads a distance.
///
/// # Errors
///
/// As [`speed`].
pub fn distance(text: &str) -> Result<Metres, QuantityError> {
    let value = measure(text, &[("m", 1.0), ("cm", 100.0), ("km", 0.001)])?;
    if value < 0.0 {
        return Err(QuantityError::OutOfRange);
    }
    Ok(Metres(value))
}

/// Reads a ratio of powers.
///
/// # Errors
///
/// As [`temperature`].
pub fn level(text: &str) -> Result<Decibels, QuantityError> {
    measure(text, &[("dB", 1.0)]).map(Decibels)
}

/// Reads a share of 0 % to 100 %.
///
/// # Errors
///
/// Every [`QuantityError`].
pub fn share(text: &str) -> Result<Ppm, QuantityError> {
    let ppm = deviation(text)?;
    if (0..=1_000_000).contains(&ppm.0) {
        Ok(ppm)
    } else {
        Err(QuantityError::OutOfRange)
    }
}

/// Reads a relative deviation, exact to one part per million.
///
/// # Errors
///
/// Every [`QuantityError`].
pub fn deviation(text: &str) -> Result<Ppm, QuantityError> {
    let (number, unit) = split(text)?;
    let scale = match unit {
        "%" => 10_000,
        "ppm" => 1,
        "" => return Err(QuantityError::NoUnit),
        _ => return Err(QuantityError::UnknownUnit),
    };
    let ppm = i32::try_from(scaled(number, scale)?).map_err(|_| QuantityError::OutOfRange)?;
    Ok(Ppm(ppm))
}

/// Writes a duration exactly, in the largest unit that it fills.
#[must_use]
pub fn show_duration(span: SimSpan) -> String {
    let nanos = span.as_nanos();
    let fills = |unit: u64| nanos >= unit && nanos.is_multiple_of(unit);
    let whole = [
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("min", 60_000_000_000),
    ];
    if let Some((name, unit)) = whole.into_iter().find(|(_, unit)| fills(*unit)) {
        return format!("{} {name}", nanos / unit);
    }
    let parts = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];
    match parts.into_iter().find(|(_, unit)| nanos >= *unit) {
        Some((name, unit)) => format!("{} {name}", decimal(nanos, unit)),
        None => format!("{nanos} ns"),
    }
}

impl QuantityError {
    /// Returns the reason as a part of a sentence.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoNumber => "it does not begin with a number",
            Self::NoUnit => "the unit is missing",
            Self::OutOfRange => "the value is out of range",
            Self::TooFine => "it has too many decimals",
            Self::UnknownUnit => "the unit is unknown",
        }
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Ppm {
    /// Writes whole hundredths of a percent as percent, all else as ppm.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 || self.0 % 100 != 0 {
            return write!(f, "{} ppm", self.0);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = u64::from(self.0.unsigned_abs());
        write!(f, "{sign}{} %", decimal(magnitude, 10_000))
    }
}

impl fmt::Display for SignedSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = SimSpan::from_nanos(self.0.unsigned_abs());
        write!(f, "{sign}{}", show_duration(magnitude))
    }
}

impl fmt::Display for MetresPerSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m/s", self.0)
    }
}

/// Writes `value / unit` with all its decimals; `unit` is a power of ten.
fn decimal(value: u64, unit: u64) -> String {
    let width = usize::try_from(unit.ilog10()).expect("a u64 has 20 digits");
    let rest = format!("{:0width$}", value % unit);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{}{point}{rest}", value / unit)
}

fn nanoseconds(text: &str) -> Result<i128, QuantityError> {
    let (number, unit) = split(text)?;
    if unit.is_empty() {
        return if scaled(number, 1) == Ok(0) {
            Ok(0)
        } else {
            Err(QuantityError::NoUnit)
        };
    }
    let known = DURATION_UNITS
        .iter()
        .find(|(name, scale)| *name == unit && *scale > 0);
    let (_, scale) = known.ok_or(QuantityError::UnknownUnit)?;
    scaled(number, *scale)
}

/// Reads a whole number of the smallest unit, which is not below zero.
fn unsigned(text: &str, units: &[(&str, u64)]) -> Result<u128, QuantityError> {
    let (number, unit) = split(text)?;
    if unit.is_empty() {
        return Err(QuantityError::NoUnit);
    }
    let known = units.iter().find(|(name, _)| *name == unit);
    let (_, scale) = known.ok_or(QuantityError::UnknownUnit)?;
    u128::try_from(scaled(number, *scale)?).map_err(|_| QuantityError::OutOfRange)
}

fn measure(text: &str, units: &[(&str, f64)]) -> Result<f64, QuantityError> {
    let (number, unit) = split(text)?;
    if unit.is_empty() {
        return Err(QuantityError::NoUnit);
    }
    let known = units.iter().find(|(name, _)| *name == unit);
    let (_, divisor) = known.ok_or(QuantityError::UnknownUnit)?;
    let value: f64 = number.parse().map_err(|_| QuantityError::NoNumber)?;
    // Far beyond any physics here, and far from where arithmetic overflows.
    if value.abs() > 1e9 {
        return Err(QuantityError::OutOfRange);
    }
    Ok(value / divisor)
}

/// Splits a quantity into its decimal number and its unit, the space between is optional.
fn split(text: &str) -> Result<(&str, &str), QuantityError> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |c: char| !(c.is_ascii_digit() || c == '.');
    let end = unsigned.find(digits).unwrap_or(unsigned.len()) + (text.len() - unsigned.len());
    let (number, unit) = text.split_at(end);
    let digits = number.strip_prefix(['-', '+']).unwrap_or(number);
    let points = digits.bytes().filter(|byte| *byte == b'.').count();
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || points > 1 {
        return Err(QuantityError::NoNumber);
    }
    Ok((number, unit.trim_start()))
}

/// Returns a decimal number times `scale`, when that is whole.
fn scaled(number: &str, scale: u64) -> Result<i128, QuantityError> {
    const DIGITS_MAX: usize = 20;
    let negative = number.starts_with('-');
    let digits = number.trim_start_matches(['-', '+']);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let decimals = decimals.trim_end_matches('0');
    if whole.len() > DIGITS_MAX {
        return Err(QuantityError::OutOfRange);
    }
    if decimals.len() > DIGITS_MAX - 2 {
        return Err(QuantityError::TooFine);
    }
    let read = |digits: &str| {
        digits
            .bytes()
            .fold(0, |n, digit| n * 10 + i128::from(digit - b'0'))
    };
    let unit = 10_i128.pow(u32::try_from(decimals.len()).expect("at most 18 decimals"));
    let fraction = read(decimals) * i128::from(scale);
    if fraction % unit != 0 {
        return Err(QuantityError::TooFine);
    }
    // 10²⁰ times a day in nanoseconds is 10³⁴: far inside 128 bits.
    let value = read(whole) * i128::from(scale) + fraction / unit;
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_with_and_without_a_space() {
        let cases = [
            ("50 ms", 50_000_000),
            ("50ms", 50_000_000),
            ("1.5 s", 1_500_000_000),
            ("2h", 7_200_000_000_000),
            ("40min", 2_400_000_000_000),
            ("1d", 86_400_000_000_000),
            ("7 ns", 7),
            ("2.5µs", 2_500),
            ("0", 0),
            ("2.s", 2_000_000_000),
        ];
        for (text, nanos) in cases {
            assert_eq!(duration(text), Ok(SimSpan::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_the_reason() {
        use QuantityError::{NoNumber, NoUnit, OutOfRange, TooFine, UnknownUnit};
        let cases = [
            ("", NoNumber),
            ("soon", NoNumber),
            (".5 s", NoNumber),
            ("1.2.3 s", NoNumber),
            ("5", NoUnit),
            ("5 m", UnknownUnit),
            ("5 parsec", UnknownUnit),
            ("-5 s", OutOfRange),
            ("99999999999999999999 d", OutOfRange),
            ("999999999999999999999999 s", OutOfRange),
            ("0.5 ns", TooFine),
            ("0.0000000000000000000001 s", TooFine),
        ];
        for (text, reason) in cases {
            assert_eq!(duration(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn temperatures_know_three_spellings_of_their_unit() {
        for text in ["22 °C", "22°C", "22C", "22 degC", "22.0 °C"] {
            assert_eq!(temperature(text), Ok(Celsius(22.0)), "{text}");
        }
        assert_eq!(temperature("-40 °C"), Ok(Celsius(-40.0)));
        assert_eq!(temperature("22"), Err(QuantityError::NoUnit));
        assert_eq!(temperature("72 F"), Err(QuantityError::UnknownUnit));
    }

    #[test]
    fn shares_stay_between_nothing_and_everything() {
        assert_eq!(share("2%"), Ok(Ppm(20_000)));
        assert_eq!(share("0.5 %"), Ok(Ppm(5_000)));
        assert_eq!(share("500 ppm"), Ok(Ppm(500)));
        assert_eq!(share("100 %"), Ok(Ppm(1_000_000)));
        assert_eq!(share("100.1 %"), Err(QuantityError::OutOfRange));
        assert_eq!(share("-1 %"), Err(QuantityError::OutOfRange));
        assert_eq!(share("0.2"), Err(QuantityError::NoUnit));
        assert_eq!(deviation("-50ppm"), Ok(Ppm(-50)));
    }

    #[test]
    fn volts_and_speeds_are_read() {
        assert_eq!(voltage("3.3 V"), Ok(Volts(3.3)));
        assert_eq!(voltage("750mV"), Ok(Volts(0.75)));
        assert_eq!(speed("0.5 m/s"), Ok(MetresPerSecond(0.5)));
        assert_eq!(speed("-1 m/s"), Err(QuantityError::OutOfRange));
    }

    #[test]
    fn charges_and_energies_are_read_exactly() {
        assert_eq!(charge("2500 mAh"), Ok(Charge(9_000_000_000_000_000_000)));
        assert_eq!(charge("2.5Ah"), charge("2500 mAh"));
        assert_eq!(charge("-1 mAh"), Err(QuantityError::OutOfRange));
        assert_eq!(charge("5"), Err(QuantityError::NoUnit));
        assert_eq!(energy("180.2 mJ"), Ok(Energy(180_200_000_000_000_000)));
        assert_eq!(energy("99999999999999999999 J").unwrap().0 % 1_000, 0);
        assert_eq!(energy("1 kWh"), Err(QuantityError::UnknownUnit));
    }

    #[test]
    fn distances_and_levels_are_read() {
        assert_eq!(distance("5 m"), Ok(Metres(5.0)));
        assert_eq!(distance("20cm"), Ok(Metres(0.2)));
        assert_eq!(distance("1.5 km"), Ok(Metres(1_500.0)));
        assert_eq!(distance("-1 m"), Err(QuantityError::OutOfRange));
        assert_eq!(distance("5"), Err(QuantityError::NoUnit));
        assert_eq!(level("3 dB"), Ok(Decibels(3.0)));
        assert_eq!(level("3 dBm"), Err(QuantityError::UnknownUnit));
    }

    proptest! {
        #[test]
        fn every_duration_is_read_as_it_is_shown(nanos: u64) {
            let span = SimSpan::from_nanos(nanos);
            prop_assert_eq!(duration(&show_duration(span)), Ok(span));
        }

        #[test]
        fn every_deviation_is_read_as_it_is_shown(ppm: i32) {
            prop_assert_eq!(deviation(&Ppm(ppm).to_string()), Ok(Ppm(ppm)));
        }

        #[test]
        fn every_signed_duration_is_read_as_it_is_shown(nanos: i64) {
            let span = SignedSpan(nanos);
            prop_assert_eq!(signed_duration(&span.to_string()), Ok(span));
        }

        #[test]
        fn any_text_is_refused_or_read_for_good(text in "[-+]?[0-9.]{0,25} ?[a-zA-Z%°µ/]{0,4}") {
            if let Ok(span) = duration(&text) {
                prop_assert_eq!(duration(&show_duration(span)), Ok(span));
            }
            if let Ok(ppm) = deviation(&text) {
                prop_assert_eq!(deviation(&ppm.to_string()), Ok(ppm));
            }
            for value in [temperature(&text).map(|t| t.0), speed(&text).map(|v| v.0)] {
                prop_assert!(value.is_err() || value.is_ok_and(f64::is_finite));
            }
        }
    }
}
