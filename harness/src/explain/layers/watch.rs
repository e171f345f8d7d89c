//! Keeps what one node's frames, handshake and reading looked like.
//!
//! Owns what is kept, and when enough was seen. Reads no bytes.

use std::collections::VecDeque;
use std::num::NonZeroU16;

use node_core::Event;
use nodelab_sim::broker::{BrokerEvent, Message as Published};
use nodelab_sim::radio::{EtherType, Frame, Payload, Transmission};
use nodelab_sim::stack::Direction;
use nodelab_sim::stack::tls::{Side, TlsEvent};
use nodelab_sim::{NodeId, Observation, Observer, SimTime};

/// Data frames that are kept at most; the oldest go first.
const FRAMES_MAX: usize = 16_384;
/// Readings that are under way at most.
const SENT_MAX: usize = 64;

/// A frame that was seen.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) direction: Direction,
    pub(super) packet: Vec<u8>,
    pub(super) sent: Transmission,
}

/// A reading on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Departure {
    pub(super) at: SimTime,
    /// How many frames had been seen before, all that were ever kept.
    pub(super) frames_before: u64,
    pub(super) packet_id: NonZeroU16,
    pub(super) sequence: u32,
}

/// Watches one node until its first reading is acknowledged.
#[derive(Debug)]
pub(super) struct Watch {
    node: NodeId,
    done: bool,
    pub(super) acknowledged: Option<(SimTime, Departure)>,
    /// Facts of the last connection, with their times.
    pub(super) handshake: Vec<(SimTime, Side, TlsEvent)>,
    /// IPv4 packets, as they were sent or received.
    pub(super) frames: VecDeque<Seen>,
    /// How many of them were dropped.
    pub(super) forgotten: u64,
    /// The last message that the broker took, and its identifier.
    pub(super) published: Vec<(NonZeroU16, Published)>,
    sent: VecDeque<Departure>,
}

impl Watch {
    pub(super) const fn new(node: NodeId) -> Self {
        Self {
            node,
            done: false,
            acknowledged: None,
            handshake: Vec::new(),
            frames: VecDeque::new(),
            forgotten: 0,
            published: Vec::new(),
            sent: VecDeque::new(),
        }
    }

    /// Returns true once a reading was acknowledged.
    pub(super) const fn is_done(&self) -> bool {
        self.done
    }

    fn take_frame(&mut self, frame: &Frame, direction: Direction, sent: &Transmission) {
        let Payload::Data {
            ether_type: EtherType::Ipv4,
            bytes,
        } = &frame.payload
        else {
            return;
        };
        if self.frames.len() >= FRAMES_MAX {
            self.frames.pop_front();
            self.forgotten += 1;
        }
        self.frames.push_back(Seen {
            direction,
            packet: bytes.clone(),
            sent: sent.clone(),
        });
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    fn take_fact(&mut self, at: SimTime, event: Event) {
        match event {
            Event::PublishSent {
                packet_id: Some(packet_id),
                sequence,
                ..
            } => {
                if self.sent.len() >= SENT_MAX {
                    self.sent.pop_front();
                }
                self.sent.push_back(Departure {
                    at,
                    frames_before: self.forgotten + self.frames.len() as u64,
                    packet_id,
                    sequence,
                });
            }
            Event::PublishAcked { sequence, .. } => {
                // A reading that was sent again arrived by its last departure.
                let mut last = self.sent.iter().rev();
                let departure = last.find(|departure| departure.sequence == sequence);
                self.acknowledged = departure.map(|departure| (at, *departure));
                self.done = true;
            }
            _ => {}
        }
    }
}

impl Observer for Watch {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if node != self.node || self.done {
            return;
        }
        match *what {
            Observation::Broker(BrokerEvent::MessageReceived {
                message,
                packet_id: Some(packet_id),
                ..
            }) => {
                self.published.retain(|(known, _)| known != packet_id);
                self.published.push((*packet_id, message.clone()));
            }
            Observation::Frame {
                direction,
                frame,
                sent,
            } => self.take_frame(frame, direction, sent),
            Observation::Node(event) => self.take_fact(at, event),
            Observation::Tls(side, event) => {
                if (side, event) == (Side::Client, TlsEvent::Started) {
                    self.handshake.clear();
                }
                self.handshake.push((at, side, event));
            }
            _ => {}
        }
    }
}
