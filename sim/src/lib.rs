//! The simulated world around a sensor node, in virtual time.

pub mod analog;
pub mod broker;
mod clock;
pub mod environment;
pub mod board;
mod event;
#[cfg(test)]
mod measure;
mod queue;
mod rng;
pub mod stack;
mod time;
mod units;

pub use clock::{Clock, DRIFT_PPB_MAX};
pub use event::{Class, EventKey, NodeId};
pub use queue::EventQueue;
pub use rng::{EntityId, Purpose, Rng};
pub use time::{SimSpan, SimTime};
pub use units::{Celsius, Ohms, Volts};
