//! RSA-2048 certificates of the right form and size, whose keys and signatures are filler.
//!
//! Nobody verifies them: that is the point of the profile.

use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;
use rcgen::{
    CertificateParams, DnType, Issuer, KeyIdMethod, PKCS_RSA_SHA256, PublicKeyData, SerialNumber,
    SignatureAlgorithm, SigningKey,
};

/// Bytes of a modulus, and of a signature.
const MODULUS: usize = 256;

struct Filler {
    public: Vec<u8>,
    signature: Vec<u8>,
}

/// Returns a leaf and the intermediates above it.
pub(super) fn chain(name: &str, intermediates: u8, luck: &mut ChaCha12Rng) -> Vec<Vec<u8>> {
    let names = (0..intermediates).map(|number| format!("intermediate {}", number + 1));
    let subjects: Vec<String> = std::iter::once(name.to_owned()).chain(names).collect();
    let issuers = subjects.iter().skip(1).map(String::as_str).chain(["root"]);
    let pairs = subjects.iter().zip(issuers);
    pairs
        .map(|(subject, issuer)| {
            let issuer = Issuer::new(params(issuer, luck), Filler::draw(luck));
            let own = Filler::draw(luck);
            let certificate = params(subject, luck).signed_by(&own, &issuer);
            let certificate = certificate.expect("names are ASCII and serial numbers are given");
            certificate.der().to_vec()
        })
        .collect()
}

fn params(name: &str, luck: &mut ChaCha12Rng) -> CertificateParams {
    let mut number = [0; 16];
    luck.fill_bytes(&mut number);
    number[0] = number[0] & 0x3f | 0x40;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(number.to_vec()));
    params.key_identifier_method = KeyIdMethod::PreSpecified(number.to_vec());
    params
}

impl Filler {
    fn draw(luck: &mut ChaCha12Rng) -> Self {
        let mut modulus = [0; MODULUS];
        luck.fill_bytes(&mut modulus);
        // A modulus has all its bits, and is odd.
        modulus[0] |= 0x80;
        modulus[MODULUS - 1] |= 1;
        let mut signature = vec![0; MODULUS];
        luck.fill_bytes(&mut signature);
        // RFC 8017 §A.1.1: SEQUENCE { INTEGER modulus, INTEGER 65537 }.
        let mut public = vec![0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0];
        public.extend_from_slice(&modulus);
        public.extend_from_slice(&[0x02, 0x03, 0x01, 0x00, 0x01]);
        Self { public, signature }
    }
}

impl PublicKeyData for Filler {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for Filler {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.signature.clone())
    }
}
