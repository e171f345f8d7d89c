//! X25519 and Ed25519.

use core::hint::black_box;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::meter::{Meter, each, holds, known};
use crate::vectors::curve25519::{
    MESSAGE, PEER, PRIVATE, PUBLIC, SECRET, SIGNATURE, SIGNING, VERIFYING,
};

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
