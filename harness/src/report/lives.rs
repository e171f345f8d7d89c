//! What every node was told, in one file: for emulated cores, and for firmware of one's own.
//!
//! Owns the names of lives. Their form is that of `node_wire`.

use std::io::{self, Write};

use crate::event::{Reporter, RunEvent};

/// Writes the lives of all worlds, in the order in which the worlds are told.
#[expect(
    missing_debug_implementations,
    reason = "a trait object has nothing to show"
)]
pub struct LivesReport {
    out: Box<dyn Write + Send>,
}

impl LivesReport {
    /// Creates a report that writes to `out`.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out }
    }
}

impl Reporter for LivesReport {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        self.write(event)
            .map_err(|error| io::Error::new(error.kind(), format!("the trace: {error}")))
    }
}

impl LivesReport {
    fn write(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Finished { scenario, outcome } => {
                for life in &outcome.lives {
                    let (file, seed) = (&scenario.file, outcome.seed);
                    let name =
                        format!("{file} seed {seed} node {} boot {}", life.node.0, life.boot);
                    let mut buffer = vec![0; name.len() + node_wire::LIFE_HEADER];
                    let header = node_wire::life_header(&name, life.requests.len(), &mut buffer);
                    self.out.write_all(header.map_err(too_long)?)?;
                    self.out.write_all(&life.requests)?;
                }
                Ok(())
            }
            RunEvent::Ended(_) => self.out.flush(),
        }
    }
}

fn too_long(_: node_wire::WireError) -> io::Error {
    io::Error::other("a life is longer than 4 GiB")
}
