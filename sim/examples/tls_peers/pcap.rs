//! A capture written from what our end sent and received, for machines where none may be taken.
//!
//! Owns the file: classic pcap with bare IPv4 packets, whose checksums nobody fills in.

use nodelab_sim::stack::tls::Side;

/// `LINKTYPE_RAW`: a packet begins with its IP header.
const RAW: u32 = 101;
/// Bytes of the headers of IPv4 and TCP.
const HEADERS: usize = 40;
/// Longest piece of the stream in one packet.
const PIECE: usize = 16_000;

/// Returns the head of a file.
pub(crate) fn header() -> Vec<u8> {
    let words = [0xa1b2_c3d4, 0x0002_0004, 0, 0, 65_535, RAW];
    let mut bytes: Vec<u8> = words
        .iter()
        .flat_map(|word: &u32| word.to_be_bytes())
        .collect();
    // Major and minor number are two bytes each: 2.4.
    bytes[4..8].copy_from_slice(&[0, 2, 0, 4]);
    bytes
}

/// Appends a connection between two ports of the loopback address.
pub(crate) fn connection(file: &mut Vec<u8>, ports: (u16, u16), pieces: &[(Side, Vec<u8>)]) {
    let mut next = [1_u32, 1];
    for (side, bytes) in pieces {
        let (own, peer, from, to) = match side {
            Side::Client => (0, 1, ports.0, ports.1),
            Side::Server => (1, 0, ports.1, ports.0),
        };
        for piece in bytes.chunks(PIECE) {
            packet(file, (from, to), (next[own], next[peer]), piece);
            next[own] += u32::try_from(piece.len()).expect("it is short");
        }
    }
}

fn packet(file: &mut Vec<u8>, ports: (u16, u16), numbers: (u32, u32), bytes: &[u8]) {
    let length = u16::try_from(HEADERS + bytes.len()).expect("a piece is short");
    for word in [0, 0, u32::from(length), u32::from(length)] {
        file.extend(word.to_be_bytes());
    }
    // Version 4, five words, no fragment, 64 hops, TCP, from 127.0.0.1 to 127.0.0.1.
    file.extend([0x45, 0]);
    file.extend(length.to_be_bytes());
    file.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    file.extend(ports.0.to_be_bytes());
    file.extend(ports.1.to_be_bytes());
    file.extend(numbers.0.to_be_bytes());
    file.extend(numbers.1.to_be_bytes());
    // Five words; ACK and PSH; a full window.
    file.extend([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
    file.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_as_long_as_its_headers_say() {
        let mut file = header();
        let pieces = [(Side::Client, vec![7; 3]), (Side::Server, vec![8; 2])];
        connection(&mut file, (50_000, 443), &pieces);
        assert_eq!(file.len(), 24 + 2 * (16 + HEADERS) + 5);
        // The length of the first packet, then its IP header's own.
        assert_eq!(file[24 + 8..24 + 12], [0, 0, 0, 43]);
        assert_eq!(file[24 + 18..24 + 20], [0, 43]);
    }
}
