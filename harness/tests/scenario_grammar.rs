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
use nodelab::scenario::quantity::{Metres, MetresPerSecond, Ppm, SignedSpan};
use nodelab::scenario::reference::SECTIONS;
use nodelab::scenario::{
    Air, BurstSettings, Calibrate, Claim, ClockSpeed, DhcpSettings, DnsSettings, Extension,
    FaultKind, Grade, Network, Never, NodeSet, PowerSettings, Range, Scenario, Sdk, SensorBreakage,
    ShadowingSettings, StationSettings, StepCommand, StepMax, Temperature, WifiPreset, load, parse,
};
use nodelab_sim::adversary::{Attack, Impostor, Way};
use nodelab_sim::board::BoardKind;
use nodelab_sim::power::{BoardExtras, Charge, CpuClock, Energy, Millivolts, PowerSave};
use nodelab_sim::radio::{Decibels, JoinCache, RadioFault, ReasonCode, Standard};
use nodelab_sim::stack::UnsetClock;
use nodelab_sim::stack::address::AddressFault;
use nodelab_sim::stack::tcp::TcpProfile;
use nodelab_sim::stack::tls::{
    Chip, KeyExchange, KeyKind, Side, Stack, Suite, TlsFailure, Verification, Versions,
};
use nodelab_sim::{Celsius, SimSpan, Volts};

const FULL: &str = include_str!("scenarios/full.yaml");

const REAL: &str = include_str!("scenarios/real.yaml");

fn full() -> Scenario {
    read(FULL)
}

fn real() -> Extension {
    read(REAL).extension
}

