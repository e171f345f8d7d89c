//! Goal: nobody who comes between a node and its broker learns a reading, changes one, or keeps
//! one away for longer than he is there.
//!
//! Method: whole worlds with a real path, each with one attack of five minutes. A row states what
//! the node finds out, the alert that it sends, and how long that may take from the moment it
//! opens a connection. Where a defence can be switched off, the same attack then succeeds.

mod support;

use std::collections::BTreeSet;

use node_core::{Duration, Event, UnixTime};
use nodelab_sim::adversary::{Attack, Impostor, Way};
use nodelab_sim::broker::{BrokerEvent, BrokerSpec};
use nodelab_sim::environment::Profile;
use nodelab_sim::radio::{Payload, WifiSpec};
use nodelab_sim::stack::address::AddressFault;
use nodelab_sim::stack::tcp::Segment;
use nodelab_sim::stack::tls::{
    Chip, Side, Stack, TlsEvent, TlsFailure, TlsSettings, TlsSpec, Verification, Versions,
};
use nodelab_sim::stack::{Direction, NetworkSpec, RealSpec, SecuritySpec, UnsetClock};
use nodelab_sim::{
    Celsius, Fault, NodeId, Observation, Observer, ScheduledFault, SimSpan, SimTime, Victims,
    World, WorldSpec,
};
use support::node;

/// When an attack begins, how long it lasts, and when everything must have arrived.
const BEGIN: SimSpan = SimSpan::from_secs(300);
const LASTS: SimSpan = SimSpan::from_secs(300);
const END: SimSpan = SimSpan::from_secs(1_500);
/// What every message of the node holds in the clear.
const TOPIC: &[u8] = b"room/0/temperature";
/// node-core's patience with a stream that is being opened, and what its processor may add by
/// being busy when it ends.
const PATIENCE: SimSpan = SimSpan::from_secs(12);

/// What was seen.
#[derive(Default)]
struct Story {
    tls: Vec<(SimTime, Side, TlsEvent)>,
    /// When the node's SYNs were on the air.
    opened: Vec<SimTime>,
    retries: Vec<SimTime>,
    taken: Vec<(SimTime, u32)>,
    acked: BTreeSet<u32>,
    acked_at: Vec<SimTime>,
    intercepted: Vec<u8>,
    /// Frames in which the topic could be read.
    exposed: u32,
    /// Messages that reached the broker, with what they say.
    received: Vec<(SimTime, Vec<u8>)>,
}

impl Observer for Story {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the rest is no concern here"
    )]
    fn on_event(&mut self, at: SimTime, _node: NodeId, what: &Observation<'_>) {
        match what {
            Observation::Broker(BrokerEvent::MessageReceived { message, .. }) => {
                self.received.push((at, message.payload.to_vec()));
            }
            Observation::Frame {
                direction, frame, ..
            } => {
                if let Payload::Data { bytes, .. } = &frame.payload {
                    self.exposed += u32::from(holds(bytes, TOPIC));
                    if *direction == Direction::Up && opens(bytes) {
                        self.opened.push(at);
                    }
                }
            }
            Observation::Intercepted(bytes) => self.intercepted.extend_from_slice(bytes),
            Observation::Node(Event::PublishAcked { sequence, .. }) => {
                self.acked.insert(*sequence);
                self.acked_at.push(at);
            }
            Observation::Node(Event::ReadingTaken(reading)) => {
                self.taken.push((at, reading.sequence));
            }
            Observation::Node(Event::RetryScheduled { .. }) => self.retries.push(at),
            Observation::Tls(side, event) => self.tls.push((at, *side, *event)),
            _ => {}
        }
    }
}

impl Story {
    fn of(spec: &WorldSpec) -> Self {
        let mut story = Self::default();
        World::new(spec).run_until(after(END), &mut story);
        story
    }

    /// Returns why an end gave up first once the attack had begun, and when.
    fn failure(&self, side: Side) -> Option<(SimTime, TlsFailure)> {
        let mut late = self.tls.iter();
        late.find_map(|(at, by, event)| {
            let counts = *by == side && *at >= after(BEGIN);
            failed(*event).filter(|_| counts).map(|why| (*at, why))
        })
    }

