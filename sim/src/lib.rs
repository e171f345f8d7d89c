//! The simulated world around a sensor node, in virtual time.

pub mod adversary;
pub mod analog;
pub mod board;
pub mod broker;
pub mod capture;
mod check;
mod clock;
mod device;
mod digest;
pub mod environment;
mod event;
mod fault;
mod frontend;
mod id;
mod lives;
#[cfg(test)]
mod measure;
mod observe;
pub mod power;
mod queue;
pub mod radio;
mod rng;
mod span;
mod spec;
pub mod stack;
mod time;
mod units;
mod world;

pub use check::{Checkers, ProgressBound, Violation};
pub use clock::{Clock, DRIFT_PPB_MAX};
pub use digest::{Digest, DigestObserver};
pub use event::{Class, EventKey};
pub use fault::{Fault, ScheduledFault, Victims};
pub use frontend::Conversion;
pub use id::{ConnectionId, NodeId};
pub use lives::{LifeObserver, NodeLife};
pub use observe::{Observation, Observer, Unobserved};
pub use queue::EventQueue;
pub use rng::{EntityId, Purpose, Rng};
pub use span::SpanRange;
pub use spec::{NodeSpec, WorldSpec};
pub use time::{SimSpan, SimTime};
pub use units::{Celsius, Ohms, Volts};
pub use world::World;
