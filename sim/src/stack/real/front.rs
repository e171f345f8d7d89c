//! The broker's host as one node sees it: TCP, the outer layer, and streams for the broker.
//!
//! One host for each node, because smoltcp looks at every socket of a host in every poll. Owns
//! accepting, closing and the server's half of TLS. Does not know MQTT.

use core::net::Ipv4Addr;

use smallvec::SmallVec;

use super::layer::Layer;
use crate::stack::tcp::{End, Host, SocketKey, TcpProfile};
use crate::stack::tls::{Moment, TlsEvent};
use crate::time::SimTime;

/// Connections of one node at a time; a SYN beyond is refused.
const CONNECTIONS_MAX: usize = 4;
/// Unencrypted MQTT (IANA).
pub(super) const PORT: u16 = 1883;
/// MQTT over TLS (IANA).
pub(super) const PORT_TLS: u16 = 8883;

/// What the front tells its path.
#[derive(Debug)]
pub(super) enum FrontEvent {
    /// A stream is open, its outer layer included.
    Accepted { connection: u32 },
    /// A stream that was open is over.
    Finished { connection: u32 },
    /// Bytes for the broker.
    Received { connection: u32, bytes: Vec<u8> },
    /// Something about TLS.
    Tls(TlsEvent),
}

/// The broker's host.
#[derive(Debug)]
pub(super) struct Front {
    host: Host,
    port: u16,
    /// The socket that waits for the SYN that was just received.
    listening: Option<SocketKey>,
    connections: SmallVec<[Box<Accepted>; 1]>,
    accepted: u32,
    running: bool,
    /// Something changed since the host was polled last.
    stirred: bool,
}

#[derive(Debug)]
struct Accepted {
    key: SocketKey,
    connection: u32,
    layer: Layer,
    /// Bytes that did not fit the send buffer.
    unsent: Vec<u8>,
    /// The broker knows about it.
    told: bool,
    /// This side has nothing more to say.
    closing: bool,
}

impl Front {
    pub(super) fn new(at: SimTime, address: Ipv4Addr, port: u16, luck: u64) -> Self {
        Self {
            host: Host::new(at, address, TcpProfile::SERVER, luck),
            port,
            listening: None,
            connections: SmallVec::new(),
            accepted: 0,
            running: true,
            stirred: false,
        }
    }

    /// Returns the port at which the broker listens.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Takes an IPv4 packet.
    pub(super) fn receive(&mut self, packet: Vec<u8>) {
        let room = self.connections.len() < CONNECTIONS_MAX;
        if self.running && room && self.listening.is_none() && is_syn(&packet) {
            self.listening = Some(self.host.listen(self.port));
        }
        self.host.receive(packet);
        self.stirred = true;
    }

    /// Takes bytes of the broker.
    pub(super) fn write(&mut self, now: Moment, connection: u32, bytes: &[u8]) {
        if let Some(accepted) = self.find(connection) {
            accepted.layer.write(now, bytes);
            self.stirred = true;
        }
    }

    /// Ends a stream in good order.
    pub(super) fn close(&mut self, now: Moment, connection: u32) {
        if let Some(accepted) = self.find(connection) {
            accepted.layer.close(now);
            accepted.closing = true;
            accepted.told = false;
            self.stirred = true;
        }
    }

    /// Ends the broker's process: every stream is reset, and nobody listens.
    pub(super) fn stop(&mut self) {
        self.running = false;
        self.stirred = true;
        for accepted in &self.connections {
            self.host.abort(accepted.key);
        }
        if let Some(key) = self.listening.take() {
            self.host.remove(key);
        }
    }

    /// Starts the broker's process again.
    pub(super) const fn start(&mut self) {
        self.running = true;
    }

    /// Returns when [`Front::poll`] is wanted next.
    pub(super) fn poll_timeout(&self, at: SimTime) -> Option<SimTime> {
        if self.stirred {
            Some(at)
        } else {
            self.host.poll_timeout()
        }
    }

