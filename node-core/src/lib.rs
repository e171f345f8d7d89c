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

mod config;
mod effect;
mod input;
pub mod mqtt;
pub mod payload;
mod rng;
pub mod sensor;
mod text;
mod time;
mod units;

pub use config::{
    Attenuation, BackoffConfig, Calibration, Config, ConfigError, Conversion, DropPolicy, Filter,
    INTERVAL_MAX, INTERVAL_MIN, OVERSAMPLE_MAX, PayloadFormat, QUEUE_CAPACITY_MAX, Qos,
    QueueConfig, ReportConfig, SamplingConfig, Scale, SensorConfig, WifiConfig, WifiPolicy,
};
pub use effect::{Command, DropReason, Effect, Event, Reading};
pub use input::{CloseReason, Input, LinkLoss};
pub use rng::Rng;
pub use text::{Text, TextTooLong, Writer, div_round};
pub use time::{Duration, Instant, UnixTime};
pub use units::{AdcCode, Microvolts, MilliCelsius};
