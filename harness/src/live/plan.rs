//! From what a user asks for to nodes that can run: every rule is checked here, before the first
//! byte is sent.
//!
//! Owns what the parts of an order mean together, and the words when they do not fit. Does not
//! open a socket.

mod identity;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use node_core::{
    Config, Duration as NodeSpan, INTERVAL_MAX, INTERVAL_MIN, Qos, ReportConfig, Text,
};
use nodelab_sim::{NodeId, Workbench, WorldSpec};
use tokio_rustls::rustls::ClientConfig;

use crate::diagnostic::Diagnostic;
use crate::expand;
use crate::live::broker::{Broker, Protection};
use crate::live::order::Order;
use crate::live::profile::Rules;
use crate::live::trust::Trust;
use crate::prepare::{self, Complaints, Prepared};
use crate::scenario::Extension;

pub(super) use identity::Credential;
use identity::Identity;

/// Nodes at once: each holds a socket, and 1 024 open files are the usual limit.
const NODES_MAX: u32 = 1_000;
/// Longest time over which the nodes of a run are switched on, if no scenario says when.
const BOOT_SPREAD_MAX: Duration = Duration::from_secs(1);

/// A run that is legal.
#[derive(Debug)]
pub struct Plan {
    /// When it ends.
    pub limits: Limits,
    /// What the user should know beforehand: one line each.
    pub notes: Vec<String>,
    /// What is doubtful in the scenario.
    pub warnings: Vec<Diagnostic>,
    pub(super) broker: Broker,
    pub(super) nodes: Vec<NodePlan>,
    pub(super) pace: Option<Duration>,
}

/// When a run ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// How long queues may be emptied at the end.
    pub grace: Duration,
    /// When to stop; `None` never.
    pub lasting: Option<Duration>,
    /// Readings of each node; `None` is no limit.
    pub readings: Option<u32>,
}

/// One node.
#[derive(Debug)]
pub(super) struct NodePlan {
    pub(super) bench: Workbench,
    /// When it is switched on.
    pub(super) boot: Duration,
    pub(super) config: Config,
    pub(super) credential: Credential,
    pub(super) tls: Option<Arc<ClientConfig>>,
}

/// Why there is no plan.
#[derive(Debug)]
pub enum PlanError {
    /// The arguments do not fit together, or name what cannot be used: one line each.
    Arguments(Vec<String>),
    /// The scenario is not valid.
    Scenario(Box<Complaints>),
}

impl Plan {
    /// Checks an order, and reads everything that it names.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the scenario, or else with the arguments.
    pub fn new(order: &Order) -> Result<Self, PlanError> {
        let (prepared, warnings) = match &order.scenario {
            Some(path) => {
                let prepared = prepare::prepare(path);
                prepared.map_err(|complaints| PlanError::Scenario(Box::new(complaints)))?
            }
            None => (prepare::built_in(), Vec::new()),
        };
        let rules = order.profile.rules();
        let extension = &prepared.scenario.extension;
        let mut notes = scenario_notes(order, extension);
        let seed = order.seed.unwrap_or(extension.seed);
        let mut world = expand::draw(&prepared, seed);
        world.nodes = order.nodes.unwrap_or(match order.devices.len() {
            // Devices that are named one by one are as many as there are names.
            many @ 2.. => u32::try_from(many).unwrap_or(u32::MAX),
            _ => extension.nodes,
        });
        let mut errors = wishes(order, &rules);
        let base = base_config(order, &rules, &prepared, &mut world, &mut errors);
        if !(1..=NODES_MAX).contains(&world.nodes) {
            let many = world.nodes;
            errors.push(format!("{many} nodes; expected 1 to {NODES_MAX}"));
        }
        let trust = trust(order, &mut errors);
        if !errors.is_empty() {
            return Err(PlanError::Arguments(errors));
        }
        let identities =
            Identity::all(order, &rules, &prepared, world.nodes).map_err(PlanError::Arguments)?;
        notes.extend(readable(order, &identities));
        let mut plans = Vec::with_capacity(identities.len());
        for (number, identity) in (0..).zip(identities) {
            let at = boot(extension, &base, (number, world.nodes));
            match node_plan(
                (&world, base, at),
                number,
                identity,
                (order, trust.as_ref()),
            ) {
                Ok(plan) => plans.push(plan),
                Err(error) => return Err(PlanError::Arguments(vec![error])),
            }
        }
        Ok(Self {
            broker: order.broker.clone(),
            limits: Limits {
                grace: order.grace,
                lasting: order.lasting,
                readings: order.readings,
            },
            nodes: plans,
            notes,
            pace: rules.pace,
            warnings,
        })
    }

