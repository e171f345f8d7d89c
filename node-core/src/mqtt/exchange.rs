//! What a session's packets do to it, and what it writes.
//!
//! Owns what is in flight, which answers are awaited, and what may come when. Does not know how
//! packets are read from bytes.

use core::num::NonZeroU16;

use crate::config::{Qos, ReportConfig};
use crate::mqtt::deadlines::{Deadlines, ping_pause};
use crate::mqtt::decode::{Packet, SessionPresent};
use crate::mqtt::packet::{
    Connect, Delivery, PINGREQ, PUBACK_LEN, Publish, Will, subscribe_len_max, write_puback,
    write_subscribe,
};
use crate::mqtt::session::{Incoming, Message, PublishError, Sent, SessionState};
use crate::mqtt::{ConnectRefusal, ProtocolError};
use crate::payload::{OFFLINE, TOPIC_MAX, status_topic, topic_in};
use crate::text::Writer;
use crate::time::{Duration, Instant};

/// A session without its parser, so that a packet may be borrowed while it changes.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    clean: bool,
    deadlines: Deadlines,
    in_flight: Option<InFlight>,
    keep_alive_s: u16,
    /// The identifier used last (MQTT 3.1.1 §2.3.1: never 0).
    packet_id: NonZeroU16,
    response_timeout: Duration,
    state: SessionState,
    subscription: Option<NonZeroU16>,
}

/// A message at QoS 1 without acknowledgement.
#[derive(Clone, Copy, Debug)]
struct InFlight {
    packet_id: NonZeroU16,
    /// True when this stream carried it, false when an earlier one did.
    sent_here: bool,
}

impl Exchange {
    pub(super) const fn new() -> Self {
        Self {
            clean: false,
            deadlines: Deadlines::new(),
            in_flight: None,
            keep_alive_s: 0,
            packet_id: NonZeroU16::MAX,
            response_timeout: Duration::ZERO,
            state: SessionState::Closed,
            subscription: None,
        }
    }

    pub(super) const fn state(&self) -> SessionState {
        self.state
    }

    pub(super) const fn poll_timeout(&self) -> Option<Instant> {
        self.deadlines.earliest()
    }

    pub(super) const fn in_flight(&self) -> Option<NonZeroU16> {
        match self.in_flight {
            Some(message) => Some(message.packet_id),
            None => None,
        }
    }

    pub(super) fn open(&mut self, now: Instant, config: &ReportConfig, out: &mut Writer<'_>) {
        self.lost();
        self.clean = config.clean_session;
        self.keep_alive_s = config.keep_alive_s;
        self.response_timeout = config.response_timeout;
        //= MQTT 3.1.1 §3.1.2.4: a clean session lasts as long as its stream.
        if self.clean {
            self.in_flight = None;
        }
        // The topic's capacity leaves room for the suffix, so it always fits.
        let mut buffer = [0; TOPIC_MAX];
        let topic = topic_in(&mut buffer, config, status_topic);
        let connect = Connect {
            clean_session: config.clean_session,
            client_id: config.client_id.as_str(),
            keep_alive_s: config.keep_alive_s,
            password: config.password.as_str(),
            username: config.username.as_str(),
            will: config.status.then_some(Will {
                payload: OFFLINE.as_bytes(),
                topic,
            }),
        };
        connect.write(out);
        self.wrote(now);
        self.state = SessionState::Greeting;
        self.deadlines.connack = Some(now.after(self.response_timeout));
    }

