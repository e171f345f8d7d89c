//! Reads the node's own parameters.
//!
//! Owns `x-nodelab.node`; the limits are node-core's. Does not know the world around the node.

use node_core::{
    BackoffConfig, Conversion, DropPolicy, Duration, Filter, MilliCelsius, OVERSAMPLE_MAX,
    PayloadFormat, QUEUE_CAPACITY_MAX, Qos, QueueConfig, ReportConfig, SamplingConfig, Text,
    WifiConfig, WifiPolicy,
};
use nodelab_sim::{Celsius, SimSpan};

use crate::diagnostic::Problems;
use crate::scenario::fields::{
    Fields, boolean, bounded, choice, milli_celsius, show_celsius, text, whole,
};
use crate::scenario::quantity::{DURATION, TEMPERATURE, show_duration};
use crate::scenario::reference::{BACKOFF, NODE, PUBLISH, QUEUE};
use crate::scenario::settings::{Calibrate, CoreChoice, NodeSettings, Publish, StepMax, Template};
use crate::scenario::tree::{Kind, Node};

/// Shortest time that a timeout or a pause may be set to.
const TIMEOUT_MIN: (&str, SimSpan) = ("1 ms", SimSpan::from_millis(1));
/// Longest time that a timeout may be set to.
const TIMEOUT_MAX: (&str, SimSpan) = ("1 h", SimSpan::from_secs(3_600));
/// Nodes of a world that may run on emulated cores.
const EMULATED_MAX: u32 = 1_000;
/// The TMP36's specified range (data sheet, table 1).
const SENSOR_RANGE: [(&str, Celsius); 2] = [("-40 °C", Celsius(-40.0)), ("125 °C", Celsius(125.0))];

/// Reads the parameters of each of `nodes` nodes.
pub(crate) fn read(node: &Node, nodes: u32, problems: &mut Problems) -> Option<NodeSettings> {
    let fields = Fields::open(node, &NODE, problems)?;
    let base = WifiConfig::default();
    let wifi = WifiConfig {
        backoff: fields
            .read("backoff", problems, backoff)
            .unwrap_or(base.backoff),
        join_timeout: fields
            .read("join-timeout", problems, timeout)
            .unwrap_or(base.join_timeout),
        policy: fields.read("radio", problems, radio).unwrap_or(base.policy),
    };
    Some(NodeSettings {
        sampling: sampling(&fields, problems),
        conversion: fields
            .read("conversion", problems, conversion)
            .unwrap_or_default(),
        step_max: fields
            .read("step-max", problems, step_max)
            .unwrap_or_default(),
        calibrate: fields
            .read("calibrate", problems, calibrate)
            .unwrap_or_default(),
        core: fields
            .read("core", problems, |node, problems| {
                core(node, nodes, problems)
            })
            .unwrap_or_default(),
        queue: fields.read("queue", problems, queue).unwrap_or_default(),
        wifi,
        publish: fields
            .find("publish")
            .filter(|node| node.text() != Some("off"))
            .and_then(|node| publish(node, nodes, problems)),
        watchdog: fields.read("watchdog", problems, |node, problems| {
            bounded(node, (&DURATION, [TIMEOUT_MIN, TIMEOUT_MAX]), problems)
        }),
    })
}

fn sampling(fields: &Fields<'_>, problems: &mut Problems) -> SamplingConfig {
    let base = SamplingConfig::default();
    let bounds = [
        ("100 ms", SimSpan::from_millis(100)),
        ("7 d", SimSpan::from_secs(7 * 86_400)),
    ];
    let oversample = fields.read("oversample", problems, |node, problems| {
        whole(node, [1, OVERSAMPLE_MAX as u64], problems)
    });
    let sampling = SamplingConfig {
        filter: fields
            .read("filter", problems, filter)
            .unwrap_or(base.filter),
        interval: fields
            .read("sample-interval", problems, |node, problems| {
                bounded(node, (&DURATION, bounds), problems).map(local)
            })
            .unwrap_or(base.interval),
        oversample: oversample
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or(base.oversample),
        response_timeout: base.response_timeout,
    };
    let longest = sampling
        .response_timeout
        .times(u64::from(sampling.oversample));
    if sampling.interval <= longest
        && let Some(node) = fields.find("sample-interval").or(fields.find("oversample"))
    {
        let longest = show_duration(SimSpan::from_micros(longest.as_micros()));
        let error = problems
            .file()
            .error(
                node.span,
                format!("{} conversions may take {longest}", sampling.oversample),
            )
            .expected(format!("expected a sample interval above {longest}"))
            .advice("make `sample-interval` longer or `oversample` smaller");
        problems.report(error);
    }
    sampling
}

fn filter(node: &Node, problems: &mut Problems) -> Option<Filter> {
    choice(
        node,
        &[("mean", Filter::Mean), ("median", Filter::Median)],
        problems,
    )
}

fn conversion(node: &Node, problems: &mut Problems) -> Option<Conversion> {
    let options = [
        ("datasheet", Conversion::Datasheet),
        ("tenth-of-code", Conversion::TenthOfCode),
    ];
    choice(node, &options, problems)
}

