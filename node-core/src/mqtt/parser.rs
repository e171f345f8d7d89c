//! Control packets that a broker writes, read from a byte stream in pieces of any size.
//!
//! Owns framing. Does not know what a body means, nor whether its packet may come now.
//!
//! ```text
//!             byte            last length byte          last body byte
//!    Type ──────────► Length ──────────────────► Body ─────────────────► Type, one packet
//!      └── illegal ──────┴───────── illegal ───────┴──── illegal ──────► Broken
//! ```

use crate::mqtt::ProtocolError;
use crate::mqtt::decode::{Packet, check_first, check_length, decode};

/// Most bytes after the fixed header that are kept: enough for a command with a topic of full
/// length. Longer packets are skipped and reported.
pub const PACKET_MAX: usize = 160;

/// An incremental reader of packets.
#[derive(Clone, Debug)]
pub struct Parser {
    buffer: [u8; PACKET_MAX],
    stage: Stage,
}

/// In the order in which a packet goes through them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// The next byte begins a packet.
    Type,
    /// The next byte belongs to the remaining length, of which `taken` bytes gave `value`.
    Length { first: u8, taken: u8, value: u32 },
    /// `seen` of `length` bytes have arrived.
    Body { first: u8, length: u32, seen: u32 },
    /// The stream makes no sense.
    Broken,
}

/// A packet whose last byte has arrived.
#[derive(Clone, Copy, Debug)]
struct Header {
    first: u8,
    length: u32,
}