fn read(text: &str) -> Scenario {
    match parse(text, "scenarios/full.yaml") {
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
    let tests = [FULL, REAL, include_str!("scenario_grammar.rs")].concat();
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
fn what_hands_did_is_read() {
    let text = "{ nodes: 2, by-hand: { faults: [{ at: 3 s, node: 1, power-cut: { for: 5 s } }], \
                temperature: [{ at: 1.5 s, hold: 35.5 °C }], \
                serial: [{ at: 9 s, node: 1, write: \"read\\n\" }, { at: 10 s, write: [65] }] } }";
    let hands = block(text).extension.by_hand;
    assert_eq!(hands.faults.len(), 1);
    assert_eq!(hands.faults[0].nodes, NodeSet::Some(vec![1]));
    let held = &hands.temperature[0];
    assert_eq!(
        (held.at, held.hold),
        (SimSpan::from_millis(1_500), Celsius(35.5))
    );
    let typed = hands
        .serial
        .iter()
        .map(|typed| (typed.node, typed.write.as_slice()));
    assert_eq!(
        typed.collect::<Vec<_>>(),
        [(1, &b"read\n"[..]), (0, &b"A"[..])]
    );
    assert!(block("{ by-hand: }").extension.by_hand.faults.is_empty());
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
fn the_real_network_is_read() {
    let x = real();
    let millis = |low, high| range(SimSpan::from_millis(low), SimSpan::from_millis(high));
    assert_eq!(x.network, Network::Real);
    assert_eq!(x.tcp, Some(TcpProfile::MICROPYTHON));
    assert_eq!(x.node.watchdog, Some(SimSpan::from_millis(3_200)));
    assert_eq!(x.wifi.preset, WifiPreset::Far);
    assert_eq!(x.wifi.loss, Some(Range::only(Ppm(10_000))));
    let air = x.wifi.air;
    assert_eq!((air.standard, air.channel), (Some(Standard::G), Some(11)));
    assert_eq!(air.distance, Some(range(Metres(5.0), Metres(40.0))));
    assert_eq!(air.path_loss_exponent, Some(2.5));
    let burst = BurstSettings {
        into_bad: Range::only(Ppm(40_000)),
        out_of_bad: Range::only(Ppm(100_000)),
        loss_bad: Range::only(Ppm(900_000)),
        loss_good: Range::only(Ppm(10_000)),
    };
    assert_eq!(air.burst, Some(burst));
    assert_eq!(air.interference, Some(Range::only(Ppm(30_000))));
    assert_eq!(air.background, Some(range(Ppm(200_000), Ppm(400_000))));
    let shadowing = ShadowingSettings {
        deviation: Decibels(4.0),
        coherence: SimSpan::from_secs(10),
    };
    assert_eq!(air.shadowing, Some(shadowing));
    assert_eq!((air.attempts_max, air.dtim_period), (Some(4), Some(3)));
    assert_eq!(
        air.power_save,
        Some(nodelab_sim::radio::PowerSave::Listen(3))
    );
    assert_eq!(air.beacon_interval, Some(SimSpan::from_micros(204_800)));
    assert_eq!(air.stations_max, Some(8));
    let cache = JoinCache {
        access_point: true,
        address: false,
        key: true,
    };
    assert_eq!(air.cache, Some(cache));
    let station = StationSettings {
        answer_timeout: Some(SimSpan::from_millis(500)),
        association_tries: Some(2),
        authentication_tries: Some(3),
        beacon_silence: Some(SimSpan::from_secs(3)),
        handshake_timeout: Some(SimSpan::from_secs(4)),
        key_derivation: Some(SimSpan::from_millis(300)),
    };
    assert_eq!(air.station, station);
    let dhcp = DhcpSettings {
        acknowledge_delay: Some(millis(1, 1)),
        check_address: true,
        lease: Some(SimSpan::from_secs(600)),
        offer_delay: Some(millis(10, 20)),
        pool: Some(5),
    };
    assert_eq!(air.dhcp, dhcp);
    let dns = DnsSettings {
        delay: Some(millis(5, 5)),
        lifetime: Some(SimSpan::from_secs(3_600)),
        name: Some("mqtt.example.org".to_owned()),
    };
    assert_eq!(air.dns, dns);
    assert_eq!(air.time_delay, Some(millis(7, 7)));
    assert_eq!(air.lan_delay, Some(millis(3, 4)));
}

#[test]
fn what_protects_the_streams_is_read() {
    let scenario = read(REAL);
    let tls = scenario.extension.tls.expect("the block is there");
    assert_eq!(tls.clock_speed(BoardKind::NodeMcu), ClockSpeed::Mhz160);
    let security = tls.settle(BoardKind::NodeMcu, &scenario.file).unwrap();
    assert_eq!(security.unset_clock, UnsetClock::Unknown);
    assert!(!security.waits_for_time);
    let found = security.tls.settings();
    assert_eq!(
        (found.stack, found.chip),
        (Stack::BearSsl, Chip::Esp8266At160)
    );
    assert_eq!(
        (found.versions, found.server_versions),
        (Versions::V1_2, Versions::Both)
    );
    assert_eq!(found.groups, [KeyExchange::P256, KeyExchange::X25519]);
    assert_eq!(found.suites, [Suite::Aes128Gcm]);
    assert_eq!(
        (found.certificate_key, found.intermediates, found.mutual),
        (KeyKind::P256, 2, true)
    );
    assert_eq!(found.verification, Verification::PinnedKey);
    assert_eq!(found.server_name, "mqtt.example.org");
    assert_eq!(
        (found.valid_from_s, found.valid_until_s),
        (-86_400, 30 * 86_400)
    );
    assert_eq!((found.resumption, found.tickets), (true, 2));
    assert_eq!(
        (found.max_fragment_size, found.record_max),
        (Some(512), Some(4_096))
    );
    // Certificates need a date, so there is one.
    assert_eq!(
        scenario.extension.start,
        Some(UnixTime::from_millis(1_767_225_600_000))
    );
}

#[test]
fn tls_without_more_is_what_the_board_does() {
    let scenario = block("{ network: real, tls: true }");
    let tls = scenario.extension.tls.unwrap();
    let on = |board| {
        let security = tls.settle(board, &scenario.file).unwrap();
        let settings = security.tls.settings();
        (settings.stack, settings.chip, settings.verification)
    };
    assert_eq!(
        on(BoardKind::NodeMcu),
        (Stack::BearSsl, Chip::Esp8266At80, Verification::Full)
    );
    assert_eq!(
        on(BoardKind::Esp32C3),
        (Stack::MbedTls, Chip::Esp32C3At160, Verification::Full)
    );
    assert_eq!(block("{ tls: false }").extension.tls, None);
    assert!(block("{ network: real, tls: }").extension.tls.is_some());
}

#[test]
fn settings_that_do_not_fit_the_board_point_at_their_key() {
    let blame = |text: &str, board| {
        let scenario = block(&format!("{{ network: real, tls: {text} }}"));
        let tls = scenario.extension.tls.unwrap();
        let found = tls.settle(board, &scenario.file).unwrap_err();
        render_all(&[found], Colour::Plain)
    };
    let found = [
        blame("{ library: mbedtls }", BoardKind::NodeMcu),
        blame("{ library: bearssl }", BoardKind::Esp32C3),
        blame("{ versions: 1.3 }", BoardKind::NodeMcu),
        blame("{ valid-from: 2 d, valid-until: 1 d }", BoardKind::NodeMcu),
        blame("{ key: ed25519 }", BoardKind::Esp32C3),
        blame(
            "{ library: embedded-tls, resumption: true }",
            BoardKind::Esp32C3,
        ),
        blame(
            "{ library: embedded-tls, key-exchange: x25519 }",
            BoardKind::Esp32C3,
        ),
        blame(
            "{ library: embedded-tls, suites: chacha20-poly1305 }",
            BoardKind::Esp32C3,
        ),
        blame("{ library: micropython, verify: full }", BoardKind::NodeMcu),
        blame("{ library: micropython, mutual: true }", BoardKind::NodeMcu),
    ];
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn every_fault_of_a_real_network_is_read() {
    let kinds: Vec<FaultKind> = real().faults.iter().map(|fault| fault.kind).collect();
    let lasting = Range::only(SimSpan::from_secs(10));
    let address = |fault| FaultKind::Address { fault, lasting };
    let radio = |fault| FaultKind::Radio {
        fault,
        lasting: Some(lasting),
    };
    let left = |code| FaultKind::Radio {
        fault: RadioFault::Deauthenticated {
            reason: ReasonCode(code),
        },
        lasting: None,
    };
    let attack = |attack, lasting| FaultKind::Attack { attack, lasting };
    let expected = [
        address(AddressFault::ArpSilent),
        radio(RadioFault::AssociationRefused),
        radio(RadioFault::AssociationSilent),
        radio(RadioFault::AuthenticationRefused),
        radio(RadioFault::AuthenticationSilent),
        radio(RadioFault::BeaconsLost),
        radio(RadioFault::ChannelChanged { channel: 1 }),
        left(7),
        left(1),
        address(AddressFault::DhcpNak),
        address(AddressFault::DhcpPoolEmpty),
        address(AddressFault::DhcpSilent),
        address(AddressFault::ResolverSilent),
        radio(RadioFault::HandshakeMessage3Lost),
        radio(RadioFault::HandshakeSilent),
        address(AddressFault::NameError),
        address(AddressFault::TimeSilent),
        FaultKind::TimeWrong {
            by: Range::only(SignedSpan(-3_600_000_000_000)),
            lasting,
        },
        attack(Attack::Impostor(Impostor::UnknownCa), Some(lasting)),
        attack(Attack::RogueAccessPoint(Impostor::Expired), Some(lasting)),
        attack(Attack::TamperedRecord(Way::Up), None),
        attack(Attack::Garbage, None),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn every_claim_about_a_real_network_is_read() {
    let claims: Vec<Claim> = real().expect.into_iter().map(|one| one.claim).collect();
    let seconds = SimSpan::from_secs;
    let expected = [
        Claim::Alert(48, None),
        Claim::Alert(51, Some(Side::Client)),
        Claim::Alert(116, Some(Side::Server)),
        Claim::Authenticated(true),
        Claim::Confidential(false),
        Claim::DetectedWithin(seconds(10)),
        Claim::FirstPublishBetween(range(
            SimSpan::from_millis(3_500),
            SimSpan::from_millis(4_300),
        )),
        Claim::HandshakeWithin(seconds(5)),
        Claim::JoinWithin(seconds(5)),
        Claim::LinkLostReason(ReasonCode::BEACON_TIMEOUT),
        Claim::NeverConnectsToImpostor,
        Claim::ResumedAtLeast(5),
        Claim::TlsFailure(TlsFailure::UnknownIssuer),
    ];
    assert_eq!(claims, expected);
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
