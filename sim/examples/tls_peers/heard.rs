//! What OpenSSL says of a connection under `-msg`, added up.
//!
//! Owns the reading of its trace:
//!
//! ```text
//! >>> TLS 1.2, RecordHeader [length 0005]
//!     16 03 03 00 7a
//! >>> TLS 1.3, Handshake [length 007a], ServerHello
//! ```

use nodelab_sim::stack::tls::Side;

use crate::seen::{Seen, Sent};

/// Bytes in front of a record.
const RECORD_HEADER: u32 = 5;

/// A connection as OpenSSL tells it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Heard {
    /// Bytes and records of either end.
    pub(crate) seen: Seen,
    /// Each message with its bytes, in order.
    pub(crate) messages: Vec<(Side, String, u32)>,
    /// What `s_client` sums up: bytes read and written until the handshake was done.
    pub(crate) summary: Option<(u32, u32)>,
}

/// A record and what is in it, as far as it was told.
#[derive(Clone, Copy, Debug)]
struct Record {
    from: Side,
    bytes: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Goodbye,
    Handshake,
    Ticket,
    Unknown,
}

/// Returns the connections of a trace that OpenSSL wrote at the end `openssl`, in order.
pub(crate) fn connections(trace: &str, openssl: Side) -> Vec<Heard> {
    // A server says so when it is done with one; a client has only one.
    let parts = trace.split("CONNECTION CLOSED");
    parts
        .map(|part| connection(part, openssl))
        .filter(|heard| !heard.messages.is_empty())
        .collect()
}

fn connection(trace: &str, openssl: Side) -> Heard {
    let mut heard = Heard::default();
    let mut records: Vec<Record> = Vec::new();
    let mut lines = trace.lines();
    while let Some(line) = lines.next() {
        if let Some(summary) = summary(line) {
            heard.summary = Some(summary);
            continue;
        }
        let from = match line.get(..4) {
            Some(">>> ") => openssl,
            Some("<<< ") => other(openssl),
            _ => continue,
        };
        if line.contains("RecordHeader") {
            let bytes = lines.next().and_then(record_bytes).unwrap_or_default();
            let kind = Kind::Unknown;
            records.push(Record { from, bytes, kind });
            continue;
        }
        let last = records.iter_mut().rev().find(|record| record.from == from);
        let Some(last) = last else { continue };
        if line.contains(", Alert [") {
            last.kind = Kind::Goodbye;
        } else if let Some((name, bytes)) = message(line) {
            let ticket = name == "NewSessionTicket" && last.kind != Kind::Handshake;
            last.kind = if ticket {
                Kind::Ticket
            } else {
                Kind::Handshake
            };
            heard.messages.push((from, name.to_owned(), bytes));
        }
    }
    for record in &records {
        let sent = heard.seen.of_mut(record.from);
        sent.records += 1;
        *match record.kind {
            Kind::Goodbye => &mut sent.goodbye,
            Kind::Handshake | Kind::Unknown => &mut sent.handshake,
            Kind::Ticket => &mut sent.tickets,
        } += record.bytes;
    }
    heard
}

/// Reads a record's header in hexadecimal; returns the record's length with it.
fn record_bytes(line: &str) -> Option<u32> {
    let mut words = line.split_whitespace().skip(3);
    let mut byte = || u32::from_str_radix(words.next()?, 16).ok();
    Some(RECORD_HEADER + byte()? * 256 + byte()?)
}

/// Reads `… Handshake [length 007a], ServerHello`.
fn message(line: &str) -> Option<(&str, u32)> {
    let (_, rest) = line.split_once(", Handshake [length ")?;
    let (length, name) = rest.split_once("], ")?;
    Some((name.trim(), u32::from_str_radix(length, 16).ok()?))
}

/// Reads `SSL handshake has read 724 bytes and written 289 bytes`.
fn summary(line: &str) -> Option<(u32, u32)> {
    let rest = line.strip_prefix("SSL handshake has read ")?;
    let (read, rest) = rest.split_once(" bytes and written ")?;
    let (written, _) = rest.split_once(' ')?;
    Some((read.parse().ok()?, written.parse().ok()?))
}

pub(crate) const fn other(side: Side) -> Side {
    match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    }
}

impl Heard {
    /// Returns the names of the messages of one end.
    pub(crate) fn names(&self, side: Side) -> Vec<&str> {
        let of = self.messages.iter().filter(|(from, ..)| *from == side);
        of.map(|(_, name, _)| name.as_str()).collect()
    }
}

impl Seen {
    const fn of_mut(&mut self, side: Side) -> &mut Sent {
        match side {
            Side::Client => &mut self.up,
            Side::Server => &mut self.down,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_added_up_by_who_sent_what() {
        let trace = "\
>>> TLS 1.0, RecordHeader [length 0005]
    16 03 01 00 dc
>>> TLS 1.3, Handshake [length 00dc], ClientHello
    01 00 00 d8
<<< TLS 1.2, RecordHeader [length 0005]
    16 03 03 01 00
<<< TLS 1.3, Handshake [length 007a], ServerHello
SSL handshake has read 724 bytes and written 289 bytes
<<< TLS 1.2, RecordHeader [length 0005]
    17 03 03 00 ea
<<< TLS 1.3, InnerContent [length 0001]
<<< TLS 1.3, Handshake [length 00d9], NewSessionTicket
>>> TLS 1.2, RecordHeader [length 0005]
    17 03 03 00 13
>>> TLS 1.3, Alert [length 0002], warning close_notify
";
        let found = connections(trace, Side::Client);
        let [heard] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(heard.summary, Some((724, 289)));
        let (up, down) = (heard.seen.up, heard.seen.down);
        assert_eq!((up.handshake, up.goodbye, up.records), (225, 24, 2));
        assert_eq!((down.handshake, down.tickets, down.records), (261, 239, 2));
        assert_eq!(
            heard.names(Side::Server),
            ["ServerHello", "NewSessionTicket"]
        );
    }
}
