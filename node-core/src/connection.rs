//! The way to the broker: link, stream and session, and what to do when one of them fails.
//!
//! Owns the deadlines `Join`, `Open` and `Retry`, and the session's. Knows when to
//! try again; does not know what a packet looks like.
//!
//! ```text
//!            wanted         LinkUp          StreamOpened        CONNACK
//! Offline ──────────▶ Joining ──▶ Opening ──────────▶ Greeting ───────▶ Online
//!    ▲                  │ ▲         │ ▲ └──────────────┬─┘ any failure    │
//!    │             fail │ │ Retry   │ │ Retry          ▼                  │
//!    │                  ▼ │         │ └───────── ReopenPause ◀────────────┤
//!    │              RejoinPause ◀───┴──── third failure in a row          │
//!    └───────────────── queue empty and the policy is to leave ───────────┘
//! ```

use core::num::NonZeroU16;

use crate::config::{PayloadFormat, Qos, WifiPolicy};
use crate::console::{self, Request};
use crate::effect::{Command, Event};
use crate::input::{CloseReason, LinkLoss};
use crate::mqtt::{ConnectRefusal, Incoming, ProtocolError};
use crate::node::{Node, Requests};
use crate::payload::LosantCommand;
use crate::time::Instant;
use crate::timer::Timer;

/// Streams that fail in a row before the link itself is put in doubt and joined anew.
const STREAM_FAILURES_MAX: u8 = 3;
/// Commands of the broker that are obeyed in one turn; further ones are ignored.
const REQUESTS_MAX: u8 = 4;

/// How far a node has come towards its broker.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Connection {
    /// CONNECT is sent, its answer is awaited.
    Greeting,
    /// A join was asked for.
    Joining,
    /// The radio is off.
    Offline,
    /// The broker accepted the session.
    Online,
    /// A stream was asked for.
    Opening,
    /// A join failed or the link was lost; the next join follows a pause.
    RejoinPause,
    /// A stream or session failed; the next one follows a pause.
    ReopenPause,
}

impl Connection {
    /// Returns the state in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Greeting => "greeting the broker",
            Self::Joining => "joining",
            Self::Offline => "offline",
            Self::Online => "online",
            Self::Opening => "connecting",
            Self::RejoinPause => "waiting to join",
            Self::ReopenPause => "waiting to connect",
        }
    }

    const fn has_link(self) -> bool {
        !matches!(self, Self::Offline | Self::Joining | Self::RejoinPause)
    }

    const fn has_stream(self) -> bool {
        matches!(self, Self::Greeting | Self::Online)
    }
}

impl Node {
    /// Does what the connection allows: joins, sends, leaves.
    pub(crate) fn advance_connection(&mut self, now: Instant) {
        let Some(report) = &self.config.report else {
            return;
        };
        let asks_answers = report.qos == Qos::AtLeastOnce;
        let stays = self.config.wifi.policy == WifiPolicy::Stay;
        if self.connection == Connection::Offline && (stays || !self.queue.is_empty()) {
            self.join(now);
        }
        if self.connection == Connection::Online {
            if self.announce(now) {
                self.publish_queued(now);
            }
            let unanswered = asks_answers && self.session.in_flight().is_some();
            if self.queue.is_empty() && !unanswered && !stays && !self.sampler.is_busy() {
                self.leave();
            }
        }
    }

    pub(crate) fn handle_link_up(&mut self, now: Instant) {
        if self.connection != Connection::Joining {
            return;
        }
        self.timers.stop(Timer::Join);
        self.outbox.event(Event::LinkJoined);
        self.outbox.print_fixed("Wi-Fi joined\r\n");
        self.open(now);
    }

    pub(crate) fn handle_link_down(&mut self, now: Instant, why: LinkLoss) {
        if self.connection == Connection::Joining || self.connection.has_link() {
            self.fail_link(now, why);
        }
    }

    pub(crate) fn handle_join_late(&mut self, now: Instant) {
        self.outbox.command(Command::LeaveWifi);
        self.fail_link(now, LinkLoss::JoinTimedOut);
    }

