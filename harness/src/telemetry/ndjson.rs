//! Lines as NDJSON: one JSON object in each line of a file.
//!
//! Owns writing and reading. A file is read line by line, so that one of a day is no larger in
//! memory than one of a second.

use std::fmt;
use std::io::{self, BufRead, Read as _, Write};

use super::Listener;
use super::line::{Line, SCHEMA_VERSION};
use crate::scenario::NODES_IN_WORLD_MAX;

/// Bytes of one line at most; the longest that is written holds one MQTT message, or what a node
/// printed at once.
pub const LINE_BYTES_MAX: u64 = 1 << 20;

/// Writes lines.
pub struct LinesWriter<W> {
    out: W,
}

/// Reads lines.
#[derive(Debug)]
pub struct Events<R> {
    from: R,
    /// Lines read so far.
    number: u64,
}

/// Why a line could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// The file could not be read.
    Io(io::Error),
    /// A line is longer than [`LINE_BYTES_MAX`].
    TooLong {
        /// Which, from 1.
        line: u64,
    },
    /// A line of another version.
    Version {
        /// Which, from 1.
        line: u64,
        /// The version.
        found: u32,
    },
    /// A line is no line of the stream.
    Wrong {
        /// Which, from 1.
        line: u64,
        /// What the reader says.
        why: String,
    },
}

impl<W: Write> LinesWriter<W> {
    /// Builds a writer.
    #[must_use]
    pub const fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W> fmt::Debug for LinesWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinesWriter").finish_non_exhaustive()
    }
}

impl<W: Write + Send> Listener for LinesWriter<W> {
    fn on_line(&mut self, line: &Line) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }

    fn on_end(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<R: BufRead> Events<R> {
    /// Builds a reader.
    #[must_use]
    pub const fn new(from: R) -> Self {
        Self { from, number: 0 }
    }

    fn read(&mut self) -> Result<Option<Line>, ReadError> {
        let mut text = Vec::new();
        let mut limited = (&mut self.from).take(LINE_BYTES_MAX + 1);
        let length = limited
            .read_until(b'\n', &mut text)
            .map_err(ReadError::Io)?;
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        let line = self.number;
        if length as u64 > LINE_BYTES_MAX {
            return Err(ReadError::TooLong { line });
        }
        let wrong = |error: serde_json::Error| ReadError::Wrong {
            line,
            why: error.to_string(),
        };
        // The version is looked at first: what another one says may have other fields.
        if let Ok(Versioned {
            schema: Some(found),
        }) = serde_json::from_slice(&text)
            && found != SCHEMA_VERSION
        {
            return Err(ReadError::Version { line, found });
        }
        let read = serde_json::from_slice(&text).map_err(wrong)?;
        if let Line::World(header) = &read
            && header.nodes > NODES_IN_WORLD_MAX
        {
            let nodes = header.nodes;
            return Err(ReadError::Wrong {
                line,
                why: format!("{nodes} nodes, where {NODES_IN_WORLD_MAX} are the most"),
            });
        }
        Ok(Some(read))
    }
}

#[derive(serde::Deserialize)]
struct Versioned {
    schema: Option<u32>,
}

impl<R: BufRead> Iterator for Events<R> {
    type Item = Result<Line, ReadError>;

    /// Returns the next line; nothing should be read after an error.
    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

impl fmt::Display for ReadError {
    /// Writes what is wrong, and what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::TooLong { line } => write!(
                f,
                "line {line} is longer than {LINE_BYTES_MAX} bytes; expected a file that \
                 `nodelab run --events FILE` wrote"
            ),
            Self::Version { line, found } => write!(
                f,
                "line {line} has version {found} of the stream; this nodelab reads version \
                 {SCHEMA_VERSION}: record the run again"
            ),
            Self::Wrong { line, why } => write!(
                f,
                "line {line} is no line of the stream ({why}); expected a file that `nodelab run \
                 --events FILE` wrote"
            ),
        }
    }
}
