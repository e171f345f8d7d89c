//! Known answers of OpenSSL 3 for ciphers, hashes, and authentication codes, at both lengths.

use crate::hex::hex;

/// SHA-256 over what a cipher makes of each length, its tag behind it.
pub type Sealed = [[u8; 32]; 2];

/// The nonce of every cipher.
pub const NONCE: [u8; 12] = hex("6465666768696a6b6c6d6e6f");
/// The header of a TLS record, which is authenticated too.
pub const HEADER: [u8; 5] = hex("1703030040");
/// AES-128-GCM.
pub const AES128: Sealed = [
    hex("4df8b6c922601a2ea9df95c78992f56c7f35c0bbec0116f93f087aa3a602d6d6"),
    hex("db777e6111beedfb1bf1582eb1161dae8d80bbeea56527fa989cbd6860959dd4"),
];
/// AES-256-GCM.
pub const AES256: Sealed = [
    hex("22ce61a19f0eb702df46f83756f4471dadccdf4c591c7774677724289d671dff"),
    hex("98b881e4e3e76ee0671441f7d285c1958734a172d3872c3b2a5968a74ce04cf0"),
];
/// ChaCha20-Poly1305.
pub const CHACHA20: Sealed = [
    hex("dbdcf1e9152322e64edbe5d66f6e197eae4ad7cffb06967b74c68410234861b0"),
    hex("a27a83f55e0ea799d169bb55e17ba1b8cbdfe3aa7ad90063bbb89019426f5e10"),
];
/// Digests of SHA-256.
pub const SHA256: [[u8; 32]; 2] = [
    hex("39e3d7b6b5d075d37d053ad89b24b41bef4f3c29760c84447cab3f3be1882241"),
    hex("204325312d40b4c38cda1908e0c6b5478c5568cb4bd18e1226c47864c300af2a"),
];
/// Digests of SHA-384.
pub const SHA384: [[u8; 48]; 2] = [
    hex(concat!(
        "99d26430f561864c2f7d90b68650b960c86c85d6bf7f54ceeee404bdd59663a7",
        "f05588b5c750b862a2a24f6a9ad4c050"
    )),
    hex(concat!(
        "f3a4afbafbc2031c305976898f468dc4e0124b8df110f86566771697e09aae6e",
        "8af7bff715577f9e01ae85b1bc55d298"
    )),
];
/// Codes of HMAC-SHA-256.
pub const HMAC_SHA256: [[u8; 32]; 2] = [
    hex("b46ff212a3a07583c8dd50c674c6cff3558e6f7b5b97081f7c73101a2b0086fb"),
    hex("a71d5e75433ebd512cf262222a886cefe74295e39e91a2e36d93fe02d66ff73a"),
];
/// Codes of HMAC-SHA-384.
pub const HMAC_SHA384: [[u8; 48]; 2] = [
    hex(concat!(
        "5545f73450b853fdc9203860b739e55823373bca726e5d8a0d61ad48380729fa",
        "2a7cc687cc7b0f12a508bd5e5fe85e01"
    )),
    hex(concat!(
        "185204c73be1c42497c607439cfdf237d0c7ce2d639626032d215ffe464b60c6",
        "e1790290ff8c2febac01dda3538f18ac"
    )),
];
/// The longer of the two lengths.
pub const LONGEST: usize = 1088;

/// Returns the key; ciphers with shorter ones take its start.
#[must_use]
pub fn key() -> [u8; 32] {
    core::array::from_fn(|index| index.to_le_bytes()[0])
}

/// Returns the text; shorter ones are its start.
#[must_use]
pub fn text() -> [u8; LONGEST] {
    core::array::from_fn(|index| index.wrapping_mul(7).wrapping_add(3).to_le_bytes()[0])
}
