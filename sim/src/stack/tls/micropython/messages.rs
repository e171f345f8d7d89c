//! Records and handshake messages of TLS 1.2 with RSA key exchange (RFC 5246 §6.2, §7.4).
//!
//! What would be random is drawn; what would be computed is filler of the right size.

use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;

/// Bytes in front of a record: type, version, length.
pub(super) const HEADER: usize = 5;
/// Longest payload: plain text, and what a cipher may add (RFC 5246 §6.2.3).
const PAYLOAD_MAX: u16 = (1 << 14) + 2048;
/// TLS 1.2 on the wire.
const VERSION: [u8; 2] = [3, 3];
/// Suites that axTLS 2.1 offers: AES-128 and AES-256 in CBC, with SHA-1 and SHA-256.
const OFFERED: [u16; 4] = [0x002f, 0x0035, 0x003c, 0x003d];
/// `signature_algorithms` (RFC 5246 §7.4.1.4.1): RSA with SHA-512, SHA-384, SHA-256, SHA-1.
const SIGNATURE_ALGORITHMS: [u8; 14] = [0, 13, 0, 10, 0, 8, 6, 1, 5, 1, 4, 1, 2, 1];
/// Bytes of a premaster secret encrypted to RSA-2048.
const ENCRYPTED_PREMASTER: usize = 256;
/// Bytes of `verify_data` (RFC 5246 §7.4.9).
const VERIFY_DATA: usize = 12;
/// Bytes of a handshake message's header.
const MESSAGE_HEADER: usize = 4;

/// What a record holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Content {
    CipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    Data = 23,
}

/// Reads a record's header.
pub(super) fn parse_header(header: [u8; HEADER]) -> Option<(Content, u16)> {
    let content = match header[0] {
        20 => Content::CipherSpec,
        21 => Content::Alert,
        22 => Content::Handshake,
        23 => Content::Data,
        _ => return None,
    };
    let length = u16::from_be_bytes([header[3], header[4]]);
    (header[1] == VERSION[0] && length <= PAYLOAD_MAX).then_some((content, length))
}

/// Writes a record as it is.
pub(super) fn push_record(content: Content, payload: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(payload.len()).expect("writers fragment");
    out.push(content as u8);
    out.extend_from_slice(&VERSION);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(payload);
}

/// Returns a handshake message.
pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    message.extend_from_slice(&length24(body.len()));
    message.extend_from_slice(body);
    message
}

/// Returns the kind of a record's one message, if it is one.
pub(super) fn whole_message(payload: &[u8]) -> Option<u8> {
    let (header, body) = payload.split_first_chunk::<MESSAGE_HEADER>()?;
    let length = u32::from_be_bytes([0, header[1], header[2], header[3]]);
    (body.len() == length as usize).then_some(header[0])
}

/// Returns whether a `ServerHello` chose this suite.
pub(super) fn chose(message: &[u8], suite: u16) -> bool {
    let session = message.get(MESSAGE_HEADER + 34).copied();
    let at = session.map(|length| MESSAGE_HEADER + 35 + usize::from(length));
    let chosen = at.and_then(|at| message.get(at..at + 2));
    chosen == Some(suite.to_be_bytes().as_slice())
}

/// Returns the body of a `ClientHello`: no server name, as `wrap_socket` is called without one.
pub(super) fn client_hello(luck: &mut ChaCha12Rng) -> Vec<u8> {
    let mut body = VERSION.to_vec();
    draw(32, luck, &mut body);
    body.push(0);
    body.extend_from_slice(&length16(2 * OFFERED.len()));
    for suite in OFFERED {
        body.extend_from_slice(&suite.to_be_bytes());
    }
    body.extend_from_slice(&[1, 0]);
    body.extend_from_slice(&length16(SIGNATURE_ALGORITHMS.len()));
    body.extend_from_slice(&SIGNATURE_ALGORITHMS);
    body
}

/// Returns the body of a `ServerHello` with a session identifier and no extensions.
pub(super) fn server_hello(suite: u16, luck: &mut ChaCha12Rng) -> Vec<u8> {
    let mut body = VERSION.to_vec();
    draw(32, luck, &mut body);
    body.push(32);
    draw(32, luck, &mut body);
    body.extend_from_slice(&suite.to_be_bytes());
    body.push(0);
    body
}

/// Returns the body of a `Certificate` message.
pub(super) fn certificate_list(chain: &[Vec<u8>]) -> Vec<u8> {
    let total: usize = chain.iter().map(|der| 3 + der.len()).sum();
    let mut body = length24(total).to_vec();
    for der in chain {
        body.extend_from_slice(&length24(der.len()));
        body.extend_from_slice(der);
    }
    body
}

/// Returns the body of a `ClientKeyExchange`.
pub(super) fn key_exchange(luck: &mut ChaCha12Rng) -> Vec<u8> {
    let mut body = length16(ENCRYPTED_PREMASTER).to_vec();
    draw(ENCRYPTED_PREMASTER, luck, &mut body);
    body
}

/// Returns the body of a `Finished`.
pub(super) fn finished(luck: &mut ChaCha12Rng) -> Vec<u8> {
    let mut body = Vec::new();
    draw(VERIFY_DATA, luck, &mut body);
    body
}

/// Appends random bytes.
pub(super) fn draw(count: usize, luck: &mut ChaCha12Rng, out: &mut Vec<u8>) {
    let from = out.len();
    out.resize(from + count, 0);
    luck.fill_bytes(&mut out[from..]);
}

fn length16(length: usize) -> [u8; 2] {
    let length = u16::try_from(length).expect("lists here are short");
    length.to_be_bytes()
}

fn length24(length: usize) -> [u8; 3] {
    let length = u32::try_from(length).expect("messages are short");
    let [_, high, mid, low] = length.to_be_bytes();
    [high, mid, low]
}
