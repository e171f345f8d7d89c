//! One line for each thing that happens, printed by a thread of its own.
//!
//! Owns the queue in front of standard output: whoever reads slowly slows nobody down, and what
//! does not fit into the queue is left out and counted. Does not know what the lines mean.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::clock::Clock;
use super::limits::LINES_MAX;

/// Longest text of a client that a line shows, in characters.
const SHOWN_MAX: usize = 80;

/// Where lines go; clones write to the same place.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    clock: Clock,
    left_out: Arc<AtomicU64>,
    lines: SyncSender<String>,
    quiet: bool,
}

/// The thread that prints; it ends when the last journal is gone.
#[derive(Debug)]
pub(super) struct Printer {
    /// Disconnected as soon as the thread is at its end.
    ended: Receiver<()>,
}

impl Journal {
    /// Starts the thread that prints; a quiet journal prints only what is
    /// [always](Self::always) printed.
    pub(super) fn start(clock: Clock, quiet: bool) -> io::Result<(Self, Printer)> {
        Self::start_on(clock, quiet, || io::stdout().lock())
    }

    /// Starts it with another place for lines, which is asked for whenever there are some.
    fn start_on<O: Write>(
        clock: Clock,
        quiet: bool,
        out: impl Fn() -> O + Send + 'static,
    ) -> io::Result<(Self, Printer)> {
        let (lines, queue) = sync_channel(LINES_MAX);
        let left_out = Arc::new(AtomicU64::new(0));
        let journal = Self {
            clock,
            left_out: Arc::clone(&left_out),
            lines,
            quiet,
        };
        let (end, ended) = sync_channel(0);
        let thread = thread::Builder::new().name("journal".to_owned());
        thread.spawn(move || {
            print_all(&queue, &left_out, out);
            drop(end);
        })?;
        Ok((journal, Printer { ended }))
    }

    /// Prints what happened in a service, with the time since the beginning.
    pub(crate) fn tell(&self, service: &str, what: fmt::Arguments<'_>) {
        if !self.is_quiet() {
            self.push(format!("{} {service:<5} {what}\n", self.clock.now()));
        }
    }

    /// Prints a line as it is, quiet or not.
    pub(crate) fn always(&self, line: fmt::Arguments<'_>) {
        self.push(format!("{line}\n"));
    }

    /// Returns whether what happens is not printed, so that nobody need put it into words.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    fn push(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Printer {
    /// Waits until everything is printed, at most for this time; returns whether it is.
    ///
    /// Whoever holds the other end of a pipe and does not read it would hold the thread for ever:
    /// then it is left behind.
    pub(super) fn finish(self, patience: Duration) -> bool {
        self.ended.recv_timeout(patience) == Err(RecvTimeoutError::Disconnected)
    }
}

fn print_all<O: Write>(queue: &Receiver<String>, left_out: &AtomicU64, out: impl Fn() -> O) {
    while let Ok(line) = queue.recv() {
        let mut out = out();
        let mut written = out.write_all(line.as_bytes());
        // Whatever waits goes out before the reader is told to look.
        while let Ok(line) = queue.try_recv() {
            written = written.and_then(|()| out.write_all(line.as_bytes()));
        }
        let left_out = left_out.swap(0, Ordering::Relaxed);
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

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn a_reader_that_does_not_read_holds_up_nobody_who_ends() {
        // A pipe that is full: what is written into it waits for a reader that is never there.
        let (reader, writer) = io::pipe().unwrap();
        let out = move || writer.try_clone().unwrap();
        let (journal, printer) = Journal::start_on(Clock::start(), false, out).unwrap();
        for _ in 0..3 {
            journal.always(format_args!("{}", "x".repeat(1 << 20)));
        }
        drop(journal);
        assert!(!printer.finish(SHORT));
        drop(reader);
    }

    #[test]
    fn everything_is_printed_before_the_end() {
        let (mut reader, writer) = io::pipe().unwrap();
        let out = move || writer.try_clone().unwrap();
        let (journal, printer) = Journal::start_on(Clock::start(), true, out).unwrap();
        journal.tell("adc", format_args!("is quiet"));
        journal.always(format_args!("a line"));
        drop(journal);
        assert!(printer.finish(LONG));
        assert_eq!(io::read_to_string(&mut reader).unwrap(), "a line\n");
    }

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
