//! Counts what a capture holds, by nodelab's own reading, for comparison with other tools.
//!
//! Owns the counts of frames, segments, records and packets. It has no keys: what is encrypted it
//! counts only as far as it is told.

use std::collections::BTreeMap;

use super::stream::{Flow, Follower};
use crate::id::NodeId;
use crate::radio::EtherType;
use crate::stack::tcp::Segment;

/// Longest head that says how long a message is: that of a TLS record.
const HEAD_MAX: usize = 5;
/// Directions whose messages are counted at most, as many as are followed.
const FLOWS_MAX: usize = 8_192;

/// What a capture holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Bytes of all frames, headers of this capture's link type included.
    pub bytes: u64,
    /// Frames.
    pub frames: u64,
    /// MQTT packets outside TLS.
    pub mqtt_packets: u64,
    /// MQTT messages that the broker took, repetitions included.
    pub mqtt_messages: u64,
    /// TCP segments.
    pub tcp_segments: u64,
    /// Bytes that TCP segments carry, repetitions included.
    pub tcp_bytes: u64,
    /// TLS records.
    pub tls_records: u64,
}

/// Counts frames as they are captured.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: Counts,
    follower: Follower,
    messages: BTreeMap<Flow, Messages>,
}

/// The messages of one direction, as far as they have come.
#[derive(Clone, Debug, Default)]
struct Messages {
    /// The head of the next message, while it is not whole.
    head: Vec<u8>,
    /// Bytes of a message's body that are still to come.
    missing: usize,
    /// What they are; `None` before the first byte.
    protocol: Option<Protocol>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Protocol {
    Mqtt,
    Tls,
    /// Neither.
    Unknown,
}

impl Tally {
    /// Counts a frame of which nothing is read but its length.
    pub const fn take_frame(&mut self, bytes: usize) {
        self.counts.frames += 1;
        self.counts.bytes += bytes as u64;
    }

    /// Counts what a data frame carries.
    pub fn take_payload(&mut self, node: NodeId, ether_type: EtherType, payload: &[u8]) {
        if ether_type != EtherType::Ipv4 {
            return;
        }
        let Some(segment) = Segment::read(payload) else {
            return;
        };
        self.counts.tcp_segments += 1;
        self.counts.tcp_bytes += segment.payload.len() as u64;
        let flow = Flow::of(node, &segment);
        if segment.is_first() {
            self.messages.remove(&flow);
        }
        let stream = self.follower.take(flow, &segment);
        if self.messages.len() >= FLOWS_MAX && !self.messages.contains_key(&flow) {
            self.messages.pop_first();
        }
        let messages = self.messages.entry(flow).or_default();
        let found = messages.take(&stream);
        match messages.protocol {
            Some(Protocol::Mqtt) => self.counts.mqtt_packets += found,
            Some(Protocol::Tls) => self.counts.tls_records += found,
            Some(Protocol::Unknown) | None => {}
        }
    }

    /// Counts a message that the broker says it took.
    pub const fn take_message(&mut self) {
        self.counts.mqtt_messages += 1;
    }

    /// Returns what was counted so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }
}

impl Messages {
    /// Takes bytes of the stream; returns how many messages ended with them.
    fn take(&mut self, mut stream: &[u8]) -> u64 {
        let mut found = 0;
        while let Some((byte, rest)) = stream.split_first() {
            if self.missing > 0 {
                let taken = self.missing.min(stream.len());
                self.missing -= taken;
                stream = &stream[taken..];
            } else {
                self.head.push(*byte);
                stream = rest;
                match self.body() {
                    Some(body) => {
                        self.missing = body;
                        self.head.clear();
                    }
                    None => continue,
                }
            }
            found += u64::from(self.missing == 0);
        }
        found
    }

    /// Returns how long the body after a whole head is.
    fn body(&mut self) -> Option<usize> {
        let protocol = *self.protocol.get_or_insert(match self.head.first()? {
            // Alert, handshake, and change of cipher (RFC 8446 §5.1).
            0x14..=0x17 => Protocol::Tls,
            // CONNECT and CONNACK, with which each direction begins (MQTT 3.1.1 §2.2.1).
            0x10 | 0x20 => Protocol::Mqtt,
            _ => Protocol::Unknown,
        });
        match protocol {
            Protocol::Mqtt => {
                let digits = self.head.get(1..)?;
                let is_whole = digits.last()? & 0x80 == 0;
                let too_long = self.head.len() >= HEAD_MAX;
                let add = |sum, digit: &u8| sum << 7 | usize::from(digit & 0x7F);
                (is_whole || too_long).then(|| digits.iter().rev().fold(0, add))
            }
            Protocol::Tls => {
                let high = *self.head.get(3)?;
                let low = *self.head.get(4)?;
                Some(usize::from(u16::from_be_bytes([high, low])))
            }
            Protocol::Unknown => {
                self.head.clear();
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_when_they_are_whole() {
        let mut messages = Messages::default();
        assert_eq!(messages.take(&[0x16, 3, 3, 0, 2, 1]), 0);
        assert_eq!(messages.take(&[1, 0x17, 3, 3, 0, 0, 0x17, 3]), 2);
        assert_eq!(messages.protocol, Some(Protocol::Tls));
        let mut messages = Messages::default();
        let long = [&[0x10, 0x81, 0x01], &[0; 129][..], &[0xC0, 0x00]].concat();
        for (index, byte) in long.iter().enumerate() {
            let whole = index == 131 || index == 133;
            assert_eq!(messages.take(&[*byte]), u64::from(whole), "{index}");
        }
        assert_eq!(messages.protocol, Some(Protocol::Mqtt));
        let mut messages = Messages::default();
        assert_eq!(messages.take(b"GET / HTTP/1.1"), 0);
    }
}
