//! Claims about who can read what nodes say, and who they say it to.

use std::collections::VecDeque;

use node_core::Event;
use nodelab_sim::broker::{BrokerEvent, Message};
use nodelab_sim::radio::{EtherType, Payload};
use nodelab_sim::stack::Direction;
use nodelab_sim::stack::tls::{Side, TlsEvent, Verification};
use nodelab_sim::{NodeId, Observation, SimTime};

use super::{Failures, index_of};
use crate::verdict::Failure;

/// Frames of one node that are remembered until the broker tells what was in them.
const FRAMES_KEPT: usize = 64;
/// Shortest payload that is searched for by itself. Shorter ones, such as `22.1`, could stand in
/// ciphertext by chance; they count where the topic stands before them.
const DISTINCT_MIN: usize = 8;
/// Bytes between topic and payload of a PUBLISH: the packet identifier (MQTT 3.1.1 §3.3.2.2).
const IDENTIFIER_BYTES: [usize; 2] = [2, 0];

/// Whether nothing that is published can be read on the air.
#[derive(Clone, Debug)]
pub(super) struct Confidential {
    wanted: bool,
    frames: Vec<VecDeque<Heard>>,
    read: bool,
    failures: Failures,
}

/// A frame that anybody could hear.
#[derive(Clone, Debug)]
struct Heard {
    at: SimTime,
    direction: Direction,
    bytes: Vec<u8>,
}

/// Whether every session is with a broker whose certificate was checked.
#[derive(Clone, Debug)]
pub(super) struct Authenticated {
    wanted: bool,
    verification: Option<Verification>,
    /// Whether the last connection of each node is protected.
    protected: Vec<bool>,
    doubtful: bool,
    failures: Failures,
}

/// Nobody in the middle reads what a node says.
#[derive(Clone, Debug, Default)]
pub(super) struct Unheard {
    pub(super) failures: Failures,
}

