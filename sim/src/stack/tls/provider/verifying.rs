//! Signatures of certificates and handshakes, verified and written down.

use std::marker::PhantomData;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::super::operation::{HashAlgorithm, OperationKind, RsaSize, Scheme};
use super::primitives::{Primitives, SignatureForm};
use super::scope::record;

/// Verifies signatures of one form.
pub(super) struct Verifier<P> {
    form: SignatureForm,
    family: PhantomData<fn() -> P>,
}

impl<P> Verifier<P> {
    /// Takes the form.
    pub(super) const fn new(form: SignatureForm) -> Self {
        let family = PhantomData;
        Self { form, family }
    }
}

impl<P: Primitives> SignatureVerificationAlgorithm for Verifier<P> {
    fn verify_signature(
        &self,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let (algorithm, scheme) = match self.form {
            SignatureForm::EcdsaP256 => (HashAlgorithm::Sha256, Scheme::EcdsaP256),
            SignatureForm::EcdsaP384 => (HashAlgorithm::Sha384, Scheme::EcdsaP384),
            SignatureForm::Ed25519 => (HashAlgorithm::Sha512, Scheme::Ed25519),
            SignatureForm::RsaPkcs1 => (HashAlgorithm::Sha256, Scheme::RsaPkcs1(size_of(key))),
            SignatureForm::RsaPss => (HashAlgorithm::Sha256, Scheme::RsaPss(size_of(key))),
        };
        record(&[
            OperationKind::hash(algorithm, message.len()),
            OperationKind::HashFinish(algorithm),
            OperationKind::Verify(scheme),
        ]);
        let holds = P::verify(self.form, key, message, signature);
        holds.then_some(()).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        match self.form {
            SignatureForm::EcdsaP256 => alg_id::ECDSA_P256,
            SignatureForm::EcdsaP384 => alg_id::ECDSA_P384,
            SignatureForm::Ed25519 => alg_id::ED25519,
            SignatureForm::RsaPkcs1 | SignatureForm::RsaPss => alg_id::RSA_ENCRYPTION,
        }
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        match self.form {
            SignatureForm::EcdsaP256 => alg_id::ECDSA_SHA256,
            SignatureForm::EcdsaP384 => alg_id::ECDSA_SHA384,
            SignatureForm::Ed25519 => alg_id::ED25519,
            SignatureForm::RsaPkcs1 => alg_id::RSA_PKCS1_SHA256,
            SignatureForm::RsaPss => alg_id::RSA_PSS_SHA256,
        }
    }
}

/// Returns which of the two sizes a key of RSA is nearer to, from its length in DER.
///
/// A modulus of 2 048 bits takes 256 bytes of it, one of 4 096 takes 512.
const fn size_of(key: &[u8]) -> RsaSize {
    if key.len() < 384 {
        RsaSize::Bits2048
    } else {
        RsaSize::Bits4096
    }
}

impl<P> std::fmt::Debug for Verifier<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.form.fmt(f)
    }
}
