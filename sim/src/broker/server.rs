//! The broker: what each packet, each lost stream and each silence leads to.
//!
//! Owns the streams and the rules of MQTT 3.1.1 §3 and §4 for the server's side. Does not know
//! bytes (the wire does) or subscribers (the delivery does).

use std::sync::Arc;

use node_core::mqtt::ConnectRefusal;

use crate::broker::connections::Connections;
use crate::broker::deadlines::Deadlines;
use crate::broker::message::{BrokerAction, BrokerEvent, ClientFault, Message, SessionEnd};
use crate::broker::retained::Retained;
use crate::broker::session::{SessionIndex, Sessions};
use crate::broker::spec::BrokerSpec;
use crate::broker::subscriptions::Subscriptions;
use crate::broker::wire::{Packet, Wire};
use crate::event::Bytes;
use crate::id::ConnectionId;
use crate::time::{SimSpan, SimTime};

/// A broker without I/O.
///
/// It is told what happened and appends to `out` what is to be done, in that order. Nothing is
/// ever taken from `out`, so one vector may serve all calls.
#[derive(Debug)]
pub struct Broker {
    pub(super) spec: BrokerSpec,
    running: bool,
    pub(super) connections: Connections,
    deadlines: Deadlines,
    pub(super) sessions: Sessions,
    pub(super) subscriptions: Subscriptions,
    pub(super) retained: Retained,
    /// Bytes of all filters and of the messages in all mailboxes.
    pub(super) held_bytes: usize,
    connections_broken: u64,
    messages_received: u64,
}

/// One open stream.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) wire: Wire,
    /// The session it belongs to, once its CONNECT was accepted.
    pub(super) session: Option<SessionIndex>,
    pub(super) will: Option<Box<Message>>,
    /// How long it may be silent.
    pub(super) patience: SimSpan,
    /// When it is cut off if it stays silent.
    pub(super) cut_off_at: SimTime,
    /// When its entry among the deadlines comes up; entries of other times are stale.
    pub(super) entry_at: SimTime,
}

impl Broker {
    /// Builds a broker that runs, and knows nobody.
    #[must_use]
    pub fn new(spec: BrokerSpec) -> Self {
        Self {
            spec,
            running: true,
            connections: Connections::default(),
            deadlines: Deadlines::default(),
            sessions: Sessions::default(),
            subscriptions: Subscriptions::default(),
            retained: Retained::default(),
            held_bytes: 0,
            connections_broken: 0,
            messages_received: 0,
        }
    }

    /// Takes a stream that was opened; its identifier must be new. Ignored while stopped.
    pub fn connected(&mut self, at: SimTime, connection: ConnectionId) {
        if !self.running {
            return;
        }
        let patience = self.spec.connect_timeout;
        let cut_off_at = at.after(patience);
        let live = Live {
            wire: Wire::new(self.spec.packet_size_max),
            session: None,
            will: None,
            patience,
            cut_off_at,
            entry_at: cut_off_at,
        };
        let former = self.connections.insert(connection, live);
        debug_assert!(former.is_none(), "{connection:?} is opened once");
        self.deadlines.push(cut_off_at, connection);
    }

    /// Takes bytes of a stream. Those of a stream that is not open are answered with
    /// [`BrokerAction::Close`], as TCP answers with a reset.
    pub fn received(
        &mut self,
        at: SimTime,
        connection: ConnectionId,
        bytes: &[u8],
        out: &mut Vec<BrokerAction>,
    ) {
        let mut rest = bytes;
        while self.receive_packet(at, connection, &mut rest, out) {}
    }

    /// Takes bytes as [`Broker::received`] does, but no further than to the end of a packet, and
    /// removes them from the front of `bytes`. Returns true if the rest is to be taken too: what
    /// follows a packet that ended the connection is ignored.
    ///
    /// Whoever has to bound what `out` grows to looks at it between two packets.
    pub fn receive_packet(
        &mut self,
        at: SimTime,
        connection: ConnectionId,
        bytes: &mut &[u8],
        out: &mut Vec<BrokerAction>,
    ) -> bool {
        let Some(live) = self.connections.find_mut(connection) else {
            out.push(BrokerAction::Close { connection });
            return false;
        };
        match live.wire.read(bytes) {
            Ok(None) => {}
            Ok(Some(packet)) => {
                live.cut_off_at = at.after(live.patience);
                self.handle(at, connection, packet, out);
            }
            Err(why) => self.break_off(connection, why, out),
        }
        !bytes.is_empty() && self.connections.find(connection).is_some()
    }

