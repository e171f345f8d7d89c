//! The canonical bytes of what the network shows. Numbers are given once and never reused.

use xxhash_rust::xxh3::Xxh3;

use super::encode::Record;
use crate::radio::{Frame, Payload, RadioEvent, Rate, Transmission};
use crate::stack::Direction;
use crate::stack::tls::{TlsEvent, TlsVersion};
use crate::time::SimTime;

/// Hashes a frame and every try to send it.
pub(super) fn hash_frame(
    direction: Direction,
    frame: &Frame,
    sent: &Transmission,
    hasher: &mut Xxh3,
) {
    let up = u8::from(direction == Direction::Up);
    hasher.update(&[up, sent.rssi_dbm.to_le_bytes()[0]]);
    hasher.update(&frame.sender.0);
    hasher.update(&frame.receiver.0);
    let (kind, bytes): (u16, &[u8]) = match &frame.payload {
        Payload::Data { ether_type, bytes } => (ether_type.number(), bytes),
        Payload::Management { subtype, body } => (u16::from(*subtype), body),
    };
    let mut head = Record::new();
    head.u16(kind)
        .u64(bytes.len() as u64)
        .u64(sent.delivered.map_or(u64::MAX, SimTime::as_nanos))
        .u64(sent.ended.as_nanos())
        .u8(u8::try_from(sent.attempts.len()).unwrap_or(u8::MAX));
    hasher.update(head.as_slice());
    hasher.update(bytes);
    for attempt in &sent.attempts {
        let mut record = Record::new();
        let (family, number) = match attempt.rate {
            Rate::Dsss(number) => (1, number),
            Rate::Ofdm(number) => (2, number),
            Rate::Ht(number) => (3, number),
        };
        record
            .u64(attempt.start.as_nanos())
            .u64(attempt.airtime.as_nanos())
            .u8(family)
            .u8(number)
            .u8(u8::from(attempt.received))
            .u8(u8::from(attempt.acknowledged));
        hasher.update(record.as_slice());
    }
}

/// Writes what happened to the radio.
pub(super) fn encode_radio_event(event: RadioEvent, record: &mut Record) {
    match event {
        RadioEvent::PhaseStarted(phase) => record.u8(1).u8(phase as u8),
        RadioEvent::PhaseEnded { phase, took } => record.u8(2).u8(phase as u8).u64(took.as_nanos()),
        RadioEvent::Left { reason } => record.u8(3).u16(reason.0),
        RadioEvent::Tuned { channel } => record.u8(4).u8(channel),
    };
}

/// Writes what happened to a TLS connection.
pub(super) fn encode_tls_event(event: TlsEvent, record: &mut Record) {
    match event {
        TlsEvent::AlertSent { description } => record.u8(1).u8(description),
        TlsEvent::Connected {
            resumed,
            suite,
            group,
            version,
        } => {
            let version = match version {
                TlsVersion::V1_2 => 2,
                TlsVersion::V1_3 => 3,
            };
            record.u8(2).u8(u8::from(resumed)).u16(suite);
            record.u16(group).u8(version)
        }
        TlsEvent::Failed(why) => record.u8(3).u8(why.code()),
        TlsEvent::HandshakeSent {
            kind,
            bytes,
            encrypted,
        } => record.u8(4).u8(kind).u32(bytes).u8(u8::from(encrypted)),
        TlsEvent::Started => record.u8(5),
    };
}
