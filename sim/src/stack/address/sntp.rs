//! SNTP messages (RFC 4330, in the format of RFC 5905).

use node_core::UnixTime;

use crate::stack::address::AddressDrop;

/// Port of time servers.
pub(super) const PORT: u16 = 123;

/// Bytes of a message without authentication.
const BYTES: usize = 48;
/// First byte of a request: no warning, version 4, client (lwIP's is the same).
const REQUEST: u8 = 0x23;
/// First byte of an answer: no warning, version 4, server.
const ANSWER: u8 = 0x24;
/// Mode, in the low three bits of the first byte.
const MODE: u8 = 0b111;
const MODE_CLIENT: u8 = 3;
const MODE_SERVER: u8 = 4;
/// Warning, in the high two bits: the server's clock was never set.
const WARNING: u8 = 0b1100_0000;
/// Stratum of a router that asks others; one is a clock of its own.
const STRATUM: u8 = 2;
/// The highest stratum that keeps time; zero is a refusal, "kiss of death".
const STRATUM_MAX: u8 = 15;
/// Precision of an answer as a power of two: 2⁻²⁰ s.
const PRECISION: u8 = 0xEC;
/// Seconds from 1900 to 1970.
const EPOCH_SECONDS: u64 = 2_208_988_800;
/// Seconds of one era of NTP; the first ends in 2036.
const ERA_SECONDS: u64 = 1 << 32;
/// Values of this and above are of the first era (RFC 4330 §3).
const FIRST_ERA: u32 = 1 << 31;

const ORIGINATE: usize = 24;
const RECEIVE: usize = 32;
const REFERENCE: usize = 16;
const REFERENCE_ID: usize = 12;
const TRANSMIT: usize = 40;

/// Writes a request; the server sends `nonce` back (RFC 5905's "origin timestamp").
pub(super) fn write_request(nonce: u64) -> Vec<u8> {
    let mut bytes = vec![0; BYTES];
    bytes[0] = REQUEST;
    bytes[TRANSMIT..].copy_from_slice(&nonce.to_be_bytes());
    bytes
}

/// Reads the answer to the request with this nonce.
pub(super) fn read_answer(nonce: u64, payload: &[u8]) -> Result<UnixTime, AddressDrop> {
    let bytes: &[u8; BYTES] = payload.try_into().map_err(|_| AddressDrop::Malformed)?;
    if bytes[0] & MODE != MODE_SERVER {
        return Err(AddressDrop::Malformed);
    }
    if bytes[ORIGINATE..RECEIVE] != nonce.to_be_bytes() {
        return Err(AddressDrop::Foreign);
    }
    if bytes[0] & WARNING == WARNING || !(1..=STRATUM_MAX).contains(&bytes[1]) {
        return Err(AddressDrop::Unwanted);
    }
    let time = bytes[TRANSMIT..]
        .first_chunk()
        .map(|bytes| u64::from_be_bytes(*bytes));
    let time = time.filter(|time| *time != 0).and_then(from_ntp);
    time.ok_or(AddressDrop::Malformed)
}

/// Writes the answer to a request.
pub(super) fn write_answer(
    request: &[u8],
    received: UnixTime,
    sent: UnixTime,
    reference: [u8; 4],
) -> Result<Vec<u8>, AddressDrop> {
    let request: &[u8; BYTES] = request.try_into().map_err(|_| AddressDrop::Malformed)?;
    if request[0] & MODE != MODE_CLIENT {
        return Err(AddressDrop::Unwanted);
    }
    let mut bytes = vec![0; BYTES];
    (bytes[0], bytes[1], bytes[2], bytes[3]) = (ANSWER, STRATUM, request[2], PRECISION);
    bytes[REFERENCE_ID..REFERENCE].copy_from_slice(&reference);
    bytes[REFERENCE..ORIGINATE].copy_from_slice(&to_ntp(received).to_be_bytes());
    bytes[ORIGINATE..RECEIVE].copy_from_slice(&request[TRANSMIT..]);
    bytes[RECEIVE..TRANSMIT].copy_from_slice(&to_ntp(received).to_be_bytes());
    bytes[TRANSMIT..].copy_from_slice(&to_ntp(sent).to_be_bytes());
    Ok(bytes)
}

/// Returns seconds since 1900, modulo an era, in 32.32 bits.
const fn to_ntp(time: UnixTime) -> u64 {
    let ms = time.as_millis();
    let seconds = (ms / 1_000).wrapping_add(EPOCH_SECONDS) % ERA_SECONDS;
    // Rounded up, so that the way back, which rounds down, ends at the same millisecond.
    let fraction = ((ms % 1_000) << 32).div_ceil(1_000);
    seconds << 32 | fraction
}

/// Returns the time of an NTP timestamp; `None` before 1970.
fn from_ntp(time: u64) -> Option<UnixTime> {
    let seconds = (time >> 32) as u32;
    let era = if seconds >= FIRST_ERA { 0 } else { ERA_SECONDS };
    let seconds = (u64::from(seconds) + era).checked_sub(EPOCH_SECONDS)?;
    let ms = ((time % (1 << 32)) * 1_000) >> 32;
    Some(UnixTime::from_millis(seconds * 1_000 + ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_millisecond_survives_the_way_there_and_back() {
        let (first, second_era) = (1_767_225_600_000, 2_085_978_496_000);
        for start in [first, second_era - 500] {
            for ms in start..start + 1_000 {
                let time = UnixTime::from_millis(ms);
                assert_eq!(from_ntp(to_ntp(time)), Some(time), "{ms}");
            }
        }
    }

    #[test]
    fn a_time_is_read_as_it_was_answered() {
        let time = UnixTime::from_millis(1_767_225_600_123);
        let request = write_request(77);
        let answer = write_answer(&request, time, time, [10, 0, 0, 1]).unwrap();
        assert_eq!(read_answer(77, &answer), Ok(time));
        assert_eq!(read_answer(78, &answer), Err(AddressDrop::Foreign));
        assert_eq!(read_answer(77, &request), Err(AddressDrop::Malformed));
        assert_eq!(read_answer(77, &answer[1..]), Err(AddressDrop::Malformed));
    }

    #[test]
    fn a_server_without_time_is_not_believed() {
        let time = UnixTime::from_millis(1_767_225_600_123);
        let answer = write_answer(&write_request(77), time, time, [10, 0, 0, 1]).unwrap();
        let (mut unset, mut refusing, mut empty) = (answer.clone(), answer.clone(), answer);
        unset[0] |= WARNING;
        refusing[1] = 0;
        empty[TRANSMIT..].fill(0);
        assert_eq!(read_answer(77, &unset), Err(AddressDrop::Unwanted));
        assert_eq!(read_answer(77, &refusing), Err(AddressDrop::Unwanted));
        assert_eq!(read_answer(77, &empty), Err(AddressDrop::Malformed));
    }
}
