//! Lines on their way from a world's thread to the screen's.
//!
//! Owns the batches, of which a bounded number is on its way.

use std::io;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::clock;
use crate::telemetry::Line;

/// Lines of one batch at most.
const BATCH_MAX: usize = 512;
/// How old a line grows before it is handed over.
const BATCH_AGE: Duration = Duration::from_millis(15);

/// Lines on their way to whoever shows them.
#[derive(Debug)]
pub(crate) struct Outbox {
    batch: Mutex<Batch>,
    to: SyncSender<Vec<Line>>,
}

#[derive(Debug)]
struct Batch {
    lines: Vec<Line>,
    since: Instant,
}

impl Outbox {
    pub(crate) fn new(to: SyncSender<Vec<Line>>) -> Arc<Self> {
        let batch = Batch {
            lines: Vec::new(),
            since: clock::now(),
        };
        Arc::new(Self {
            batch: Mutex::new(batch),
            to,
        })
    }

    /// Adds a line; waits while too many batches are on their way.
    pub(super) fn push(&self, line: Line) -> io::Result<()> {
        let mut batch = self.batch.lock().expect("pushing does not panic");
        if batch.lines.is_empty() {
            batch.since = clock::now();
        }
        batch.lines.push(line);
        if batch.lines.len() < BATCH_MAX {
            return Ok(());
        }
        self.send(batch)
    }

    pub(super) fn flush_if_old(&self) {
        let batch = self.batch.lock().expect("pushing does not panic");
        if !batch.lines.is_empty() && clock::now() - batch.since > BATCH_AGE {
            // Nobody looks any more; the world learns it when it is told to stop.
            self.send(batch).ok();
        }
    }

    pub(crate) fn flush(&self) {
        let batch = self.batch.lock().expect("pushing does not panic");
        if !batch.lines.is_empty() {
            // As above.
            self.send(batch).ok();
        }
    }

    fn send(&self, mut batch: MutexGuard<'_, Batch>) -> io::Result<()> {
        let lines = std::mem::take(&mut batch.lines);
        drop(batch);
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.to.send(lines).map_err(gone)
    }
}
