//! Reports: one format per file, all fed by the same events.

mod broken;
mod github;
mod html;
mod json;
mod junit;
mod lives;
mod progress;
mod text;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use crate::event::{Reporter, RunEvent};

pub use github::GithubReport;
pub use html::HtmlReport;
pub use json::JsonReport;
pub use junit::JunitReport;
pub use lives::LivesReport;
pub use progress::{Bar, Progress};
pub use text::{SerialOutput, TextReport};

/// Where a report goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// A file.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

impl Target {
    /// Opens the target; a file is created before anything runs, so that a bad path is known.
    ///
    /// # Errors
    ///
    /// Any error while creating the file.
    pub fn open(&self) -> io::Result<Box<dyn Write + Send>> {
        Ok(match self {
            Self::File(path) => Box::new(BufWriter::new(File::create(path)?)),
            Self::Stdout => Box::new(io::stdout()),
        })
    }
}

/// Several reporters as one.
#[expect(
    missing_debug_implementations,
    reason = "trait objects have nothing to show"
)]
pub struct Reporters(pub Vec<Box<dyn Reporter>>);

impl Reporter for Reporters {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        self.0
            .iter_mut()
            .try_for_each(|reporter| reporter.on_event(event))
    }
}
