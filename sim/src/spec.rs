//! What a world is built from: everything drawn, nothing left open but the seed's own luck.

use std::sync::Arc;

use node_core::{Config, ReportConfig, Scale, Text, UnixTime};

use crate::analog::{Esp32c3AdcSpec, Esp8266AdcSpec, Tmp36Spec};
use crate::board::{BoardKind, Wiring};
use crate::broker::BrokerSpec;
use crate::emulator::Core;
use crate::environment::Profile;
use crate::fault::ScheduledFault;
use crate::intervention::ScheduledIntervention;
use crate::power::PowerSpec;
use crate::stack::{NetworkSpec, RealSpec, SecuritySpec};
use crate::time::SimSpan;
use crate::units::{Celsius, Volts};

/// A whole world.
#[derive(Clone, Debug)]
pub struct WorldSpec {
    /// The broker.
    pub broker: BrokerSpec,
    /// Civil time when the world begins; without it nodes never learn it.
    pub epoch: Option<UnixTime>,
    /// What will go wrong.
    pub faults: Vec<ScheduledFault>,
    /// What will be done by hand.
    pub interventions: Vec<ScheduledIntervention>,
    /// The link between nodes and broker.
    pub network: NetworkSpec,
    /// What each node is.
    pub node: NodeSpec,
    /// How many nodes there are, at least 1.
    pub nodes: u32,
    /// The network as frames and bytes; without it, it is modelled.
    pub real: Option<RealSpec>,
    /// What protects the streams; without it nothing does.
    pub security: Option<SecuritySpec>,
    /// Root of all random streams.
    pub seed: u64,
    /// The air's temperature.
    pub temperature: Profile,
}

/// What each node of the world is; what differs between them is drawn per node.
#[derive(Clone, Debug)]
pub struct NodeSpec {
    /// When it is switched on, drawn evenly between these.
    pub boot: (SimSpan, SimSpan),
    /// Temperatures of a reference at which each board is calibrated before the run: none, one
    /// (offset) or two (gain and offset).
    pub calibrate: Vec<Celsius>,
    /// Identifier towards the broker; `{node}` stands for the node's number.
    pub client_id: String,
    /// Error of its clock in parts per billion, drawn evenly between these.
    pub clock_drift_ppb: (i64, i64),
    /// What its clock shows at power-on, in microseconds, drawn evenly between these.
    pub clock_offset_us: (i64, i64),
    /// What its firmware is told. The scale is the board's; identifier and topic are those of
    /// this specification.
    pub config: Config,
    /// What its firmware runs on.
    pub core: Core,
    /// The converter, if the board is an ESP32-C3.
    pub esp32c3: Esp32c3AdcSpec,
    /// The converter, if the board is an ESP8266.
    pub esp8266: Esp8266AdcSpec,
    /// No spread between parts, and no noise.
    pub ideal: bool,
    /// What the board draws; without it nobody keeps books.
    pub power: Option<PowerSpec>,
    /// The sensor.
    pub sensor: Tmp36Spec,
    /// What the sensor is supplied with; `None` is what the board gives.
    pub supply: Option<Volts>,
    /// Topic of its readings; `{node}` stands for the node's number.
    pub topic: String,
    /// How long its processor may compute before it is restarted; `None` has no watchdog.
    pub watchdog: Option<SimSpan>,
    /// What is plugged where.
    pub wiring: Arc<Wiring>,
}

impl NodeSpec {
    /// Returns what the firmware of node `number` is told, its calibration left out.
    ///
    /// # Panics
    ///
    /// When identifier or topic are longer than node-core allows; a scenario checks them.
    #[must_use]
    pub fn config_of(&self, number: u32) -> Config {
        let mut config = self.config;
        config.sensor.scale = self.scale();
        config.report = config.report.map(|report| ReportConfig {
            client_id: filled(&self.client_id, number),
            topic: filled(&self.topic, number),
            ..report
        });
        config
    }

    /// Returns what firmware for this board takes a code to mean.
    ///
    /// Firmware for a NodeMCU on a bare module is a mistake of wiring, not of configuration:
    /// see [`Wiring`]; it is told the NodeMCU's scale, as whoever forgot the divider would.
    fn scale(&self) -> Scale {
        match self.wiring.board() {
            BoardKind::Esp12 => self.config.sensor.scale,
            BoardKind::Esp32C3 => Scale::Esp32c3(self.esp32c3.attenuation),
            BoardKind::NodeMcu => Scale::NodeMcu,
        }
    }
}

fn filled<const N: usize>(template: &str, number: u32) -> Text<N> {
    let text = template.replace("{node}", &number.to_string());
    Text::new(&text).expect("the scenario checked the longest identifier and topic")
}
