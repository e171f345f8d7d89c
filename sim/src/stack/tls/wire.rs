//! What of a stream of records anybody could see, and what only the sender knows.
//!
//! Owns the framing of records and handshake messages. Does not decrypt: the plain text of
//! sealed records comes from who sealed them.

use std::collections::VecDeque;

use super::event::TlsEvent;
use super::provider::scope::Sealed;

/// `ContentType.change_cipher_spec` (RFC 8446 §5.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
/// `ContentType.alert`.
const ALERT: u8 = 21;
/// `ContentType.handshake`.
const HANDSHAKE: u8 = 22;
/// Bytes in front of a record: type, version, length.
const RECORD_HEADER: usize = 5;
/// Bytes in front of a handshake message: type, length.
const MESSAGE_HEADER: usize = 4;

/// Tells what an endpoint sent, from its own output.
#[derive(Debug, Default)]
pub(super) struct SentRecords {
    older: bool,
    ciphered: bool,
    log: Option<Vec<SentRecord>>,
    message: Message,
}

/// A record that an endpoint sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SentRecord {
    /// Its length with its header.
    pub bytes: u32,
    /// What it holds.
    pub content: SentContent,
}

/// What a record holds, as its sender knows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum SentContent {
    /// An alert's description.
    Alert(u8),
    /// Data of the application.
    ApplicationData,
    /// That what follows is sealed.
    ChangeCipherSpec,
    /// Handshake messages.
    Handshake {
        /// Those that end in it.
        ended: Vec<SentMessage>,
        /// The kind of one that goes on in the next record.
        open: Option<u8>,
    },
}

/// A handshake message that an endpoint sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct SentMessage {
    /// RFC 8446 §4, `HandshakeType`.
    pub kind: u8,
    /// Its length with its 4-byte header.
    pub bytes: u32,
    /// Whether an eavesdropper sees only ciphertext.
    pub encrypted: bool,
}

/// A handshake message, of which a part may be still to come.
#[derive(Clone, Copy, Debug, Default)]
struct Message {
    header: [u8; MESSAGE_HEADER],
    have: usize,
    left: u32,
}

/// Looks for a record that is longer than a buffer, in what an endpoint receives.
#[derive(Debug)]
pub(super) struct RecordLimit {
    max: u16,
    header: [u8; RECORD_HEADER],
    have: usize,
    left: usize,
}

impl SentRecords {
    /// Starts, with a list of all records or without.
    pub(super) fn new(listed: bool) -> Self {
        Self {
            log: listed.then(Vec::new),
            ..Self::default()
        }
    }

    /// Returns the records since the last call, none if no list was asked for.
    pub(super) fn take_log(&mut self) -> Vec<SentRecord> {
        self.log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Sets whether the version is TLS 1.2, where sealed records keep their type.
    pub(super) const fn set_older(&mut self, older: bool) {
        self.older = older;
    }

    /// Tells what whole records hold; `sealed` has the plain text of the sealed ones, in order.
    pub(super) fn read(
        &mut self,
        mut output: &[u8],
        sealed: &mut VecDeque<Sealed>,
        events: &mut VecDeque<TlsEvent>,
    ) {
        while let Some((header, rest)) = output.split_first_chunk::<RECORD_HEADER>() {
            let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
            let (payload, rest) = rest.split_at(length.min(rest.len()));
            output = rest;
            let told = events.len();
            let content = self.tell(header[0], payload, sealed, events);
            if let Some(log) = &mut self.log {
                let bytes = u32::try_from(RECORD_HEADER + payload.len());
                log.push(SentRecord {
                    bytes: bytes.expect("a record has a 2-byte length"),
                    content: content.with(events.range(told..), &self.message),
                });
            }
        }
    }

    /// Tells what one record holds; handshake messages are told as events only.
    fn tell(
        &mut self,
        kind: u8,
        payload: &[u8],
        sealed: &mut VecDeque<Sealed>,
        events: &mut VecDeque<TlsEvent>,
    ) -> SentContent {
        let hidden =
            kind != CHANGE_CIPHER_SPEC && (self.ciphered || !matches!(kind, ALERT | HANDSHAKE));
        let sealed = if hidden { sealed.pop_front() } else { None };
        match (kind, sealed) {
            (CHANGE_CIPHER_SPEC, _) => {
                self.ciphered = self.older;
                SentContent::ChangeCipherSpec
            }
            (_, Some(Sealed::Alert(description))) => {
                events.push_back(TlsEvent::AlertSent { description });
                SentContent::Alert(description)
            }
            (_, Some(Sealed::Handshake(bytes))) => {
                self.message.read(&bytes, true, events);
                SentContent::HANDSHAKE
            }
            (ALERT, None) if !hidden => {
                let description = payload.get(1).copied();
                events.extend(description.map(|description| TlsEvent::AlertSent { description }));
                SentContent::Alert(description.unwrap_or_default())
            }
            (HANDSHAKE, None) if !hidden => {
                self.message.read(payload, false, events);
                SentContent::HANDSHAKE
            }
            (_, Some(Sealed::Other) | None) => SentContent::ApplicationData,
        }
    }
}

impl SentContent {
    const HANDSHAKE: Self = Self::Handshake {
        ended: Vec::new(),
        open: None,
    };

