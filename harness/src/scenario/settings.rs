//! The settings of the parts that a scenario is about.
//!
//! Owns their types and defaults. Parameters of the node are the node's own types; `None`
//! leaves a value to the simulator's model. Does not know YAML.

mod network;

use node_core::mqtt::ConnectRefusal;
use node_core::{
    Attenuation, Conversion, MilliCelsius, QueueConfig, ReportConfig, SamplingConfig, Text,
    WifiConfig,
};
use nodelab_sim::{Celsius, SimSpan};

use crate::scenario::model::FileReference;
use crate::scenario::quantity::{MetresPerSecond, Ppm, SignedSpan};
use crate::scenario::range::Range;

pub use network::{
    AirSettings, BurstSettings, DhcpSettings, DnsSettings, Network, ShadowingSettings,
    StationSettings,
};

/// The node's own parameters.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NodeSettings {
    /// When and how often to sample.
    pub sampling: SamplingConfig,
    /// From code to temperature.
    pub conversion: Conversion,
    /// Largest believable change between readings.
    pub step_max: StepMax,
    /// How each board is calibrated before the run.
    pub calibrate: Calibrate,
    /// What the firmware runs on.
    pub core: CoreChoice,
    /// How unsent readings wait.
    pub queue: QueueConfig,
    /// How to keep the link.
    pub wifi: WifiConfig,
    /// Where readings go; `None` is the console alone.
    pub publish: Option<Publish>,
    /// How long the processor may compute before it is restarted; `None` has no watchdog.
    pub watchdog: Option<SimSpan>,
}

/// What the firmware of each node runs on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CoreChoice {
    /// The processor that nodelab itself runs on.
    #[default]
    Native,
    /// An emulated RV32IMC, the ESP32-C3's instruction set.
    Riscv32imc,
}

/// Largest believable change between two readings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StepMax {
    /// Changes above this are faults.
    Limit(MilliCelsius),
    /// Every change is believed.
    Off,
}

/// Calibration against a reference thermometer, per board, before the run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Calibrate {
    /// At one temperature: corrects the offset.
    OnePoint(MilliCelsius),
    /// None.
    #[default]
    Off,
    /// At two temperatures: corrects gain and offset.
    TwoPoint(MilliCelsius, MilliCelsius),
}

/// Where readings go, and as what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Publish {
    /// Identifier towards the broker.
    pub client_id: Template,
    /// Topic of the readings.
    pub topic: Template,
    /// Everything else; its identifier and topic are empty.
    pub report: ReportConfig,
}

/// Text with `{node}` where each node puts its number, from 0.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template(pub String);

/// The sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SensorSettings {
    /// Grade of accuracy.
    pub grade: Grade,
    /// What surrounds the package.
    pub air: Air,
}

/// Grade of accuracy (TMP36 data sheet, table 1).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Grade {
    /// F: ±2 °C at 25 °C, ±3 °C over range.
    F,
    /// G: ±3 °C at 25 °C, ±4 °C over range.
    #[default]
    G,
}

/// What surrounds the package, which decides how fast it follows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Air {
    /// Moving air.
    Moving(MetresPerSecond),
    /// A stirred oil bath.
    Oil,
    /// Still air.
    #[default]
    Still,
}

/// The converter.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AdcSettings {
    /// What the ESP8266's SDK does with the top code.
    pub sdk: Sdk,
    /// Set up to measure its own supply, so that every code is 65535.
    pub misconfigured: bool,
    /// Input attenuation of the ESP32-C3.
    pub attenuation: Attenuation,
}

/// What the ESP8266's SDK does with codes at the top.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sdk {
    /// Codes end at 1023.
    Clamp1023,
    /// Codes end at 1024.
    #[default]
    Clamp1024,
    /// Codes are what the arithmetic gives.
    None,
}

/// The node's clock, each value drawn per node.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ClockSettings {
    /// How much faster than true time; `None` is the simulator's spread of crystals.
    pub drift: Option<Range<Ppm>>,
    /// How far ahead of true time at boot; `None` is none.
    pub offset: Option<Range<SignedSpan>>,
}

