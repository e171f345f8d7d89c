//! What is wrong with a wiring in words, and how to put it right.
//!
//! Owns the sentences. Does not know how bad a problem is.

use std::fmt::{self, Display, Formatter};

use super::problem::Problem;
use crate::units::Volts;

impl Problem {
    /// Returns what to do about it, as one sentence.
    #[must_use]
    pub fn fix(&self) -> String {
        match self {
            Self::AnalogOnGround { pin } | Self::AnalogOnSupply { pin, .. } => {
                format!("Move the wire of {pin} to the sensor's centre lead (VOUT).")
            }
            Self::AnalogOpen { pin } => {
                format!("Run a wire from the sensor's centre lead (VOUT) to {pin}.")
            }
            Self::ConverterAbsent { .. } => {
                "Move the wire to an analog pin: A0 on a NodeMCU, GPIO0 to GPIO4 on an ESP32-C3."
                    .to_owned()
            }
            Self::ConverterSecond { .. } => "Move the wire to GPIO0, 1, 2, 3 or 4.".to_owned(),
            Self::DecouplingMissing => {
                "Put 0.1 µF between +VS and GND, close to the sensor.".to_owned()
            }
            Self::DividerMissing => {
                "Put 220 kΩ between the sensor and the pin, and 100 kΩ from the pin to ground."
                    .to_owned()
            }
            Self::GroundLeadOpen => {
                "Connect the sensor's right lead (GND, flat side towards you) to GND.".to_owned()
            }
            Self::OutputOnGround | Self::OutputOnSupply { .. } => {
                "Give the centre lead a row of its own, with only the wire to the pin in it."
                    .to_owned()
            }
            Self::OverVoltage { pin, volts_max, .. } => format!(
                "Unplug it; put a divider in front of {pin} that leaves at most {:.1} V.",
                volts_max.0
            ),
            Self::PartIgnored { id, .. } => {
                format!("Take {id} off the signal, or expect another reading on a real board.")
            }
            Self::Reversed => {
                "Unplug it at once: it gets hot. Turn the sensor by 180 degrees.".to_owned()
            }
            Self::ScaledOutside { .. } => {
                "Remove the resistors, or set the node's scale to match them.".to_owned()
            }
            Self::SensorAbsent => {
                "Add a part { \"type\": \"chip-tmp36\", \"id\": \"tmp36\" } and wire it.".to_owned()
            }
            Self::SensorsSeveral { .. } => "Remove the others.".to_owned(),
            Self::Short { .. } => "Unplug it, and find the wire that joins the two.".to_owned(),
            Self::SupplyAndOutputSwapped => {
                "Swap the wires: left lead (+VS) to 3V3, centre lead (VOUT) to the pin.".to_owned()
            }
            Self::SupplyFiveVolts => "Nothing needs to change.".to_owned(),
            Self::SupplyLeadOpen => {
                "Connect the sensor's left lead (+VS, flat side towards you) to 3V3.".to_owned()
            }
            Self::SupplyOutOfRange { .. } => "Connect +VS to 3V3.".to_owned(),
            Self::SupplyZero => "Connect +VS to 3V3 and GND to GND.".to_owned(),
        }
    }

