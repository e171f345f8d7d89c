//! ML-KEM-768 (FIPS 203).
//!
//! The known answers are those of another implementation, `kyber-py` 1.2, for the same seeds.

use core::hint::black_box;

use ml_kem::kem::{Decapsulate as _, KeyExport as _};
use ml_kem::ml_kem_768::DecapsulationKey;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;
use crate::meter::{Meter, each};

/// SHA-256 over the encapsulation key and the ciphertext, and the secret itself.
const KEY: [u8; 32] = hex("0b7934c83125c788995e2ba6bd761e33046b3e40571be53e023309a29f398cc9");
const CIPHERTEXT: [u8; 32] =
    hex("dbf4e9aa48b078ad46ec1c9c47bda8c2d2fec9d0e7a21bd48d2238a2abedb856");
const SECRET: [u8; 32] = hex("9cddd089ffe70e3996e76f7c8d06746df34d07e8657bc0fcf2bb0e1c3084aea1");

/// Measures ML-KEM-768.
pub fn run(meter: &mut impl Meter) {
    let seed: [u8; 96] = core::array::from_fn(|index| index.to_le_bytes()[0]);
    let (key, message) = seed.split_at(64);
    let (Ok(key), Ok(message)) = (key.try_into(), message.try_into()) else {
        return;
    };
    let case = each("mlkem768-keygen");
    let private = meter.measure(case, || DecapsulationKey::from_seed(*black_box(&key)));
    let public = private.encapsulation_key();
    let digest = Sha256::digest(public.to_bytes());
    meter.judge(case, digest[..] == KEY);
    let case = each("mlkem768-encapsulate");
    let (ciphertext, secret) = meter.measure(case, || {
        public.encapsulate_deterministic(black_box(&message))
    });
    let right = Sha256::digest(ciphertext)[..] == CIPHERTEXT && secret[..] == SECRET;
    meter.judge(case, right);
    let case = each("mlkem768-decapsulate");
    let secret = meter.measure(case, || private.decapsulate(black_box(&ciphertext)));
    meter.judge(case, secret[..] == SECRET);
}
