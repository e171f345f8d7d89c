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
    message: Message,
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
            match header[0] {
                CHANGE_CIPHER_SPEC => self.ciphered = self.older,
                ALERT if !self.ciphered => events.extend(payload.get(1).map(|code| {
                    let description = *code;
                    TlsEvent::AlertSent { description }
                })),
                HANDSHAKE if !self.ciphered => self.message.read(payload, false, events),
                _ => match sealed.pop_front() {
                    Some(Sealed::Alert(description)) => {
                        events.push_back(TlsEvent::AlertSent { description });
                    }
                    Some(Sealed::Handshake(bytes)) => self.message.read(&bytes, true, events),
                    Some(Sealed::Other) | None => {}
                },
            }
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
            bytes: body + MESSAGE_HEADER as u32,
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