    /// Adds the messages that were told of a record, and the one that it leaves open.
    fn with<'a>(mut self, told: impl Iterator<Item = &'a TlsEvent>, message: &Message) -> Self {
        if let Self::Handshake { ended, open } = &mut self {
            ended.extend(told.copied().filter_map(SentMessage::of));
            *open = (message.have > 0).then_some(message.header[0]);
        }
        self
    }
}

impl SentMessage {
    const fn of(event: TlsEvent) -> Option<Self> {
        if let TlsEvent::HandshakeSent {
            kind,
            bytes,
            encrypted,
        } = event
        {
            Some(Self {
                kind,
                bytes,
                encrypted,
            })
        } else {
            None
        }
    }
}

impl Message {
    fn read(&mut self, mut bytes: &[u8], encrypted: bool, events: &mut VecDeque<TlsEvent>) {
        while !bytes.is_empty() {
            if self.have < MESSAGE_HEADER {
                self.header[self.have] = bytes[0];
                self.have += 1;
                bytes = &bytes[1..];
                if self.have < MESSAGE_HEADER {
                    continue;
                }
                let [_, high, mid, low] = self.header;
                self.left = u32::from_be_bytes([0, high, mid, low]);
            }
            let here = bytes.len().min(self.left as usize);
            bytes = &bytes[here..];
            self.left -= u32::try_from(here).expect("no more than was left");
            if self.left == 0 {
                events.push_back(self.sent(encrypted));
                *self = Self::default();
            }
        }
    }

    const fn sent(&self, encrypted: bool) -> TlsEvent {
        let [kind, high, mid, low] = self.header;
        let body = u32::from_be_bytes([0, high, mid, low]);
        TlsEvent::HandshakeSent {
            kind,
            // The header has 4 bytes.
            bytes: body + 4,
            encrypted,
        }
    }
}

impl RecordLimit {
    /// Takes the longest payload that the buffer holds.
    pub(super) const fn new(max: u16) -> Self {
        Self {
            max,
            header: [0; RECORD_HEADER],
            have: 0,
            left: 0,
        }
    }

    /// Returns how many bytes can be taken, and whether a record follows that is too long.
    pub(super) fn check(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            if self.left > 0 {
                let here = self.left.min(bytes.len() - at);
                self.left -= here;
                at += here;
                continue;
            }
            self.header[self.have] = bytes[at];
            self.have += 1;
            at += 1;
            if self.have == RECORD_HEADER {
                let length = u16::from_be_bytes([self.header[3], self.header[4]]);
                if length > self.max {
                    return (at - 1, true);
                }
                self.have = 0;
                self.left = usize::from(length);
            }
        }
        (at, false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::Side;
    use super::super::pair::{Pair, authority, connect, settings};
    use super::super::spec::{KeyExchange, TlsSettings, Versions};
    use super::*;
    use crate::id::NodeId;

    #[test]
    fn messages_are_told_alike_however_the_records_cut_them() {
        for versions in [Versions::V1_2, Versions::V1_3] {
            let told = |max_fragment_size| {
                let mut pair = connect(&authority(TlsSettings {
                    intermediates: 2,
                    max_fragment_size,
                    mutual: true,
                    versions,
                    ..settings()
                }));
                pair.settle();
                let sent = pair
                    .wire
                    .iter()
                    .map(|(_, bytes)| bytes.len())
                    .sum::<usize>();
                let of_server = pair.events.into_iter();
                let of_server = of_server.filter(|(side, _)| *side == Side::Server);
                (of_server.collect::<Vec<_>>(), sent)
            };
            let (whole, few) = told(None);
            let (cut, many) = told(Some(64));
            assert_eq!(whole, cut);
            assert!(many > few);
        }
    }

    #[test]
    fn a_retry_in_the_clear_behind_a_change_of_cipher_is_told_as_such() {
        let with = |groups| {
            authority(TlsSettings {
                groups,
                versions: Versions::V1_3,
                tickets: 0,
                ..settings()
            })
        };
        let client = with(vec![KeyExchange::P256, KeyExchange::X25519]);
        let server = with(vec![KeyExchange::X25519]);
        let mut pair = Pair::open(&client.client(NodeId(0)), &server.server(), 1);
        pair.settle();
        let sent = |of| {
            let events = pair.events.iter().filter(move |(side, _)| *side == of);
            let kinds = events.filter_map(|(_, event)| {
                if let TlsEvent::HandshakeSent {
                    kind, encrypted, ..
                } = event
                {
                    Some((*kind, *encrypted))
                } else {
                    None
                }
            });
            kinds.collect::<Vec<_>>()
        };
        let clear = [(1, false), (1, false)];
        assert_eq!(sent(Side::Client), [&clear[..], &[(20, true)]].concat());
        let sealed = [(8, true), (11, true), (15, true), (20, true)];
        let expected = [&[(2, false), (2, false)][..], &sealed].concat();
        assert_eq!(sent(Side::Server), expected);
    }

    #[test]
    fn a_long_record_is_found_wherever_the_stream_is_cut() {
        let stream = [23, 3, 3, 0, 2, 1, 2, 23, 3, 3, 0, 3, 1, 2, 3];
        for cut in 0..stream.len() {
            let mut limit = RecordLimit::new(2);
            let (first, second) = stream.split_at(cut);
            let found = match limit.check(first) {
                (at, true) => at,
                (at, false) => at + limit.check(second).0,
            };
            // All but the last byte of the second header.
            assert_eq!(found, 11, "cut at {cut}");
        }
        assert_eq!(RecordLimit::new(3).check(&stream), (stream.len(), false));
    }
}
