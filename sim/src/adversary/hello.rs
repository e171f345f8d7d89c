//! What can be done to the messages that open a handshake, which nothing protects yet.
//!
//! Owns where things lie in `ClientHello`, `ServerHello` and `ServerKeyExchange`
//! (RFC 8446 §4.1, RFC 5246 §7.4). A record that is none of them stays as it is. Each function
//! returns whether it was the record to change; hellos come first, whatever they hold.

use std::ops::Range;

use super::records::{HANDSHAKE, HEADER};

/// `HandshakeType`.
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const SERVER_KEY_EXCHANGE: u8 = 12;
/// Bytes in front of a handshake message: type, length.
const MESSAGE_HEADER: usize = 4;
/// Where the session id's length lies in a hello: behind version and random.
const SESSION_AT: usize = 2 + 32;
/// `ExtensionType`.
const EXTENDED_MASTER_SECRET: u16 = 23;
const SUPPORTED_VERSIONS: u16 = 43;
/// `TLS_RSA_WITH_AES_128_CBC_SHA` (RFC 5246 §A.5).
const RSA_SUITE: [u8; 2] = [0x00, 0x2F];
const V1_2: [u8; 2] = [3, 3];
const V1_3: [u8; 2] = [3, 4];

/// Takes TLS 1.3 out of the versions that a client offers.
pub(super) fn offer_older(record: &mut [u8]) -> bool {
    let Some(hello) = Hello::client(record) else {
        return true;
    };
    let Some(versions) = hello.extension(record, SUPPORTED_VERSIONS) else {
        return true;
    };
    // The list's length is one byte, and stays.
    for version in record[versions]
        .get_mut(1..)
        .unwrap_or_default()
        .chunks_exact_mut(2)
    {
        if version == V1_3 {
            version.copy_from_slice(&V1_2);
        }
    }
    true
}

/// Puts RSA key exchange in the place of every suite that a client offers.
pub(super) fn offer_only_rsa(record: &mut [u8]) -> bool {
    if let Some(hello) = Hello::client(record) {
        for suite in record[hello.suites].chunks_exact_mut(2) {
            suite.copy_from_slice(&RSA_SUITE);
        }
    }
    true
}

/// Takes an extension out of a server's hello: the version, or else the extended master secret.
pub(super) fn strip_extension(record: &mut Vec<u8>) -> bool {
    let Some(hello) = Hello::server(record) else {
        return true;
    };
    let found = [SUPPORTED_VERSIONS, EXTENDED_MASTER_SECRET]
        .into_iter()
        .find_map(|kind| hello.extension(record, kind));
    let Some(body) = found else { return true };
    let whole = body.start - 4..body.end;
    let gone = whole.len();
    // Record, message and list of extensions each say how long they are.
    shorten(&mut record[3..HEADER], gone);
    shorten(&mut record[HEADER + 1..HEADER + MESSAGE_HEADER], gone);
    shorten(
        &mut record[hello.extensions.start - 2..hello.extensions.start],
        gone,
    );
    record.drain(whole);
    true
}

/// Flips one bit of what the server says about itself; returns whether the record had it.
///
/// In TLS 1.2 the signature of `ServerKeyExchange`, else the random of `ServerHello`.
pub(super) fn flip_bit(record: &mut [u8]) -> bool {
    let signs_later = Hello::server(record).map(|hello| {
        let newer = hello.extension(record, SUPPORTED_VERSIONS).is_some();
        let rsa = record[hello.suites.clone()] == RSA_SUITE;
        !newer && !rsa
    });
    let at = match signs_later {
        Some(false) => Some(HEADER + MESSAGE_HEADER + 2),
        Some(true) | None => messages(record)
            .find(|(kind, _)| *kind == SERVER_KEY_EXCHANGE)
            .and_then(|(_, body)| body.end.checked_sub(1)),
    };
    if let Some(byte) = at.and_then(|at| record.get_mut(at)) {
        *byte ^= 1;
        return true;
    }
    false
}

/// Where the parts of a hello lie in its record.
struct Hello {
    suites: Range<usize>,
    extensions: Range<usize>,
}

impl Hello {
    fn client(record: &[u8]) -> Option<Self> {
        let (body, session) = opening(record, CLIENT_HELLO)?;
        let suites = session + 2;
        let suites = suites..suites + be(record.get(session..suites)?);
        let compressions = suites.end + 1 + usize::from(*record.get(suites.end)?);
        Self::new(record, suites, compressions, body.end)
    }

    fn server(record: &[u8]) -> Option<Self> {
        let (body, session) = opening(record, SERVER_HELLO)?;
        Self::new(record, session..session + 2, session + 3, body.end)
    }

    fn new(record: &[u8], suites: Range<usize>, lists: usize, end: usize) -> Option<Self> {
        let start = lists + 2;
        let extensions = start..start + be(record.get(lists..start)?);
        let fits = suites.end <= end && extensions.end <= end;
        fits.then_some(Self { suites, extensions })
    }

    /// Returns where the body of an extension lies.
    fn extension(&self, record: &[u8], wanted: u16) -> Option<Range<usize>> {
        let mut at = self.extensions.start;
        while at + 4 <= self.extensions.end {
            let body = at + 4..at + 4 + be(&record[at + 2..at + 4]);
            if body.end > self.extensions.end {
                return None;
            }
            if be(&record[at..at + 2]) == usize::from(wanted) {
                return Some(body);
            }
            at = body.end;
        }
        None
    }
}

