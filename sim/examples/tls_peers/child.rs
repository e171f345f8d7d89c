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
        loop {
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
    }

    /// Closes its input, waits for its end, and returns all that it said.
    pub(crate) fn finish(mut self) -> Result<String, Trouble> {
        self.input = None;
        loop {
            match self.lines.recv_timeout(SILENCE_MAX) {
                Ok(line) => {
                    self.said.push_str(&line);
                    self.said.push('\n');
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Trouble::Failed(format!("it does not end: {}", self.said)));
                }
            }
        }
        self.child.wait()?;
        Ok(std::mem::take(&mut self.said))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended by itself, unless something went wrong.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
