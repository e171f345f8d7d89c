//! Handshakes over a bare byte pipe, measured.
//!
//! Owns how two ends are brought to a handshake of a wanted kind, and who sent what when. Does
//! not know what links or chips make of it.
//!
//! ```text
//! settings + mode ──► authority ──► [first connection] ──► measured connection ──► Handshake
//!                                    when one is resumed
//! ```
//!
//! All bytes come from the ends' own output, so a total is what a capture on TCP would add up
//! to. What is sealed is named by who sealed it.

use sha2::{Digest as _, Sha256};

use super::authority::Authority;
use super::endpoint::{Endpoint, Moment};
use super::event::{Side, TlsEvent, TlsFailure, TlsVersion};
use super::handshake::{Apart, Flight, Handshake, HandshakeKind, Message, MessageKind};
use super::operation::Operation;
use super::provider::Family;
use super::setup::{ClientSetup, ServerSetup};
use super::spec::{KeyExchange, SessionKeeping, TlsSpec, Versions};
use super::wire::{SentContent, SentRecord};
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};

/// When measured handshakes happen: 2026-11-26 20:00:00 UTC.
pub const EPOCH_S: i64 = 1_795_723_200;
/// Turns until both ends are silent; a handshake with a retry takes six.
const TURNS_MAX: u32 = 16;

/// Which kind of handshake to bring about.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Mode {
    /// The first connection, as the settings are.
    Full,
    /// The first connection, whose client guesses the server's only group wrong (TLS 1.3).
    HelloRetry,
    /// The second connection, with the number of a session that the server remembers.
    SessionId,
    /// The second connection, with a ticket of the first; in TLS 1.3 of either keeping.
    Ticket,
}

/// Runs a handshake in memory and tells everything about it; the same by seed on any machine.
///
/// The mode overrules what the settings say of resumption, and of groups for a retry. Whether
/// the ends met the wish is told by the handshake's kind: a library that never resumes does not.
///
/// # Errors
///
/// [`TlsFailure`] that came first, if the ends do not connect.
pub fn measure(spec: &TlsSpec, mode: Mode, seed: u64) -> Result<Handshake, TlsFailure> {
    measure_with(Family::here(), spec, mode, seed)
}

fn measure_with(
    family: Family,
    spec: &TlsSpec,
    mode: Mode,
    seed: u64,
) -> Result<Handshake, TlsFailure> {
    let authority = Authority::of(family, &mode.applied(spec), EPOCH_S, seed);
    let client = authority.client(NodeId(0)).with_trace(true);
    let server = authority.server().with_trace(true);
    let mut luck = Luck::new(seed);
    if mode.resumes() {
        Run::open(&client, &server, &mut luck).finish()?;
    }
    Run::open(&client, &server, &mut luck).finish()
}

impl Mode {
    const fn resumes(self) -> bool {
        matches!(self, Self::SessionId | Self::Ticket)
    }

    /// Returns settings that bring this mode about.
    #[must_use]
    pub fn applied(self, spec: &TlsSpec) -> TlsSpec {
        let mut settings = spec.settings().clone();
        match self {
            Self::Full => {}
            Self::HelloRetry => {
                let wanted = settings.groups[0];
                let wrong = match wanted {
                    KeyExchange::X25519 => KeyExchange::P256,
                    KeyExchange::P256 | KeyExchange::X25519MlKem768 => KeyExchange::X25519,
                };
                settings.groups = vec![wrong, wanted];
                settings.server_groups = Some(vec![wanted]);
            }
            Self::SessionId => {
                settings.resumption = true;
                settings.session_keeping = SessionKeeping::Memory;
            }
            Self::Ticket => {
                settings.resumption = true;
                settings.tickets = settings.tickets.max(1);
                if settings.versions == Versions::V1_2 {
                    settings.session_keeping = SessionKeeping::Tickets;
                }
            }
        }
        TlsSpec::unchecked(settings)
    }
}

/// The luck of both ends, which moves on with each connection.
struct Luck {
    client: Rng,
    server: Rng,
}

