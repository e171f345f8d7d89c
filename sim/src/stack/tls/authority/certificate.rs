//! Certificates, the same by seed to the last byte.
//!
//! Owns names, serial numbers and key identifiers, which rcgen would otherwise draw itself.

use std::time::Duration;

use pki_types::CertificateDer;
use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyIdMethod, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
    PKCS_RSA_SHA256, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm, SigningKey,
    date_time_ymd,
};

use super::super::provider::{Holder, Key};
use super::super::spec::KeyKind;

/// When a certificate is valid, in seconds since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Validity {
    /// First second.
    pub from: i64,
    /// Last second.
    pub until: i64,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// Signing other certificates.
    Authority,
    /// Showing who a client is.
    Client,
    /// Showing who a server is.
    Server,
}

/// Whom a certificate names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    /// Its common name, and the first of an end's alternative names.
    pub common: &'a str,
    /// An end's further names, each a host's or an address.
    pub also: &'a [String],
}

/// A certificate with its private key, and what is needed to sign others with it.
pub(super) struct Identity {
    /// The certificate.
    pub der: CertificateDer<'static>,
    /// Its private key.
    pub key: Key,
    params: CertificateParams,
}

struct Subject {
    key: Key,
    public: Vec<u8>,
}

impl<'a> From<&'a str> for Names<'a> {
    fn from(common: &'a str) -> Self {
        Self { common, also: &[] }
    }
}

impl Identity {
    /// Draws a key and certifies it by `issuer`, or by itself.
    pub(super) fn draw(
        issuer: Option<&Self>,
        names: Names<'_>,
        purpose: Purpose,
        validity: Validity,
        (kind, holder): (KeyKind, Holder),
        luck: &mut ChaCha12Rng,
    ) -> Self {
        let key = Key::draw(kind, holder, luck);
        let params = params(names, purpose, validity, luck);
        let subject = Subject::of(&key);
        let certificate = match issuer {
            None => params.self_signed(&subject),
            Some(issuer) => {
                let by = Issuer::from_params(&issuer.params, Subject::of(&issuer.key));
                params.signed_by(&subject, &by)
            }
        };
        let certificate = certificate.expect("names are ASCII and serial numbers are given");
        Self {
            der: certificate.der().clone(),
            key,
            params,
        }
    }
}

fn params(
    names: Names<'_>,
    purpose: Purpose,
    validity: Validity,
    luck: &mut ChaCha12Rng,
) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, names.common);
    params.serial_number = Some(SerialNumber::from(number(luck)));
    params.key_identifier_method = KeyIdMethod::PreSpecified(number(luck));
    params.use_authority_key_identifier_extension = true;
    params.not_before = date_time_ymd(1970, 1, 1) + since_1970(validity.from);
    params.not_after = date_time_ymd(1970, 1, 1) + since_1970(validity.until);
    match purpose {
        Purpose::Authority => {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        }
        Purpose::Client => end_entity(&mut params, names, ExtendedKeyUsagePurpose::ClientAuth),
        Purpose::Server => end_entity(&mut params, names, ExtendedKeyUsagePurpose::ServerAuth),
    }
    params
}

fn end_entity(params: &mut CertificateParams, names: Names<'_>, usage: ExtendedKeyUsagePurpose) {
    let all = std::iter::once(names.common).chain(names.also.iter().map(String::as_str));
    params.subject_alt_names = all.map(alternative).collect();
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
}

/// Returns an alternative name: an address if it is one, else a host's.
fn alternative(name: &str) -> SanType {
    match name.parse() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(name.try_into().expect("names are ASCII")),
    }
}

/// Draws 16 bytes that DER takes for a positive number, so that all have one length.
fn number(luck: &mut ChaCha12Rng) -> Vec<u8> {
    let mut bytes = [0; 16];
    luck.fill_bytes(&mut bytes);
    bytes[0] = bytes[0] & 0x3f | 0x40;
    bytes.to_vec()
}

/// Returns the nearest time that certificates can hold.
fn since_1970(unix_s: i64) -> Duration {
    /// The last second of 9999 in UTC (RFC 5280 §4.1.2.5).
    const LAST: u64 = 253_402_300_799;
    Duration::from_secs(u64::try_from(unix_s).unwrap_or(0).min(LAST))
}

impl Subject {
    fn of(key: &Key) -> Self {
        Self {
            key: key.clone(),
            public: key.public(),
        }
    }
}

impl PublicKeyData for Subject {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.key {
            Key::EcdsaP256(_) => &PKCS_ECDSA_P256_SHA256,
            Key::EcdsaP384(_) => &PKCS_ECDSA_P384_SHA384,
            Key::Ed25519(_) => &PKCS_ED25519,
            Key::Rsa(_) => &PKCS_RSA_SHA256,
        }
    }
}

impl SigningKey for Subject {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.key.signature(message))
    }
}
