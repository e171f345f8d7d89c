//! One end of a connection, whichever side and whatever speaks there.
//!
//! ```text
//!            receive ──►┌──────────┐──► take_plain
//! TCP                   │ Endpoint │                  MQTT
//!        take_output ◄──└──────────┘◄── write, close
//!                         │      └──► poll_event, poll_secret, take_work
//!                       Moment: what this end believes civil time is
//! ```
//!
//! Owns the one interface to both kinds of endpoint. Does not know how bytes travel, nor how
//! long work takes: whoever drives it asks for the [`Work`] and lets that much time pass.

use super::event::TlsEvent;
use super::micropython;
use super::operation::OperationKind;
use super::real::Real;
use super::setup::{ClientKind, ClientSetup, ServerKind, ServerSetup};
use super::wire::SentRecord;
use super::work::Work;
use crate::rng::Rng;

/// What an end believes civil time is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Moment {
    /// Milliseconds since 1970; `None` if it has no idea. Before 1970 counts as 1970.
    pub unix_ms: Option<i64>,
}

/// One end of a TLS connection.
#[derive(Debug)]
pub struct Endpoint(Kind);

#[derive(Debug)]
enum Kind {
    Modelled(Box<micropython::Modelled>),
    Rustls(Box<Real>),
}

impl Moment {
    /// No idea what time it is.
    pub const UNKNOWN: Self = Self { unix_ms: None };

    /// Builds a moment from milliseconds since 1970.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: i64) -> Self {
        Self {
            unix_ms: Some(unix_ms),
        }
    }
}

impl Endpoint {
    /// Opens a node's end, which has something to send at once.
    #[must_use]
    pub fn client(setup: &ClientSetup, luck: &mut Rng, now: Moment) -> Self {
        Self(match &setup.kind {
            ClientKind::Modelled(profile) => {
                let listed = setup.trace_wanted;
                Kind::Modelled(Box::new(micropython::Modelled::client(
                    profile, luck, listed,
                )))
            }
            ClientKind::Rustls(client) => {
                Kind::Rustls(Box::new(Real::client(setup, client, luck, now)))
            }
        })
    }

    /// Opens a server's end, which waits.
    #[must_use]
    pub fn server(setup: &ServerSetup, luck: &mut Rng, now: Moment) -> Self {
        Self(match &setup.kind {
            ServerKind::Modelled(profile) => {
                let listed = setup.trace_wanted;
                Kind::Modelled(Box::new(micropython::Modelled::server(
                    profile, luck, listed,
                )))
            }
            ServerKind::Rustls(config) => {
                let listed = setup.trace_wanted;
                Kind::Rustls(Box::new(Real::server(config, luck, now, listed)))
            }
        })
    }

    /// Takes bytes of the stream; what is wrong with them becomes an event.
    pub fn receive(&mut self, now: Moment, bytes: &[u8]) {
        match &mut self.0 {
            Kind::Modelled(end) => end.receive(bytes),
            Kind::Rustls(end) => end.receive(now, bytes),
        }
    }

    /// Takes plain text to send, kept until the handshake is done; dropped once it is over.
    pub fn write(&mut self, now: Moment, plain: &[u8]) {
        match &mut self.0 {
            Kind::Modelled(end) => end.write(plain),
            Kind::Rustls(end) => end.write(now, plain),
        }
    }

    /// Sends `close_notify`; nothing can be written afterwards.
    pub fn close(&mut self, now: Moment) {
        match &mut self.0 {
            Kind::Modelled(end) => end.close(),
            Kind::Rustls(end) => end.close(now),
        }
    }

    /// Asks a TLS 1.2 client to start over, as an ill-behaved server does; nothing otherwise.
    pub fn ask_to_renegotiate(&mut self, now: Moment) {
        match &mut self.0 {
            Kind::Modelled(_) => {}
            Kind::Rustls(end) => end.ask_to_renegotiate(now),
        }
    }

    /// Learns that the stream ended, which is a failure unless either end said so before.
    pub fn eof(&mut self, now: Moment) {
        match &mut self.0 {
            Kind::Modelled(end) => end.eof(),
            Kind::Rustls(end) => end.eof(now),
        }
    }

