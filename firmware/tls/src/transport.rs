//! The host as a server: bytes of TLS in frames, so that a count does not depend on how a pipe
//! cuts them.
//!
//! ```text
//! in    length (2, little-endian)  bytes       nothing is the end
//! out   kind (1)  length (2)       bytes       kind `T`: bytes of TLS, `R`: a line of the report
//! ```
//!
//! Owns the frames, and the count of instructions that moving bytes takes, which are no part of a
//! handshake. A read returns at most what is left of a frame, and waits until all of it is there.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, Write};

use crate::hal;

/// Kinds of frames.
pub(crate) mod kind {
    /// Bytes for the server.
    pub(super) const TLS: u8 = b'T';
    /// A line of the report.
    pub(crate) const REPORT: u8 = b'R';
}

/// The way to the server.
#[derive(Debug, Default)]
pub(crate) struct Transport {
    left: usize,
    /// Instructions that moving bytes took.
    pub(crate) moving: u32,
    /// Bytes that came.
    pub(crate) down: u32,
    /// Bytes that went.
    pub(crate) up: u32,
}

/// Reads one whole frame, as far as it fits; returns how long it is.
pub(crate) fn receive(into: &mut [u8]) -> usize {
    let length = length();
    let room = length.min(into.len());
    fill(into.get_mut(..room).unwrap_or_default());
    length
}

/// Writes one frame.
pub(crate) fn send(kind: u8, bytes: &[u8]) {
    let [low, high, ..] = bytes.len().to_le_bytes();
    hal::write(&[kind, low, high]);
    hal::write(bytes);
}

fn length() -> usize {
    let mut length = [0; 2];
    fill(&mut length);
    usize::from(u16::from_le_bytes(length))
}

/// Fills the slice; with zeros, behind the end of all input.
fn fill(mut into: &mut [u8]) {
    while !into.is_empty() {
        let read = hal::read(into);
        if read == 0 {
            into.fill(0);
            return;
        }
        into = into.get_mut(read..).unwrap_or_default();
    }
}

impl Transport {
    fn moved<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = hal::instructions();
        let result = work(self);
        let took = hal::instructions().wrapping_sub(before);
        self.moving = self.moving.wrapping_add(took);
        result
    }
}

impl ErrorType for &mut Transport {
    type Error = Infallible;
}

impl Read for &mut Transport {
    #[inline(never)]
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.moved(|transport| {
            if transport.left == 0 {
                transport.left = length();
            }
            let room = transport.left.min(into.len());
            fill(into.get_mut(..room).unwrap_or_default());
            transport.left -= room;
            transport.down = transport
                .down
                .wrapping_add(u32::try_from(room).unwrap_or(0));
            room
        }))
    }
}

impl Write for &mut Transport {
    #[inline(never)]
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.moved(|transport| {
            send(kind::TLS, bytes);
            let length = u32::try_from(bytes.len()).unwrap_or(0);
            transport.up = transport.up.wrapping_add(length);
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
