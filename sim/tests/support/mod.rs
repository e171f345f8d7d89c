//! What tests of whole worlds are built from.

use std::sync::Arc;

use node_core::{Config, ReportConfig, Text};
use nodelab_sim::analog::{Esp32c3AdcSpec, Esp8266AdcSpec, Tmp36Spec};
use nodelab_sim::board::{Diagram, Wiring};
use nodelab_sim::power::{BoardExtras, Chip, PowerSpec};
use nodelab_sim::{Celsius, NodeSpec, SimSpan};

/// Returns a node on the shipped board that publishes once a minute.
pub(crate) fn node() -> NodeSpec {
    let diagram = include_str!("../../../boards/nodemcu/diagram.json");
    let diagram = Diagram::from_json(diagram).expect("the shipped diagram is valid");
    let text = "placeholder";
    NodeSpec {
        boot: (SimSpan::from_secs(0), SimSpan::from_secs(20)),
        calibrate: vec![Celsius(20.0)],
        client_id: "node-{node}".to_owned(),
        clock_drift_ppb: (-15_000, 15_000),
        clock_offset_us: (0, 1_000_000),
        config: Config {
            report: Some(ReportConfig {
                client_id: Text::new(text).expect("it is short"),
                topic: Text::new(text).expect("it is short"),
                ..ReportConfig::default()
            }),
            ..Config::default()
        },
        core: nodelab_sim::Core::Native,
        esp32c3: Esp32c3AdcSpec::default(),
        esp8266: Esp8266AdcSpec::default(),
        ideal: false,
        power: Some(PowerSpec::new(Chip::Esp8266, BoardExtras::NodeMcu)),
        sensor: Tmp36Spec::default(),
        supply: None,
        topic: "room/{node}/temperature".to_owned(),
        watchdog: None,
        wiring: Arc::new(Wiring::new(&diagram).expect("its wiring is valid")),
    }
}
