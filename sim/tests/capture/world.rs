//! Captures of whole worlds: what a node really sends is what tshark reads.

use node_core::{Event, UnixTime};
use nodelab_sim::broker::{BrokerEvent, BrokerSpec};
use nodelab_sim::capture::{CaptureObserver, CaptureOptions, Counts, KeyLogObserver, Link};
use nodelab_sim::environment::Profile;
use nodelab_sim::radio::{
    CCMP_BYTES, EtherType, Payload, Preamble, Standard, WifiSpec, frame_time, management_bytes,
    psdu_bytes,
};
use nodelab_sim::stack::tls::{Chip, Stack, TlsSettings, TlsSpec};
use nodelab_sim::stack::{NetworkSpec, RealSpec, SecuritySpec, UnsetClock};
use nodelab_sim::{Celsius, NodeId, Observation, Observer, SimSpan, SimTime, World, WorldSpec};

use crate::files::agree;
use crate::support::node;
use crate::tshark::{CaptureFile, RECEIVED};

/// Long enough for three readings.
const UNTIL: SimTime = SimTime::from_nanos(200_000_000_000);

/// Everything that is watched of a run.
struct Watch {
    capture: CaptureObserver<Vec<u8>>,
    keys: KeyLogObserver<Vec<u8>>,
    /// Readings that the broker took.
    taken: u64,
    acknowledged: u64,
}

/// What a run left behind.
struct Record {
    bytes: Vec<u8>,
    counts: Counts,
    keys: Vec<u8>,
    taken: u64,
}

impl Observer for Watch {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        self.capture.on_event(at, node, what);
        self.keys.on_event(at, node, what);
        match what {
            Observation::Broker(BrokerEvent::MessageReceived { .. }) => self.taken += 1,
            Observation::Node(Event::PublishAcked { .. }) => self.acknowledged += 1,
            _ => {}
        }
    }
}

#[test]
fn two_runs_write_the_same_bytes() {
    for link in [Link::Ethernet, Link::Radio] {
        let [one, two] = [(); 2].map(|()| record(&world(2, true), link));
        assert!(one.bytes == two.bytes && one.keys == two.keys);
    }
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_counts_what_a_plain_node_sent() {
    let plain = record(&world(1, false), Link::Ethernet);
    let file = CaptureFile::new("world-plain", &plain.bytes);
    file.is_spotless();
    agree(&file, plain.counts);
    assert_eq!(
        file.count("mqtt", "mqtt.msgtype"),
        plain.counts.mqtt_packets
    );
    assert_eq!(file.count("mqtt.msgtype == 3", "mqtt.topic"), plain.taken);
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_opens_what_a_protected_node_sent_with_the_file_alone() {
    for link in [Link::Ethernet, Link::Radio] {
        let secured = record(&world(1, true), link);
        let file = CaptureFile::new("world-secured", &secured.bytes);
        file.is_spotless();
        agree(&file, secured.counts);
        assert!(secured.counts.tls_records > 10, "{:?}", secured.counts);
        assert_eq!(secured.counts.mqtt_packets, 0);
        assert_eq!(file.count("mqtt.msgtype == 3", "mqtt.topic"), secured.taken);
        assert_eq!(secured.counts.mqtt_messages, secured.taken);
    }
}

/// On a bad link Wireshark rightly warns of segments that a node never received.
#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn what_a_lossy_link_lets_through_is_well_formed() {
    for link in [Link::Ethernet, Link::Radio] {
        let mut spec = world(1, true);
        spec.real = Some(RealSpec::new(WifiSpec::lossy()));
        let lossy = record(&spec, link);
        let file = CaptureFile::new("world-lossy", &lossy.bytes);
        let malformed = format!("{RECEIVED} && _ws.malformed");
        let malformed = file.fields(&malformed, &["frame.number", "_ws.col.Info"]);
        assert!(malformed.is_empty(), "{malformed:#?}");
        assert_eq!(file.count("frame", "frame.number"), lossy.counts.frames);
        assert_eq!(file.count("mqtt.msgtype == 3", "mqtt.topic"), lossy.taken);
        if link == Link::Radio {
            assert!(file.count("wlan.fc.retry == 1", "frame.number") > 0);
        }
    }
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn nodes_have_interfaces_of_their_own() {
    let two = record(&world(2, false), Link::Ethernet);
    let file = CaptureFile::new("world-two", &two.bytes);
    for name in ["node0", "node1"] {
        let filter = format!("mqtt.msgtype == 3 && frame.interface_name == {name}");
        assert!(file.count(&filter, "frame.number") >= 3, "{name}");
    }
}

/// Header by header, a frame is as long as the time that it took says.
#[test]
fn every_frame_is_on_the_air_for_as_long_as_its_bytes_take() {
    struct Scales(u64);
    impl Observer for Scales {
        fn on_event(&mut self, _at: SimTime, _node: NodeId, what: &Observation<'_>) {
            let Observation::Frame { frame, sent, .. } = what else {
                return;
            };
            let length = |bytes: usize| u32::try_from(bytes).expect("a frame is short");
            let bytes = match &frame.payload {
                Payload::Data { ether_type, bytes } => {
                    let secret = *ether_type != EtherType::Eapol;
                    let open = 26 + 8 + length(bytes.len()) + 4;
                    let all = open + if secret { CCMP_BYTES } else { 0 };
                    let named = psdu_bytes(length(bytes.len()), Standard::N, secret);
                    assert_eq!(all, named);
                    all
                }
                Payload::Management { body, .. } => management_bytes(length(body.len())),
            };
            for attempt in &sent.attempts {
                let wanted = frame_time(attempt.rate, Preamble::Long, bytes);
                assert_eq!(attempt.airtime, wanted);
                self.0 += 1;
            }
        }
    }
    let mut scales = Scales(0);
    World::new(&world(1, true)).run_until(UNTIL, &mut scales);
    assert!(scales.0 > 50, "{}", scales.0);
}

fn record(spec: &WorldSpec, link: Link) -> Record {
    let options = CaptureOptions {
        application: "nodelab test".to_owned(),
        channel: 1,
        epoch: spec.epoch,
        link,
        standard: Standard::N,
    };
    let mut watch = Watch {
        capture: CaptureObserver::new(options, Vec::new()),
        keys: KeyLogObserver::new(Vec::new()),
        taken: 0,
        acknowledged: 0,
    };
    World::new(spec).run_until(UNTIL, &mut watch);
    assert!(watch.acknowledged >= 3, "{}", watch.acknowledged);
    let (counts, bytes) = watch.capture.finish().expect("memory takes any byte");
    let (_, keys) = watch.keys.finish().expect("memory takes any byte");
    Record {
        bytes,
        counts,
        keys,
        taken: watch.taken,
    }
}

fn world(nodes: u32, is_secured: bool) -> WorldSpec {
    let mut node = node();
    node.boot = (SimSpan::ZERO, SimSpan::ZERO);
    let settings = TlsSettings::of(Stack::BearSsl, Chip::Esp8266At80);
    let security = SecuritySpec {
        tls: TlsSpec::new(settings).expect("the defaults fit"),
        unset_clock: UnsetClock::Epoch1970,
        waits_for_time: true,
    };
    WorldSpec {
        broker: BrokerSpec::default(),
        epoch: Some(UnixTime::from_millis(1_780_000_000_000)),
        faults: Vec::new(),
        interventions: Vec::new(),
        network: NetworkSpec::good(),
        node,
        nodes,
        real: Some(RealSpec::new(WifiSpec::good())),
        security: is_secured.then_some(security),
        seed: 1,
        temperature: Profile::Constant(Celsius(22.0)),
    }
}
