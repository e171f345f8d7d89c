//! Reads the world around the node: sensor, converter, clock, weather and broker.
//!
//! Owns those blocks of `x-nodelab`. Does not know the physics behind them.

use node_core::Attenuation;
use node_core::mqtt::ConnectRefusal;
use nodelab_sim::{Celsius, SimSpan};

use crate::diagnostic::Problems;
use crate::scenario::extension::{TEXT_MAX, file};
use crate::scenario::fields::{Fields, bounded, bounded_range, choice, range, small, text};
use crate::scenario::quantity::{
    DEVIATION, DURATION, MetresPerSecond, Ppm, SIGNED_DURATION, SPEED, TEMPERATURE,
};
use crate::scenario::range::Range;
use crate::scenario::reference::{
    ADC, AIR, BROKER, CLOCK, DIURNAL, ENVIRONMENT, RAMP, RANDOM_WALK, SENSOR, STEP,
    TEMPERATURE as COURSE,
};
use crate::scenario::settings::{
    AdcSettings, Air, BrokerSettings, ClockSettings, Credentials, Grade, Sdk, SensorSettings,
    Temperature,
};
use crate::scenario::tree::{Kind, Node};

/// Temperatures that a room may have: a wide margin around what the sensor survives.
pub(crate) const ROOM: [(&str, Celsius); 2] =
    [("-100 °C", Celsius(-100.0)), ("200 °C", Celsius(200.0))];
/// Differences of temperature.
const SPREAD: [(&str, Celsius); 2] = [("0 °C", Celsius(0.0)), ("200 °C", Celsius(200.0))];
/// Rates of a clock that still is one.
pub(crate) const DRIFT: [(&str, Ppm); 2] = [("-10 %", Ppm(-100_000)), ("10 %", Ppm(100_000))];

/// Reads `sensor`.
pub(crate) fn sensor(node: &Node, problems: &mut Problems) -> Option<SensorSettings> {
    let fields = Fields::open(node, &SENSOR, problems)?;
    let grades = [("F", Grade::F), ("G", Grade::G)];
    Some(SensorSettings {
        grade: fields
            .read("grade", problems, |node, problems| {
                choice(node, &grades, problems)
            })
            .unwrap_or_default(),
        air: fields.read("air", problems, air).unwrap_or_default(),
    })
}

/// Reads `adc`.
pub(crate) fn adc(node: &Node, problems: &mut Problems) -> Option<AdcSettings> {
    let fields = Fields::open(node, &ADC, problems)?;
    let sdks = [
        ("none", Sdk::None),
        ("clamp-1024", Sdk::Clamp1024),
        ("clamp-1023", Sdk::Clamp1023),
    ];
    let flags = [("true", true), ("false", false)];
    let attenuations = [
        ("0dB", Attenuation::Db0),
        ("2.5dB", Attenuation::Db2p5),
        ("6dB", Attenuation::Db6),
        ("11dB", Attenuation::Db11),
    ];
    Some(AdcSettings {
        sdk: fields
            .read("sdk", problems, |node, problems| {
                choice(node, &sdks, problems)
            })
            .unwrap_or_default(),
        misconfigured: fields
            .read("misconfigured", problems, |node, problems| {
                choice(node, &flags, problems)
            })
            .unwrap_or_default(),
        attenuation: fields
            .read("attenuation", problems, |node, problems| {
                choice(node, &attenuations, problems)
            })
            .unwrap_or_default(),
    })
}

/// Reads `clock`.
pub(crate) fn clock(node: &Node, problems: &mut Problems) -> Option<ClockSettings> {
    let fields = Fields::open(node, &CLOCK, problems)?;
    Some(ClockSettings {
        drift: fields.read("drift", problems, |node, problems| {
            bounded_range(node, (&DEVIATION, DRIFT), problems)
        }),
        offset: fields.read("offset", problems, |node, problems| {
            range(node, &SIGNED_DURATION, problems)
        }),
    })
}

/// Reads `environment`.
pub(crate) fn environment(node: &Node, problems: &mut Problems) -> Option<Temperature> {
    let fields = Fields::open(node, &ENVIRONMENT, problems)?;
    fields.require("temperature", problems, temperature)
}

/// Reads `broker`.
pub(crate) fn broker(node: &Node, problems: &mut Problems) -> Option<BrokerSettings> {
    const SESSIONS_MAX: u32 = 1_000_000;
    let fields = Fields::open(node, &BROKER, problems)?;
    let refusals = [
        ("bad-credentials", ConnectRefusal::BadCredentials),
        ("identifier-rejected", ConnectRefusal::IdentifierRejected),
        ("not-authorized", ConnectRefusal::NotAuthorized),
        ("protocol-version", ConnectRefusal::ProtocolVersion),
        ("server-unavailable", ConnectRefusal::ServerUnavailable),
    ];
    let words = |node: &Node, problems: &mut Problems| text(node, TEXT_MAX, problems);
    let username = fields.read("username", problems, words);
    let password = fields.read("password", problems, words);
    if let (Some(node), None) = (fields.find("password"), fields.find("username")) {
        let error = problems
            .file()
            .error(node.span, "the broker demands a password but no user name")
            .expected("expected `username` beside it (MQTT 3.1.1 §3.1.2.9)");
        problems.report(error);
    }
    Some(BrokerSettings {
        latency: fields.read("latency", problems, span),
        sessions_max: fields.read("max-sessions", problems, |node, problems| {
            small(node, [1, SESSIONS_MAX], problems)
        }),
        refuse: fields.read("refuse", problems, |node, problems| {
            choice(node, &refusals, problems)
        }),
        credentials: username.map(|username| Credentials {
            username,
            password: password.unwrap_or_default(),
        }),
    })
}