/// How warm it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Temperature {
    /// Always the same.
    Constant(Range<Celsius>),
    /// A sine over the day.
    Diurnal {
        /// Middle.
        mean: Range<Celsius>,
        /// Largest distance from the middle.
        swing: Range<Celsius>,
        /// Warmest moment, after the run's midnight.
        peak: SimSpan,
    },
    /// A straight line between two temperatures.
    Ramp {
        /// Before.
        from: Range<Celsius>,
        /// After.
        to: Range<Celsius>,
        /// When it begins.
        start: Range<SimSpan>,
        /// How long it takes.
        lasting: Range<SimSpan>,
    },
    /// A random walk that is reflected at its bounds.
    RandomWalk {
        /// At the beginning.
        start: Range<Celsius>,
        /// Standard deviation of the change within one hour.
        sigma: Range<Celsius>,
        /// Lower bound.
        low: Celsius,
        /// Upper bound.
        high: Celsius,
    },
    /// A jump.
    Step {
        /// Before.
        from: Range<Celsius>,
        /// After.
        to: Range<Celsius>,
        /// When.
        at: Range<SimSpan>,
    },
    /// A recorded course: seconds and degrees Celsius in two CSV columns.
    Trace(FileReference),
}

/// The link: a preset, and what to change in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WifiSettings {
    /// Where to start from.
    pub preset: WifiPreset,
    /// What a real network has; a modelled one leaves it alone.
    pub air: AirSettings,
    /// Time of a join on a modelled network.
    pub join: Option<Range<SimSpan>>,
    /// Time of a frame on a modelled network, one way.
    pub latency: Option<Range<SimSpan>>,
    /// Share of the frames lost, retransmissions of the radio included.
    pub loss: Option<Range<Ppm>>,
    /// Whether the node's password is the access point's.
    pub password_wrong: bool,
}

/// A typical link.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum WifiPreset {
    /// Many stations on one channel.
    Crowded,
    /// At the edge of the range.
    Far,
    /// The access point forgets its stations now and then.
    FlakyAp,
    /// One room.
    #[default]
    Good,
    /// Interference.
    Lossy,
}

/// The broker.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BrokerSettings {
    /// Time until it answers; `None` is the simulator's.
    pub latency: Option<Range<SimSpan>>,
    /// Sessions at once; `None` is no limit.
    pub sessions_max: Option<u32>,
    /// Refuses every session for this reason.
    pub refuse: Option<ConnectRefusal>,
    /// User name and password that it demands.
    pub credentials: Option<Credentials>,
}

/// A user name and its password.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password; may be empty.
    pub password: String,
}

impl Template {
    /// Returns the text of one node.
    #[must_use]
    pub fn expand(&self, node: u32) -> String {
        self.0.replace("{node}", &node.to_string())
    }
}

impl Publish {
    /// Returns where the readings of one node go, ready for the node's configuration.
    ///
    /// # Panics
    ///
    /// When `node` is not below the scenario's number of nodes, and its texts are too long.
    #[must_use]
    pub fn report(&self, node: u32) -> ReportConfig {
        ReportConfig {
            client_id: text(&self.client_id, node),
            topic: text(&self.topic, node),
            ..self.report
        }
    }
}

impl Default for StepMax {
    fn default() -> Self {
        Self::Limit(MilliCelsius(20_000))
    }
}

impl Default for Temperature {
    fn default() -> Self {
        Self::Constant(Range::only(Celsius(22.0)))
    }
}

fn text<const N: usize>(template: &Template, node: u32) -> Text<N> {
    Text::new(&template.expand(node)).expect("reading the scenario checked the longest node number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_node_of_a_fleet_reports_under_its_own_name() {
        let publish = Publish {
            client_id: Template("node-{node}".to_owned()),
            topic: Template("hall/{node}/temperature".to_owned()),
            report: ReportConfig::default(),
        };
        let report = publish.report(17);
        assert_eq!(report.client_id.as_str(), "node-17");
        assert_eq!(report.topic.as_str(), "hall/17/temperature");
    }
}
