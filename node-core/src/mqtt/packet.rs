//! Control packets that a client writes.
//!
//! Owns the layout of bytes. Does not know when a packet may be sent, nor what is in flight.
//!
//! ```text
//!  fixed header            variable header              payload
//!  | type, flags | length | identifiers, flags, topic … | the rest |
//! ```

use core::num::NonZeroU16;

use crate::text::Writer;

/// PINGREQ (MQTT 3.1.1 §3.12.1).
pub(super) const PINGREQ: [u8; 2] = [0xC0, 0];
/// DISCONNECT (MQTT 3.1.1 §3.14.1).
pub(super) const DISCONNECT: [u8; 2] = [0xE0, 0];
/// Bytes of a PUBACK (MQTT 3.1.1 §3.4).
pub(super) const PUBACK_LEN: usize = 4;
/// Most bytes of type, flags and remaining length (MQTT 3.1.1 §2.2.3).
pub(super) const FIXED_HEADER_MAX: usize = 5;

/// A request to open a session (MQTT 3.1.1 §3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Connect<'a> {
    /// Forget what earlier streams left behind.
    pub clean_session: bool,
    /// Client identifier.
    pub client_id: &'a str,
    /// Longest silence, in seconds; 0 for any.
    pub keep_alive_s: u16,
    /// Password; empty for none, and none without a user name.
    pub password: &'a str,
    /// User name; empty for none.
    pub username: &'a str,
    /// What the broker says when this client is lost.
    pub will: Option<Will<'a>>,
}

/// A retained message at QoS 0 that the broker publishes for a lost client (MQTT 3.1.1 §3.1.2.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Will<'a> {
    /// What it says.
    pub payload: &'a [u8],
    /// Where it goes.
    pub topic: &'a str,
}

/// An application message, to or from the broker (MQTT 3.1.1 §3.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Publish<'a> {
    /// How surely it arrives.
    pub delivery: Delivery,
    /// What it says.
    pub payload: &'a [u8],
    /// Keep it for subscribers to come; from the broker: it was kept.
    pub retain: bool,
    /// Where it belongs.
    pub topic: &'a str,
}

/// How surely a message arrives (MQTT 3.1.1 §4.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// QoS 0.
    AtMostOnce,
    /// QoS 1.
    AtLeastOnce {
        /// True when it was sent before.
        duplicate: bool,
        /// What the acknowledgement will name.
        packet_id: NonZeroU16,
    },
}

impl Connect<'_> {
    /// Appends the packet.
    pub fn write(&self, out: &mut Writer<'_>) {
        //= MQTT 3.1.1 §3.1.2.9: no password without a user name.
        let has_username = !self.username.is_empty();
        let has_password = has_username && !self.password.is_empty();
        let will_len = self.will.map_or(0, |will| {
            text_len(will.topic).saturating_add(text_len_of(will.payload))
        });
        let length = CONNECT_HEADER_LEN
            .saturating_add(text_len(self.client_id))
            .saturating_add(will_len)
            .saturating_add(if has_username {
                text_len(self.username)
            } else {
                0
            })
            .saturating_add(if has_password {
                text_len(self.password)
            } else {
                0
            });
        //= MQTT 3.1.1 §3.1.2.3: the bits of the connect flags.
        let flags = bit(0x80, has_username)
            | bit(0x40, has_password)
            | bit(WILL_RETAIN | WILL, self.will.is_some())
            | bit(0x02, self.clean_session);
        //= MQTT 3.1.1 §3.1.1: type 1, flags 0.
        header(0x10, length, out);
        //= MQTT 3.1.1 §3.1.2.1, §3.1.2.2: protocol name, and level 4.
        text("MQTT", out);
        out.bytes(&[4, flags])
            .bytes(&self.keep_alive_s.to_be_bytes());
        //= MQTT 3.1.1 §3.1.3: identifier, will topic, will message, user name, password.
        text(self.client_id, out);
        if let Some(will) = self.will {
            text(will.topic, out);
            prefixed(will.payload, out);
        }
        if has_username {
            text(self.username, out);
        }
        if has_password {
            text(self.password, out);
        }
    }
}