    /// Returns what is wrong, as one sentence.
    fn sentence(&self) -> String {
        match self {
            Self::AnalogOnGround { pin } => {
                format!("{pin} is on ground: it reads next to nothing.")
            }
            Self::AnalogOnSupply { pin, volts } => {
                format!(
                    "{pin} is on {}: it reads that, not the sensor.",
                    Rail(*volts)
                )
            }
            Self::AnalogOpen { pin } => format!("{pin} is not connected to the sensor's output."),
            Self::ConverterAbsent { pin } => {
                format!("The sensor's output is on {pin}, which cannot measure a voltage.")
            }
            Self::ConverterSecond { pin } => {
                format!("{pin} has a converter that is not calibrated, and fails on some chips.")
            }
            Self::DecouplingMissing => {
                "There is no capacitor at the sensor: radio noise can shift the reading.".to_owned()
            }
            Self::DividerMissing => {
                "The 1.0 V input has no divider in front: above 50 °C it reads its end.".to_owned()
            }
            Self::GroundLeadOpen => {
                "The sensor's GND lead is loose: its output drifts towards the supply.".to_owned()
            }
            Self::OutputOnGround => "The output is shorted to ground.".to_owned(),
            Self::OutputOnSupply { volts } => format!("The output is shorted to {}.", Rail(*volts)),
            Self::OverVoltage {
                pin,
                volts,
                volts_max,
            } => {
                let (volts, most) = (Rail(*volts), Rail(*volts_max));
                format!("{pin} gets {volts} and takes at most {most}: this can destroy the chip.")
            }
            Self::PartIgnored { id, part_type } => {
                format!("{id} ({part_type}) touches the signal and is not simulated.")
            }
            Self::Reversed => "The sensor is reversed: +VS and GND are swapped.".to_owned(),
            Self::ScaledOutside {
                volts: Volts(volts),
                expected: Volts(board),
            } => format!(
                "Resistors outside the board change the signal: {volts:.3} V in place of \
                 {board:.3} V reach the converter at 25 °C."
            ),
            Self::SensorAbsent => "There is no TMP36.".to_owned(),
            Self::SensorsSeveral { count, used } => {
                format!("There are {count} sensors; only {used} is read.")
            }
            Self::Short { first, second } => {
                let (first, second) = (Rail(*first), Rail(*second));
                format!("{first} and {second} are shorted: the board does not start.")
            }
            Self::SupplyAndOutputSwapped => "The +VS and VOUT leads are swapped.".to_owned(),
            Self::SupplyFiveVolts => {
                "The sensor runs from 5 V, which it may: it puts out less than 2.0 V.".to_owned()
            }
            Self::SupplyLeadOpen => "The +VS lead is loose: the sensor has no power.".to_owned(),
            Self::SupplyOutOfRange { volts } => {
                format!("The sensor gets {} and needs 2.7 V to 5.5 V.", Rail(*volts))
            }
            Self::SupplyZero => {
                "The +VS and GND leads are at one voltage: the sensor has no power.".to_owned()
            }
        }
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

/// How a supply is called in a sentence.
struct Rail(Volts);

impl Display for Rail {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.0 == 0.0 {
            f.write_str("ground")
        } else {
            write!(f, "{:.1} V", self.0.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_sentence_and_a_fix() {
        let pin = || "A0".to_owned();
        let volts = Volts(3.3);
        let all = [
            Problem::AnalogOnGround { pin: pin() },
            Problem::AnalogOnSupply { pin: pin(), volts },
            Problem::AnalogOpen { pin: pin() },
            Problem::ConverterAbsent {
                pin: "D1".to_owned(),
            },
            Problem::ConverterSecond {
                pin: "GPIO5".to_owned(),
            },
            Problem::DecouplingMissing,
            Problem::DividerMissing,
            Problem::GroundLeadOpen,
            Problem::OutputOnGround,
            Problem::OutputOnSupply { volts },
            Problem::OverVoltage {
                pin: pin(),
                volts,
                volts_max: Volts(1.0),
            },
            Problem::PartIgnored {
                id: "pot".to_owned(),
                part_type: "wokwi-potentiometer".to_owned(),
            },
            Problem::Reversed,
            Problem::ScaledOutside {
                volts: Volts(0.1),
                expected: Volts(0.25),
            },
            Problem::SensorAbsent,
            Problem::SensorsSeveral {
                count: 2,
                used: "tmp36".to_owned(),
            },
            Problem::Short {
                first: Volts(0.0),
                second: volts,
            },
            Problem::SupplyAndOutputSwapped,
            Problem::SupplyFiveVolts,
            Problem::SupplyLeadOpen,
            Problem::SupplyOutOfRange { volts: Volts(2.0) },
            Problem::SupplyZero,
        ];
        let lines: Vec<String> = all
            .iter()
            .map(|problem| {
                let (code, severity) = (problem.code(), problem.severity());
                format!("{code} ({severity:?})\n  {problem}\n  {}\n", problem.fix())
            })
            .collect();
        insta::assert_snapshot!(lines.concat());
    }
}
