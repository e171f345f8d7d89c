//! Many worlds at once: which ones, on how many threads, told in one order.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::{fs, mem, thread};

use crate::event::{Reporter, RunEvent, ScenarioInfo, Summary};
use crate::portrait::Sitting;
use crate::prepare::Prepared;
use crate::record::Recorder;
use crate::run::governor::Interrupt;
use crate::run::world::{Limits, WorldError, run_governed};
use crate::telemetry::Spool;
use crate::verdict::{Outcome, Stats, Status};

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Where to write everything that happens, if anywhere.
    pub events: Option<Arc<Spool>>,
    /// Raised when the run is to end as soon as it can: worlds that are not finished are left
    /// out, and reports are written.
    pub interrupt: Arc<AtomicBool>,
    /// Worlds at a time.
    pub jobs: NonZeroUsize,
    /// Where runs end before their time.
    pub limits: Limits,
    /// Keep what nodes are told.
    pub lives: bool,
    /// Keep what an HTML report shows: of the first world of each scenario, and of failed ones.
    pub portraits: bool,
    /// Run everything twice and compare digests.
    pub verify: bool,
}

/// One scenario with one seed.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What reports say about it.
    pub info: &'a ScenarioInfo,
    /// The scenario.
    pub prepared: &'a Prepared,
    /// The seed.
    pub seed: u64,
}

/// Why running stopped.
#[derive(Debug)]
pub enum RunError {
    /// An emulated core ended: which, where and why, in words.
    Core(String),
    /// A signal ended the run.
    Interrupted,
    /// Two runs of one world gave two digests: a bug of nodelab.
    NotRepeatable(String),
    /// A capture or a key log could not be written.
    Record(io::Error),
    /// A report could not be written.
    Report(io::Error),
}

