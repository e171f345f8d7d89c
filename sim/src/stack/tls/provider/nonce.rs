//! ECDSA on P-256 with the nonce of RFC 6979, its one point multiplication in assembly.
//!
//! graviola signs with a nonce that it randomises, so its signatures differ from run to run. Here
//! the nonce is drawn as the RFC says, its point comes from graviola's key agreement, and the rest
//! is arithmetic of `p256`. What comes out is what `p256` alone gives, to the bit.

use graviola::hashing::hmac::Hmac;
use graviola::hashing::{Hash as _, Sha256};
use graviola::key_agreement::p256::StaticPrivateKey;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::ops::Reduce as _;
use p256::{FieldBytes, Scalar};

/// Candidates for one nonce; one that P-256 refuses comes once in 2³².
const CANDIDATES_MAX: usize = 4;

/// Returns the signature of a message, or nothing where `p256` has to do it alone.
pub(super) fn sign(key: &SigningKey, message: &[u8]) -> Option<Signature> {
    let hash = Sha256::hash(message);
    let hashed = Scalar::reduce(&FieldBytes::try_from(hash.as_ref()).ok()?);
    let secret: &Scalar = key.as_nonzero_scalar();
    let mut generator = Generator::new(&key.to_bytes(), &hashed.to_repr());
    for _ in 0..CANDIDATES_MAX {
        let candidate = generator.next();
        let Some(nonce) = Option::<Scalar>::from(Scalar::from_repr(candidate.into())) else {
            continue;
        };
        let point = StaticPrivateKey::from_bytes(&candidate)
            .ok()?
            .public_key_uncompressed();
        let x = FieldBytes::try_from(&point[1..33]).ok()?;
        let r = Scalar::reduce(&x);
        let inverse = Option::<Scalar>::from(nonce.invert())?;
        let s = inverse * (hashed + r * secret);
        return Signature::from_scalars(r.to_repr(), s.to_repr()).ok();
    }
    None
}

/// The generator of RFC 6979 §3.2, steps b to h.
struct Generator {
    key: [u8; 32],
    value: [u8; 32],
}

impl Generator {
    fn new(secret: &FieldBytes, hashed: &FieldBytes) -> Self {
        let mut generator = Self {
            key: [0; 32],
            value: [1; 32],
        };
        generator.stir(0, &[secret.as_slice(), hashed.as_slice()]);
        generator.stir(1, &[secret.as_slice(), hashed.as_slice()]);
        generator
    }

    /// Returns the next candidate.
    fn next(&mut self) -> [u8; 32] {
        self.value = mac(&self.key, &[&self.value]);
        let candidate = self.value;
        self.stir(0, &[]);
        candidate
    }

    fn stir(&mut self, round: u8, more: &[&[u8]]) {
        let mut parts: Vec<&[u8]> = Vec::with_capacity(4);
        let (value, round) = (self.value, [round]);
        parts.extend([&value[..], &round[..]]);
        parts.extend(more);
        self.key = mac(&self.key, &parts);
        self.value = mac(&self.key, &[&self.value]);
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new(key);
    for part in parts {
        mac.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(mac.finish().as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_portable_library() {
        for seed in 1..=64_u8 {
            let key = SigningKey::from_slice(&[seed; 32]).unwrap();
            let message = vec![seed; usize::from(seed) * 5];
            let portable: Signature = p256::ecdsa::signature::Signer::sign(&key, &message);
            assert_eq!(sign(&key, &message), Some(portable), "{seed}");
        }
    }
}