    /// Lets the host work. `layer` builds the outer layer of a new connection.
    pub(super) fn poll(
        &mut self,
        at: SimTime,
        now: Moment,
        mut layer: impl FnMut(u32) -> Layer,
        packets: &mut Vec<Vec<u8>>,
        events: &mut Vec<FrontEvent>,
    ) {
        let due = self.host.poll_timeout().is_some_and(|due| due <= at);
        if !self.stirred && !due {
            return;
        }
        self.stirred = false;
        self.host.poll(at, packets);
        self.accept(&mut layer);
        let mut wrote = false;
        for index in 0..self.connections.len() {
            wrote |= self.serve(index, now, events);
        }
        if wrote {
            self.host.poll(at, packets);
        }
        self.forget(events);
    }

    fn find(&mut self, connection: u32) -> Option<&mut Accepted> {
        self.connections
            .iter_mut()
            .map(Box::as_mut)
            .find(|accepted| accepted.connection == connection)
    }

    /// Takes over a connection whose SYN came.
    fn accept(&mut self, layer: &mut impl FnMut(u32) -> Layer) {
        let Some(key) = self.listening else { return };
        if self.host.end(key) == End::Opening {
            return;
        }
        self.listening = None;
        self.accepted = self.accepted.wrapping_add(1);
        let connection = self.accepted;
        self.connections.push(Box::new(Accepted {
            key,
            connection,
            layer: layer(connection),
            unsent: Vec::new(),
            told: false,
            closing: false,
        }));
    }

    /// Moves bytes of one connection both ways; returns true if its host has to work again.
    fn serve(&mut self, index: usize, now: Moment, events: &mut Vec<FrontEvent>) -> bool {
        let accepted = &mut self.connections[index];
        let mut bytes = Vec::new();
        self.host.receive_into(accepted.key, &mut bytes);
        if !bytes.is_empty() {
            accepted.layer.receive(now, &bytes);
        }
        let end = self.host.end(accepted.key);
        if end == End::Finished && !accepted.closing {
            accepted.layer.eof(now);
        }
        let mut failed = false;
        while let Some(event) = accepted.layer.poll_event() {
            failed |= matches!(event, TlsEvent::Failed(_));
            events.push(FrontEvent::Tls(event));
        }
        let connection = accepted.connection;
        let usable = !failed && !accepted.closing && matches!(end, End::Open | End::Finished);
        if usable && !accepted.told && !accepted.layer.is_handshaking() {
            accepted.told = true;
            events.push(FrontEvent::Accepted { connection });
        }
        if accepted.told {
            let mut bytes = Vec::new();
            accepted.layer.take_plain(&mut bytes);
            if !bytes.is_empty() {
                events.push(FrontEvent::Received { connection, bytes });
            }
        }
        accepted.layer.take_output(&mut accepted.unsent);
        let sent = self.host.send(accepted.key, &accepted.unsent);
        accepted.unsent.drain(..sent);
        let done = accepted.unsent.is_empty();
        if done && (failed || accepted.closing || end == End::Finished) {
            self.host.close(accepted.key);
            return true;
        }
        sent > 0 || !bytes.is_empty()
    }

    /// Forgets connections that are over, and tells the broker about those it knew.
    fn forget(&mut self, events: &mut Vec<FrontEvent>) {
        let host = &mut self.host;
        self.connections.retain(|accepted| {
            let end = host.end(accepted.key);
            let over = end == End::Closed;
            if accepted.told && matches!(end, End::Closed | End::Closing) {
                accepted.told = false;
                let connection = accepted.connection;
                events.push(FrontEvent::Finished { connection });
            }
            if over {
                host.remove(accepted.key);
            }
            !over
        });
    }
}

/// Returns true for a segment that opens a connection.
fn is_syn(packet: &[u8]) -> bool {
    const SYN: u8 = 0x02;
    const ACK: u8 = 0x10;
    const FLAGS_AT: usize = 13;
    let header = packet
        .first()
        .map_or(0, |first| usize::from(first & 0x0F) * 4);
    packet
        .get(header + FLAGS_AT)
        .is_some_and(|flags| flags & (SYN | ACK) == SYN)
}
