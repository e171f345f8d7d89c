//! Blocks of a pcapng file (IETF draft-ietf-opsawg-pcapng, version 1.0), little-endian.
//!
//! Owns numbers, lengths and padding. Does not know what a frame is.

/// Section Header Block.
const SECTION: u32 = 0x0A0D_0D0A;
/// Interface Description Block.
const INTERFACE: u32 = 1;
/// Interface Statistics Block.
const STATISTICS: u32 = 5;
/// Enhanced Packet Block.
const PACKET: u32 = 6;
/// Decryption Secrets Block.
const SECRETS: u32 = 10;
/// Secrets in the form of an NSS key log, "TLSK".
const SECRETS_TLS: u32 = 0x544C_534B;
/// Marks the byte order of a section.
const BYTE_ORDER: u32 = 0x1A2B_3C4D;
/// Timestamps count 10⁻⁹ s.
const RESOLUTION: [u8; 1] = [9];
const OPTION_END: u16 = 0;
const OPTION_COMMENT: u16 = 1;
const OPTION_FLAGS: u16 = 2;
const OPTION_NAME: u16 = 2;
const OPTION_DESCRIPTION: u16 = 3;
const OPTION_APPLICATION: u16 = 4;
const OPTION_HARDWARE_ADDRESS: u16 = 6;
const OPTION_RESOLUTION: u16 = 9;
/// Longest value of an option, in bytes, that is kept.
const OPTION_BYTES_MAX: usize = 1_024;

/// What an interface is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interface<'a> {
    /// What it is, in words.
    pub(super) description: &'a str,
    /// Its hardware address, if that is known.
    pub(super) hardware: Option<[u8; 6]>,
    /// Number of the link type, from the registry of tcpdump.org.
    pub(super) link_type: u16,
    /// Its name.
    pub(super) name: &'a str,
}

/// One packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'a> {
    /// Its bytes.
    pub(super) bytes: &'a [u8],
    /// Remarks on it.
    pub(super) comments: &'a [String],
    /// `epb_flags`.
    pub(super) flags: u32,
    /// Place of its interface among all of the file.
    pub(super) interface: u32,
    /// Nanoseconds since the Unix epoch.
    pub(super) time_ns: u64,
}

/// Appends the head of a section.
pub(super) fn section(application: &str, comment: &str, out: &mut Vec<u8>) {
    let start = begin(SECTION, out);
    u32(BYTE_ORDER, out);
    u16(1, out);
    u16(0, out);
    // The length of the section is not known while it is written.
    u64(u64::MAX, out);
    option(OPTION_COMMENT, comment.as_bytes(), out);
    option(OPTION_APPLICATION, application.as_bytes(), out);
    option(OPTION_END, &[], out);
    end(start, out);
}

/// Appends the description of an interface.
pub(super) fn interface(interface: &Interface<'_>, out: &mut Vec<u8>) {
    let start = begin(INTERFACE, out);
    u16(interface.link_type, out);
    u16(0, out);
    // No packet is cut short.
    u32(0, out);
    option(OPTION_NAME, interface.name.as_bytes(), out);
    option(OPTION_DESCRIPTION, interface.description.as_bytes(), out);
    if let Some(address) = interface.hardware {
        option(OPTION_HARDWARE_ADDRESS, &address, out);
    }
    option(OPTION_RESOLUTION, &RESOLUTION, out);
    option(OPTION_END, &[], out);
    end(start, out);
}

/// Appends a packet.
pub(super) fn packet(packet: &Packet<'_>, out: &mut Vec<u8>) {
    let start = begin(PACKET, out);
    u32(packet.interface, out);
    time(packet.time_ns, out);
    length(packet.bytes, out);
    length(packet.bytes, out);
    padded(packet.bytes, out);
    for comment in packet.comments {
        option(OPTION_COMMENT, comment.as_bytes(), out);
    }
    option(OPTION_FLAGS, &packet.flags.to_le_bytes(), out);
    option(OPTION_END, &[], out);
    end(start, out);
}

/// Appends the lines of a TLS key log.
pub(super) fn secrets(lines: &str, out: &mut Vec<u8>) {
    let start = begin(SECRETS, out);
    u32(SECRETS_TLS, out);
    length(lines.as_bytes(), out);
    padded(lines.as_bytes(), out);
    end(start, out);
}

/// Appends remarks that no packet came to carry, as statistics of an interface.
pub(super) fn remarks(interface: u32, time_ns: u64, comments: &[String], out: &mut Vec<u8>) {
    let start = begin(STATISTICS, out);
    u32(interface, out);
    time(time_ns, out);
    for comment in comments {
        option(OPTION_COMMENT, comment.as_bytes(), out);
    }
    option(OPTION_END, &[], out);
    end(start, out);
}

/// Begins a block; returns where.
fn begin(kind: u32, out: &mut Vec<u8>) -> usize {
    let start = out.len();
    u32(kind, out);
    u32(0, out);
    start
}

/// Ends the block that began at `start`: its length stands at both ends.
fn end(start: usize, out: &mut Vec<u8>) {
    let total = u32::try_from(out.len() - start + 4).expect("no block is as long as 4 GiB");
    out[start + 4..start + 8].copy_from_slice(&total.to_le_bytes());
    u32(total, out);
}

