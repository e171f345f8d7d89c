//! One world, from its first event to its verdict.

use std::{fmt, io};

use nodelab_sim::stack::RealSpec;
use nodelab_sim::{
    Checkers, Core, CoreFailure, DigestObserver, NodeId, ProgressBound, SimSpan, SimTime,
    Violation, World, WorldSpec,
};

use crate::bench::{Bench, Parts, Tap, Watch, WorldBench};
use crate::compute::ComputeMeter;
use crate::conduct::{Conductor, Ending};
use crate::energy::EnergyMeter;
use crate::expand;
use crate::expect::{Expectations, Given};
use crate::prepare::Prepared;
use crate::record::{Recorder, Recording};
use crate::run::Governor;
use crate::scenario::{Step, StepCommand};
use crate::stand_in::StandIn;
use crate::verdict::{Failure, Outcome, Stats, Status};

/// How long a healed world may take when a scenario says nothing: more than a dozen failed
/// attempts at the longest pause.
const CONVERGENCE_DEFAULT: SimSpan = SimSpan::from_secs(900);
/// How often a healed world is asked whether it has finished.
const CONVERGENCE_STEP: SimSpan = SimSpan::from_secs(1);

/// Where a run ends before its time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Simulated time for the steps, if not the scenario's own.
    pub timeout: Option<SimSpan>,
    /// The run stops here, whatever is still to come.
    pub until: Option<SimTime>,
}

/// Why a world has no outcome.
#[derive(Debug)]
pub enum WorldError {
    /// An emulated core ended, which no node does.
    Core(CoreFailure),
    /// A record could not be written.
    Record(io::Error),
    /// The governor ended the run at this moment.
    Stopped(SimTime),
}

impl fmt::Display for WorldError {
    /// Writes a clause without full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(failure) => failure.fmt(f),
            Self::Record(error) => write!(f, "failed to write a record: {error}"),
            Self::Stopped(at) => write!(f, "the run was ended at {at}"),
        }
    }
}

/// Runs one scenario with one seed.
///
/// # Errors
///
/// [`WorldError::Core`] when an emulated core ended.
pub fn run_world(prepared: &Prepared, seed: u64, limits: Limits) -> Result<Outcome, WorldError> {
    run_recorded(prepared, seed, limits, Recorder::default())
}

/// Runs one scenario with one seed, and writes files of it.
///
/// # Errors
///
/// [`WorldError::Core`] when an emulated core ended, [`WorldError::Record`] when a file could not
/// be written.
///
/// # Panics
///
/// When the bench lost its world, which is a bug of nodelab.
pub fn run_recorded(
    prepared: &Prepared,
    seed: u64,
    limits: Limits,
    recorder: Recorder,
) -> Result<Outcome, WorldError> {
    run_under(prepared, seed, limits, recorder, None)
}

/// Runs one scenario with one seed as the governor permits, and writes files of it.
///
/// # Errors
///
/// As [`run_recorded`], and [`WorldError::Stopped`] when the governor ended the run.
///
/// # Panics
///
/// When the governor acts on the present or the past.
pub fn run_governed(
    prepared: &Prepared,
    seed: u64,
    limits: Limits,
    recorder: Recorder,
    governor: Box<dyn Governor>,
) -> Result<Outcome, WorldError> {
    run_under(prepared, seed, limits, recorder, Some(governor))
}

