//! What `node.toml` says, checked.

use node_core::{Attenuation, Config, MilliCelsius};

/// Everything the firmware is built with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    /// Where readings go; `None` for the console alone.
    pub broker: Option<Broker>,
    /// What corrects the converter.
    pub calibration: CalibrationSource,
    /// Which port the console is on.
    pub console: Console,
    /// What node-core is told; legal by its own check.
    pub node: Config,
    /// The GPIO of the sensor, 0 to 4.
    pub pin: u8,
    /// Who knows the time.
    pub time_server: Option<String>,
    /// The access point.
    pub wifi: Wifi,
}

/// The access point.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wifi {
    /// Its password, 8 to 63 characters; empty for an open network.
    pub password: String,
    /// Its name, at most 32 bytes.
    pub ssid: String,
}

/// Where readings go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Broker {
    /// A name or an IPv4 address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How it proves who it is; `None` sends everything in the clear.
    pub tls: Option<Tls>,
}

/// How the broker proves who it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tls {
    /// The authority's certificate, as DER.
    pub ca: Vec<u8>,
    /// SHA-256 of the broker's `SubjectPublicKeyInfo`.
    pub key_sha256: [u8; 32],
    /// Whether nobody is trusted while the time is unknown.
    pub needs_time: bool,
}

/// What corrects the converter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CalibrationSource {
    /// The factory's measurement, read from the chip at boot.
    Factory,
    /// These figures.
    Fixed {
        /// Correction of the gain, in parts per million.
        gain_ppm: i32,
        /// Added at the end.
        offset: MilliCelsius,
    },
}

/// Which port the console is on.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Console {
    /// UART0 on GPIO20 and GPIO21, 115 200 baud.
    #[default]
    Uart,
    /// The chip's own USB serial port.
    Usb,
}

impl Settings {
    /// Returns the attenuation of the sensor's input.
    #[must_use]
    pub const fn attenuation(&self) -> Attenuation {
        match self.node.sensor.scale {
            node_core::Scale::Esp32c3(attenuation) => attenuation,
            // The reader never sets another scale.
            node_core::Scale::BareEsp12 | node_core::Scale::NodeMcu => Attenuation::Db11,
        }
    }
}
