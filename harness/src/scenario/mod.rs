//! Scenario files: what happens, in which world, and what must hold.
//!
//! A scenario is a Wokwi automation scenario plus one `x-nodelab` block. [`load`] reads one and
//! tells everything that is wrong with it; [`strict_validate`] judges it as wokwi-cli does.
//!
//! ```text
//! text ─ compose ─► Tree ─┬─ file, steps, extension, … ─► Scenario ─ check ─► verdict
//!      (every span kept)  └─ wokwi ─► StrictScenario
//! ```
//!
//! Does not know how a scenario is run.

mod by_hand;
mod check;
mod civil;
mod claims;
mod compose;
mod emit;
mod extension;
mod faults;
mod fields;
mod file;
mod javascript;
mod model;
mod network_claims;
mod network_faults;
mod node;
mod power;
pub mod quantity;
mod range;
pub mod reference;
mod scalar;
mod settings;
mod step_command;
mod step_time;
mod steps;
mod tls;
mod tree;
mod wifi;
mod wokwi;
mod world;
mod yaml_error;

pub use by_hand::{ByHand, HANDS_MAX, Held, Typed};
pub use civil::unix_time;
pub use claims::CLAIMS_MAX;
pub use compose::{TreeError, TreeErrorKind, compose};
pub use emit::Value;
pub use extension::{
    DURATION_DEFAULT, DURATION_MAX, NODES_IN_WORLD_MAX, SEED_MAX, SEEDS_MAX, START_WITH_TLS,
};
pub use faults::FAULTS_MAX;
pub(crate) use fields::closest as nearest_name;
pub use file::{Loaded, diagnose, load, parse, read};
pub use model::{
    Claim, ControlValue, Expectation, Extension, Fault, FaultKind, FileReference, Never, NodeSet,
    PinValue, Place, Point, Scenario, SensorBreakage, Step, StepCommand,
};
pub(crate) use network_claims::{alert_name, failure_name};
pub use power::PowerSettings;
pub use range::{Range, RangeError};
pub use scalar::{Meaning, javascript_number};
pub use settings::{
    AdcSettings, Air, AirSettings, BrokerSettings, BurstSettings, Calibrate, ClockSettings,
    CoreChoice, Credentials, DhcpSettings, DnsSettings, Grade, Network, NodeSettings, Publish, Sdk,
    SensorSettings, ShadowingSettings, StationSettings, StepMax, Temperature, Template, WifiPreset,
    WifiSettings,
};
pub use step_time::parse_time;
pub use tls::{ClockSpeed, TlsKeys};
pub use tree::{
    ALIASES_MAX, BYTES_MAX, DEPTH_MAX, Entry, Kind, NODES_MAX, Node, Scalar, Segment, Tree,
    UnknownTag,
};
pub use wokwi::{COMMANDS, ErrorClass, StrictError, StrictScenario, StrictStep, strict_validate};
