//! The operations of `portable::primitives`, as far as `BearSSL` has them, done by its C.
//!
//! `BearSSL` has neither Ed25519 nor ML-KEM. Inputs and answers are the same.

use core::hint::black_box;

use portable::meter::{Case, LENGTHS, Meter, each, holds, known};
use portable::vectors::{curve25519, nist256, nist384, rsa, symmetric};
use sha2::{Digest as _, Sha256};

use crate::hal::bearssl::{self, Curve, Hash, Record, Way};

/// Measures everything.
pub(crate) fn run(meter: &mut impl Meter) {
    p256(meter);
    p384(meter);
    x25519(meter);
    rsa_operations(meter);
    for index in 0..LENGTHS.len() {
        hashes(meter, index);
        ciphers(meter, index);
    }
}

fn p256(meter: &mut impl Meter) {
    use nist256::{MESSAGE, PEER, PRIVATE, PUBLIC, SECRET, SIGNATURE, SIGNING, VERIFYING};
    known(meter, each("p256-keygen"), &PUBLIC, || {
        bearssl::keygen(Curve::P256, black_box(&PRIVATE))
    });
    known(meter, each("p256-agree"), &SECRET, || {
        let point = bearssl::agree(Curve::P256, black_box(&PRIVATE), black_box(PEER))?;
        point[1..33].try_into().ok()
    });
    known(meter, each("p256-sign"), &SIGNATURE, || {
        bearssl::sign(Curve::P256, black_box(&SIGNING), black_box(MESSAGE))
    });
    holds(meter, each("p256-verify"), || {
        bearssl::verify(Curve::P256, black_box(&VERIFYING), MESSAGE, &SIGNATURE)
    });
}

fn p384(meter: &mut impl Meter) {
    use nist384::{MESSAGE, PEER, PRIVATE, PUBLIC, SECRET, SIGNATURE, SIGNING, VERIFYING};
    known(meter, each("p384-keygen"), &PUBLIC, || {
        bearssl::keygen(Curve::P384, black_box(&PRIVATE))
    });
    known(meter, each("p384-agree"), &SECRET, || {
        let point = bearssl::agree(Curve::P384, black_box(&PRIVATE), black_box(PEER))?;
        point[1..49].try_into().ok()
    });
    known(meter, each("p384-sign"), &SIGNATURE, || {
        bearssl::sign(Curve::P384, black_box(&SIGNING), black_box(MESSAGE))
    });
    holds(meter, each("p384-verify"), || {
        bearssl::verify(Curve::P384, black_box(&VERIFYING), MESSAGE, &SIGNATURE)
    });
}

fn x25519(meter: &mut impl Meter) {
    use curve25519::{PEER, PRIVATE, PUBLIC, SECRET};
    known(meter, each("x25519-keygen"), &PUBLIC, || {
        bearssl::keygen(Curve::Curve25519, black_box(&PRIVATE))
    });
    known(meter, each("x25519-agree"), &SECRET, || {
        bearssl::agree(Curve::Curve25519, black_box(&PRIVATE), black_box(PEER))
    });
}

fn rsa_operations(meter: &mut impl Meter) {
    use rsa::{MODULUS_2048, MODULUS_4096, PRIVATE_2048, SIGNATURE_2048, SIGNATURE_4096, encoded};
    known(meter, each("rsa2048-public"), &encoded(), || {
        bearssl::rsa_public(black_box(&MODULUS_2048), black_box(SIGNATURE_2048))
    });
    known(meter, each("rsa4096-public"), &encoded(), || {
        bearssl::rsa_public(black_box(&MODULUS_4096), black_box(SIGNATURE_4096))
    });
    known(meter, each("rsa2048-private"), &SIGNATURE_2048, || {
        bearssl::rsa_private(black_box(&PRIVATE_2048), black_box(encoded()))
    });
}

fn hashes(meter: &mut impl Meter, index: usize) {
    let bytes = LENGTHS[index];
    let (key, text) = (symmetric::key(), symmetric::text());
    let text = &text[..usize::from(bytes)];
    let case = |name| Case { name, bytes };
    known(meter, case("sha256"), &symmetric::SHA256[index], || {
        bearssl::hash(Hash::Sha256, black_box(text))
    });
    known(meter, case("sha384"), &symmetric::SHA384[index], || {
        bearssl::hash(Hash::Sha384, black_box(text))
    });
    let expected = &symmetric::HMAC_SHA256[index];
    known(meter, case("hmac-sha256"), expected, || {
        bearssl::hmac(Hash::Sha256, black_box(&key), black_box(text))
    });
    let expected = &symmetric::HMAC_SHA384[index];
    known(meter, case("hmac-sha384"), expected, || {
        bearssl::hmac(Hash::Sha384, black_box(&key), black_box(text))
    });
}

fn ciphers(meter: &mut impl Meter, index: usize) {
    let bytes = LENGTHS[index];
    let key = symmetric::key();
    let names = ["aes128gcm-seal", "aes128gcm-open"];
    cipher(meter, names, bytes, &symmetric::AES128[index], |record| {
        bearssl::aes_gcm(black_box(&key[..16]), record)
    });
    let names = ["aes256gcm-seal", "aes256gcm-open"];
    cipher(meter, names, bytes, &symmetric::AES256[index], |record| {
        bearssl::aes_gcm(black_box(&key), record)
    });
    let names = ["chacha20poly1305-seal", "chacha20poly1305-open"];
    cipher(meter, names, bytes, &symmetric::CHACHA20[index], |record| {
        bearssl::chacha20_poly1305(black_box(&key), record)
    });
}

fn cipher(
    meter: &mut impl Meter,
    [seal, open]: [&'static str; 2],
    bytes: u16,
    expected: &[u8; 32],
    work: impl Fn(&mut Record<'_>) -> bool,
) {
    let mut text = symmetric::text();
    let mut tag = [0; 16];
    let mut record = Record {
        way: Way::Seal,
        nonce: &symmetric::NONCE,
        header: &symmetric::HEADER,
        text: &mut text[..usize::from(bytes)],
        tag: &mut tag,
    };
    let case = Case { name: seal, bytes };
    let sealed = meter.measure(case, || work(&mut record));
    let mut hash = Sha256::new();
    hash.update(&*record.text);
    hash.update(*record.tag);
    meter.judge(case, sealed && hash.finalize()[..] == *expected);
    record.way = Way::Open;
    let case = Case { name: open, bytes };
    let opened = meter.measure(case, || work(&mut record));
    meter.judge(case, opened && text == symmetric::text());
}
