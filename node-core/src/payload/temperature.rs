//! Temperatures in decimal.
//!
//! Owns rounding: always to nearest, halves away from zero. Does not know units' names.

use crate::text::{Writer, div_round};
use crate::units::MilliCelsius;

/// Appends °C with one decimal: `25.0`.
pub fn temperature_one_decimal(temperature: MilliCelsius, out: &mut Writer<'_>) {
    out.decimal(div_round(i64::from(temperature.0), 100), 1);
}

/// Appends °C with two decimals, or one when the second is zero: `24.69`, `25.0`.
///
/// Two decimals show each step of a NodeMCU's converter (0.3125 °C) within 0.005 °C.
pub fn temperature_two_decimals(temperature: MilliCelsius, out: &mut Writer<'_>) {
    let hundredths = div_round(i64::from(temperature.0), 10);
    if hundredths % 10 == 0 {
        out.decimal(hundredths / 10, 1);
    } else {
        out.decimal(hundredths, 2);
    }
}

/// Returns the temperature in tenths of a degree Fahrenheit.
#[must_use]
pub const fn fahrenheit_tenths(temperature: MilliCelsius) -> i64 {
    // °F = °C · 9/5 + 32, here in tenths from thousandths.
    let fivefold = (temperature.0 as i64)
        .saturating_mul(9)
        .saturating_add(160_000);
    div_round(fivefold, 500)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};
    use std::string::String;

    use super::*;

    type Write = fn(MilliCelsius, &mut Writer<'_>);

    fn written(write: Write, milli: i32) -> String {
        let mut buffer = [0; 16];
        let mut out = Writer::new(&mut buffer);
        write(MilliCelsius(milli), &mut out);
        String::from_utf8(out.finish().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn payloads_have_two_decimals_and_the_console_one() {
        let cases = [
            (25_000, "25.0", "25.0"),
            (24_688, "24.69", "24.7"),
            (-40_313, "-40.31", "-40.3"),
            (24_500, "24.5", "24.5"),
            (24_950, "24.95", "25.0"),
            (-24_950, "-24.95", "-25.0"),
            (-995, "-1.0", "-1.0"),
            (5, "0.01", "0.0"),
            (-5, "-0.01", "0.0"),
            (-4, "0.0", "0.0"),
        ];
        for (milli, two, one) in cases {
            assert_eq!(written(temperature_two_decimals, milli), two);
            assert_eq!(written(temperature_one_decimal, milli), one);
        }
    }

    #[test]
    fn fahrenheit_rounds_halves_away_from_zero() {
        let cases = [
            (25_000, 770),
            (0, 320),
            (-40_000, -400),
            (100_000, 2120),
            // −17.75 °C is 0.05 °F, and −17.80556 °C is −0.05 °F.
            (-17_750, 1),
            (-17_806, -1),
        ];
        for (milli, tenths) in cases {
            assert_eq!(fahrenheit_tenths(MilliCelsius(milli)), tenths, "{milli}");
        }
    }

    proptest! {
        #[test]
        fn written_temperatures_are_the_nearest(milli in any::<i32>()) {
            let read = |write| written(write, milli).parse::<f64>().unwrap() * 1000.0;
            prop_assert!((read(temperature_one_decimal) - f64::from(milli)).abs() <= 50.001);
            let two = written(temperature_two_decimals, milli);
            prop_assert!((read(temperature_two_decimals) - f64::from(milli)).abs() <= 5.001);
            prop_assert!(two.contains('.') && !two.ends_with('.'), "{}", two);
        }
    }
}
