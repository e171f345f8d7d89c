//! Runs worlds, many at a time, and judges each.
//!
//! Owns the phases of a run. Does not know what a report looks like.
//!
//! ```text
//! steps and faults ──▶ the scenario's duration is over ──▶ everything is healed ──▶ verdict
//!      nothing wrong may happen                    everything must finish
//! ```

mod governor;
mod pool;
mod world;

pub use governor::{Act, Governor, Permit};
pub use pool::{Job, RunError, RunOptions, run_all};
pub use world::{Limits, WorldError, run_governed, run_recorded, run_strict, run_world};