fn core(node: &Node, nodes: u32, problems: &mut Problems) -> Option<CoreChoice> {
    let elsewhere = match node.text() {
        Some("lx106" | "esp8266") => Some((
            "the ESP8266's core cannot run inside a world",
            "QEMU runs it, with what nodes were told in a run: `nodelab run FILE --trace \
             node.trace`, then `cargo xtask parity --trace node.trace --core lx106`",
        )),
        Some("esp32c3" | "riscv32") => Some((
            "a core has the name of its instruction set",
            "the ESP32-C3's is `riscv32imc`",
        )),
        _ => None,
    };
    if let Some((title, advice)) = elsewhere {
        let error = problems
            .file()
            .error(node.span, title)
            .expected("expected `native` or `riscv32imc`")
            .advice(advice);
        problems.report(error);
        return None;
    }
    let options = [
        ("native", CoreChoice::Native),
        ("riscv32imc", CoreChoice::Riscv32imc),
    ];
    let chosen = choice(node, &options, problems)?;
    if chosen == CoreChoice::Riscv32imc && nodes > EMULATED_MAX {
        let error = problems
            .file()
            .error(node.span, format!("{nodes} emulated cores"))
            .expected(format!(
                "expected {EMULATED_MAX} nodes at most on emulated cores"
            ))
            .advice(
                "an emulated core takes some 240 KB and computes a hundred times slower; all \
                 nodes run the same code, so try a few: results do not depend on the core",
            );
        problems.report(error);
        return None;
    }
    Some(chosen)
}

fn radio(node: &Node, problems: &mut Problems) -> Option<WifiPolicy> {
    let options = [
        ("stay", WifiPolicy::Stay),
        ("leave-when-idle", WifiPolicy::LeaveWhenIdle),
    ];
    choice(node, &options, problems)
}

fn step_max(node: &Node, problems: &mut Problems) -> Option<StepMax> {
    if node.text() == Some("off") {
        return Some(StepMax::Off);
    }
    let bounds = [("0 °C", Celsius(0.0)), ("200 °C", Celsius(200.0))];
    let limit = bounded(node, (&TEMPERATURE, bounds), problems)?;
    Some(StepMax::Limit(milli_celsius(limit)))
}

fn calibrate(node: &Node, problems: &mut Problems) -> Option<Calibrate> {
    if node.text() == Some("off") {
        return Some(Calibrate::Off);
    }
    let Kind::Sequence(points) = &node.kind else {
        return point(node, problems).map(Calibrate::OnePoint);
    };
    let [first, second] = points.as_slice() else {
        let error = problems
            .file()
            .error(node.span, format!("{} calibration points", points.len()))
            .expected("expected one temperature, or a list of two, such as `[0 °C, 50 °C]`");
        problems.report(error);
        return None;
    };
    let (a, b) = (point(first, problems)?, point(second, problems)?);
    if a == b {
        let shown = show_celsius(Celsius(f64::from(a.0) / 1_000.0));
        let error = problems
            .file()
            .error(second.span, format!("both calibration points are {shown}"))
            .expected("expected another temperature than the first")
            .advice("two points must differ to tell gain from offset; for one write it alone");
        problems.report(error);
        return None;
    }
    Some(Calibrate::TwoPoint(a, b))
}

fn point(node: &Node, problems: &mut Problems) -> Option<MilliCelsius> {
    bounded(node, (&TEMPERATURE, SENSOR_RANGE), problems).map(milli_celsius)
}

fn queue(node: &Node, problems: &mut Problems) -> Option<QueueConfig> {
    let fields = Fields::open(node, &QUEUE, problems)?;
    let base = QueueConfig::default();
    let options = [
        ("oldest", DropPolicy::Oldest),
        ("newest", DropPolicy::Newest),
    ];
    let capacity = fields.read("capacity", problems, |node, problems| {
        whole(node, [1, QUEUE_CAPACITY_MAX as u64], problems)
    });
    Some(QueueConfig {
        capacity: capacity
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or(base.capacity),
        drop: fields
            .read("drop", problems, |node, problems| {
                choice(node, &options, problems)
            })
            .unwrap_or(base.drop),
    })
}

fn backoff(node: &Node, problems: &mut Problems) -> Option<BackoffConfig> {
    let fields = Fields::open(node, &BACKOFF, problems)?;
    let default = BackoffConfig::default();
    let base = fields
        .read("base", problems, timeout)
        .unwrap_or(default.base);
    let day = ("1 d", SimSpan::from_secs(86_400));
    let cap = fields.read("cap", problems, |node, problems| {
        bounded(node, (&DURATION, [TIMEOUT_MIN, day]), problems).map(local)
    });
    let config = BackoffConfig {
        base,
        cap: cap.unwrap_or(default.cap),
    };
    if config.base > config.cap
        && let Some(node) = fields.find("cap").or(fields.find("base"))
    {
        let error = problems
            .file()
            .error(node.span, "the back-off's base is above its cap")
            .expected("expected `base` to be `cap` at most");
        problems.report(error);
    }
    Some(config)
}

