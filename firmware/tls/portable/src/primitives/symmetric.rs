//! Ciphers, hashes, and authentication codes, each at two lengths.
//!
//! The known answers are those of OpenSSL 3 for the same inputs.

use core::hint::black_box;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use chacha20poly1305::ChaCha20Poly1305;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256, Sha384};

use crate::meter::{Case, LENGTHS, Meter, known};
use crate::vectors::symmetric::{
    AES128, AES256, CHACHA20, HEADER, HMAC_SHA256, HMAC_SHA384, NONCE, SHA256, SHA384, key, text,
};

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
    hash.update(tag.as_ref().map_or(&[][..], |tag| &tag[..]));
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
    cipher
        .encrypt_inout_detached(nonce, black_box(&HEADER), record)
        .ok()
}

fn opened<C: AeadInOut + KeyInit>(key: &[u8], record: &mut [u8], tag: &Tag<C>) -> bool {
    let cipher = C::new_from_slice(key);
    let nonce = <&Nonce<C>>::try_from(black_box(&NONCE[..]));
    let (Ok(cipher), Ok(nonce)) = (cipher, nonce) else {
        return false;
    };
    let record = InOutBuf::from(record);
    cipher
        .decrypt_inout_detached(nonce, black_box(&HEADER), record, tag)
        .is_ok()
}
