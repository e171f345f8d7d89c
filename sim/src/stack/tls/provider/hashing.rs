//! SHA-256 and HMAC as rustls wants them, with every byte counted.

use std::marker::PhantomData;

use rustls::crypto::{hash, hmac};

use super::super::operation::{HashAlgorithm, OperationKind};
use super::primitives::{DIGEST, Digest, Mac, Primitives};
use super::scope::record;

/// SHA-256.
pub(super) struct Sha256<P>(pub PhantomData<fn() -> P>);

/// HMAC with SHA-256.
pub(super) struct HmacSha256<P>(pub PhantomData<fn() -> P>);

struct Context<D>(D);
struct Key<M>(M);

impl<P: Primitives> hash::Hash for Sha256<P> {
    fn start(&self) -> Box<dyn hash::Context> {
        Box::new(Context(P::Digest::new()))
    }

    fn hash(&self, data: &[u8]) -> hash::Output {
        record(&[
            OperationKind::hash(HashAlgorithm::Sha256, data.len()),
            OperationKind::HashFinish(HashAlgorithm::Sha256),
        ]);
        let mut digest = P::Digest::new();
        digest.update(data);
        hash::Output::new(&digest.finish())
    }

    fn output_len(&self) -> usize {
        DIGEST
    }

    fn algorithm(&self) -> hash::HashAlgorithm {
        hash::HashAlgorithm::SHA256
    }
}

impl<D: Digest> hash::Context for Context<D> {
    fn fork_finish(&self) -> hash::Output {
        record(&[OperationKind::HashFinish(HashAlgorithm::Sha256)]);
        hash::Output::new(&self.0.clone().finish())
    }

    fn fork(&self) -> Box<dyn hash::Context> {
        Box::new(Self(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> hash::Output {
        record(&[OperationKind::HashFinish(HashAlgorithm::Sha256)]);
        hash::Output::new(&self.0.finish())
    }

    fn update(&mut self, data: &[u8]) {
        record(&[OperationKind::hash(HashAlgorithm::Sha256, data.len())]);
        self.0.update(data);
    }
}

impl<P: Primitives> hmac::Hmac for HmacSha256<P> {
    fn with_key(&self, key: &[u8]) -> Box<dyn hmac::Key> {
        record(&[OperationKind::HmacKey(HashAlgorithm::Sha256)]);
        Box::new(Key(P::Mac::new(key)))
    }

    fn hash_output_len(&self) -> usize {
        DIGEST
    }
}

impl<M: Mac> hmac::Key for Key<M> {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> hmac::Tag {
        let mut mac = self.0.clone();
        let mut bytes = first.len() + last.len();
        mac.update(first);
        for part in middle {
            bytes += part.len();
            mac.update(part);
        }
        mac.update(last);
        record(&[OperationKind::hmac(HashAlgorithm::Sha256, bytes)]);
        hmac::Tag::new(&mac.finish())
    }

    fn tag_len(&self) -> usize {
        DIGEST
    }
}
