//! Acknowledgements match: a node believes a reading acknowledged only when the broker has
//! received that very packet since it was sent.

use std::num::NonZeroU16;

use node_core::Event;

use super::{Violation, Violations, index_of};
use crate::broker::BrokerEvent;
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

const CLAIM: &str = "acknowledgements match";

#[derive(Clone, Debug)]
pub(super) struct Acknowledgement {
    in_flight: Vec<Option<Flight>>,
    pub(super) violations: Violations,
}

/// The packet that a node sent last.
#[derive(Clone, Copy, Debug)]
struct Flight {
    packet_id: NonZeroU16,
    sequence: u32,
    received: bool,
}

impl Acknowledgement {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            in_flight: vec![None; nodes],
            violations: Violations::default(),
        }
    }

    fn sent(&mut self, node: NodeId, packet_id: NonZeroU16, sequence: u32) {
        let flight = &mut self.in_flight[index_of(node)];
        let again = flight.is_some_and(|f| f.packet_id == packet_id && f.sequence == sequence);
        if !again {
            *flight = Some(Flight {
                packet_id,
                sequence,
                received: false,
            });
        }
    }

    fn acked(&mut self, at: SimTime, node: NodeId, packet_id: NonZeroU16, sequence: u32) {
        let flight = self.in_flight[index_of(node)].take();
        let problem = match flight {
            None => "nothing was sent",
            Some(f) if f.packet_id != packet_id || f.sequence != sequence => {
                "another packet was sent"
            }
            Some(f) if !f.received => "the broker has not received it",
            Some(_) => return,
        };
        self.violations.note(|| Violation {
            claim: CLAIM,
            at,
            node,
            expected: "an acknowledgement only for what the broker received".to_owned(),
            seen: format!("reading {sequence} acknowledged as packet {packet_id}, but {problem}"),
        });
    }
}

impl Observer for Acknowledgement {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a checker reads what concerns it"
        )]
        match *what {
            Observation::Node(Event::PublishSent {
                packet_id: Some(id),
                sequence,
                ..
            }) => {
                self.sent(node, id, sequence);
            }
            Observation::Node(Event::PublishAcked {
                packet_id,
                sequence,
            }) => {
                self.acked(at, node, packet_id, sequence);
            }
            Observation::Broker(BrokerEvent::MessageReceived {
                packet_id: Some(id),
                ..
            }) => {
                let flight = self.in_flight[index_of(node)].as_mut();
                if let Some(flight) = flight.filter(|flight| flight.packet_id == *id) {
                    flight.received = true;
                }
            }
            Observation::PoweredOff => self.in_flight[index_of(node)] = None,
            _ => {}
        }
    }
}
