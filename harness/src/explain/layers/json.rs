//! The JSON of `nodelab explain layers`: keys are added, never renamed.
//!
//! Owns the keys. Measures nothing.

use nodelab_sim::radio::Rate;
use nodelab_sim::stack::tls::{Side, TlsVersion, Verification};
use serde_json::{Value, json};

use super::anatomy::{Air, Anatomy, Part, Sighting};
use super::promise::Message;
use crate::iana;

/// Returns one published reading, for programs.
#[must_use]
pub fn layers_json(anatomy: &Anatomy) -> Value {
    let session = anatomy.session.map(|session| {
        json!({
            "version": match session.version {
                TlsVersion::V1_2 => "1.2",
                TlsVersion::V1_3 => "1.3",
            },
            "suite": iana::suite(session.suite),
            "group": iana::group(session.group),
            "resumed": session.resumed,
            "verify": anatomy.verification.map(|verification| match verification {
                Verification::Full => "full",
                Verification::None => "none",
                Verification::PinnedKey => "pinned-key",
            }),
        })
    });
    let told = anatomy.session.iter().flat_map(|session| {
        let names_server = anatomy.names_server();
        let messages = anatomy.handshake.iter();
        messages.map(move |one| message(one, one.proves(*session, names_server)))
    });
    let handshake: Vec<Value> = told.collect();
    json!({
        "version": 1,
        "topic": anatomy.topic,
        "payload": String::from_utf8_lossy(&anatomy.payload),
        "published_ns": anatomy.published.as_nanos(),
        "acknowledged_ns": anatomy.acknowledged.as_nanos(),
        "node": socket(anatomy.node),
        "broker": socket(anatomy.broker),
        "bytes": anatomy.bytes(),
        "layers": anatomy.parts.iter().map(part).collect::<Vec<_>>(),
        "frames": anatomy.air.iter().map(air).collect::<Vec<_>>(),
        "eavesdropper": {
            "packets": anatomy.packets,
            "always": ["addresses", "ports", "sizes", "times"],
            "searched": anatomy.sightings.iter().map(sighting).collect::<Vec<_>>(),
        },
        "tls": session,
        "handshake": handshake,
    })
}

fn part(part: &Part) -> Value {
    let (number, name) = part.layer.osi();
    json!({
        "layer": part.layer.as_str(),
        "bytes": part.bytes,
        "holds": part.holds,
        "osi": { "number": number, "name": name },
        "tcp_ip": part.layer.internet(),
    })
}

fn air(air: &Air) -> Value {
    let rate = match air.rate {
        Rate::Dsss(hundreds) => json!({ "kbps": u32::from(hundreds) * 100 }),
        Rate::Ofdm(megabits) => json!({ "kbps": u32::from(megabits) * 1_000 }),
        Rate::Ht(index) => json!({ "mcs": index }),
    };
    json!({
        "bytes": air.bytes,
        "attempts": air.attempts,
        "rate": rate,
        "preamble_us": air.preamble.as_micros(),
        "data_us": air.frame.as_micros(),
        "sifs_us": air.sifs.as_micros(),
        "ack_us": air.acknowledgement.as_micros(),
        "airtime_us": air.total().as_micros(),
    })
}

fn sighting(sighting: &Sighting) -> Value {
    json!({
        "what": sighting.what,
        "packets": sighting.packets,
        "visible": sighting.packets > 0,
    })
}

fn message(message: &Message, proves: &str) -> Value {
    json!({
        "at_ns": message.at.as_nanos(),
        "from": match message.side {
            Side::Client => "node",
            Side::Server => "broker",
        },
        "message": message.name(),
        "bytes": message.bytes,
        "encrypted": message.encrypted,
        "proves": proves,
    })
}

fn socket((address, port): ([u8; 4], u16)) -> Value {
    let [a, b, c, d] = address;
    json!({ "address": format!("{a}.{b}.{c}.{d}"), "port": port })
}
