//! The one task that the broker lives in.
//!
//! Owns the order in which the broker hears of things, and carries out what it answers.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use nodelab_sim::broker::{Broker, BrokerAction, BrokerEvent, BrokerSpec};
use nodelab_sim::{ConnectionId, SimSpan, SimTime};
use tokio::sync::mpsc;

use super::outbox::Outbox;
use super::words;
use crate::serve::house::House;

/// How often what is stale is forgotten.
const TIDY_INTERVAL: SimSpan = SimSpan::from_secs(60);
/// Things taken in one go before timers are looked at again.
const BATCH_MAX: usize = 256;
/// How long guests have to leave when everything ends.
const LEAVE_PATIENCE: SimSpan = SimSpan::from_secs(1);

/// What the broker is told.
#[derive(Debug)]
pub(super) enum Told {
    /// Bytes of a stream.
    Bytes {
        /// Which stream.
        id: ConnectionId,
        /// What came.
        bytes: Vec<u8>,
    },
    /// A stream is gone.
    Closed {
        /// Which stream.
        id: ConnectionId,
    },
    /// A stream was opened.
    Opened {
        /// Which stream.
        id: ConnectionId,
        /// Where its answers go.
        outbox: Outbox,
        /// Who it is.
        peer: SocketAddr,
    },
}

/// What was done, for the summary.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    broken: u64,
    dropped: u64,
    received: u64,
    refused: u64,
    sent: u64,
    too_slow: u64,
}

/// A guest, as the broker's task knows it.
struct Known {
    client_id: Option<Arc<str>>,
    outbox: Outbox,
    peer: SocketAddr,
}

struct Keeper {
    actions: Vec<BrokerAction>,
    broker: Broker,
    guests: BTreeMap<ConnectionId, Known>,
    house: House,
    tally: Tally,
}

impl Tally {
    /// Returns what to print at the end.
    pub(super) fn lines(self, guests: u32, turned_away: u64) -> Vec<String> {
        let Self {
            broken,
            dropped,
            received,
            refused,
            sent,
            too_slow,
        } = self;
        let mut lines = vec![format!(
            "mqtt  {guests} connections, {received} messages received, {sent} sent"
        )];
        let troubles = [
            (turned_away, "turned away"),
            (refused, "refused"),
            (broken, "cut off for breaking the protocol"),
            (too_slow, "cut off for reading too slowly"),
            (dropped, "messages dropped"),
        ];
        let told: Vec<String> = troubles
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !told.is_empty() {
            lines.push(format!("mqtt  {}", told.join(", ")));
        }
        lines
    }
}

/// Keeps the broker until everything ends.
pub(super) async fn keep(spec: BrokerSpec, mut told: mpsc::Receiver<Told>, house: House) -> Tally {
    let mut keeper = Keeper {
        actions: Vec::new(),
        broker: Broker::new(spec),
        guests: BTreeMap::new(),
        house: house.clone(),
        tally: Tally::default(),
    };
    let mut tidy_at = house.clock.now().after(TIDY_INTERVAL);
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        let due = keeper
            .broker
            .poll_timeout()
            .unwrap_or(SimTime::MAX)
            .min(tidy_at);
        tokio::select! {
            biased;
            () = house.closing.wait() => break,
            () = house.clock.until(due) => {
                let now = house.clock.now();
                while keeper.broker.cut_off_next(now, &mut keeper.actions) {
                    keeper.act();
                }
                if now >= tidy_at {
                    keeper.broker.tidy();
                    tidy_at = now.after(TIDY_INTERVAL);
                }
            }
            count = told.recv_many(&mut batch, BATCH_MAX) => {
                debug_assert!(count > 0, "the service holds a sender");
                for one in batch.drain(..) {
                    keeper.handle(one);
                }
            }
        }
        keeper.act();
    }
    keeper.broker.stop(false, &mut keeper.actions);
    keeper.act();
    keeper.say_goodbye(&mut told).await;
    keeper.tally.broken = keeper.broker.connections_broken();
    keeper.tally
}

