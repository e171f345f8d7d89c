//! X25519 and Ed25519.

use core::hint::black_box;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::hex::hex;
use crate::meter::{Meter, each, holds, known};

/// RFC 7748 §6.1: Alice's private key, her public key, Bob's, and what they share.
const PRIVATE: [u8; 32] = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
const PUBLIC: [u8; 32] = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
const PEER: [u8; 32] = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
const SECRET: [u8; 32] = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
/// RFC 8032 §7.1, test 3: private key, public key, message, signature.
const SIGNING: [u8; 32] = hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
const VERIFYING: [u8; 32] = hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
const MESSAGE: [u8; 2] = hex("af82");
const SIGNATURE: [u8; 64] = hex(concat!(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
));

/// Measures X25519 and Ed25519.
pub fn run(meter: &mut impl Meter) {
    known(meter, each("x25519-keygen"), &PUBLIC, || {
        let private = StaticSecret::from(black_box(PRIVATE));
        Some(PublicKey::from(&private).to_bytes())
    });
    known(meter, each("x25519-agree"), &SECRET, || {
        let private = StaticSecret::from(black_box(PRIVATE));
        let shared = private.diffie_hellman(&PublicKey::from(black_box(PEER)));
        shared.was_contributory().then(|| shared.to_bytes())
    });
    let signing = SigningKey::from_bytes(&SIGNING);
    known(meter, each("ed25519-sign"), &SIGNATURE, || {
        Some(signing.sign(black_box(&MESSAGE)).to_bytes())
    });
    holds(meter, each("ed25519-verify"), || {
        let key = VerifyingKey::from_bytes(black_box(&VERIFYING));
        let signature = Signature::from_bytes(black_box(&SIGNATURE));
        key.is_ok_and(|key| key.verify_strict(black_box(&MESSAGE), &signature).is_ok())
    });
}
