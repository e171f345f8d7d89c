//! Goal: every key of the reference is read, and means what it says.
//!
//! Method: one scenario that writes every key, its values compared one by one; files on disk
//! for the limits.

use std::fs;
use std::path::{Path, PathBuf};

use node_core::mqtt::ConnectRefusal;
use node_core::sensor::SensorFault;
use node_core::{
    Attenuation, Conversion, DropPolicy, Duration, Filter, MilliCelsius, PayloadFormat, Qos,
    UnixTime, WifiPolicy,
};
use nodelab::diagnostic::{Colour, render_all};
use nodelab::scenario::quantity::{MetresPerSecond, Ppm, SignedSpan};
use nodelab::scenario::reference::SECTIONS;
use nodelab::scenario::{
    Air, Calibrate, Claim, FaultKind, Grade, Never, NodeSet, PowerSettings, Range, Scenario, Sdk,
    SensorBreakage, StepCommand, StepMax, Temperature, WifiPreset, load, parse,
};
use nodelab_sim::power::{BoardExtras, Charge, CpuClock, Energy, Millivolts, PowerSave};
use nodelab_sim::{Celsius, SimSpan, Volts};

const FULL: &str = include_str!("scenarios/full.yaml");

fn full() -> Scenario {
    match parse(FULL, "scenarios/full.yaml") {
        Ok((scenario, warnings)) => {
            assert!(
                warnings.is_empty(),
                "{}",
                render_all(&warnings, Colour::Plain)
            );
            scenario
        }
        Err(found) => panic!("{}", render_all(&found, Colour::Plain)),
    }
}

/// Reads an `x-nodelab` block of one line.
fn block(block: &str) -> Scenario {
    let text = format!("name: a\nversion: 1\nx-nodelab: {block}\nsteps: []\n");
    match parse(&text, "a.yaml") {
        Ok((scenario, _)) => scenario,
        Err(found) => panic!("{}", render_all(&found, Colour::Plain)),
    }
}

fn range<T: Copy + PartialOrd>(low: T, high: T) -> Range<T> {
    Range::new(low, high).expect("the ends are in order")
}

#[test]
fn every_key_of_the_reference_is_documented_and_written_in_some_test() {
    let tests = [FULL, include_str!("scenario_grammar.rs")].concat();
    for section in SECTIONS {
        for key in section.keys {
            let name = key.name;
            assert!(
                tests.contains(&format!("{name}:")),
                "{} {name}",
                section.name
            );
            assert!(key.about.ends_with('.'), "{} {name}", section.name);
        }
    }
}

#[test]
fn the_run_is_read() {
    let x = full().extension;
    assert_eq!(
        x.diagram.unwrap().path,
        Path::new("scenarios/../boards/nodemcu/diagram.json")
    );
    assert_eq!(x.duration, SimSpan::from_secs(7_200));
    assert_eq!(x.start, Some(UnixTime::from_millis(1_767_225_600_000)));
    assert_eq!((x.seed, x.seeds, x.ideal, x.nodes), (7, 64, true, 1_000));
    assert_eq!(x.boot, range(SimSpan::ZERO, SimSpan::from_secs(60)));
    assert_eq!(x.supply, Some(Range::only(Volts(3.3))));
}

