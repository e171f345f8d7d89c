//! From what observers see to what the stream says.
//!
//! Owns the translation. Secrets are no part of the stream: they go into key logs alone.

use node_core::{Event, Qos};
use nodelab_sim::Observation;
use nodelab_sim::broker::{BrokerEvent, Message};
use nodelab_sim::radio::{EtherType, Frame, Payload, RadioEvent, Transmission};
use nodelab_sim::stack::Direction;
use nodelab_sim::stack::tls::{MessageKind, Side, TlsEvent, TlsVersion};

use super::fact::{Fact, Word};
use crate::iana;
use crate::scenario::{alert_name, failure_name};

/// Returns what the stream says of an observation; `None` for secrets.
pub(super) fn fact(what: &Observation<'_>) -> Option<Fact> {
    Some(match *what {
        Observation::Billed(bill) => Fact::Billed {
            cause: bill.cause.as_str().into(),
            charge_fc: bill.charge.0,
            span_ns: bill.span.as_nanos(),
        },
        Observation::Broker(event) => of_broker(event),
        Observation::Computed { instructions } => Fact::Computed { instructions },
        Observation::Converted(conversion) => Fact::Converted {
            code: conversion.code.0,
            output_uv: conversion.output.0,
            truth_mc: conversion.truth.0,
        },
        Observation::Drained(drain) => Fact::Drained {
            charge_fc: drain.charge.0,
            powered_ns: drain.powered.as_nanos(),
        },
        Observation::FaultEnded(fault) => Fact::FaultEnded {
            fault: fault.as_str().into(),
        },
        Observation::FaultStarted(fault) => Fact::FaultStarted {
            fault: fault.as_str().into(),
        },
        Observation::Frame {
            direction,
            frame,
            sent,
        } => of_frame(direction, frame, sent),
        Observation::Intercepted(bytes) => Fact::Intercepted {
            bytes: bytes.len() as u64,
        },
        Observation::Node(event) => of_node(event),
        Observation::PoweredOn => Fact::PoweredOn,
        Observation::PoweredOff => Fact::PoweredOff,
        Observation::Queued(length) => Fact::Queued { length },
        Observation::Radio(event) => of_radio(event),
        Observation::ReadingForgotten(reading) => Fact::ReadingForgotten {
            sequence: reading.sequence,
        },
        Observation::Secret(_) => return None,
        Observation::Serial(bytes) => Fact::Serial {
            text: String::from_utf8_lossy(bytes).into_owned(),
        },
        Observation::Tls(side, event) => of_tls(side, event),
    })
}

fn of_node(event: Event) -> Fact {
    match event {
        Event::Booted => Fact::Booted,
        Event::ConnectRefused(why) => Fact::ConnectRefused {
            why: why.as_str().into(),
        },
        Event::IntervalChanged(interval) => Fact::IntervalChanged {
            interval_us: interval.as_micros(),
        },
        Event::LinkJoined => Fact::LinkJoined,
        Event::LinkLost(why) => Fact::LinkLost {
            why: why.as_str().into(),
            reason: why.reason_code(),
        },
        Event::MessageIgnored => Fact::MessageIgnored,
        Event::ProtocolBroken(_) => Fact::ProtocolBroken,
        Event::PublishAcked { sequence, .. } => Fact::PublishAcked { sequence },
        Event::PublishSent {
            duplicate,
            sequence,
            ..
        } => Fact::PublishSent {
            sequence,
            duplicate,
        },
        Event::ReadingDropped { sequence, why } => Fact::ReadingDropped {
            sequence,
            why: why.as_str().into(),
        },
        Event::ReadingShown { sequence } => Fact::ReadingShown { sequence },
        Event::ReadingTaken(reading) => Fact::ReadingTaken {
            sequence: reading.sequence,
            value_mc: reading.value.0,
        },
        Event::RetryScheduled { attempt, delay } => Fact::RetryScheduled {
            attempt,
            delay_us: delay.as_micros(),
        },
        Event::SensorFaulted { code, why } => Fact::SensorFaulted {
            code: code.0,
            why: why.as_str().into(),
        },
        Event::SessionClosed(why) => Fact::SessionClosed {
            why: why.as_str().into(),
        },
        Event::SessionOpened { session_present } => Fact::SessionOpened { session_present },
    }
}

fn of_radio(event: RadioEvent) -> Fact {
    match event {
        RadioEvent::PhaseStarted(phase) => Fact::JoinPhaseStarted {
            phase: phase.as_str().into(),
        },
        RadioEvent::PhaseEnded { phase, took } => Fact::JoinPhaseEnded {
            phase: phase.as_str().into(),
            took_ns: took.as_nanos(),
        },
        RadioEvent::Left { reason } => Fact::RadioLeft { reason: reason.0 },
        RadioEvent::Tuned { channel } => Fact::RadioTuned { channel },
    }
}

