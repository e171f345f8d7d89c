//! A broker with its clients, and the packets that most of them send.

use node_core::Qos;
use nodelab_sim::broker::{
    Broker, BrokerAction, BrokerEvent, BrokerSpec, ConnectionId, Message, SessionEnd,
};
use nodelab_sim::{NodeId, SimSpan, SimTime};

/// CONNECT of client `a`, clean session, keep-alive 60 s.
pub(crate) const CONNECT_A: [u8; 15] = *b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a";
/// The same, and its session is kept.
pub(crate) const CONNECT_A_KEPT: [u8; 15] = *b"\x10\x0d\x00\x04MQTT\x04\x00\x00\x3c\x00\x01a";
/// CONNECT of client `b`, clean session, keep-alive 60 s.
pub(crate) const CONNECT_B: [u8; 15] = *b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01b";
/// CONNECT of client `w`, clean session, keep-alive 60 s, will `gone` to `t`.
pub(crate) const CONNECT_WITH_WILL: [u8; 24] =
    *b"\x10\x16\x00\x04MQTT\x04\x06\x00\x3c\x00\x01w\x00\x01t\x00\x04gone";
pub(crate) const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
pub(crate) const CONNACK_PRESENT: [u8; 4] = [0x20, 2, 1, 0];
/// SUBSCRIBE 1 to `t` with QoS 1.
pub(crate) const SUBSCRIBE_T: [u8; 8] = *b"\x82\x06\x00\x01\x00\x01t\x01";
pub(crate) const SUBACK: [u8; 5] = [0x90, 3, 0, 1, 1];
/// PUBLISH of `x` to `t` with QoS 1, identifier 7.
pub(crate) const PUBLISH_T: [u8; 8] = *b"\x32\x06\x00\x01t\x00\x07x";
pub(crate) const PUBACK: [u8; 4] = [0x40, 2, 0, 7];
pub(crate) const DISCONNECT: [u8; 2] = [0xE0, 0];
pub(crate) const PINGREQ: [u8; 2] = [0xC0, 0];

/// A broker, a clock and what the broker said last.
pub(crate) struct World {
    pub(crate) broker: Broker,
    pub(crate) now: SimTime,
    /// How often the broker asked to be woken.
    pub(crate) wake_ups: u32,
    pub(crate) last: Vec<BrokerAction>,
}

impl World {
    pub(crate) fn new(spec: BrokerSpec) -> Self {
        Self {
            broker: Broker::new(spec),
            now: SimTime::ZERO,
            wake_ups: 0,
            last: Vec::new(),
        }
    }

    /// Opens a stream, sends `bytes` and returns what came back on it.
    pub(crate) fn open(&mut self, stream: u32, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.broker.connected(self.now, id(stream));
        self.say(stream, bytes)
    }

    /// Sends `bytes` and returns what came back on the same stream.
    pub(crate) fn say(&mut self, stream: u32, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.last.clear();
        self.broker
            .received(self.now, id(stream), bytes, &mut self.last);
        self.sent_to(stream)
    }

    pub(crate) fn command(&mut self, topic: &str, payload: &str) {
        self.last.clear();
        let message = Message {
            topic: topic.into(),
            payload: payload.as_bytes().into(),
            qos: Qos::AtLeastOnce,
            retain: false,
        };
        self.broker.publish(&message, &mut self.last);
    }

    pub(crate) fn drop_stream(&mut self, stream: u32) {
        self.last.clear();
        self.broker.disconnected(id(stream), &mut self.last);
    }

    /// Lets time pass, waking the broker when it asks for it.
    pub(crate) fn wait(&mut self, span: SimSpan) {
        self.last.clear();
        let end = self.now.after(span);
        while let Some(at) = self.broker.poll_timeout().filter(|&at| at <= end) {
            self.broker.handle_timeout(at, &mut self.last);
            self.wake_ups += 1;
        }
        self.now = end;
    }

    pub(crate) fn sent_to(&self, stream: u32) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        for action in &self.last {
            if let BrokerAction::Send { connection, bytes } = action
                && *connection == id(stream)
            {
                sent.push(bytes.to_vec());
            }
        }
        sent
    }

    pub(crate) fn closed(&self, stream: u32) -> bool {
        let connection = id(stream);
        self.last.contains(&BrokerAction::Close { connection })
    }

    pub(crate) fn ended(&self) -> Vec<SessionEnd> {
        let mut ended = Vec::new();
        for action in &self.last {
            if let BrokerAction::Note(BrokerEvent::SessionEnded { why, .. }) = action {
                ended.push(*why);
            }
        }
        ended
    }
}

/// The stream of a number; each is of another node.
pub(crate) const fn id(stream: u32) -> ConnectionId {
    ConnectionId {
        node: NodeId(stream),
        generation: 0,
    }
}
