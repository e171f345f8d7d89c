//! What can be wrong with a wiring, and how bad it is.
//!
//! Owns the list. Does not know how a mistake is found, nor how it is told.

use crate::units::Volts;

/// How bad a [`Problem`] is, mildest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// It works; worth knowing.
    Note,
    /// The reading is wrong, or there is none.
    Wrong,
    /// Something may break or burn.
    Damage,
}

/// One thing that is wrong, or worth knowing, about a wiring.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The converter's pin is on ground.
    AnalogOnGround {
        /// The pin.
        pin: String,
    },
    /// The converter's pin is on a supply.
    AnalogOnSupply {
        /// The pin.
        pin: String,
        /// The supply's voltage.
        volts: Volts,
    },
    /// No way leads from the sensor's output to the converter's pin.
    AnalogOpen {
        /// The pin.
        pin: String,
    },
    /// The sensor's output is on a pin without converter.
    ConverterAbsent {
        /// The pin.
        pin: String,
    },
    /// The sensor's output is on the second converter of an ESP32-C3.
    ConverterSecond {
        /// The pin.
        pin: String,
    },
    /// No capacitor sits at the sensor.
    DecouplingMissing,
    /// A bare ESP8266 pin gets the sensor's whole voltage.
    DividerMissing,
    /// The sensor's ground lead reaches nothing.
    GroundLeadOpen,
    /// The sensor's output is on ground.
    OutputOnGround,
    /// The sensor's output is on a supply.
    OutputOnSupply {
        /// The supply's voltage.
        volts: Volts,
    },
    /// The pin gets more than it takes.
    OverVoltage {
        /// The pin.
        pin: String,
        /// What it gets.
        volts: Volts,
        /// What it takes.
        volts_max: Volts,
    },
    /// A part that is not simulated touches the sensor's signal.
    PartIgnored {
        /// Id of the part.
        id: String,
        /// Its type.
        part_type: String,
    },
    /// The sensor's +VS and GND are swapped.
    Reversed,
    /// Resistors outside the board change what reaches the converter.
    ScaledOutside {
        /// What reaches the converter at 25 °C.
        volts: Volts,
        /// What the board alone would let through.
        expected: Volts,
    },
    /// There is no sensor.
    SensorAbsent,
    /// There is more than one sensor.
    SensorsSeveral {
        /// How many there are.
        count: usize,
        /// Id of the one that counts.
        used: String,
    },
    /// Two supplies, or a supply and ground, are one net.
    Short {
        /// One voltage.
        first: Volts,
        /// The other.
        second: Volts,
    },
    /// The sensor's +VS and VOUT leads are swapped.
    SupplyAndOutputSwapped,
    /// The sensor runs from the 5 V pin, which it may.
    SupplyFiveVolts,
    /// The sensor's +VS lead reaches nothing.
    SupplyLeadOpen,
    /// The sensor's supply is outside 2.7 V to 5.5 V.
    SupplyOutOfRange {
        /// The supply's voltage.
        volts: Volts,
    },
    /// Both supply leads of the sensor are at one voltage.
    SupplyZero,
}

impl Problem {
    /// Returns a short name that never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AnalogOnGround { .. } => "analog-on-ground",
            Self::AnalogOnSupply { .. } => "analog-on-supply",
            Self::AnalogOpen { .. } => "analog-open",
            Self::ConverterAbsent { .. } => "converter-absent",
            Self::ConverterSecond { .. } => "converter-second",
            Self::DecouplingMissing => "decoupling-missing",
            Self::DividerMissing => "divider-missing",
            Self::GroundLeadOpen => "ground-lead-open",
            Self::OutputOnGround => "output-on-ground",
            Self::OutputOnSupply { .. } => "output-on-supply",
            Self::OverVoltage { .. } => "over-voltage",
            Self::PartIgnored { .. } => "part-ignored",
            Self::Reversed => "reversed",
            Self::ScaledOutside { .. } => "scaled-outside",
            Self::SensorAbsent => "sensor-absent",
            Self::SensorsSeveral { .. } => "sensors-several",
            Self::Short { .. } => "short",
            Self::SupplyAndOutputSwapped => "supply-and-output-swapped",
            Self::SupplyFiveVolts => "supply-five-volts",
            Self::SupplyLeadOpen => "supply-lead-open",
            Self::SupplyOutOfRange { .. } => "supply-out-of-range",
            Self::SupplyZero => "supply-zero",
        }
    }

    /// Returns how bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::DecouplingMissing
            | Self::PartIgnored { .. }
            | Self::ScaledOutside { .. }
            | Self::SensorsSeveral { .. }
            | Self::SupplyFiveVolts => Severity::Note,
            Self::AnalogOnGround { .. }
            | Self::AnalogOnSupply { .. }
            | Self::AnalogOpen { .. }
            | Self::ConverterAbsent { .. }
            | Self::ConverterSecond { .. }
            | Self::DividerMissing
            | Self::GroundLeadOpen
            | Self::OutputOnGround
            | Self::OutputOnSupply { .. }
            | Self::SensorAbsent
            | Self::SupplyAndOutputSwapped
            | Self::SupplyLeadOpen
            | Self::SupplyZero => Severity::Wrong,
            // TMP36 data sheet table 2: 7 V is the absolute maximum of the supply.
            Self::SupplyOutOfRange { volts } if volts.0 <= 7.0 => Severity::Wrong,
            Self::OverVoltage { .. }
            | Self::Reversed
            | Self::Short { .. }
            | Self::SupplyOutOfRange { .. } => Severity::Damage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_supply_above_the_absolute_maximum_damages() {
        let severity = |volts| {
            Problem::SupplyOutOfRange {
                volts: Volts(volts),
            }
            .severity()
        };
        assert_eq!(severity(2.0), Severity::Wrong);
        assert_eq!(severity(6.0), Severity::Wrong);
        assert_eq!(severity(9.0), Severity::Damage);
    }
}