fn run_under(
    prepared: &Prepared,
    seed: u64,
    limits: Limits,
    recorder: Recorder,
    governor: Option<Box<dyn Governor>>,
) -> Result<Outcome, WorldError> {
    let spec = expand::draw(prepared, seed);
    let source = expand::source(prepared);
    let recording = recorder.begin(prepared, &spec);
    let mut bench = bench(prepared, &spec, recording);
    bench.governor = governor;
    let mut bench = Bench::World(Box::new(bench));
    let extension = &prepared.scenario.extension;
    let duration = limits.timeout.unwrap_or(extension.duration);
    let over = SimTime::ZERO.after(duration);
    let cut = limits.until.filter(|until| *until < over);
    let mut conductor = Conductor::new(&mut bench, cut.unwrap_or(over));
    let ending = conductor.conduct(&prepared.scenario.steps);
    let unsupported = std::mem::take(&mut conductor.unsupported);
    let watches = !extension.expect.is_empty() || !extension.faults.is_empty();
    let finished = matches!(ending, Ending::Finished);
    if finished && (watches || prepared.scenario.steps.is_empty()) {
        bench.run_until(cut.unwrap_or(over));
    }
    let Bench::World(mut bench) = bench else {
        unreachable!("a world was put on the bench")
    };
    let mut failures = Vec::new();
    if finished && cut.is_none() {
        failures.extend(bench.converge(&spec, limits.until));
    }
    if bench.is_stopped {
        return Err(WorldError::Stopped(bench.world.now()));
    }
    bench.world.finish(&mut bench.watch);
    if let Some(failure) = bench.world.failure() {
        return Err(WorldError::Core(failure.clone()));
    }
    let end = bench.world.now();
    let is_cut = limits.until.is_some_and(|until| until <= end);
    let took = Stats {
        events: bench.world.events(),
        nodes: spec.nodes,
        ..Stats::default()
    };
    let Watch {
        checkers,
        compute,
        digest,
        energy,
        expectations,
        mut recording,
        tap,
    } = bench.watch;
    failures.extend(checkers.finish(end).into_iter().map(violated));
    failures.extend(expectations.finish(end, is_cut));
    failures.sort_by_key(|failure| failure.at);
    let status = settle(ending, &mut failures, cut.is_some());
    let mut outcome = Outcome {
        compute: compute.summary(expand::processor(prepared)),
        digest: digest.digest(),
        energy: source.and_then(|source| energy.summary(source)),
        failures,
        lives: recording.take_lives().map_err(WorldError::Record)?,
        portrait: None,
        recorded: None,
        seed,
        serial: tap.serial,
        stats: took,
        status,
        unsupported,
        virtual_time: end.since(SimTime::ZERO),
    };
    outcome.recorded = recording.finish(&outcome).map_err(WorldError::Record)?;
    Ok(outcome)
}

/// Runs the steps of a file that describes no node against the stand-in device.
#[must_use]
pub fn run_strict(steps: &[Step], timeout: SimSpan) -> Outcome {
    let mut bench = Bench::StandIn(StandIn::new());
    let mut conductor = Conductor::new(&mut bench, SimTime::ZERO.after(timeout));
    let ending = conductor.conduct(steps);
    let unsupported = std::mem::take(&mut conductor.unsupported);
    let mut failures = Vec::new();
    let status = settle(ending, &mut failures, false);
    Outcome {
        compute: None,
        digest: DigestObserver::new().digest(),
        energy: None,
        failures,
        lives: Vec::new(),
        portrait: None,
        recorded: None,
        seed: 0,
        serial: bench.serial().to_vec(),
        stats: Stats::default(),
        status,
        unsupported,
        virtual_time: bench.now().since(SimTime::ZERO),
    }
}

/// Adds what the steps say to the failures, and decides how the run ended.
fn settle(ending: Ending, failures: &mut Vec<Failure>, cut: bool) -> Status {
    match ending {
        Ending::Failed(failure) => {
            failures.insert(0, *failure);
            Status::Failed
        }
        // Whoever stops a run early does not ask for its steps.
        Ending::TimedOut { .. } if cut && failures.is_empty() => Status::Passed,
        Ending::TimedOut {
            at,
            step,
            waiting_for,
        } if failures.is_empty() => {
            failures.push(Failure {
                at,
                claim: format!("step {step}"),
                expected: format!("{waiting_for} within the scenario's simulated time"),
                line: None,
                node: NodeId(0),
                seen: "time ran out".to_owned(),
            });
            Status::Timeout
        }
        Ending::Finished if failures.is_empty() => Status::Passed,
        Ending::Finished | Ending::TimedOut { .. } => Status::Failed,
    }
}

fn bench(prepared: &Prepared, spec: &WorldSpec, recording: Recording) -> WorldBench {
    let nodes = spec.nodes as usize;
    let source = expand::source(prepared);
    // Without a source nobody keeps books.
    let metered = if source.is_some() { nodes } else { 0 };
    let emulated = match spec.node.core {
        Core::Native => 0,
        Core::Riscv32(_) => nodes,
    };
    let steps = &prepared.scenario.steps;
    WorldBench {
        added: Vec::new(),
        governor: None,
        is_stopped: false,
        world: World::new(spec),
        watch: Watch {
            checkers: Checkers::new(nodes, spec.node.config.queue.capacity, progress_bound(spec))
                .with_books(metered),
            compute: ComputeMeter::new(emulated),
            digest: DigestObserver::new(),
            energy: EnergyMeter::new(metered),
            expectations: Expectations::new(
                &prepared.scenario.extension.expect,
                Given {
                    nodes,
                    source,
                    verification: prepared
                        .security
                        .as_ref()
                        .map(|security| security.tls.settings().verification),
                },
            ),
            recording,
            tap: Tap {
                logs_chip: steps
                    .iter()
                    .any(|step| matches!(step.command, StepCommand::ExpectChipOutput(_))),
                ..Tap::default()
            },
        },
        parts: Parts::new(&prepared.wiring),
    }
}

