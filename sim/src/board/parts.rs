//! The parts of a diagram that take part in the circuit, and the names of their pins.
//!
//! Owns what each part type means. Does not know which of its pins are wired.

use std::borrow::Cow;

use super::kind::{BoardKind, stem};
use crate::units::{Ohms, Volts};

/// What a part of a diagram is to the circuit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PartKind {
    /// A board that can carry a node.
    Board(BoardKind),
    /// A breadboard: strips and rails.
    Breadboard(BreadboardSize),
    /// A capacitor: open to a steady voltage. Wokwi has none; any type that ends so is taken.
    Capacitor,
    /// `wokwi-gnd`: 0 V.
    Ground,
    /// `wokwi-resistor`.
    Resistor,
    /// A TMP36 sensor.
    Tmp36,
    /// Anything else: its pins join wires, but it drives nothing here.
    Unmodelled,
    /// `wokwi-vcc`: a fixed voltage.
    Vcc,
}

/// Size of a breadboard.
///
/// Columns and rails of the full size are those that Wokwi's linter takes; the smaller sizes are
/// those that shops sell, unsourced. Outside of them a hole is told, not refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BreadboardSize {
    /// 63 columns, rails of 50 holes.
    Full,
    /// 30 columns, rails of 25 holes.
    Half,
    /// 17 columns, no rails.
    Mini,
}

impl PartKind {
    /// Returns what a part type means.
    #[must_use]
    pub fn from_part_type(part_type: &str) -> Self {
        match part_type {
            "wokwi-breadboard" => Self::Breadboard(BreadboardSize::Full),
            "wokwi-breadboard-half" => Self::Breadboard(BreadboardSize::Half),
            "wokwi-breadboard-mini" => Self::Breadboard(BreadboardSize::Mini),
            "wokwi-gnd" => Self::Ground,
            "wokwi-resistor" => Self::Resistor,
            "wokwi-vcc" => Self::Vcc,
            "chip-tmp36" => Self::Tmp36,
            _ if part_type.ends_with("-capacitor") => Self::Capacitor,
            _ => BoardKind::from_part_type(part_type).map_or(Self::Unmodelled, Self::Board),
        }
    }

    /// Returns the name that all pins share which are connected inside the part.
    ///
    /// All holes of a strip, of a rail, and all `GND.n` of a board are one pin electrically.
    #[must_use]
    pub fn canonical_pin(self, pin: &str) -> Cow<'_, str> {
        match self {
            Self::Board(board) => Cow::Owned(board.canonical_pin(pin).into_owned()),
            Self::Tmp36 => Cow::Borrowed(tmp36_pin(pin).unwrap_or("?")),
            Self::Breadboard(_)
            | Self::Capacitor
            | Self::Ground
            | Self::Resistor
            | Self::Unmodelled
            | Self::Vcc => Cow::Owned(stem(pin).to_owned()),
        }
    }

    /// Returns whether the part has this pin; a part that is not modelled has every pin.
    #[must_use]
    pub fn has_pin(self, pin: &str) -> bool {
        match self {
            Self::Board(board) => board.pin_role(pin).is_some(),
            Self::Breadboard(size) => size.has_hole(pin),
            Self::Capacitor | Self::Resistor => matches!(pin, "1" | "2"),
            Self::Ground => stem(pin) == "GND",
            Self::Tmp36 => tmp36_pin(pin).is_some(),
            Self::Unmodelled => true,
            Self::Vcc => stem(pin) == "VCC",
        }
    }

    /// Returns which pins the part has, in words.
    #[must_use]
    pub const fn pins(self) -> &'static str {
        match self {
            Self::Board(BoardKind::Esp32C3) => "0 to 10, 18, 19, RX, TX, 3V3.1, 5V.1, GND.1, RST",
            Self::Board(BoardKind::Esp12) => {
                "ADC, VCC, GND, EN, RST, TXD, RXD, GPIO0 to GPIO5, GPIO9, GPIO10, GPIO12 to GPIO16"
            }
            Self::Board(BoardKind::NodeMcu) => {
                "A0, D0 to D8, RX, TX, 3V3.1, GND.1, VIN, EN, RST, SD0 to SD3, CLK, CMD"
            }
            Self::Breadboard(BreadboardSize::Full) => {
                "1t.a to 63t.e, 1b.f to 63b.j, tp.1, tn.1, bp.1, bn.1 to .50"
            }
            Self::Breadboard(BreadboardSize::Half) => {
                "1t.a to 30t.e, 1b.f to 30b.j, tp.1, tn.1, bp.1, bn.1 to .25"
            }
            Self::Breadboard(BreadboardSize::Mini) => "1t.a to 17t.e, 1b.f to 17b.j",
            Self::Capacitor | Self::Resistor => "1, 2",
            Self::Ground => "GND",
            Self::Tmp36 => "VS, VOUT, GND",
            Self::Unmodelled => "any",
            Self::Vcc => "VCC",
        }
    }
}

impl BreadboardSize {
    const fn columns(self) -> u16 {
        match self {
            Self::Full => 63,
            Self::Half => 30,
            Self::Mini => 17,
        }
    }

