//! Time never runs back: neither the world's nor the order in which a run is told.

use super::{Violation, Violations};
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

#[derive(Clone, Debug, Default)]
pub(super) struct TimeOrder {
    last: SimTime,
    pub(super) violations: Violations,
}

impl Observer for TimeOrder {
    fn on_event(&mut self, at: SimTime, node: NodeId, _what: &Observation<'_>) {
        let last = self.last;
        if at < last {
            self.violations.note(|| Violation {
                claim: "time is monotonic",
                at,
                node,
                expected: format!("nothing before {last} any more"),
                seen: format!("an observation of {at}"),
            });
        }
        self.last = at.max(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_out_of_order_is_a_violation() {
        let mut checker = TimeOrder::default();
        for ns in [1, 1, 3, 2] {
            let at = SimTime::from_nanos(ns);
            checker.on_event(at, NodeId(0), &Observation::PoweredOn);
        }
        assert_eq!(checker.violations.0.len(), 1);
        assert_eq!(checker.violations.0[0].at, SimTime::from_nanos(2));
    }
}