/// How long a world without faults may go without an acknowledgement: twice the longest way
/// through a failed attempt, and never less than a dozen pauses. A world in which nothing can
/// ever be acknowledged is not held to it.
fn progress_bound(spec: &WorldSpec) -> Option<ProgressBound> {
    let report = spec.node.config.report?;
    if !can_report(spec) {
        return None;
    }
    let wifi = spec.node.config.wifi;
    let local_us = wifi
        .backoff
        .cap
        .times(12)
        .plus(wifi.join_timeout)
        .as_micros()
        + report.response_timeout.times(3).as_micros();
    let attempt = SimSpan::from_micros(local_us).plus(spec.network.join.max());
    Some(ProgressBound(attempt.times(2).max(CONVERGENCE_DEFAULT)))
}

/// Returns whether a healthy world of this kind ever takes a reading.
fn can_report(spec: &WorldSpec) -> bool {
    let demanded = spec.broker.credentials.as_ref();
    let known = demanded.is_none_or(|credentials| {
        spec.node.config.report.is_some_and(|report| {
            report.username.as_str() == credentials.user
                && report.password.as_bytes() == credentials.password
        })
    });
    known
        && spec.broker.refusal.is_none()
        && spec.broker.sessions_max >= spec.nodes as usize
        && spec.network.join_failure_ppm < 1_000_000
        && spec.network.loss_ppm < 500_000
        && spec.real.as_ref().is_none_or(|real| has_room(real, spec.nodes))
        // A watchdog may bite in each handshake.
        && (spec.node.watchdog.is_none() || spec.security.is_none())
}

/// Returns whether a real network has room for all nodes.
fn has_room(real: &RealSpec, nodes: u32) -> bool {
    let addressed = real.station.cache.address || real.services.addresses >= nodes;
    addressed && real.wifi.access_point.stations_max >= nodes && real.loss_ppm < 500_000
}

impl WorldBench {
    /// Heals everything, then waits until each reading taken so far is delivered.
    fn converge(&mut self, spec: &WorldSpec, until: Option<SimTime>) -> Option<Failure> {
        if spec.node.config.report.is_none() || !can_report(spec) {
            return None;
        }
        self.world.heal(&mut self.watch);
        let healed_at = self.world.now();
        let bound = self
            .watch
            .expectations
            .converges_within()
            .unwrap_or(CONVERGENCE_DEFAULT);
        let deadline = healed_at.after(bound).min(until.unwrap_or(SimTime::MAX));
        let last: Vec<Option<u32>> = (0..spec.nodes).map(|node| self.last_queued(node)).collect();
        loop {
            let waiting = last
                .iter()
                .enumerate()
                .find(|(node, last)| self.waits(*node, **last));
            let (node, _) = waiting?;
            if self.world.now() >= deadline {
                let node = NodeId(u32::try_from(node).unwrap_or(u32::MAX));
                return (until.is_none_or(|until| deadline < until))
                    .then(|| self.never_converged(node, bound));
            }
            let next = self.world.now().after(CONVERGENCE_STEP).min(deadline);
            self.run_until(next);
            if self.is_stopped {
                return None;
            }
        }
    }

    fn last_queued(&mut self, node: u32) -> Option<u32> {
        let queued = self.world.queued(NodeId(node));
        queued.last().map(|reading| reading.sequence)
    }

    /// Returns whether a reading up to `last` is still in the node's queue.
    fn waits(&mut self, node: usize, last: Option<u32>) -> bool {
        let id = NodeId(u32::try_from(node).unwrap_or(u32::MAX));
        let queued = self.world.queued(id);
        matches!((queued.first(), last), (Some(first), Some(last)) if first.sequence <= last)
    }

    fn never_converged(&self, node: NodeId, bound: SimSpan) -> Failure {
        let (state, length) = self
            .world
            .standing(node)
            .map_or(("without power", 0), |node| {
                (node.state.connection.as_str(), node.queued)
            });
        Failure {
            at: self.world.now(),
            claim: "a healed world finishes".to_owned(),
            expected: format!("every reading delivered within {bound} after all faults"),
            line: None,
            node,
            seen: format!("{length} readings still queued, node {state}"),
        }
    }
}

fn violated(violation: Violation) -> Failure {
    Failure {
        at: violation.at,
        claim: violation.claim.to_owned(),
        expected: violation.expected,
        line: None,
        node: violation.node,
        seen: violation.seen,
    }
}
