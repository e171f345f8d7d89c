//! How one scenario and seed ended.

use std::sync::Arc;

use nodelab_sim::{Digest, NodeId, NodeLife, SimSpan, SimTime};
use serde::Serialize;

use crate::compute::ComputeSummary;
use crate::energy::EnergySummary;
use crate::record::Recorded;
use crate::report::Portrait;

/// Everything about the end of one run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What its nodes computed, where they run on emulated cores.
    pub compute: Option<ComputeSummary>,
    /// Hash of every observation in order; equal digests mean equal runs.
    pub digest: Digest,
    /// What was drawn, where the scenario asks.
    pub energy: Option<EnergySummary>,
    /// What did not hold, in order of time.
    pub failures: Vec<Failure>,
    /// What its nodes were told, where that was asked for.
    pub lives: Vec<NodeLife>,
    /// What an HTML report shows of it, where one was asked for.
    pub portrait: Option<Arc<Portrait>>,
    /// Files that were written of it.
    pub recorded: Option<Recorded>,
    /// The seed.
    pub seed: u64,
    /// What it took.
    pub stats: Stats,
    /// How it ended.
    pub status: Status,
    /// What the first node printed.
    pub serial: Vec<u8>,
    /// Simulated time it covered.
    pub virtual_time: SimSpan,
    /// What was skipped because it cannot be done here, in words.
    pub unsupported: Vec<String>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A claim did not hold.
    Failed,
    /// Every claim held.
    Passed,
    /// The steps did not finish within the scenario's simulated time.
    Timeout,
}

/// One claim that did not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// When it was first seen.
    pub at: SimTime,
    /// The claim, as the scenario words it.
    pub claim: String,
    /// What was expected, as a fragment after "expected".
    pub expected: String,
    /// Line of the scenario's file that claims it, from 1; `None` for what always holds.
    pub line: Option<u32>,
    /// At which node; [`NodeId::WORLD`] when it concerns no single one.
    pub node: NodeId,
    /// What was seen.
    pub seen: String,
}

/// What a run took. Not part of any digest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    /// Events processed.
    pub events: u64,
    /// Nodes simulated.
    pub nodes: u32,
    /// Processor time, in nanoseconds of the worker's thread; zero when not measured.
    pub cpu_ns: u64,
    /// Largest memory of the process so far, in bytes, where the system tells it.
    pub peak_memory: Option<u64>,
    /// Memory of the process before the world was built, in bytes, where the system tells it.
    pub resident_before: Option<u64>,
}

impl Failure {
    /// Returns the node's number, or `None` when it concerns no single one.
    #[must_use]
    pub fn node_number(&self) -> Option<u32> {
        (self.node != NodeId::WORLD).then_some(self.node.0)
    }
}
