//! The canonical bytes of observations. Numbers are given once and never reused.

use std::num::NonZeroU16;

use node_core::Event;
use node_core::mqtt::ConnectRefusal;
use xxhash_rust::xxh3::Xxh3;

use crate::broker::{BrokerEvent, Message};

/// Bytes of one observation at most, variable parts not counted.
const RECORD_MAX: usize = 48;

/// One observation as bytes.
pub(super) struct Record {
    bytes: [u8; RECORD_MAX],
    len: usize,
}

/// Writes what the node stated. Numbers are given once and never reused.
pub(super) fn encode_event(event: &Event, record: &mut Record) {
    match *event {
        Event::Booted => record.u8(1),
        Event::ConnectRefused(why) => record.u8(2).u8(refusal_code(why)),
        Event::IntervalChanged(interval) => record.u8(3).u64(interval.as_micros()),
        Event::LinkJoined => record.u8(4),
        Event::LinkLost(why) => record.u8(5).u16(why.reason_code()),
        Event::MessageIgnored => record.u8(6),
        Event::ProtocolBroken(why) => record.u8(7).u8(why as u8),
        Event::PublishAcked {
            packet_id,
            sequence,
        } => record.u8(8).u16(packet_id.get()).u32(sequence),
        Event::PublishSent {
            duplicate,
            packet_id,
            sequence,
        } => {
            let id = packet_id.map_or(0, NonZeroU16::get);
            record.u8(9).u8(u8::from(duplicate)).u16(id).u32(sequence)
        }
        Event::ReadingDropped { sequence, why } => record.u8(10).u32(sequence).u8(why as u8),
        Event::ReadingShown { sequence } => record.u8(11).u32(sequence),
        Event::ReadingTaken(reading) => record
            .u8(12)
            .u64(reading.taken.as_micros())
            .i32(reading.value.0)
            .u32(reading.sequence),
        Event::RetryScheduled { attempt, delay } => {
            record.u8(13).u16(attempt).u64(delay.as_micros())
        }
        Event::SensorFaulted { code, why } => record.u8(14).u16(code.0).u8(why as u8),
        Event::SessionClosed(why) => record.u8(15).u8(why as u8),
        Event::SessionOpened { session_present } => record.u8(16).u8(u8::from(session_present)),
    };
}

/// Writes what happened at the broker. Its connection is the node's own; it needs no bytes.
pub(super) fn encode_broker_event(event: &BrokerEvent, hasher: &mut Xxh3) {
    let mut head = Record::new();
    match event {
        BrokerEvent::ConnectRefused { why, .. } => head.u8(1).u8(refusal_code(*why)),
        BrokerEvent::ConnectionBroken { why, .. } => head.u8(2).u8(*why as u8),
        BrokerEvent::MessageAcknowledged { packet_id, .. } => head.u8(3).u16(packet_id.get()),
        BrokerEvent::MessageDropped { .. } => head.u8(4),
        BrokerEvent::MessageReceived {
            duplicate,
            packet_id,
            ..
        } => head
            .u8(5)
            .u8(u8::from(*duplicate))
            .u16(packet_id.map_or(0, NonZeroU16::get)),
        BrokerEvent::MessageSent {
            duplicate,
            packet_id,
            ..
        } => head
            .u8(6)
            .u8(u8::from(*duplicate))
            .u16(packet_id.map_or(0, NonZeroU16::get)),
        BrokerEvent::SessionEnded { why, .. } => head.u8(7).u8(*why as u8),
        BrokerEvent::SessionStarted {
            session_present, ..
        } => head.u8(8).u8(u8::from(*session_present)),
        BrokerEvent::Subscribed { granted, .. } => {
            head.u8(9).u8(granted.map_or(0x80, |qos| qos as u8))
        }
        BrokerEvent::Unsubscribed { .. } => head.u8(10),
        BrokerEvent::WillPublished { .. } => head.u8(11),
    };
    hasher.update(head.as_slice());
    match event {
        BrokerEvent::MessageDropped { client_id, message }
        | BrokerEvent::WillPublished { client_id, message } => {
            hash_text(client_id.as_bytes(), hasher);
            hash_message(message, hasher);
        }
        BrokerEvent::MessageReceived { message, .. } | BrokerEvent::MessageSent { message, .. } => {
            hash_message(message, hasher);
        }
        BrokerEvent::SessionEnded { client_id, .. }
        | BrokerEvent::SessionStarted { client_id, .. } => hash_text(client_id.as_bytes(), hasher),
        BrokerEvent::Subscribed { filter, .. } | BrokerEvent::Unsubscribed { filter, .. } => {
            hash_text(filter.as_bytes(), hasher);
        }
        BrokerEvent::ConnectRefused { .. }
        | BrokerEvent::ConnectionBroken { .. }
        | BrokerEvent::MessageAcknowledged { .. } => {}
    }
}

fn hash_message(message: &Message, hasher: &mut Xxh3) {
    hash_text(message.topic.as_bytes(), hasher);
    hash_text(&message.payload, hasher);
    hasher.update(&[message.qos as u8, u8::from(message.retain)]);
}

/// Hashes bytes with their length in front, so that two texts cannot run into each other.
fn hash_text(bytes: &[u8], hasher: &mut Xxh3) {
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

/// Returns the return code of MQTT 3.1.1 §3.2.2.3.
const fn refusal_code(why: ConnectRefusal) -> u8 {
    match why {
        ConnectRefusal::ProtocolVersion => 1,
        ConnectRefusal::IdentifierRejected => 2,
        ConnectRefusal::ServerUnavailable => 3,
        ConnectRefusal::BadCredentials => 4,
        ConnectRefusal::NotAuthorized => 5,
    }
}

impl Record {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; RECORD_MAX],
            len: 0,
        }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        self
    }

    pub(super) fn u8(&mut self, value: u8) -> &mut Self {
        self.put(&[value])
    }

    pub(super) fn u16(&mut self, value: u16) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    pub(super) fn u32(&mut self, value: u32) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    pub(super) fn i32(&mut self, value: i32) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    pub(super) fn u64(&mut self, value: u64) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    pub(super) fn u128(&mut self, value: u128) -> &mut Self {
        self.put(&value.to_le_bytes())
    }
}
