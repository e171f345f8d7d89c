//! What a scenario claims, held against what is seen.
//!
//! Owns the meaning of each expectation. Watches the observation stream like any other
//! observer, and cannot influence it.

mod acknowledged;
mod arrival;
mod count;
mod energy;
mod handshake;
mod health;
mod presence;
mod protection;
mod value;

use nodelab_sim::stack::tls::Verification;
use nodelab_sim::{NodeId, Observation, Observer, SimSpan, SimTime};

use crate::energy::Source;
use crate::scenario::{Claim, Expectation};
use crate::verdict::Failure;

use acknowledged::{AckedWithin, ConvergesWithin};
use arrival::{FirstPublishBetween, JoinWithin};
use count::{PublishedAtLeast, QueueAtMost, ReadingsLost, ResumedAtLeast};
use energy::{BatteryLife, EnergyPerReading};
use handshake::{DetectedWithin, HandshakeWithin};
use health::Health;
use presence::{Absent, Present};
use protection::{Authenticated, Confidential, Unheard};
use value::{ErrorAtMost, ReadingBetween};

/// Failures that one claim reports; the first ones tell the story.
pub(crate) const FAILURES_MAX: usize = 4;

/// All claims of a scenario, as one observer.
#[derive(Clone, Debug)]
pub(crate) struct Expectations {
    health: Health,
    /// Each with its line in the scenario's file.
    watchers: Vec<(u32, Watcher)>,
}

/// One claim and its books.
#[derive(Clone, Debug)]
enum Watcher {
    Absent(Absent),
    AckedWithin(AckedWithin),
    Authenticated(Authenticated),
    BatteryLife(BatteryLife),
    Confidential(Box<Confidential>),
    ConvergesWithin(ConvergesWithin),
    DetectedWithin(DetectedWithin),
    EnergyPerReading(EnergyPerReading),
    ErrorAtMost(ErrorAtMost),
    FirstPublishBetween(FirstPublishBetween),
    HandshakeWithin(HandshakeWithin),
    JoinWithin(JoinWithin),
    Present(Present),
    PublishedAtLeast(PublishedAtLeast),
    QueueAtMost(QueueAtMost),
    ReadingBetween(ReadingBetween),
    ReadingsLost(ReadingsLost),
    ResumedAtLeast(ResumedAtLeast),
    Unheard(Unheard),
}

/// What the books must know of the world beforehand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    /// How many nodes there are.
    pub(crate) nodes: usize,
    /// What their charge comes from, where that is asked.
    pub(crate) source: Option<Source>,
    /// How much of a certificate they check, if their streams are protected.
    pub(crate) verification: Option<Verification>,
}

impl Expectations {
    /// Builds the books of all claims.
    #[must_use]
    pub(crate) fn new(claims: &[Expectation], given: Given) -> Self {
        let watchers = claims
            .iter()
            .filter_map(|claim| {
                let line = u32::try_from(claim.place.line).unwrap_or(u32::MAX);
                Some((line, Watcher::new(&claim.claim, given)?))
            })
            .collect();
        Self {
            health: Health::default(),
            watchers,
        }
    }

    /// Returns the longest time any claim gives a healed world to finish.
    #[must_use]
    pub(crate) fn converges_within(&self) -> Option<SimSpan> {
        let limit = |watcher: &Watcher| {
            if let Watcher::ConvergesWithin(claim) = watcher {
                Some(claim.limit())
            } else {
                None
            }
        };
        self.watchers
            .iter()
            .filter_map(|(_, watcher)| limit(watcher))
            .max()
    }

    /// Returns what did not hold until `end`, in order of time. A run that was cut short is not
    /// held to what could still have come.
    #[must_use]
    pub(crate) fn finish(self, end: SimTime, is_cut: bool) -> Vec<Failure> {
        let health = self.health;
        let judged = self
            .watchers
            .into_iter()
            .filter(|(_, watcher)| !is_cut || !watcher.is_awaiting());
        let failures = |(line, watcher): (u32, Watcher)| {
            let located = move |failure| Failure {
                line: Some(line),
                ..failure
            };
            watcher.finish(end, &health).into_iter().map(located)
        };
        let mut all: Vec<Failure> = judged.flat_map(failures).collect();
        all.sort_by_key(|failure| failure.at);
        all
    }
}

