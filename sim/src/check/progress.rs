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

/// Stands for "nothing waits", in half the room of an option: fleets have 10⁵ of these.
const NEVER: SimTime = SimTime::MAX;

#[derive(Clone, Debug)]
pub(super) struct Progress {
    bound: Option<ProgressBound>,
    /// Per node: since when readings have been waiting without one being acknowledged;
    /// [`NEVER`] when none waits.
    waiting_since: Vec<SimTime>,
    faults: u32,
    healthy_since: SimTime,
    pub(super) violations: Violations,
}

impl Progress {
    pub(super) fn new(nodes: usize, bound: Option<ProgressBound>) -> Self {
        let tracked = if bound.is_some() { nodes } else { 0 };
        Self {
            bound,
            waiting_since: vec![NEVER; tracked],
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
        if *slot == NEVER {
            return;
        }
        let since = (*slot).max(self.healthy_since);
        let waited = at.since(since);
        if waited <= bound {
            return;
        }
        // One report for each stall.
        *slot = at;
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
                self.waiting_since[index_of(node)] = NEVER;
            }
            Observation::Queued(_) => {
                self.judge(at, node);
                let since = &mut self.waiting_since[index_of(node)];
                *since = at.min(*since);
            }
            Observation::Node(Event::PublishAcked { .. }) => {
                self.judge(at, node);
                self.waiting_since[index_of(node)] = at;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;
    use crate::fault::Fault;

    const BOUND_S: u64 = 100;

    /// Lets things happen at seconds, and returns at which ones a stall was noticed.
    fn stalls(story: &[(u64, Observation<'_>)], end_s: u64) -> Vec<u64> {
        let bound = ProgressBound(SimSpan::from_secs(BOUND_S));
        let mut checker = Progress::new(1, Some(bound));
        for (second, what) in story {
            checker.on_event(at(*second), NodeId(0), what);
        }
        checker.finish(at(end_s));
        let found = checker.violations.0.iter();
        let seconds = found.map(|found| found.at.as_nanos() / 1_000_000_000);
        seconds.collect()
    }

    fn at(second: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_secs(second))
    }

    fn acked() -> Observation<'static> {
        Observation::Node(Event::PublishAcked {
            packet_id: NonZeroU16::MIN,
            sequence: 0,
        })
    }

    #[test]
    fn a_node_that_falls_silent_is_noticed_at_the_end() {
        assert_eq!(stalls(&[(10, Observation::Queued(1))], 110), [0; 0]);
        assert_eq!(stalls(&[(10, Observation::Queued(1))], 111), [111]);
    }

    #[test]
    fn more_readings_do_not_make_up_for_none_delivered() {
        let queued = |second, length| (second, Observation::Queued(length));
        let story = [queued(0, 1), queued(60, 2), queued(120, 3), queued(180, 4)];
        assert_eq!(stalls(&story, 200), [120]);
    }

    #[test]
    fn an_acknowledgement_or_an_empty_queue_starts_the_count_again() {
        let queued = Observation::Queued;
        let acked = [(0, queued(2)), (90, acked()), (90, queued(1))];
        assert_eq!(stalls(&acked, 180), [0; 0]);
        let emptied = [(0, queued(1)), (90, queued(0)), (500, queued(1))];
        assert_eq!(stalls(&emptied, 590), [0; 0]);
    }

    #[test]
    fn a_fault_excuses_a_stall_until_it_has_healed_for_the_bound() {
        let down = Fault::AccessPointDown;
        let story = [
            (0, Observation::Queued(1)),
            (50, Observation::FaultStarted(down)),
            (900, Observation::Queued(2)),
            (1_000, Observation::FaultEnded(down)),
        ];
        assert_eq!(stalls(&story, 1_100), [0; 0]);
        assert_eq!(stalls(&story, 1_101), [1_101]);
    }

    #[test]
    fn one_of_two_faults_that_ends_leaves_the_world_broken() {
        let (access_point, link) = (Fault::AccessPointDown, Fault::LinkLoss { loss_ppm: 1 });
        let story = [
            (0, Observation::Queued(1)),
            (1, Observation::FaultStarted(access_point)),
            (2, Observation::FaultStarted(link)),
            (3, Observation::FaultEnded(access_point)),
        ];
        assert_eq!(stalls(&story, 10_000), [0; 0]);
    }

    #[test]
    fn a_node_without_power_is_not_late() {
        let story = [(0, Observation::Queued(1)), (50, Observation::PoweredOff)];
        assert_eq!(stalls(&story, 10_000), [0; 0]);
    }

    #[test]
    fn without_a_bound_nothing_is_late() {
        let mut checker = Progress::new(1, None);
        checker.on_event(SimTime::ZERO, NodeId(0), &Observation::Queued(1));
        checker.finish(at(1_000_000));
        assert_eq!(checker.violations.0, []);
    }
}
