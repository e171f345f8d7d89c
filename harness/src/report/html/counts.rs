//! What each node did, in numbers.
//!
//! Owns the sums. Does not know when anything happened.

use crate::telemetry::Fact;

/// Nodes that are counted apart.
pub(crate) const NODES_MAX: usize = 1_000;

/// Sums of one node, or of all.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Count {
    pub(crate) taken: u64,
    pub(crate) acked: u64,
    pub(crate) shown: u64,
    pub(crate) lost: u64,
    pub(crate) rejected: u64,
    pub(crate) links_lost: u64,
    pub(crate) retries: u64,
    pub(crate) sessions: u64,
    pub(crate) boots: u64,
}

/// Sums of all nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) all: Count,
    pub(crate) nodes: Vec<Count>,
}

impl Counts {
    pub(crate) fn add(&mut self, node: Option<u32>, fact: &Fact) {
        self.all.add(fact);
        let Some(node) = node.map(|node| node as usize) else {
            return;
        };
        if node < NODES_MAX {
            if self.nodes.len() <= node {
                self.nodes.resize(node + 1, Count::default());
            }
            self.nodes[node].add(fact);
        }
    }
}

impl Count {
    #[expect(clippy::wildcard_enum_match_arm, reason = "some facts are counted")]
    const fn add(&mut self, fact: &Fact) {
        let counter = match fact {
            Fact::Booted => &mut self.boots,
            Fact::LinkLost { .. } => &mut self.links_lost,
            Fact::PublishAcked { .. } => &mut self.acked,
            Fact::ReadingDropped { .. } | Fact::ReadingForgotten { .. } => &mut self.lost,
            Fact::ReadingShown { .. } => &mut self.shown,
            Fact::ReadingTaken { .. } => &mut self.taken,
            Fact::RetryScheduled { .. } => &mut self.retries,
            Fact::SensorFaulted { .. } => &mut self.rejected,
            Fact::SessionOpened { .. } => &mut self.sessions,
            _ => return,
        };
        *counter += 1;
    }
}
