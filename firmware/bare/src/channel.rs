//! Frames in and answers out, through two buffers.
//!
//! Owns when bytes move: answers leave when the buffer is full, and before the driver waits for
//! the host. Does not know what a frame means.

use node_wire::{Answer, FRAME_MAX, split};

use crate::hal;

/// Bytes of a page.
const PAGE: usize = 4096;
/// Pages that hold a whole frame of any length.
const PAGES: usize = FRAME_MAX.div_ceil(PAGE);
/// Bytes of answers that are gathered.
const ANSWERS: usize = PAGE;

/// What the host ends with when its bytes are no frame.
pub(crate) const EXIT_GARBLED: u32 = 64;
/// What an answer that does not fit ends with.
const EXIT_OVERFLOW: u32 = 65;

/// Memory that begins where a page begins, as reading on QEMU's `sim` wants it.
#[repr(C, align(4096))]
struct Pages([u8; PAGES * PAGE]);

/// The bytes that came and are not used yet.
pub(crate) struct Inbox {
    bytes: Pages,
    start: usize,
    end: usize,
}

/// The answers that have not left yet.
pub(crate) struct Outbox {
    bytes: [u8; ANSWERS],
    length: usize,
}

impl Inbox {
    /// Holds nothing.
    pub(crate) const fn new() -> Self {
        Self {
            bytes: Pages([0; PAGES * PAGE]),
            start: 0,
            end: 0,
        }
    }

    /// Returns the next frame's body, or `None` at the end; sends answers before it waits.
    pub(crate) fn next(&mut self, outbox: &mut Outbox) -> Option<&[u8]> {
        let (from, to) = loop {
            let waiting = self.bytes.0.get(self.start..self.end).unwrap_or_default();
            match split(waiting) {
                Ok(Some(frame)) => {
                    let to = self.end - frame.rest.len();
                    break (to - frame.body.len(), to);
                }
                Ok(None) => {
                    outbox.flush();
                    self.fill()?;
                }
                Err(_) => hal::exit(EXIT_GARBLED),
            }
        };
        self.start = to;
        self.bytes.0.get(from..to)
    }

    /// Reads more; `None` at the end.
    fn fill(&mut self) -> Option<()> {
        if self.start > 0 {
            self.bytes.0.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let read = hal::read(self.bytes.0.get_mut(self.end..)?);
        if read == 0 && self.end > 0 {
            // The host went away within a frame.
            hal::exit(EXIT_GARBLED);
        }
        self.end += read;
        (read > 0).then_some(())
    }
}

impl Outbox {
    /// Holds nothing.
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; ANSWERS],
            length: 0,
        }
    }

    /// Adds an answer.
    pub(crate) fn push(&mut self, answer: &Answer<'_>) {
        if self.append(answer).is_none() {
            self.flush();
            if self.append(answer).is_none() {
                hal::exit(EXIT_OVERFLOW);
            }
        }
    }

    fn append(&mut self, answer: &Answer<'_>) -> Option<()> {
        let frame = answer.encode(self.bytes.get_mut(self.length..)?).ok()?;
        self.length += frame.len();
        Some(())
    }

    /// Hands all answers to the host.
    pub(crate) fn flush(&mut self) {
        hal::write(self.bytes.get(..self.length).unwrap_or_default());
        self.length = 0;
    }
}