/// A connection under way.
struct Run {
    client: Endpoint,
    server: Endpoint,
    /// Flights that have arrived, or left the client at its opening.
    flight: u8,
    /// Whether operations count.
    counts: bool,
    failure: Option<TlsFailure>,
    connected: Option<Connected>,
    found: Found,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Connected {
    resumed: bool,
    suite: u16,
    group: u16,
    version: TlsVersion,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    alerts: Apart,
    pub(super) close_notify: Apart,
    flights: Vec<Flight>,
    operations: Vec<Operation>,
    pub(super) tickets: Apart,
    transcript: Sha256,
}

const NOW: Moment = Moment::from_unix_ms(EPOCH_S * 1000);

impl Luck {
    fn new(seed: u64) -> Self {
        let node = EntityId::Node(NodeId(0));
        Self {
            client: Rng::derive(seed, node, Purpose::TlsClient),
            server: Rng::derive(seed, node, Purpose::TlsServer),
        }
    }
}

impl Run {
    fn open(client: &ClientSetup, server: &ServerSetup, luck: &mut Luck) -> Self {
        let mut run = Self {
            client: Endpoint::client(client, &mut luck.client, NOW),
            server: Endpoint::server(server, &mut luck.server, NOW),
            flight: 1,
            counts: true,
            failure: None,
            connected: None,
            found: Found::default(),
        };
        run.collect(Side::Client);
        run
    }

    /// Connects, says goodbye, and returns what was seen.
    fn finish(mut self) -> Result<Handshake, TlsFailure> {
        self.settle();
        // What the goodbyes take is no part of the handshake.
        self.counts = false;
        for side in [Side::Client, Side::Server] {
            self.end(side).close(NOW);
            self.collect(side);
        }
        self.settle();
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let connected = self
            .connected
            .expect("an end that fell silent connected or failed");
        Ok(self.found.handshake(connected))
    }

    /// Moves bytes until both ends are silent.
    fn settle(&mut self) {
        for _ in 0..TURNS_MAX {
            let up = self.step(Side::Client);
            let down = self.step(Side::Server);
            if !up && !down {
                return;
            }
        }
        unreachable!("both ends answer a handful of times at most");
    }

    /// Moves what one end has to send; returns whether there was anything.
    fn step(&mut self, from: Side) -> bool {
        let mut bytes = Vec::new();
        self.end(from).take_output(&mut bytes);
        if bytes.is_empty() {
            return false;
        }
        self.found.sent(from, &bytes);
        let arrived = self.found.flights.len().max(1);
        self.flight = u8::try_from(arrived).expect("a handshake has a handful of flights");
        let to = match from {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        };
        self.end(to).receive(NOW, &bytes);
        self.collect(to);
        true
    }

    const fn end(&mut self, side: Side) -> &mut Endpoint {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Takes down what an end did.
    fn collect(&mut self, by: Side) {
        while let Some(event) = self.end(by).poll_event() {
            match event {
                TlsEvent::Failed(failure) => {
                    self.failure.get_or_insert(failure);
                }
                TlsEvent::Connected { .. } => self.connected = Connected::of(event),
                TlsEvent::AlertSent { .. } | TlsEvent::HandshakeSent { .. } | TlsEvent::Started => {
                }
            }
        }
        let flight = self.flight;
        let kinds = self.end(by).take_operations();
        if self.counts {
            let operations = kinds.into_iter().map(|kind| Operation { by, flight, kind });
            self.found.operations.extend(operations);
        }
        for record in self.end(by).take_records() {
            self.found.record(by, record);
        }
    }
}

impl Connected {
    /// Returns what an event says of a connection, if it says that there is one.
    pub(super) const fn of(event: TlsEvent) -> Option<Self> {
        if let TlsEvent::Connected {
            resumed,
            suite,
            group,
            version,
        } = event
        {
            Some(Self {
                resumed,
                suite,
                group,
                version,
            })
        } else {
            None
        }
    }
}

impl Found {
    pub(super) fn sent(&mut self, from: Side, bytes: &[u8]) {
        self.transcript.update([u8::from(from == Side::Server)]);
        self.transcript.update(bytes);
    }