/// Returns where the body of a hello lies, and where its session id ends.
fn opening(record: &[u8], wanted: u8) -> Option<(Range<usize>, usize)> {
    let (kind, body) = messages(record).next()?;
    let length_at = body.start + SESSION_AT;
    let session = length_at + 1 + usize::from(*record.get(length_at)?);
    (kind == wanted && session <= body.end).then_some((body, session))
}

/// Returns the handshake messages that lie whole in a record.
fn messages(record: &[u8]) -> impl Iterator<Item = (u8, Range<usize>)> + '_ {
    let mut at = HEADER;
    std::iter::from_fn(move || {
        let header = record.get(at..at + MESSAGE_HEADER)?;
        let body = at + MESSAGE_HEADER..at + MESSAGE_HEADER + be(&header[1..]);
        if record.first() != Some(&HANDSHAKE) || body.end > record.len() {
            return None;
        }
        at = body.end;
        Some((header[0], body))
    })
}

/// Reads a number, its high byte first.
fn be(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// Takes from a length of up to four bytes.
fn shorten(length: &mut [u8], by: usize) {
    let left = (be(length) - by).to_be_bytes();
    let from = left.len() - length.len();
    length.copy_from_slice(&left[from..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_offer_of_the_newer_version_is_taken_out() {
        let mut record = client_hello();
        offer_older(&mut record);
        let hello = Hello::client(&record).expect("it still is one");
        let versions = hello.extension(&record, SUPPORTED_VERSIONS);
        assert_eq!(record[versions.expect("it is there")], [4, 3, 3, 3, 3]);
        assert_eq!(record.len(), client_hello().len());
    }

    #[test]
    fn every_suite_becomes_the_one_without_forward_secrecy() {
        let mut record = client_hello();
        offer_only_rsa(&mut record);
        let hello = Hello::client(&record).expect("it still is one");
        assert_eq!(record[hello.suites], [0, 0x2F, 0, 0x2F]);
    }

    #[test]
    fn an_extension_is_stripped_and_every_length_says_so() {
        let mut record = server_hello(&[0x13, 0x01], &[(43, &[3, 4]), (51, &[9, 9])]);
        strip_extension(&mut record);
        assert_eq!(record, server_hello(&[0x13, 0x01], &[(51, &[9, 9])]));
        let mut older = server_hello(&[0xC0, 0x2B], &[(65281, &[0]), (23, &[])]);
        strip_extension(&mut older);
        assert_eq!(older, server_hello(&[0xC0, 0x2B], &[(65281, &[0])]));
    }

    #[test]
    fn a_bit_is_flipped_where_nothing_is_encrypted_yet() {
        let newer = server_hello(&[0x13, 0x01], &[(43, &[3, 4])]);
        let mut flipped = newer.clone();
        assert!(flip_bit(&mut flipped));
        let differ: Vec<usize> = (0..newer.len())
            .filter(|at| newer[*at] != flipped[*at])
            .collect();
        assert_eq!(differ, [11]);
        let mut older = server_hello(&[0xC0, 0x2B], &[(23, &[])]);
        assert!(!flip_bit(&mut older));
        let mut exchange = vec![22, 3, 3, 0, 6, 12, 0, 0, 2, 7, 8];
        assert!(flip_bit(&mut exchange));
        assert_eq!(exchange[9..], [7, 9]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in proptest::collection::vec(any::<u8>(), 0..120),
                                  shape in 0_u8..4) {
            // Some of them look like a hello at first.
            let start = [&[][..], &[22, 3, 3, 0, 90, 1, 0, 0, 86], &[22, 3, 3, 0, 90, 2, 0, 0, 86],
                &[22, 3, 3, 0, 90, 12, 0, 0, 86]][usize::from(shape)];
            for (byte, wanted) in bytes.iter_mut().zip(start) {
                *byte = *wanted;
            }
            offer_older(&mut bytes);
            offer_only_rsa(&mut bytes);
            strip_extension(&mut bytes);
            flip_bit(&mut bytes);
        }
    }

    fn client_hello() -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([2, 1, 1]);
        body.extend([0, 4, 0x13, 0x01, 0xC0, 0x2B]);
        body.extend([1, 0]);
        body.extend(extensions(&[(23, &[]), (43, &[4, 3, 4, 3, 3])]));
        record(CLIENT_HELLO, &body)
    }

    fn server_hello(suite: &[u8], list: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.push(0);
        body.extend(suite);
        body.push(0);
        body.extend(extensions(list));
        record(SERVER_HELLO, &body)
    }

    fn extensions(list: &[(u16, &[u8])]) -> Vec<u8> {
        let mut all = Vec::new();
        for (kind, body) in list {
            all.extend(kind.to_be_bytes());
            all.extend([0, u8::try_from(body.len()).expect("short")]);
            all.extend(*body);
        }
        let mut with_length = vec![0, u8::try_from(all.len()).expect("short")];
        with_length.extend(all);
        with_length
    }

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u8::try_from(body.len()).expect("short");
        let mut record = vec![22, 3, 3, 0, length + 4, kind, 0, 0, length];
        record.extend(body);
        record
    }
}
