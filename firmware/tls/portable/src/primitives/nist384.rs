//! ECDH and ECDSA on P-384.

use core::hint::black_box;

use p384::ecdsa::signature::{Signer as _, Verifier as _};
use p384::ecdsa::{Signature, SigningKey, VerifyingKey};
use p384::elliptic_curve::sec1::ToSec1Point as _;
use p384::{PublicKey, SecretKey};

use crate::hex::hex;
use crate::meter::{Meter, each, holds, known};

/// RFC 6979 §A.2.6: private key, public key, and the signature of "sample" with SHA-384.
const SIGNING: [u8; 48] = hex(concat!(
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8",
    "96d5724e4c70a825f872c9ea60d2edf5"
));
const VERIFYING: [u8; 97] = hex(concat!(
    "04",
    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64",
    "def8f0ea9055866064a254515480bc13",
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1",
    "288b231c3ae0d4fe7344fd2533264720"
));
const SIGNATURE: [u8; 96] = hex(concat!(
    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c",
    "81a648152e44acf96e36dd1e80fabe46",
    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f",
    "a329c145786e679e7b82c71a38628ac8"
));
const MESSAGE: &[u8] = b"sample";
/// NIST CAVP, KAS ECC CDH primitive, P-384, count 0: peer, private key, own public key, secret.
const PEER: [u8; 97] = hex(concat!(
    "04",
    "a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e764592efda27fe7513272",
    "734466b400091adbf2d68c58e0c50066",
    "ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b661efedf243451915e",
    "d0905a32b060992b468c64766fc8437a"
));
const PRIVATE: [u8; 48] = hex(concat!(
    "3cc3122a68f0d95027ad38c067916ba0eb8c38894d22e1b15618b6818a661774",
    "ad463b205da88cf699ab4d43c9cf98a1"
));
const PUBLIC: [u8; 97] = hex(concat!(
    "04",
    "9803807f2f6d2fd966cdd0290bd410c0190352fbec7ff6247de1302df86f25d3",
    "4fe4a97bef60cff548355c015dbb3e5f",
    "ba26ca69ec2f5b5d9dad20cc9da711383a9dbe34ea3fa5a2af75b46502629ad5",
    "4dd8b7d73a8abb06a3a3be47d650cc99"
));
const SECRET: [u8; 48] = hex(concat!(
    "5f9d29dc5e31a163060356213669c8ce132e22f57c9a04f40ba7fcead493b457",
    "e5621e766c40a2e3d4d6a04b25e533f1"
));

/// Measures P-384.
pub fn run(meter: &mut impl Meter) {
    known(meter, each("p384-keygen"), &PUBLIC, || {
        let private = SecretKey::from_slice(black_box(&PRIVATE)).ok()?;
        private.public_key().to_sec1_point(false).as_bytes().try_into().ok()
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
