//! Noise that no check of the radio's catches: bytes of live frames change, on every layer.
//!
//! Only for tests. Checksums are put right again for half of what is changed, so that upper
//! layers see it.

use crate::radio::{EtherType, Frame, Payload};
use crate::rng::Rng;

/// Bytes of a frame that change at most.
const CHANGES_MAX: u64 = 8;
/// Bytes that a frame grows by at most.
const GROWTH_MAX: u64 = 64;
const HALF_PPM: u32 = 500_000;

/// Changes a share of the frames that pass.
#[derive(Debug)]
pub(crate) struct Mangler {
    pub(crate) luck: Rng,
    pub(crate) share_ppm: u32,
}

impl Mangler {
    pub(super) fn mangle(&mut self, frame: &mut Frame) {
        if !self.luck.chance_ppm(self.share_ppm) {
            return;
        }
        match &mut frame.payload {
            Payload::Data { ether_type, bytes } => {
                let repairs = *ether_type == EtherType::Ipv4 && self.luck.chance_ppm(HALF_PPM);
                self.change(bytes, repairs);
            }
            Payload::Management { body, .. } => {
                let mut bytes = body.to_vec();
                self.change(&mut bytes, false);
                *body = bytes.into();
            }
        }
    }

    fn change(&mut self, bytes: &mut Vec<u8>, repairs: bool) {
        match self.luck.up_to(5) {
            0 => bytes.truncate(self.below(bytes.len())),
            1 => {
                let grown = usize::try_from(self.luck.up_to(GROWTH_MAX)).unwrap_or(0);
                bytes.resize(bytes.len() + grown, self.byte());
            }
            _ => {
                // What is put right again is changed behind the headers of IP and TCP.
                let from = if repairs { 40.min(bytes.len()) } else { 0 };
                for _ in 0..=self.luck.up_to(CHANGES_MAX) {
                    let at = from + self.below(bytes.len() - from);
                    let byte = self.byte();
                    if let Some(old) = bytes.get_mut(at) {
                        *old = byte;
                    }
                }
            }
        }
        if repairs {
            repair(bytes);
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        let last = u64::try_from(bound).unwrap_or(0).saturating_sub(1);
        usize::try_from(self.luck.up_to(last)).unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.luck.up_to(255)).unwrap_or(0)
    }
}

/// Puts length and checksums of an IPv4 packet right, and those of what it carries.
fn repair(packet: &mut [u8]) {
    const HEADER: usize = 20;
    let Ok(length) = u16::try_from(packet.len()) else {
        return;
    };
    let checksum_at = match packet.get(9) {
        Some(6) => 16,
        Some(17) => 6,
        _ => return,
    };
    if packet.len() < HEADER + checksum_at + 2 {
        return;
    }
    packet[0] = 0x45;
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    packet[10..12].fill(0);
    let sum = checksum(&packet[..HEADER], 0);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    let body = length - 20;
    if packet[9] == 17 {
        packet[HEADER + 4..HEADER + 6].copy_from_slice(&body.to_be_bytes());
    }
    let at = HEADER + checksum_at;
    packet[at..at + 2].fill(0);
    // RFC 9293 §3.1 and RFC 768: addresses, protocol and length count as well.
    let pseudo = sum_of(&packet[12..20]) + u32::from(packet[9]) + u32::from(body);
    let sum = checksum(&packet[HEADER..], pseudo);
    packet[at..at + 2].copy_from_slice(&sum.to_be_bytes());
}

fn sum_of(bytes: &[u8]) -> u32 {
    let pairs = bytes.chunks(2);
    pairs
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)))
        .sum()
}

fn checksum(bytes: &[u8], start: u32) -> u16 {
    let mut sum = sum_of(bytes) + start;
    while sum > 0xFFFF {
        sum = (sum >> 16) + (sum & 0xFFFF);
    }
    !u16::try_from(sum).expect("it was folded")
}
