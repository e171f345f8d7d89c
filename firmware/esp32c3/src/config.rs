//! What `node.toml` said when the firmware was built.
//!
//! Owns nothing: the build script writes the constants, checked.

use node_core::{
    Attenuation, Config, Duration, Filter, MilliCelsius, PayloadFormat, Qos, ReportConfig, Scale,
    Text, TextTooLong, WifiPolicy,
};
use portable::tls::{Dates, Identity, KeyPin};

include!(concat!(env!("OUT_DIR"), "/settings.rs"));
