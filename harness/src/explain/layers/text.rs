//! The text of `nodelab explain layers`, at most 100 columns wide.
//!
//! Owns words and columns. Measures nothing.

use std::fmt::Write as _;

use nodelab_sim::radio::Rate;
use nodelab_sim::stack::tls::{Side, TlsVersion, Verification};

use super::anatomy::{Air, Anatomy, Session, Sighting};
use crate::iana;

/// Width of the longest bar, in characters.
const BAR: usize = 64;
/// Longest value that is shown of what a stranger looks for, in characters.
const VALUE: usize = 40;

/// Returns one published reading in words and bars, for a terminal.
#[must_use]
pub fn layers_text(anatomy: &Anatomy) -> String {
    let mut out = String::new();
    heading(anatomy, &mut out);
    layers(anatomy, &mut out);
    bars(anatomy, &mut out);
    airtime(anatomy, &mut out);
    strangers(anatomy, &mut out);
    match anatomy.session {
        Some(session) => handshake(session, anatomy, &mut out),
        None => missing(anatomy, &mut out),
    }
    out
}

fn heading(anatomy: &Anatomy, out: &mut String) {
    let took = anatomy.acknowledged.since(anatomy.published);
    line(
        out,
        &format!(
            "One reading, {}, on \"{}\"",
            shown(&anatomy.payload),
            anatomy.topic
        ),
    );
    let (node, broker) = (socket(anatomy.node), socket(anatomy.broker));
    line(
        out,
        &format!("from node 0 at {node} to the broker at {broker}"),
    );
    let published = anatomy.published;
    line(
        out,
        &format!("published at {published}, acknowledged after {took}"),
    );
}

fn layers(anatomy: &Anatomy, out: &mut String) {
    line(out, "");
    line(
        out,
        "bytes  layer        OSI model       TCP/IP model  holds",
    );
    for part in &anatomy.parts {
        let (number, name) = part.layer.osi();
        line(
            out,
            &format!(
                "{:5}  {:11}  {number} {name:13} {:13} {}",
                part.bytes,
                part.layer.as_str(),
                part.layer.internet(),
                part.holds
            ),
        );
    }
    let frames = anatomy.air.len();
    let words = if frames == 1 { "frame" } else { "frames" };
    let total = anatomy.bytes();
    line(
        out,
        &format!("{total:5}  on the air   1 physical      link          {frames} {words}"),
    );
}

fn bars(anatomy: &Anatomy, out: &mut String) {
    line(out, "");
    let total = anatomy.bytes().max(1);
    let mut before = 0;
    for part in &anatomy.parts {
        // Each bar begins where the one above ends; both ends rounded down.
        let [from, to] = [before, before + part.bytes].map(|at| at * BAR / total);
        before += part.bytes;
        let bar = format!("{}{}", " ".repeat(from), "█".repeat((to - from).max(1)));
        line(
            out,
            &format!("{:11} {:5}  {bar}", part.layer.as_str(), part.bytes),
        );
    }
    let payload = anatomy.payload.len();
    // Rounded down.
    let percent = payload * 100 / total;
    line(
        out,
        &format!("{payload} of {total} bytes are the reading: {percent} %"),
    );
}

fn airtime(anatomy: &Anatomy, out: &mut String) {
    line(out, "");
    line(out, "Time on the air, in µs");
    line(
        out,
        "frame  bytes  rate       tries  preamble    data  SIFS  ACK   all",
    );
    for (index, air) in anatomy.air.iter().enumerate() {
        line(
            out,
            &format!(
                "{:5}  {:5}  {:9}  {:5}  {:8}  {:6}  {:4}  {:3}  {:4}",
                index + 1,
                air.bytes,
                rate_words(air),
                air.attempts,
                air.preamble.as_micros(),
                air.frame.as_micros(),
                air.sifs.as_micros(),
                air.acknowledgement.as_micros(),
                air.total().as_micros()
            ),
        );
    }
}

