//! What a session has said to a client that has not read it yet.
//!
//! Owns the bound, which is in bytes: a client that reads slowly holds its own world up, and one
//! that does not read at all is given up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Most bytes that wait for a client; a message that is longer waits alone.
const WAITING_MAX: u32 = 4 << 20;

/// The session's side.
#[derive(Debug)]
pub(super) struct Outward {
    patience: Duration,
    queue: UnboundedSender<Said>,
    room: Arc<Semaphore>,
}

/// The client's side.
#[derive(Debug)]
pub(super) struct Unread {
    queue: UnboundedReceiver<Said>,
    room: Arc<Semaphore>,
}

/// A message, and the room that it takes until it is dropped.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) room: OwnedSemaphorePermit,
}

/// Why a message is not sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unsent {
    /// The client did not read for as long as it may.
    Deaf,
    /// The client is gone.
    Gone,
}

/// Builds both sides; a client may take this long to make room for a message.
pub(super) fn outward(patience: Duration) -> (Outward, Unread) {
    // Not bounded by the channel but by the bytes in it.
    let (sender, receiver) = unbounded_channel();
    let room = Arc::new(Semaphore::new(WAITING_MAX as usize));
    let outward = Outward {
        patience,
        queue: sender,
        room: Arc::clone(&room),
    };
    let unread = Unread {
        queue: receiver,
        room,
    };
    (outward, unread)
}

impl Outward {
    /// Sends a message, as soon as there is room for it.
    pub(super) async fn send(&self, text: String) -> Result<(), Unsent> {
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(bytes.min(WAITING_MAX));
        let room = timeout(self.patience, room)
            .await
            .map_err(|_| Unsent::Deaf)?;
        let room = room.map_err(|_| Unsent::Gone)?;
        let said = Said { text, room };
        self.queue.send(said).map_err(|_| Unsent::Gone)
    }
}

impl Unread {
    /// Waits for the next message; `None` when the session is over.
    pub(super) async fn next(&mut self) -> Option<Said> {
        self.queue.recv().await
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        // Whoever waits for room learns that there will be none.
        self.room.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn what_waits_is_bounded_in_bytes_and_whoever_does_not_read_is_given_up() {
        let (outward, mut unread) = outward(PATIENCE);
        let half = || "x".repeat(WAITING_MAX as usize / 2);
        assert_eq!(outward.send(half()).await, Ok(()));
        assert_eq!(outward.send(half()).await, Ok(()));
        assert_eq!(outward.send("x".to_owned()).await, Err(Unsent::Deaf));
        drop(unread.next().await);
        assert_eq!(outward.send("x".to_owned()).await, Ok(()));
    }

    #[tokio::test]
    async fn a_message_that_is_longer_than_all_room_waits_alone() {
        let (outward, mut unread) = outward(PATIENCE);
        let long = "x".repeat(2 * WAITING_MAX as usize);
        assert_eq!(outward.send(long).await, Ok(()));
        assert_eq!(outward.send("x".to_owned()).await, Err(Unsent::Deaf));
        drop(unread.next().await);
        assert!(unread.is_empty());
        assert_eq!(outward.send("x".to_owned()).await, Ok(()));
    }

    #[tokio::test]
    async fn whoever_waits_for_a_client_that_goes_is_told() {
        let (outward, unread) = outward(LONG);
        let all = "x".repeat(WAITING_MAX as usize);
        assert_eq!(outward.send(all).await, Ok(()));
        let (sent, ()) = tokio::join!(outward.send("x".to_owned()), async { drop(unread) });
        assert_eq!(sent, Err(Unsent::Gone));
    }
}