impl Confidential {
    pub(super) fn new(wanted: bool, nodes: usize) -> Self {
        Self {
            wanted,
            frames: vec![VecDeque::new(); nodes],
            read: false,
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        match what {
            Observation::Frame {
                direction, frame, ..
            } => {
                if let Payload::Data {
                    ether_type: EtherType::Ipv4,
                    bytes,
                } = &frame.payload
                {
                    self.hear(at, node, *direction, bytes);
                }
            }
            Observation::Broker(BrokerEvent::MessageReceived { message, .. }) => {
                self.search(node, message);
            }
            Observation::Intercepted(bytes) => {
                let count = bytes.len();
                self.find(at, node, || {
                    format!("{count} bytes in the clear, read by somebody in the middle")
                });
            }
            _ => {}
        }
    }

    /// Returns true for the claim that something will be read.
    pub(super) const fn is_awaiting(&self) -> bool {
        !self.wanted
    }

    pub(super) fn finish(mut self, end: SimTime) -> Vec<Failure> {
        if !self.wanted && !self.read {
            self.failures.note(|| Failure {
                at: end,
                claim: "confidential: false".to_owned(),
                expected: "something that is published to be readable on the air".to_owned(),
                line: None,
                node: NodeId::WORLD,
                seen: "nothing until the end".to_owned(),
            });
        }
        self.failures.0
    }

    fn hear(&mut self, at: SimTime, node: NodeId, direction: Direction, bytes: &[u8]) {
        let frames = &mut self.frames[index_of(node)];
        if frames.len() == FRAMES_KEPT {
            frames.pop_front();
        }
        frames.push_back(Heard {
            at,
            direction,
            bytes: bytes.to_vec(),
        });
    }

    /// Looks for a message, which the broker has just received, in what was on the air.
    fn search(&mut self, node: NodeId, message: &Message) {
        let frames = &self.frames[index_of(node)];
        let Some((heard, offset)) = frames.iter().find_map(|heard| {
            let offset = offset_of(&heard.bytes, message)?;
            Some((heard, offset))
        }) else {
            return;
        };
        let (at, length) = (heard.at, heard.bytes.len());
        let way = match heard.direction {
            Direction::Down => "to the node",
            Direction::Up => "from the node",
        };
        let text = String::from_utf8_lossy(&message.payload).into_owned();
        self.find(at, node, || {
            format!("{text:?} at byte {offset} of a frame {way} ({length} bytes, sent {at})")
        });
    }

    fn find(&mut self, at: SimTime, node: NodeId, seen: impl FnOnce() -> String) {
        self.read = true;
        if self.wanted {
            self.failures.note(|| Failure {
                at,
                claim: "confidential: true".to_owned(),
                expected: "nothing that is published to be readable on the air".to_owned(),
                line: None,
                node,
                seen: seen(),
            });
        }
    }
}

impl Authenticated {
    pub(super) fn new(wanted: bool, nodes: usize, verification: Option<Verification>) -> Self {
        Self {
            wanted,
            verification,
            protected: vec![false; nodes],
            doubtful: false,
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        match what {
            Observation::Tls(Side::Client, TlsEvent::Connected { .. }) => {
                self.protected[index_of(node)] = true;
            }
            Observation::Tls(Side::Client, TlsEvent::Started | TlsEvent::Failed(_))
            | Observation::Node(Event::SessionClosed(_))
            | Observation::PoweredOff => self.protected[index_of(node)] = false,
            Observation::Intercepted(bytes) => {
                let count = bytes.len();
                self.doubt(at, node, || {
                    format!("somebody in the middle, who was told {count} bytes")
                });
            }
            Observation::Node(Event::SessionOpened { .. }) => {
                let doubt = match self.verification {
                    _ if !self.protected[index_of(node)] => "a session without TLS",
                    None | Some(Verification::None) => {
                        "a session with a certificate that nobody checked"
                    }
                    Some(Verification::Full | Verification::PinnedKey) => return,
                };
                self.doubt(at, node, || doubt.to_owned());
            }
            _ => {}
        }
    }

    /// Returns true for the claim that some session will be doubtful.
    pub(super) const fn is_awaiting(&self) -> bool {
        !self.wanted
    }

    pub(super) fn finish(mut self, end: SimTime) -> Vec<Failure> {
        if !self.wanted && !self.doubtful {
            self.failures.note(|| Failure {
                at: end,
                claim: "authenticated: false".to_owned(),
                expected: "a session with a broker that nobody checked".to_owned(),
                line: None,
                node: NodeId::WORLD,
                seen: "none until the end".to_owned(),
            });
        }
        self.failures.0
    }

    fn doubt(&mut self, at: SimTime, node: NodeId, seen: impl FnOnce() -> String) {
        self.doubtful = true;
        if self.wanted {
            self.failures.note(|| Failure {
                at,
                claim: "authenticated: true".to_owned(),
                expected: "every session with a broker whose certificate was checked".to_owned(),
                line: None,
                node,
                seen: seen(),
            });
        }
    }
}

impl Unheard {
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if let Observation::Intercepted(bytes) = what {
            let text: String = bytes.escape_ascii().to_string().chars().take(60).collect();
            self.failures.note(|| Failure {
                at,
                claim: "never-connects-to: impostor".to_owned(),
                expected: "nobody in the middle to read anything".to_owned(),
                line: None,
                node,
                seen: format!("{} bytes read: {text}", bytes.len()),
            });
        }
    }
}

/// Returns where a message's payload stands in what was on the air.
fn offset_of(bytes: &[u8], message: &Message) -> Option<usize> {
    let payload: &[u8] = &message.payload;
    if payload.is_empty() {
        return None;
    }
    if payload.len() >= DISTINCT_MIN {
        return position(bytes, payload);
    }
    let topic = message.topic.as_bytes();
    let after = position(bytes, topic)? + topic.len();
    IDENTIFIER_BYTES
        .into_iter()
        .map(|between| after + between)
        .find(|offset| {
            bytes
                .get(*offset..)
                .is_some_and(|rest| rest.starts_with(payload))
        })
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use node_core::Qos;
    use nodelab_sim::ConnectionId;
    use nodelab_sim::radio::{Frame, MacAddress, Transmission};
    use nodelab_sim::stack::tls::TlsVersion;

    use super::*;

    const NODE: NodeId = NodeId(0);
    const OPENED: Observation<'_> = Observation::Node(Event::SessionOpened {
        session_present: false,
    });
    const CONNECTED: Observation<'_> = Observation::Tls(
        Side::Client,
        TlsEvent::Connected {
            resumed: false,
            suite: 0x1301,
            group: 29,
            version: TlsVersion::V1_3,
        },
    );

    fn seen(failures: Vec<Failure>) -> Vec<String> {
        failures.into_iter().map(|failure| failure.seen).collect()
    }

    /// Sends `air` and lets the broker receive `payload` on topic `t/1`.
    fn confidential(wanted: bool, air: &[u8], payload: &str) -> Vec<String> {
        let mut claim = Confidential::new(wanted, 1);
        let frame = Frame {
            sender: MacAddress([2, 1, 0, 0, 0, 0]),
            receiver: MacAddress([2, 0, 0, 0, 0, 2]),
            payload: Payload::Data {
                ether_type: EtherType::Ipv4,
                bytes: air.to_vec(),
            },
        };
        let sent = Transmission {
            attempts: std::iter::empty().collect(),
            delivered: None,
            ended: SimTime::ZERO,
            rssi_dbm: -50,
        };
        let heard = Observation::Frame {
            direction: Direction::Up,
            frame: &frame,
            sent: &sent,
        };
        claim.on_event(SimTime::ZERO, NODE, &heard);
        let received = BrokerEvent::MessageReceived {
            connection: ConnectionId {
                node: NODE,
                generation: 1,
            },
            duplicate: false,
            message: Message {
                topic: Arc::from("t/1"),
                payload: Arc::from(payload.as_bytes()),
                qos: Qos::AtLeastOnce,
                retain: false,
            },
            packet_id: None,
        };
        claim.on_event(SimTime::ZERO, NODE, &Observation::Broker(&received));
        seen(claim.finish(SimTime::ZERO))
    }

    #[test]
    fn a_payload_on_the_air_is_told_with_its_place() {
        let found = confidential(true, b"\x32\x0b\x00\x03t/1\x00\x0122.1", "22.1");
        assert_eq!(
            found,
            ["\"22.1\" at byte 9 of a frame from the node (13 bytes, sent 00:00:00.000)"]
        );
        assert!(confidential(true, b"\x17\x03\x0322.1", "22.1").is_empty());
        let long = "{\"celsius\":22.1}";
        assert_eq!(confidential(true, long.as_bytes(), long).len(), 1);
        assert!(confidential(true, b"\x17\x03\x03garbled", long).is_empty());
    }

    #[test]
    fn whoever_claims_that_all_can_be_read_is_held_to_it() {
        let air = b"\x30\x09\x00\x03t/122.1";
        assert!(confidential(false, air, "22.1").is_empty());
        assert_eq!(
            confidential(false, b"\x17\x03\x03", "22.1"),
            ["nothing until the end"]
        );
    }

    #[test]
    fn a_session_is_authenticated_by_tls_that_checks() {
        let judge = |verification, events: &[Observation<'_>]| {
            let mut claim = Authenticated::new(true, 1, verification);
            for what in events {
                claim.on_event(SimTime::ZERO, NODE, what);
            }
            seen(claim.finish(SimTime::ZERO))
        };
        let full = Some(Verification::Full);
        assert!(judge(full, &[CONNECTED, OPENED]).is_empty());
        assert_eq!(judge(None, &[OPENED]), ["a session without TLS"]);
        assert_eq!(
            judge(Some(Verification::None), &[CONNECTED, OPENED]),
            ["a session with a certificate that nobody checked"]
        );
        assert_eq!(
            judge(full, &[CONNECTED, Observation::Intercepted(b"abc"), OPENED]),
            ["somebody in the middle, who was told 3 bytes"]
        );
    }

    #[test]
    fn whoever_is_read_in_the_middle_has_met_an_impostor() {
        let mut claim = Unheard::default();
        claim.on_event(SimTime::ZERO, NODE, &CONNECTED);
        assert!(claim.failures.0.is_empty());
        claim.on_event(SimTime::ZERO, NODE, &Observation::Intercepted(b"MQTT\x04"));
        assert_eq!(seen(claim.failures.0), ["5 bytes read: MQTT\\x04"]);
    }
}
