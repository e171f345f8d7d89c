//! Claims about how soon a node is there: joined, and heard by the broker.

use node_core::Event;
use nodelab_sim::radio::RadioEvent;
use nodelab_sim::{NodeId, Observation, SimSpan, SimTime};

use super::{Failures, Health, index_of, node_of};
use crate::scenario::Range;
use crate::verdict::Failure;

/// Each node's first acknowledgement comes so long after its first boot.
#[derive(Clone, Debug)]
pub(super) struct FirstPublishBetween {
    range: Range<SimSpan>,
    nodes: Vec<First>,
    failures: Failures,
}

/// How far a node is.
#[derive(Clone, Copy, Debug, Default)]
enum First {
    /// It has no power yet.
    #[default]
    Off,
    /// It booted then, and nothing of it was acknowledged yet.
    Booted(SimTime),
    /// It was judged.
    Judged,
}

/// No join takes longer while no fault is active.
#[derive(Clone, Debug)]
pub(super) struct JoinWithin {
    limit: SimSpan,
    /// When the join of each node began that is not over.
    began: Vec<Option<SimTime>>,
    joined: bool,
    failures: Failures,
}

impl FirstPublishBetween {
    pub(super) fn new(range: Range<SimSpan>, nodes: usize) -> Self {
        Self {
            range,
            nodes: vec![First::default(); nodes],
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        match what {
            Observation::PoweredOn => {
                let first = &mut self.nodes[index_of(node)];
                if let First::Off = first {
                    *first = First::Booted(at);
                }
            }
            Observation::Node(
                Event::PublishAcked { .. }
                | Event::PublishSent {
                    packet_id: None, ..
                },
            ) => {
                let first = &mut self.nodes[index_of(node)];
                if let First::Booted(since) = *first {
                    *first = First::Judged;
                    self.judge(at, node, at.since(since));
                }
            }
            _ => {}
        }
    }

    pub(super) fn finish(mut self, end: SimTime) -> Vec<Failure> {
        for index in 0..self.nodes.len() {
            let First::Booted(since) = self.nodes[index] else {
                continue;
            };
            let (claim, expected) = self.words();
            self.failures.note(|| Failure {
                at: end,
                claim,
                expected,
                line: None,
                node: node_of(index),
                seen: format!("nothing acknowledged in {}", end.since(since)),
            });
        }
        self.failures.0
    }

    fn judge(&mut self, at: SimTime, node: NodeId, took: SimSpan) {
        if (self.range.low()..=self.range.high()).contains(&took) {
            return;
        }
        let (claim, expected) = self.words();
        self.failures.note(|| Failure {
            at,
            claim,
            expected,
            line: None,
            node,
            seen: format!("it came {took} after the boot"),
        });
    }

    fn words(&self) -> (String, String) {
        let (low, high) = (self.range.low(), self.range.high());
        let claim = format!("first-publish-between: {low}..{high}");
        let expected = format!("the first acknowledgement {low} to {high} after the first boot");
        (claim, expected)
    }
}

impl JoinWithin {
    pub(super) fn new(limit: SimSpan, nodes: usize) -> Self {
        Self {
            limit,
            began: vec![None; nodes],
            joined: false,
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(
        &mut self,
        at: SimTime,
        node: NodeId,
        what: &Observation<'_>,
        health: &Health,
    ) {
        match what {
            Observation::Radio(RadioEvent::PhaseStarted(_)) => {
                let began = &mut self.began[index_of(node)];
                *began = began.or(Some(at));
            }
            Observation::Node(Event::LinkJoined) => {
                self.joined = true;
                if let Some(began) = self.began[index_of(node)].take() {
                    self.judge(at, node, began, health);
                }
            }
            Observation::Node(Event::LinkLost(_)) | Observation::PoweredOff => {
                self.began[index_of(node)] = None;
            }
            _ => {}
        }
    }

    pub(super) fn finish(mut self, end: SimTime) -> Vec<Failure> {
        let limit = self.limit;
        if !self.joined {
            self.failures.note(|| Failure {
                at: end,
                claim: format!("join-within: {limit}"),
                expected: format!("every join done within {limit}"),
                line: None,
                node: NodeId::WORLD,
                seen: "nobody joined until the end".to_owned(),
            });
        }
        self.failures.0
    }

    fn judge(&mut self, at: SimTime, node: NodeId, began: SimTime, health: &Health) {
        let (limit, took) = (self.limit, at.since(began));
        if took <= limit || health.was_struck_since(began) {
            return;
        }
        self.failures.note(|| Failure {
            at,
            claim: format!("join-within: {limit}"),
            expected: format!("every join done within {limit}"),
            line: None,
            node,
            seen: format!("a join that took {took}"),
        });
    }
}

#[cfg(test)]
mod tests {
    use node_core::LinkLoss;
    use nodelab_sim::radio::JoinPhase;

    use super::*;

    const NODE: NodeId = NodeId(0);
    const SENT: Observation<'_> = Observation::Node(Event::PublishSent {
        duplicate: false,
        packet_id: None,
        sequence: 0,
    });
    const SCAN: Observation<'_> = Observation::Radio(RadioEvent::PhaseStarted(JoinPhase::Scan));

    fn at(ms: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_millis(ms))
    }

    fn first_publish(events: &[(u64, Observation<'_>)]) -> Vec<String> {
        let (low, high) = (SimSpan::from_millis(100), SimSpan::from_millis(200));
        let range = Range::new(low, high).expect("the ends are in order");
        let mut claim = FirstPublishBetween::new(range, 1);
        for (ms, what) in events {
            claim.on_event(at(*ms), NODE, what);
        }
        seen(claim.finish(at(900)))
    }

    fn join(events: &[(u64, Observation<'_>)]) -> Vec<String> {
        let mut claim = JoinWithin::new(SimSpan::from_millis(100), 1);
        for (ms, what) in events {
            claim.on_event(at(*ms), NODE, what, &Health::default());
        }
        seen(claim.finish(at(900)))
    }

    fn seen(failures: Vec<Failure>) -> Vec<String> {
        failures.into_iter().map(|failure| failure.seen).collect()
    }

    #[test]
    fn the_first_publish_is_neither_early_nor_late_nor_missing() {
        let on = (50, Observation::PoweredOn);
        assert!(first_publish(&[on, (200, SENT), (900, SENT)]).is_empty());
        assert_eq!(first_publish(&[on, (120, SENT)]).len(), 1);
        assert_eq!(first_publish(&[on, (300, SENT)]).len(), 1);
        assert_eq!(
            first_publish(&[on]),
            ["nothing acknowledged in 850 ms"],
            "a node that never publishes"
        );
    }

    #[test]
    fn a_join_counts_from_its_first_phase_and_a_failed_one_is_none() {
        let joined = Observation::Node(Event::LinkJoined);
        let lost = Observation::Node(Event::LinkLost(LinkLoss::BeaconsLost));
        assert!(join(&[(0, SCAN), (90, SCAN), (100, joined)]).is_empty());
        assert_eq!(
            join(&[(0, SCAN), (101, joined)]),
            ["a join that took 101 ms"]
        );
        assert!(join(&[(0, SCAN), (500, lost), (550, SCAN), (600, joined)]).is_empty());
        assert_eq!(join(&[(0, SCAN)]), ["nobody joined until the end"]);
    }
}
