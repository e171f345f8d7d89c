//! The thread on which a world runs, or a recording of one is read.
//!
//! Owns both; whoever looks sees only lines, and cannot tell one from the other.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread::{self, JoinHandle};

use nodelab_sim::SimTime;

use super::driver::{Driver, Ear, Motion, Reins};
use super::outbox::Outbox;
use super::session::Session;
use crate::expand;
use crate::prepare::Prepared;
use crate::record::Recorder;
use crate::run::{Governor as _, Limits, Permit, WorldError, run_governed};
use crate::telemetry::{Events, Line, Listener as _};

/// Batches that may be on their way; a world that is faster than the screen waits.
const BATCHES_MAX: usize = 16;

/// Where lines come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A world that runs.
    Live {
        /// Its scenario.
        prepared: Arc<Prepared>,
        /// Its seed.
        seed: u64,
    },
    /// A recording of one.
    Recording {
        /// The file.
        path: PathBuf,
        /// Which world of it; `None` is the first.
        seed: Option<u64>,
    },
}

/// How a thread ended.
type Finished = Result<(), String>;

/// A world, or a recording, that is being played.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) driver: Arc<Driver>,
    lines: Option<Receiver<Vec<Line>>>,
    thread: Option<JoinHandle<Finished>>,
}

/// What a player has for whoever looks.
#[derive(Debug)]
pub(crate) enum Played {
    /// Lines, in order.
    Lines(Vec<Line>),
    /// Nothing at the moment.
    Nothing,
    /// Nothing any more; it failed for the reason given, if any.
    Over(Option<String>),
}

impl Source {
    /// Returns a session in which nothing was done yet.
    pub(crate) fn session(&self) -> Session {
        match self {
            Self::Live { prepared, seed } => {
                let spec = expand::draw(prepared, *seed);
                let duration = prepared.scenario.extension.duration;
                Session::new(duration, &spec.faults, &spec.interventions)
            }
            Self::Recording { .. } => Session::default(),
        }
    }
}

impl Player {
    /// Begins at the beginning, with what was done in a session.
    pub(crate) fn start(source: &Source, session: Session, motion: Motion) -> Self {
        let driver = Driver::new(motion, session);
        let (send, lines) = mpsc::sync_channel(BATCHES_MAX);
        let outbox = Outbox::new(send);
        let reins = Reins::new(Arc::clone(&driver), Arc::clone(&outbox));
        let ear = Ear::new(Arc::clone(&driver), outbox);
        let source = source.clone();
        let builder = thread::Builder::new().name("world".to_owned());
        let thread = builder.spawn(move || match source {
            Source::Live { prepared, seed } => run(&prepared, seed, reins, ear),
            Source::Recording { path, seed } => replay(&path, seed, reins, ear),
        });
        let thread = thread.expect("the system has room for a thread");
        Self {
            driver,
            lines: Some(lines),
            thread: Some(thread),
        }
    }

    /// Returns what is there, without waiting.
    pub(crate) fn poll(&mut self) -> Played {
        let Some(lines) = &self.lines else {
            return Played::Over(None);
        };
        match lines.try_recv() {
            Ok(lines) => Played::Lines(lines),
            Err(TryRecvError::Empty) => Played::Nothing,
            Err(TryRecvError::Disconnected) => {
                self.lines = None;
                Played::Over(self.join())
            }
        }
    }

    /// Waits for the thread; returns what went wrong.
    fn join(&mut self) -> Option<String> {
        let joined = self.thread.take()?.join();
        joined
            .unwrap_or_else(|_| Err("the world's thread panicked, which is a bug".to_owned()))
            .err()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.driver.stop();
        // A world that waits to hand lines over learns so that nobody takes them.
        self.lines = None;
        self.join();
    }
}

fn run(prepared: &Prepared, seed: u64, reins: Reins, ear: Ear) -> Finished {
    let recorder = Recorder::default().with_listener(Box::new(ear));
    match run_governed(prepared, seed, Limits::default(), recorder, Box::new(reins)) {
        Ok(_) | Err(WorldError::Stopped(_) | WorldError::Record(_)) => Ok(()),
        Err(WorldError::Core(failure)) => Err(format!("the emulated core ended: {failure}")),
    }
}

/// Reads a recording up to the world that is to be played, so that what is none is said before
/// anything is shown.
///
/// # Errors
///
/// Why there is no such world in it, in words.
pub fn check_recording(path: &Path, seed: Option<u64>) -> Result<(), String> {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let file = File::open(path).map_err(|error| named(&error))?;
    for line in Events::new(BufReader::new(file)) {
        if let Line::World(header) = line.map_err(|error| named(&error))?
            && seed.is_none_or(|seed| seed == header.seed)
        {
            return Ok(());
        }
    }
    Err(named(&no_world(seed)))
}

/// Says that the world that was asked for is not there.
fn no_world(seed: Option<u64>) -> String {
    match seed {
        Some(seed) => format!("no world with seed {seed} in this recording"),
        None => "no world in this recording".to_owned(),
    }
}

fn replay(path: &PathBuf, seed: Option<u64>, mut reins: Reins, mut ear: Ear) -> Finished {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let file = File::open(path).map_err(|error| named(&error))?;
    let mut now = SimTime::ZERO;
    let mut is_played = false;
    for line in Events::new(BufReader::new(file)) {
        let line = line.map_err(|error| named(&error))?;
        match &line {
            Line::World(header) => {
                is_played = seed.is_none_or(|seed| seed == header.seed);
            }
            Line::Event(moment) if is_played => match reins.permit(now, moment.at) {
                Permit::Stop => return Ok(()),
                Permit::Act(_) | Permit::Proceed => now = moment.at,
            },
            Line::Ended(_) | Line::Event(_) => {}
        }
        if is_played && ear.on_line(&line).is_err() {
            return Ok(());
        }
        if is_played && matches!(line, Line::Ended(_)) {
            ear.on_end().ok();
            return Ok(());
        }
    }
    // A recording that was cut off is shown as far as it goes.
    if is_played {
        Ok(())
    } else {
        Err(named(&no_world(seed)))
    }
}
