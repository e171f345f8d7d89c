//! The broker's host as one node sees it: TCP, the outer layer, and streams for the broker.
//!
//! One host for each node, because smoltcp looks at every socket of a host in every poll. Owns
//! accepting, closing and the server's half of TLS, and lets an attacker come between the two.
//! Does not know MQTT.

mod middle;

use core::net::Ipv4Addr;

use smallvec::SmallVec;

use self::middle::{Middle, Threat, Threats, carry};
use super::layer::Layer;
use crate::adversary::{Attack, Impostor, Passage, Way};
use crate::stack::tcp::{End, Host, SocketKey, TcpProfile};
use crate::stack::tls::{Moment, TlsEvent};
use crate::time::SimTime;

/// Connections of one node at a time; with a SYN beyond, the oldest is reset.
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
    /// Somebody in the middle read these bytes.
    Intercepted(Vec<u8>),
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
    /// The socket that waits for a connection to be complete, and the port its SYN came from.
    listening: Option<(SocketKey, u16)>,
    connections: SmallVec<[Box<Accepted>; 1]>,
    accepted: u32,
    running: bool,
    /// Something changed since the host was polled last.
    stirred: bool,
    threats: Threats,
}

#[derive(Debug)]
struct Accepted {
    key: SocketKey,
    connection: u32,
    layer: Layer,
    /// Who is between TCP and the layer, if anybody is.
    middle: Option<Box<Middle>>,
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
            threats: Threats::default(),
        }
    }

    /// Returns the port at which the broker listens.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Takes an IPv4 packet.
    pub(super) fn receive(&mut self, packet: Vec<u8>) {
        if let Some(from) = syn_of(&packet).filter(|_| self.running) {
            self.make_room();
            // A node has one stream: who opens another has given the half-open one up.
            if let Some((key, _)) = self.listening.take_if(|(_, known)| *known != from) {
                self.host.remove(key);
            }
            if self.listening.is_none() {
                self.listening = Some((self.host.listen(self.port), from));
            }
        }
        self.host.receive(packet);
        self.stirred = true;
    }

    /// Lets the oldest connection go, if there is one too many: a node has one stream, and has
    /// given up all others.
    fn make_room(&mut self) {
        if self.connections.len() >= CONNECTIONS_MAX {
            self.host.abort(self.connections[0].key);
        }
    }

    /// Takes bytes of the broker.
    pub(super) fn write(&mut self, now: Moment, connection: u32, bytes: &[u8]) {
        if let Some(accepted) = self.find(connection) {
            if let Some(middle) = &mut accepted.middle {
                middle.overhear(bytes);
            }
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
        if let Some((key, _)) = self.listening.take() {
            self.host.remove(key);
        }
    }

    /// Starts the broker's process again.
    pub(super) const fn start(&mut self) {
        self.running = true;
    }

    /// Lets somebody get in between; `relays` says whether he can pass on what he reads.
    pub(super) fn attack(&mut self, at: SimTime, attack: Attack, relays: bool) {
        let threat = Threat { attack, relays };
        self.threats.begin(threat);
        self.stirred = true;
        for accepted in &mut self.connections {
            if threat.resets() {
                self.host.abort(accepted.key);
            } else if threat.strikes_open() && accepted.middle.is_none() {
                let protected = accepted.layer.is_protected();
                let middle = Middle::new(at, threat, protected, accepted.told);
                accepted.middle = Some(Box::new(middle));
            }
        }
    }

    /// Lets him go: who posed as the server leaves his connections dead, what was held passes.
    pub(super) fn end_attack(&mut self, now: Moment, attack: Attack) {
        if !self.threats.end(attack) {
            return;
        }
        self.stirred = true;
        for accepted in &mut self.connections {
            let Some(middle) = accepted.middle.take_if(|m| m.tap.attack() == attack) else {
                continue;
            };
            if middle.impostor().is_some() {
                accepted.middle = Some(middle);
                self.host.abort(accepted.key);
                continue;
            }
            let mut passage = Passage::default();
            middle.tap.clone().release(&mut passage);
            accepted.unsent.extend(passage.down);
            if !passage.up.is_empty() {
                accepted.layer.receive(now, &passage.up);
            }
        }
    }

    /// Takes note that the node joined an access point.
    pub(super) fn associate(&mut self) {
        self.threats.associate();
    }

    /// Returns when [`Front::poll`] is wanted next.
    pub(super) fn poll_timeout(&self, at: SimTime) -> Option<SimTime> {
        if self.stirred {
            return Some(at);
        }
        let middles = self.connections.iter().filter_map(|a| a.middle.as_ref());
        let taps = middles.filter_map(|middle| middle.tap.poll_timeout());
        self.host.poll_timeout().into_iter().chain(taps).min()
    }

    /// Lets the host work. `layer` builds the outer layer of a new connection, for the broker or
    /// for who poses as it.
    pub(super) fn poll(
        &mut self,
        at: SimTime,
        now: Moment,
        mut layer: impl FnMut(Option<Impostor>) -> Layer,
        packets: &mut Vec<Vec<u8>>,
        events: &mut Vec<FrontEvent>,
    ) {
        if self.poll_timeout(at).is_none_or(|due| due > at) {
            return;
        }
        self.stirred = false;
        self.host.poll(at, packets);
        self.accept(at, &mut layer);
        let mut wrote = false;
        for index in 0..self.connections.len() {
            wrote |= self.serve(index, at, now, events);
            self.replay(index, at, now, &mut layer, events);
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
    fn accept(&mut self, at: SimTime, layer: &mut impl FnMut(Option<Impostor>) -> Layer) {
        let Some((key, _)) = self.listening else {
            return;
        };
        if self.host.end(key) == End::Opening {
            return;
        }
        self.listening = None;
        self.accepted = self.accepted.wrapping_add(1);
        let connection = self.accepted;
        let threat = self.threats.current();
        let layer = layer(threat.and_then(|threat| threat.attack.impostor()));
        let protected = layer.is_protected();
        let middle = threat.map(|threat| Box::new(Middle::new(at, threat, protected, false)));
        self.connections.push(Box::new(Accepted {
            key,
            connection,
            layer,
            middle,
            unsent: Vec::new(),
            told: false,
            closing: false,
        }));
    }

    /// Moves bytes of one connection both ways; returns true if its host has to work again.
    fn serve(
        &mut self,
        index: usize,
        at: SimTime,
        now: Moment,
        events: &mut Vec<FrontEvent>,
    ) -> bool {
        let accepted = &mut *self.connections[index];
        let mut bytes = Vec::new();
        self.host.receive_into(accepted.key, &mut bytes);
        let arrived = !bytes.is_empty();
        let mut passage = Passage::default();
        carry(
            at,
            accepted.middle.as_deref_mut(),
            Way::Up,
            bytes,
            &mut passage,
        );
        if !passage.up.is_empty() {
            accepted.layer.receive(now, &passage.up);
        }
        let end = self.host.end(accepted.key);
        if end == End::Finished && !accepted.closing {
            accepted.layer.eof(now);
        }
        let failed = accepted.tell(end, events);
        accepted.ask_renegotiation(now);
        accepted.send(at, &mut passage);
        let sent = self.host.send(accepted.key, &accepted.unsent);
        accepted.unsent.drain(..sent);
        let done = accepted.unsent.is_empty();
        if done && (failed || accepted.closing || end == End::Finished) {
            self.host.close(accepted.key);
            return true;
        }
        sent > 0 || arrived
    }

    /// Says to the server again what an eavesdropper heard, on a connection of his own.
    fn replay(
        &mut self,
        index: usize,
        at: SimTime,
        now: Moment,
        layer: &mut impl FnMut(Option<Impostor>) -> Layer,
        events: &mut Vec<FrontEvent>,
    ) {
        let accepted = &mut self.connections[index];
        // He does not wait for a connection that is over.
        let over = self.host.end(accepted.key) != End::Open;
        let due = if over { SimTime::MAX } else { at };
        let heard = accepted
            .middle
            .as_mut()
            .and_then(|m| m.tap.take_replay(due));
        if over {
            accepted.middle = None;
        }
        let Some(heard) = heard.filter(|heard| !heard.is_empty() && self.running) else {
            return;
        };
        let mut layer = layer(None);
        layer.receive(now, &heard);
        let mut failed = false;
        while let Some(event) = layer.poll_event() {
            failed |= matches!(event, TlsEvent::Failed(_));
            events.push(FrontEvent::Tls(event));
        }
        if failed || layer.is_handshaking() {
            return;
        }
        self.accepted = self.accepted.wrapping_add(1);
        let connection = self.accepted;
        let mut bytes = Vec::new();
        layer.take_plain(&mut bytes);
        events.extend([
            FrontEvent::Accepted { connection },
            FrontEvent::Received { connection, bytes },
            FrontEvent::Finished { connection },
        ]);
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

impl Accepted {
    /// Tells what happened in the layer; returns true if it gave up.
    fn tell(&mut self, end: End, events: &mut Vec<FrontEvent>) -> bool {
        let mut failed = false;
        while let Some(event) = self.layer.poll_event() {
            failed |= matches!(event, TlsEvent::Failed(_));
            events.push(FrontEvent::Tls(event));
        }
        let connection = self.connection;
        let usable = !failed && !self.closing && matches!(end, End::Open | End::Finished);
        let shaken = usable && !self.layer.is_handshaking();
        let middle = self.middle.as_deref_mut();
        let relays = middle
            .as_ref()
            .is_none_or(|m| m.relays || m.impostor().is_none());
        if shaken && relays && !self.told {
            self.told = true;
            events.push(FrontEvent::Accepted { connection });
        }
        if !self.told && !shaken {
            return failed;
        }
        let mut bytes = Vec::new();
        self.layer.take_plain(&mut bytes);
        if let Some(middle) = middle {
            middle.tap.secure();
            middle.overhear(&bytes);
            let overheard = middle.take_overheard().into_iter();
            events.extend(overheard.map(FrontEvent::Intercepted));
        }
        if self.told && !bytes.is_empty() {
            events.push(FrontEvent::Received { connection, bytes });
        }
        failed
    }

    fn ask_renegotiation(&mut self, now: Moment) {
        if self.middle.as_mut().is_some_and(|m| m.tap.take_request()) {
            self.layer.ask_renegotiation(now);
        }
    }

    /// Moves what the layer has to send behind what is unsent, as far as it gets there.
    fn send(&mut self, at: SimTime, passage: &mut Passage) {
        let mut bytes = Vec::new();
        self.layer.take_output(&mut bytes);
        carry(at, self.middle.as_deref_mut(), Way::Down, bytes, passage);
        if let Some(middle) = &mut self.middle {
            middle.tap.handle_timeout(at, passage);
        }
        self.unsent.append(&mut passage.down);
        self.closing |= passage.cut;
    }
}

/// Returns the source port of a segment that opens a connection.
fn syn_of(packet: &[u8]) -> Option<u16> {
    const SYN: u8 = 0x02;
    const ACK: u8 = 0x10;
    const FLAGS_AT: usize = 13;
    let header = usize::from(packet.first()? & 0x0F) * 4;
    let segment = packet.get(header..)?;
    let opens = segment.get(FLAGS_AT)? & (SYN | ACK) == SYN;
    let port = segment.first_chunk()?;
    opens.then_some(u16::from_be_bytes(*port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_open_connection_keeps_nobody_out() {
        const NODE: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 0);
        const BROKER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
        let at = SimTime::ZERO;
        let mut front = Front::new(at, BROKER, PORT, 1);
        for port in [50_000, 50_001] {
            // The node loses its power before it can acknowledge the first.
            let mut node = Host::new(at, NODE, TcpProfile::default(), 2);
            node.connect((BROKER, PORT), port);
            let (mut packets, mut answers) = (Vec::new(), Vec::new());
            node.poll(at, &mut packets);
            front.receive(packets.remove(0));
            let plain = |_: Option<Impostor>| Layer::plain();
            front.poll(at, Moment::UNKNOWN, plain, &mut answers, &mut Vec::new());
            let flags: Vec<u8> = answers.iter().map(|answer| answer[33] & 0x17).collect();
            assert_eq!(flags, [0x12], "SYN and ACK to port {port}");
        }
    }
}
