//! One end of a handshake, measured while another program speaks at the other.
//!
//! Owns what can be told from one end alone: everything that it sends, and of what it receives
//! the records, and the messages that are in the clear. Counts by the code that
//! [`measure`](super::measure::measure) counts by. Does not know how bytes travel.

use std::collections::VecDeque;

use super::endpoint::{Endpoint, Moment};
use super::event::{Side, TlsEvent, TlsFailure, TlsVersion};
use super::handshake::Handshake;
use super::measure::{Connected, Found};
use super::setup::{ClientSetup, ServerSetup};
use super::wire::{SentContent, SentRecord, SentRecords};
use crate::rng::Rng;

/// Bytes in front of a record: type, version, length.
const RECORD_HEADER: usize = 5;

/// One end of a connection to another program, and what was seen there.
#[derive(Debug)]
pub struct MeasuredEnd {
    connected: Option<Connected>,
    endpoint: Endpoint,
    failure: Option<TlsFailure>,
    found: Found,
    goodbye_said: bool,
    /// A client's change of cipher, which belongs to what follows: in TLS 1.3 it is said before
    /// all of the server's flight has come.
    held: Option<SentRecord>,
    /// What came of a record that is not whole yet.
    incoming: Vec<u8>,
    /// Reads the other end's records, as far as anybody can.
    peer: SentRecords,
    side: Side,
}

impl MeasuredEnd {
    /// Opens a node's end, which has something to send at once; `version` is the one that both
    /// ends will speak.
    #[must_use]
    pub fn client(setup: &ClientSetup, version: TlsVersion, luck: &mut Rng, now: Moment) -> Self {
        let setup = setup.clone().with_trace(true);
        let endpoint = Endpoint::client(&setup, luck, now);
        Self::new(endpoint, Side::Client, version)
    }

    /// Opens a server's end, which waits.
    #[must_use]
    pub fn server(setup: &ServerSetup, version: TlsVersion, luck: &mut Rng, now: Moment) -> Self {
        let setup = setup.clone().with_trace(true);
        let endpoint = Endpoint::server(&setup, luck, now);
        Self::new(endpoint, Side::Server, version)
    }

    fn new(endpoint: Endpoint, side: Side, version: TlsVersion) -> Self {
        let mut peer = SentRecords::new(true);
        peer.set_older(version == TlsVersion::V1_2);
        let mut end = Self {
            connected: None,
            endpoint,
            failure: None,
            found: Found::default(),
            goodbye_said: false,
            held: None,
            incoming: Vec::new(),
            peer,
            side,
        };
        end.collect();
        end
    }

    /// Takes bytes of the stream.
    pub fn receive(&mut self, now: Moment, bytes: &[u8]) {
        self.found.sent(other(self.side), bytes);
        self.incoming.extend_from_slice(bytes);
        while let Some(length) = whole_record(&self.incoming) {
            let record: Vec<u8> = self.incoming.drain(..length).collect();
            self.receive_record(now, &record);
        }
        // Only here: what this end answers to the first of some records follows all of them.
        self.collect();
    }

    /// Appends the records to put on the stream.
    pub fn take_output(&mut self, out: &mut Vec<u8>) {
        let from = out.len();
        self.endpoint.take_output(out);
        if out.len() > from {
            self.found.sent(self.side, &out[from..]);
        }
    }

    /// Says goodbye; whatever the other end sends from then on is taken for its goodbye.
    pub fn close(&mut self, now: Moment) {
        self.goodbye_said = true;
        self.endpoint.close(now);
        self.collect();
    }

    /// Returns the next line of the NSS key log, if the client's setup wants them.
    pub fn poll_secret(&mut self) -> Option<String> {
        self.endpoint.poll_secret()
    }

    /// Returns whether the handshake goes on.
    #[must_use]
    pub fn is_handshaking(&self) -> bool {
        self.endpoint.is_handshaking()
    }

    /// Returns why this end gave up, if it did.
    #[must_use]
    pub const fn failure(&self) -> Option<TlsFailure> {
        self.failure
    }

    /// Returns how many tickets have come, or gone if this is the server.
    #[must_use]
    pub const fn tickets(&self) -> u32 {
        self.found.tickets.count
    }

