//! What parts of the analog side show one another: a source, a supply, a busy radio.
//!
//! Owns the words between sensor, wiring and converter. Does not know any of them.

use crate::units::{Ohms, Volts};

/// A voltage behind a resistance (Thévenin): what one pin shows to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Source {
    /// Voltage without load.
    pub open: Volts,
    /// Resistance behind it; infinite when nothing drives.
    pub resistance: Ohms,
}

impl Source {
    /// Nothing drives.
    pub const OPEN: Self = Self {
        open: Volts(0.0),
        resistance: Ohms(f64::INFINITY),
    };

    /// Returns a source that no load can pull away.
    #[must_use]
    pub const fn stiff(open: Volts) -> Self {
        Self {
            open,
            resistance: Ohms(0.0),
        }
    }
}

/// How a sensor is supplied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Supply {
    /// +VS is supplied, the ground lead is open.
    GroundOpen(Volts),
    /// As the data sheet wants it.
    Powered(Volts),
    /// +VS and GND are swapped.
    Reversed(Volts),
    /// No voltage between +VS and GND.
    Unpowered,
}

impl Supply {
    /// Returns the voltage between the leads, however they are wired.
    #[must_use]
    pub const fn volts(self) -> Option<Volts> {
        match self {
            Self::GroundOpen(level) | Self::Powered(level) | Self::Reversed(level) => Some(level),
            Self::Unpowered => None,
        }
    }

    /// Tells whether the sensor gets hot enough to burn a finger, as all reports of swapped
    /// leads agree (electronics.stackexchange.com 504837, forums.electricimp.com t/1396).
    #[must_use]
    pub fn overheats(self) -> bool {
        matches!(self, Self::Reversed(Volts(level)) if level > 0.0)
    }
}

/// What the radio does while a conversion runs; it shares the supply with the converter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RadioActivity {
    /// Awake, receiving.
    Listening,
    /// The modem sleeps or is off.
    Off,
    /// Transmitting.
    Transmitting,
}
