//! What kind of broker it is.
//!
//! Owns the figures and limits, with where they come from. Does not know how they are enforced.

use node_core::mqtt::ConnectRefusal;

use crate::broker::credentials::Credentials;
use crate::time::SimSpan;

/// The figures of one broker; any value is legal.
///
/// The limits are Mosquitto's defaults where it has them (mosquitto.conf(5)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BrokerSpec {
    /// What every client has to show; `None` lets anyone in.
    pub credentials: Option<Credentials>,
    /// Refuses every client with this code.
    pub refusal: Option<ConnectRefusal>,
    /// Most sessions, live and kept; a client beyond is refused as
    /// [`ConnectRefusal::ServerUnavailable`].
    pub sessions_max: usize,
    /// Whether, when there are so many, the one whose client has been away longest is forgotten
    /// to make room.
    pub forgets_sessions: bool,
    /// Longest client identifier, in bytes; a longer one is refused as
    /// [`ConnectRefusal::IdentifierRejected`]. MQTT 3.1.1 §3.1.3-5 demands 23.
    pub client_id_max: usize,
    /// How long a stream may be open before its CONNECT is complete. Mosquitto allows about
    /// 30 s (unsourced).
    pub connect_timeout: SimSpan,
    /// Longest packet, in bytes; a longer one ends the connection. 256 KiB as in the cloud
    /// brokers of Losant and Azure (documentation of their limits).
    pub packet_size_max: u32,
    /// Most messages of QoS 1 that one client has not acknowledged (`max_inflight_messages`).
    pub in_flight_max: usize,
    /// Most messages that wait for one client (`max_queued_messages`); the newest is dropped.
    pub queued_max: usize,
    /// Most bytes of filters, and of messages with their topics, that are held for clients, each
    /// with what it takes to hold it; the
    /// newest message is dropped, and the newest subscription answered with failure.
    pub held_bytes_max: usize,
    /// Most bytes of retained messages, topics and what it takes to hold them included; the
    /// newest is not retained.
    pub retained_bytes_max: usize,
    /// Most topics with a retained message; the message of another topic is not retained.
    pub retained_max: usize,
    /// Most filters in one SUBSCRIBE or UNSUBSCRIBE; a client that sends more is cut off.
    pub filters_max: usize,
    /// Most bytes that one SUBSCRIBE may make of retained messages, with what it takes to handle
    /// them; a client that would get more is cut off.
    pub output_bytes_max: usize,
    /// Most bytes that one message becomes when it is copied for subscribers with QoS 0; the last
    /// of them do without.
    pub fan_out_bytes_max: usize,
    /// Most subscriptions of one client; others are answered with failure.
    pub subscriptions_max: usize,
}

impl Default for BrokerSpec {
    fn default() -> Self {
        Self {
            credentials: None,
            refusal: None,
            sessions_max: 1_000_000,
            forgets_sessions: false,
            client_id_max: usize::MAX,
            connect_timeout: SimSpan::from_secs(30),
            packet_size_max: 256 * 1_024,
            in_flight_max: 20,
            queued_max: 1_000,
            held_bytes_max: usize::MAX,
            retained_bytes_max: usize::MAX,
            retained_max: 1_000_000,
            filters_max: usize::MAX,
            output_bytes_max: usize::MAX,
            fan_out_bytes_max: usize::MAX,
            subscriptions_max: 100,
        }
    }
}
