//! Hashes and HMAC as rustls wants them, with every byte written down.

use std::marker::PhantomData;

use rustls::crypto::{hash, hmac};

use super::super::operation::{HashAlgorithm, OperationKind};
use super::primitives::{Digest, Mac};
use super::scope::record;

/// A hash.
pub(super) struct Hash<D>(pub PhantomData<fn() -> D>);

/// HMAC with a hash.
pub(super) struct Hmac<M>(pub PhantomData<fn() -> M>);

struct Context<D>(D);
struct Key<M>(M);

impl<D: Digest> hash::Hash for Hash<D> {
    fn start(&self) -> Box<dyn hash::Context> {
        Box::new(Context(D::new()))
    }

    fn hash(&self, data: &[u8]) -> hash::Output {
        let mut context = Context(D::new());
        hash::Context::update(&mut context, data);
        context.output()
    }

    fn output_len(&self) -> usize {
        D::ALGORITHM.digest_bytes()
    }

    fn algorithm(&self) -> hash::HashAlgorithm {
        match D::ALGORITHM {
            HashAlgorithm::Sha1 => hash::HashAlgorithm::SHA1,
            HashAlgorithm::Sha256 => hash::HashAlgorithm::SHA256,
            HashAlgorithm::Sha384 => hash::HashAlgorithm::SHA384,
            HashAlgorithm::Sha512 => hash::HashAlgorithm::SHA512,
        }
    }
}

impl<D: Digest> Context<D> {
    fn output(self) -> hash::Output {
        record(&[OperationKind::HashFinish(D::ALGORITHM)]);
        hash::Output::new(self.0.finish().as_ref())
    }
}

impl<D: Digest> hash::Context for Context<D> {
    fn fork_finish(&self) -> hash::Output {
        Self(self.0.clone()).output()
    }

    fn fork(&self) -> Box<dyn hash::Context> {
        Box::new(Self(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> hash::Output {
        self.output()
    }

    fn update(&mut self, data: &[u8]) {
        record(&[OperationKind::hash(D::ALGORITHM, data.len())]);
        self.0.update(data);
    }
}

impl<M: Mac> hmac::Hmac for Hmac<M> {
    fn with_key(&self, key: &[u8]) -> Box<dyn hmac::Key> {
        record(&[OperationKind::HmacKey(M::ALGORITHM)]);
        Box::new(Key(M::new(key)))
    }

    fn hash_output_len(&self) -> usize {
        M::ALGORITHM.digest_bytes()
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
        record(&[OperationKind::hmac(M::ALGORITHM, bytes)]);
        hmac::Tag::new(mac.finish().as_ref())
    }

    fn tag_len(&self) -> usize {
        M::ALGORITHM.digest_bytes()
    }
}
