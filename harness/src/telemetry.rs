//! The one stream of what happens in worlds, for everything that shows it to people or programs.
//!
//! Owns the lines, what they are made from, and how they are written and read: NDJSON, one JSON
//! object in each line. Terminal UI, HTML report, waveforms and timelines read these lines and
//! nothing else, so that a recording looks as the run did.
//!
//! ```text
//! {"line":"world", …}     what is run: the scenario, the seed, what was drawn
//! {"line":"event", …}     one for each thing that happened, in order
//! {"line":"ended", …}     how it ended: digest, verdict, failures
//! ```

mod fact;
mod header;
mod line;
mod ndjson;
mod spool;
mod timeline;
mod translate;
mod waveform;

use std::fmt;
use std::io;

use nodelab_sim::{NodeId, Observation, Observer, SimTime};

pub use fact::{Fact, Word};
pub use line::{
    Drawn, Ended, FailureLine, FaultLine, Header, Line, Moment, SCHEMA_VERSION, Security, Verdict,
};
pub use ndjson::{Events, LINE_BYTES_MAX, LinesWriter, ReadError};
pub use spool::Spool;
pub use timeline::Timeline;
pub use waveform::Waveform;

use crate::verdict::Outcome;

/// Takes the lines of one world, in order.
pub trait Listener: fmt::Debug + Send {
    /// Takes one line.
    ///
    /// # Errors
    ///
    /// Any error while it is written somewhere.
    fn on_line(&mut self, line: &Line) -> io::Result<()>;

    /// Learns that no line follows.
    ///
    /// # Errors
    ///
    /// Any error while what is left is written somewhere.
    fn on_end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Turns what observers see into lines, for whoever listens.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    listeners: Vec<Box<dyn Listener>>,
    /// The first thing that went wrong; nobody is told anything after that.
    error: Option<io::Error>,
}

impl Telemetry {
    pub(crate) const fn new(listeners: Vec<Box<dyn Listener>>) -> Self {
        Self {
            listeners,
            error: None,
        }
    }

    /// Returns true when nobody listens.
    pub(crate) const fn is_idle(&self) -> bool {
        self.listeners.is_empty()
    }

    /// Tells what is run.
    pub(crate) fn begin(&mut self, header: impl FnOnce() -> Header) {
        if !self.is_idle() {
            self.tell(&Line::World(Box::new(header())));
        }
    }

    /// Tells how it ended.
    pub(crate) fn end(&mut self, outcome: &Outcome) -> io::Result<()> {
        if self.is_idle() {
            return Ok(());
        }
        self.tell(&Line::Ended(Ended::of(outcome)));
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.listeners
            .iter_mut()
            .try_for_each(|listener| listener.on_end())
    }

    fn tell(&mut self, line: &Line) {
        if self.error.is_some() {
            return;
        }
        let mut told = self.listeners.iter_mut();
        self.error = told.find_map(|listener| listener.on_line(line).err());
    }
}

impl Observer for Telemetry {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if self.is_idle() {
            return;
        }
        if let Some(fact) = translate::fact(what) {
            self.tell(&Line::Event(Moment {
                at,
                node: (node != NodeId::WORLD).then_some(node.0),
                fact,
            }));
        }
    }
}
