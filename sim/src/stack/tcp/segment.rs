//! Reads TCP segments out of IPv4 packets.
//!
//! Owns as much of both headers as finding, counting and following streams takes. Trusts no
//! length: whatever is not a whole segment is none.

/// Protocol number of TCP, and where an IPv4 header has it.
//= RFC 791 §3.1
const TCP: u8 = 6;
const PROTOCOL_AT: usize = 9;
/// Length of an IPv4 header without options, and of a TCP header without options.
const HEADER: usize = 20;
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;

/// A TCP segment in an IPv4 packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Segment<'a> {
    /// Address and port it is for.
    pub destination: ([u8; 4], u16),
    /// Flags of TCP, the lower eight.
    pub flags: u8,
    /// Length of the IPv4 header, in bytes.
    pub ip_header: usize,
    /// What it carries.
    pub payload: &'a [u8],
    /// Number of its first byte in the stream.
    pub sequence: u32,
    /// Address and port it comes from.
    pub source: ([u8; 4], u16),
    /// Length of the TCP header, in bytes.
    pub tcp_header: usize,
}

impl<'a> Segment<'a> {
    /// Reads the segment in an IPv4 packet; `None` if there is no whole one.
    #[must_use]
    pub fn read(packet: &'a [u8]) -> Option<Self> {
        let first = *packet.first()?;
        let ip_header = usize::from(first & 0x0F) * 4;
        let total = usize::from(u16_at(packet, 2)?);
        // Fragments are not put together: more to come, or not the first.
        let is_fragment = u16_at(packet, 6)? & 0x3FFF != 0;
        if first >> 4 != 4 || ip_header < HEADER || is_fragment || !is_tcp(packet) {
            return None;
        }
        let segment = packet.get(ip_header..total)?;
        let tcp_header = usize::from(segment.get(12)? >> 4) * 4;
        if tcp_header < HEADER {
            return None;
        }
        Some(Self {
            destination: (address_at(packet, 16)?, u16_at(segment, 2)?),
            flags: *segment.get(13)?,
            ip_header,
            payload: segment.get(tcp_header..)?,
            sequence: u32_at(segment, 4)?,
            source: (address_at(packet, 12)?, u16_at(segment, 0)?),
            tcp_header,
        })
    }

    /// Returns true for the first segment of a direction of a stream.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.flags & SYN != 0
    }

    /// Returns true for a segment that asks for a connection.
    #[must_use]
    pub const fn opens(&self) -> bool {
        self.flags & (SYN | ACK) == SYN
    }
}

/// Returns true for a packet that says it carries TCP, whole or not.
pub(crate) fn is_tcp(packet: &[u8]) -> bool {
    packet.get(PROTOCOL_AT) == Some(&TCP)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

fn address_at(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at + 4)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A segment as another implementation of TCP would write it, options included.
    const PACKET: &[u8] = &[
        0x45, 0, 0, 47, 0, 1, 0x40, 0, 64, 6, 0, 0, 192, 168, 4, 2, 10, 0, 0, 1, // IPv4
        0xC0, 0, 0x07, 0x5B, 0, 0, 0, 9, 0, 0, 0, 1, 0x60, 0x18, 4, 0, 0, 0, 0, 0, // TCP
        2, 4, 2, 0x18, // maximum segment size
        b'a', b'b', b'c', // payload
    ];

    #[test]
    fn a_segment_with_options_is_read() {
        let segment = Segment::read(PACKET).unwrap();
        assert_eq!(segment.payload, b"abc");
        assert_eq!((segment.ip_header, segment.tcp_header), (20, 24));
        assert_eq!(segment.source, ([192, 168, 4, 2], 0xC000));
        assert_eq!(segment.destination, ([10, 0, 0, 1], 1_883));
        assert_eq!(segment.sequence, 9);
        assert!(!segment.is_first() && !segment.opens());
    }

    #[test]
    fn what_is_cut_short_is_no_segment() {
        for length in 0..PACKET.len() {
            assert_eq!(Segment::read(&PACKET[..length]), None, "{length}");
        }
        let mut fragment = PACKET.to_vec();
        fragment[6] = 0x20;
        assert_eq!(Segment::read(&fragment), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..80)) {
            if let Some(segment) = Segment::read(&bytes) {
                let headers = segment.ip_header + segment.tcp_header;
                prop_assert!(headers + segment.payload.len() <= bytes.len());
            }
        }
    }
}
