//! One line for each thing that happens, printed by a thread of its own.
//!
//! Owns the queue in front of standard output: whoever reads slowly slows nobody down, and what
//! does not fit into the queue is left out and counted. Does not know what the lines mean.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::clock::Clock;
use super::limits::LINES_MAX;

/// Longest text of a client that a line shows, in characters.
const SHOWN_MAX: usize = 80;

/// Where lines go; clones write to the same place.
#[derive(Clone, Debug)]
pub struct Journal {
    clock: Clock,
    shared: Arc<Shared>,
    lines: SyncSender<String>,
}

#[derive(Debug, Default)]
struct Shared {
    left_out: AtomicU64,
    quiet: AtomicBool,
}

/// The thread that prints; it ends when the last journal is gone.
#[derive(Debug)]
pub(super) struct Printer(JoinHandle<()>);

impl Journal {
    /// Starts the thread that prints; a quiet journal prints only what is
    /// [always](Self::always) printed.
    pub(super) fn start(clock: Clock, quiet: bool) -> io::Result<(Self, Printer)> {
        let (lines, queue) = sync_channel(LINES_MAX);
        let shared = Arc::new(Shared::default());
        shared.quiet.store(quiet, Ordering::Relaxed);
        let journal = Self {
            clock,
            shared: Arc::clone(&shared),
            lines,
        };
        let thread = thread::Builder::new().name("journal".to_owned());
        let thread = thread.spawn(move || print_all(&queue, &shared))?;
        Ok((journal, Printer(thread)))
    }

    /// Prints what happened in a service, with the time since the beginning.
    pub fn tell(&self, service: &str, what: fmt::Arguments<'_>) {
        if !self.is_quiet() {
            self.push(format!("{} {service:<5} {what}\n", self.clock.now()));
        }
    }

    /// Prints a line as it is, quiet or not.
    pub fn always(&self, line: fmt::Arguments<'_>) {
        self.push(format!("{line}\n"));
    }

    /// Returns whether what happens is not printed, so that nobody need put it into words.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.shared.quiet.load(Ordering::Relaxed)
    }

    fn push(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.shared.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Printer {
    /// Waits until everything is printed.
    pub(super) fn finish(self) {
        // A reader that went away has ended the thread before.
        self.0.join().ok();
    }
}

fn print_all(queue: &Receiver<String>, shared: &Shared) {
    while let Ok(line) = queue.recv() {
        let mut out = io::stdout().lock();
        let mut written = out.write_all(line.as_bytes());
        // Whatever waits goes out before the reader is told to look.
        while let Ok(line) = queue.try_recv() {
            written = written.and_then(|()| out.write_all(line.as_bytes()));
        }
        let left_out = shared.left_out.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            written = written.and_then(|()| writeln!(out, "… {left_out} lines left out"));
        }
        if written.and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// Text of a client, made safe to print: escaped, and cut where it is long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a>(pub &'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(self.0);
        for character in text.chars().take(SHOWN_MAX) {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                _ if character.is_control() => write!(f, "{}", character.escape_default())?,
                _ => write!(f, "{character}")?,
            }
        }
        if text.chars().nth(SHOWN_MAX).is_some() {
            f.write_str("…")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_client_cannot_write_to_the_terminal() {
        assert_eq!(
            Shown(b"a\x1b[2J\"\n\xFF").to_string(),
            "a\\u{1b}[2J\\\"\\n\u{FFFD}"
        );
        let long = [b'x'; 500];
        assert_eq!(Shown(&long).to_string().chars().count(), SHOWN_MAX + 1);
    }
}
