//! Ciphers, hashes, and authentication codes, each at two lengths.
//!
//! The known answers are those of OpenSSL 3 for the same inputs.

use core::hint::black_box;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use chacha20poly1305::ChaCha20Poly1305;
use hmac::{Hmac, Mac as _};
use sha2::{Digest, Sha256, Sha384};

use crate::hex::hex;
use crate::meter::{Case, Meter, known};
use crate::primitives::LENGTHS;

/// The longer of the two lengths.
const LONGEST: usize = 1088;
const NONCE: [u8; 12] = hex("6465666768696a6b6c6d6e6f");
/// The header of a TLS record.
const HEADER: [u8; 5] = hex("1703030040");

/// SHA-256 over what a cipher makes of each length, its tag behind it.
type Sealed = [[u8; 32]; 2];

const AES128: Sealed = [
    hex("4df8b6c922601a2ea9df95c78992f56c7f35c0bbec0116f93f087aa3a602d6d6"),
    hex("db777e6111beedfb1bf1582eb1161dae8d80bbeea56527fa989cbd6860959dd4"),
];
const AES256: Sealed = [
    hex("22ce61a19f0eb702df46f83756f4471dadccdf4c591c7774677724289d671dff"),
    hex("98b881e4e3e76ee0671441f7d285c1958734a172d3872c3b2a5968a74ce04cf0"),
];
const CHACHA20: Sealed = [
    hex("dbdcf1e9152322e64edbe5d66f6e197eae4ad7cffb06967b74c68410234861b0"),
    hex("a27a83f55e0ea799d169bb55e17ba1b8cbdfe3aa7ad90063bbb89019426f5e10"),
];
const SHA256: [[u8; 32]; 2] = [
    hex("39e3d7b6b5d075d37d053ad89b24b41bef4f3c29760c84447cab3f3be1882241"),
    hex("204325312d40b4c38cda1908e0c6b5478c5568cb4bd18e1226c47864c300af2a"),
];
const SHA384: [[u8; 48]; 2] = [
    hex(concat!(
        "99d26430f561864c2f7d90b68650b960c86c85d6bf7f54ceeee404bdd59663a7",
        "f05588b5c750b862a2a24f6a9ad4c050"
    )),
    hex(concat!(
        "f3a4afbafbc2031c305976898f468dc4e0124b8df110f86566771697e09aae6e",
        "8af7bff715577f9e01ae85b1bc55d298"
    )),
];
const HMAC_SHA256: [[u8; 32]; 2] = [
    hex("b46ff212a3a07583c8dd50c674c6cff3558e6f7b5b97081f7c73101a2b0086fb"),
    hex("a71d5e75433ebd512cf262222a886cefe74295e39e91a2e36d93fe02d66ff73a"),
];
const HMAC_SHA384: [[u8; 48]; 2] = [
    hex(concat!(
        "5545f73450b853fdc9203860b739e55823373bca726e5d8a0d61ad48380729fa",
        "2a7cc687cc7b0f12a508bd5e5fe85e01"
    )),
    hex(concat!(
        "185204c73be1c42497c607439cfdf237d0c7ce2d639626032d215ffe464b60c6",
        "e1790290ff8c2febac01dda3538f18ac"
    )),
];

/// Measures ciphers, hashes and authentication codes.
pub fn run(meter: &mut impl Meter) {
    for (index, bytes) in LENGTHS.into_iter().enumerate() {
        hashes(meter, index, bytes);
        cipher::<Aes128Gcm>(
            meter,
            ["aes128gcm-seal", "aes128gcm-open"],
            bytes,
            &AES128[index],
        );
        cipher::<Aes256Gcm>(
            meter,
            ["aes256gcm-seal", "aes256gcm-open"],
            bytes,
            &AES256[index],
        );
        cipher::<ChaCha20Poly1305>(
            meter,
            ["chacha20poly1305-seal", "chacha20poly1305-open"],
            bytes,
            &CHACHA20[index],
        );
    }
}

fn hashes(meter: &mut impl Meter, index: usize, bytes: u16) {
    let text = text();
    let text = &text[..usize::from(bytes)];
    let case = |name| Case { name, bytes };
    known(meter, case("sha256"), &SHA256[index], || {
        Some(Sha256::digest(black_box(text)).into())
    });
    known(meter, case("sha384"), &SHA384[index], || {
        Some(Sha384::digest(black_box(text)).into())
    });
    let key = key();
    known(meter, case("hmac-sha256"), &HMAC_SHA256[index], || {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(black_box(&key)).ok()?;
        mac.update(black_box(text));
        Some(mac.finalize().into_bytes().into())
    });
    known(meter, case("hmac-sha384"), &HMAC_SHA384[index], || {
        let mut mac = <Hmac<Sha384> as KeyInit>::new_from_slice(black_box(&key)).ok()?;
        mac.update(black_box(text));
        Some(mac.finalize().into_bytes().into())
    });
}

fn cipher<C: AeadInOut + KeyInit>(
    meter: &mut impl Meter,
    [seal, open]: [&'static str; 2],
    bytes: u16,
    expected: &[u8; 32],
) {
    let mut record = text();
    let record = &mut record[..usize::from(bytes)];
    let key = key();
    let key = &key[..C::key_size()];
    let case = Case { name: seal, bytes };
    let tag = meter.measure(case, || sealed::<C>(black_box(key), record));
    let mut hash = Sha256::new();
    hash.update(&*record);
    hash.update(tag.as_ref().map(|tag| tag.as_slice()).unwrap_or_default());
    meter.judge(case, hash.finalize()[..] == *expected);
    let case = Case { name: open, bytes };
    let opened = meter.measure(case, || {
        tag.is_some_and(|tag| opened::<C>(black_box(key), record, &tag))
    });
    meter.judge(case, opened && *record == text()[..usize::from(bytes)]);
}

fn sealed<C: AeadInOut + KeyInit>(key: &[u8], record: &mut [u8]) -> Option<Tag<C>> {
    let cipher = C::new_from_slice(key).ok()?;
    let nonce = <&Nonce<C>>::try_from(black_box(&NONCE[..])).ok()?;
    let record = InOutBuf::from(record);
    cipher.encrypt_inout_detached(nonce, black_box(&HEADER), record).ok()
}

fn opened<C: AeadInOut + KeyInit>(key: &[u8], record: &mut [u8], tag: &Tag<C>) -> bool {
    let cipher = C::new_from_slice(key);
    let nonce = <&Nonce<C>>::try_from(black_box(&NONCE[..]));
    let (Ok(cipher), Ok(nonce)) = (cipher, nonce) else {
        return false;
    };
    let record = InOutBuf::from(record);
    cipher.decrypt_inout_detached(nonce, black_box(&HEADER), record, tag).is_ok()
}

fn key() -> [u8; 32] {
    core::array::from_fn(|index| index.to_le_bytes()[0])
}

fn text() -> [u8; LONGEST] {
    core::array::from_fn(|index| index.wrapping_mul(7).wrapping_add(3).to_le_bytes()[0])
}