#[test]
fn the_node_is_read() {
    let node = full().extension.node;
    assert_eq!(node.sampling.interval, Duration::from_secs(60));
    assert_eq!(
        (node.sampling.oversample, node.sampling.filter),
        (4, Filter::Median)
    );
    assert_eq!(node.conversion, Conversion::TenthOfCode);
    assert_eq!(node.step_max, StepMax::Limit(MilliCelsius(2_500)));
    assert_eq!(
        node.calibrate,
        Calibrate::TwoPoint(MilliCelsius(0), MilliCelsius(50_000))
    );
    assert_eq!(
        (node.queue.capacity, node.queue.drop),
        (16, DropPolicy::Newest)
    );
    assert_eq!(node.wifi.policy, WifiPolicy::LeaveWhenIdle);
    assert_eq!(node.wifi.join_timeout, Duration::from_secs(20));
    assert_eq!(node.wifi.backoff.base, Duration::from_secs(2));
    assert_eq!(node.wifi.backoff.cap, Duration::from_secs(90));
    let publish = node.publish.unwrap();
    let report = publish.report(999);
    assert_eq!(report.topic.as_str(), "room/999/temperature");
    assert_eq!(report.client_id.as_str(), "esp-999");
    assert_eq!(
        (report.qos, report.format),
        (Qos::AtMostOnce, PayloadFormat::SenMl)
    );
    assert_eq!(
        (report.username.as_str(), report.password.as_str()),
        ("me", "secret")
    );
    assert_eq!(report.keep_alive_s, 30);
    assert!(report.clean_session && report.commands && report.status);
    assert_eq!(report.response_timeout, Duration::from_millis(2_500));
}

#[test]
fn the_world_is_read() {
    let x = full().extension;
    assert_eq!(
        (x.sensor.grade, x.sensor.air),
        (Grade::F, Air::Moving(MetresPerSecond(0.5)))
    );
    assert_eq!((x.adc.sdk, x.adc.misconfigured), (Sdk::Clamp1023, true));
    assert_eq!(x.adc.attenuation, Attenuation::Db2p5);
    assert_eq!(x.clock.drift, Some(range(Ppm(-50), Ppm(50))));
    assert_eq!(
        x.clock.offset,
        Some(Range::only(SignedSpan(-5_000_000_000)))
    );
    let diurnal = Temperature::Diurnal {
        mean: Range::only(Celsius(22.0)),
        swing: range(Celsius(3.0), Celsius(5.0)),
        peak: SimSpan::from_secs(14 * 3_600),
    };
    assert_eq!(x.temperature, diurnal);
    assert_eq!(
        (x.wifi.preset, x.wifi.password_wrong),
        (WifiPreset::FlakyAp, true)
    );
    assert_eq!(x.wifi.loss, Some(range(Ppm(20_000), Ppm(150_000))));
    assert_eq!(
        x.wifi.join,
        Some(range(SimSpan::from_secs(3), SimSpan::from_secs(5)))
    );
    assert_eq!(
        x.wifi.latency,
        Some(range(SimSpan::from_millis(2), SimSpan::from_millis(8)))
    );
    let power = PowerSettings {
        capacity: Some(Charge(9_000_000_000_000_000_000)),
        self_discharge: Ppm(20_000),
        usable: Ppm(800_000),
        board: Some(BoardExtras::Lolin),
        supply: Some(Millivolts(4_500)),
        clock: CpuClock::Mhz160,
        power_save: PowerSave::None,
    };
    assert_eq!(x.power, Some(power));
    assert_eq!(x.broker.latency, Some(Range::only(SimSpan::from_millis(5))));
    assert_eq!(x.broker.sessions_max, Some(10));
    assert_eq!(x.broker.refuse, Some(ConnectRefusal::NotAuthorized));
    let credentials = x.broker.credentials.unwrap();
    assert_eq!(
        (credentials.username, credentials.password),
        ("u".into(), "p".into())
    );
}

