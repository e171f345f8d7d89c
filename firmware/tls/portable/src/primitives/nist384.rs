//! ECDH and ECDSA on P-384.

use core::hint::black_box;

use p384::ecdsa::signature::{Signer as _, Verifier as _};
use p384::ecdsa::{Signature, SigningKey, VerifyingKey};
use p384::elliptic_curve::sec1::ToSec1Point as _;
use p384::{PublicKey, SecretKey};

use crate::meter::{Meter, each, holds, known};
use crate::vectors::nist384::{
    MESSAGE, PEER, PRIVATE, PUBLIC, SECRET, SIGNATURE, SIGNING, VERIFYING,
};

/// Measures P-384.
pub fn run(meter: &mut impl Meter) {
    known(meter, each("p384-keygen"), &PUBLIC, || {
        let private = SecretKey::from_slice(black_box(&PRIVATE)).ok()?;
        private
            .public_key()
            .to_sec1_point(false)
            .as_bytes()
            .try_into()
            .ok()
    });
    let private = SecretKey::from_slice(&PRIVATE).ok();
    known(meter, each("p384-agree"), &SECRET, || {
        let peer = PublicKey::from_sec1_bytes(black_box(&PEER)).ok()?;
        let scalar = private.as_ref()?.to_nonzero_scalar();
        let shared = p384::ecdh::diffie_hellman(scalar, peer.as_affine());
        Some((*shared.raw_secret_bytes()).into())
    });
    let signing = SigningKey::from_slice(&SIGNING).ok();
    known(meter, each("p384-sign"), &SIGNATURE, || {
        let signature: Signature = signing.as_ref()?.sign(black_box(MESSAGE));
        Some(signature.to_bytes().into())
    });
    holds(meter, each("p384-verify"), || {
        let key = VerifyingKey::from_sec1_bytes(black_box(&VERIFYING));
        let signature = Signature::from_slice(black_box(&SIGNATURE));
        matches!((key, signature), (Ok(key), Ok(signature))
            if key.verify(black_box(MESSAGE), &signature).is_ok())
    });
}
