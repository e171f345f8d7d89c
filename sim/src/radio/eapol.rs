//! The four messages of the key handshake, as bytes.
//!
//! Owns the layout of EAPOL-Key frames (IEEE 802.11-2020 §12.7.2). No key is computed and nothing
//! is encrypted in this world, so nonces, integrity codes and wrapped key data are bytes drawn
//! from the seed: right in place and length, meaningless in content.

use super::frame::{EtherType, Payload};
use super::management::RSN;

/// Version 2 and packet type 3, EAPOL-Key (IEEE 802.1X-2010 §11.3).
const VERSION: u8 = 2;
const PACKET_TYPE: u8 = 3;
/// Bytes before the body.
const HEADER: usize = 4;
/// Body without key data.
const FIXED: usize = 95;
/// Descriptor of RSN.
const DESCRIPTOR: u8 = 2;
/// Key data of message 3: the RSN element (22), the group key (24) and padding to 48, wrapped,
/// which adds 8.
const WRAPPED: usize = 56;
/// Bytes of a CCMP key.
const KEY_LENGTH: u16 = 16;

/// Which message it is. Variant order is that of the handshake.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum KeyMessage {
    /// The access point's nonce.
    One,
    /// The station's nonce, proven with the key.
    Two,
    /// The group key, and proof of the access point.
    Three,
    /// The station's last word.
    Four,
}

/// One message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct EapolKey {
    /// Which.
    pub(super) message: KeyMessage,
    /// Counts the access point's messages; an answer repeats it.
    pub(super) replay_counter: u64,
    /// The sender's nonce; zero in message 4.
    pub(super) nonce: [u8; 32],
    /// Stands for the integrity code; zero in message 1.
    pub(super) mic: [u8; 16],
}

impl KeyMessage {
    /// Returns the key information field (figure 12-33): version 2, pairwise, and who proves what.
    const fn information(self) -> u16 {
        match self {
            Self::One => 0x008A,
            Self::Two => 0x010A,
            Self::Three => 0x13CA,
            Self::Four => 0x030A,
        }
    }

    const fn from_information(information: u16) -> Option<Self> {
        match information {
            0x008A => Some(Self::One),
            0x010A => Some(Self::Two),
            0x13CA => Some(Self::Three),
            0x030A => Some(Self::Four),
            _ => None,
        }
    }
}

impl EapolKey {
    /// Writes the message into a payload.
    pub(super) fn payload(&self) -> Payload {
        let wrapped = self.wrapped();
        let (key_length, data): (u16, &[u8]) = match self.message {
            KeyMessage::One => (KEY_LENGTH, &[]),
            KeyMessage::Two => (0, &RSN),
            KeyMessage::Three => (KEY_LENGTH, &wrapped),
            KeyMessage::Four => (0, &[]),
        };
        let data_length = u16::try_from(data.len()).expect("key data is short");
        let body_length = u16::try_from(FIXED + data.len()).expect("key data is short");
        let mut bytes = Vec::with_capacity(HEADER + FIXED + data.len());
        bytes.extend_from_slice(&[VERSION, PACKET_TYPE]);
        bytes.extend_from_slice(&body_length.to_be_bytes());
        bytes.push(DESCRIPTOR);
        bytes.extend_from_slice(&self.message.information().to_be_bytes());
        bytes.extend_from_slice(&key_length.to_be_bytes());
        bytes.extend_from_slice(&self.replay_counter.to_be_bytes());
        bytes.extend_from_slice(&self.nonce);
        // The IV of the key, its sequence counter and a reserved field are zero.
        bytes.extend_from_slice(&[0; 16 + 8 + 8]);
        bytes.extend_from_slice(&self.mic);
        bytes.extend_from_slice(&data_length.to_be_bytes());
        bytes.extend_from_slice(data);
        Payload::Data {
            ether_type: EtherType::Eapol,
            bytes,
        }
    }

    /// Reads a payload; `None` if it is malformed or none of the four messages.
    pub(super) fn of(payload: &Payload) -> Option<Self> {
        let Payload::Data {
            ether_type: EtherType::Eapol,
            bytes,
        } = payload
        else {
            return None;
        };
        let (header, body) = bytes.split_first_chunk::<HEADER>()?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let fits = header[1] == PACKET_TYPE && length == body.len() && body.first()? == &DESCRIPTOR;
        let data_length = usize::from(u16::from_be_bytes(array(body, 93)?));
        if !fits || body.len() != FIXED + data_length {
            return None;
        }
        Some(Self {
            message: KeyMessage::from_information(u16::from_be_bytes(array(body, 1)?))?,
            replay_counter: u64::from_be_bytes(array(body, 5)?),
            nonce: array(body, 13)?,
            mic: array(body, 77)?,
        })
    }

    /// Returns bytes in the place of wrapped key data: nonce and code, repeated.
    fn wrapped(&self) -> [u8; WRAPPED] {
        let mut wrapped = [0; WRAPPED];
        let source = self.mic.iter().chain(&self.nonce).cycle();
        for (byte, from) in wrapped.iter_mut().zip(source) {
            *byte = from.rotate_left(3) ^ 0x5A;
        }
        wrapped
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk::<N>().copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [(KeyMessage, usize); 4] = [
        (KeyMessage::One, 99),
        (KeyMessage::Two, 121),
        (KeyMessage::Three, 155),
        (KeyMessage::Four, 99),
    ];

    #[test]
    fn each_message_has_its_length_and_is_read_as_written() {
        for (message, length) in ALL {
            let written = EapolKey {
                message,
                replay_counter: 0x0102_0304_0506_0708,
                nonce: [7; 32],
                mic: [9; 16],
            };
            let payload = written.payload();
            let Payload::Data { bytes, .. } = &payload else {
                panic!("a data frame");
            };
            assert_eq!(bytes.len(), length, "{message:?}");
            assert_eq!(EapolKey::of(&payload), Some(written));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let ether_type = EtherType::Eapol;
            let _read = EapolKey::of(&Payload::Data { ether_type, bytes });
        }
    }
}