/// Appends a time: the upper half stands first, whatever the byte order.
fn time(time_ns: u64, out: &mut Vec<u8>) {
    let [high, low] = [time_ns >> 32, time_ns & u64::from(u32::MAX)];
    for half in [high, low] {
        u32(u32::try_from(half).expect("half of 64 bits"), out);
    }
}

fn option(code: u16, value: &[u8], out: &mut Vec<u8>) {
    let value = &value[..value.len().min(OPTION_BYTES_MAX)];
    u16(code, out);
    u16(
        u16::try_from(value.len()).expect("an option was cut to its longest"),
        out,
    );
    padded(value, out);
}

fn length(bytes: &[u8], out: &mut Vec<u8>) {
    u32(
        u32::try_from(bytes.len()).expect("no packet is as long as 4 GiB"),
        out,
    );
}

/// Appends bytes, and zeros up to a multiple of four.
fn padded(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(bytes);
    let padding = bytes.len().next_multiple_of(4) - bytes.len();
    out.extend_from_slice(&[0; 3][..padding]);
}

fn u16(value: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn u32(value: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn u64(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A reader of the specification's words gets back what was written.
        #[test]
        fn packets_come_back_as_they_were_written(
            bytes in vec(any::<u8>(), 0..300),
            comments in vec("[ -~]{0,40}", 0..4),
            (flags, interface, time_ns) in any::<(u32, u32, u64)>(),
        ) {
            let mut out = Vec::new();
            let written = Packet { bytes: &bytes, comments: &comments, flags, interface, time_ns };
            packet(&written, &mut out);
            let blocks = read(&out);
            prop_assert_eq!(blocks.len(), 1);
            let (kind, body) = &blocks[0];
            prop_assert_eq!(*kind, PACKET);
            prop_assert_eq!(word(body, 0), interface);
            let time = u64::from(word(body, 4)) << 32 | u64::from(word(body, 8));
            prop_assert_eq!(time, time_ns);
            prop_assert_eq!(word(body, 12) as usize, bytes.len());
            prop_assert_eq!(word(body, 16) as usize, bytes.len());
            prop_assert_eq!(&body[20..20 + bytes.len()], &bytes[..]);
            let options = options(&body[20 + bytes.len().next_multiple_of(4)..]);
            let read: Vec<_> = options.iter().filter(|(code, _)| *code == OPTION_COMMENT)
                .map(|(_, value)| String::from_utf8(value.clone()).unwrap()).collect();
            prop_assert_eq!(read, comments);
            let wanted = (OPTION_FLAGS, flags.to_le_bytes().to_vec());
            prop_assert!(options.contains(&wanted));
        }

        #[test]
        fn secrets_come_back_as_they_were_written(lines in "[ -~\n]{0,200}") {
            let mut out = Vec::new();
            secrets(&lines, &mut out);
            let blocks = read(&out);
            let (kind, body) = &blocks[0];
            prop_assert_eq!((*kind, word(body, 0)), (SECRETS, SECRETS_TLS));
            prop_assert_eq!(&body[8..8 + word(body, 4) as usize], lines.as_bytes());
        }
    }

    #[test]
    fn an_interface_states_nanoseconds() {
        let mut out = Vec::new();
        section("nodelab 1", "a remark", &mut out);
        let named = Interface {
            description: "node 3",
            hardware: Some([2, 0, 0, 0, 0, 3]),
            link_type: 127,
            name: "node3",
        };
        interface(&named, &mut out);
        let blocks = read(&out);
        assert_eq!(blocks[0].0, SECTION);
        assert_eq!(word(&blocks[0].1, 0), BYTE_ORDER);
        let (kind, body) = &blocks[1];
        assert_eq!((*kind, body[0]), (INTERFACE, 127));
        let options = options(&body[8..]);
        assert!(options.contains(&(OPTION_NAME, b"node3".to_vec())));
        assert!(options.contains(&(OPTION_RESOLUTION, vec![9])));
    }

    /// Splits a file into types and bodies, checking both lengths of each block.
    pub(in crate::capture) fn read(mut bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
        let mut blocks = Vec::new();
        while !bytes.is_empty() {
            let (kind, length) = (word(bytes, 0), word(bytes, 4) as usize);
            assert_eq!(length % 4, 0);
            assert_eq!(word(bytes, length - 4) as usize, length);
            blocks.push((kind, bytes[8..length - 4].to_vec()));
            bytes = &bytes[length..];
        }
        blocks
    }

    pub(in crate::capture) fn word(bytes: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    fn options(mut bytes: &[u8]) -> Vec<(u16, Vec<u8>)> {
        let mut options = Vec::new();
        loop {
            let code = u16::from_le_bytes([bytes[0], bytes[1]]);
            let length = usize::from(u16::from_le_bytes([bytes[2], bytes[3]]));
            if code == OPTION_END {
                assert_eq!(bytes.len(), 4);
                return options;
            }
            options.push((code, bytes[4..4 + length].to_vec()));
            bytes = &bytes[4 + length.next_multiple_of(4)..];
        }
    }
}
