//! What the broker has said to a client that has not read it yet.
//!
//! Owns the bounds: a client that does not read is cut off before it fills the memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nodelab_sim::broker::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Most bytes that wait for one client.
const ONE_MAX: usize = 1 << 20;
/// Most bytes that wait for all clients, until only those with less than a fair share stay.
const ALL_MAX: usize = 256 << 20;
/// What every client may have waiting, however much waits for others.
const FAIR_SHARE: usize = 8 * 1_024;

/// The broker's side.
#[derive(Debug)]
pub(super) struct Outbox {
    all: Arc<AtomicUsize>,
    one: Arc<AtomicUsize>,
    queue: UnboundedSender<Out>,
}

/// The client's side; what it leaves behind does not count.
#[derive(Debug)]
pub(super) struct Inbox {
    all: Arc<AtomicUsize>,
    one: Arc<AtomicUsize>,
    queue: UnboundedReceiver<Out>,
}

/// What to do for the broker.
#[derive(Debug)]
pub(super) enum Out {
    /// Write this.
    Bytes(Bytes),
    /// Close the stream.
    Close,
}

/// Builds both sides; `all` counts the bytes of all clients.
pub(super) fn outbox(all: &Arc<AtomicUsize>) -> (Outbox, Inbox) {
    // Not bounded by the channel but by the bytes in it, which are counted.
    let (sender, receiver) = unbounded_channel();
    let one = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox {
        all: Arc::clone(all),
        one: Arc::clone(&one),
        queue: sender,
    };
    let inbox = Inbox {
        all: Arc::clone(all),
        one,
        queue: receiver,
    };
    (outbox, inbox)
}

impl Outbox {
    /// Adds bytes; false if too many wait: then they are left out, and the client is to be cut
    /// off.
    pub(super) fn push(&self, bytes: Bytes) -> bool {
        let count = bytes_to_hold(&bytes);
        let one = self.one.fetch_add(count, Ordering::Relaxed) + count;
        let all = self.all.fetch_add(count, Ordering::Relaxed) + count;
        let fits = one <= ONE_MAX && (all <= ALL_MAX || one <= FAIR_SHARE);
        let is_gone = fits && self.queue.send(Out::Bytes(bytes)).is_err();
        if !fits || is_gone {
            // Nobody will take them out.
            self.one.fetch_sub(count, Ordering::Relaxed);
            self.all.fetch_sub(count, Ordering::Relaxed);
        }
        fits
    }

    /// Closes the stream once everything before is written.
    pub(super) fn close(&self) {
        self.queue.send(Out::Close).ok();
    }
}

impl Inbox {
    /// Waits for the next thing to do; a broker that is gone closes.
    pub(super) async fn next(&mut self) -> Out {
        let next = self.queue.recv().await.unwrap_or(Out::Close);
        self.count(&next);
        next
    }

    /// Returns the next thing to do, if it is there already.
    pub(super) fn ready(&mut self) -> Option<Out> {
        let next = self.queue.try_recv().ok()?;
        self.count(&next);
        Some(next)
    }

    fn count(&self, taken: &Out) {
        if let Out::Bytes(bytes) = taken {
            let count = bytes_to_hold(bytes);
            self.one.fetch_sub(count, Ordering::Relaxed);
            self.all.fetch_sub(count, Ordering::Relaxed);
        }
    }
}

/// Returns the memory that bytes take while they wait: a place in the queue, an allocation and
/// themselves.
fn bytes_to_hold(bytes: &Bytes) -> usize {
    const ALLOCATION: usize = 16;
    size_of::<Out>() + ALLOCATION + bytes.len()
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.queue.close();
        // What was sent before the queue closed is all there is.
        while self.ready().is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_does_not_read_is_to_be_cut_off() {
        let all = Arc::new(AtomicUsize::new(0));
        let (outbox, mut inbox) = outbox(&all);
        let bytes = || Bytes::from_slice(&[0; 16]);
        let room = ONE_MAX / bytes_to_hold(&bytes());
        assert!(room < ONE_MAX / 32, "more than the bytes themselves counts");
        assert!((0..room).all(|_| outbox.push(bytes())));
        assert!(!outbox.push(bytes()));
        assert!(inbox.ready().is_some());
        assert!(outbox.push(bytes()));
        drop(inbox);
        assert_eq!(all.load(Ordering::Relaxed), 0, "nothing stays behind");
        assert!(outbox.push(bytes()), "a client that is gone fills nothing");
        assert_eq!(all.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn when_all_hold_much_only_the_modest_stay() {
        let all = Arc::new(AtomicUsize::new(ALL_MAX));
        let (outbox, _inbox) = outbox(&all);
        let beside = bytes_to_hold(&Bytes::new());
        assert!(outbox.push(Bytes::from_elem(0, FAIR_SHARE - beside)));
        assert!(!outbox.push(Bytes::from_elem(0, 1)));
    }
}