    /// Returns the broker's address.
    #[must_use]
    pub fn broker(&self) -> String {
        self.broker.to_string()
    }

    /// Returns how many nodes there are.
    #[must_use]
    pub const fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the time between readings.
    #[must_use]
    pub fn interval(&self) -> Duration {
        let first = self.nodes.first();
        first.map_or(Duration::ZERO, |node| {
            Duration::from_micros(node.config.sampling.interval.as_micros())
        })
    }
}

/// Says what of a scenario has no meaning here.
fn scenario_notes(order: &Order, extension: &Extension) -> Vec<String> {
    let Some(path) = &order.scenario else {
        return Vec::new();
    };
    let mut ignored = vec!["network", "clock", "steps", "claims"];
    if !extension.faults.is_empty() {
        ignored.insert(1, "faults");
    }
    let last = ignored.pop().unwrap_or_default();
    vec![format!(
        "of {}, board, wiring, sensor, weather and node apply; its {} and {last} do not: \
         network and time are this machine's",
        path.display(),
        ignored.join(", ")
    )]
}

/// Checks what the service wants that the order does not give.
fn wishes(order: &Order, rules: &Rules) -> Vec<String> {
    let mut errors = Vec::new();
    let (name, see) = (rules.name, rules.documentation);
    let plain = order.broker.protection == Protection::Plain;
    if rules.tls && plain {
        errors.push(format!(
            "profile {name} is reached by TLS alone; write mqtts://{} ({see})",
            order.broker.host
        ));
    }
    if plain && (order.ca.is_some() || order.certificate.is_some() || order.alpn.is_some()) {
        errors.push(
            "--ca, --cert and --alpn have no meaning over mqtt://, which nothing protects; \
             write mqtts://"
                .to_owned(),
        );
    }
    if order.certificate.is_some() != order.key.is_some() {
        errors.push("--cert and --key go together: a certificate, and its private key".to_owned());
    }
    if rules.device.is_none() && order.devices.is_empty() {
        errors.push(format!(
            "profile {name} knows its devices by their identifiers; give --device ID, once for \
             each node ({see})"
        ));
    }
    errors
}

/// Notes that names and passwords, wherever they come from, can be read on the way.
fn readable(order: &Order, identities: &[Identity]) -> Option<String> {
    let is_plain = order.broker.protection == Protection::Plain && !order.broker.is_loopback();
    let names_anybody = |identity: &Identity| !identity.username.as_str().is_empty();
    (is_plain && identities.iter().any(names_anybody)).then(|| {
        format!(
            "user name and password travel readable for everybody to {}; mqtts:// hides them",
            order.broker.host
        )
    })
}