impl Parser {
    /// Starts at the beginning of a stream.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            buffer: [0; PACKET_MAX],
            stage: Stage::Type,
        }
    }

    /// Takes bytes from the front of `bytes` and returns the next packet, or `None` when all
    /// were taken and the packet is not complete.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Malformed`] when bytes break a rule, [`ProtocolError::Unexpected`] for a
    /// packet that no broker sends to this client. Later bytes of this stream mean nothing: they
    /// are taken and dropped.
    pub fn read<'a>(&'a mut self, bytes: &mut &[u8]) -> Option<Result<Packet<'a>, ProtocolError>> {
        let packet = match self.advance(bytes)? {
            Ok(header) => {
                let length = usize::try_from(header.length).unwrap_or(usize::MAX);
                let body = self.buffer.get(..length.min(PACKET_MAX)).unwrap_or(&[]);
                decode(header.first, body, length > PACKET_MAX)
            }
            Err(error) => Err(error),
        };
        if packet.is_err() {
            self.stage = Stage::Broken;
        }
        Some(packet)
    }

    /// Takes bytes until a packet is complete.
    fn advance(&mut self, bytes: &mut &[u8]) -> Option<Result<Header, ProtocolError>> {
        // Each round takes a byte, or completes a packet and returns.
        loop {
            self.stage = match self.stage {
                Stage::Type => {
                    let first = take(bytes)?;
                    if let Err(error) = check_first(first) {
                        return Some(Err(error));
                    }
                    Stage::Length {
                        first,
                        taken: 0,
                        value: 0,
                    }
                }
                Stage::Length {
                    first,
                    taken,
                    value,
                } => match length_step(first, taken, value, take(bytes)?) {
                    Ok(stage) => stage,
                    Err(error) => return Some(Err(error)),
                },
                Stage::Body {
                    first,
                    length,
                    seen,
                } if seen >= length => {
                    self.stage = Stage::Type;
                    return Some(Ok(Header { first, length }));
                }
                Stage::Body {
                    first,
                    length,
                    seen,
                } => {
                    let seen = self.fill(length, seen, bytes)?;
                    Stage::Body {
                        first,
                        length,
                        seen,
                    }
                }
                Stage::Broken => {
                    *bytes = &[];
                    return None;
                }
            };
        }
    }

    /// Takes body bytes, keeps those that fit the buffer, and returns how many were seen in all.
    fn fill(&mut self, length: u32, seen: u32, bytes: &mut &[u8]) -> Option<u32> {
        let wanted = usize::try_from(length.saturating_sub(seen)).unwrap_or(usize::MAX);
        let (piece, rest) = bytes.split_at_checked(wanted).unwrap_or((*bytes, &[]));
        if piece.is_empty() {
            return None;
        }
        *bytes = rest;
        let start = usize::try_from(seen).unwrap_or(usize::MAX);
        let room = self.buffer.get_mut(start..).unwrap_or(&mut []);
        for (slot, byte) in room.iter_mut().zip(piece) {
            *slot = *byte;
        }
        Some(seen.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX)))
    }
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes one byte.
fn take(bytes: &mut &[u8]) -> Option<u8> {
    let (&byte, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(byte)
}

/// Adds one byte to the remaining length (MQTT 3.1.1 §2.2.3).
fn length_step(first: u8, taken: u8, value: u32, byte: u8) -> Result<Stage, ProtocolError> {
    let shift = u32::from(taken).saturating_mul(7);
    let value = value | u32::from(byte & 0x7F).checked_shl(shift).unwrap_or(0);
    if byte & 0x80 == 0 {
        check_length(first, value)?;
        return Ok(Stage::Body {
            first,
            length: value,
            seen: 0,
        });
    }
    // The fourth byte is the last.
    if taken >= 3 {
        return Err(ProtocolError::Malformed);
    }
    Ok(Stage::Length {
        first,
        taken: taken.saturating_add(1),
        value,
    })
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU16;

    use super::*;

    fn first(mut bytes: &[u8]) -> Result<std::string::String, ProtocolError> {
        let mut parser = Parser::new();
        let packet = parser.read(&mut bytes).expect("a whole packet");
        packet.map(|packet| std::format!("{packet:?}"))
    }

    #[test]
    fn illegal_bodies_are_malformed() {
        let cases: [(&str, &[u8]); 16] = [
            ("reserved bits of a CONNACK", b"\x20\x02\x02\x00"),
            ("session present in a refusal", b"\x20\x02\x01\x05"),
            ("unknown return code", b"\x20\x02\x00\x06"),
            ("length of a CONNACK", b"\x20\x03\x00\x00\x00"),
            ("identifier 0 in a PUBACK", b"\x40\x02\x00\x00"),
            ("length of a PUBACK", b"\x40\x00"),
            ("identifier 0 in a SUBACK", b"\x90\x03\x00\x00\x00"),
            ("reserved code in a SUBACK", b"\x90\x03\x00\x01\x03"),
            ("length of a PINGRESP", b"\xD0\x01\x00"),
            ("five bytes of length", b"\x30\xFF\xFF\xFF\xFF\x01"),
            ("topic longer than its packet", b"\x30\x03\x00\x02t"),
            ("empty topic", b"\x30\x02\x00\x00"),
            ("wildcard in a topic", b"\x30\x05\x00\x03t/#"),
            ("topic that is not UTF-8", b"\x30\x03\x00\x01\xFF"),
            ("QoS 1 without identifier", b"\x32\x03\x00\x01t"),
            ("QoS 1 with identifier 0", b"\x32\x05\x00\x01t\x00\x00"),
        ];
        for (why, bytes) in cases {
            assert_eq!(first(bytes), Err(ProtocolError::Malformed), "{why}");
        }
    }

    #[test]
    fn after_an_error_all_bytes_are_dropped() {
        let mut parser = Parser::new();
        let mut bytes: &[u8] = b"\x00\xD0\x00\xD0\x00";
        assert_eq!(parser.read(&mut bytes), Some(Err(ProtocolError::Malformed)));
        assert_eq!(parser.read(&mut bytes), None);
        assert!(bytes.is_empty());
    }

    #[test]
    fn a_message_of_exactly_the_limit_is_read_and_a_longer_one_skipped() {
        let message = |body_len: usize| {
            let mut bytes = std::vec![0x32, 0x80 | u8::try_from(body_len % 128).unwrap(), 1];
            bytes.extend_from_slice(b"\x00\x01t\x00\x09");
            bytes.resize(3 + body_len, b'x');
            bytes.extend_from_slice(b"\xD0\x00");
            bytes
        };
        let id = NonZeroU16::new(9);
        for (body_len, fits) in [(PACKET_MAX, true), (PACKET_MAX + 1, false)] {
            let bytes = message(body_len);
            let (mut parser, mut rest) = (Parser::new(), &bytes[..]);
            match parser.read(&mut rest) {
                Some(Ok(Packet::Publish(publish))) if fits => {
                    assert_eq!(publish.payload.len(), body_len - 5);
                    assert_eq!(publish.delivery.packet_id(), id);
                }
                Some(Ok(Packet::TooLong { packet_id })) if !fits => assert_eq!(packet_id, id),
                other => panic!("{body_len}: {other:?}"),
            }
            assert_eq!(parser.read(&mut rest), Some(Ok(Packet::Pingresp)));
        }
    }

    #[test]
    fn a_length_may_be_longer_than_it_must() {
        // The rules forbid this to MQTT 5 only.
        assert_eq!(first(b"\xD0\x80\x80\x00"), Ok("Pingresp".into()));
    }
}
