//! What can be typed after `nodelab live`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use node_core::PayloadFormat;

use super::report;
use crate::action::{Format, LiveAction, LiveReport, TextOrJson};
use crate::live::{Broker, Order, Profile, SecretSource};
use crate::report::Target;
use crate::scenario::quantity;

pub(super) const HELP: &str = "\
Sensor, wiring and converter are simulated; the node's code, its console, the network, TLS and the
broker are real, and so is the time. Every reading waits in its node until the broker acknowledges
it. ^C stops sampling, empties the queues and says what became of every reading.

Passwords and keys come from files or the environment, never from arguments: those everybody on
the machine can read. Certificates are always checked.

Profiles, and what each wants:
  plain           any broker; JSON to nodelab/{node}/temperature
  aws             AWS IoT Core: --cert and --key; on port 443 with ALPN
  azure           Azure IoT Hub: --device, and --sas-key-file or --cert and --key
  hivemq          HiveMQ Cloud: --user and a password
  home-assistant  discovery and availability, each retained
  losant          Losant: --device, the access key as --user, the access secret as password;
                  at most one reading in 520 ms

{node} in --device, --topic, --user and in paths stands for a node's number, {device} for its
identifier.

Exit codes:
  0  the broker acknowledged every reading
  1  readings were dropped, or waited in vain
  2  nodelab itself failed (a bug)
  3  the input is not valid

Examples:
  nodelab live --broker mqtt://localhost
  nodelab live scenarios/first-reading.test.yaml --broker mqtts://broker.lan --ca ca.pem --nodes 5
  nodelab live --broker mqtts://broker.losant.com --profile losant --device 5f1e0c2a9d3b4e0007a1b2c3
      --user ACCESS_KEY --password-file secret.txt --interval 10s
  nodelab live --broker mqtts://ID-ats.iot.eu-west-1.amazonaws.com:443 --profile aws --nodes 3
      --device thing-{node} --cert {device}.pem --key {device}.key
  nodelab live --broker mqtts://HUB.azure-devices.net --profile azure --device node-0
      --sas-key-file node-0.key
  nodelab live --broker mqtts://ID.s1.eu.hivemq.cloud --profile hivemq --user me
      --password-file secret.txt --readings 10
  NODELAB_PASSWORD=… nodelab live --broker mqtt://homeassistant.local --profile home-assistant
      --user mqtt --for 1h";

