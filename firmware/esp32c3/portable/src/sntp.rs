//! The simple network time protocol, one question and one answer.
//!
//! Owns the packet (RFC 4330 §4) and what makes an answer credible. Sends nothing, and believes
//! nobody's signature: an attacker on the path can still choose the time.

use node_core::UnixTime;

/// Bytes of a packet without authentication.
pub const PACKET_LEN: usize = 48;
/// UDP port of a time server.
pub const PORT: u16 = 123;

/// From 1900-01-01 to 1970-01-01, in seconds.
//= RFC 868: 2 208 988 800 s
const UNIX_EPOCH_S: u64 = 2_208_988_800;
/// One era: after it the 32 bits of seconds begin anew (2036-02-07).
const ERA_S: u64 = 1 << 32;
/// What the firmware takes for its own past, in seconds since 1900: 2024-01-01.
const FLOOR_S: u64 = UNIX_EPOCH_S + 1_704_067_200;
//= RFC 4330 §4: no leap warning, version 4, mode 3 (client)
const CLIENT: u8 = 0x23;
const MODE_SERVER: u8 = 4;
const LEAP_UNSYNCHRONISED: u8 = 3;

/// Why an answer was not believed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SntpError {
    /// It answers another question.
    Foreign,
    /// It is too short, or no answer of a server.
    Malformed,
    /// The server says that it does not know the time (or to go away: "kiss of death").
    Unsynchronised,
}

/// Returns the question; `nonce` comes back in a true answer.
#[must_use]
pub fn request(nonce: u64) -> [u8; PACKET_LEN] {
    let mut packet = [0; PACKET_LEN];
    packet[0] = CLIENT;
    // The transmit timestamp: a server copies it, whatever it says.
    packet[40..].copy_from_slice(&nonce.to_be_bytes());
    packet
}

/// Reads an answer to the question with this `nonce`.
///
/// # Errors
///
/// [`SntpError`] says what is wrong with it.
pub fn read(answer: &[u8], nonce: u64) -> Result<UnixTime, SntpError> {
    let packet = answer.get(..PACKET_LEN).ok_or(SntpError::Malformed)?;
    let (flags, stratum) = (packet[0], packet[1]);
    if flags & 0x07 != MODE_SERVER {
        return Err(SntpError::Malformed);
    }
    if packet[24..32] != nonce.to_be_bytes() {
        return Err(SntpError::Foreign);
    }
    let (seconds, fraction) = (be_u32(&packet[40..44]), be_u32(&packet[44..48]));
    let synchronised = flags >> 6 != LEAP_UNSYNCHRONISED && (1..=15).contains(&stratum);
    if !synchronised || (seconds, fraction) == (0, 0) {
        return Err(SntpError::Unsynchronised);
    }
    let since_1900 = if seconds < FLOOR_S {
        seconds + ERA_S
    } else {
        seconds
    };
    // Rounded down to the millisecond.
    let ms = (since_1900 - UNIX_EPOCH_S) * 1_000 + ((fraction * 1_000) >> 32);
    Ok(UnixTime::from_millis(ms))
}

fn be_u32(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: u64 = 0x0123_4567_89ab_cdef;

    /// An answer of a stratum-2 server, at these seconds since 1900 and half a second.
    fn answer(seconds: u32) -> [u8; PACKET_LEN] {
        let mut packet = [0; PACKET_LEN];
        packet[0] = 0x24;
        packet[1] = 2;
        packet[24..32].copy_from_slice(&request(NONCE)[40..]);
        packet[40..44].copy_from_slice(&seconds.to_be_bytes());
        packet[44..48].copy_from_slice(&[0x80, 0, 0, 0]);
        packet
    }

    #[test]
    fn the_time_comes_out_in_milliseconds() {
        // 2026-01-01T00:00:00Z is 1 767 225 600 s after 1970, 3 976 214 400 s after 1900.
        let expected = UnixTime::from_millis(1_767_225_600_500);
        assert_eq!(read(&answer(3_976_214_400), NONCE), Ok(expected));
    }

    #[test]
    fn the_second_era_begins_in_2036() {
        // 2036-02-07T06:28:16Z, second 0 of era 1.
        let expected = UnixTime::from_millis(2_085_978_496_500);
        assert_eq!(read(&answer(0), NONCE), Ok(expected));
    }

    #[test]
    fn answers_that_are_not_to_be_believed_are_refused() {
        let good = answer(3_976_214_400);
        let changed = |index: usize, byte: u8| {
            let mut packet = good;
            packet[index] = byte;
            read(&packet, NONCE)
        };
        assert_eq!(read(&good[..47], NONCE), Err(SntpError::Malformed));
        assert_eq!(changed(0, 0x23), Err(SntpError::Malformed), "a question");
        assert_eq!(changed(0, 0xe4), Err(SntpError::Unsynchronised), "leap 3");
        assert_eq!(changed(1, 0), Err(SntpError::Unsynchronised), "kiss");
        assert_eq!(changed(1, 16), Err(SntpError::Unsynchronised), "stratum");
        assert_eq!(read(&good, NONCE + 1), Err(SntpError::Foreign));
        let mut silent = good;
        silent[40..].fill(0);
        assert_eq!(read(&silent, NONCE), Err(SntpError::Unsynchronised));
    }
}
