//! What the workers tell the shell.
//!
//! Owns one bounded channel. A worker that finds it full waits, which stops the TCP window or the
//! UART's FIFO behind it; the shell never waits to send, so that this cannot lock up.

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use embassy_time::{Instant, with_deadline};
use node_core::{AdcCode, CloseReason, Input, LinkLoss, UnixTime};

use crate::clock;

/// Messages that wait at most.
const PENDING_MAX: usize = 4;
/// Bytes of one message at most; a worker splits what is longer.
pub(crate) const CHUNK_MAX: usize = 256;

static MAIL: Channel<CriticalSectionRawMutex, Told, PENDING_MAX> = Channel::new();

/// Counts the times that the node asked for a link or a stream, so that news of an earlier one can
/// be told apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Turn(u8);

/// One message.
pub(crate) enum Told {
    /// Of the link of this turn.
    Link(Turn, LinkNews),
    /// A conversion finished.
    Sampled(AdcCode),
    /// Bytes arrived at the console.
    Serial(Chunk),
    /// Of the stream of this turn.
    Stream(Turn, StreamNews),
    /// Civil time became known.
    Time(UnixTime),
    /// Nothing came before the node's deadline.
    Timeout,
}

/// What happened to the link.
pub(crate) enum LinkNews {
    /// It is down.
    Down(LinkLoss),
    /// There is an address.
    Up,
}

/// What happened to the stream.
#[expect(
    clippy::large_enum_variant,
    reason = "without boxes, the bytes lie in the channel, which is static"
)]
pub(crate) enum StreamNews {
    /// It is closed.
    Closed(CloseReason),
    /// It is open, and the broker has proved who it is.
    Opened,
    /// Bytes arrived.
    Read(Chunk),
}

/// A few bytes.
pub(crate) struct Chunk {
    buffer: [u8; CHUNK_MAX],
    len: usize,
}

/// Tells the shell, and waits while its mail box is full.
pub(crate) async fn tell(told: Told) {
    MAIL.send(told).await;
}

/// Returns the next message, or [`Told::Timeout`] when `deadline` has passed: it comes first, lest
/// a busy stream make the node late.
pub(crate) async fn next(deadline: Option<node_core::Instant>) -> Told {
    let Some(deadline) = deadline else {
        return MAIL.receive().await;
    };
    if deadline <= clock::now() {
        return Told::Timeout;
    }
    let at = Instant::from_micros(deadline.as_micros());
    with_deadline(at, MAIL.receive())
        .await
        .unwrap_or(Told::Timeout)
}

impl Turn {
    /// The one before the first.
    pub(crate) const START: Self = Self(0);

    /// Returns the one that follows.
    pub(crate) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl Chunk {
    /// Copies `bytes`, at most [`CHUNK_MAX`] of them.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut buffer = [0; CHUNK_MAX];
        let len = bytes.len().min(CHUNK_MAX);
        for (to, from) in buffer.iter_mut().zip(bytes) {
            *to = *from;
        }
        Self { buffer, len }
    }

    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or(&[])
    }
}

impl LinkNews {
    /// Returns what the node is told.
    pub(crate) const fn as_input(&self) -> Input<'_> {
        match self {
            Self::Down(why) => Input::LinkDown(*why),
            Self::Up => Input::LinkUp,
        }
    }
}

impl StreamNews {
    /// Returns what the node is told.
    pub(crate) fn as_input(&self) -> Input<'_> {
        match self {
            Self::Closed(why) => Input::StreamClosed(*why),
            Self::Opened => Input::StreamOpened,
            Self::Read(chunk) => Input::StreamRead(chunk.bytes()),
        }
    }
}
