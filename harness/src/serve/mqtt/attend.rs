//! One MQTT client's socket: bytes in, bytes out, TLS between.
//!
//! Owns reading, writing and their patience. Does not know MQTT: a client that says nothing is
//! cut off by the broker, which knows how long it may be silent.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nodelab_sim::stack::tls::ServerSetup;
use nodelab_sim::{ConnectionId, NodeId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::keep::Told;
use super::outbox::{Inbox, Out, outbox};
use crate::serve::certificates::Server;
use crate::serve::door::{Door, Guest};
use crate::serve::house::House;
use crate::serve::tls::session::{Milestone, Session};

/// Bytes that are read at a time.
const READ_MAX: usize = 4 * 1_024;
/// Bytes that are put together for one write, before TLS.
const WRITE_MAX: usize = 32 * 1_024;
/// How long a client may take to read what is written to it.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);

/// What all guests share.
#[derive(Debug)]
pub(super) struct Reception {
    guests: AtomicU32,
    slots: Mutex<Slots>,
    tell: mpsc::Sender<Told>,
    turned_away: AtomicU64,
    waiting: Arc<AtomicUsize>,
}

/// Numbers by which the broker keeps streams in a row: as few as there are streams at a time.
#[derive(Debug, Default)]
struct Slots {
    next: u32,
    vacant: Vec<u32>,
}

impl Reception {
    pub(super) fn new(tell: mpsc::Sender<Told>) -> Self {
        Self {
            guests: AtomicU32::new(0),
            slots: Mutex::default(),
            tell,
            turned_away: AtomicU64::new(0),
            waiting: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// Returns how many guests came in.
    pub(super) fn guests(&self) -> u32 {
        self.guests.load(Ordering::Relaxed)
    }

    /// Returns how many were turned away.
    pub(super) fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Names a stream.
    fn enter(&self) -> ConnectionId {
        let generation = self.guests.fetch_add(1, Ordering::Relaxed) + 1;
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.vacant.pop().unwrap_or_else(|| {
            slots.next += 1;
            slots.next - 1
        });
        ConnectionId {
            node: NodeId(slot),
            generation,
        }
    }

    fn leave(&self, id: ConnectionId) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.vacant.push(id.node.0);
    }
}

/// Lets guests in at one door, until everything ends.
pub(super) async fn receive_all(
    mut door: Door,
    setup: Option<ServerSetup>,
    reception: Arc<Reception>,
    house: House,
) {
    while let Some(guest) = door.next().await {
        let (setup, reception, house) = (setup.clone(), Arc::clone(&reception), house.clone());
        tokio::spawn(attend(guest, setup, reception, house));
    }
    let turned_away = door.turned_away();
    reception
        .turned_away
        .fetch_add(turned_away, Ordering::Relaxed);
}

async fn attend(guest: Guest, setup: Option<ServerSetup>, reception: Arc<Reception>, house: House) {
    let id = reception.enter();
    let (outbox, inbox) = outbox(&reception.waiting);
    let peer = guest.peer;
    let session = setup.map(|setup| {
        let seed = house.certificates().seed_of(Server::Mqtts);
        Session::open(&setup, (seed, id.generation), house.clock)
    });
    let opened = Told::Opened { id, outbox, peer };
    if reception.tell.send(opened).await.is_ok() {
        let stream = Stream {
            id,
            house,
            inbox,
            session,
            socket: guest.stream,
            tell: reception.tell.clone(),
        };
        stream.run().await;
        reception.tell.send(Told::Closed { id }).await.ok();
    }
    reception.leave(id);
    drop(guest.seat);
}

/// One open stream.
struct Stream {
    id: ConnectionId,
    house: House,
    inbox: Inbox,
    session: Option<Session>,
    socket: TcpStream,
    tell: mpsc::Sender<Told>,
}

impl Stream {
    /// Carries bytes until either side has enough.
    async fn run(mut self) {
        let mut buffer = vec![0; READ_MAX];
        loop {
            let on = tokio::select! {
                read = self.socket.read(&mut buffer) => match read {
                    Ok(count @ 1..) => self.received(&buffer[..count]).await,
                    Ok(0) | Err(_) => self.ended(),
                },
                out = self.inbox.next() => self.say(out).await,
            };
            if !on {
                return;
            }
        }
    }

    /// Takes bytes of the socket; returns false when the stream is over.
    async fn received(&mut self, bytes: &[u8]) -> bool {
        let Some(session) = &mut self.session else {
            return self.pass(bytes.to_vec()).await;
        };
        session.receive(bytes);
        let mut plain = Vec::new();
        session.take_plain(&mut plain);
        self.tell_milestones();
        let written = self.flush().await;
        let passed = plain.is_empty() || self.pass(plain).await;
        let over = self.session.as_ref().is_some_and(Session::is_over);
        written && passed && !over
    }

    /// Passes plain bytes to the broker.
    async fn pass(&self, bytes: Vec<u8>) -> bool {
        let id = self.id;
        self.tell.send(Told::Bytes { id, bytes }).await.is_ok()
    }

    /// Writes what the broker says; returns false when the stream is over.
    async fn say(&mut self, first: Out) -> bool {
        let mut plain = Vec::new();
        let mut next = Some(first);
        let mut closes = false;
        while let Some(out) = next.take() {
            match out {
                Out::Bytes(bytes) => plain.extend_from_slice(&bytes),
                Out::Close => closes = true,
            }
            if !closes && plain.len() < WRITE_MAX {
                next = self.inbox.ready();
            }
        }
        let written = match &mut self.session {
            Some(session) => {
                session.write(&plain);
                if closes {
                    session.close();
                }
                self.flush().await
            }
            None => self.write(&plain).await,
        };
        if closes && written {
            timeout(WRITE_PATIENCE, self.socket.shutdown()).await.ok();
        }
        written && !closes
    }

    /// Writes the records that are ready.
    async fn flush(&mut self) -> bool {
        let mut records = Vec::new();
        if let Some(session) = &mut self.session {
            session.take_output(&mut records);
        }
        self.write(&records).await
    }

    async fn write(&mut self, bytes: &[u8]) -> bool {
        let written = timeout(WRITE_PATIENCE, self.socket.write_all(bytes)).await;
        matches!(written, Ok(Ok(())))
    }

    /// Learns that the client's side ended.
    fn ended(&mut self) -> bool {
        if let Some(session) = &mut self.session {
            session.eof();
        }
        self.tell_milestones();
        false
    }

    fn tell_milestones(&mut self) {
        let Some(session) = &mut self.session else {
            return;
        };
        while let Some(milestone) = session.poll() {
            let words = match &milestone {
                Milestone::Connected { words, .. } | Milestone::Failed { words, .. } => words,
            };
            let number = self.id.generation;
            self.house
                .journal
                .tell("mqtt", format_args!("#{number} {words}"));
        }
    }
}