    /// Understands a packet. Every (state × packet) pair that a broker may not bring about is
    /// unexpected.
    pub(super) fn take<'a>(
        &mut self,
        now: Instant,
        packet: Packet<'a>,
        out: &mut Writer<'_>,
    ) -> Result<Incoming<'a>, ProtocolError> {
        match (self.state, packet) {
            (SessionState::Greeting, Packet::Connack(answer)) => self.greeted(answer),
            //= MQTT 3.1.1 §3.2: CONNACK is the first packet, and comes once.
            (SessionState::Closed | SessionState::Greeting, _)
            | (SessionState::Online, Packet::Connack(_)) => Err(ProtocolError::Unexpected),
            (SessionState::Online, Packet::Pingresp) => {
                self.deadlines.pingresp = None;
                Ok(Incoming::Pong)
            }
            (SessionState::Online, Packet::Puback(packet_id)) => Ok(self.acked(packet_id)),
            (SessionState::Online, Packet::Publish(publish)) => {
                self.acknowledge(now, publish.delivery.packet_id(), out);
                Ok(Incoming::Message {
                    payload: publish.payload,
                    topic: publish.topic,
                })
            }
            (SessionState::Online, Packet::Suback { granted, packet_id }) => {
                self.subscribed(packet_id, granted)
            }
            (SessionState::Online, Packet::TooLong { packet_id }) => {
                self.acknowledge(now, packet_id, out);
                Ok(Incoming::Ignored)
            }
        }
    }

    fn greeted<'a>(
        &mut self,
        answer: Result<SessionPresent, ConnectRefusal>,
    ) -> Result<Incoming<'a>, ProtocolError> {
        let session_present = match answer {
            Ok(SessionPresent(session_present)) => session_present,
            Err(refusal) => return Ok(Incoming::Refused(refusal)),
        };
        //= MQTT 3.1.1 §3.2.2.2: a clean session has no past.
        if self.clean && session_present {
            return Err(ProtocolError::Unexpected);
        }
        //= MQTT 3.1.1 §3.2.2.2: what the broker forgot, the client must forget.
        if !session_present {
            self.in_flight = None;
        }
        self.state = SessionState::Online;
        self.deadlines.connack = None;
        Ok(Incoming::Accepted { session_present })
    }

    fn acked<'a>(&mut self, packet_id: NonZeroU16) -> Incoming<'a> {
        let is_it = |message: &mut InFlight| message.packet_id == packet_id;
        if self.in_flight.take_if(is_it).is_none() {
            return Incoming::StaleAck { packet_id };
        }
        self.deadlines.puback = None;
        Incoming::Acked { packet_id }
    }

    fn subscribed<'a>(
        &mut self,
        packet_id: NonZeroU16,
        granted: bool,
    ) -> Result<Incoming<'a>, ProtocolError> {
        //= MQTT 3.1.1 §3.8.4: the answer names the request.
        if self.subscription != Some(packet_id) {
            return Err(ProtocolError::Unexpected);
        }
        self.subscription = None;
        self.deadlines.suback = None;
        Ok(if granted {
            Incoming::Subscribed
        } else {
            Incoming::SubscribeRefused
        })
    }

    /// Acknowledges a message (MQTT 3.1.1 §4.3.2).
    fn acknowledge(&mut self, now: Instant, packet_id: Option<NonZeroU16>, out: &mut Writer<'_>) {
        if let Some(packet_id) = packet_id
            && out.room() >= PUBACK_LEN
        {
            write_puback(packet_id, out);
            self.wrote(now);
        }
    }

    pub(super) fn publish(
        &mut self,
        now: Instant,
        message: &Message<'_>,
        out: &mut Writer<'_>,
    ) -> Result<Sent, PublishError> {
        if self.state != SessionState::Online {
            return Err(PublishError::NotOnline);
        }
        let delivery = match (message.qos, self.in_flight) {
            (Qos::AtMostOnce, _) => Delivery::AtMostOnce,
            (
                Qos::AtLeastOnce,
                Some(InFlight {
                    sent_here: true, ..
                }),
            ) => {
                return Err(PublishError::Busy);
            }
            //= MQTT 3.1.1 §4.4, §3.3.1.1: the same identifier, marked as a duplicate.
            (Qos::AtLeastOnce, Some(InFlight { packet_id, .. })) => Delivery::AtLeastOnce {
                duplicate: true,
                packet_id,
            },
            (Qos::AtLeastOnce, None) => Delivery::AtLeastOnce {
                duplicate: false,
                packet_id: self.unused_id(),
            },
        };
        let publish = Publish {
            delivery,
            payload: message.payload,
            retain: message.retain,
            topic: message.topic,
        };
        if publish.len_max() > out.room() {
            return Err(PublishError::TooLarge);
        }
        publish.write(out);
        self.wrote(now);
        let Delivery::AtLeastOnce {
            duplicate,
            packet_id,
        } = delivery
        else {
            return Ok(Sent {
                duplicate: false,
                packet_id: None,
            });
        };
        if !duplicate {
            self.packet_id = packet_id;
        }
        self.in_flight = Some(InFlight {
            packet_id,
            sent_here: true,
        });
        self.deadlines.puback = Some(now.after(self.response_timeout));
        Ok(Sent {
            duplicate,
            packet_id: Some(packet_id),
        })
    }

    pub(super) fn subscribe(
        &mut self,
        now: Instant,
        filter: &str,
        out: &mut Writer<'_>,
    ) -> Result<(), PublishError> {
        if self.state != SessionState::Online {
            return Err(PublishError::NotOnline);
        }
        if self.subscription.is_some() {
            return Err(PublishError::Busy);
        }
        if subscribe_len_max(filter) > out.room() {
            return Err(PublishError::TooLarge);
        }
        self.packet_id = self.unused_id();
        self.subscription = Some(self.packet_id);
        write_subscribe(self.packet_id, filter, out);
        self.wrote(now);
        self.deadlines.suback = Some(now.after(self.response_timeout));
        Ok(())
    }

    pub(super) fn handle_timeout(
        &mut self,
        now: Instant,
        out: &mut Writer<'_>,
    ) -> Option<ProtocolError> {
        if self.deadlines.answer_overdue(now) {
            self.lost();
            return Some(ProtocolError::NoAnswer);
        }
        if self.deadlines.ping_due(now) {
            //= MQTT 3.1.1 §3.1.2.10: a client with nothing to say must ping.
            out.bytes(&PINGREQ);
            self.wrote(now);
            let due = now.after(self.response_timeout);
            self.deadlines.pingresp.get_or_insert(due);
        }
        None
    }

    pub(super) const fn lost(&mut self) {
        self.state = SessionState::Closed;
        self.deadlines = Deadlines::new();
        self.subscription = None;
        if let Some(message) = &mut self.in_flight {
            message.sent_here = false;
        }
    }

    /// Notes that a packet was written, which is a sign of life.
    fn wrote(&mut self, now: Instant) {
        self.deadlines.ping = ping_pause(self.keep_alive_s).map(|pause| now.after(pause));
    }

    /// Returns the next identifier that no request uses (MQTT 3.1.1 §2.3.1).
    fn unused_id(&self) -> NonZeroU16 {
        let mut id = self.packet_id;
        // Two identifiers are in use at most, so the third candidate is free at the latest.
        for _ in 0..3 {
            id = id.checked_add(1).unwrap_or(NonZeroU16::MIN);
            if self.in_flight() != Some(id) && self.subscription != Some(id) {
                break;
            }
        }
        id
    }
}