impl Observer for Expectations {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        self.health.on_event(at, what);
        for (_, watcher) in &mut self.watchers {
            watcher.on_event(at, node, what, &self.health);
        }
    }
}

impl Watcher {
    /// Builds the books of one claim; `None` for a claim about energy without a source, which
    /// the reader of scenarios refuses.
    fn new(claim: &Claim, given: Given) -> Option<Self> {
        let Given {
            nodes,
            source,
            verification,
        } = given;
        Some(match claim {
            Claim::AckedWithin(limit) => Self::AckedWithin(AckedWithin::new(*limit, nodes)),
            Claim::Alert(description, by) => Self::Present(Present::alert(*description, *by)),
            Claim::Authenticated(wanted) => {
                Self::Authenticated(Authenticated::new(*wanted, nodes, verification))
            }
            Claim::BatteryLifeAtLeast(wanted) => {
                Self::BatteryLife(BatteryLife::new(*wanted, nodes, source?))
            }
            Claim::Confidential(wanted) => {
                Self::Confidential(Box::new(Confidential::new(*wanted, nodes)))
            }
            Claim::ConvergesWithin(limit) => {
                Self::ConvergesWithin(ConvergesWithin::new(*limit, nodes))
            }
            Claim::DetectedWithin(limit) => {
                Self::DetectedWithin(DetectedWithin::new(*limit, nodes))
            }
            Claim::EnergyPerReadingAtMost(limit) => {
                Self::EnergyPerReading(EnergyPerReading::new(*limit, nodes, source?))
            }
            Claim::ErrorAtMost(limit) => Self::ErrorAtMost(ErrorAtMost::new(*limit, nodes)),
            Claim::FirstPublishBetween(range) => {
                Self::FirstPublishBetween(FirstPublishBetween::new(*range, nodes))
            }
            Claim::HandshakeWithin(limit) => {
                Self::HandshakeWithin(HandshakeWithin::new(*limit, nodes))
            }
            Claim::JoinWithin(limit) => Self::JoinWithin(JoinWithin::new(*limit, nodes)),
            Claim::LinkLostReason(code) => Self::Present(Present::reason(*code)),
            Claim::NeverConnectsToImpostor => Self::Unheard(Unheard::default()),
            Claim::Never(what) => Self::Absent(Absent::new(what, nodes)),
            Claim::PublishedAtLeast(count) => Self::PublishedAtLeast(PublishedAtLeast::new(*count)),
            Claim::QueueAtMost(length) => Self::QueueAtMost(QueueAtMost::new(*length)),
            Claim::ReadingBetween(range) => Self::ReadingBetween(ReadingBetween::new(*range)),
            Claim::ReadingsLost(count) => Self::ReadingsLost(ReadingsLost::new(*count)),
            Claim::ResumedAtLeast(count) => Self::ResumedAtLeast(ResumedAtLeast::new(*count)),
            Claim::SensorFault(why) => Self::Present(Present::fault(*why)),
            Claim::Serial(text) => Self::Present(Present::serial(text, nodes)),
            Claim::TlsFailure(why) => Self::Present(Present::tls_failure(*why)),
        })
    }

    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>, health: &Health) {
        match self {
            Self::Absent(claim) => claim.on_event(at, node, what),
            Self::AckedWithin(claim) => claim.on_event(at, node, what, health),
            Self::Authenticated(claim) => claim.on_event(at, node, what),
            Self::BatteryLife(claim) => claim.on_event(at, node, what),
            Self::Confidential(claim) => claim.on_event(at, node, what),
            Self::ConvergesWithin(claim) => claim.on_event(at, node, what, health),
            Self::DetectedWithin(claim) => claim.on_event(at, node, what),
            Self::EnergyPerReading(claim) => claim.on_event(at, node, what),
            Self::ErrorAtMost(claim) => claim.on_event(at, node, what),
            Self::FirstPublishBetween(claim) => claim.on_event(at, node, what),
            Self::HandshakeWithin(claim) => claim.on_event(at, node, what),
            Self::JoinWithin(claim) => claim.on_event(at, node, what, health),
            Self::Present(claim) => claim.on_event(node, what),
            Self::PublishedAtLeast(claim) => claim.on_event(what),
            Self::QueueAtMost(claim) => claim.on_event(at, node, what),
            Self::ReadingBetween(claim) => claim.on_event(at, node, what),
            Self::ReadingsLost(claim) => claim.on_event(at, node, what),
            Self::ResumedAtLeast(claim) => claim.on_event(what),
            Self::Unheard(claim) => claim.on_event(at, node, what),
        }
    }

    /// Returns true for a claim that something will come, or about the run as a whole: only the
    /// end can refute it.
    fn is_awaiting(&self) -> bool {
        match self {
            Self::Authenticated(claim) => claim.is_awaiting(),
            Self::Confidential(claim) => claim.is_awaiting(),
            Self::BatteryLife(_)
            | Self::DetectedWithin(_)
            | Self::EnergyPerReading(_)
            | Self::FirstPublishBetween(_)
            | Self::HandshakeWithin(_)
            | Self::JoinWithin(_)
            | Self::Present(_)
            | Self::PublishedAtLeast(_)
            | Self::ResumedAtLeast(_) => true,
            Self::Absent(_)
            | Self::AckedWithin(_)
            | Self::ConvergesWithin(_)
            | Self::ErrorAtMost(_)
            | Self::QueueAtMost(_)
            | Self::ReadingBetween(_)
            | Self::ReadingsLost(_)
            | Self::Unheard(_) => false,
        }
    }

    fn finish(self, end: SimTime, health: &Health) -> Vec<Failure> {
        match self {
            Self::Absent(claim) => claim.failures.0,
            Self::AckedWithin(claim) => claim.finish(end, health),
            Self::Authenticated(claim) => claim.finish(end),
            Self::BatteryLife(claim) => claim.finish(end),
            Self::Confidential(claim) => claim.finish(end),
            Self::ConvergesWithin(claim) => claim.finish(end, health),
            Self::DetectedWithin(claim) => claim.finish(end),
            Self::EnergyPerReading(claim) => claim.finish(end),
            Self::ErrorAtMost(claim) => claim.failures.0,
            Self::FirstPublishBetween(claim) => claim.finish(end),
            Self::HandshakeWithin(claim) => claim.finish(end),
            Self::JoinWithin(claim) => claim.finish(end),
            Self::Present(claim) => claim.finish(end),
            Self::PublishedAtLeast(claim) => claim.finish(end),
            Self::QueueAtMost(claim) => claim.failures.0,
            Self::ReadingBetween(claim) => claim.failures.0,
            Self::ReadingsLost(claim) => claim.failures.0,
            Self::ResumedAtLeast(claim) => claim.finish(end),
            Self::Unheard(claim) => claim.failures.0,
        }
    }
}

/// The first failures of one claim.
#[derive(Clone, Debug, Default)]
struct Failures(Vec<Failure>);

impl Failures {
    /// Notes a failure, unless there are enough; texts are built only when it is kept.
    fn note(&mut self, failure: impl FnOnce() -> Failure) {
        if self.0.len() < FAILURES_MAX {
            self.0.push(failure());
        }
    }
}

/// Returns the index of a node that is not the world.
fn index_of(node: NodeId) -> usize {
    node.0 as usize
}

/// Returns the number of a node.
fn node_of(index: usize) -> NodeId {
    NodeId(u32::try_from(index).expect("nodes are numbered with 32 bits"))
}

/// Writes a temperature with one decimal, as the console does.
fn celsius(value: node_core::MilliCelsius) -> String {
    format!("{:.1} °C", f64::from(value.0) / 1_000.0)
}
