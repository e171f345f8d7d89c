//! Known answers for X25519 and Ed25519.

use crate::hex::hex;

/// A private key for agreements: Alice's (RFC 7748 §6.1).
pub const PRIVATE: [u8; 32] =
    hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
/// Her public key.
pub const PUBLIC: [u8; 32] =
    hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
/// Bob's public key.
pub const PEER: [u8; 32] = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
/// What both share.
pub const SECRET: [u8; 32] =
    hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
/// A private key for signatures (RFC 8032 §7.1, test 3).
pub const SIGNING: [u8; 32] =
    hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
/// Its public key.
pub const VERIFYING: [u8; 32] =
    hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
/// What is signed.
pub const MESSAGE: [u8; 2] = hex("af82");
/// The signature.
pub const SIGNATURE: [u8; 64] = hex(concat!(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
));