    /// Returns the alerts other than goodbyes that an end sent while the attack lasted.
    fn alerts(&self, side: Side) -> BTreeSet<u8> {
        let sent = self.tls.iter().filter_map(|(at, by, event)| {
            if let TlsEvent::AlertSent { description } = event {
                (*by == side).then_some((*at, *description))
            } else {
                None
            }
        });
        let during = sent.filter(|(at, code)| *code != 0 && during_attack(*at));
        during.map(|(_, code)| code).collect()
    }

    /// Returns how long the node's connection had been opening when `at` came.
    fn since_opened(&self, at: SimTime) -> SimSpan {
        let mut opened = self.opened.iter().rev();
        let opened = opened.find(|then| **then <= at);
        at.since(*opened.expect("a connection was opened"))
    }

    /// Requires that every reading but the last few minutes' arrived.
    fn nothing_is_lost(&self) {
        let due = after(SimSpan::from_secs(1_380));
        for (at, sequence) in self.taken.iter().filter(|(at, _)| *at < due) {
            assert!(
                self.acked.contains(sequence),
                "reading {sequence}, taken at {at}, is lost"
            );
        }
        assert!(self.taken.len() > 20, "{}", self.taken.len());
    }

    /// Requires that nobody but the broker could read a message.
    fn nothing_is_leaked(&self) {
        assert_eq!(self.exposed, 0, "frames on which the topic could be read");
        assert!(
            self.intercepted.is_empty(),
            "{} bytes",
            self.intercepted.len()
        );
    }

    fn acked_during_attack(&self) -> usize {
        self.acked_at
            .iter()
            .filter(|at| during_attack(**at))
            .count()
    }
}

/// What one attack has to come to.
struct Row {
    attack: Attack,
    settings: TlsSettings,
    client: TlsFailure,
    alerts: &'static [u8],
    within_ms: u64,
}

/// Runs a row, and requires everything that it states.
fn withstands(row: Row) -> Story {
    let story = Story::of(&world(Some(row.attack), Some(security(row.settings))));
    let found = story.failure(Side::Client);
    let name = format!("{:?}", row.attack);
    let (at, why) = found.unwrap_or_else(|| panic!("{name}: nothing was noticed"));
    assert_eq!(why, row.client, "{name}");
    assert_eq!(
        story.alerts(Side::Client),
        row.alerts.iter().copied().collect(),
        "{name}"
    );
    let took = story.since_opened(at).as_millis();
    assert!(took <= row.within_ms, "{name}: it took {took} ms");
    story.nothing_is_leaked();
    story.nothing_is_lost();
    story
}

#[test]
fn an_impostor_learns_nothing_and_loses_nothing() {
    for (how, client, alert) in [
        (Impostor::Expired, TlsFailure::Expired, 45),
        (Impostor::LeafAsCa, TlsFailure::WrongSigner, 46),
        (Impostor::LookAlikeCa, TlsFailure::BadSignature, 51),
        (Impostor::NotYetValid, TlsFailure::NotYetValid, 45),
        (Impostor::SelfSigned, TlsFailure::UnknownIssuer, 48),
        (Impostor::UnknownCa, TlsFailure::UnknownIssuer, 48),
        (Impostor::WrongName, TlsFailure::NotValidForName, 42),
        (Impostor::WrongPurpose, TlsFailure::WrongPurpose, 43),
    ] {
        let story = withstands(Row {
            attack: Attack::Impostor(how),
            settings: TlsSettings::default(),
            client,
            alerts: [&[alert][..]].concat().leak(),
            within_ms: 5_000,
        });
        assert_eq!(story.acked_during_attack(), 0, "{how:?}");
    }
}

#[test]
fn without_verification_every_impostor_takes_over() {
    for how in Impostor::ALL {
        let settings = TlsSettings {
            verification: Verification::None,
            ..TlsSettings::default()
        };
        let attack = Some(Attack::Impostor(how));
        let story = Story::of(&world(attack, Some(security(settings))));
        assert!(holds(&story.intercepted, TOPIC), "{how:?}");
        assert!(
            story.acked_during_attack() > 3,
            "{how:?}: the node notices nothing"
        );
        story.nothing_is_lost();
    }
}

#[test]
fn an_impostor_without_a_certificate_of_the_node_cannot_pass_on_what_he_reads() {
    let settings = TlsSettings {
        verification: Verification::None,
        mutual: true,
        ..TlsSettings::default()
    };
    let attack = Some(Attack::Impostor(Impostor::UnknownCa));
    let story = Story::of(&world(attack, Some(security(settings))));
    assert!(!story.intercepted.is_empty());
    assert_eq!(story.acked_during_attack(), 0);
    story.nothing_is_lost();
}