impl Keeper {
    fn handle(&mut self, told: Told) {
        let now = self.house.clock.now();
        match told {
            Told::Bytes { id, bytes } => {
                let mut rest = &bytes[..];
                let mut on = true;
                // What one packet leads to is done before the next is read.
                while on {
                    on = self
                        .broker
                        .receive_packet(now, id, &mut rest, &mut self.actions);
                    self.act();
                }
            }
            Told::Closed { id } => {
                self.broker.disconnected(id, &mut self.actions);
                // Its last words are about a guest that is still known.
                self.act();
                self.guests.remove(&id);
            }
            Told::Opened { id, outbox, peer } => {
                let number = id.generation;
                let journal = &self.house.journal;
                journal.tell("mqtt", format_args!("#{number} {peer} connected"));
                let known = Known {
                    client_id: None,
                    outbox,
                    peer,
                };
                self.guests.insert(id, known);
                self.broker.connected(now, id);
            }
        }
        self.act();
    }

    /// Does what the broker asked for.
    fn act(&mut self) {
        // What a guest that is cut off leaves, its will, may cut off others: each once, and one
        // at a time, because a will is copied for each subscriber.
        let mut slow = VecDeque::new();
        loop {
            for action in std::mem::take(&mut self.actions) {
                match action {
                    BrokerAction::Close { connection } => {
                        if let Some(guest) = self.guests.get(&connection) {
                            guest.outbox.close();
                        }
                    }
                    BrokerAction::Note(event) => self.note(&event),
                    BrokerAction::Send { connection, bytes } => {
                        let guest = self.guests.get(&connection);
                        if guest.is_some_and(|guest| !guest.outbox.push(bytes)) {
                            slow.push_back(connection);
                        }
                    }
                }
            }
            let Some(id) = slow.pop_front() else {
                return;
            };
            self.cut_off(id);
        }
    }

    /// Cuts off a guest that does not read; it is forgotten at once, so this happens once.
    fn cut_off(&mut self, id: ConnectionId) {
        let Some(guest) = self.guests.get(&id) else {
            return;
        };
        self.tally.too_slow += 1;
        let (number, peer) = (id.generation, guest.peer);
        let journal = &self.house.journal;
        journal.tell(
            "mqtt",
            format_args!("#{number} {peer} cut off: it reads too slowly"),
        );
        self.broker.disconnected(id, &mut self.actions);
        // Without its outbox the guest's task ends, at the latest when its write does.
        self.guests.remove(&id);
    }

    fn note(&mut self, event: &BrokerEvent) {
        match event {
            BrokerEvent::ConnectRefused { .. } => self.tally.refused += 1,
            BrokerEvent::MessageDropped { .. } => self.tally.dropped += 1,
            BrokerEvent::MessageReceived { .. } => self.tally.received += 1,
            BrokerEvent::MessageSent { .. } => self.tally.sent += 1,
            BrokerEvent::SessionStarted {
                connection,
                client_id,
                ..
            } => {
                if let Some(guest) = self.guests.get_mut(connection) {
                    guest.client_id = Some(Arc::clone(client_id));
                }
            }
            BrokerEvent::ConnectionBroken { .. }
            | BrokerEvent::MessageAcknowledged { .. }
            | BrokerEvent::SessionEnded { .. }
            | BrokerEvent::Subscribed { .. }
            | BrokerEvent::Unsubscribed { .. }
            | BrokerEvent::WillPublished { .. } => {}
        }
        if self.house.journal.is_quiet() {
            return;
        }
        let Some(what) = words::event(event) else {
            return;
        };
        let who = event.connection().map(|id| {
            let guest = self.guests.get(&id);
            let client = guest.and_then(|guest| guest.client_id.as_deref());
            words::who(id.generation, client)
        });
        let who = who.unwrap_or_default();
        self.house.journal.tell("mqtt", format_args!("{who}{what}"));
    }

    /// Waits a moment for guests to read their last words.
    async fn say_goodbye(&mut self, told: &mut mpsc::Receiver<Told>) {
        let until = self.house.clock.now().after(LEAVE_PATIENCE);
        while !self.guests.is_empty() {
            tokio::select! {
                () = self.house.clock.until(until) => return,
                next = told.recv() => match next {
                    Some(Told::Closed { id }) => {
                        self.guests.remove(&id);
                    }
                    Some(Told::Bytes { .. } | Told::Opened { .. }) => {}
                    None => return,
                },
            }
        }
    }
}
