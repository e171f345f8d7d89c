//! A session with a broker, over one stream after another.
//!
//! Owns the life of a session from stream to stream. Does not know what the messages are for,
//! how long to pause between streams, or what carries the bytes.
//!
//! ```text
//!            open            CONNACK 0
//!   Closed ────────► Greeting ────────► Online
//!     ▲                 │                 │
//!     └── close, lost, refusal, no answer, protocol error; what is in flight stays
//! ```

use core::num::NonZeroU16;

use crate::config::{Qos, ReportConfig};
use crate::mqtt::exchange::Exchange;
use crate::mqtt::packet::DISCONNECT;
use crate::mqtt::parser::Parser;
use crate::mqtt::{ConnectRefusal, ProtocolError};
use crate::text::Writer;
use crate::time::Instant;

/// A client's side of a session, for any number of streams in sequence.
#[derive(Clone, Debug)]
pub struct Session {
    exchange: Exchange,
    parser: Parser,
}

/// How far a session is. In the order in which they follow each other.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SessionState {
    /// There is no stream.
    #[default]
    Closed,
    /// CONNECT is out, its answer is awaited.
    Greeting,
    /// The broker accepted.
    Online,
}

/// A message to publish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Message<'a> {
    /// What it says.
    pub payload: &'a [u8],
    /// How surely it must arrive.
    pub qos: Qos,
    /// Keep it for subscribers to come.
    pub retain: bool,
    /// Where it belongs.
    pub topic: &'a str,
}

/// What became of a message that was written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Sent {
    /// True when an earlier stream carried the same packet.
    pub duplicate: bool,
    /// What the acknowledgement will name, at QoS 1.
    pub packet_id: Option<NonZeroU16>,
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PublishError {
    /// The same kind of request awaits its answer on this stream.
    Busy,
    /// The broker has not accepted the session.
    NotOnline,
    /// The packet does not fit the writer.
    TooLarge,
}

/// What the broker's bytes meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Incoming<'a> {
    /// The session is open.
    Accepted {
        /// True when the broker kept the state of an earlier stream.
        session_present: bool,
    },
    /// The message in flight arrived.
    Acked {
        /// What [`Sent`] named.
        packet_id: NonZeroU16,
    },
    /// A message too long to hold was skipped.
    Ignored,
    /// A message.
    Message {
        /// What it says.
        payload: &'a [u8],
        /// Where it belongs.
        topic: &'a str,
    },
    /// The broker is alive.
    Pong,
    /// The session is refused, and closed.
    Refused(ConnectRefusal),
    /// An acknowledgement of nothing that is in flight.
    StaleAck {
        /// What it named.
        packet_id: NonZeroU16,
    },
    /// The subscription stands.
    Subscribed,
    /// The broker refused the subscription.
    SubscribeRefused,
}

impl Session {
    /// Starts without a stream and without a past.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            exchange: Exchange::new(),
            parser: Parser::new(),
        }
    }

    /// Begins on a stream that just opened: writes CONNECT, with a will when `config.status`.
    ///
    /// The largest CONNECT has 421 bytes.
    pub fn open(&mut self, now: Instant, config: &ReportConfig, out: &mut Writer<'_>) {
        self.parser = Parser::new();
        self.exchange.open(now, config, out);
    }

    /// Takes bytes from the front of `bytes` and returns the next thing they meant, or `None`
    /// when all were taken; what must be answered is answered in `out`.
    ///
    /// A message at QoS 1 is acknowledged if `out` has room, else the broker sends it again on
    /// a later stream. A closed session takes all bytes and finds no meaning in them.
    ///
    /// # Errors
    ///
    /// The session is closed as by [`Session::lost`], and the stream should be too:
    /// [`ProtocolError::Malformed`] when bytes break a rule, [`ProtocolError::Unexpected`] when
    /// a packet may not come here or now.
    pub fn read<'a>(
        &'a mut self,
        now: Instant,
        bytes: &mut &[u8],
        out: &mut Writer<'_>,
    ) -> Option<Result<Incoming<'a>, ProtocolError>> {
        if self.exchange.state() == SessionState::Closed {
            *bytes = &[];
            return None;
        }
        let packet = self.parser.read(bytes)?;
        let incoming = packet.and_then(|packet| self.exchange.take(now, packet, out));
        if matches!(incoming, Err(_) | Ok(Incoming::Refused(_))) {
            self.exchange.lost();
        }
        Some(incoming)
    }

    /// Writes a message.
    ///
    /// At QoS 1 there is at most one message in flight. If an earlier stream left one without
    /// acknowledgement and the broker kept the session, the next message at QoS 1 must be that
    /// one again: it goes with the same packet identifier and as a duplicate.
    ///
    /// # Errors
    ///
    /// [`PublishError::NotOnline`] unless the broker accepted the session;
    /// [`PublishError::Busy`] when a message at QoS 1 is in flight on this stream, and this is
    /// another; [`PublishError::TooLarge`] when `out` has no room for it.
    pub fn publish(
        &mut self,
        now: Instant,
        message: &Message<'_>,
        out: &mut Writer<'_>,
    ) -> Result<Sent, PublishError> {
        self.exchange.publish(now, message, out)
    }

    /// Asks for the messages of one topic filter, at QoS 0.
    ///
    /// # Errors
    ///
    /// [`PublishError::NotOnline`] unless the broker accepted the session;
    /// [`PublishError::Busy`] while an earlier request awaits its answer;
    /// [`PublishError::TooLarge`] when `out` has no room for it.
    pub fn subscribe(
        &mut self,
        now: Instant,
        filter: &str,
        out: &mut Writer<'_>,
    ) -> Result<(), PublishError> {
        self.exchange.subscribe(now, filter, out)
    }

    /// Returns when [`Session::handle_timeout`] must be called if nothing else happens.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Instant> {
        self.exchange.poll_timeout()
    }

    /// Acts on deadlines that have passed: pings the broker, or gives up waiting.
    ///
    /// Returns [`ProtocolError::NoAnswer`] when the broker kept silent for too long: the session
    /// is closed as by [`Session::lost`], and the stream should be too.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut Writer<'_>) -> Option<ProtocolError> {
        self.exchange.handle_timeout(now, out)
    }

    /// Ends the session in good order, so that the broker does not publish the will: writes
    /// DISCONNECT. What is in flight stays.
    pub fn close(&mut self, out: &mut Writer<'_>) {
        if self.exchange.state() != SessionState::Closed {
            //= MQTT 3.1.1 §3.14.4: nothing may follow.
            out.bytes(&DISCONNECT);
        }
        self.exchange.lost();
    }

    /// Notes that the stream is gone. What is in flight stays, to go again.
    pub const fn lost(&mut self) {
        self.exchange.lost();
    }

    /// Returns how far the session is.
    #[must_use]
    pub const fn state(&self) -> SessionState {
        self.exchange.state()
    }

    /// Returns the identifier of the message that awaits its acknowledgement, whether this stream
    /// carried it or an earlier one.
    #[must_use]
    pub const fn in_flight(&self) -> Option<NonZeroU16> {
        self.exchange.in_flight()
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}
