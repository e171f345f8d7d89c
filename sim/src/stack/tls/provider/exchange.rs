//! Key exchange whose private keys come from the endpoint's own luck.

use std::marker::PhantomData;

use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved};

use super::super::operation::OperationKind;
use super::primitives::Exchange;
use super::scope::{fill, record};

/// Draws for one private key; one that P-256 refuses comes once in 2³².
const DRAWS_MAX: u32 = 8;

/// A group of key exchange on a curve.
pub(super) struct Group<X>(pub PhantomData<fn() -> X>);

/// A key pair that waits for the peer's key.
pub(super) struct Started<X: Exchange> {
    private: X,
    public: X::Public,
}

/// Draws a key pair.
pub(super) fn start<X: Exchange>() -> Result<Started<X>, Error> {
    for _ in 0..DRAWS_MAX {
        let mut secret = [0; 32];
        fill(&mut secret)?;
        if let Some(private) = X::new(&secret) {
            record(&[OperationKind::GenerateKey(X::CURVE)]);
            let public = private.public();
            return Ok(Started { private, public });
        }
    }
    Err(GetRandomFailed.into())
}

impl<X: Exchange> Started<X> {
    /// Returns the secret shared with the peer.
    pub(super) fn agree(self, peer: &[u8]) -> Result<[u8; 32], Error> {
        record(&[OperationKind::Agree(X::CURVE)]);
        let shared = self.private.agree(peer);
        shared.ok_or_else(|| PeerMisbehaved::InvalidKeyShare.into())
    }
}

impl<X: Exchange> SupportedKxGroup for Group<X> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(start::<X>()?))
    }

    fn name(&self) -> NamedGroup {
        X::GROUP
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }
}

impl<X: Exchange> ActiveKeyExchange for Started<X> {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        Ok(SharedSecret::from(&self.agree(peer)?[..]))
    }

    fn pub_key(&self) -> &[u8] {
        self.public.as_ref()
    }

    fn group(&self) -> NamedGroup {
        X::GROUP
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }
}

impl<X> std::fmt::Debug for Group<X> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Group")
    }
}
