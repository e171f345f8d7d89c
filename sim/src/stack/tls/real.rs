//! An end that rustls speaks for.
//!
//! Every call runs rustls in this end's scope, then takes out at once what it has to send, so
//! that events are told in the order in which they happened.

use std::collections::VecDeque;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use rustls::{
    ClientConnection, Connection, HandshakeKind, ProtocolVersion, ServerConfig, ServerConnection,
};

use super::endpoint::Moment;
use super::event::{TlsEvent, TlsFailure, TlsVersion};
use super::failure::failure_of;
use super::luck::stream_of;
use super::operation::{Ledger, OperationKind};
use super::provider::scope::{self, Scope};
use super::setup::{Client, ClientSetup};
use super::wire::{RecordLimit, SentRecord, SentRecords};
use super::work::Work;
use crate::rng::Rng;

/// An end that rustls speaks for.
pub(super) struct Real {
    connection: Connection,
    events: VecDeque<TlsEvent>,
    limit: Option<RecordLimit>,
    needs_time: bool,
    output: Vec<u8>,
    plain: Vec<u8>,
    scope: Option<Box<Scope>>,
    sent: SentRecords,
    state: State,
}

#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each end closes by itself, at any time after it connected or before"
)]
struct State {
    closed: bool,
    connected: bool,
    peer_closed: bool,
    over: bool,
}

impl Real {
    pub(super) fn client(
        setup: &ClientSetup,
        client: &Client,
        luck: &mut Rng,
        now: Moment,
    ) -> Self {
        let mut scope = scope_of(luck, setup.trace_wanted);
        scope.secrets = setup.secrets_wanted.then(VecDeque::new);
        scope.sessions.clone_from(&setup.sessions);
        scope.identity.clone_from(&setup.identity);
        scope.now = time(now, client.needs_time);
        let mut slot = Some(scope);
        let connection = scope::run(&mut slot, || {
            ClientConnection::new(Arc::clone(&client.config), client.name.clone())
        });
        let connection = connection.expect("the authority's settings are complete");
        let limit = client.record_max.map(RecordLimit::new);
        let mut end = Self::new(connection.into(), slot, limit, client.needs_time);
        end.sent = SentRecords::new(setup.trace_wanted);
        end.flush();
        end
    }

    pub(super) fn server(
        config: &Arc<ServerConfig>,
        luck: &mut Rng,
        now: Moment,
        listed: bool,
    ) -> Self {
        let mut scope = scope_of(luck, listed);
        // A server stamps its tickets, whatever its clock says.
        scope.now = time(now, false);
        let mut slot = Some(scope);
        let connection = scope::run(&mut slot, || ServerConnection::new(Arc::clone(config)));
        let connection = connection.expect("the authority's settings are complete");
        let mut end = Self::new(connection.into(), slot, None, false);
        end.sent = SentRecords::new(listed);
        end
    }

    fn new(
        mut connection: Connection,
        scope: Option<Box<Scope>>,
        limit: Option<RecordLimit>,
        needs_time: bool,
    ) -> Self {
        // Whoever writes bounds what it writes; a limit here would drop bytes silently.
        connection.set_buffer_limit(None);
        Self {
            connection,
            events: VecDeque::from([TlsEvent::Started]),
            limit,
            needs_time,
            output: Vec::new(),
            plain: Vec::new(),
            scope,
            sent: SentRecords::default(),
            state: State::default(),
        }
    }

    pub(super) fn receive(&mut self, now: Moment, bytes: &[u8]) {
        // Whoever has said goodbye listens no more: an alert cannot follow it.
        if self.state.over || self.state.peer_closed || self.state.closed {
            return;
        }
        self.set_time(now);
        let (fits, too_long) = match &mut self.limit {
            Some(limit) => limit.check(bytes),
            None => (bytes.len(), false),
        };
        let mut slot = self.scope.take();
        let failure = scope::run(&mut slot, || self.process(&bytes[..fits]));
        self.scope = slot;
        self.flush();
        self.tell_connected();
        if let Some(failure) = failure {
            self.fail(failure);
        } else if too_long && !self.state.peer_closed {
            self.fail(TlsFailure::RecordTooLong);
        }
    }