    /// Appends the records to put on the stream.
    pub fn take_output(&mut self, out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Modelled(end) => take(end.output(), out),
            Kind::Rustls(end) => take(end.output(), out),
        }
    }

    /// Appends the plain text that came.
    pub fn take_plain(&mut self, out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Modelled(end) => take(end.plain(), out),
            Kind::Rustls(end) => take(end.plain(), out),
        }
    }

    /// Returns the next thing that happened.
    pub fn poll_event(&mut self) -> Option<TlsEvent> {
        match &mut self.0 {
            Kind::Modelled(end) => end.poll_event(),
            Kind::Rustls(end) => end.poll_event(),
        }
    }

    /// Returns the next line of the NSS key log, if the client's setup wants them.
    pub fn poll_secret(&mut self) -> Option<String> {
        match &mut self.0 {
            Kind::Modelled(_) => None,
            Kind::Rustls(end) => end.poll_secret(),
        }
    }

    /// Returns what was computed since the last call.
    pub fn take_work(&mut self) -> Work {
        match &mut self.0 {
            Kind::Modelled(end) => end.take_work(),
            Kind::Rustls(end) => end.take_work(),
        }
    }

    /// Returns the operations since the last call, if the setup wants them listed.
    pub(super) fn take_operations(&mut self) -> Vec<OperationKind> {
        match &mut self.0 {
            Kind::Modelled(end) => end.take_operations(),
            Kind::Rustls(end) => end.take_operations(),
        }
    }

    /// Returns the records sent since the last call, if the setup wants them listed.
    pub(super) fn take_records(&mut self) -> Vec<SentRecord> {
        match &mut self.0 {
            Kind::Modelled(end) => end.take_records(),
            Kind::Rustls(end) => end.take_records(),
        }
    }

    /// Returns whether plain text cannot flow yet.
    #[must_use]
    pub fn is_handshaking(&self) -> bool {
        match &self.0 {
            Kind::Modelled(end) => end.is_handshaking(),
            Kind::Rustls(end) => end.is_handshaking(),
        }
    }

    /// Returns whether nothing more can come: it failed, or both ends are done.
    #[must_use]
    pub fn is_over(&self) -> bool {
        match &self.0 {
            Kind::Modelled(end) => end.is_over(),
            Kind::Rustls(end) => end.is_over(),
        }
    }

    /// Returns the host names in the certificate that the peer showed; `None` if it showed none.
    #[must_use]
    pub fn peer_names(&self) -> Option<Vec<String>> {
        match &self.0 {
            Kind::Modelled(_) => None,
            Kind::Rustls(end) => end.peer_names(),
        }
    }

    /// Returns whether the peer sent `close_notify`.
    #[must_use]
    pub fn peer_has_closed(&self) -> bool {
        match &self.0 {
            Kind::Modelled(end) => end.peer_has_closed(),
            Kind::Rustls(end) => end.peer_has_closed(),
        }
    }
}