impl Publish<'_> {
    /// Appends the packet.
    pub fn write(&self, out: &mut Writer<'_>) {
        //= MQTT 3.1.1 §3.3.1: type 3; DUP, QoS and RETAIN in bits 3 to 0.
        let first = 0x30 | self.delivery.flags() | bit(0x01, self.retain);
        header(first, self.body_len(), out);
        text(self.topic, out);
        //= MQTT 3.1.1 §3.3.2.2: an identifier only at QoS 1 and 2.
        if let Delivery::AtLeastOnce { packet_id, .. } = self.delivery {
            out.bytes(&packet_id.get().to_be_bytes());
        }
        out.bytes(self.payload);
    }

    /// Returns how many bytes the packet may take at most.
    pub(super) fn len_max(&self) -> usize {
        self.body_len().saturating_add(FIXED_HEADER_MAX)
    }

    /// Returns the remaining length.
    fn body_len(&self) -> usize {
        let id_len: usize = match self.delivery {
            Delivery::AtMostOnce => 0,
            Delivery::AtLeastOnce { .. } => 2,
        };
        text_len(self.topic)
            .saturating_add(id_len)
            .saturating_add(self.payload.len())
    }
}

impl Delivery {
    /// Returns the bits of DUP and QoS.
    const fn flags(self) -> u8 {
        match self {
            //= MQTT 3.1.1 §3.3.1.1: DUP is 0 at QoS 0.
            Self::AtMostOnce => 0,
            Self::AtLeastOnce { duplicate, .. } => 0x02 | bit(0x08, duplicate),
        }
    }
}

/// Appends the acknowledgement of a message at QoS 1 (MQTT 3.1.1 §3.4).
pub fn write_puback(packet_id: NonZeroU16, out: &mut Writer<'_>) {
    header(0x40, 2, out);
    out.bytes(&packet_id.get().to_be_bytes());
}

/// Appends a request for the messages of one topic filter, at QoS 0 (MQTT 3.1.1 §3.8).
pub fn write_subscribe(packet_id: NonZeroU16, filter: &str, out: &mut Writer<'_>) {
    //= MQTT 3.1.1 §3.8.1: bits 3 to 0 are 0010.
    header(0x82, subscribe_body_len(filter), out);
    out.bytes(&packet_id.get().to_be_bytes());
    text(filter, out);
    out.bytes(&[0]);
}

/// Returns how many bytes a SUBSCRIBE may take at most.
pub(super) fn subscribe_len_max(filter: &str) -> usize {
    subscribe_body_len(filter).saturating_add(FIXED_HEADER_MAX)
}

fn subscribe_body_len(filter: &str) -> usize {
    text_len(filter).saturating_add(3)
}

/// Protocol name, level, flags and keep-alive (MQTT 3.1.1 §3.1.2).
const CONNECT_HEADER_LEN: usize = 10;
/// A will is there (MQTT 3.1.1 §3.1.2.5).
const WILL: u8 = 0x04;
/// The will is retained (MQTT 3.1.1 §3.1.2.7).
const WILL_RETAIN: u8 = 0x20;

/// Returns `mask` when `set`, else no bit.
const fn bit(mask: u8, set: bool) -> u8 {
    if set { mask } else { 0 }
}

/// Appends the fixed header (MQTT 3.1.1 §2.2).
fn header(first: u8, length: usize, out: &mut Writer<'_>) {
    out.bytes(&[first]);
    //= MQTT 3.1.1 §2.2.3: seven bits a byte, least significant first, the eighth says "more".
    let mut rest = length;
    for _ in 1..FIXED_HEADER_MAX {
        let low = u8::try_from(rest & 0x7F).unwrap_or(0);
        rest >>= 7;
        out.bytes(&[low | bit(0x80, rest > 0)]);
        if rest == 0 {
            break;
        }
    }
}