fn air(node: &Node, problems: &mut Problems) -> Option<Air> {
    if let Kind::Scalar(_) = node.kind {
        return choice(node, &[("still", Air::Still), ("oil", Air::Oil)], problems);
    }
    let fields = Fields::open(node, &AIR, problems)?;
    let bounds = [
        ("0 m/s", MetresPerSecond(0.0)),
        ("50 m/s", MetresPerSecond(50.0)),
    ];
    let speed = fields.require("moving", problems, |node, problems| {
        bounded(node, (&SPEED, bounds), problems)
    })?;
    Some(Air::Moving(speed))
}

fn temperature(node: &Node, problems: &mut Problems) -> Option<Temperature> {
    let Kind::Mapping(entries) = &node.kind else {
        return room(node, problems).map(Temperature::Constant);
    };
    let fields = Fields::open(node, &COURSE, problems)?;
    if entries.len() != 1 {
        let error = problems
            .file()
            .error(
                node.span,
                format!("{} courses of the temperature", entries.len()),
            )
            .expected(format!("expected one of: {}", COURSE.names().join(", ")));
        problems.report(error);
        return None;
    }
    let (key, value) = fields.pairs().next()?;
    match key.text()? {
        "constant" => room(value, problems).map(Temperature::Constant),
        "diurnal" => diurnal(value, problems),
        "ramp" => ramp(value, problems),
        "random-walk" => random_walk(value, problems),
        "step" => step(value, problems),
        "trace" => file(value, problems).map(Temperature::Trace),
        _ => None,
    }
}

fn diurnal(node: &Node, problems: &mut Problems) -> Option<Temperature> {
    const PEAK: SimSpan = SimSpan::from_secs(15 * 3_600);
    let fields = Fields::open(node, &DIURNAL, problems)?;
    let mean = fields.require("mean", problems, room);
    let swing = fields.require("swing", problems, spread);
    let day = [("0 s", SimSpan::ZERO), ("24 h", SimSpan::from_secs(86_400))];
    let peak = fields.read("peak", problems, |node, problems| {
        bounded(node, (&DURATION, day), problems)
    });
    let (mean, swing) = (mean?, swing?);
    Some(Temperature::Diurnal {
        mean,
        swing,
        peak: peak.unwrap_or(PEAK),
    })
}

fn ramp(node: &Node, problems: &mut Problems) -> Option<Temperature> {
    let fields = Fields::open(node, &RAMP, problems)?;
    let from = fields.require("from", problems, room);
    let to = fields.require("to", problems, room);
    let start = fields.read("start", problems, span);
    let lasting = fields.require("for", problems, span);
    let (from, to, lasting) = (from?, to?, lasting?);
    let start = start.unwrap_or(Range::only(SimSpan::ZERO));
    Some(Temperature::Ramp {
        from,
        to,
        start,
        lasting,
    })
}

fn random_walk(node: &Node, problems: &mut Problems) -> Option<Temperature> {
    let fields = Fields::open(node, &RANDOM_WALK, problems)?;
    let single =
        |node: &Node, problems: &mut Problems| bounded(node, (&TEMPERATURE, ROOM), problems);
    let start = fields.require("start", problems, room);
    let sigma = fields.require("sigma", problems, spread);
    let low = fields
        .read("low", problems, single)
        .unwrap_or(Celsius(-40.0));
    let high = fields
        .read("high", problems, single)
        .unwrap_or(Celsius(125.0));
    let (start, sigma) = (start?, sigma?);
    if !(low < high && low <= start.low() && start.high() <= high) {
        let error = problems
            .file()
            .error(node.span, "the walk does not begin between its bounds")
            .expected("expected `low` < `high`, and `start` between them");
        problems.report(error);
    }
    Some(Temperature::RandomWalk {
        start,
        sigma,
        low,
        high,
    })
}

fn step(node: &Node, problems: &mut Problems) -> Option<Temperature> {
    let fields = Fields::open(node, &STEP, problems)?;
    let from = fields.require("from", problems, room);
    let to = fields.require("to", problems, room);
    let at = fields.require("at", problems, span);
    let (from, to, at) = (from?, to?, at?);
    Some(Temperature::Step { from, to, at })
}

fn room(node: &Node, problems: &mut Problems) -> Option<Range<Celsius>> {
    bounded_range(node, (&TEMPERATURE, ROOM), problems)
}

fn spread(node: &Node, problems: &mut Problems) -> Option<Range<Celsius>> {
    bounded_range(node, (&TEMPERATURE, SPREAD), problems)
}

fn span(node: &Node, problems: &mut Problems) -> Option<Range<SimSpan>> {
    range(node, &DURATION, problems)
}