#[test]
fn a_pinned_key_keeps_every_impostor_out() {
    withstands(Row {
        attack: Attack::Impostor(Impostor::LookAlikeCa),
        settings: TlsSettings {
            verification: Verification::PinnedKey,
            ..TlsSettings::default()
        },
        client: TlsFailure::WrongKey,
        alerts: &[49],
        within_ms: 5_000,
    });
}

#[test]
fn a_rogue_access_point_learns_nothing_and_loses_nothing() {
    let attack = Attack::RogueAccessPoint(Impostor::UnknownCa);
    withstands(Row {
        attack,
        settings: TlsSettings::default(),
        client: TlsFailure::UnknownIssuer,
        alerts: &[48],
        within_ms: 5_000,
    });
    let plain = Story::of(&world(Some(attack), None));
    assert!(
        holds(&plain.intercepted, TOPIC),
        "without TLS it reads everything"
    );
}

#[test]
fn an_eavesdropper_reads_plain_mqtt_and_nothing_of_tls() {
    let plain = Story::of(&world(None, None));
    assert!(plain.exposed > 20, "{}", plain.exposed);
    let protected = Story::of(&world(None, Some(security(TlsSettings::default()))));
    protected.nothing_is_leaked();
    protected.nothing_is_lost();
}

#[test]
fn a_tampered_record_is_never_a_reading() {
    for settings in [TlsSettings::default(), newer()] {
        let attack = Attack::TamperedRecord(Way::Up);
        let story = withstands(Row {
            attack,
            settings: settings.clone(),
            client: TlsFailure::AlertReceived(20),
            alerts: &[],
            within_ms: u64::MAX,
        });
        let server = story.failure(Side::Server).map(|(_, why)| why);
        assert_eq!(server, Some(TlsFailure::RecordTampered));
        assert_eq!(story.alerts(Side::Server), BTreeSet::from([20]));
        withstands(Row {
            attack: Attack::TamperedRecord(Way::Down),
            settings,
            client: TlsFailure::RecordTampered,
            alerts: &[20],
            within_ms: u64::MAX,
        });
    }
}

#[test]
fn on_plain_mqtt_a_tampered_temperature_arrives_and_nobody_notices() {
    let honest = Story::of(&world(None, None));
    let tampered = Story::of(&world(Some(Attack::TamperedRecord(Way::Up)), None));
    let during = |story: &Story| -> Vec<Vec<u8>> {
        let received = story.received.iter().filter(|(at, _)| during_attack(*at));
        received.map(|(_, payload)| payload.clone()).collect()
    };
    assert_eq!(during(&honest).len(), during(&tampered).len());
    assert_ne!(during(&honest), during(&tampered));
}

#[test]
fn a_tampered_handshake_connects_nobody() {
    withstands(Row {
        attack: Attack::TamperedHandshake,
        settings: TlsSettings::default(),
        client: TlsFailure::BadSignature,
        alerts: &[51],
        within_ms: 5_000,
    });
    withstands(Row {
        attack: Attack::TamperedHandshake,
        settings: newer(),
        client: TlsFailure::RecordTampered,
        alerts: &[20],
        within_ms: 5_000,
    });
}

#[test]
fn a_downgrade_is_refused_by_who_speaks_the_newer_version() {
    for (settings, alert) in [(both(), 47), (newer(), 70)] {
        withstands(Row {
            attack: Attack::Downgrade,
            client: if alert == 47 {
                TlsFailure::PeerMisbehaved
            } else {
                TlsFailure::NoCommonParameters
            },
            settings,
            alerts: [&[alert][..]].concat().leak(),
            within_ms: 5_000,
        });
    }
}

#[test]
fn a_stripped_extension_connects_nobody() {
    for (settings, client, alerts) in [
        (both(), TlsFailure::PeerMisbehaved, &[47][..]),
        (newer(), TlsFailure::NoCommonParameters, &[70]),
    ] {
        withstands(Row {
            attack: Attack::StrippedExtension,
            settings,
            client,
            alerts,
            within_ms: 5_000,
        });
    }
    // The master secrets of the two ends differ, and the server is the first to see it.
    withstands(Row {
        attack: Attack::StrippedExtension,
        settings: TlsSettings::default(),
        client: TlsFailure::AlertReceived(20),
        alerts: &[],
        within_ms: 8_000,
    });
}

