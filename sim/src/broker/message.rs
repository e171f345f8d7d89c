//! What the broker says: bytes to send, streams to close, and what happened.
//!
//! Owns the words. Does not know when they are said.

use std::num::NonZeroU16;
use std::sync::Arc;

use node_core::Qos;
use node_core::mqtt::ConnectRefusal;

use crate::event::Bytes;
use crate::id::ConnectionId;

/// An application message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Where it was published.
    pub topic: Arc<str>,
    /// What it says.
    pub payload: Arc<[u8]>,
    /// How surely it is delivered.
    pub qos: Qos,
    /// Keep it for later subscribers; on delivery, that it was kept.
    pub retain: bool,
}

impl Message {
    /// Returns the bytes that it takes to hold: topic and payload, each with the two counters of
    /// its allocation, and itself.
    pub(super) fn bytes_to_hold(&self) -> usize {
        const COUNTERS: usize = 4 * size_of::<usize>();
        size_of::<Self>() + COUNTERS + self.topic.len() + self.payload.len()
    }
}

/// One thing that the world has to do for the broker, or may write down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BrokerAction {
    /// Close the stream. The broker has forgotten it and ignores what still comes.
    Close {
        /// Which stream.
        connection: ConnectionId,
    },
    /// A fact for logs, checkers and reports.
    Note(BrokerEvent),
    /// Write to the stream, in this order.
    Send {
        /// Which stream.
        connection: ConnectionId,
        /// Whole packets.
        bytes: Bytes,
    },
}

impl BrokerAction {
    /// Returns the bytes that it takes until it is done, those of shared messages excepted.
    pub(super) fn bytes(&self) -> usize {
        let sent = match self {
            Self::Send { bytes, .. } => bytes.len(),
            Self::Close { .. } | Self::Note(_) => 0,
        };
        size_of::<Self>() + sent
    }
}

/// Something that happened at the broker.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BrokerEvent {
    /// A client was refused.
    ConnectRefused {
        /// Its stream.
        connection: ConnectionId,
        /// Why.
        why: ConnectRefusal,
    },
    /// A client broke the protocol, and was cut off.
    ConnectionBroken {
        /// Its stream.
        connection: ConnectionId,
        /// What it did.
        why: ClientFault,
    },
    /// A client acknowledged a message.
    MessageAcknowledged {
        /// Its stream.
        connection: ConnectionId,
        /// Which message.
        packet_id: NonZeroU16,
    },
    /// A message for a client was dropped, because too many were waiting.
    MessageDropped {
        /// The client.
        client_id: Arc<str>,
        /// The message.
        message: Message,
    },
    /// A client published a message.
    MessageReceived {
        /// Its stream.
        connection: ConnectionId,
        /// True if the client may have sent it before.
        duplicate: bool,
        /// The message.
        message: Message,
        /// Its packet identifier, for QoS 1.
        packet_id: Option<NonZeroU16>,
    },
    /// A message was sent to a subscriber.
    MessageSent {
        /// Its stream.
        connection: ConnectionId,
        /// True if it was sent before.
        duplicate: bool,
        /// The message, with the QoS of this delivery.
        message: Message,
        /// Its packet identifier, for QoS 1.
        packet_id: Option<NonZeroU16>,
    },
    /// The stream of a session is gone.
    SessionEnded {
        /// The stream.
        connection: ConnectionId,
        /// The client.
        client_id: Arc<str>,
        /// Why.
        why: SessionEnd,
    },
    /// A client was accepted.
    SessionStarted {
        /// The stream.
        connection: ConnectionId,
        /// The client.
        client_id: Arc<str>,
        /// True if the state of an earlier session was kept.
        session_present: bool,
    },
    /// A client subscribed.
    Subscribed {
        /// Its stream.
        connection: ConnectionId,
        /// The topic filter.
        filter: Arc<str>,
        /// What was granted; `None` is a failure.
        granted: Option<Qos>,
    },
    /// A client gave a subscription up.
    Unsubscribed {
        /// Its stream.
        connection: ConnectionId,
        /// The topic filter.
        filter: Arc<str>,
    },
    /// The will of a client was published.
    WillPublished {
        /// The client.
        client_id: Arc<str>,
        /// The message.
        message: Message,
    },
}

impl BrokerEvent {
    /// Returns the stream it is about; a will or a dropped message may have none any more.
    #[must_use]
    pub const fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::ConnectRefused { connection, .. }
            | Self::ConnectionBroken { connection, .. }
            | Self::MessageAcknowledged { connection, .. }
            | Self::MessageReceived { connection, .. }
            | Self::MessageSent { connection, .. }
            | Self::SessionEnded { connection, .. }
            | Self::SessionStarted { connection, .. }
            | Self::Subscribed { connection, .. }
            | Self::Unsubscribed { connection, .. } => Some(*connection),
            Self::MessageDropped { .. } | Self::WillPublished { .. } => None,
        }
    }
}

/// Why the stream of a session is gone.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SessionEnd {
    /// The broker stopped.
    BrokerStopped,
    /// The client said DISCONNECT; its will is discarded.
    Disconnected,
    /// The client was silent for one and a half of its keep-alive.
    KeepAliveExpired,
    /// The client broke the protocol.
    ProtocolBroken,
    /// The stream closed without DISCONNECT.
    StreamLost,
    /// The same client connected anew.
    TakenOver,
}

/// How a client broke the protocol, or asked for more than it may.
///
/// The order is that of their numbers in digests.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ClientFault {
    /// No CONNECT within the time that the broker allows.
    ConnectTimedOut,
    /// A packet holds illegal values, or does not fit its length.
    Malformed,
    /// QoS 2, which this broker does not offer.
    QosNotSupported,
    /// A packet is longer than the broker allows.
    TooLarge,
    /// A packet of this type may not come here or now.
    Unexpected,
    /// Not MQTT 3.1.1.
    VersionNotSupported,
    /// More filters in a packet than the broker allows.
    TooManyFilters,
    /// More is retained for its filters than a client is sent at a time.
    TooMuchRetained,
}

impl SessionEnd {
    /// Returns the reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BrokerStopped => "broker stopped",
            Self::Disconnected => "disconnected",
            Self::KeepAliveExpired => "keep-alive expired",
            Self::ProtocolBroken => "protocol broken",
            Self::StreamLost => "stream lost",
            Self::TakenOver => "taken over",
        }
    }
}

impl ClientFault {
    /// Returns the fault in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectTimedOut => "no CONNECT in time",
            Self::Malformed => "malformed packet",
            Self::QosNotSupported => "QoS 2 is not offered",
            Self::TooLarge => "packet too large",
            Self::Unexpected => "unexpected packet",
            Self::VersionNotSupported => "not MQTT 3.1.1",
            Self::TooManyFilters => "too many filters in a packet",
            Self::TooMuchRetained => "more is retained for its filters than it may be sent at once",
        }
    }
}