    pub(super) fn write(&mut self, now: Moment, plain: &[u8]) {
        if self.state.over || self.state.closed {
            return;
        }
        self.set_time(now);
        let mut slot = self.scope.take();
        let written = scope::run(&mut slot, || {
            std::io::Write::write_all(&mut self.connection.writer(), plain)
        });
        self.scope = slot;
        debug_assert!(written.is_ok(), "rustls keeps everything without a limit");
        self.flush();
    }

    pub(super) fn ask_to_renegotiate(&mut self, now: Moment) {
        let older = self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_2);
        if !older || self.is_handshaking() {
            return;
        }
        if let Some(scope) = &mut self.scope {
            scope.hello_request = true;
        }
        // rustls cannot be told to ask; what it seals here is replaced.
        self.write(now, &[0; 4]);
    }

    pub(super) fn close(&mut self, now: Moment) {
        if self.state.over || self.state.closed {
            return;
        }
        self.set_time(now);
        self.state.closed = true;
        let mut slot = self.scope.take();
        scope::run(&mut slot, || self.connection.send_close_notify());
        self.scope = slot;
        self.flush();
        self.state.over = self.state.peer_closed;
    }

    pub(super) fn eof(&mut self, now: Moment) {
        self.set_time(now);
        if self.state.over {
            return;
        }
        if self.state.peer_closed || self.state.closed {
            self.state.over = true;
        } else {
            self.fail(TlsFailure::UnexpectedEof);
        }
    }

    pub(super) const fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    pub(super) const fn plain(&mut self) -> &mut Vec<u8> {
        &mut self.plain
    }

    pub(super) fn poll_event(&mut self) -> Option<TlsEvent> {
        self.events.pop_front()
    }

    pub(super) fn poll_secret(&mut self) -> Option<String> {
        self.scope.as_mut()?.secrets.as_mut()?.pop_front()
    }

    pub(super) fn take_work(&mut self) -> Work {
        let scope = self.scope.as_mut();
        scope
            .map(|scope| scope.ledger.take_work())
            .unwrap_or_default()
    }

    pub(super) fn take_operations(&mut self) -> Vec<OperationKind> {
        let scope = self.scope.as_mut();
        scope
            .map(|scope| scope.ledger.take_kinds())
            .unwrap_or_default()
    }

    pub(super) fn take_records(&mut self) -> Vec<SentRecord> {
        self.sent.take_log()
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    pub(super) const fn is_over(&self) -> bool {
        self.state.over
    }

    pub(super) const fn peer_has_closed(&self) -> bool {
        self.state.peer_closed
    }

    pub(super) fn peer_names(&self) -> Option<Vec<String>> {
        let leaf = self.connection.peer_certificates()?.first()?;
        let leaf = webpki::EndEntityCert::try_from(leaf).ok()?;
        Some(leaf.valid_dns_names().map(str::to_owned).collect())
    }

    /// Lets rustls read everything; returns why it gave up, if it did.
    fn process(&mut self, mut bytes: &[u8]) -> Option<TlsFailure> {
        while !bytes.is_empty() {
            let read = self.connection.read_tls(&mut bytes);
            // Plain text is drained below, so that only a message of more than 64 KiB stops it.
            let Ok(count) = read else {
                return Some(TlsFailure::MalformedRecord);
            };
            if count == 0 {
                // The peer has closed; nothing behind that counts.
                break;
            }
            let state = match self.connection.process_new_packets() {
                Ok(state) => state,
                Err(error) => return Some(failure_of(&error)),
            };
            self.drain(state.plaintext_bytes_to_read());
            self.state.peer_closed = state.peer_has_closed();
        }
        None
    }

    fn drain(&mut self, count: usize) {
        let from = self.plain.len();
        self.plain.resize(from + count, 0);
        let read = self.connection.reader().read_exact(&mut self.plain[from..]);
        debug_assert!(read.is_ok(), "rustls said how much there is");
    }

    /// Takes out what rustls has to send, and tells what it is.
    fn flush(&mut self) {
        if !self.connection.wants_write() {
            return;
        }
        let from = self.output.len();
        while self.connection.wants_write() {
            let written = self.connection.write_tls(&mut self.output);
            if written.is_err() {
                debug_assert!(false, "a vector takes everything");
                break;
            }
        }
        let older = self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_2);
        self.sent.set_older(older);
        if let Some(scope) = &mut self.scope {
            self.sent
                .read(&self.output[from..], &mut scope.sealed, &mut self.events);
        }
    }

    fn tell_connected(&mut self) {
        if self.state.connected || self.connection.is_handshaking() {
            return;
        }
        let connection = &self.connection;
        let (Some(version), Some(suite)) = (
            connection.protocol_version(),
            connection.negotiated_cipher_suite(),
        ) else {
            return;
        };
        self.state.connected = true;
        let group = connection.negotiated_key_exchange_group();
        self.events.push_back(TlsEvent::Connected {
            resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
            suite: suite.suite().into(),
            group: group.map_or(0, |group| group.name().into()),
            version: if version == ProtocolVersion::TLSv1_3 {
                TlsVersion::V1_3
            } else {
                TlsVersion::V1_2
            },
        });
    }

    fn fail(&mut self, failure: TlsFailure) {
        self.state.over = true;
        self.events.push_back(TlsEvent::Failed(failure));
    }

    fn set_time(&mut self, now: Moment) {
        let now = time(now, self.needs_time);
        if let Some(scope) = &mut self.scope {
            scope.now = now;
        }
    }
}

