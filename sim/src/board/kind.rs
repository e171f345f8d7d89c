//! The boards that can carry a node, and what is on their pins.
//!
//! Owns pin names, supplies and idle levels of each board. Does not know what is plugged into
//! them.

use std::borrow::Cow;

use crate::units::Volts;

/// What the 3.3 V regulator of a board puts out, nominally.
const RAIL: Volts = Volts(3.3);

/// What USB puts on the 5 V pin, nominally: the drop of a board's input diode is left out.
const USB: Volts = Volts(5.0);

/// A board that can carry a node.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum BoardKind {
    /// ESP32-C3-DevKitM-1: five pins reach the first converter directly.
    Esp32C3,
    /// A bare ESP-12E or ESP-12F module: TOUT itself, 0 V to 1 V.
    Esp12,
    /// NodeMCU DEVKIT V1.0: A0 reaches TOUT through 220 kΩ and 100 kΩ.
    NodeMcu,
}

/// What a pin of a board is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PinRole {
    /// Input of a converter that can be trusted.
    Analog,
    /// Input of the ESP32-C3's second converter, which is not calibrated.
    AnalogSecond,
    /// A digital pin without converter.
    Digital,
    /// 0 V.
    Ground,
    /// Neither supply nor input: flash, reset, reserved.
    Other,
    /// A supply that the board offers.
    Supply(Volts),
}

impl BoardKind {
    /// Every board, in the order in which they are listed to a user.
    pub const ALL: [Self; 3] = [Self::NodeMcu, Self::Esp12, Self::Esp32C3];

    /// Returns the board of a part type in a diagram.
    #[must_use]
    pub fn from_part_type(part_type: &str) -> Option<Self> {
        match part_type {
            "board-nodemcu-esp8266" => Some(Self::NodeMcu),
            "board-esp-12e" | "board-esp-12f" => Some(Self::Esp12),
            "board-esp32-c3-devkitm-1" => Some(Self::Esp32C3),
            _ => None,
        }
    }