/// `nodelab live`.
#[derive(Args, Debug)]
pub(super) struct LiveArgs {
    /// What the nodes are: board, wiring, sensor, weather, queue, interval. Its network, faults,
    /// steps and claims do not apply [default: a NodeMCU with a TMP36 in a room].
    scenario: Option<PathBuf>,
    /// The broker: mqtts://HOST[:PORT] with TLS, mqtt://HOST[:PORT] without.
    #[arg(long, value_name = "URL")]
    broker: String,
    /// What kind of broker it is.
    #[arg(long, value_enum, default_value_t = ProfileName::Plain)]
    profile: ProfileName,
    /// PEM file of the authorities to trust [default: those that this machine trusts].
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// PEM file of the client's certificate, and of those between it and the authority.
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
    /// PEM file of the client's private key.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// User name.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// File with the password on one line [default: the variable NODELAB_PASSWORD, if set].
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// File with a device's key for Azure, in base64 [default: the variable NODELAB_SAS_KEY].
    #[arg(long, value_name = "FILE")]
    sas_key_file: Option<PathBuf>,
    /// Protocol to name in TLS (ALPN) [default: what the profile needs].
    #[arg(long, value_name = "NAME")]
    alpn: Option<String>,
    /// Identifier towards the broker: one with {node} in it, or one for each node
    /// [default: the scenario's, or nodelab-{node}].
    #[arg(long, value_name = "ID")]
    device: Vec<String>,
    /// Topic of the readings [default: the profile's, or the scenario's].
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// What a payload looks like [default: the profile's, or the scenario's].
    #[arg(long, value_enum)]
    payload: Option<PayloadName>,
    /// Number of nodes, up to 1000 [default: the scenario's].
    #[arg(long, value_name = "N")]
    nodes: Option<u32>,
    /// Time between readings, such as 1s [default: the scenario's, or 60s].
    #[arg(long, value_name = "TIME", value_parser = time)]
    interval: Option<Duration>,
    /// Stop after this time, such as 10min [default: never].
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    lasting: Option<Duration>,
    /// Stop each node after so many readings [default: never].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    readings: Option<u32>,
    /// How long queues may be emptied at the end.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time)]
    grace: Duration,
    /// Which boards to draw [default: the scenario's first seed].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Do not show the nodes' consoles.
    #[arg(long, short)]
    quiet: bool,
    /// text or json, each to a file with `=FILE`; `-` is standard output. May be repeated.
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = text_or_json)]
    report: Vec<LiveReport>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileName {
    Aws,
    Azure,
    Hivemq,
    HomeAssistant,
    Losant,
    Plain,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PayloadName {
    HomeAssistant,
    Json,
    Losant,
    Plain,
    Senml,
}

/// Returns what is asked for, or what is wrong with it. What may hold a password is not repeated,
/// which is why clap does not judge it.
pub(super) fn action(args: LiveArgs) -> Result<LiveAction, String> {
    let broker = args.broker.parse::<Broker>();
    let broker = broker.map_err(|error| format!("error: --broker: {error}\n"))?;
    let mut reports = args.report;
    if reports.is_empty() {
        reports.push(LiveReport {
            format: TextOrJson::Text,
            target: Target::Stdout,
        });
    }
    let base = Order::new(broker);
    Ok(LiveAction {
        order: Order {
            alpn: args.alpn,
            ca: args.ca,
            certificate: args.cert,
            devices: args.device,
            format: args.payload.map(payload),
            grace: args.grace,
            interval: args.interval,
            key: args.key,
            lasting: args.lasting,
            nodes: args.nodes,
            password: args.password_file.map_or(base.password, SecretSource::File),
            profile: profile(args.profile),
            readings: args.readings,
            sas_key: args.sas_key_file.map_or(base.sas_key, SecretSource::File),
            scenario: args.scenario,
            seed: args.seed,
            topic: args.topic,
            user: args.user,
            broker: base.broker,
        },
        reports,
        serial: !args.quiet,
    })
}

const fn profile(name: ProfileName) -> Profile {
    match name {
        ProfileName::Aws => Profile::Aws,
        ProfileName::Azure => Profile::Azure,
        ProfileName::Hivemq => Profile::HiveMq,
        ProfileName::HomeAssistant => Profile::HomeAssistant,
        ProfileName::Losant => Profile::Losant,
        ProfileName::Plain => Profile::Plain,
    }
}

const fn payload(name: PayloadName) -> PayloadFormat {
    match name {
        PayloadName::HomeAssistant => PayloadFormat::HomeAssistant,
        PayloadName::Json => PayloadFormat::Json,
        PayloadName::Losant => PayloadFormat::Losant,
        PayloadName::Plain => PayloadFormat::Plain,
        PayloadName::Senml => PayloadFormat::SenMl,
    }
}

fn time(text: &str) -> Result<Duration, String> {
    quantity::duration(text)
        .map(|span| Duration::from_nanos(span.as_nanos()))
        .map_err(|_| format!("\"{text}\" is no time; expected one such as 500ms, 10s or 2h"))
}

fn text_or_json(text: &str) -> Result<LiveReport, String> {
    let report = report(text)?;
    let format = match report.format {
        Format::Json => TextOrJson::Json,
        Format::Text => TextOrJson::Text,
        Format::Github | Format::Html | Format::Junit => {
            return Err("expected text or json".to_owned());
        }
    };
    let target = report.target;
    Ok(LiveReport { format, target })
}
