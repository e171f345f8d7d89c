//! One open stream: bytes in, bytes out, with bounds.
//!
//! Owns the buffer of what waits to be sent and the pace at which it goes. Does not know what the
//! bytes mean.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::client::TlsStream;

use crate::live::failure::{Failure, tls_error};

/// Bytes that wait to be sent at most. A node has one reading on its way, and its own deadlines
/// close a stream that takes nothing long before this is full.
const UNSENT_MAX: usize = 16 * 1_024;
/// Bytes that are read at once.
pub(super) const CHUNK: usize = 4_096;
/// How long what waits, and the farewell, may take when a stream is closed.
const FAREWELL: Duration = Duration::from_secs(2);

/// What carries the bytes.
#[derive(Debug)]
pub(super) enum Transport {
    /// TCP.
    Plain(TcpStream),
    /// TLS over TCP.
    Tls(Box<TlsStream<TcpStream>>),
}

/// What happened on a line.
#[derive(Debug)]
pub(super) enum LineEvent {
    /// It ended.
    Broken(Failure),
    /// So many bytes came.
    Read(usize),
}

/// An open stream.
#[derive(Debug)]
pub(super) struct Line {
    chunk: Box<[u8; CHUNK]>,
    /// Something was written that may still lie in a buffer.
    dirty: bool,
    /// Shortest time between two writes; none is at once.
    pace: Option<Duration>,
    /// What has to pass before the next write.
    pause: Option<Pin<Box<Sleep>>>,
    transport: Transport,
    unsent: VecDeque<u8>,
}

impl Line {
    pub(super) fn new(transport: Transport, pace: Option<Duration>) -> Self {
        Self {
            chunk: Box::new([0; CHUNK]),
            dirty: false,
            pace,
            pause: None,
            transport,
            unsent: VecDeque::new(),
        }
    }

    /// Takes bytes to send; false when too many wait already, and the stream is as good as dead.
    #[must_use]
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let fits = self.unsent.len() + bytes.len() <= UNSENT_MAX;
        if fits {
            self.unsent.extend(bytes);
        }
        fits
    }

    /// Returns true while bytes are on their way out.
    pub(super) fn is_sending(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Returns bytes that [`LineEvent::Read`] counted.
    pub(super) fn read_bytes(&self, count: usize) -> &[u8] {
        &self.chunk[..count]
    }

    /// Sends what waits, and returns the next thing that happens. May be dropped at any time.
    pub(super) async fn next(&mut self) -> LineEvent {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Sends what waits, says farewell and closes; gives up after a while.
    pub(super) async fn close(mut self) {
        let farewell = async {
            self.pace = None;
            self.pause = None;
            poll_fn(|context| self.poll_send(context)).await.ok();
            self.transport.shutdown().await.ok();
        };
        timeout(FAREWELL, farewell).await.ok();
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<LineEvent> {
        // What the broker said last comes before the error of writing to who is gone.
        if let Poll::Ready(event) = self.poll_read(context) {
            return Poll::Ready(event);
        }
        match self.poll_send(context) {
            Poll::Ready(Err(error)) => Poll::Ready(match self.poll_read(context) {
                Poll::Ready(LineEvent::Broken(failure)) if tls_error(&error).is_none() => {
                    LineEvent::Broken(failure)
                }
                Poll::Ready(LineEvent::Read(count)) => LineEvent::Read(count),
                Poll::Ready(_) | Poll::Pending => LineEvent::Broken(Failure::of(&error)),
            }),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<LineEvent> {
        let mut buffer = ReadBuf::new(&mut self.chunk[..]);
        let result = ready!(Pin::new(&mut self.transport).poll_read(context, &mut buffer));
        Poll::Ready(match (result, buffer.filled().len()) {
            (Err(error), _) => LineEvent::Broken(Failure::of(&error)),
            (Ok(()), 0) => LineEvent::Broken(Failure::of(&io::ErrorKind::UnexpectedEof.into())),
            (Ok(()), count) => LineEvent::Read(count),
        })
    }

    /// Writes until nothing waits; ready when all is out.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
            let (front, _) = self.unsent.as_slices();
            let written = ready!(Pin::new(&mut self.transport).poll_write(context, front))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unsent.drain(..written);
            self.dirty = true;
            if self.unsent.is_empty() {
                self.pause = self.pace.map(|pace| Box::pin(sleep(pace)));
            }
        }
        if self.dirty {
            ready!(Pin::new(&mut self.transport).poll_flush(context))?;
            self.dirty = false;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}
