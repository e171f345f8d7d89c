//! Goal: both forms of the network tell one story, so that a fleet on the modelled one says
//! something about real nodes.
//!
//! Method: one body builds the same world twice, once with frames and bytes and once modelled, and
//! compares what TCP carried, how many round trips an opening took, and how long nodes waited.
//! Seeds are many, medians are compared: a single wait depends on luck in both.

mod support;

use std::collections::BTreeMap;

use node_core::{Event, UnixTime};
use nodelab_sim::broker::BrokerSpec;
use nodelab_sim::environment::Profile;
use nodelab_sim::radio::{Frame, Payload, WifiSpec};
use nodelab_sim::stack::tcp::Segment;
use nodelab_sim::stack::tls::{Chip, Stack, TlsSettings, TlsSpec, Versions};
use nodelab_sim::stack::{Direction, NetworkSpec, RealSpec, SecuritySpec, UnsetClock};
use nodelab_sim::{Celsius, NodeId, Observation, Observer, SimSpan, SimTime, World, WorldSpec};

/// Worlds of each form.
const SEEDS: u64 = 24;
const END: SimTime = SimTime::from_nanos(600_000_000_000);

/// What one world took.
#[derive(Default)]
struct Took {
    joined: Option<SimTime>,
    opened: Option<SimTime>,
    sent: BTreeMap<u32, SimTime>,
    /// From a PUBLISH to its PUBACK, in microseconds.
    round_trips_us: Vec<u64>,
    /// Payload of all TCP segments of the node and for it, sent again or not.
    payload: u64,
    /// How often an answer of the broker followed something that the node had sent.
    answers: usize,
    /// The last payload was the node's.
    node_spoke: bool,
}

impl Observer for Took {
    fn on_event(&mut self, at: SimTime, _node: NodeId, what: &Observation<'_>) {
        if let Observation::Frame {
            direction,
            frame,
            sent,
        } = what
            && sent.delivered.is_some()
            && tcp_payload(frame) > 0
        {
            self.payload += tcp_payload(frame);
            self.answers += usize::from(self.node_spoke && *direction == Direction::Down);
            self.node_spoke = *direction == Direction::Up;
        }
        if let Observation::Node(Event::LinkJoined) = what {
            self.joined = self.joined.or(Some(at));
        }
        if let Observation::Node(Event::SessionOpened { .. }) = what {
            self.opened = self.opened.or(Some(at));
        }
        if let Observation::Node(Event::PublishSent { sequence, .. }) = what {
            self.sent.entry(*sequence).or_insert(at);
        }
        if let Observation::Node(Event::PublishAcked { sequence, .. }) = what
            && let Some(sent) = self.sent.get(sequence)
        {
            self.round_trips_us.push(at.since(*sent).as_micros());
        }
    }
}

/// Medians over all seeds.
#[derive(Clone, Copy, Debug)]
struct Medians {
    join_ms: u64,
    /// From the link to the session: TCP, TLS, CONNECT.
    open_ms: u64,
    publish_us: u64,
    acknowledged: u64,
}

#[test]
fn unprotected_nodes_wait_alike() {
    let (real, modelled) = (medians(&real(None)), medians(&modelled(None)));
    agree(real, modelled);
}

#[test]
fn nodes_with_tls_1_2_wait_alike() {
    let security = security(Stack::BearSsl, Chip::Esp8266At80, Versions::V1_2);
    let (real, modelled) = (
        medians(&real(Some(security.clone()))),
        medians(&modelled(Some(security))),
    );
    agree(real, modelled);
    // The handshake is what takes so long.
    assert!(real.open_ms > 1_000, "{real:?}");
}

#[test]
fn nodes_with_tls_1_3_wait_alike() {
    let security = security(Stack::MbedTls, Chip::Esp32C3At160, Versions::V1_3);
    let (real, modelled) = (
        medians(&real(Some(security.clone()))),
        medians(&modelled(Some(security))),
    );
    agree(real, modelled);
}

/// The modelled handshake has bytes and round trips of the real one, which are counted
/// independently: on the air.
#[test]
fn both_carry_the_same_handshake() {
    let older = security(Stack::BearSsl, Chip::Esp8266At80, Versions::V1_2);
    let newer = security(Stack::MbedTls, Chip::Esp32C3At160, Versions::V1_3);
    same_handshake(older, 2);
    same_handshake(newer, 1);
}

