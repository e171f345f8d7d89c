//! Another program, started, listened to and ended in bounded time.
//!
//! Owns the handle of each child: none outlives it. Does not know which program it is.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::trouble::Trouble;

/// How long a program may be silent while something is expected of it.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// How many lines it may say without the one that is waited for; OpenSSL says some hundred.
const LINES_MAX: usize = 100_000;
/// How often, and after which pauses, it is looked at once it has closed its output.
const LOOKS_MAX: u32 = 1_000;
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A program that runs.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    said: String,
}

/// Which of its outputs is listened to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Listen {
    /// What it complains.
    Complaints,
    /// What it answers; complaints go to a file.
    Output,
}

impl Program {
    /// Starts a program; its input stays open until it is ended.
    pub(crate) fn start(
        mut command: Command,
        listen: Listen,
        complaints: &Path,
    ) -> Result<Self, Trouble> {
        command.stdin(Stdio::piped());
        match listen {
            Listen::Complaints => command.stdout(Stdio::null()).stderr(Stdio::piped()),
            Listen::Output => {
                let file = File::create(complaints)?;
                command.stdout(Stdio::piped()).stderr(Stdio::from(file))
            }
        };
        let mut child = command.spawn()?;
        let input = child.stdin.take();
        let output: Box<dyn Read + Send> = match (child.stdout.take(), child.stderr.take()) {
            (Some(output), _) => Box::new(output),
            (None, Some(output)) => Box::new(output),
            (None, None) => unreachable!("one of them is a pipe"),
        };
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            input,
            lines,
            said: String::new(),
        })
    }

    /// Returns its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that `find` finds something in.
    pub(crate) fn wait_for<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> Result<T, Trouble> {
        for _ in 0..LINES_MAX {
            let line = self.lines.recv_timeout(SILENCE_MAX).map_err(|error| {
                let said = self.said.trim_end();
                Trouble::Failed(match error {
                    RecvTimeoutError::Disconnected => format!("it ended early: {said}"),
                    RecvTimeoutError::Timeout => format!("it was silent for too long: {said}"),
                })
            })?;
            self.said.push_str(&line);
            self.said.push('\n');
            if let Some(found) = find(&line) {
                return Ok(found);
            }
        }
        Err(Trouble::Failed(format!("more than {LINES_MAX} lines came")))
    }

    /// Closes its input, waits for its end, and returns all that it said.
    pub(crate) fn finish(mut self) -> Result<String, Trouble> {
        self.input = None;
        for _ in 0..LINES_MAX {
            match self.lines.recv_timeout(SILENCE_MAX) {
                Ok(line) => {
                    self.said.push_str(&line);
                    self.said.push('\n');
                }
                Err(RecvTimeoutError::Disconnected) => return self.reap(),
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Trouble::Failed(format!("it does not end: {}", self.said)));
                }
            }
        }
        Err(Trouble::Failed(format!("more than {LINES_MAX} lines came")))
    }

    /// Waits for the end of a program that has closed its output.
    fn reap(&mut self) -> Result<String, Trouble> {
        for _ in 0..LOOKS_MAX {
            if self.child.try_wait()?.is_some() {
                return Ok(std::mem::take(&mut self.said));
            }
            thread::park_timeout(LOOK_EVERY);
        }
        Err(Trouble::Failed(format!("it does not end: {}", self.said)))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended by itself, unless something went wrong.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