#[test]
fn a_server_without_a_common_suite_says_so() {
    let story = withstands(Row {
        attack: Attack::NoCommonSuite,
        settings: TlsSettings::default(),
        client: TlsFailure::AlertReceived(40),
        alerts: &[],
        within_ms: 2_000,
    });
    assert_eq!(story.alerts(Side::Server), BTreeSet::from([40]));
}

#[test]
fn garbage_and_impossible_records_are_no_tls() {
    for attack in [Attack::Garbage, Attack::OVERSIZED_RECORD] {
        withstands(Row {
            attack,
            settings: TlsSettings::default(),
            client: TlsFailure::MalformedRecord,
            alerts: &[50],
            within_ms: 2_000,
        });
    }
}

#[test]
fn a_record_longer_than_the_buffer_ends_the_connection() {
    let settings = TlsSettings {
        record_max: Some(5 * 1_024),
        ..TlsSettings::default()
    };
    // rustls has no way to send an alert that it did not think of; axTLS' model does.
    for (settings, alerts) in [(settings, &[][..]), (python(), &[22])] {
        withstands(Row {
            attack: Attack::OversizedRecord { bytes: 6_000 },
            settings,
            client: TlsFailure::RecordTooLong,
            alerts,
            within_ms: 2_000,
        });
    }
}

#[test]
fn a_stream_that_ends_without_goodbye_is_noticed_at_once() {
    withstands(Row {
        attack: Attack::EofWithoutCloseNotify,
        settings: TlsSettings::default(),
        client: TlsFailure::UnexpectedEof,
        alerts: &[],
        within_ms: u64::MAX,
    });
}

#[test]
fn a_renegotiation_is_declined_and_the_stream_goes_on() {
    let attack = Some(Attack::Renegotiation);
    let story = Story::of(&world(attack, Some(security(TlsSettings::default()))));
    assert_eq!(story.alerts(Side::Client), BTreeSet::from([100]));
    assert_eq!(story.failure(Side::Client), None);
    assert!(story.acked_during_attack() > 3);
    story.nothing_is_leaked();
    story.nothing_is_lost();
}

#[test]
fn what_is_replayed_is_no_second_message() {
    let settings = TlsSettings {
        resumption: true,
        ..TlsSettings::default()
    };
    let newer = TlsSettings {
        resumption: true,
        ..newer()
    };
    for settings in [settings, newer] {
        let attack = Some(Attack::Replay);
        let story = Story::of(&world(attack, Some(security(settings))));
        let server = story.failure(Side::Server).map(|(_, why)| why);
        assert_eq!(server, Some(TlsFailure::RecordTampered));
        assert_eq!(story.alerts(Side::Server), BTreeSet::from([20]));
        assert_eq!(story.received.len(), story.acked.len());
        story.nothing_is_leaked();
        story.nothing_is_lost();
    }
    let plain = Story::of(&world(Some(Attack::Replay), None));
    assert!(
        plain.received.len() > plain.acked.len(),
        "without TLS it is one"
    );
}

#[test]
fn a_silent_or_slow_server_ends_within_the_nodes_patience() {
    for settings in [TlsSettings::default(), newer(), python()] {
        for attack in [Attack::TruncatedFlight, Attack::DRIP] {
            let story = Story::of(&world(Some(attack), Some(security(settings.clone()))));
            assert!(
                longest_wait(&story) <= PATIENCE,
                "{attack:?}: {}",
                longest_wait(&story)
            );
            story.nothing_is_leaked();
            story.nothing_is_lost();
        }
    }
}

#[test]
fn the_nodes_patience_is_what_bounds_the_wait() {
    let mut spec = world(
        Some(Attack::TruncatedFlight),
        Some(security(TlsSettings::default())),
    );
    if let Some(report) = &mut spec.node.config.report {
        report.response_timeout = Duration::from_secs(100);
    }
    let story = Story::of(&spec);
    assert!(
        longest_wait(&story) > SimSpan::from_secs(60),
        "{}",
        longest_wait(&story)
    );
}

