//! What `node.toml` said when the firmware was built.
//!
//! Owns nothing: the build script writes the constants, checked.

use node_core::{
    Attenuation, Config, Duration, Filter, MilliCelsius, Scale, TextTooLong, WifiPolicy,
};
use portable::tls::Identity;

include!(concat!(env!("OUT_DIR"), "/settings.rs"));
