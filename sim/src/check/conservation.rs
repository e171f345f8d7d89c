//! Readings are conserved: taken = handed over + queued + given up with a reason.
//!
//! A reading leaves the books when it is acknowledged, when it is sent without asking for an
//! acknowledgement, when it was meant for the console only, when it is dropped with a reason,
//! or when the memory that held it lost its power. Whatever else makes one vanish or appear
//! twice is a violation, seen as soon as the queue's length disagrees with the books.

use node_core::Event;
use smallvec::SmallVec;

use super::{Violation, Violations, index_of};
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

/// Numbers of one node's readings; a healthy node has one or two open at a time.
type Open = SmallVec<[u32; 2]>;

const CLAIM: &str = "readings are conserved";

#[derive(Clone, Debug)]
pub(super) struct Conservation {
    /// Numbers of the readings that each node still has to account for, in rising order.
    open: Vec<Open>,
    pub(super) violations: Violations,
}

impl Conservation {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            open: vec![Open::new(); nodes],
            violations: Violations::default(),
        }
    }

    fn close(&mut self, at: SimTime, node: NodeId, sequence: u32, how: &'static str) {
        let open = &mut self.open[index_of(node)];
        if let Ok(place) = open.binary_search(&sequence) {
            open.remove(place);
            return;
        }
        self.violations.note(|| Violation {
            claim: CLAIM,
            at,
            node,
            expected: "each reading to be accounted for once".to_owned(),
            seen: format!("reading {sequence} {how}, though it was not open"),
        });
    }

    fn compare(&mut self, at: SimTime, node: NodeId, queued: u8) {
        let open = &self.open[index_of(node)];
        if open.len() == usize::from(queued) {
            return;
        }
        let numbers = open
            .iter()
            .take(4)
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        let count = open.len();
        self.violations.note(|| Violation {
            claim: CLAIM,
            at,
            node,
            expected: format!("{count} readings in the queue: taken, not handed over, not dropped"),
            seen: format!("{queued} in the queue; open are {numbers} …"),
        });
    }
}

impl Observer for Conservation {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a checker reads what concerns it"
        )]
        match *what {
            Observation::Node(Event::ReadingTaken(reading)) => {
                let open = &mut self.open[index_of(node)];
                let last = open.last().copied();
                open.push(reading.sequence);
                if last.is_some_and(|last| last >= reading.sequence) {
                    self.violations.note(|| Violation {
                        claim: CLAIM,
                        at,
                        node,
                        expected: "rising numbers of readings".to_owned(),
                        seen: format!("reading {} after {}", reading.sequence, last.unwrap_or(0)),
                    });
                }
            }
            Observation::Node(Event::PublishAcked { sequence, .. }) => {
                self.close(at, node, sequence, "acknowledged");
            }
            Observation::Node(Event::PublishSent {
                packet_id: None,
                sequence,
                ..
            }) => {
                self.close(at, node, sequence, "sent");
            }
            Observation::Node(Event::ReadingDropped { sequence, .. }) => {
                self.close(at, node, sequence, "dropped");
            }
            Observation::Node(Event::ReadingShown { sequence }) => {
                self.close(at, node, sequence, "shown");
            }
            Observation::ReadingForgotten(reading) => {
                self.close(at, node, reading.sequence, "forgotten");
            }
            Observation::Queued(length) => self.compare(at, node, length),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use node_core::{DropReason, Instant, MilliCelsius, Reading};

    use super::*;

    fn run(events: &[Observation<'_>]) -> Vec<Violation> {
        let mut checker = Conservation::new(1);
        for what in events {
            checker.on_event(SimTime::ZERO, NodeId(0), what);
        }
        checker.violations.0
    }

    fn taken(sequence: u32) -> Observation<'static> {
        let (taken, value) = (Instant::ZERO, MilliCelsius(0));
        Observation::Node(Event::ReadingTaken(Reading {
            taken,
            value,
            sequence,
        }))
    }

    fn acked(sequence: u32) -> Observation<'static> {
        Observation::Node(Event::PublishAcked {
            packet_id: NonZeroU16::MIN,
            sequence,
        })
    }

    fn dropped(sequence: u32) -> Observation<'static> {
        let why = DropReason::QueueFullOldest;
        Observation::Node(Event::ReadingDropped { sequence, why })
    }

    #[test]
    fn a_reading_may_leave_in_every_stated_way() {
        let queued = Observation::Queued;
        let story = [
            taken(0),
            taken(1),
            queued(2),
            acked(0),
            queued(1),
            dropped(1),
            queued(0),
        ];
        assert_eq!(run(&story), []);
    }

    #[test]
    fn a_reading_that_vanishes_is_a_violation() {
        let found = run(&[taken(0), taken(1), Observation::Queued(1)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].seen.contains("1 in the queue"), "{found:?}");
    }

    #[test]
    fn a_reading_accounted_for_twice_is_a_violation() {
        assert_eq!(run(&[taken(0), acked(0), dropped(0)]).len(), 1);
    }
}
