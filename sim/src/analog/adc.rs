//! The converters that a board can have.
//!
//! Owns the choice between them. Does not know what is wired to the pin.

use node_core::AdcCode;

use crate::analog::{Esp32c3Adc, Esp8266Adc, RadioActivity, Source};
use crate::rng::Rng;
use crate::time::SimSpan;

/// One chip's converter.
#[derive(Clone, Copy, Debug)]
pub enum Adc {
    /// The converter of an ESP32-C3.
    Esp32c3(Esp32c3Adc),
    /// The converter of an ESP8266.
    Esp8266(Esp8266Adc),
}

impl Adc {
    /// Converts what the chip's own pin shows.
    pub fn read(&self, pin: Source, radio: RadioActivity, rng: &mut Rng) -> AdcCode {
        match self {
            Self::Esp32c3(adc) => adc.read(pin, rng),
            Self::Esp8266(adc) => adc.read(pin, radio, rng),
        }
    }

    /// Returns how its part differs from a perfect one, in words.
    #[must_use]
    pub fn describe_part(&self) -> String {
        match self {
            Self::Esp32c3(adc) => adc.describe_part(),
            Self::Esp8266(adc) => adc.describe_part(),
        }
    }

    /// Returns how long one reading takes.
    #[must_use]
    pub const fn read_time(&self, radio: RadioActivity) -> SimSpan {
        match self {
            Self::Esp32c3(_) => Esp32c3Adc::read_time(),
            Self::Esp8266(_) => Esp8266Adc::read_time(radio),
        }
    }
}