    pub(crate) fn handle_stream_opened(&mut self, now: Instant) {
        match (self.connection, &self.config.report) {
            (Connection::Opening, Some(report)) => {
                self.timers.stop(Timer::Open);
                self.connection = Connection::Greeting;
                let session = &mut self.session;
                self.outbox.send(|out| session.open(now, report, out));
            }
            // The one that is open is the one that was asked for.
            (Connection::Greeting | Connection::Online, _) => {}
            _ => self.outbox.command(Command::CloseStream),
        }
    }

    pub(crate) fn handle_stream_closed(&mut self, now: Instant, why: CloseReason) {
        if self.connection == Connection::Opening || self.connection.has_stream() {
            self.fail_stream(now, why);
        }
    }

    pub(crate) fn handle_open_late(&mut self, now: Instant) {
        self.outbox.command(Command::CloseStream);
        self.fail_stream(now, CloseReason::TimedOut);
    }

    pub(crate) fn handle_retry_due(&mut self, now: Instant) {
        match self.connection {
            Connection::RejoinPause => self.join(now),
            Connection::ReopenPause => self.open(now),
            Connection::Greeting
            | Connection::Joining
            | Connection::Offline
            | Connection::Online
            | Connection::Opening => {}
        }
    }

    pub(crate) fn handle_session_timeout(&mut self, now: Instant) {
        if self.session.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        let session = &mut self.session;
        if let Some(why) = self.outbox.send(|out| session.handle_timeout(now, out)) {
            self.break_session(now, why);
        }
    }

    pub(crate) fn handle_stream_read(&mut self, now: Instant, bytes: &[u8]) {
        if !self.connection.has_stream() {
            return;
        }
        let mut rest = bytes;
        let mut requests = Requests::default();
        let mut obeyed = 0;
        let mut ignored = false;
        while self.connection.has_stream() {
            let Some(step) = self.read_step(now, &mut rest) else {
                break;
            };
            match step {
                Step::Accepted { session_present } => self.go_online(session_present),
                Step::Acked { packet_id } => self.finish_publish(packet_id),
                Step::Failed(why) => self.break_session(now, why),
                Step::Nothing => {}
                Step::Refused(why) => self.handle_refusal(now, why),
                Step::Request(request) if obeyed < REQUESTS_MAX => {
                    requests.add(request);
                    obeyed = obeyed.saturating_add(1);
                }
                Step::Ignored | Step::Request(_) => ignored = true,
            }
        }
        if ignored {
            self.outbox.event(Event::MessageIgnored);
        }
        self.obey(now, requests);
    }

    /// Reads one packet's worth of bytes, and says what it means for the node.
    fn read_step(&mut self, now: Instant, rest: &mut &[u8]) -> Option<Step> {
        let losant = self
            .report()
            .is_some_and(|to| to.format == PayloadFormat::Losant);
        let session = &mut self.session;
        self.outbox.send(|out| {
            let step = match session.read(now, rest, out)? {
                Err(why) => Step::Failed(why),
                Ok(Incoming::Accepted { session_present }) => Step::Accepted { session_present },
                Ok(Incoming::Acked { packet_id }) => Step::Acked { packet_id },
                Ok(Incoming::Ignored | Incoming::SubscribeRefused) => Step::Ignored,
                Ok(Incoming::Message { payload, .. }) if losant => LosantCommand::parse(payload)
                    .map_or(Step::Ignored, |command| {
                        let (name, value) = (command.name.as_bytes(), command.payload.as_bytes());
                        Step::Request(Request::from_parts(name, value))
                    }),
                Ok(Incoming::Message { payload, .. }) => Step::Request(Request::parse(payload)),
                Ok(Incoming::Pong | Incoming::StaleAck { .. } | Incoming::Subscribed) => {
                    Step::Nothing
                }
                Ok(Incoming::Refused(why)) => Step::Refused(why),
            };
            Some(step)
        })
    }

