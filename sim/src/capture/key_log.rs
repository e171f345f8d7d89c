//! The secrets of TLS connections, as an NSS key log.
//!
//! Owns nothing but the file's form (IETF draft-ietf-tls-keylogfile): one line for each secret.

use std::io::{self, Write};

use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

/// Writes each secret as a line.
#[derive(Debug)]
pub struct KeyLogObserver<W> {
    out: W,
    failed: io::Result<()>,
    secrets: u64,
}

impl<W: Write> KeyLogObserver<W> {
    /// Builds an observer that writes to `out` as secrets are told.
    #[must_use]
    pub const fn new(out: W) -> Self {
        Self {
            out,
            failed: Ok(()),
            secrets: 0,
        }
    }

    /// Ends the log, and returns how many secrets it holds and what it was written to.
    ///
    /// # Errors
    ///
    /// The first error while writing.
    pub fn finish(mut self) -> io::Result<(u64, W)> {
        self.failed?;
        self.out.flush()?;
        Ok((self.secrets, self.out))
    }
}

impl<W: Write> Observer for KeyLogObserver<W> {
    fn on_event(&mut self, _at: SimTime, _node: NodeId, what: &Observation<'_>) {
        if let (Observation::Secret(line), Ok(())) = (what, &self.failed) {
            self.failed = writeln!(self.out, "{line}");
            self.secrets += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_is_a_line() {
        let mut log = KeyLogObserver::new(Vec::new());
        for line in ["CLIENT_RANDOM 00 11", "EXPORTER_SECRET 22 33"] {
            log.on_event(SimTime::ZERO, NodeId(0), &Observation::Secret(line));
        }
        log.on_event(SimTime::ZERO, NodeId(0), &Observation::PoweredOn);
        let wanted = b"CLIENT_RANDOM 00 11\nEXPORTER_SECRET 22 33\n";
        assert_eq!(log.finish().unwrap().1, wanted);
    }

    #[test]
    fn the_first_error_is_kept() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut log = KeyLogObserver::new(Full);
        log.on_event(SimTime::ZERO, NodeId(0), &Observation::Secret("a"));
        log.on_event(SimTime::ZERO, NodeId(0), &Observation::Secret("b"));
        assert!(log.finish().is_err_and(|error| error.to_string() == "full"));
    }
}
