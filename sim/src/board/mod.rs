//! What is plugged where, and what voltage reaches the converter.
//!
//! ```text
//! diagram.json ─► Diagram ─► Netlist ─► Wiring ─► Supply of the sensor
//!                 (reads)    (joins)    (judges)  Source at the converter's pin
//! ```

mod circuit;
mod diagnosis;
mod diagram;
mod divider;
mod error;
#[cfg(test)]
mod fixture;
mod kind;
mod netlist;
mod parts;
mod problem;
mod reader;
mod sentence;
mod signal;
mod supplies;
mod wiring;

pub use diagnosis::ROOM;
pub use diagram::{
    CONNECTIONS_MAX, Connection, Diagram, Endpoint, PARTS_MAX, Part, SERIAL_MONITOR, TEXT_BYTES_MAX,
};
pub use divider::{Divider, DividerSpec};
pub use error::{DiagramError, DiagramProblem, JsonPath, PROBLEMS_MAX, PathStep};
pub use kind::{BoardKind, PinRole};
pub use netlist::{Net, NetId, Netlist, Resistor};
pub use parts::{BreadboardSize, PartKind};
pub use problem::{Problem, Severity};
pub use wiring::Wiring;