    /// Takes note that a stream closed. Unless DISCONNECT came before, the client's will is
    /// published.
    pub fn disconnected(&mut self, connection: ConnectionId, out: &mut Vec<BrokerAction>) {
        self.end(connection, SessionEnd::StreamLost, out);
    }

    /// Returns when [`Broker::handle_timeout`] is to be called next. There may be nothing to do
    /// then, and calling it early does no harm.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.deadlines.earliest()
    }

    /// Cuts off the connections that were silent for too long.
    pub fn handle_timeout(&mut self, at: SimTime, out: &mut Vec<BrokerAction>) {
        while self.cut_off_next(at, out) {}
    }

    /// Looks at one connection that may have been silent for too long, and cuts it off if so.
    /// Returns true unless there was none to look at.
    pub fn cut_off_next(&mut self, at: SimTime, out: &mut Vec<BrokerAction>) -> bool {
        let Some((due, connection)) = self.deadlines.pop_due(at) else {
            return false;
        };
        match self.connections.find(connection) {
            Some(live) if live.entry_at != due => {}
            Some(live) if live.cut_off_at > at => self.schedule(connection),
            Some(live) if live.session.is_some() => {
                self.end(connection, SessionEnd::KeepAliveExpired, out);
            }
            Some(_) => self.break_off(connection, ClientFault::ConnectTimedOut, out),
            None => {}
        }
        true
    }

    /// Forgets when connections were to be cut off that are gone, if those are the most. Without
    /// it such notes stay for as long as a client once said that it would be silent.
    pub fn tidy(&mut self) {
        let connections = &self.connections;
        if self.deadlines.len() > 2 * connections.count() {
            self.deadlines.retain(|at, connection| {
                let live = connections.find(connection);
                live.is_some_and(|live| live.entry_at == at)
            });
        }
    }

    /// Publishes a message from outside, as an operator's tool would. Lost while stopped.
    pub fn publish(&mut self, message: &Message, out: &mut Vec<BrokerAction>) {
        if self.running {
            self.accept_message(message, out);
        }
    }

    /// Refuses every client from here on, or none. Sessions that are open stay open.
    pub fn refuse(&mut self, why: Option<ConnectRefusal>) {
        self.spec.refusal = why;
    }

    /// Returns true unless stopped: then nothing listens, and streams are refused.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.running
    }

    /// Stops: all streams close, and no will is published. With `keep_sessions` what a client
    /// may rely on outlives it (sessions that are not clean, retained messages), as with a
    /// database on disk.
    pub fn stop(&mut self, keep_sessions: bool, out: &mut Vec<BrokerAction>) {
        for connection in self.connections.ids() {
            if let Some(live) = self.connections.find_mut(connection) {
                live.will = None;
            }
            self.end(connection, SessionEnd::BrokerStopped, out);
        }
        self.running = false;
        self.deadlines.clear();
        if !keep_sessions {
            self.sessions = Sessions::default();
            self.held_bytes = 0;
            self.subscriptions = Subscriptions::default();
            self.retained.clear();
        }
    }

    /// Starts again after [`Broker::stop`].
    pub const fn start(&mut self) {
        self.running = true;
    }

    /// Returns how many clients were cut off because they broke the protocol.
    #[must_use]
    pub const fn connections_broken(&self) -> u64 {
        self.connections_broken
    }

    /// Returns how many messages clients published.
    #[must_use]
    pub const fn messages_received(&self) -> u64 {
        self.messages_received
    }

    /// Returns how many sessions live, with and without a stream.
    #[must_use]
    pub fn session_count(&self) -> usize {
        self.sessions.len()
    }

    fn handle(
        &mut self,
        at: SimTime,
        connection: ConnectionId,
        packet: Packet,
        out: &mut Vec<BrokerAction>,
    ) {
        match packet {
            Packet::Connect(request) => self.connect(at, connection, *request, out),
            Packet::Disconnect => self.end(connection, SessionEnd::Disconnected, out),
            Packet::Pingreq => Self::answer(connection, Wire::pingresp(), out),
            Packet::Puback(packet_id) => self.acknowledged(connection, packet_id, out),
            Packet::Publish {
                duplicate,
                message,
                packet_id,
            } => {
                self.messages_received += 1;
                out.push(BrokerAction::Note(BrokerEvent::MessageReceived {
                    connection,
                    duplicate,
                    message: message.clone(),
                    packet_id,
                }));
                self.accept_message(&message, out);
                if let Some(packet_id) = packet_id {
                    Self::answer(connection, Wire::puback(packet_id), out);
                }
            }
            Packet::Subscribe { filters, packet_id } => {
                self.subscribe(connection, packet_id, &filters, out);
            }
            Packet::Unsubscribe { filters, packet_id } => {
                self.unsubscribe(connection, packet_id, filters, out);
            }
        }
    }

    /// Gives a connection an entry among the deadlines, for when it is cut off.
    pub(super) fn schedule(&mut self, connection: ConnectionId) {
        if let Some(live) = self.connections.find_mut(connection) {
            live.entry_at = live.cut_off_at;
            if live.entry_at < SimTime::MAX {
                self.deadlines.push(live.entry_at, connection);
            }
        }
    }

    pub(super) fn session_of(&self, connection: ConnectionId) -> Option<SessionIndex> {
        self.connections.find(connection)?.session
    }

    pub(super) fn answer(connection: ConnectionId, bytes: Bytes, out: &mut Vec<BrokerAction>) {
        out.push(BrokerAction::Send { connection, bytes });
    }

    pub(super) fn break_off(
        &mut self,
        connection: ConnectionId,
        why: ClientFault,
        out: &mut Vec<BrokerAction>,
    ) {
        self.connections_broken += 1;
        if why == ClientFault::VersionNotSupported {
            //= MQTT 3.1.1 §3.1.2-2: the client is told before it is cut off.
            out.push(BrokerAction::Send {
                connection,
                bytes: Wire::refuse(ConnectRefusal::ProtocolVersion),
            });
        }
        out.push(BrokerAction::Note(BrokerEvent::ConnectionBroken {
            connection,
            why,
        }));
        self.end(connection, SessionEnd::ProtocolBroken, out);
    }

    /// Forgets a stream, and does what its session asked for in that case.
    pub(super) fn end(
        &mut self,
        connection: ConnectionId,
        why: SessionEnd,
        out: &mut Vec<BrokerAction>,
    ) {
        let Some(live) = self.connections.remove(connection) else {
            return;
        };
        if why != SessionEnd::StreamLost {
            out.push(BrokerAction::Close { connection });
        }
        let Some(index) = live.session else {
            return;
        };
        let session = self.sessions.leave(index);
        let client_id = Arc::clone(&session.client_id);
        if session.clean {
            self.forget(index);
        }
        out.push(BrokerAction::Note(BrokerEvent::SessionEnded {
            connection,
            client_id: Arc::clone(&client_id),
            why,
        }));
        //= MQTT 3.1.1 §3.1.2-8 and §3.1.2-10: published unless DISCONNECT came.
        if let Some(message) = live.will
            && why != SessionEnd::Disconnected
        {
            out.push(BrokerAction::Note(BrokerEvent::WillPublished {
                client_id,
                message: Message::clone(&message),
            }));
            self.accept_message(&message, out);
        }
    }

    /// Removes a session and its subscriptions.
    pub(super) fn forget(&mut self, index: SessionIndex) {
        let session = self.sessions.remove(index);
        self.held_bytes -= session.held_bytes();
        for filter in session.filters {
            self.subscriptions.remove(index, &filter);
        }
    }
}