/// Returns how many bytes [`text`] writes.
const fn text_len(text: &str) -> usize {
    text_len_of(text.as_bytes())
}

/// Returns how many bytes [`prefixed`] writes.
const fn text_len_of(bytes: &[u8]) -> usize {
    bytes.len().saturating_add(2)
}

/// Appends a string (MQTT 3.1.1 §1.5.3).
fn text(text: &str, out: &mut Writer<'_>) {
    prefixed(text.as_bytes(), out);
}

/// Appends bytes behind their number; what is longer than 65535 bytes overflows any writer of
/// this crate and is never sent.
fn prefixed(bytes: &[u8], out: &mut Writer<'_>) {
    let len = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.bytes(&len.to_be_bytes()).bytes(bytes);
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
        let mut buffer = [0; 256];
        let mut out = Writer::new(&mut buffer);
        write(&mut out);
        out.finish().unwrap().to_vec()
    }

    #[test]
    fn a_connect_holds_its_fields_in_order() {
        let connect = Connect {
            clean_session: true,
            client_id: "n1",
            keep_alive_s: 60,
            password: "pw",
            username: "u",
            will: Some(Will {
                payload: b"off",
                topic: "t/s",
            }),
        };
        let expected = b"\x10\x1F\x00\x04MQTT\x04\xE6\x00\x3C\x00\x02n1\
            \x00\x03t/s\x00\x03off\x00\x01u\x00\x02pw";
        assert_eq!(written(|out| connect.write(out)), expected);
    }

    #[test]
    fn a_password_without_a_user_name_is_left_out() {
        let connect = Connect {
            clean_session: false,
            client_id: "n",
            keep_alive_s: 0,
            password: "secret",
            username: "",
            will: None,
        };
        let expected = b"\x10\x0D\x00\x04MQTT\x04\x00\x00\x00\x00\x01n";
        assert_eq!(written(|out| connect.write(out)), expected);
    }

    #[test]
    fn a_publish_carries_its_flags_and_identifier() {
        let mut publish = Publish {
            delivery: Delivery::AtLeastOnce {
                duplicate: true,
                packet_id: NonZeroU16::new(258).unwrap(),
            },
            payload: b"25.0",
            retain: true,
            topic: "t",
        };
        assert_eq!(
            written(|out| publish.write(out)),
            b"\x3B\x09\x00\x01t\x01\x0225.0"
        );
        publish.delivery = Delivery::AtMostOnce;
        publish.retain = false;
        assert_eq!(written(|out| publish.write(out)), b"\x30\x07\x00\x01t25.0");
    }

    #[test]
    fn the_remaining_length_takes_one_to_four_bytes() {
        //= MQTT 3.1.1 §2.2.3, table 2.4
        let cases: [(usize, &[u8]); 8] = [
            (0, &[0x00]),
            (127, &[0x7F]),
            (128, &[0x80, 0x01]),
            (16_383, &[0xFF, 0x7F]),
            (16_384, &[0x80, 0x80, 0x01]),
            (2_097_151, &[0xFF, 0xFF, 0x7F]),
            (2_097_152, &[0x80, 0x80, 0x80, 0x01]),
            (268_435_455, &[0xFF, 0xFF, 0xFF, 0x7F]),
        ];
        for (length, expected) in cases {
            assert_eq!(
                written(|out| header(0x30, length, out))[1..],
                *expected,
                "{length}"
            );
        }
    }

    #[test]
    fn a_subscribe_asks_for_one_filter_at_qos_0() {
        let id = NonZeroU16::new(7).unwrap();
        let expected = b"\x82\x08\x00\x07\x00\x03t/c\x00";
        assert_eq!(written(|out| write_subscribe(id, "t/c", out)), expected);
    }

    #[test]
    fn the_announced_sizes_hold() {
        let id = NonZeroU16::MAX;
        assert_eq!(written(|out| write_puback(id, out)).len(), PUBACK_LEN);
        assert!(written(|out| write_subscribe(id, "t/c", out)).len() <= subscribe_len_max("t/c"));
    }
}