fn strangers(anatomy: &Anatomy, out: &mut String) {
    let packets = anatomy.packets;
    line(out, "");
    line(
        out,
        "What a stranger reads who knows the Wi-Fi's password, or listens behind the access point",
    );
    line(out, "  addresses, ports, sizes and times, always");
    for Sighting {
        packets: seen,
        value,
        what,
    } in &anatomy.sightings
    {
        let found = match seen {
            0 => format!("in none of {packets} packets"),
            seen => format!("in {seen} of {packets} packets: {}", shown(value)),
        };
        line(out, &format!("  {what:18} {found}"));
    }
}

fn handshake(session: Session, anatomy: &Anatomy, out: &mut String) {
    let version = match session.version {
        TlsVersion::V1_2 => "TLS 1.2",
        TlsVersion::V1_3 => "TLS 1.3",
    };
    line(out, "");
    let resumed = if session.resumed { ", resumed" } else { "" };
    let (suite, group) = (iana::suite(session.suite), iana::group(session.group));
    line(
        out,
        &format!("The handshake: {version}, {suite}, {group}{resumed}"),
    );
    line(
        out,
        "when          who     message              bytes  seen    and now it is proven:",
    );
    for message in &anatomy.handshake {
        let who = match message.side {
            Side::Client => "node",
            Side::Server => "broker",
        };
        let seen = if message.encrypted { "hidden" } else { "open" };
        let (at, name, bytes) = (message.at.to_string(), message.name(), message.bytes);
        line(out, &format!("{at:13} {who:7} {name:20} {bytes:5}  {seen}"));
        line(
            out,
            &format!(
                "{:21} {}",
                "",
                message.proves(session, anatomy.names_server())
            ),
        );
    }
    if let Some(verification) = anatomy.verification {
        line(out, "");
        line(out, "Who the node takes for the broker");
        line(out, &format!("  {}", believed(verification)));
    }
}

const fn believed(verification: Verification) -> &'static str {
    match verification {
        Verification::Full => {
            "whoever owns a certificate of the right authority, name, purpose and date"
        }
        Verification::None => {
            "anybody (`verify: none`): an impostor's own certificate proves as much"
        }
        Verification::PinnedKey => "whoever owns the one key that the node was told beforehand",
    }
}

fn missing(anatomy: &Anatomy, out: &mut String) {
    let reading = anatomy
        .sightings
        .iter()
        .find(|seen| seen.value == anatomy.payload);
    let seen = reading.map_or(0, |seen| seen.packets);
    let packets = if seen == 1 { "packet" } else { "packets" };
    let privacy = format!(
        "anyone on the way reads {}: it stands in {seen} {packets}",
        shown(&anatomy.payload)
    );
    line(out, "");
    line(out, "What is missing without TLS");
    line(out, &format!("  privacy    {privacy}"));
    line(
        out,
        "  identity   nothing shows that the broker is the broker: whoever answers is believed",
    );
    line(
        out,
        "  integrity  who changes a byte on the way corrects the checksums, and nobody notices",
    );
}

fn rate_words(air: &Air) -> String {
    match air.rate {
        Rate::Dsss(hundreds) if hundreds % 10 == 0 => format!("{} Mb/s", hundreds / 10),
        Rate::Dsss(hundreds) => format!("{}.{} Mb/s", hundreds / 10, hundreds % 10),
        Rate::Ofdm(megabits) => format!("{megabits} Mb/s"),
        Rate::Ht(index) => format!("MCS {index}"),
    }
}

/// Returns bytes as a quoted text, cut to what fits a line.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut kept: String = text
        .chars()
        .take(VALUE)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().count() > VALUE {
        kept.push('…');
    }
    format!("\"{kept}\"")
}

fn socket((address, port): ([u8; 4], u16)) -> String {
    let [a, b, c, d] = address;
    format!("{a}.{b}.{c}.{d}:{port}")
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{}", text.trim_end()).expect("a string takes any text");
}
