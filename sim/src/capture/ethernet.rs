//! Headers of Ethernet II.

use crate::radio::{EtherType, Frame};

/// Two addresses and a type.
pub(super) const HEADER: usize = 14;

/// Returns a data frame as a network interface hands it to programs.
pub(super) fn frame(frame: &Frame, ether_type: EtherType, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + bytes.len());
    out.extend_from_slice(&frame.receiver.0);
    out.extend_from_slice(&frame.sender.0);
    out.extend_from_slice(&ether_type.number().to_be_bytes());
    out.extend_from_slice(bytes);
    out
}