fn of_broker(event: &BrokerEvent) -> Fact {
    let noted = |what: Word, detail: &str| Fact::BrokerNoted {
        what,
        detail: detail.to_owned(),
    };
    match event {
        BrokerEvent::ConnectRefused { why, .. } => noted("client refused".into(), why.as_str()),
        BrokerEvent::ConnectionBroken { why, .. } => noted("client cut off".into(), why.as_str()),
        BrokerEvent::MessageAcknowledged { packet_id, .. } => {
            noted("message acknowledged".into(), &packet_id.to_string())
        }
        BrokerEvent::MessageDropped { client_id, .. } => noted("message dropped".into(), client_id),
        BrokerEvent::MessageReceived {
            duplicate, message, ..
        } => Fact::MessageReceived {
            topic: message.topic.to_string(),
            payload: text(message),
            qos: match message.qos {
                Qos::AtMostOnce => 0,
                Qos::AtLeastOnce => 1,
            },
            retain: message.retain,
            duplicate: *duplicate,
        },
        BrokerEvent::MessageSent {
            duplicate, message, ..
        } => Fact::MessageSent {
            topic: message.topic.to_string(),
            payload: text(message),
            duplicate: *duplicate,
        },
        BrokerEvent::SessionEnded { client_id, why, .. } => noted(
            "session ended".into(),
            &format!("{client_id}: {}", why.as_str()),
        ),
        BrokerEvent::SessionStarted { client_id, .. } => noted("session started".into(), client_id),
        BrokerEvent::Subscribed { filter, .. } => noted("subscribed".into(), filter),
        BrokerEvent::Unsubscribed { filter, .. } => noted("unsubscribed".into(), filter),
        BrokerEvent::WillPublished { client_id, .. } => noted("will published".into(), client_id),
    }
}

fn text(message: &Message) -> String {
    String::from_utf8_lossy(&message.payload).into_owned()
}

fn of_frame(direction: Direction, frame: &Frame, sent: &Transmission) -> Fact {
    let airtime = sent
        .attempts
        .iter()
        .map(|attempt| attempt.airtime.as_nanos());
    let last = sent.attempts.last();
    let (what, length) = match &frame.payload {
        Payload::Data { ether_type, bytes } => (data_word(*ether_type, bytes), bytes.len()),
        Payload::Management { subtype, body } => (management_word(*subtype), body.len()),
    };
    Fact::Frame {
        direction: match direction {
            Direction::Down => "down",
            Direction::Up => "up",
        }
        .into(),
        what: what.into(),
        bytes: u32::try_from(length).unwrap_or(u32::MAX),
        rate_kbps: last.map_or(0, |attempt| attempt.rate.kilobits_per_second()),
        rssi_dbm: sent.rssi_dbm,
        tries: u32::try_from(sent.attempts.len()).unwrap_or(u32::MAX),
        airtime_ns: airtime.sum(),
        delivered: sent.delivered.is_some(),
    }
}

/// Names a data frame: by its `EtherType`, IPv4 by its protocol (IANA, Protocol Numbers).
fn data_word(ether_type: EtherType, bytes: &[u8]) -> &'static str {
    /// Where the protocol stands in a header of IPv4 (RFC 791 §3.1).
    const PROTOCOL: usize = 9;
    match (ether_type, bytes.get(PROTOCOL)) {
        (EtherType::Arp, _) => "ARP",
        (EtherType::Eapol, _) => "EAPOL",
        (EtherType::Ipv4, Some(6)) => "TCP",
        (EtherType::Ipv4, Some(17)) => "UDP",
        (EtherType::Ipv4, _) => "IPv4",
    }
}

/// Names a management frame (IEEE 802.11-2020, table 9-1).
const fn management_word(subtype: u8) -> &'static str {
    match subtype {
        0 => "association request",
        1 => "association response",
        4 => "probe request",
        5 => "probe response",
        8 => "beacon",
        10 => "disassociation",
        11 => "authentication",
        12 => "deauthentication",
        13 => "action",
        _ => "management",
    }
}

fn of_tls(side: Side, event: TlsEvent) -> Fact {
    let side: Word = match side {
        Side::Client => "client",
        Side::Server => "server",
    }
    .into();
    match event {
        TlsEvent::AlertSent { description } => Fact::TlsAlert {
            side,
            alert: alert_name(description).into(),
        },
        TlsEvent::Connected {
            resumed,
            suite,
            group,
            version,
        } => Fact::TlsConnected {
            side,
            version: match version {
                TlsVersion::V1_2 => "TLS 1.2",
                TlsVersion::V1_3 => "TLS 1.3",
            }
            .into(),
            suite: iana::suite(suite),
            group: iana::group(group),
            resumed,
        },
        TlsEvent::Failed(why) => Fact::TlsFailed {
            side,
            why: failure_name(why).into(),
        },
        TlsEvent::HandshakeSent {
            kind,
            bytes,
            encrypted,
        } => Fact::TlsMessage {
            side,
            message: MessageKind::of(kind).as_str().into(),
            bytes,
            encrypted,
        },
        TlsEvent::Started => Fact::TlsStarted { side },
    }
}
