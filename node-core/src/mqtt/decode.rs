//! The meaning of one framed packet.
//!
//! Owns the legality of each packet by itself. Does not know where packets begin, nor whether
//! one may come now: that is the parser's and the session's work.

use core::num::NonZeroU16;

use crate::mqtt::packet::{Delivery, Publish};
use crate::mqtt::{ConnectRefusal, ProtocolError};

/// What a broker may say to this client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Packet<'a> {
    /// The answer to CONNECT.
    Connack(Result<SessionPresent, ConnectRefusal>),
    /// The answer to PINGREQ.
    Pingresp,
    /// The acknowledgement of a message at QoS 1.
    Puback(NonZeroU16),
    /// A message.
    Publish(Publish<'a>),
    /// The answer to SUBSCRIBE.
    Suback {
        /// False when the broker refused the subscription.
        granted: bool,
        /// Identifier of the request.
        packet_id: NonZeroU16,
    },
    /// A message longer than [`PACKET_MAX`](crate::mqtt::PACKET_MAX), skipped.
    TooLong {
        /// What its acknowledgement must name, if it wants one and its topic left room to see.
        packet_id: Option<NonZeroU16>,
    },
}

/// Whether the broker kept the state of an earlier session (MQTT 3.1.1 §3.2.2.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionPresent(pub bool);

/// Checks the first byte of a packet (MQTT 3.1.1 §2.2.1, table 2.1; §2.2.2, table 2.2).
pub(super) const fn check_first(first: u8) -> Result<(), ProtocolError> {
    match first {
        //= MQTT 3.1.1 §3.3.1.1, §3.3.1.2: DUP is 0 at QoS 0, and no QoS is 3.
        0x30..=0x3F if first & 0x0E == 0x08 || first & 0x06 == 0x06 => {
            Err(ProtocolError::Malformed)
        }
        // This client never grants QoS 2.
        0x30..=0x3F if first & 0x06 == 0x04 => Err(ProtocolError::Unexpected),
        // CONNACK, PUBACK, SUBACK, PINGRESP, and the other PUBLISHes.
        0x20 | 0x40 | 0x90 | 0xD0 | 0x30..=0x3F => Ok(()),
        // CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT: a client's; PUBREC, PUBREL,
        // PUBCOMP: QoS 2; UNSUBACK: never asked for.
        0x10 | 0x82 | 0xA2 | 0xC0 | 0xE0 | 0x50 | 0x62 | 0x70 | 0xB0 => {
            Err(ProtocolError::Unexpected)
        }
        // Reserved types, and flags that differ from table 2.2.
        _ => Err(ProtocolError::Malformed),
    }
}

/// Checks that a packet of fixed size has that size.
pub(super) const fn check_length(first: u8, length: u32) -> Result<(), ProtocolError> {
    let legal = match first {
        //= MQTT 3.1.1 §3.2.1, §3.4.1
        0x20 | 0x40 => length == 2,
        //= MQTT 3.1.1 §3.9.3: one return code for each filter, and this client asks for one.
        0x90 => length == 3,
        //= MQTT 3.1.1 §3.13.1
        0xD0 => length == 0,
        _ => true,
    };
    if legal {
        Ok(())
    } else {
        Err(ProtocolError::Malformed)
    }
}

/// Reads the body of a packet whose first byte and length were checked; `cut` when `body` is
/// only its beginning.
pub(super) fn decode(first: u8, body: &[u8], cut: bool) -> Result<Packet<'_>, ProtocolError> {
    match (first, body) {
        (0x20, &[flags, code]) => connack(flags, code).map(Packet::Connack),
        (0x40, &[high, low]) => packet_id(high, low).map(Packet::Puback),
        (0x90, &[high, low, code]) => Ok(Packet::Suback {
            granted: suback_granted(code)?,
            packet_id: packet_id(high, low)?,
        }),
        (0xD0, &[]) => Ok(Packet::Pingresp),
        (0x30..=0x3F, _) if cut => Ok(Packet::TooLong {
            packet_id: publish(first, body)
                .ok()
                .and_then(|publish| publish.delivery.packet_id()),
        }),
        (0x30..=0x3F, _) => publish(first, body).map(Packet::Publish),
        _ => Err(ProtocolError::Malformed),
    }
}