    /// Returns the part type to write into a diagram.
    #[must_use]
    pub const fn part_type(self) -> &'static str {
        match self {
            Self::Esp32C3 => "board-esp32-c3-devkitm-1",
            Self::Esp12 => "board-esp-12e",
            Self::NodeMcu => "board-nodemcu-esp8266",
        }
    }

    /// Returns the name that is printed on the box.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Esp32C3 => "ESP32-C3-DevKitM-1",
            Self::Esp12 => "bare ESP-12 module",
            Self::NodeMcu => "NodeMCU (ESP8266)",
        }
    }

    /// Returns whether 220 kΩ and 100 kΩ sit between the pin and the converter.
    #[must_use]
    pub const fn has_divider(self) -> bool {
        matches!(self, Self::NodeMcu)
    }

    /// Returns the pin where the sensor's output belongs.
    #[must_use]
    pub const fn usual_pin(self) -> &'static str {
        match self {
            Self::Esp32C3 => "0",
            Self::Esp12 => "ADC",
            Self::NodeMcu => "A0",
        }
    }

    /// Returns the name of the converter's own input, behind whatever the board adds.
    #[must_use]
    pub const fn converter(self, role: PinRole) -> &'static str {
        match (self, role) {
            (Self::Esp32C3, PinRole::AnalogSecond) => "ADC2",
            (Self::Esp32C3, _) => "ADC1",
            (Self::Esp12 | Self::NodeMcu, _) => "TOUT",
        }
    }

    /// Returns the most that a pin takes without harm.
    ///
    /// Bare TOUT: 1.0 V (esp8266/Arduino pull request 5020; no published absolute maximum). A0
    /// of a NodeMCU is protected by its 220 kΩ: the limit here is its 5 V rail, unsourced.
    /// ESP32-C3: 0.3 V above its supply, unsourced.
    #[must_use]
    pub const fn pin_volts_max(self) -> Volts {
        match self {
            Self::Esp32C3 => Volts(3.6),
            Self::Esp12 => Volts(1.0),
            Self::NodeMcu => USB,
        }
    }

    /// Returns what the converter reads at the top of its scale, at the pin.
    ///
    /// ESP8266EX data sheet §4.9: 1.0 V, times 320/100 on a NodeMCU. ESP32-C3 data sheet
    /// table 16: 2.5 V at the highest attenuation.
    #[must_use]
    pub const fn full_scale(self) -> Volts {
        match self {
            Self::Esp32C3 => Volts(2.5),
            Self::Esp12 => Volts(1.0),
            Self::NodeMcu => Volts(3.2),
        }
    }

    /// Returns the pin that feeds the board, and the usual voltage there.
    #[must_use]
    pub const fn fed(self) -> (&'static str, Volts) {
        match self {
            Self::Esp32C3 => ("5V", USB),
            Self::Esp12 => ("VCC", RAIL),
            Self::NodeMcu => ("VIN", USB),
        }
    }

    /// Returns the pin where the board's own regulator puts out a voltage, if it has one.
    #[must_use]
    pub const fn regulated(self) -> Option<(&'static str, Volts)> {
        match self {
            Self::Esp32C3 | Self::NodeMcu => Some(("3V3", RAIL)),
            Self::Esp12 => None,
        }
    }

    /// Returns the name under which a pin is known here: `GPIO3` of an ESP32-C3 is its `3`.
    ///
    /// Pins that differ only after a single dot (`GND.1`, `GND.2`) are one pin electrically.
    #[must_use]
    pub fn canonical_pin(self, pin: &str) -> Cow<'_, str> {
        let pin = stem(pin);
        match self {
            Self::Esp32C3 => Cow::Owned(pin.strip_prefix("GPIO").unwrap_or(pin).to_owned()),
            Self::Esp12 => match pin {
                "A0" | "TOUT" => Cow::Borrowed("ADC"),
                "3V3" | "VDD" => Cow::Borrowed("VCC"),
                _ => match pin.strip_prefix("IO") {
                    Some(number) => Cow::Owned(format!("GPIO{number}")),
                    None => Cow::Owned(pin.to_owned()),
                },
            },
            Self::NodeMcu => match pin {
                "Vin" | "5V" => Cow::Borrowed("VIN"),
                "ADC" | "ADC0" => Cow::Borrowed("A0"),
                _ => Cow::Owned(pin.to_owned()),
            },
        }
    }

    /// Returns how a person calls a pin: the ESP32-C3's `0` is GPIO0.
    #[must_use]
    pub fn pin_label(self, pin: &str) -> String {
        let pin = self.canonical_pin(pin);
        if pin.starts_with(|first: char| first.is_ascii_digit()) && pin.parse::<u8>().is_ok() {
            format!("GPIO{pin}")
        } else {
            pin.into_owned()
        }
    }

    /// Returns what a pin is for, or `None` if the board has no such pin.
    #[must_use]
    pub fn pin_role(self, pin: &str) -> Option<PinRole> {
        let pin = self.canonical_pin(pin);
        match (self, &*pin) {
            (_, "GND") => Some(PinRole::Ground),
            (Self::Esp12, "VCC") | (Self::Esp32C3 | Self::NodeMcu, "3V3") => {
                Some(PinRole::Supply(RAIL))
            }
            (Self::Esp32C3, "5V") | (Self::NodeMcu, "VIN") => Some(PinRole::Supply(USB)),
            (Self::Esp12, "ADC") | (Self::NodeMcu, "A0") => Some(PinRole::Analog),
            (Self::NodeMcu, "EN" | "RST" | "RSV1" | "RSV2" | "CLK" | "CMD" | "SD0" | "SD1")
            | (Self::Esp12, "EN" | "RST" | "REST")
            | (Self::Esp32C3, "RST") => Some(PinRole::Other),
            _ => self.gpio(&pin).map(|gpio| match (self, gpio) {
                // ESP32-C3 data sheet §3.3.1: ADC1 is GPIO0 to GPIO4, ADC2 is GPIO5.
                (Self::Esp32C3, 0..=4) => PinRole::Analog,
                (Self::Esp32C3, 5) => PinRole::AnalogSecond,
                _ => PinRole::Digital,
            }),
        }
    }

    /// Returns the level of a pin that nothing outside the board drives, if something on the
    /// board holds it.
    ///
    /// ESP8266: the strap pins, GPIO0 and GPIO2 high, GPIO15 low (NodeMCU DEVKIT V1.0 schematic,
    /// page 2). ESP32-C3: GPIO9 high, by its pull-up after reset (unsourced). Supplies and ground
    /// are what they are.
    #[must_use]
    pub fn idle_level(self, pin: &str) -> Option<bool> {
        match self.pin_role(pin)? {
            PinRole::Ground => Some(false),
            PinRole::Supply(_) => Some(true),
            PinRole::Analog | PinRole::AnalogSecond | PinRole::Digital | PinRole::Other => {
                match (self, self.gpio(&self.canonical_pin(pin))?) {
                    (Self::Esp12 | Self::NodeMcu, 0 | 2) | (Self::Esp32C3, 9) => Some(true),
                    (Self::Esp12 | Self::NodeMcu, 15) => Some(false),
                    _ => None,
                }
            }
        }
    }

    /// Returns the chip's own number of a pin, given its canonical name.
    fn gpio(self, pin: &str) -> Option<u8> {
        let number = |text: &str| text.parse::<u8>().ok();
        match (self, pin) {
            // The silk screen of the NodeMCU numbers its pins in its own way.
            (Self::NodeMcu, "D0") => Some(16),
            (Self::NodeMcu, "D1") => Some(5),
            (Self::NodeMcu, "D2") => Some(4),
            (Self::NodeMcu, "D3") => Some(0),
            (Self::NodeMcu, "D4") => Some(2),
            (Self::NodeMcu, "D5") => Some(14),
            (Self::NodeMcu, "D6") => Some(12),
            (Self::NodeMcu, "D7") => Some(13),
            (Self::NodeMcu, "D8") => Some(15),
            (Self::NodeMcu, "SD2") => Some(9),
            (Self::NodeMcu, "SD3") => Some(10),
            (Self::NodeMcu | Self::Esp12, "RX" | "RXD") => Some(3),
            (Self::NodeMcu | Self::Esp12, "TX" | "TXD") => Some(1),
            (Self::NodeMcu | Self::Esp12, _) => {
                let gpio = number(pin.strip_prefix("GPIO")?)?;
                matches!(gpio, 0..=5 | 9 | 10 | 12..=16).then_some(gpio)
            }
            (Self::Esp32C3, "RX") => Some(20),
            (Self::Esp32C3, "TX") => Some(21),
            (Self::Esp32C3, _) => {
                let gpio = number(pin)?;
                matches!(gpio, 0..=10 | 18..=21).then_some(gpio)
            }
        }
    }
}

