//! Claims about how many.

use node_core::Event;
use nodelab_sim::{NodeId, Observation, SimTime};

use super::Failures;
use crate::verdict::Failure;

/// At most so many readings are lost, all nodes together.
#[derive(Clone, Debug)]
pub(super) struct ReadingsLost {
    limit: u64,
    lost: u64,
    pub(super) failures: Failures,
}

/// At least so many readings are published.
#[derive(Clone, Debug)]
pub(super) struct PublishedAtLeast {
    wanted: u64,
    published: u64,
}

/// No queue is ever longer.
#[derive(Clone, Debug)]
pub(super) struct QueueAtMost {
    limit: u32,
    pub(super) failures: Failures,
}

impl ReadingsLost {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit,
            lost: 0,
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let (sequence, why) = match *what {
            Observation::Node(Event::ReadingDropped { sequence, why }) => (sequence, why.as_str()),
            Observation::ReadingForgotten(reading) => (reading.sequence, "power lost"),
            _ => return,
        };
        self.lost += 1;
        let (limit, lost) = (self.limit, self.lost);
        if lost > limit {
            self.failures.note(|| Failure {
                at,
                claim: format!("readings-lost: {limit}"),
                expected: format!("at most {limit} readings lost"),
                node,
                seen: format!("reading {sequence} lost ({why}), {lost} in all"),
            });
        }
    }
}

impl PublishedAtLeast {
    pub(super) fn new(wanted: u64) -> Self {
        Self {
            wanted,
            published: 0,
        }
    }

    pub(super) fn on_event(&mut self, what: &Observation<'_>) {
        if let Observation::Node(
            Event::PublishAcked { .. }
            | Event::PublishSent {
                packet_id: None, ..
            },
        ) = what
        {
            self.published += 1;
        }
    }

    pub(super) fn finish(self, end: SimTime) -> Vec<Failure> {
        let Self { wanted, published } = self;
        if published >= wanted {
            return Vec::new();
        }
        vec![Failure {
            at: end,
            claim: format!("published-at-least: {wanted}"),
            expected: format!("at least {wanted} readings published"),
            node: NodeId::WORLD,
            seen: format!("{published} until the end"),
        }]
    }
}

impl QueueAtMost {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            failures: Failures::default(),
        }
    }

    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let Observation::Queued(length) = *what else {
            return;
        };
        let limit = self.limit;
        if u32::from(length) > limit {
            self.failures.note(|| Failure {
                at,
                claim: format!("queue-at-most: {limit}"),
                expected: format!("at most {limit} readings waiting"),
                node,
                seen: format!("{length} waiting"),
            });
        }
    }
}
