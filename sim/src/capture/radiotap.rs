//! Radiotap headers: what a radio notes about a frame (radiotap.org, defined fields).
//!
//! Owns the fields and their alignment. Does not know what the frame says.

use crate::radio::Rate;

/// What is noted about one frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reception {
    /// Channel, 1 to 13.
    pub(super) channel: u8,
    /// At what rate it was sent.
    pub(super) rate: Rate,
    /// Whether the receiver could read it.
    pub(super) received: bool,
    /// Strength of the signal at the receiver, in dBm.
    pub(super) signal_dbm: i8,
    /// When its first bit came, in microseconds.
    pub(super) time_us: u64,
}

/// Bits of the presence word.
const TSFT: u32 = 1 << 0;
const FLAGS: u32 = 1 << 1;
const RATE: u32 = 1 << 2;
const CHANNEL: u32 = 1 << 3;
const SIGNAL: u32 = 1 << 5;
const MCS: u32 = 1 << 19;
/// Flags: the frame ends with its FCS.
const FCS_AT_END: u8 = 0x10;
/// Flags: the frame failed its FCS.
const FCS_BAD: u8 = 0x40;
/// Flags of the channel: CCK, OFDM, 2 GHz, and both modulations by turns.
const CHANNEL_CCK: u16 = 0x0020;
const CHANNEL_OFDM: u16 = 0x0040;
const CHANNEL_2_GHZ: u16 = 0x0080;
const CHANNEL_DYNAMIC: u16 = 0x0400;
/// MCS: bandwidth, index, guard interval, format, coding, STBC and extension streams are known.
const MCS_KNOWN: u8 = 0x7F;

/// Appends a header.
pub(super) fn header(reception: &Reception, out: &mut Vec<u8>) {
    let (rate, modulation, mcs) = match reception.rate {
        // Both are told in units of 500 kb/s.
        Rate::Dsss(hundreds) => (Some(hundreds / 5), CHANNEL_CCK, None),
        Rate::Ofdm(megabits) => (Some(megabits * 2), CHANNEL_OFDM, None),
        Rate::Ht(index) => (None, CHANNEL_DYNAMIC, Some(index)),
    };
    let present = TSFT
        | FLAGS
        | CHANNEL
        | SIGNAL
        | if rate.is_some() { RATE } else { 0 }
        | if mcs.is_some() { MCS } else { 0 };
    let length: u16 = if mcs.is_some() { 26 } else { 23 };
    // Version and padding.
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&present.to_le_bytes());
    out.extend_from_slice(&reception.time_us.to_le_bytes());
    out.push(FCS_AT_END | if reception.received { 0 } else { FCS_BAD });
    // Without a rate its place is padding: the channel is aligned to two bytes.
    out.push(rate.unwrap_or(0));
    out.extend_from_slice(&megahertz(reception.channel).to_le_bytes());
    out.extend_from_slice(&(CHANNEL_2_GHZ | modulation).to_le_bytes());
    out.extend_from_slice(&reception.signal_dbm.to_le_bytes());
    if let Some(index) = mcs {
        // 20 MHz, long guard interval, mixed format, binary convolutional code, no STBC.
        out.extend_from_slice(&[MCS_KNOWN, 0, index]);
    }
}

/// Returns the middle of a channel of the 2.4 GHz band (IEEE 802.11-2020 §15.4.4.3).
fn megahertz(channel: u8) -> u16 {
    2_407 + 5 * u16::from(channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_802_11b_is_told_in_half_megabits() {
        let mut out = Vec::new();
        header(&noted(Rate::Dsss(55), true), &mut out);
        let wanted = [
            0, 0, 23, 0, 0x2F, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0x10, 11, 0x85, 0x09, 0xA0, 0, 0xC4,
        ];
        assert_eq!(out, wanted);
    }

    #[test]
    fn a_rate_of_802_11n_is_told_by_its_index() {
        let mut out = Vec::new();
        header(&noted(Rate::Ht(7), false), &mut out);
        assert_eq!(out.len(), 26);
        assert_eq!(out[4..8], [0x2B, 0, 0x08, 0]);
        assert_eq!(out[16], 0x50, "the FCS is there, and wrong");
        assert_eq!(out[23..], [0x7F, 0, 7]);
    }

    fn noted(rate: Rate, received: bool) -> Reception {
        Reception {
            channel: 6,
            rate,
            received,
            signal_dbm: -60,
            time_us: 7,
        }
    }

    #[test]
    fn channel_6_lies_at_2437_mhz() {
        assert_eq!(megahertz(1), 2_412);
        assert_eq!(megahertz(6), 2_437);
        assert_eq!(0x0985, 2_437);
    }
}