fn same_handshake(security: SecuritySpec, round_trips: usize) {
    let spec = real(Some(security));
    let mut took = Took::default();
    let mut world = World::new(&spec);
    while took.opened.is_none() {
        assert!(world.step_before(END, &mut took).is_some());
    }
    let shape = World::shapes(&spec).expect("it is protected").full;
    let answered = shape.turns.iter().filter(|turn| turn.down > 0).count();
    assert_eq!(answered, round_trips);
    // One more is CONNECT and its answer.
    assert_eq!(took.answers, round_trips + 1);
    let (up, down) = shape.bytes();
    // What TCP carried until the session was open: the handshake, CONNECT and CONNACK.
    let connect = took.payload - (up + down) as u64;
    let overhead = 2 * shape.overhead as u64;
    assert!(
        connect > overhead && connect < overhead + 80,
        "{connect} bytes beside {up} + {down}"
    );
}

/// States the bounds of the difference.
fn agree(real: Medians, modelled: Medians) {
    assert_eq!(
        real.acknowledged, modelled.acknowledged,
        "{real:?} {modelled:?}"
    );
    // The real station adds up phases, the modelled one draws from what was measured.
    let join = real.join_ms.abs_diff(modelled.join_ms);
    assert!(join <= real.join_ms / 10, "{real:?} {modelled:?}");
    // The real node also asks for the time, a name and a neighbour: up to 40 ms.
    let open = real.open_ms.abs_diff(modelled.open_ms);
    assert!(open <= 40 + real.open_ms / 20, "{real:?} {modelled:?}");
    let publish = real.publish_us.abs_diff(modelled.publish_us);
    assert!(publish <= 4_000, "{real:?} {modelled:?}");
}

fn medians(spec: &WorldSpec) -> Medians {
    let (mut join, mut open, mut publish) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 1..=SEEDS {
        let mut took = Took::default();
        let mut spec = spec.clone();
        spec.seed = seed;
        World::new(&spec).run_until(END, &mut took);
        let joined = took.joined.expect("a good network is joined");
        let opened = took.opened.expect("a good network reaches the broker");
        join.push(joined.since(SimTime::ZERO).as_millis());
        open.push(opened.since(joined).as_millis());
        publish.append(&mut took.round_trips_us);
    }
    Medians {
        join_ms: median(&mut join),
        open_ms: median(&mut open),
        acknowledged: publish.len() as u64,
        publish_us: median(&mut publish),
    }
}

fn median(values: &mut [u64]) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}

/// Returns the bytes that a frame carries for TCP's user.
fn tcp_payload(frame: &Frame) -> u64 {
    let Payload::Data { bytes, .. } = &frame.payload else {
        return 0;
    };
    Segment::read(bytes).map_or(0, |segment| segment.payload.len() as u64)
}

fn security(stack: Stack, chip: Chip, versions: Versions) -> SecuritySpec {
    let settings = TlsSettings {
        tickets: 0,
        versions,
        ..TlsSettings::of(stack, chip)
    };
    SecuritySpec {
        tls: TlsSpec::new(settings).expect("the settings fit together"),
        unset_clock: UnsetClock::Epoch1970,
        waits_for_time: true,
    }
}

fn real(security: Option<SecuritySpec>) -> WorldSpec {
    WorldSpec {
        real: Some(RealSpec::new(WifiSpec::good())),
        ..modelled(security)
    }
}

fn modelled(security: Option<SecuritySpec>) -> WorldSpec {
    let mut node = support::node();
    node.boot = (SimSpan::ZERO, SimSpan::ZERO);
    node.power = None;
    WorldSpec {
        broker: BrokerSpec::default(),
        epoch: Some(UnixTime::from_millis(1_780_000_000_000)),
        faults: Vec::new(),
        interventions: Vec::new(),
        network: NetworkSpec::good(),
        node,
        nodes: 1,
        real: None,
        security,
        seed: 1,
        temperature: Profile::Constant(Celsius(22.0)),
    }
}
