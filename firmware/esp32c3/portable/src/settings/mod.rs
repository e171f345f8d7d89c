//! `node.toml`: from the file to what the firmware is built with.
//!
//! Owns the format. Runs in the build script, so that a mistake stops the build and not the node.

mod document;
mod emit;
mod error;
mod model;
mod pem;
mod read;
mod values;

pub use emit::source;
pub use error::{Place, SettingsError};
pub use model::{Broker, CalibrationSource, Console, Settings, Tls, Wifi};
pub use read::{load, parse};