/// Moves everything, and gives the memory back: an idle endpoint should be small.
fn take(from: &mut Vec<u8>, to: &mut Vec<u8>) {
    if to.is_empty() {
        *to = std::mem::take(from);
    } else {
        to.append(&mut std::mem::take(from));
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{Side, TlsFailure, TlsVersion};
    use super::super::pair::{Pair, authority, connect, settings};
    use super::super::spec::{KeyExchange, KeyKind, TlsSettings, Versions};
    use crate::id::NodeId;

    #[test]
    fn both_ends_connect_and_plain_text_flows_both_ways() {
        for versions in [Versions::V1_2, Versions::V1_3] {
            let mut pair = connect(&authority(TlsSettings {
                versions,
                ..settings()
            }));
            pair.client.write(pair.now.0, b"up");
            pair.settle();
            pair.server.write(pair.now.1, b"down");
            pair.settle();
            assert_eq!(pair.connected(Side::Client), Some(false));
            assert_eq!(pair.connected(Side::Server), Some(false));
            assert_eq!(pair.plain, (b"down".to_vec(), b"up".to_vec()));
            pair.client.close(pair.now.0);
            pair.settle();
            assert!(pair.server.peer_has_closed());
            pair.server.eof(pair.now.1);
            assert!(pair.server.is_over());
            assert_eq!(pair.failure(Side::Server), None);
        }
    }

    #[test]
    fn the_messages_of_a_handshake_are_told_in_order() {
        let mut pair = connect(&authority(settings()));
        pair.settle();
        let told: Vec<String> = pair
            .events
            .iter()
            .map(|event| format!("{event:?}"))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn a_session_is_resumed_in_both_versions_with_less_work() {
        for (version, versions) in [
            (TlsVersion::V1_2, Versions::V1_2),
            (TlsVersion::V1_3, Versions::V1_3),
        ] {
            let authority = authority(TlsSettings {
                versions,
                resumption: true,
                ..settings()
            });
            let client = authority.client(NodeId(0));
            let server = authority.server();
            let mut first = Pair::open(&client, &server, 1);
            first.settle();
            assert_eq!(first.connected(Side::Client), Some(false), "{version:?}");
            let mut second = Pair::open(&client, &server, 2);
            second.settle();
            assert_eq!(second.connected(Side::Client), Some(true), "{version:?}");
            assert_eq!(second.connected(Side::Server), Some(true), "{version:?}");
            assert_eq!(second.work.0.ecdsa.verify, 0, "{version:?}");
            assert!(first.work.0.ecdsa.verify > 0, "{version:?}");
            client.forget_sessions();
            let mut third = Pair::open(&client, &server, 3);
            third.settle();
            assert_eq!(third.connected(Side::Client), Some(false), "{version:?}");
        }
    }

    #[test]
    fn a_node_shows_its_certificate_when_asked() {
        for intermediates in [0, 1] {
            let mut pair = connect(&authority(TlsSettings {
                mutual: true,
                intermediates,
                ..settings()
            }));
            pair.settle();
            assert_eq!(pair.connected(Side::Server), Some(false));
            assert_eq!(pair.work.0.ecdsa.sign, 1);
            // One for each certificate below the root, one for the handshake.
            assert_eq!(pair.work.1.ecdsa.verify, 2 + u32::from(intermediates));
        }
    }

    #[test]
    fn one_seed_gives_one_transcript_and_another_gives_another() {
        let run = |seed| {
            let authority = authority(settings());
            let mut pair = Pair::open(&authority.client(NodeId(0)), &authority.server(), seed);
            pair.settle().wire.clone()
        };
        assert!(run(1) == run(1));
        assert!(run(1) != run(2));
    }

    #[test]
    fn work_is_counted_at_each_end() {
        let mut pair = connect(&authority(TlsSettings {
            groups: vec![KeyExchange::P256],
            versions: Versions::V1_3,
            ..settings()
        }));
        pair.settle();
        let (client, server) = pair.work;
        assert_eq!((client.p256.keygen, client.p256.agree), (1, 1));
        assert_eq!((server.p256.keygen, server.p256.agree), (1, 1));
        assert_eq!((client.ecdsa.sign, client.ecdsa.verify), (0, 2));
        assert_eq!((server.ecdsa.sign, server.ecdsa.verify), (1, 0));
        assert!(client.aes_bytes > 500 && client.hash_bytes > 5_000);
    }

    #[test]
    fn a_key_log_has_the_lines_of_each_version() {
        let labels = |versions| {
            let mut pair = connect(&authority(TlsSettings {
                versions,
                ..settings()
            }));
            pair.settle();
            let label = |line: &String| line.split(' ').next().expect("a word").to_owned();
            pair.secrets.iter().map(label).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(Versions::V1_2), "CLIENT_RANDOM");
        assert_eq!(
            labels(Versions::V1_3),
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET SERVER_HANDSHAKE_TRAFFIC_SECRET \
             CLIENT_TRAFFIC_SECRET_0 SERVER_TRAFFIC_SECRET_0 EXPORTER_SECRET"
        );
    }

    #[test]
    fn bytes_written_before_the_handshake_are_kept_however_many() {
        let mut pair = connect(&authority(settings()));
        let text = vec![7; 200_000];
        pair.client.write(pair.now.0, &text);
        pair.settle();
        assert_eq!(pair.plain.1, text);
    }

    #[test]
    fn byte_totals_stay_near_what_stock_libraries_send() {
        let row = |(name, settings)| {
            let mut pair = connect(&authority(settings));
            pair.settle();
            let (up, down) = pair.bytes();
            format!("{name:<34} {up:>5} {down:>5} {:>5}", up + down)
        };
        let table: Vec<String> = cases().into_iter().map(row).collect();
        insta::assert_snapshot!(table.join("\n"));
    }

    fn cases() -> Vec<(&'static str, TlsSettings)> {
        let base = TlsSettings {
            tickets: 0,
            ..settings()
        };
        let newer = TlsSettings {
            versions: Versions::V1_3,
            ..base.clone()
        };
        let older = TlsSettings {
            versions: Versions::V1_2,
            ..base
        };
        let with = |settings: &TlsSettings, change: fn(&mut TlsSettings)| {
            let mut settings = settings.clone();
            change(&mut settings);
            settings
        };
        vec![
            ("1.2 P-256", older.clone()),
            ("1.2 P-256 mutual", with(&older, |s| s.mutual = true)),
            ("1.3 P-256", newer.clone()),
            (
                "1.3 P-256, kx P-256",
                with(&newer, |s| s.groups = vec![KeyExchange::P256]),
            ),
            (
                "1.3 Ed25519",
                with(&newer, |s| s.certificate_key = KeyKind::Ed25519),
            ),
            (
                "1.3 P-256, 1 intermediate",
                with(&newer, |s| s.intermediates = 1),
            ),
            (
                "1.3 P-256, 3 intermediates",
                with(&newer, |s| s.intermediates = 3),
            ),
            ("1.3 P-256 mutual", with(&newer, |s| s.mutual = true)),
            ("1.3 P-256, 1 ticket", with(&newer, |s| s.tickets = 1)),
            ("1.3 P-256, 2 tickets", with(&newer, |s| s.tickets = 2)),
        ]
    }

    #[test]
    fn a_stream_that_ends_without_goodbye_is_a_failure() {
        let mut pair = connect(&authority(settings()));
        pair.settle();
        pair.client.eof(pair.now.0);
        pair.settle();
        assert_eq!(pair.failure(Side::Client), Some(TlsFailure::UnexpectedEof));
        pair.client.eof(pair.now.0);
        pair.settle();
        assert!(pair.client.is_over());
    }
}
