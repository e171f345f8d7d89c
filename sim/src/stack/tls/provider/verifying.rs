//! Signatures of certificates and handshakes, verified and counted.

use std::marker::PhantomData;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::super::operation::{HashAlgorithm, OperationKind, Scheme};
use super::primitives::Primitives;
use super::scope::record;

/// ECDSA on P-256 with SHA-256.
pub(super) struct Ecdsa<P>(pub PhantomData<fn() -> P>);

/// Ed25519.
pub(super) struct Ed25519<P>(pub PhantomData<fn() -> P>);

impl<P: Primitives> SignatureVerificationAlgorithm for Ecdsa<P> {
    fn verify_signature(
        &self,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        record(&[
            OperationKind::hash(HashAlgorithm::Sha256, message.len()),
            OperationKind::HashFinish(HashAlgorithm::Sha256),
            OperationKind::Verify(Scheme::EcdsaP256),
        ]);
        let holds = P::verify_ecdsa(key, message, signature);
        holds.then_some(()).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}

impl<P: Primitives> SignatureVerificationAlgorithm for Ed25519<P> {
    fn verify_signature(
        &self,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        record(&[
            OperationKind::hash(HashAlgorithm::Sha512, message.len()),
            OperationKind::HashFinish(HashAlgorithm::Sha512),
            OperationKind::Verify(Scheme::Ed25519),
        ]);
        let holds = P::verify_ed25519(key, message, signature);
        holds.then_some(()).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }
}

impl<P> std::fmt::Debug for Ecdsa<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ecdsa")
    }
}

impl<P> std::fmt::Debug for Ed25519<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ed25519")
    }
}