impl Delivery {
    /// Returns what an acknowledgement must name.
    pub(super) const fn packet_id(self) -> Option<NonZeroU16> {
        match self {
            Self::AtMostOnce => None,
            Self::AtLeastOnce { packet_id, .. } => Some(packet_id),
        }
    }
}

/// Reads the answer to CONNECT (MQTT 3.1.1 §3.2.2).
const fn connack(
    flags: u8,
    code: u8,
) -> Result<Result<SessionPresent, ConnectRefusal>, ProtocolError> {
    //= MQTT 3.1.1 §3.2.2.1, §3.2.2.2: bits 7 to 1 are 0, and so is bit 0 of a refusal.
    let refusal = match (flags, code) {
        (0 | 1, 0) => return Ok(Ok(SessionPresent(flags == 1))),
        (0, 1) => ConnectRefusal::ProtocolVersion,
        (0, 2) => ConnectRefusal::IdentifierRejected,
        (0, 3) => ConnectRefusal::ServerUnavailable,
        (0, 4) => ConnectRefusal::BadCredentials,
        (0, 5) => ConnectRefusal::NotAuthorized,
        _ => return Err(ProtocolError::Malformed),
    };
    Ok(Err(refusal))
}

/// Reads a return code of SUBACK (MQTT 3.1.1 §3.9.3).
const fn suback_granted(code: u8) -> Result<bool, ProtocolError> {
    match code {
        0..=2 => Ok(true),
        0x80 => Ok(false),
        _ => Err(ProtocolError::Malformed),
    }
}

/// Reads a packet identifier (MQTT 3.1.1 §2.3.1: never 0).
fn packet_id(high: u8, low: u8) -> Result<NonZeroU16, ProtocolError> {
    NonZeroU16::new(u16::from_be_bytes([high, low])).ok_or(ProtocolError::Malformed)
}

/// Reads a message (MQTT 3.1.1 §3.3).
fn publish(first: u8, body: &[u8]) -> Result<Publish<'_>, ProtocolError> {
    let (topic, rest) = topic(body).ok_or(ProtocolError::Malformed)?;
    let (delivery, payload) = match rest {
        _ if first & 0x06 == 0 => (Delivery::AtMostOnce, rest),
        //= MQTT 3.1.1 §3.3.2.2: an identifier at QoS 1.
        &[high, low, ref payload @ ..] => {
            let packet_id = packet_id(high, low)?;
            let duplicate = first & 0x08 != 0;
            (
                Delivery::AtLeastOnce {
                    duplicate,
                    packet_id,
                },
                payload,
            )
        }
        _ => return Err(ProtocolError::Malformed),
    };
    Ok(Publish {
        delivery,
        payload,
        retain: first & 0x01 != 0,
        topic,
    })
}

/// Splits a topic name off the front.
fn topic(body: &[u8]) -> Option<(&str, &[u8])> {
    let &[high, low, ref rest @ ..] = body else {
        return None;
    };
    let len = usize::from(u16::from_be_bytes([high, low]));
    let (topic, rest) = rest.split_at_checked(len)?;
    //= MQTT 3.1.1 §1.5.3: well-formed UTF-8 without U+0000.
    //= MQTT 3.1.1 §3.3.2.1, §4.7.3: no wildcards, at least one character.
    let illegal = |byte: &u8| matches!(byte, 0 | b'#' | b'+');
    if topic.is_empty() || topic.iter().any(illegal) {
        return None;
    }
    Some((core::str::from_utf8(topic).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_first_byte_is_judged() {
        for byte in 0..=u8::MAX {
            let expected = match byte {
                0x20 | 0x40 | 0x90 | 0xD0 | 0x30..=0x33 | 0x3A | 0x3B => Ok(()),
                0x34 | 0x35 | 0x3C | 0x3D => Err(ProtocolError::Unexpected),
                0x10 | 0x50 | 0x62 | 0x70 | 0x82 | 0xA2 | 0xB0 | 0xC0 | 0xE0 => {
                    Err(ProtocolError::Unexpected)
                }
                _ => Err(ProtocolError::Malformed),
            };
            assert_eq!(check_first(byte), expected, "{byte:#04x}");
        }
    }
}
