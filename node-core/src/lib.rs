//! The brain of a Wi-Fi temperature sensor node, shared by simulator and firmware.
#![no_std]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::std_instead_of_core
    )
)]

#[cfg(test)]
extern crate std;

mod backoff;
mod config;
mod connection;
mod console;
mod effect;
mod input;
pub mod mqtt;
mod node;
mod outbox;
pub mod payload;
mod publishing;
mod queue;
mod rng;
mod sampling;
pub mod sensor;
mod text;
mod time;
mod timer;
mod units;

pub use config::{
    Attenuation, BackoffConfig, Calibration, Config, ConfigError, Conversion, DropPolicy, Filter,
    INTERVAL_MAX, INTERVAL_MIN, OVERSAMPLE_MAX, PayloadFormat, QUEUE_CAPACITY_MAX, Qos,
    QueueConfig, ReportConfig, SamplingConfig, Scale, SensorConfig, WifiConfig, WifiPolicy,
};
pub use connection::Connection;
pub use effect::{Command, DropReason, Effect, Event, Reading};
pub use input::{CloseReason, Input, LinkLoss};
pub use node::{Node, State};
pub use rng::Rng;
pub use text::{Text, TextTooLong, Writer, div_round};
pub use time::{Duration, Instant, UnixTime};
pub use units::{AdcCode, Microvolts, MilliCelsius};
