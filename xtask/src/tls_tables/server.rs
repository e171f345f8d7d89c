//! The simulator's server, as a process of its own.
//!
//! Owns how it is started and ended. Does not know what it says.

use std::io;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::cross::CrossError;
use crate::root::cargo;
use crate::tls_tables::frames;

/// A server that waits for one client.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    /// The certificate that its clients trust.
    pub(super) anchor: Vec<u8>,
}

impl Server {
    /// Starts a server with a chain of so many intermediates.
    ///
    /// # Errors
    ///
    /// [`CrossError::Failed`] when it cannot be built or does not begin.
    pub(super) fn start(intermediates: u8, seed: u64, now: u64) -> Result<Self, CrossError> {
        let numbers = [u64::from(intermediates), seed, now].map(|number| number.to_string());
        let mut arguments = vec![
            "run",
            "--quiet",
            "--package",
            "nodelab-sim",
            "--example",
            "tls_server",
            "--",
        ];
        arguments.extend(numbers.iter().map(String::as_str));
        let failed = |error| CrossError::Failed(format!("the server did not start: {error}"));
        let mut child = cargo(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let input = child.stdin.take();
        let mut output = child.stdout.take().expect("it was piped");
        // Its own words about what is wrong are on standard error.
        let anchor = frames::receive(&mut output).map_err(failed)?;
        Ok(Self {
            child,
            input,
            output,
            anchor,
        })
    }

    /// Tells it what the client said, and returns what it answers.
    ///
    /// # Errors
    ///
    /// Those of the pipes.
    pub(super) fn answer(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        frames::send(input, bytes)?;
        frames::receive(&mut self.output)
    }

    /// Ends it, and returns the plain text that it got.
    ///
    /// # Errors
    ///
    /// Those of the pipes, and that of a server that did not end well.
    pub(super) fn end(mut self) -> io::Result<Vec<u8>> {
        drop(self.input.take());
        let plain = frames::receive(&mut self.output)?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(plain)
        } else {
            Err(io::Error::other(format!("the server ended with {status}")))
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended by itself, unless something went wrong.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