    /// Returns what was seen. Messages that the other end sealed are bytes and records of its
    /// flights, without a name.
    ///
    /// # Errors
    ///
    /// Why this end gave up, if it did; or that the stream ended before it connected.
    pub fn finish(self) -> Result<Handshake, TlsFailure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let connected = self.connected.ok_or(TlsFailure::UnexpectedEof)?;
        Ok(self.found.handshake(connected))
    }

    fn receive_record(&mut self, now: Moment, bytes: &[u8]) {
        let (mut sealed, mut events) = (VecDeque::new(), VecDeque::new());
        self.peer.read(bytes, &mut sealed, &mut events);
        let of_handshake = self.endpoint.is_handshaking();
        self.endpoint.receive(now, bytes);
        let peer = other(self.side);
        for record in self.peer.take_log() {
            if record.content != SentContent::ApplicationData {
                self.found.record(peer, record);
            } else if of_handshake {
                self.found.in_flight(peer, record.bytes, []);
            } else if self.goodbye_said || self.endpoint.peer_has_closed() {
                self.found.close_notify.add(peer, record.bytes, 1);
            } else {
                self.found.tickets.add(peer, record.bytes, 1);
            }
        }
    }

    /// Takes down what this end did.
    fn collect(&mut self) {
        while let Some(event) = self.endpoint.poll_event() {
            match event {
                TlsEvent::Failed(failure) => {
                    self.failure.get_or_insert(failure);
                }
                TlsEvent::Connected { .. } => self.connected = Connected::of(event),
                TlsEvent::AlertSent { .. } | TlsEvent::HandshakeSent { .. } | TlsEvent::Started => {
                }
            }
        }
        for record in self.endpoint.take_records() {
            let held = self.held.take();
            if self.side == Side::Client && record.content == SentContent::ChangeCipherSpec {
                self.held = Some(record);
                continue;
            }
            for record in held.into_iter().chain([record]) {
                self.found.record(self.side, record);
            }
        }
    }
}

/// Returns the length of the record in front, if all of it is there.
fn whole_record(bytes: &[u8]) -> Option<usize> {
    let header = bytes.first_chunk::<RECORD_HEADER>()?;
    let length = RECORD_HEADER + usize::from(u16::from_be_bytes([header[3], header[4]]));
    (bytes.len() >= length).then_some(length)
}

const fn other(side: Side) -> Side {
    match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    }
}

#[cfg(test)]
mod tests {
    use super::super::authority::Authority;
    use super::super::measure::{EPOCH_S, Mode, measure};
    use super::super::spec::{KeyExchange, TlsSettings, TlsSpec, Versions};
    use super::*;
    use crate::id::NodeId;
    use crate::rng::{EntityId, Purpose};

    const NOW: Moment = Moment::from_unix_ms(EPOCH_S * 1000);

    /// Method: two measured ends speak to each other; each must see what `measure` sees of both.
    #[test]
    fn each_end_alone_counts_what_is_counted_with_both_at_hand() {
        for (version, versions, modes) in [
            (TlsVersion::V1_2, Versions::V1_2, &MODES[..3]),
            (TlsVersion::V1_3, Versions::V1_3, &MODES[1..]),
        ] {
            for mode in modes {
                let spec = TlsSpec::unchecked(TlsSettings {
                    groups: vec![KeyExchange::X25519],
                    mutual: true,
                    versions,
                    ..super::super::pair::settings()
                });
                let both = measure(&spec, *mode, 1).expect("they connect");
                for seen in halves(&spec, *mode, version) {
                    assert_eq!(totals(&seen), totals(&both), "{version:?} {mode:?}");
                }
            }
        }
    }

    const MODES: [Mode; 4] = [Mode::SessionId, Mode::Full, Mode::Ticket, Mode::HelloRetry];

    fn totals(seen: &Handshake) -> String {
        let flights = seen.flights.iter();
        let flights = flights.map(|flight| (flight.by, flight.bytes, flight.records));
        format!(
            "{:?} {:?} {:?} {:?} {:?}",
            seen.kind,
            flights.collect::<Vec<_>>(),
            seen.tickets,
            seen.close_notify,
            seen.alerts
        )
    }

    /// Returns what each end saw of the last connection.
    fn halves(spec: &TlsSpec, mode: Mode, version: TlsVersion) -> [Handshake; 2] {
        let authority = Authority::new(&mode.applied(spec), EPOCH_S, 1);
        let (client, server) = (authority.client(NodeId(0)), authority.server());
        let node = EntityId::Node(NodeId(0));
        let mut luck = [Purpose::TlsClient, Purpose::TlsServer];
        let mut luck = luck.each_mut().map(|what| Rng::derive(1, node, *what));
        let mut last = None;
        for _ in 0..2 {
            let mut ends = [
                MeasuredEnd::client(&client, version, &mut luck[0], NOW),
                MeasuredEnd::server(&server, version, &mut luck[1], NOW),
            ];
            exchange(&mut ends);
            ends[0].close(NOW);
            ends[1].close(NOW);
            exchange(&mut ends);
            last = Some(ends.map(|end| end.finish().expect("they connect")));
            if matches!(mode, Mode::Full | Mode::HelloRetry) {
                break;
            }
        }
        last.expect("there was one")
    }

    /// Moves bytes, each flight cut within the header of its first record.
    fn exchange(ends: &mut [MeasuredEnd; 2]) {
        for turn in 0..16 {
            let mut bytes = Vec::new();
            ends[turn % 2].take_output(&mut bytes);
            let (few, rest) = bytes.split_at(bytes.len().min(3));
            ends[1 - turn % 2].receive(NOW, few);
            ends[1 - turn % 2].receive(NOW, rest);
        }
    }
}