/// Returns what internally connected pins share: the name before its only dot, or all of it.
///
/// Wokwi elements: pins with one prefix, a single dot and different suffixes are connected.
pub(crate) fn stem(pin: &str) -> &str {
    match pin.split_once('.') {
        Some((stem, suffix)) if !stem.is_empty() && !suffix.contains('.') => stem,
        _ => pin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_with_one_stem_are_one() {
        assert_eq!(stem("GND.1"), "GND");
        assert_eq!(stem("GND"), "GND");
        assert_eq!(stem("1.l"), "1");
        assert_eq!(stem("a.b.c"), "a.b.c");
        assert_eq!(stem(".x"), ".x");
    }

    #[test]
    fn strap_pins_idle_as_the_schematic_says() {
        let level = |pin| BoardKind::NodeMcu.idle_level(pin);
        assert_eq!(level("D3"), Some(true));
        assert_eq!(level("GPIO0"), Some(true));
        assert_eq!(level("D4"), Some(true));
        assert_eq!(level("D8"), Some(false));
        assert_eq!(level("GPIO15"), Some(false));
        assert_eq!(level("D1"), None);
        assert_eq!(level("GND.3"), Some(false));
        assert_eq!(level("3V3.1"), Some(true));
        assert_eq!(level("nonsense"), None);
        assert_eq!(BoardKind::Esp12.idle_level("IO15"), Some(false));
        assert_eq!(BoardKind::Esp32C3.idle_level("9"), Some(true));
        assert_eq!(BoardKind::Esp32C3.idle_level("GPIO0"), None);
    }

    #[test]
    fn only_five_pins_of_an_esp32_c3_reach_its_first_converter() {
        let of = |role| {
            (0..=30)
                .filter(|pin| BoardKind::Esp32C3.pin_role(&pin.to_string()) == Some(role))
                .count()
        };
        assert_eq!(of(PinRole::Analog), 5);
        assert_eq!(of(PinRole::AnalogSecond), 1);
        assert_eq!(BoardKind::Esp32C3.pin_role("GPIO4"), Some(PinRole::Analog));
        assert_eq!(BoardKind::Esp32C3.pin_label("4"), "GPIO4");
        assert_eq!(BoardKind::Esp32C3.pin_label("3V3.1"), "3V3");
        assert_eq!(BoardKind::NodeMcu.pin_label("A0"), "A0");
    }

    #[test]
    fn part_types_round_trip() {
        for board in BoardKind::ALL {
            assert_eq!(BoardKind::from_part_type(board.part_type()), Some(board));
            assert_eq!(board.pin_role(board.usual_pin()), Some(PinRole::Analog));
        }
    }
}
