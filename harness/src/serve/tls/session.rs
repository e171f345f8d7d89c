//! The server's end of one TLS connection, and what there is to say about it.
//!
//! Owns the simulator's endpoint in real time, and the words for how its handshake went. Does not
//! know sockets.

use nodelab_sim::stack::tls::{Endpoint, Moment, ServerSetup, TlsEvent, TlsFailure, TlsVersion};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng, SimTime};

use crate::iana;
use crate::scenario::alert_name;
use crate::serve::clock::Clock;

/// One connection.
#[derive(Debug)]
pub(in crate::serve) struct Session {
    alert_sent: Option<u8>,
    began: SimTime,
    clock: Clock,
    end: Endpoint,
    failed: bool,
}

/// Something that a line is printed about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::serve) enum Milestone {
    /// The handshake is done.
    Connected {
        /// Whether an earlier session was resumed.
        resumed: bool,
        /// All about it.
        words: String,
    },
    /// This end gave the connection up.
    Failed(String),
}

impl Session {
    /// Opens the end of connection `number`, whose randomness follows from it and the seed.
    pub(in crate::serve) fn open(
        setup: &ServerSetup,
        (seed, number): (u64, u32),
        clock: Clock,
    ) -> Self {
        let entity = EntityId::Node(NodeId(number));
        let mut luck = Rng::derive(seed, entity, Purpose::TlsServer);
        Self {
            alert_sent: None,
            began: clock.now(),
            clock,
            end: Endpoint::server(setup, &mut luck, moment(clock)),
            failed: false,
        }
    }

    /// Takes bytes of the stream.
    pub(in crate::serve) fn receive(&mut self, bytes: &[u8]) {
        self.end.receive(moment(self.clock), bytes);
    }

    /// Takes plain text to send.
    pub(in crate::serve) fn write(&mut self, plain: &[u8]) {
        self.end.write(moment(self.clock), plain);
    }

    /// Sends `close_notify`.
    pub(in crate::serve) fn close(&mut self) {
        self.end.close(moment(self.clock));
    }

    /// Learns that the stream ended.
    pub(in crate::serve) fn eof(&mut self) {
        self.end.eof(moment(self.clock));
    }

    /// Asks a TLS 1.2 client to start over.
    pub(super) fn ask_to_renegotiate(&mut self) {
        self.end.ask_to_renegotiate(moment(self.clock));
    }

    /// Appends the records to put on the stream.
    pub(in crate::serve) fn take_output(&mut self, out: &mut Vec<u8>) {
        self.end.take_output(out);
    }

    /// Appends the plain text that came.
    pub(in crate::serve) fn take_plain(&mut self, out: &mut Vec<u8>) {
        self.end.take_plain(out);
    }

    /// Returns whether nothing more can come.
    pub(in crate::serve) fn is_over(&self) -> bool {
        self.failed || self.end.is_over() || self.end.peer_has_closed()
    }

    /// Returns the next thing that a line is printed about.
    pub(in crate::serve) fn poll(&mut self) -> Option<Milestone> {
        // rustls has no more events than messages, and those are bounded by what came.
        while let Some(event) = self.end.poll_event() {
            match event {
                TlsEvent::AlertSent { description } if description != 0 => {
                    self.alert_sent = Some(description);
                }
                TlsEvent::Connected {
                    resumed,
                    suite,
                    group,
                    version,
                } => {
                    let words = self.connected(resumed, suite, group, version);
                    return Some(Milestone::Connected { resumed, words });
                }
                TlsEvent::Failed(failure) => {
                    self.failed = true;
                    return Some(Milestone::Failed(self.failed(failure)));
                }
                TlsEvent::AlertSent { .. } | TlsEvent::HandshakeSent { .. } | TlsEvent::Started => {
                }
            }
        }
        None
    }

    fn connected(&self, resumed: bool, suite: u16, group: u16, version: TlsVersion) -> String {
        let version = match version {
            TlsVersion::V1_2 => "TLS 1.2",
            TlsVersion::V1_3 => "TLS 1.3",
        };
        let suite = iana::suite(suite);
        let group = match group {
            0 => String::new(),
            group => format!(", {}", iana::group(group)),
        };
        let how = if resumed { "resumed" } else { "full" };
        let client = self.end.peer_names().map_or_else(String::new, |names| {
            format!(", client certificate of {}", names.join(" and "))
        });
        let took = self.clock.now().since(self.began);
        format!("{version}, {suite}{group}, {how}{client}, in {took}")
    }

    fn failed(&self, failure: TlsFailure) -> String {
        let when = if self.end.is_handshaking() {
            "handshake failed"
        } else {
            "connection failed"
        };
        if let TlsFailure::AlertReceived(description) = failure {
            let name = alert_name(description);
            return format!("{when}: the client sent the alert {name} ({description})");
        }
        let answer = self.alert_sent.map_or_else(String::new, |description| {
            format!("; answered with the alert {}", alert_name(description))
        });
        format!("{when}: {}{answer}", failure.as_str())
    }
}

/// Returns civil time as an endpoint takes it.
fn moment(clock: Clock) -> Moment {
    Moment::from_unix_ms(clock.unix_ms())
}
