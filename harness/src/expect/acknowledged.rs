//! Claims about when readings are acknowledged.

use std::collections::VecDeque;

use node_core::{Duration, Event, Reading};
use nodelab_sim::{NodeId, Observation, SimSpan, SimTime};

use super::{Failures, Health, celsius, index_of};
use crate::verdict::Failure;

/// Readings of one node that are not acknowledged, oldest first, and what the node said last
/// about its way to the broker.
#[derive(Clone, Debug, Default)]
struct Waiting {
    readings: VecDeque<(SimTime, Reading)>,
    retry: Option<(u16, Duration)>,
    retries: u32,
}

/// Every reading is acknowledged within the limit while no fault is active.
#[derive(Clone, Debug)]
pub(super) struct AckedWithin {
    limit: SimSpan,
    nodes: Vec<Waiting>,
    failures: Failures,
}

/// After the last fault healed, everything taken before is delivered within the limit.
#[derive(Clone, Debug)]
pub(super) struct ConvergesWithin {
    limit: SimSpan,
    nodes: Vec<Waiting>,
    failures: Failures,
}

impl Waiting {
    /// Keeps the books; returns the reading that was just acknowledged.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    fn on_event(&mut self, at: SimTime, event: Event) -> Option<(SimTime, Reading)> {
        match event {
            Event::ReadingTaken(reading) => {
                self.readings.push_back((at, reading));
                None
            }
            Event::PublishAcked { sequence, .. }
            | Event::PublishSent {
                packet_id: None,
                sequence,
                ..
            } => self.remove(sequence),
            Event::ReadingDropped { sequence, .. } | Event::ReadingShown { sequence } => {
                self.remove(sequence);
                None
            }
            Event::RetryScheduled { attempt, delay } => {
                self.retry = Some((attempt, delay));
                self.retries += 1;
                None
            }
            Event::SessionOpened { .. } => {
                self.retry = None;
                None
            }
            _ => None,
        }
    }

    fn remove(&mut self, sequence: u32) -> Option<(SimTime, Reading)> {
        let place = self
            .readings
            .iter()
            .position(|(_, r)| r.sequence == sequence)?;
        self.readings.remove(place)
    }

    /// Says how the node was doing, for the one who reads the failure.
    fn describe(&self) -> String {
        match self.retry {
            Some((attempt, delay)) => {
                let delay = SimSpan::from_micros(delay.as_micros());
                format!("retry {attempt}, back-off {delay}")
            }
            None => format!("{} retries before", self.retries),
        }
    }
}

impl AckedWithin {
    pub(super) fn new(limit: SimSpan, nodes: usize) -> Self {
        Self {
            limit,
            nodes: vec![Waiting::default(); nodes],
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
        match *what {
            Observation::Node(event) => {
                let waiting = &mut self.nodes[index_of(node)];
                if let Some((taken, reading)) = waiting.on_event(at, event) {
                    self.judge(at, node, taken, reading, health);
                }
            }
            Observation::ReadingForgotten(reading) => {
                self.nodes[index_of(node)].remove(reading.sequence);
            }
            _ => {}
        }
    }

    pub(super) fn finish(mut self, end: SimTime, health: &Health) -> Vec<Failure> {
        for index in 0..self.nodes.len() {
            if let Some(&(taken, reading)) = self.nodes[index].readings.front() {
                let node = NodeId(u32::try_from(index).expect("nodes are numbered with 32 bits"));
                self.judge(end, node, taken, reading, health);
            }
        }
        self.failures.0
    }

    fn judge(
        &mut self,
        at: SimTime,
        node: NodeId,
        taken: SimTime,
        reading: Reading,
        health: &Health,
    ) {
        let waited = at.since(taken);
        if waited <= self.limit || health.was_struck_since(taken) {
            return;
        }
        let (limit, doing) = (self.limit, self.nodes[index_of(node)].describe());
        self.failures.note(|| Failure {
            at,
            claim: format!("acked-within: {limit}"),
            expected: format!("every reading acknowledged within {limit}"),
            line: None,
            node,
            seen: format!(
                "reading {} ({}, taken {taken}) waited {waited}: {doing}",
                reading.sequence,
                celsius(reading.value),
            ),
        });
    }
}

impl ConvergesWithin {
    pub(super) fn new(limit: SimSpan, nodes: usize) -> Self {
        Self {
            limit,
            nodes: vec![Waiting::default(); nodes],
            failures: Failures::default(),
        }
    }

    pub(super) const fn limit(&self) -> SimSpan {
        self.limit
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
        match *what {
            Observation::Node(event) => {
                let waiting = &mut self.nodes[index_of(node)];
                if let Some((taken, reading)) = waiting.on_event(at, event) {
                    self.judge(at, node, taken, reading, health);
                }
            }
            Observation::ReadingForgotten(reading) => {
                self.nodes[index_of(node)].remove(reading.sequence);
            }
            _ => {}
        }
    }

    pub(super) fn finish(mut self, end: SimTime, health: &Health) -> Vec<Failure> {
        for index in 0..self.nodes.len() {
            if let Some(&(taken, reading)) = self.nodes[index].readings.front() {
                let node = NodeId(u32::try_from(index).expect("nodes are numbered with 32 bits"));
                self.judge(end, node, taken, reading, health);
            }
        }
        self.failures.0
    }

    fn judge(
        &mut self,
        at: SimTime,
        node: NodeId,
        taken: SimTime,
        reading: Reading,
        health: &Health,
    ) {
        let Some(healed) = health.healed_at().filter(|healed| taken <= *healed) else {
            return;
        };
        let took = at.since(healed);
        if took <= self.limit {
            return;
        }
        let (limit, doing) = (self.limit, self.nodes[index_of(node)].describe());
        self.failures.note(|| Failure {
            at,
            claim: format!("converges-within: {limit}"),
            expected: format!("everything delivered within {limit} after the last fault"),
            line: None,
            node,
            seen: format!(
                "reading {} (taken {taken}) still waiting {took} after it healed: {doing}",
                reading.sequence,
            ),
        });
    }
}
