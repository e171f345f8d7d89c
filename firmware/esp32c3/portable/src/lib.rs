//! What the ESP32-C3 firmware needs and knows no chip.
//!
//! Owns whatever can be judged on a host: what a disconnect reason means, how the factory's
//! calibration becomes node-core's, the time protocol, the broker's key, and `node.toml`.
#![cfg_attr(not(any(test, feature = "settings")), no_std)]

mod calibration;
mod certificate;
mod loss;
#[cfg(feature = "settings")]
pub mod settings;
pub mod sntp;
#[cfg(feature = "tls")]
pub mod tls;

pub use calibration::factory_calibration;
pub use certificate::{KeyKind, public_key_info};
pub use loss::{Reason, link_loss};
