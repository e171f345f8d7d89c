//! Frames of 802.11 as they are without encryption: headers, LLC/SNAP and check sequence.
//!
//! Owns the MAC header and the FCS. Does not know what a frame carries, nor whether it arrived.

use crate::radio::{Frame, MacAddress, Payload, Preamble, Rate, Standard, Timing, ack_time};
use crate::stack::Direction;

/// Frame control: a data frame, and one with QoS control.
const DATA: u8 = 0x08;
const QOS_DATA: u8 = 0x88;
/// Frame control: an acknowledgement.
const ACK: u8 = 0xD4;
/// Flags of frame control.
const TO_DS: u8 = 0x01;
const FROM_DS: u8 = 0x02;
const RETRY: u8 = 0x08;
/// LLC/SNAP before an `EtherType` (RFC 1042).
const SNAP: [u8; 6] = [0xAA, 0xAA, 0x03, 0, 0, 0];

/// What a header says beside the frame itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Address of the access point's cell.
    pub(super) bssid: MacAddress,
    /// Which way it goes.
    pub(super) direction: Direction,
    /// At what rate.
    pub(super) rate: Rate,
    /// Whether it was sent before.
    pub(super) retry: bool,
    /// Its number, 12 bits.
    pub(super) sequence: u16,
    /// What both ends speak; only 802.11n has QoS.
    pub(super) standard: Standard,
}

/// Returns whom a frame is for on the air. A station sends everything through its cell.
pub(super) const fn receiver(frame: &Frame, head: &Head) -> MacAddress {
    match (&frame.payload, head.direction) {
        (Payload::Data { .. }, Direction::Up) => head.bssid,
        (Payload::Data { .. } | Payload::Management { .. }, _) => frame.receiver,
    }
}

/// Returns a frame with its header, without FCS, and where its payload begins.
pub(super) fn frame(frame: &Frame, head: &Head) -> (Vec<u8>, usize) {
    let mut out = Vec::new();
    let retry = if head.retry { RETRY } else { 0 };
    let duration_us = duration_us(head, receiver(frame, head));
    match &frame.payload {
        Payload::Data { ether_type, bytes } => {
            let has_qos = head.standard == Standard::N;
            let (flags, addresses) = match head.direction {
                Direction::Up => (TO_DS, [head.bssid, frame.sender, frame.receiver]),
                Direction::Down => (FROM_DS, [frame.receiver, head.bssid, frame.sender]),
            };
            out.extend_from_slice(&[if has_qos { QOS_DATA } else { DATA }, flags | retry]);
            rest_of_header(duration_us, addresses, head.sequence, &mut out);
            if has_qos {
                // Best effort, acknowledged one by one.
                out.extend_from_slice(&[0, 0]);
            }
            out.extend_from_slice(&SNAP);
            out.extend_from_slice(&ether_type.number().to_be_bytes());
            let payload = out.len();
            out.extend_from_slice(bytes);
            (out, payload)
        }
        Payload::Management { subtype, body } => {
            let addresses = [frame.receiver, frame.sender, head.bssid];
            out.extend_from_slice(&[subtype << 4, retry]);
            rest_of_header(duration_us, addresses, head.sequence, &mut out);
            let payload = out.len();
            out.extend_from_slice(body);
            (out, payload)
        }
    }
}

/// Returns an acknowledgement for the sender of a frame, without FCS.
pub(super) fn acknowledgement(to: MacAddress) -> Vec<u8> {
    let mut out = vec![ACK, 0, 0, 0];
    out.extend_from_slice(&to.0);
    out
}

/// Appends the FCS to a frame that starts at `start`; a wrong one if the frame was not read.
pub(super) fn seal(start: usize, received: bool, out: &mut Vec<u8>) {
    let fcs = crc32(&out[start..]);
    let fcs = if received { fcs } else { !fcs };
    out.extend_from_slice(&fcs.to_le_bytes());
}

/// Returns for how long the medium stays taken after the frame: SIFS and acknowledgement.
fn duration_us(head: &Head, receiver: MacAddress) -> u16 {
    if receiver.is_group() {
        return 0;
    }
    let taken = Timing::of(head.standard).sifs;
    let taken = taken.plus(ack_time(head.rate, Preamble::Long));
    u16::try_from(taken.as_micros()).expect("an acknowledgement takes below 1 ms")
}