/// Returns what is the same in every node.
fn base_config(
    order: &Order,
    rules: &Rules,
    prepared: &Prepared,
    world: &mut WorldSpec,
    errors: &mut Vec<String>,
) -> Config {
    let publish = prepared.scenario.extension.node.publish.as_ref();
    let theirs = publish.map(|publish| publish.report).unwrap_or_default();
    // A scenario that was written for the plain profile keeps its own choices.
    let own = publish.is_some() && rules.device.is_some();
    let report = ReportConfig {
        clean_session: rules.clean_session || theirs.clean_session,
        format: order.format.unwrap_or(if own && !rules.status {
            theirs.format
        } else {
            rules.format
        }),
        qos: Qos::AtLeastOnce,
        status: rules.status || (own && theirs.status),
        client_id: Text::EMPTY,
        // Secrets and names are each node's own; see `identity`.
        password: Text::EMPTY,
        topic: Text::EMPTY,
        username: Text::EMPTY,
        ..theirs
    };
    // What reports to nobody would not be a live run.
    world.node.config.report = None;
    let mut config = world.node.config;
    config.report = Some(report);
    if let Some(interval) = order.interval {
        let micros = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        config.sampling.interval = NodeSpan::from_micros(micros);
        world.node.config.sampling.interval = config.sampling.interval;
    }
    errors.extend(interval_error(&config, rules));
    config
}

/// Checks the time between readings against the node's limits and the service's.
fn interval_error(config: &Config, rules: &Rules) -> Option<String> {
    let sampling = &config.sampling;
    let interval = sampling.interval;
    if !(INTERVAL_MIN..=INTERVAL_MAX).contains(&interval) {
        let ms = interval.as_millis();
        return Some(format!("an interval of {ms} ms; expected 100ms to 7d"));
    }
    let longest = sampling
        .response_timeout
        .times(u64::from(sampling.oversample));
    if sampling.oversample > 1 && interval <= longest {
        return Some(format!(
            "an interval of {} ms; expected more than {} ms, which {} conversions may take",
            interval.as_millis(),
            longest.as_millis(),
            sampling.oversample
        ));
    }
    let (least, why) = rules.interval_min?;
    let interval = Duration::from_micros(interval.as_micros());
    (interval < least).then(|| {
        let (interval, least) = (interval.as_millis(), least.as_millis());
        let see = rules.documentation;
        format!("an interval of {interval} ms; expected {least} ms or more: {why} ({see})")
    })
}

fn trust(order: &Order, errors: &mut Vec<String>) -> Option<Trust> {
    if order.broker.protection == Protection::Plain {
        return None;
    }
    let trust = match &order.ca {
        Some(path) => Trust::of_file(path),
        None => Trust::of_host(),
    };
    trust.map_err(|error| errors.push(error)).ok()
}

/// Returns when a node is switched on: as the scenario says, or spread a little, since a room
/// full of nodes does not start in the same millisecond. `None` is drawn with the board.
fn boot(extension: &Extension, base: &Config, (number, nodes): (u32, u32)) -> Option<Duration> {
    if extension.boot.high().as_nanos() > 0 {
        return None;
    }
    let interval = Duration::from_micros(base.sampling.interval.as_micros());
    Some(interval.min(BOOT_SPREAD_MAX) * number / nodes.max(1))
}

fn node_plan(
    (world, base, boot): (&WorldSpec, Config, Option<Duration>),
    number: u32,
    identity: Identity,
    (order, trust): (&Order, Option<&Trust>),
) -> Result<NodePlan, String> {
    let bench = Workbench::new(world, NodeId(number));
    let mut config = base;
    config.sensor = bench.config().sensor;
    config.report = base.report.map(|report| ReportConfig {
        client_id: identity.client_id,
        topic: identity.topic,
        username: identity.username,
        ..report
    });
    if let Err(why) = config.check() {
        return Err(format!("node {number} cannot be configured: {why:?}"));
    }
    let paths: Option<(PathBuf, PathBuf)> = order
        .certificate
        .as_ref()
        .zip(order.key.as_ref())
        .map(|(chain, key)| (identity.fill(chain), identity.fill(key)));
    let files = paths
        .as_ref()
        .map(|(chain, key)| (chain.as_path(), key.as_path()));
    let alpn = order.alpn.as_deref().or(identity.alpn);
    let tls = trust.map(|trust| trust.settings(files, alpn)).transpose()?;
    let boot = boot.unwrap_or_else(|| Duration::from_nanos(bench.boot().as_nanos()));
    Ok(NodePlan {
        bench,
        boot,
        config,
        credential: identity.credential,
        tls,
    })
}
