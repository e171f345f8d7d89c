//! Known answers for P-256.

use crate::hex::hex;

/// A private key for signatures (RFC 6979 §A.2.5).
pub const SIGNING: [u8; 32] =
    hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
/// Its public key, uncompressed.
pub const VERIFYING: [u8; 65] = hex(concat!(
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
));
/// What is signed.
pub const MESSAGE: &[u8] = b"sample";
/// The signature with SHA-256: r and s.
pub const SIGNATURE: [u8; 64] = hex(concat!(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
));
/// Another end's public key (NIST CAVP, KAS ECC CDH primitive, P-256, count 0).
pub const PEER: [u8; 65] = hex(concat!(
    "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287",
    "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"
));
/// A private key for agreements.
pub const PRIVATE: [u8; 32] =
    hex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534");
/// Its public key, uncompressed.
pub const PUBLIC: [u8; 65] = hex(concat!(
    "04ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230",
    "28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141"
));
/// What it shares with the other end.
pub const SECRET: [u8; 32] =
    hex("46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