fn rest_of_header(duration_us: u16, addresses: [MacAddress; 3], sequence: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(&duration_us.to_le_bytes());
    for address in addresses {
        out.extend_from_slice(&address.0);
    }
    // The lower four bits number fragments, of which there are none.
    out.extend_from_slice(&(sequence << 4).to_le_bytes());
}

/// Returns the CRC-32 of IEEE 802.3, which 802.11 uses as its FCS (IEEE 802.11-2020 §9.2.4.8).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        let [low, ..] = crc.to_le_bytes();
        (crc >> 8) ^ TABLE[usize::from(low ^ byte)]
    })
}

/// The CRC of each byte.
const TABLE: [u32; 256] = {
    /// x³² + x²⁶ + … + 1, bits reversed.
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let mut table = [0; 256];
    let mut index: u32 = 0;
    while index < 256 {
        let mut crc = index;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[index as usize] = crc;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::EtherType;

    #[test]
    fn the_check_value_of_the_crc_is_right() {
        // The check value that catalogues give for CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_frame_to_the_network_names_cell_sender_and_receiver() {
        let (bytes, payload) = frame(&data(), &head(Direction::Up, Rate::Ofdm(24)));
        assert_eq!(payload, 24 + 8);
        // Data, to the network, sent again; 10 µs and 34 µs for the acknowledgement.
        assert_eq!(bytes[..4], [0x08, 0x09, 44, 0]);
        assert_eq!(bytes[4..22], addresses([9, 1, 2]));
        assert_eq!(bytes[22..24], [0x30, 0x12]);
        assert_eq!(bytes[24..32], [0xAA, 0xAA, 3, 0, 0, 0, 0x08, 0x00]);
    }

    #[test]
    fn a_frame_from_the_network_at_an_ht_rate_has_qos_control() {
        let (bytes, payload) = frame(&data(), &head(Direction::Down, Rate::Ht(7)));
        assert_eq!(payload, 26 + 8);
        assert_eq!(bytes[..2], [0x88, 0x0A]);
        assert_eq!(bytes[4..22], addresses([2, 9, 1]));
    }

    #[test]
    fn a_wrong_check_sequence_is_wrong() {
        let mut bytes = acknowledgement(MacAddress([2; 6]));
        seal(0, true, &mut bytes);
        // A frame followed by its own FCS leaves this remainder.
        assert_eq!(crc32(&bytes), 0x2144_DF1C);
        let mut bytes = acknowledgement(MacAddress([2; 6]));
        seal(0, false, &mut bytes);
        assert_ne!(crc32(&bytes), 0x2144_DF1C);
    }

    #[test]
    fn the_medium_is_kept_for_as_long_as_the_acknowledgement_takes() {
        for (rate, ack_us) in [
            (Rate::Dsss(10), 304),
            (Rate::Dsss(110), 248),
            (Rate::Ofdm(6), 50),
            (Rate::Ofdm(18), 38),
            (Rate::Ofdm(54), 34),
            (Rate::Ht(0), 50),
            (Rate::Ht(2), 38),
            (Rate::Ht(7), 34),
        ] {
            let head = head(Direction::Up, rate);
            assert_eq!(duration_us(&head, head.bssid), 10 + ack_us, "{rate:?}");
            assert_eq!(duration_us(&head, MacAddress::BROADCAST), 0);
        }
    }

    #[test]
    fn a_station_sends_to_everyone_through_its_cell() {
        let everyone = Frame {
            receiver: MacAddress::BROADCAST,
            ..data()
        };
        let up = head(Direction::Up, Rate::Ofdm(6));
        assert_eq!(receiver(&everyone, &up), up.bssid);
        let down = head(Direction::Down, Rate::Ofdm(6));
        assert_eq!(receiver(&everyone, &down), MacAddress::BROADCAST);
    }

    fn data() -> Frame {
        Frame {
            sender: MacAddress([1; 6]),
            receiver: MacAddress([2; 6]),
            payload: Payload::Data {
                ether_type: EtherType::Ipv4,
                bytes: vec![0x45],
            },
        }
    }

    fn head(direction: Direction, rate: Rate) -> Head {
        Head {
            bssid: MacAddress([9; 6]),
            direction,
            rate,
            retry: true,
            sequence: 0x123,
            standard: match rate {
                Rate::Ht(_) => Standard::N,
                Rate::Dsss(_) | Rate::Ofdm(_) => Standard::G,
            },
        }
    }

    fn addresses(of: [u8; 3]) -> Vec<u8> {
        of.iter().flat_map(|byte| [*byte; 6]).collect()
    }
}