#[test]
fn a_clock_at_1970_trusts_nobody_and_a_clock_that_is_told_the_time_does() {
    for (unset_clock, why, alerts) in [
        (
            UnsetClock::Epoch1970,
            TlsFailure::NotYetValid,
            BTreeSet::from([45]),
        ),
        (UnsetClock::Unknown, TlsFailure::NoTime, BTreeSet::from([])),
    ] {
        let security = SecuritySpec {
            unset_clock,
            waits_for_time: false,
            ..security(TlsSettings::default())
        };
        let mut spec = world(None, Some(security));
        spec.epoch = None;
        let story = Story::of(&spec);
        assert_eq!(story.failure(Side::Client).map(|(_, why)| why), Some(why));
        assert_eq!(story.alerts(Side::Client), alerts);
        assert!(story.acked.is_empty());
        story.nothing_is_leaked();
    }
}

#[test]
fn a_node_that_waits_for_a_time_that_never_comes_does_not_hang() {
    let mut spec = world(None, Some(security(TlsSettings::default())));
    spec.epoch = None;
    let story = Story::of(&spec);
    assert!(story.retries.len() > 3, "{}", story.retries.len());
    assert!(story.tls.is_empty(), "no connection was opened");
}

#[test]
fn a_time_server_that_lies_once_does_not_lock_a_node_out() {
    let mut spec = world(None, Some(security(TlsSettings::default())));
    spec.faults.push(ScheduledFault {
        at: SimTime::ZERO,
        fault: Fault::Address(AddressFault::TimeWrong {
            seconds: -40 * 365 * 86_400,
        }),
        lasts: Some(LASTS),
        victims: Victims::All,
    });
    let story = Story::of(&spec);
    let first = story.tls.iter().find_map(|(_, _, event)| failed(*event));
    assert_eq!(first, Some(TlsFailure::NotYetValid));
    story.nothing_is_leaked();
    story.nothing_is_lost();
}

#[test]
fn the_micropython_profile_lets_every_impostor_in() {
    for how in Impostor::ALL {
        let attack = Some(Attack::Impostor(how));
        let story = Story::of(&world(attack, Some(security(python()))));
        assert!(holds(&story.intercepted, TOPIC), "{how:?}");
        assert_eq!(story.exposed, 0, "on the air it still is ciphertext");
    }
}

/// Returns why an end gave up, if this says that it did.
fn failed(event: TlsEvent) -> Option<TlsFailure> {
    if let TlsEvent::Failed(why) = event {
        Some(why)
    } else {
        None
    }
}

/// Returns the longest time from opening a connection to giving it up while the attack lasted.
fn longest_wait(story: &Story) -> SimSpan {
    let retries = story.retries.iter().copied();
    let waits = retries
        .filter(|at| *at > after(SimSpan::from_secs(301)) && during_attack(*at))
        .map(|at| story.since_opened(at));
    waits.max().expect("the node gave up at least once")
}

fn newer() -> TlsSettings {
    TlsSettings {
        versions: Versions::V1_3,
        ..both()
    }
}

fn both() -> TlsSettings {
    TlsSettings::of(Stack::MbedTls, Chip::Esp32C3At160)
}

fn python() -> TlsSettings {
    TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80)
}

fn security(settings: TlsSettings) -> SecuritySpec {
    SecuritySpec {
        tls: TlsSpec::new(settings).expect("the settings fit together"),
        unset_clock: UnsetClock::Epoch1970,
        waits_for_time: true,
    }
}

const fn after(span: SimSpan) -> SimTime {
    SimTime::from_nanos(span.as_nanos())
}

fn during_attack(at: SimTime) -> bool {
    at >= after(BEGIN) && at < after(BEGIN.plus(LASTS))
}

/// Returns true for an IPv4 packet with a TCP segment that opens a connection.
fn opens(packet: &[u8]) -> bool {
    Segment::read(packet).is_some_and(|segment| segment.opens())
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn world(attack: Option<Attack>, security: Option<SecuritySpec>) -> WorldSpec {
    let mut node = node();
    node.boot = (SimSpan::ZERO, SimSpan::ZERO);
    let faults = attack.map(|attack| ScheduledFault {
        at: after(BEGIN),
        fault: Fault::Attack(attack),
        lasts: Some(LASTS),
        victims: Victims::All,
    });
    WorldSpec {
        broker: BrokerSpec::default(),
        epoch: Some(UnixTime::from_millis(1_780_000_000_000)),
        faults: faults.into_iter().collect(),
        interventions: Vec::new(),
        network: NetworkSpec::good(),
        node,
        nodes: 1,
        real: Some(RealSpec::new(WifiSpec::good())),
        security,
        seed: 1,
        temperature: Profile::Constant(Celsius(22.0)),
    }
}
