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

#[cfg(test)]
mod tests {
    use node_core::Qos;

    use super::*;
    use crate::broker::Message;
    use crate::id::ConnectionId;

    const NODE: NodeId = NodeId(0);

    fn id(packet_id: u16) -> NonZeroU16 {
        NonZeroU16::new(packet_id).expect("no packet is number 0")
    }

    fn sent(packet_id: u16, sequence: u32) -> Observation<'static> {
        Observation::Node(Event::PublishSent {
            duplicate: false,
            packet_id: Some(id(packet_id)),
            sequence,
        })
    }

    fn acked(packet_id: u16, sequence: u32) -> Observation<'static> {
        Observation::Node(Event::PublishAcked {
            packet_id: id(packet_id),
            sequence,
        })
    }

    /// Lets a story happen in which `received` marks where the broker receives packet 1.
    fn run(story: &[Option<Observation<'_>>]) -> Vec<String> {
        let received = received(1);
        let mut checker = Acknowledgement::new(1);
        for what in story {
            let what = what.unwrap_or(Observation::Broker(&received));
            checker.on_event(SimTime::ZERO, NODE, &what);
        }
        let seen = checker.violations.0.into_iter().map(|found| found.seen);
        seen.collect()
    }

    const RECEIVED: Option<Observation<'static>> = None;

    #[test]
    fn what_was_sent_and_received_may_be_acknowledged() {
        let story = [Some(sent(1, 7)), RECEIVED, Some(acked(1, 7))];
        assert_eq!(run(&story), [""; 0]);
    }

    #[test]
    fn a_packet_that_is_sent_again_may_have_been_received_the_first_time() {
        let story = [
            Some(sent(1, 7)),
            RECEIVED,
            Some(sent(1, 7)),
            Some(acked(1, 7)),
        ];
        assert_eq!(run(&story), [""; 0]);
    }

    #[test]
    fn an_acknowledgement_of_nothing_is_a_violation() {
        let found = run(&[Some(acked(1, 7))]);
        assert_eq!(
            found,
            ["reading 7 acknowledged as packet 1, but nothing was sent"]
        );
        // What was sent counts once.
        let twice = [
            Some(sent(1, 7)),
            RECEIVED,
            Some(acked(1, 7)),
            Some(acked(1, 7)),
        ];
        assert_eq!(run(&twice).len(), 1);
    }

    #[test]
    fn an_acknowledgement_before_the_broker_has_it_is_a_violation() {
        let found = run(&[Some(sent(1, 7)), Some(acked(1, 7))]);
        assert!(
            found[0].ends_with("but the broker has not received it"),
            "{found:?}"
        );
        // What the broker received before is another packet of the same number.
        let early = [RECEIVED, Some(sent(1, 7)), Some(acked(1, 7))];
        assert_eq!(run(&early).len(), 1);
    }

    #[test]
    fn an_acknowledgement_of_another_packet_or_reading_is_a_violation() {
        for acked in [acked(2, 7), acked(1, 8)] {
            let found = run(&[Some(sent(1, 7)), RECEIVED, Some(acked)]);
            assert!(
                found[0].ends_with("but another packet was sent"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn power_that_is_lost_takes_what_was_in_flight() {
        let off = Some(Observation::PoweredOff);
        let story = [Some(sent(1, 7)), RECEIVED, off, Some(acked(1, 7))];
        assert_eq!(run(&story).len(), 1);
    }

    fn received(packet_id: u16) -> BrokerEvent {
        BrokerEvent::MessageReceived {
            connection: ConnectionId {
                node: NODE,
                generation: 1,
            },
            duplicate: false,
            message: Message {
                topic: "a".into(),
                payload: [].into(),
                qos: Qos::AtLeastOnce,
                retain: false,
            },
            packet_id: Some(id(packet_id)),
        }
    }
}