fn publish(node: &Node, nodes: u32, problems: &mut Problems) -> Option<Publish> {
    let fields = Fields::open(node, &PUBLISH, problems)?;
    let base = ReportConfig::default();
    let report = ReportConfig {
        clean_session: fields
            .read("clean-session", problems, boolean)
            .unwrap_or_default(),
        commands: fields
            .read("commands", problems, boolean)
            .unwrap_or_default(),
        format: fields
            .read("format", problems, format)
            .unwrap_or(base.format),
        keep_alive_s: fields
            .read("keep-alive", problems, keep_alive)
            .unwrap_or(base.keep_alive_s),
        password: fields
            .read("password", problems, credential)
            .unwrap_or_default(),
        qos: fields.read("qos", problems, qos).unwrap_or(base.qos),
        response_timeout: fields
            .read("response-timeout", problems, timeout)
            .unwrap_or(base.response_timeout),
        status: fields.read("status", problems, boolean).unwrap_or_default(),
        username: fields
            .read("username", problems, credential)
            .unwrap_or_default(),
        ..base
    };
    if let (Some(node), None) = (fields.find("password"), fields.find("username")) {
        let error = problems
            .file()
            .error(node.span, "a password without a user name")
            .expected("expected `username` beside it (MQTT 3.1.1 §3.1.2.9)");
        problems.report(error);
    }
    let client_id = fields
        .read("client-id", problems, |node, problems| {
            template::<48>(node, nodes, problems)
        })
        .unwrap_or_else(|| Template("node-{node}".to_owned()));
    let topic = fields
        .read("topic", problems, |node, problems| {
            topic(node, nodes, problems)
        })
        .unwrap_or_else(|| match report.format {
            PayloadFormat::Losant => Template(format!("losant/{}/state", client_id.0)),
            PayloadFormat::HomeAssistant
            | PayloadFormat::Json
            | PayloadFormat::Plain
            | PayloadFormat::SenMl => Template("nodelab/{node}/temperature".to_owned()),
        });
    Some(Publish {
        client_id,
        topic,
        report,
    })
}

fn format(node: &Node, problems: &mut Problems) -> Option<PayloadFormat> {
    let options = [
        ("plain", PayloadFormat::Plain),
        ("json", PayloadFormat::Json),
        ("losant", PayloadFormat::Losant),
        ("senml", PayloadFormat::SenMl),
        ("home-assistant", PayloadFormat::HomeAssistant),
    ];
    choice(node, &options, problems)
}

fn qos(node: &Node, problems: &mut Problems) -> Option<Qos> {
    choice(
        node,
        &[("0", Qos::AtMostOnce), ("1", Qos::AtLeastOnce)],
        problems,
    )
}

fn keep_alive(node: &Node, problems: &mut Problems) -> Option<u16> {
    let most = u64::from(u16::MAX);
    let bounds = [
        ("0 s", SimSpan::ZERO),
        ("65535 s", SimSpan::from_secs(most)),
    ];
    let span = bounded(node, (&DURATION, bounds), problems)?;
    if !span.as_nanos().is_multiple_of(1_000_000_000) {
        let error = problems
            .file()
            .error(node.span, "a keep-alive with a fraction of a second")
            .expected("expected whole seconds (MQTT 3.1.1 §3.1.2.10)");
        problems.report(error);
    }
    u16::try_from(span.as_nanos() / 1_000_000_000).ok()
}

fn timeout(node: &Node, problems: &mut Problems) -> Option<Duration> {
    bounded(node, (&DURATION, [TIMEOUT_MIN, TIMEOUT_MAX]), problems).map(local)
}

fn credential<const N: usize>(node: &Node, problems: &mut Problems) -> Option<Text<N>> {
    Text::new(&text(node, N, problems)?).ok()
}

/// Reads text in which each node may put its number, checked for the longest one.
fn template<const N: usize>(node: &Node, nodes: u32, problems: &mut Problems) -> Option<Template> {
    let template = Template(text(node, N + "{node}".len() * N, problems)?);
    let longest = template.expand(nodes.saturating_sub(1)).len();
    if longest > N {
        let error = problems
            .file()
            .error(node.span, format!("this text has {longest} bytes"))
            .expected(format!(
                "expected {N} bytes at most, with the longest node number in it"
            ));
        problems.report(error);
        return None;
    }
    Some(template)
}

fn topic(node: &Node, nodes: u32, problems: &mut Problems) -> Option<Template> {
    let topic = template::<80>(node, nodes, problems)?;
    if topic.0.contains(['+', '#']) {
        let error = problems
            .file()
            .error(
                node.span,
                "a topic to publish to cannot hold the wildcards `+` and `#`",
            )
            .expected("expected a plain topic (MQTT 3.1.1 §4.7.1)")
            .advice("for one topic per node write `{node}`, such as `room/{node}/temperature`");
        problems.report(error);
        return None;
    }
    Some(topic)
}

/// Returns a span of true time as the span that a node is configured with, in microseconds.
fn local(span: SimSpan) -> Duration {
    Duration::from_micros(span.as_micros())
}
