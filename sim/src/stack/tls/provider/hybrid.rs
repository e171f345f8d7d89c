//! X25519MLKEM768: ML-KEM-768 beside X25519, in TLS 1.3 (draft-ietf-tls-ecdhe-mlkem).
//!
//! ```text
//! client share  ML-KEM key (1 184)        X25519 key (32)
//! server share  ML-KEM ciphertext (1 088) X25519 key (32)
//! secret        ML-KEM secret (32)        X25519 secret (32)
//! ```
//!
//! Owns the layout. Both families take ML-KEM from the `ml-kem` crate: graviola has none.

use std::marker::PhantomData;

use ml_kem::kem::{Decapsulate as _, KeyExport as _};
use ml_kem::{DecapsulationKey, EncapsulationKey, MlKem768};
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};

use super::super::operation::OperationKind;
use super::exchange::{Started, start};
use super::primitives::Exchange;
use super::scope::{fill, record};

/// Bytes of ML-KEM-768's public key (FIPS 203 table 3).
const KEY: usize = 1184;
/// Bytes of its ciphertext.
const CIPHERTEXT: usize = 1088;
/// What a share of the wrong form ends in.
const INVALID: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

/// The group, over a family's X25519.
pub(super) struct Hybrid<X>(pub PhantomData<fn() -> X>);

struct Waiting<X: Exchange> {
    private: DecapsulationKey<MlKem768>,
    classical: Started<X>,
    public: Vec<u8>,
}

impl<X: Exchange> SupportedKxGroup for Hybrid<X> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut seed = [0; 64];
        fill(&mut seed)?;
        record(&[OperationKind::GenerateKemKey]);
        let private = DecapsulationKey::<MlKem768>::from_seed(seed.into());
        let classical = start::<X>()?;
        let mut public = private.encapsulation_key().to_bytes().to_vec();
        public.extend_from_slice(classical.pub_key());
        Ok(Box::new(Waiting {
            private,
            classical,
            public,
        }))
    }

    fn start_and_complete(&self, share: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let (key, peer) = share.split_first_chunk::<KEY>().ok_or(INVALID)?;
        let key = EncapsulationKey::<MlKem768>::new(&(*key).into()).map_err(|_| INVALID)?;
        let mut message = [0; 32];
        fill(&mut message)?;
        record(&[OperationKind::Encapsulate]);
        let (ciphertext, secret) = key.encapsulate_deterministic(&message.into());
        let classical = start::<X>()?;
        let pub_key = [ciphertext.as_slice(), classical.pub_key()].concat();
        let agreed = classical.agree(peer)?;
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key,
            secret: SharedSecret::from(&[secret.as_slice(), &agreed].concat()[..]),
        })
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

impl<X: Exchange> ActiveKeyExchange for Waiting<X> {
    fn complete(self: Box<Self>, share: &[u8]) -> Result<SharedSecret, Error> {
        let (ciphertext, peer) = share.split_first_chunk::<CIPHERTEXT>().ok_or(INVALID)?;
        record(&[OperationKind::Decapsulate]);
        let secret = self.private.decapsulate(&(*ciphertext).into());
        let agreed = self.classical.agree(peer)?;
        Ok(SharedSecret::from(
            &[secret.as_slice(), &agreed].concat()[..],
        ))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }
}

impl<X> std::fmt::Debug for Hybrid<X> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hybrid")
    }
}
