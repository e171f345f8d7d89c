//! From a temperature to a code: the physics between the room and the converter.

use crate::units::{Ohms, Volts};

/// A voltage behind a resistance (Thévenin): what one pin shows to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Source {
    /// Voltage without load.
    pub open: Volts,
    /// Resistance behind it; infinite when nothing drives.
    pub resistance: Ohms,
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
