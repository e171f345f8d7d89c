//! The broker under any bytes: it never panics, never depends on how bytes were cut, and takes
//! nothing that the connection type of `mqtt-protocol-core` would reject.

use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::Event;
use mqtt_protocol_core::mqtt::packet::Packet;
use mqtt_protocol_core::mqtt::packet::v3_1_1::Connack;
use mqtt_protocol_core::mqtt::result_code::ConnectReturnCode;
use mqtt_protocol_core::mqtt::role::Server;
use mqtt_protocol_core::mqtt::{Connection, Version};
use nodelab_sim::broker::{Broker, BrokerAction, BrokerEvent, BrokerSpec, ConnectionId};
use nodelab_sim::{NodeId, SimTime};
use proptest::prelude::*;

use crate::clients::{CONNACK_PRESENT, CONNECT_A_KEPT, SUBSCRIBE_T, World, id};

/// CONNECT of client `a`, session kept, no keep-alive, will `w` to `t` with QoS 1.
const CONNECT: &[u8] = b"\x10\x13\x00\x04MQTT\x04\x0c\x00\x00\x00\x01a\x00\x01t\x00\x01w";
const STREAMS: u32 = 4;

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        chunks in prop::collection::vec(
            (0..STREAMS, any::<bool>(), prop::collection::vec(any::<u8>(), 0..40)), 0..20),
    ) {
        let mut broker = Broker::new(BrokerSpec::default());
        let mut out = Vec::new();
        for ((stream, connect, bytes), generation) in chunks.into_iter().zip(0..) {
            let connection = ConnectionId { node: NodeId(stream), generation };
            broker.connected(SimTime::ZERO, connection);
            if connect {
                broker.received(SimTime::ZERO, connection, CONNECT, &mut out);
            }
            broker.received(SimTime::ZERO, connection, &bytes, &mut out);
        }
        broker.handle_timeout(SimTime::MAX, &mut out);
        broker.stop(true, &mut out);
    }

    #[test]
    fn how_bytes_are_cut_changes_nothing(
        packets in prop::collection::vec(any_packet(), 0..12),
        cuts in prop::collection::vec(1..9_usize, 1..60),
    ) {
        let bytes: Vec<u8> = packets.concat();
        let mut pieces = Vec::new();
        let mut rest = &bytes[..];
        for cut in cuts.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        prop_assert_eq!(answers(&pieces), answers(&[&bytes]));
    }

    #[test]
    fn every_qos_1_publish_is_acknowledged_once_and_in_order(
        publishes in prop::collection::vec((any_topic(), 1_u16..9, any::<bool>()), 0..30),
    ) {
        let bytes: Vec<_> = publishes
            .iter()
            .map(|(topic, packet_id, duplicate)| publish(topic, Some(*packet_id), *duplicate))
            .collect();
        let expected: Vec<_> = publishes
            .iter()
            .map(|(_, packet_id, _)| [&[0x40, 2][..], &packet_id.to_be_bytes()].concat())
            .collect();
        let acknowledged: Vec<_> = answers(&[&bytes.concat()])
            .into_iter()
            .filter_map(puback)
            .collect();
        prop_assert_eq!(acknowledged, expected);
    }

    #[test]
    fn the_library_rejects_nothing_that_is_taken(
        packets in prop::collection::vec(any_packet(), 0..12),
        noise in prop::option::weighted(0.5, (any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let mut bytes: Vec<u8> = packets.concat();
        if let (Some((at, byte)), false) = (noise, bytes.is_empty()) {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let actions = answers(&[&bytes]);
        let taken: Vec<_> = actions.iter().filter_map(received).collect();
        let open = !actions.contains(&BrokerAction::Close { connection: id(0) });
        let (by_library, library_open) = oracle(&bytes);
        prop_assert!(library_open || !open, "kept open what the library closes");
        prop_assert!(by_library.starts_with(&taken), "{taken:?} against {by_library:?}");
        if open {
            prop_assert_eq!(taken, by_library);
        }
    }
}

/// What may happen to a subscriber that keeps its session.
#[derive(Clone, Copy, Debug)]
enum Step {
    Acknowledge,
    Connect,
    LoseStream,
    Publish,
    RestartBroker,
}

proptest! {
    // Safety and liveness at once: whatever happens, each message of QoS 1 comes in its order,
    // and comes again only when marked as a duplicate.
    #[test]
    fn a_kept_session_misses_nothing(steps in prop::collection::vec(any_step(), 0..60)) {
        let mut subscriber = Subscriber::new();
        for step in steps {
            subscriber.take(step);
        }
        subscriber.take(Step::Connect);
        while !subscriber.unacknowledged.is_empty() {
            subscriber.take(Step::Acknowledge);
        }
        let all: Vec<_> = (0..subscriber.published).collect();
        prop_assert_eq!(subscriber.fresh, all);
    }
}

/// A subscriber that keeps its session, and a broker that may send it three at a time.
struct Subscriber {
    world: World,
    /// Its latest stream.
    stream: u32,
    published: u8,
    /// What came, without duplicates.
    fresh: Vec<u8>,
    /// Identifiers that it has not acknowledged on this stream.
    unacknowledged: Vec<[u8; 2]>,
}

impl Subscriber {
    fn new() -> Self {
        let spec = BrokerSpec {
            in_flight_max: 3,
            ..BrokerSpec::default()
        };
        let mut world = World::new(spec);
        world.open(0, &CONNECT_A_KEPT);
        world.say(0, &SUBSCRIBE_T);
        Self {
            world,
            stream: 0,
            published: 0,
            fresh: Vec::new(),
            unacknowledged: Vec::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Acknowledge if self.unacknowledged.is_empty() => return,
            Step::Acknowledge => {
                let [high, low] = self.unacknowledged.remove(0);
                self.world.say(self.stream, &[0x40, 2, high, low]);
            }
            Step::Connect => {
                self.stream += 1;
                self.unacknowledged.clear();
                let answers = self.world.open(self.stream, &CONNECT_A_KEPT);
                assert_eq!(answers[0], CONNACK_PRESENT);
            }
            Step::LoseStream => {
                self.world.drop_stream(self.stream);
                self.unacknowledged.clear();
            }
            Step::Publish => {
                self.world
                    .command("t", &char::from(self.published).to_string());
                self.published += 1;
            }
            Step::RestartBroker => {
                self.world.last.clear();
                self.world.broker.stop(true, &mut self.world.last);
                self.world.broker.start();
                self.unacknowledged.clear();
            }
        }
        for packet in self.world.sent_to(self.stream) {
            // PUBLISH to `t` with QoS 1: header, length, topic, identifier, one byte.
            if let [0x32 | 0x3A, 6, 0, 1, b't', high, low, payload] = packet[..] {
                self.unacknowledged.push([high, low]);
                if packet[0] == 0x32 {
                    self.fresh.push(payload);
                }
            }
        }
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Publish),
        3 => Just(Step::Acknowledge),
        2 => Just(Step::Connect),
        1 => Just(Step::LoseStream),
        1 => Just(Step::RestartBroker),
    ]
}

/// What an acknowledged or unacknowledged message was: topic, payload, identifier.
type Taken = (String, Vec<u8>, Option<u16>);

fn received(action: &BrokerAction) -> Option<Taken> {
    let BrokerAction::Note(BrokerEvent::MessageReceived {
        message, packet_id, ..
    }) = action
    else {
        return None;
    };
    let packet_id = packet_id.map(std::num::NonZeroU16::get);
    Some((
        message.topic.to_string(),
        message.payload.to_vec(),
        packet_id,
    ))
}

fn puback(action: BrokerAction) -> Option<Vec<u8>> {
    if let BrokerAction::Send { bytes, .. } = action
        && bytes[0] == 0x40
    {
        return Some(bytes.to_vec());
    }
    None
}

/// Reads `bytes` after CONNECT with the library's own connection type: which publishes it
/// reports, and if it keeps the stream open.
fn oracle(bytes: &[u8]) -> (Vec<Taken>, bool) {
    let mut library = Connection::<Server>::new(Version::V3_1_1);
    library.recv(&mut Cursor::new(CONNECT));
    let accepted = Connack::builder()
        .session_present(false)
        .return_code(ConnectReturnCode::Accepted)
        .build()
        .expect("both fields are given");
    library.send(accepted.into());
    let mut taken = Vec::new();
    let mut cursor = Cursor::new(bytes);
    while cursor.position() < bytes.len() as u64 {
        for event in library.recv(&mut cursor) {
            let is_fault = matches!(event, Event::NotifyError(_) | Event::RequestClose);
            let Event::NotifyPacketReceived(packet) = event else {
                if is_fault {
                    return (taken, false);
                }
                continue;
            };
            if let Packet::V3_1_1Publish(publish) = &packet {
                taken.push((
                    publish.topic_name().to_owned(),
                    publish.payload().as_slice().to_vec(),
                    publish.packet_id(),
                ));
            }
            if let Packet::V3_1_1Disconnect(_) = packet {
                return (taken, false);
            }
        }
    }
    (taken, true)
}

/// Feeds a connected client's bytes to a new broker and returns all it said.
fn answers(pieces: &[&[u8]]) -> Vec<BrokerAction> {
    let mut broker = Broker::new(BrokerSpec::default());
    let mut out = Vec::new();
    broker.connected(SimTime::ZERO, id(0));
    broker.received(SimTime::ZERO, id(0), CONNECT, &mut out);
    for piece in pieces {
        broker.received(SimTime::ZERO, id(0), piece, &mut out);
        if out.contains(&BrokerAction::Close { connection: id(0) }) {
            break;
        }
    }
    out
}

fn any_topic() -> impl Strategy<Value = String> {
    "[ab]{1,3}(/[ab]{0,2}){0,2}"
}

fn any_packet() -> impl Strategy<Value = Vec<u8>> {
    let short = |packet: &'static [u8]| Just(packet.to_vec());
    let some_publish = (any_topic(), prop::option::of(0..4_u16), any::<bool>())
        .prop_map(|(topic, packet_id, duplicate)| publish(&topic, packet_id, duplicate));
    prop_oneof![
        8 => some_publish,
        1 => short(b"\xc0\x00"),
        1 => short(b"\xe0\x00"),
        1 => short(b"\x40\x02\x00\x01"),
        1 => short(b"\x82\x08\x00\x01\x00\x03a/b\x01"),
        1 => short(b"\x82\x06\x00\x02\x00\x01#\x00"),
        1 => short(b"\xa2\x05\x00\x03\x00\x01#"),
        1 => short(b"\x34\x05\x00\x01a\x00\x01"),
        1 => prop::collection::vec(any::<u8>(), 1..12),
    ]
}

/// PUBLISH of `21.5`, retained, with QoS 1 if there is an identifier.
fn publish(topic: &str, packet_id: Option<u16>, duplicate: bool) -> Vec<u8> {
    let length = u8::try_from(topic.len()).expect("topics are short");
    let packet_id = packet_id.map(u16::to_be_bytes);
    let (first, extra) = match packet_id {
        Some(_) => (0x33 | u8::from(duplicate) << 3, 2),
        None => (0x31, 0),
    };
    let mut packet = vec![first, 6 + length + extra, 0, length];
    packet.extend(topic.bytes());
    packet.extend(packet_id.iter().flatten());
    packet.extend(b"21.5");
    packet
}