/// Runs all jobs and tells the reporter about each, in the order of `jobs`. Of whichever job
/// is started first, `recorder` writes files.
///
/// # Errors
///
/// [`RunError::Core`] when an emulated core ended, [`RunError::NotRepeatable`] when `verify` found
/// two digests, [`RunError::Record`] when a file of the recorder failed, [`RunError::Report`] when
/// the reporter failed.
///
/// # Panics
///
/// When a worker panicked, which is a bug of nodelab.
pub fn run_all(
    jobs: &[Job<'_>],
    options: &RunOptions,
    recorder: Recorder,
    reporter: &mut dyn Reporter,
) -> Result<Summary, RunError> {
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let (send, receive) = mpsc::channel();
    let send = Mutex::new(send);
    let recorder = Mutex::new(recorder);
    let mut summary = Summary::default();
    let told = thread::scope(|scope| {
        for _ in 0..options.jobs.get().min(jobs.len().max(1)) {
            let send = send
                .lock()
                .expect("no worker panics while it clones")
                .clone();
            let (next, stopped, recorder) = (&next, &stopped, &recorder);
            scope.spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { break };
                    let recorder = mem::take(&mut *recorder.lock().expect("takes do not panic"));
                    let is_first = index == 0 || jobs[index - 1].info != job.info;
                    let finished = run((index, job), options, recorder, is_first);
                    if matches!(finished, Err(RunError::Interrupted)) {
                        if let Some(spool) = &options.events {
                            spool.discard(index);
                        }
                        break;
                    }
                    if send.send((index, finished)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let told = tell(jobs, options, &receive, reporter, &mut summary);
        if told.is_err() {
            stopped.store(true, Ordering::Relaxed);
        }
        told
    });
    if told.is_err()
        && let Some(spool) = &options.events
    {
        // What was finished and not told is of no use.
        (0..jobs.len()).for_each(|index| spool.discard(index));
    }
    told?;
    reporter
        .on_event(&RunEvent::Ended(&summary))
        .map_err(RunError::Report)?;
    Ok(summary)
}

/// What a worker sends: which job, and how it ended.
type Finished = (usize, Result<Outcome, RunError>);

/// Tells outcomes in the order of jobs, holding back those that come early.
fn tell(
    jobs: &[Job<'_>],
    options: &RunOptions,
    receive: &mpsc::Receiver<Finished>,
    reporter: &mut dyn Reporter,
    summary: &mut Summary,
) -> Result<(), RunError> {
    let mut early: Vec<Option<Outcome>> = jobs.iter().map(|_| None).collect();
    let mut due = 0;
    let mut report = |index: usize, outcome: &Outcome| {
        summary.add(outcome);
        let scenario = jobs[index].info;
        if let Some(spool) = &options.events {
            spool.add(index).map_err(RunError::Record)?;
        }
        reporter
            .on_event(&RunEvent::Finished { scenario, outcome })
            .map_err(RunError::Report)
    };
    for (index, outcome) in receive {
        early[index] = Some(outcome?);
        while let Some(outcome) = early.get_mut(due).and_then(Option::take) {
            report(due, &outcome)?;
            due += 1;
        }
    }
    // Where a run was interrupted, some worlds are done though an earlier one is not.
    for (index, outcome) in early.iter().enumerate() {
        if let Some(outcome) = outcome {
            report(index, outcome)?;
        }
    }
    summary.unfinished = u32::try_from(jobs.len()).unwrap_or(u32::MAX) - summary.worlds();
    Ok(())
}

fn run(
    (index, job): (usize, &Job<'_>),
    options: &RunOptions,
    recorder: Recorder,
    is_first: bool,
) -> Result<Outcome, RunError> {
    let (before, resident_before) = (thread_cpu_ns(), memory("VmRSS:"));
    let mut recorder = recorder.with_lives(options.lives);
    if let Some(spool) = &options.events {
        recorder = recorder.with_listener(spool.listener(index).map_err(RunError::Record)?);
    }
    let sitting = options.portraits.then(Sitting::default);
    if let Some(sitting) = &sitting {
        recorder = recorder.with_listener(Box::new(sitting.clone()));
    }
    let governed = |recorder| {
        let governor = Box::new(Interrupt(Arc::clone(&options.interrupt)));
        run_governed(job.prepared, job.seed, options.limits, recorder, governor)
    };
    let run = governed(recorder);
    let mut outcome = run.map_err(|error| failed(job, error))?;
    let is_shown = is_first || outcome.status != Status::Passed;
    outcome.portrait = sitting
        .filter(|_| is_shown)
        .map(|sitting| Arc::new(sitting.take()));
    outcome.stats = Stats {
        cpu_ns: thread_cpu_ns()
            .zip(before)
            .map_or(0, |(after, before)| after - before),
        peak_memory: memory("VmHWM:"),
        resident_before,
        ..outcome.stats
    };
    if options.verify {
        let again = governed(Recorder::default());
        let again = again.map_err(|error| failed(job, error))?;
        if again.digest != outcome.digest {
            let (file, seed) = (&job.info.file, job.seed);
            return Err(RunError::NotRepeatable(format!(
                "{file} with seed {seed} gave digest {} and then {}",
                outcome.digest, again.digest
            )));
        }
    }
    Ok(outcome)
}

fn failed(job: &Job<'_>, error: WorldError) -> RunError {
    match error {
        WorldError::Core(failure) => {
            let (file, seed) = (&job.info.file, job.seed);
            RunError::Core(format!("{file} with seed {seed}: {failure}"))
        }
        WorldError::Record(error) => RunError::Record(error),
        WorldError::Stopped(_) => RunError::Interrupted,
    }
}

impl Summary {
    /// Returns how many worlds ended.
    const fn worlds(&self) -> u32 {
        self.failed + self.passed + self.timed_out
    }

    fn add(&mut self, outcome: &Outcome) {
        match outcome.status {
            Status::Failed => self.failed += 1,
            Status::Passed => self.passed += 1,
            Status::Timeout => self.timed_out += 1,
        }
        self.virtual_time = self.virtual_time.plus(outcome.virtual_time);
    }
}

/// Returns the processor time of this thread, where the system tells it.
fn thread_cpu_ns() -> Option<u64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Returns a line of this process's memory statistics in bytes, where the system tells them.
fn memory(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}
