//! What a hand does to a world while it runs.
//!
//! Owns what can be done and when. Misfortunes are faults; these are not.

use crate::id::NodeId;
use crate::time::SimTime;
use crate::units::Celsius;

/// Something that a hand does.
#[derive(Clone, Debug, PartialEq)]
pub enum Intervention {
    /// Holds the air at every sensor at this temperature from then on, whatever the weather.
    HoldTemperature(Celsius),
    /// Types these bytes at a node's serial port.
    TypeSerial {
        /// The node.
        node: NodeId,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// An intervention with its time.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledIntervention {
    /// When it happens.
    pub at: SimTime,
    /// What it is.
    pub what: Intervention,
}