    fn join(&mut self, now: Instant) {
        self.connection = Connection::Joining;
        self.timers
            .arm(Timer::Join, now.after(self.config.wifi.join_timeout));
        self.outbox.command(Command::JoinWifi);
        self.outbox.print_fixed("Wi-Fi joining\r\n");
    }

    fn open(&mut self, now: Instant) {
        let Some(report) = self.report() else { return };
        let late = now.after(report.response_timeout);
        self.connection = Connection::Opening;
        self.timers.arm(Timer::Open, late);
        self.outbox.command(Command::OpenStream);
    }

    fn go_online(&mut self, session_present: bool) {
        self.connection = Connection::Online;
        self.backoff.reset();
        self.stream_failures = 0;
        self.outbox.event(Event::SessionOpened { session_present });
        self.outbox.print_fixed("MQTT connected\r\n");
        self.announced = 0;
    }

    fn leave(&mut self) {
        let session = &mut self.session;
        self.outbox.send(|out| session.close(out));
        self.outbox.command(Command::CloseStream);
        self.outbox.command(Command::LeaveWifi);
        self.connection = Connection::Offline;
    }

    fn handle_refusal(&mut self, now: Instant, why: ConnectRefusal) {
        self.outbox.event(Event::ConnectRefused(why));
        self.outbox.print(&|out| {
            out.text("MQTT refused: ").text(why.as_str()).text("\r\n");
        });
        self.outbox.command(Command::CloseStream);
        self.fail_stream(now, CloseReason::Refused);
    }

    fn break_session(&mut self, now: Instant, why: ProtocolError) {
        self.outbox.event(Event::ProtocolBroken(why));
        self.outbox.command(Command::CloseStream);
        let reason = match why {
            ProtocolError::NoAnswer => CloseReason::TimedOut,
            ProtocolError::Malformed | ProtocolError::Unexpected => CloseReason::Reset,
        };
        self.fail_stream(now, reason);
    }

    /// Notes a stream that failed, and decides whether to try it or the link again.
    fn fail_stream(&mut self, now: Instant, why: CloseReason) {
        self.end_stream(why);
        self.stream_failures = self.stream_failures.saturating_add(1);
        self.outbox.print(&|out| {
            out.text("MQTT closed: ").text(why.as_str()).text("\r\n");
        });
        if self.stream_failures >= STREAM_FAILURES_MAX {
            self.stream_failures = 0;
            self.outbox.command(Command::LeaveWifi);
            self.pause(now, Connection::RejoinPause);
        } else {
            self.pause(now, Connection::ReopenPause);
        }
    }

    fn fail_link(&mut self, now: Instant, why: LinkLoss) {
        self.end_stream(CloseReason::Reset);
        self.outbox.event(Event::LinkLost(why));
        self.outbox.print(&|out| console::write_link_lost(why, out));
        self.pause(now, Connection::RejoinPause);
    }

    fn end_stream(&mut self, why: CloseReason) {
        if self.connection.has_stream() {
            self.outbox.event(Event::SessionClosed(why));
        }
        self.session.lost();
        self.timers.stop(Timer::Join);
        self.timers.stop(Timer::Open);
        self.timers.stop(Timer::Publish);
    }

    fn pause(&mut self, now: Instant, state: Connection) {
        let delay = self.backoff.next(&self.config.wifi.backoff, &mut self.rng);
        let attempt = self.backoff.failures();
        self.connection = state;
        self.timers.arm(Timer::Retry, now.after(delay));
        self.outbox.event(Event::RetryScheduled { attempt, delay });
        self.outbox
            .print(&|out| console::write_retry(attempt, delay, out));
    }
}

/// What one packet of the broker means for the node.
#[derive(Clone, Copy, Debug)]
enum Step {
    Accepted { session_present: bool },
    Acked { packet_id: NonZeroU16 },
    Failed(ProtocolError),
    Ignored,
    Nothing,
    Refused(ConnectRefusal),
    Request(Request),
}
