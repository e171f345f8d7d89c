//! A queue never holds more than its capacity.

use super::{Violation, Violations};
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

#[derive(Clone, Debug)]
pub(super) struct QueueBound {
    capacity: u8,
    pub(super) violations: Violations,
}

impl QueueBound {
    pub(super) fn new(capacity: u8) -> Self {
        Self {
            capacity,
            violations: Violations::default(),
        }
    }
}

impl Observer for QueueBound {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if let Observation::Queued(length) = *what
            && length > self.capacity
        {
            let capacity = self.capacity;
            self.violations.note(|| Violation {
                claim: "the queue is bounded",
                at,
                node,
                expected: format!("at most {capacity} readings in the queue"),
                seen: format!("{length} readings"),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_more_than_the_capacity_is_a_violation() {
        let mut checker = QueueBound::new(2);
        for length in [1, 2, 3] {
            checker.on_event(SimTime::ZERO, NodeId(0), &Observation::Queued(length));
        }
        assert_eq!(checker.violations.0.len(), 1);
    }
}