#[test]
fn every_course_of_the_temperature_is_read() {
    let course = |text: &str| {
        block(&format!("{{ environment: {{ temperature: {text} }} }}"))
            .extension
            .temperature
    };
    let (cold, warm) = (Range::only(Celsius(20.0)), Range::only(Celsius(30.0)));
    let hour = Range::only(SimSpan::from_secs(3_600));
    assert_eq!(course("20 °C"), Temperature::Constant(cold));
    assert_eq!(
        course("{ constant: 20..30 °C }"),
        Temperature::Constant(range(Celsius(20.0), Celsius(30.0)))
    );
    let step = Temperature::Step {
        from: cold,
        to: warm,
        at: hour,
    };
    assert_eq!(
        course("{ step: { from: 20 °C, to: 30 °C, at: 1 h } }"),
        step
    );
    let start = Range::only(SimSpan::ZERO);
    let ramp = Temperature::Ramp {
        from: cold,
        to: warm,
        start,
        lasting: hour,
    };
    assert_eq!(
        course("{ ramp: { from: 20 °C, to: 30 °C, for: 60min } }"),
        ramp
    );
    let walk = Temperature::RandomWalk {
        start: cold,
        sigma: Range::only(Celsius(0.5)),
        low: Celsius(10.0),
        high: Celsius(125.0),
    };
    assert_eq!(
        course("{ random-walk: { start: 20 °C, sigma: 0.5 °C, low: 10 °C } }"),
        walk
    );
    let Temperature::Trace(file) = course("{ trace: day.csv }") else {
        panic!("no trace");
    };
    assert_eq!((file.path, file.place.line), (PathBuf::from("day.csv"), 3));
}

#[test]
fn every_fault_is_read() {
    let faults = full().extension.faults;
    let seconds = |s| Range::only(SimSpan::from_secs(s));
    let kinds: Vec<FaultKind> = faults.iter().map(|fault| fault.kind).collect();
    let lasting = range(SimSpan::from_secs(300), SimSpan::from_secs(1_200));
    let expected = [
        FaultKind::AccessPointDown { lasting },
        FaultKind::BrokerDown {
            keep_sessions: false,
            lasting: seconds(60),
        },
        FaultKind::LinkLoss {
            loss: Range::only(Ppm(500_000)),
            lasting: seconds(60),
        },
        FaultKind::PowerCut {
            lasting: seconds(10),
        },
        FaultKind::Reset,
        FaultKind::Reset,
        FaultKind::ClockJump {
            by: Range::only(SignedSpan(-5_000_000_000)),
        },
        FaultKind::ClockDrift {
            drift: Range::only(Ppm(200)),
            lasting: Some(seconds(60)),
        },
        FaultKind::Sensor {
            fault: SensorBreakage::Stuck,
            lasting: None,
        },
    ];
    assert_eq!(kinds, expected);
    assert_eq!(faults[0].nodes, NodeSet::All);
    assert_eq!(faults[3].nodes, NodeSet::Some(vec![3]));
    assert_eq!(faults[4].nodes, NodeSet::Some(vec![1, 2]));
    assert_eq!(
        faults[0].at,
        range(SimSpan::from_secs(2_400), SimSpan::from_secs(2_460))
    );
    assert_eq!(
        faults[0].healed_at_latest(),
        SimSpan::from_secs(2_460 + 1_200)
    );
    let line = FULL
        .lines()
        .position(|line| line.contains("access-point-down"))
        .unwrap()
        + 1;
    assert_eq!(faults[0].place.line, line);
}

#[test]
fn every_claim_is_read() {
    let claims: Vec<Claim> = full()
        .extension
        .expect
        .into_iter()
        .map(|one| one.claim)
        .collect();
    let minutes = |n: u64| SimSpan::from_secs(n * 60);
    let expected = [
        Claim::ErrorAtMost(Celsius(2.0)),
        Claim::ReadingsLost(0),
        Claim::ConvergesWithin(minutes(10)),
        Claim::PublishedAtLeast(100),
        Claim::Serial("Degrees Celsius".to_owned()),
        Claim::QueueAtMost(10),
        Claim::Never(Never::ReadingDropped),
        Claim::Never(Never::Serial("panic".to_owned())),
        Claim::SensorFault(SensorFault::ImpossibleStep),
        Claim::ReadingBetween(range(Celsius(-5.0), Celsius(40.0))),
        Claim::EnergyPerReadingAtMost(Energy(200_000_000_000_000_000)),
        Claim::BatteryLifeAtLeast(SimSpan::from_secs(180 * 86_400)),
    ];
    assert_eq!(claims, expected);
    let acked = block("{ node: { publish: {} }, expect: [{ acked-within: 20s }] }");
    assert_eq!(
        acked.extension.expect[0].claim,
        Claim::AckedWithin(SimSpan::from_secs(20))
    );
}