/// Returns a scope with luck of its own.
fn scope_of(luck: &mut Rng, listed: bool) -> Box<Scope> {
    Box::new(Scope {
        luck: stream_of(luck),
        now: None,
        ledger: Ledger::new(listed),
        sealed: VecDeque::new(),
        secrets: None,
        hello_request: false,
        sessions: None,
        identity: None,
    })
}

/// Returns civil time as rustls takes it; an end that checks no dates never misses it.
fn time(now: Moment, needed: bool) -> Option<Duration> {
    let known = now.unix_ms.map(|ms| u64::try_from(ms).unwrap_or(0));
    let ms = if needed { known? } else { known.unwrap_or(0) };
    Some(Duration::from_millis(ms))
}

impl std::fmt::Debug for Real {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Real")
            .field("state", &self.state)
            .field("output", &self.output.len())
            .field("plain", &self.plain.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::authority::Authority;
    use super::super::event::Side;
    use super::super::pair::{Pair, authority, settings};
    use super::super::spec::{Chip, Stack, TlsSettings, Versions};
    use crate::id::NodeId;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Method: some steps of a handshake pass, then bytes are changed, cut or made up.
        #[test]
        fn any_bytes_in_any_state_end_in_at_most_one_failure(
            stack in 0_u8..3,
            steps in 0_u8..6,
            cut in 0_usize..2000,
            flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 0..4),
            garbage in prop::collection::vec(any::<u8>(), 0..400),
            towards_client in any::<bool>(),
        ) {
            let authority = of_stack(stack);
            let mut pair = Pair::open(&authority.client(NodeId(0)), &authority.server(), 1);
            for step in 0..steps {
                let side = if step % 2 == 0 { Side::Client } else { Side::Server };
                pair.step(side, &mut |_, _| {});
            }
            pair.client.write(pair.now.0, b"up");
            pair.settle_through(&mut |_, bytes| {
                for (index, mask) in &flips {
                    let at = index.index(bytes.len());
                    bytes[at] ^= mask;
                }
                bytes.truncate(cut.max(1));
            });
            if towards_client {
                pair.client.receive(pair.now.0, &garbage);
            } else {
                pair.server.receive(pair.now.1, &garbage);
            }
            pair.settle();
            pair.client.eof(pair.now.0);
            pair.server.eof(pair.now.1);
            pair.settle();
            // `failure` asserts that there is one at most.
            prop_assert!(pair.client.is_over() || pair.failure(Side::Client).is_none());
            prop_assert!(pair.server.is_over() || pair.failure(Side::Server).is_none());
        }
    }

    fn of_stack(stack: u8) -> Authority {
        let with = |versions| TlsSettings {
            versions,
            ..settings()
        };
        authority(match stack {
            0 => with(Versions::V1_2),
            1 => with(Versions::V1_3),
            _ => TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80),
        })
    }
}
