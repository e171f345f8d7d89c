//! Progress: while nothing is broken, a node with readings to send gets one acknowledged
//! within a bound.
//!
//! This is the liveness half: a node that skipped a retry breaks no other rule, it is only
//! silent for ever.

use node_core::Event;

use super::{Violation, Violations, index_of};
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::{SimSpan, SimTime};

/// How long a healthy world may make no progress: derived from a node's own timeouts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ProgressBound(pub SimSpan);

#[derive(Clone, Debug)]
pub(super) struct Progress {
    bound: Option<ProgressBound>,
    /// Per node: since when readings have been waiting without one being acknowledged.
    waiting_since: Vec<Option<SimTime>>,
    faults: u32,
    healthy_since: SimTime,
    pub(super) violations: Violations,
}

impl Progress {
    pub(super) fn new(nodes: usize, bound: Option<ProgressBound>) -> Self {
        let tracked = if bound.is_some() { nodes } else { 0 };
        Self {
            bound,
            waiting_since: vec![None; tracked],
            faults: 0,
            healthy_since: SimTime::ZERO,
            violations: Violations::default(),
        }
    }

    /// Judges all nodes at the end of a run.
    pub(super) fn finish(&mut self, end: SimTime) {
        for node in 0..u32::try_from(self.waiting_since.len()).unwrap_or(u32::MAX) {
            self.judge(end, NodeId(node));
        }
    }

    fn judge(&mut self, at: SimTime, node: NodeId) {
        let Some(ProgressBound(bound)) = self.bound else {
            return;
        };
        if self.faults > 0 {
            return;
        }
        let slot = &mut self.waiting_since[index_of(node)];
        let Some(since) = slot.map(|since| since.max(self.healthy_since)) else {
            return;
        };
        let waited = at.since(since);
        if waited <= bound {
            return;
        }
        // One report for each stall.
        *slot = Some(at);
        self.violations.note(|| Violation {
            claim: "progress",
            at,
            node,
            expected: format!("an acknowledgement within {bound} while nothing is broken"),
            seen: format!("readings in the queue and none acknowledged for {waited}"),
        });
    }
}

impl Observer for Progress {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if self.bound.is_none() {
            return;
        }
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a checker reads what concerns it"
        )]
        match *what {
            Observation::FaultStarted(fault) if !fault.is_momentary() => self.faults += 1,
            Observation::FaultEnded(_) => {
                self.faults = self.faults.saturating_sub(1);
                self.healthy_since = at;
            }
            Observation::Queued(0) | Observation::PoweredOff => {
                self.judge(at, node);
                self.waiting_since[index_of(node)] = None;
            }
            Observation::Queued(_) => {
                self.judge(at, node);
                self.waiting_since[index_of(node)].get_or_insert(at);
            }
            Observation::Node(Event::PublishAcked { .. }) => {
                self.judge(at, node);
                self.waiting_since[index_of(node)] = Some(at);
            }
            _ => {}
        }
    }
}