#[test]
fn nothing_given_means_the_documented_defaults() {
    let x = block("").extension;
    assert_eq!(x.duration, SimSpan::from_secs(30));
    assert_eq!((x.seed, x.seeds, x.nodes, x.ideal), (1, 1, 1, false));
    assert_eq!(
        x.temperature,
        Temperature::Constant(Range::only(Celsius(22.0)))
    );
    assert_eq!(x.node.step_max, StepMax::Limit(MilliCelsius(20_000)));
    assert_eq!(x.node.publish, None);
    assert_eq!(x.power, None);
    let power = block("{ power: {} }").extension.power;
    assert_eq!(power, Some(PowerSettings::default()));
    assert_eq!(power.unwrap().battery(), None);
    let publish = block("{ node: { publish: {} } }")
        .extension
        .node
        .publish
        .unwrap();
    assert_eq!(publish.report(3).topic.as_str(), "nodelab/3/temperature");
    let losant = block("{ node: { publish: { format: losant, client-id: dev } } }");
    let report = losant.extension.node.publish.unwrap().report(0);
    assert_eq!(report.topic.as_str(), "losant/dev/state");
    let off = block("{ node: { publish: off, step-max: off, calibrate: off } }")
        .extension
        .node;
    assert_eq!(
        (off.publish, off.step_max, off.calibrate),
        (None, StepMax::Off, Calibrate::Off)
    );
}

#[test]
fn steps_keep_their_lines_and_names() {
    let steps = full().steps;
    assert_eq!(steps.len(), 11);
    assert_eq!(steps[0].name.as_deref(), Some("booted"));
    assert_eq!(
        steps[1].command,
        StepCommand::Delay(SimSpan::from_millis(1_500))
    );
    assert_eq!(steps[4].command, StepCommand::WriteSerial(b"hi\n".to_vec()));
    let line = FULL
        .lines()
        .position(|line| line.contains("delay: 1.5 s"))
        .unwrap()
        + 1;
    assert_eq!(steps[1].place.line, line);
}

#[test]
fn the_same_file_passes_strict_mode() {
    let strict = nodelab::scenario::strict_validate(FULL).unwrap();
    let commands: Vec<StepCommand> = strict
        .steps
        .into_iter()
        .map(|step| step.command.unwrap())
        .collect();
    let read: Vec<StepCommand> = full().steps.into_iter().map(|step| step.command).collect();
    assert_eq!(commands, read);
}

#[test]
fn files_that_cannot_be_scenarios_are_refused_early() {
    let folder = std::env::temp_dir().join(format!("nodelab-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let message = |path: &Path| load(path).unwrap_err()[0].message().to_owned();
    let long = folder.join("long.yaml");
    // 100 MB of holes: refused by its length, without being read.
    fs::File::create(&long)
        .unwrap()
        .set_len(100_000_000)
        .unwrap();
    assert_eq!(message(&long), "longer than 1024 KiB");
    let binary = folder.join("binary.yaml");
    fs::write(&binary, b"name: a\nversion: \xff\n").unwrap();
    assert_eq!(
        message(&binary),
        "not UTF-8 text: byte 17, on line 2, belongs to no character"
    );
    assert!(message(&folder.join("absent.yaml")).starts_with("cannot be read"));
    assert!(message(&folder).starts_with("cannot be read"));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_hostile_number_of_mistakes_is_told_soon() {
    let text = format!(
        "name: a\nversion: 1\nsteps:\n{}",
        "- wait-seriall: x\n".repeat(20_000)
    );
    let found = parse(&text, "f").unwrap_err();
    let last = found.last().unwrap().message();
    assert_eq!(last, "20000 errors, of which the first are shown");
}
