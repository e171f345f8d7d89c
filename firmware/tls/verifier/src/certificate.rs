//! One certificate, read where it lies (RFC 5280 §4.1).
//!
//! Owns its fields. Does not know whether to trust it.

use embedded_tls::Sha256;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::Digest as _;

use crate::date;
use crate::der::{Reader, tag};
use crate::extension::Extensions;
use crate::refusal::Refusal;

//= RFC 5758 §3.2: ecdsa-with-SHA256, without parameters
const ECDSA_SHA256: &[u8] = &[
    0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
];
//= RFC 5480 §2.1.1: id-ecPublicKey with secp256r1
const P256: &[u8] = &[
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x03, 0x01, 0x07,
];
/// Version 3, the only one with extensions.
const VERSION_3: &[u8] = &[2];

/// A public key on P-256, uncompressed (SEC 1 §2.3.3), where it lies in its certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublicKey<'a>(pub(crate) &'a [u8; 65]);

/// One certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Certificate<'a> {
    signed: &'a [u8],
    signature: &'a [u8],
    /// The issuer's name, as bytes of DER.
    pub(crate) issuer: &'a [u8],
    /// The subject's name, as bytes of DER.
    pub(crate) subject: &'a [u8],
    /// The first and the last second at which it is valid, since 1970.
    pub(crate) validity: [u64; 2],
    /// The subject's key.
    pub(crate) key: PublicKey<'a>,
    /// What its extensions say.
    pub(crate) extensions: Extensions<'a>,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate of DER.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let mut file = Reader::new(bytes);
        let mut outer = file.take(tag::SEQUENCE)?.inside();
        file.end()?;
        let signed = outer.take(tag::SEQUENCE)?;
        let algorithm = outer.take(tag::SEQUENCE)?.whole;
        let signature = outer.take(tag::BIT_STRING)?.whole_bytes()?;
        outer.end()?;

        let mut fields = signed.inside();
        let version = fields.take(tag::context(0))?;
        if version.inside().take(tag::INTEGER)?.content != VERSION_3 {
            return Err(Refusal::Malformed);
        }
        fields.take(tag::INTEGER)?;
        let inner = fields.take(tag::SEQUENCE)?.whole;
        if inner != algorithm {
            return Err(Refusal::Malformed);
        }
        if algorithm != ECDSA_SHA256 {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        let issuer = fields.take(tag::SEQUENCE)?.whole;
        let mut dates = fields.take(tag::SEQUENCE)?.inside();
        let validity = [date::seconds(dates.any()?)?, date::seconds(dates.any()?)?];
        let subject = fields.take(tag::SEQUENCE)?.whole;
        let key = PublicKey::read(fields.take(tag::SEQUENCE)?.inside())?;
        // Two unique identifiers that nobody uses.
        fields.take_optional(tag::context_primitive(1))?;
        fields.take_optional(tag::context_primitive(2))?;
        let extensions = match fields.take_optional(tag::context(3))? {
            None => Extensions::NONE,
            Some(all) => Extensions::read(all.inside().take(tag::SEQUENCE)?.inside())?,
        };
        fields.end()?;
        Ok(Self {
            signed: signed.whole,
            signature,
            issuer,
            subject,
            validity,
            key,
            extensions,
        })
    }

    /// Returns what its issuer has signed, as a digest of SHA-256, and the signature.
    pub(crate) fn signed(&self) -> ([u8; 32], &'a [u8]) {
        (Sha256::digest(self.signed).into(), self.signature)
    }
}

impl<'a> PublicKey<'a> {
    fn read(mut fields: Reader<'a>) -> Result<Self, Refusal> {
        if fields.take(tag::SEQUENCE)?.whole != P256 {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        let point = fields.take(tag::BIT_STRING)?.whole_bytes()?;
        fields.end()?;
        // A compressed point is allowed, and nobody sends one.
        let point = point.try_into();
        point.map(Self).map_err(|_| Refusal::UnsupportedAlgorithm)
    }

    /// Checks a signature over a digest of SHA-256.
    // What reads key and signature has frames of its own, which are gone before the deepest one.
    #[inline(never)]
    pub(crate) fn verify(self, digest: &[u8; 32], signature: &[u8]) -> Result<(), Refusal> {
        let key = point(self.0)?;
        let signature = scalars(signature)?;
        key.verify_prehash(digest, &signature)
            .map_err(|_| Refusal::BadSignature)
    }
}

#[inline(never)]
fn point(bytes: &[u8; 65]) -> Result<VerifyingKey, Refusal> {
    VerifyingKey::from_sec1_bytes(bytes).map_err(|_| Refusal::Malformed)
}

#[inline(never)]
fn scalars(bytes: &[u8]) -> Result<Signature, Refusal> {
    Signature::from_der(bytes).map_err(|_| Refusal::BadSignature)
}