    const fn rail_holes(self) -> u16 {
        match self {
            Self::Full => 50,
            Self::Half => 25,
            Self::Mini => 0,
        }
    }

    /// Returns whether there is such a hole: `5t.a`, `tp.1`.
    fn has_hole(self, hole: &str) -> bool {
        let Some((strip, place)) = hole.split_once('.') else {
            return false;
        };
        if let "tp" | "tn" | "bp" | "bn" = strip {
            return number(place).is_some_and(|hole| hole <= self.rail_holes());
        }
        let (column, rows) = if let Some(column) = strip.strip_suffix('t') {
            (column, 'a'..='e')
        } else if let Some(column) = strip.strip_suffix('b') {
            (column, 'f'..='j')
        } else {
            return false;
        };
        let mut place = place.chars();
        place.next().is_some_and(|row| rows.contains(&row))
            && place.next().is_none()
            && number(column).is_some_and(|column| column <= self.columns())
    }
}

/// Returns the value of a resistor: `220`, `4.7k`, `4k7` is not taken, `1M`, `100 kΩ`.
pub(crate) fn resistance(text: &str) -> Option<Ohms> {
    let text = text.trim().trim_end_matches(['Ω', 'Ω']).trim_end();
    let (digits, factor) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => match text.strip_suffix('M') {
            Some(digits) => (digits, 1e6),
            None => (text, 1.0),
        },
    };
    decimal(digits).map(|value| Ohms(value * factor))
}

/// Returns the value of a supply: `3.3`, `5`, `3.3 V`.
pub(crate) fn voltage(text: &str) -> Option<Volts> {
    let text = text.trim();
    decimal(text.strip_suffix('V').unwrap_or(text)).map(Volts)
}

/// Returns a number of at most 1e9 that is not negative, without exponent and without names.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let value = text.parse::<f64>().ok().filter(|_| plain)?;
    (value <= 1e9).then_some(value)
}

/// Returns a whole number from 1, written without leading zeros.
fn number(text: &str) -> Option<u16> {
    let plain = text.chars().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

/// Returns the data sheet's name of a TMP36 pin; other vendors' names are taken too.
fn tmp36_pin(pin: &str) -> Option<&'static str> {
    match stem(pin) {
        "VS" | "+VS" | "VCC" | "VDD" => Some("VS"),
        "VOUT" | "OUT" | "SIG" => Some("VOUT"),
        "GND" => Some("GND"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_follow_the_numbering_of_each_breadboard() {
        let full = BreadboardSize::Full;
        for hole in ["1t.a", "63t.e", "63b.f", "9b.j", "tp.1", "bn.50"] {
            assert!(full.has_hole(hole), "{hole}");
        }
        for hole in [
            "0t.a", "64t.a", "1t.f", "1b.e", "tp.51", "tp.0", "01t.a", "1t.aa", "5", "",
        ] {
            assert!(!full.has_hole(hole), "{hole}");
        }
        assert!(BreadboardSize::Half.has_hole("30b.j"));
        assert!(!BreadboardSize::Half.has_hole("31b.j"));
        assert!(!BreadboardSize::Mini.has_hole("tp.1"));
    }

    #[test]
    fn resistor_values_are_read_with_and_without_prefix() {
        assert_eq!(resistance("1000"), Some(Ohms(1000.0)));
        assert_eq!(resistance("4.7k"), Some(Ohms(4700.0)));
        assert_eq!(resistance("100 kΩ"), Some(Ohms(100_000.0)));
        assert_eq!(resistance("1M"), Some(Ohms(1e6)));
        assert_eq!(resistance("0"), Some(Ohms(0.0)));
        for text in ["", "-5", "inf", "NaN", "1e400", "4k7", "ten", "1e3"] {
            assert_eq!(resistance(text), None, "{text}");
        }
        assert_eq!(voltage("3.3 V"), Some(Volts(3.3)));
        assert_eq!(voltage("volt"), None);
    }

    #[test]
    fn names_of_the_sensor_pins_may_follow_other_vendors() {
        assert_eq!(PartKind::Tmp36.canonical_pin("VCC"), "VS");
        assert_eq!(PartKind::Tmp36.canonical_pin("OUT"), "VOUT");
        assert!(!PartKind::Tmp36.has_pin("DQ"));
    }

    #[test]
    fn the_shipped_chip_has_the_pins_and_controls_of_the_sensor() {
        let text = include_str!("../../../boards/chips/tmp36.chip.json");
        let chip: serde_json::Value = serde_json::from_str(text).unwrap();
        let pins: Vec<&str> = chip["pins"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|pin| pin.as_str())
            .collect();
        assert_eq!(pins.join(", "), PartKind::Tmp36.pins());
        let control = |index: usize| {
            let control = &chip["controls"][index];
            (
                control["id"].as_str(),
                control["min"].as_f64(),
                control["max"].as_f64(),
            )
        };
        assert_eq!(control(0), (Some("temperature"), Some(-40.0), Some(125.0)));
        assert_eq!(control(1), (Some("fault"), Some(0.0), Some(3.0)));
    }
}
