//! Holds what the counters say against each other.
//!
//! Owns what must be equal to the byte, and how OpenSSL's messages differ from ours, which is no
//! failure. Does not know how anybody counted.

use std::collections::BTreeMap;

use nodelab_sim::stack::tls::{Handshake, HandshakeKind, Mode, Side, TlsVersion, measure};

use crate::cell::Cell;
use crate::heard::Heard;
use crate::ours::Spoken;
use crate::seen::{Seen, messages};
use crate::tshark::{Stream, type_of};

/// A cell that was spoken and judged.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) cell: Cell,
    pub(crate) openssl: Side,
    pub(crate) seen: Seen,
    /// What must be equal and is not.
    pub(crate) disagreements: Vec<String>,
    /// Bytes that our own client and server would exchange in flights.
    pub(crate) own: (u32, u32),
}

/// How OpenSSL's messages differ from ours: by version, end and message, each difference in
/// bytes with how often it was seen.
pub(crate) type Differences = BTreeMap<(TlsVersion, Side, String), BTreeMap<i64, u32>>;

const SIDES: [Side; 2] = [Side::Client, Side::Server];

/// Judges the last connection of a cell.
pub(crate) fn judge(
    cell: Cell,
    openssl: Side,
    (spoken, heard, stream): (&Spoken, &Heard, Option<&Stream>),
    differences: &mut Differences,
) -> Verdict {
    let seen = Seen::of(&spoken.handshake);
    let mut disagreements = Vec::new();
    let wanted = match cell.mode {
        Mode::Full => HandshakeKind::Full,
        Mode::HelloRetry => HandshakeKind::HelloRetry,
        Mode::SessionId | Mode::Ticket => HandshakeKind::Resumed,
    };
    if spoken.handshake.kind != wanted {
        let kind = spoken.handshake.kind;
        disagreements.push(format!("it became a {kind:?} handshake"));
    }
    for side in SIDES {
        let (ours, theirs) = (seen.by(side), heard.seen.by(side));
        if ours != theirs {
            disagreements.push(format!("{side:?}: we {ours:?}, openssl -msg {theirs:?}"));
        }
        match stream {
            None => disagreements.push("tshark saw no such connection".to_owned()),
            Some(stream) => {
                let way = stream.by(side);
                let types: Vec<u8> = heard.names(side).into_iter().map(type_of).collect();
                if (way.bytes, way.records) != (ours.bytes(), ours.records) {
                    disagreements.push(format!(
                        "{side:?}: we {} bytes in {} records, tshark {} in {}",
                        ours.bytes(),
                        ours.records,
                        way.bytes,
                        way.records
                    ));
                }
                if way.types != types {
                    disagreements.push(format!(
                        "{side:?}: messages by openssl -msg {types:?}, by tshark {:?}",
                        way.types
                    ));
                }
            }
        }
    }
    disagreements.extend(against_names(&spoken.handshake, heard, openssl));
    disagreements.extend(against_summary(cell.version, seen, heard));
    let own = measure(&cell.spec(), cell.mode, cell.number);
    let own = match own {
        Ok(own) => {
            compare(cell.version, openssl, &own, heard, differences);
            (own.bytes_from(Side::Client), own.bytes_from(Side::Server))
        }
        Err(why) => {
            disagreements.push(format!("both ends of ours fail: {why:?}"));
            (0, 0)
        }
    };
    Verdict {
        cell,
        openssl,
        seen,
        disagreements,
        own,
    }
}

/// Holds what our end says that it sent against what OpenSSL read, message by message.
fn against_names(handshake: &Handshake, heard: &Heard, openssl: Side) -> Option<String> {
    let ours = crate::heard::other(openssl);
    let sent = messages(handshake, ours);
    let read = heard.messages.iter();
    let read = read.filter(|(from, name, _)| *from == ours && name != "NewSessionTicket");
    let read: Vec<(&str, u32)> = read.map(|(_, name, n)| (name.as_str(), *n)).collect();
    (sent != read).then(|| format!("we sent {sent:?}, openssl read {read:?}"))
}

/// Holds what `s_client` sums up against our count of the handshake.
fn against_summary(version: TlsVersion, seen: Seen, heard: &Heard) -> Option<String> {
    let found = heard.summary?;
    // In TLS 1.2 a ticket comes before the handshake is done.
    let tickets = match version {
        TlsVersion::V1_2 => seen.down.tickets,
        TlsVersion::V1_3 => 0,
    };
    let counted = (seen.down.handshake + tickets, seen.up.handshake);
    (found != counted).then(|| format!("s_client sums up {found:?}, we {counted:?}"))
}

/// Notes how long OpenSSL's messages are beside what our own end would have sent.
fn compare(
    version: TlsVersion,
    openssl: Side,
    own: &Handshake,
    heard: &Heard,
    differences: &mut Differences,
) {
    let mut note = |what: &str, difference: i64| {
        let key = (version, openssl, what.to_owned());
        let counts = differences.entry(key).or_default();
        *counts.entry(difference).or_default() += 1;
    };
    let ours = messages(own, openssl);
    let theirs = heard.messages.iter();
    let mut theirs: Vec<(&str, u32)> = theirs
        .filter(|(from, name, _)| *from == openssl && name != "NewSessionTicket")
        .map(|(_, name, bytes)| (name.as_str(), *bytes))
        .collect();
    let mut total = 0;
    for (name, bytes) in ours {
        let Some(at) = theirs.iter().position(|(other, _)| *other == name) else {
            note(name, -i64::from(bytes));
            total -= i64::from(bytes);
            continue;
        };
        let difference = i64::from(theirs.remove(at).1) - i64::from(bytes);
        total += difference;
        note(name, difference);
    }
    for (name, bytes) in theirs {
        total += i64::from(bytes);
        note(name, i64::from(bytes));
    }
    let flights = i64::from(heard.seen.by(openssl).handshake) - i64::from(own.bytes_from(openssl));
    note("records around them", flights - total);
    let tickets = Seen::of(own).by(openssl).tickets;
    let difference = i64::from(heard.seen.by(openssl).tickets) - i64::from(tickets);
    if tickets > 0 || difference != 0 {
        note("NewSessionTicket, with records", difference);
    }
}
