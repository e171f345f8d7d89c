//! What a user asks for, as it was typed.
//!
//! Owns no rule: a [`Plan`](crate::live::Plan) checks it.

use std::path::PathBuf;
use std::time::Duration;

use node_core::PayloadFormat;

use crate::live::broker::Broker;
use crate::live::profile::Profile;
use crate::secret::SecretSource;

/// Everything that `nodelab live` can be told. Paths may hold `{node}` and `{device}`, for a file
/// of each node.
#[derive(Clone, Debug)]
pub struct Order {
    /// Protocol to name in TLS.
    pub alpn: Option<String>,
    /// The broker.
    pub broker: Broker,
    /// File of the authorities to trust; `None` trusts those of the machine.
    pub ca: Option<PathBuf>,
    /// File of the client's certificate and those above it.
    pub certificate: Option<PathBuf>,
    /// Identifiers: one with `{node}` in it, or one for each node; none takes the profile's.
    pub devices: Vec<String>,
    /// What a payload looks like; `None` is the profile's.
    pub format: Option<PayloadFormat>,
    /// How long queues may be emptied at the end.
    pub grace: Duration,
    /// Time between readings; `None` is the scenario's.
    pub interval: Option<Duration>,
    /// File of the client's private key.
    pub key: Option<PathBuf>,
    /// When to stop; `None` never.
    pub lasting: Option<Duration>,
    /// Number of nodes; `None` is the scenario's.
    pub nodes: Option<u32>,
    /// Where the password is.
    pub password: SecretSource,
    /// What kind of broker it is.
    pub profile: Profile,
    /// Readings of each node; `None` is no limit.
    pub readings: Option<u32>,
    /// Where the key that signs tokens is.
    pub sas_key: SecretSource,
    /// The scenario that says what a node is; `None` is a `NodeMCU` in a room.
    pub scenario: Option<PathBuf>,
    /// Which boards to draw; `None` is the scenario's first.
    pub seed: Option<u64>,
    /// Topic of the readings; `None` is the profile's or the scenario's.
    pub topic: Option<String>,
    /// User name.
    pub user: Option<String>,
}

impl Order {
    /// Asks for as little as possible.
    #[must_use]
    pub fn new(broker: Broker) -> Self {
        Self {
            alpn: None,
            broker,
            ca: None,
            certificate: None,
            devices: Vec::new(),
            format: None,
            grace: Duration::from_secs(10),
            interval: None,
            key: None,
            lasting: None,
            nodes: None,
            password: SecretSource::Variable("NODELAB_PASSWORD"),
            profile: Profile::Plain,
            readings: None,
            sas_key: SecretSource::Variable("NODELAB_SAS_KEY"),
            scenario: None,
            seed: None,
            topic: None,
            user: None,
        }
    }
}
