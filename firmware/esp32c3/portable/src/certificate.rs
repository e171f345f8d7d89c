//! Where a certificate's public key lies.
//!
//! Owns as much DER as it takes to walk there (X.690; RFC 5280 §4.1). Judges nothing: whether a
//! certificate is to be trusted is the verifier's work.

/// The tags on the way.
const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`, around the version.
const VERSION: u8 = 0xa0;

//= RFC 5480 §2.1.1: id-ecPublicKey, secp256r1, secp384r1
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const SECP256R1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const SECP384R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
//= RFC 8017 §C: rsaEncryption
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
//= RFC 8410 §3: id-Ed25519
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// What kind of key a `SubjectPublicKeyInfo` holds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KeyKind {
    /// Ed25519.
    Ed25519,
    /// Something else, or nothing that can be read.
    Other,
    /// ECDSA on P-256, the only kind that the firmware can check.
    P256,
    /// ECDSA on P-384.
    P384,
    /// RSA.
    Rsa,
}

impl KeyKind {
    /// Reads the kind of a `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn of(public_key_info: &[u8]) -> Self {
        let kind = || {
            let (info, _) = take(SEQUENCE, public_key_info)?;
            let (algorithm, _) = take(SEQUENCE, info.content)?;
            let (name, parameters) = take(OBJECT_IDENTIFIER, algorithm.content)?;
            let curve = take(OBJECT_IDENTIFIER, parameters).map(|(curve, _)| curve.content);
            Some(match (name.content, curve) {
                (EC_PUBLIC_KEY, Some(SECP256R1)) => Self::P256,
                (EC_PUBLIC_KEY, Some(SECP384R1)) => Self::P384,
                (ED25519, _) => Self::Ed25519,
                (RSA, _) => Self::Rsa,
                _ => Self::Other,
            })
        };
        kind().unwrap_or(Self::Other)
    }

    /// Returns its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Other => "an unknown kind",
            Self::P256 => "ECDSA P-256",
            Self::P384 => "ECDSA P-384",
            Self::Rsa => "RSA",
        }
    }
}

/// Returns the `SubjectPublicKeyInfo` of a certificate in DER, tag and length included; `None`
/// for what is no certificate.
#[must_use]
pub fn public_key_info(certificate: &[u8]) -> Option<&[u8]> {
    let (outer, _) = take(SEQUENCE, certificate)?;
    let (to_be_signed, _) = take(SEQUENCE, outer.content)?;
    let mut rest = to_be_signed.content;
    // A version 1 certificate leaves its version out.
    if let Some((_, after)) = take(VERSION, rest) {
        rest = after;
    }
    // Serial number, signature algorithm, issuer, validity, subject.
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        rest = take(tag, rest)?.1;
    }
    let (info, _) = take(SEQUENCE, rest)?;
    let (_, key) = take(SEQUENCE, info.content)?;
    take(BIT_STRING, key)?;
    Some(info.whole)
}

/// One element.
struct Element<'a> {
    whole: &'a [u8],
    content: &'a [u8],
}

/// Takes an element with this tag off the front of `bytes`; returns it and what follows.
fn take(tag: u8, bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (length, content) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        // The long form; four bytes are more than any certificate needs.
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return None;
        }
        let (digits, content) = rest.split_at_checked(count)?;
        let length = digits
            .iter()
            .fold(0_u64, |length, digit| length << 8 | u64::from(*digit));
        (usize::try_from(length).ok()?, content)
    };
    let (content, after) = content.split_at_checked(length)?;
    let (whole, _) = bytes.split_at_checked(bytes.len() - after.len())?;
    Some((Element { whole, content }, after))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _};

    use super::*;

    fn certificate() -> (Vec<u8>, Vec<u8>) {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let params = CertificateParams::new(vec!["broker.test".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        (certificate.der().to_vec(), key.subject_public_key_info())
    }

    #[test]
    fn the_public_key_is_found() {
        let (certificate, expected) = certificate();
        let found = public_key_info(&certificate);
        assert_eq!(found, Some(expected.as_slice()));
        assert_eq!(KeyKind::of(&expected), KeyKind::P256);
    }

    #[test]
    fn other_kinds_are_told_apart() {
        for (algorithm, kind) in [
            (&rcgen::PKCS_ECDSA_P384_SHA384, KeyKind::P384),
            (&rcgen::PKCS_ED25519, KeyKind::Ed25519),
        ] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            assert_eq!(KeyKind::of(&key.subject_public_key_info()), kind);
        }
        assert_eq!(KeyKind::of(b""), KeyKind::Other);
    }

    /// Every prefix and every flipped byte is refused or read, but never read past its end.
    #[test]
    fn broken_certificates_do_no_harm() {
        let (certificate, key) = certificate();
        for length in 0..certificate.len() {
            assert_eq!(public_key_info(&certificate[..length]), None, "{length}");
        }
        for index in 0..certificate.len() {
            let mut broken = certificate.clone();
            broken[index] ^= 0xff;
            if let Some(found) = public_key_info(&broken) {
                assert!(found.len() <= broken.len());
            }
        }
        for length in 0..key.len() {
            assert_ne!(KeyKind::of(&key[..length]), KeyKind::P256);
        }
    }
}
