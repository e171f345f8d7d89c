//! What embedded-tls does with crates of its own choice: ECDH on P-256, by an earlier release.

use core::hint::black_box;

use p256_former::elliptic_curve::sec1::ToEncodedPoint as _;
use p256_former::{PublicKey, SecretKey};

use crate::meter::{Meter, each, known};
use crate::vectors::nist256::{PEER, PRIVATE, PUBLIC, SECRET};

/// Measures P-256 as embedded-tls has it.
pub fn run(meter: &mut impl Meter) {
    known(meter, each("p256-keygen"), &PUBLIC, || {
        let private = SecretKey::from_slice(black_box(&PRIVATE)).ok()?;
        private
            .public_key()
            .to_encoded_point(false)
            .as_bytes()
            .try_into()
            .ok()
    });
    let private = SecretKey::from_slice(&PRIVATE).ok();
    known(meter, each("p256-agree"), &SECRET, || {
        let peer = PublicKey::from_sec1_bytes(black_box(&PEER)).ok()?;
        let scalar = private.as_ref()?.to_nonzero_scalar();
        let shared = p256_former::ecdh::diffie_hellman(scalar, peer.as_affine());
        Some((*shared.raw_secret_bytes()).into())
    });
}
