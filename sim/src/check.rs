//! Invariants that hold in every run, whatever the scenario claims. One file each.

mod acknowledgement;
mod conservation;
mod energy;
mod progress;
mod queue_bound;
mod time_order;

use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

use acknowledgement::Acknowledgement;
use conservation::Conservation;
use energy::EnergyBooks;
use progress::Progress;
pub use progress::ProgressBound;
use queue_bound::QueueBound;
use time_order::TimeOrder;

/// Violations that one checker keeps; the first ones tell the story.
const VIOLATIONS_MAX: usize = 8;

/// Something that must never be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// The invariant, in a few words.
    pub claim: &'static str,
    /// When it was seen.
    pub at: SimTime,
    /// At which node.
    pub node: NodeId,
    /// What had to be, as a fragment after "expected".
    pub expected: String,
    /// What was.
    pub seen: String,
}

/// All checkers, as one observer.
#[derive(Clone, Debug)]
pub struct Checkers {
    acknowledgement: Acknowledgement,
    conservation: Conservation,
    energy: EnergyBooks,
    progress: Progress,
    queue_bound: QueueBound,
    time_order: TimeOrder,
}

impl Checkers {
    /// Builds the checkers for `nodes` nodes whose queues hold `capacity` readings.
    #[must_use]
    pub fn new(nodes: usize, capacity: u8, progress: Option<ProgressBound>) -> Self {
        Self {
            acknowledgement: Acknowledgement::new(nodes),
            conservation: Conservation::new(nodes),
            energy: EnergyBooks::default(),
            progress: Progress::new(nodes, progress),
            queue_bound: QueueBound::new(capacity),
            time_order: TimeOrder::default(),
        }
    }

    /// Checks charge and time as well: for worlds whose boards keep books of `nodes` nodes.
    #[must_use]
    pub fn with_books(mut self, nodes: usize) -> Self {
        self.energy = EnergyBooks::new(nodes);
        self
    }

    /// Returns what was violated until `end`, in order of time.
    #[must_use]
    pub fn finish(mut self, end: SimTime) -> Vec<Violation> {
        self.progress.finish(end);
        let lists = [
            self.acknowledgement.violations,
            self.conservation.violations,
            self.energy.violations,
            self.progress.violations,
            self.queue_bound.violations,
            self.time_order.violations,
        ];
        let mut all: Vec<Violation> = lists.into_iter().flat_map(|list| list.0).collect();
        all.sort_by_key(|violation| violation.at);
        all
    }
}

impl Observer for Checkers {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        self.time_order.on_event(at, node, what);
        self.conservation.on_event(at, node, what);
        self.acknowledgement.on_event(at, node, what);
        self.energy.on_event(at, node, what);
        self.queue_bound.on_event(at, node, what);
        self.progress.on_event(at, node, what);
    }
}

/// The first violations of one checker.
#[derive(Clone, Debug, Default)]
struct Violations(Vec<Violation>);

impl Violations {
    /// Notes a violation, unless there are enough; texts are built only when it is kept.
    fn note(&mut self, violation: impl FnOnce() -> Violation) {
        if self.0.len() < VIOLATIONS_MAX {
            self.0.push(violation());
        }
    }
}

/// Returns the index of a node that is not the world.
fn index_of(node: NodeId) -> usize {
    node.0 as usize
}