    /// Puts a record where it belongs.
    pub(super) fn record(&mut self, by: Side, record: SentRecord) {
        const CLOSE_NOTIFY: u8 = 0;
        match record.content {
            SentContent::Alert(CLOSE_NOTIFY) => self.close_notify.add(by, record.bytes, 1),
            SentContent::Alert(_) => self.alerts.add(by, record.bytes, 1),
            SentContent::ApplicationData => {}
            SentContent::ChangeCipherSpec => {
                let change = Message {
                    bytes: 1,
                    encrypted: false,
                    kind: MessageKind::ChangeCipherSpec,
                };
                self.in_flight(by, record.bytes, [change]);
            }
            SentContent::Handshake { ended, open } => {
                let messages = ended.iter().map(|message| Message {
                    bytes: message.bytes,
                    encrypted: message.encrypted,
                    kind: MessageKind::of(message.kind),
                });
                let mut kinds = ended.iter().map(|message| message.kind).chain(open);
                if kinds.all(|kind| MessageKind::of(kind) == MessageKind::NewSessionTicket) {
                    let count = u32::try_from(ended.len()).expect("two tickets at most");
                    self.tickets.add(by, record.bytes, count);
                } else {
                    self.in_flight(by, record.bytes, messages);
                }
            }
        }
    }

    pub(super) fn in_flight(
        &mut self,
        by: Side,
        bytes: u32,
        messages: impl IntoIterator<Item = Message>,
    ) {
        if self.flights.last().is_none_or(|flight| flight.by != by) {
            self.flights.push(Flight {
                by,
                bytes: 0,
                messages: Vec::new(),
                records: 0,
            });
        }
        let flight = self.flights.last_mut().expect("there is one");
        flight.bytes += bytes;
        flight.records += 1;
        flight.messages.extend(messages);
    }

    pub(super) fn handshake(mut self, connected: Connected) -> Handshake {
        let kind = if connected.resumed {
            HandshakeKind::Resumed
        } else if self.name_retry() {
            HandshakeKind::HelloRetry
        } else {
            HandshakeKind::Full
        };
        Handshake {
            alerts: self.alerts,
            close_notify: self.close_notify,
            group: connected.group,
            flights: self.flights,
            kind,
            operations: self.operations,
            suite: connected.suite,
            transcript: self.transcript.finalize().into(),
            tickets: self.tickets,
            version: connected.version,
        }
    }

    /// Renames the first of two `ServerHello`: on the wire only its random tells (RFC 8446 §4.1.3).
    fn name_retry(&mut self) -> bool {
        let messages = self
            .flights
            .iter_mut()
            .flat_map(|flight| &mut flight.messages);
        let mut hellos = messages.filter(|message| message.kind == MessageKind::ServerHello);
        let (Some(first), Some(_)) = (hellos.next(), hellos.next()) else {
            return false;
        };
        first.kind = MessageKind::HelloRetryRequest;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::spec::{Chip, KeyKind, Stack, Suite, TlsSettings, Versions};
    use super::*;

    #[test]
    fn both_families_give_the_same_bytes_and_operations() {
        for versions in [Versions::V1_2, Versions::V1_3] {
            for (key, suite) in [
                (KeyKind::P384, Suite::Aes256Gcm),
                (KeyKind::Rsa2048, Suite::ChaCha20Poly1305),
            ] {
                for mode in [Mode::Full, Mode::HelloRetry, Mode::SessionId, Mode::Ticket] {
                    let spec = TlsSpec::unchecked(TlsSettings {
                        certificate_key: key,
                        groups: vec![KeyExchange::X25519],
                        mutual: true,
                        suites: vec![suite],
                        versions,
                        ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
                    });
                    let portable = measure_with(Family::Portable, &spec, mode, 1);
                    let here = measure_with(Family::here(), &spec, mode, 1);
                    assert!(
                        here.is_ok() && here == portable,
                        "{versions:?} {key:?} {mode:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn another_seed_gives_another_transcript() {
        let spec = TlsSpec::unchecked(TlsSettings::default());
        let of = |seed| measure(&spec, Mode::Full, seed).map(|found| found.transcript);
        assert!(of(1).is_ok() && of(1) == of(1) && of(1) != of(2));
    }

    #[test]
    fn ends_that_do_not_connect_say_why() {
        let spec = TlsSpec::unchecked(TlsSettings {
            server_versions: Versions::V1_3,
            ..TlsSettings::default()
        });
        let failure = measure(&spec, Mode::Full, 1).err();
        // The server finds that it has no version in common, before the client hears of it.
        assert_eq!(failure, Some(TlsFailure::NoCommonParameters));
    }
}
