//! rustls' cryptography, to the byte by seed and counted.
//!
//! Owns what is offered and in which order: suites, groups and signature schemes are this
//! file's, so that an update of a library cannot change a byte on the wire. Everything random
//! comes from the endpoint that runs; see [`scope`].
//!
//! ```text
//! suites, records, hashing, exchange, hybrid, verifying   one code, over either of
//!        fast (graviola)  |  portable (RustCrypto)
//! ```

mod exchange;
mod fast;
mod hashing;
mod hybrid;
mod nonce;
mod portable;
mod primitives;
mod records;
mod rsa;
pub(super) mod scope;
mod signing;
mod suites;
mod tickets;
mod verifying;

use std::marker::PhantomData;
use std::sync::Arc;

use pki_types::{PrivateKeyDer, SignatureVerificationAlgorithm};
use rustls::crypto::{CryptoProvider, KeyProvider, SupportedKxGroup, WebPkiSupportedAlgorithms};
use rustls::server::ProducesTickets;
use rustls::sign::SigningKey;
use rustls::{Error, SignatureScheme, SupportedCipherSuite};

use self::exchange::Group;
use self::fast::Fast;
use self::hybrid::Hybrid;
use self::portable::Portable;
use self::primitives::{Primitives, SignatureForm};
pub(super) use self::rsa::Holder;
use self::scope::ScopedRandom;
pub(super) use self::signing::Key;
use self::tickets::Ticketer;
use self::verifying::Verifier;
use super::spec::{KeyExchange, KeyKind, Suite};

/// Which family of cryptographic code to use; bytes do not depend on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Family {
    /// Assembly, for processors that have what it needs.
    Fast,
    /// Rust, for any processor.
    Portable,
}

impl Family {
    /// Returns the fastest that this processor runs.
    pub(super) fn here() -> Self {
        if Fast::runs_here() {
            Self::Fast
        } else {
            Self::Portable
        }
    }

    /// Returns rustls' provider, offering these and nothing else; with what it takes to verify
    /// certificates of a kind.
    pub(super) fn provider(
        self,
        suites: &[Suite],
        groups: &[KeyExchange],
        key: KeyKind,
    ) -> Arc<CryptoProvider> {
        Arc::new(match self {
            Self::Fast => Offer::<Fast>::provider(suites, groups, key),
            Self::Portable => Offer::<Portable>::provider(suites, groups, key),
        })
    }

    /// Returns a maker of tickets.
    pub(super) fn ticketer(self, key: [u8; 32]) -> Arc<dyn ProducesTickets> {
        match self {
            Self::Fast => Arc::new(Ticketer::<<Fast as Primitives>::ChaCha>::new(key)),
            Self::Portable => Arc::new(Ticketer::<<Portable as Primitives>::ChaCha>::new(key)),
        }
    }
}

struct Offer<P>(PhantomData<P>);

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

impl<P: Primitives> Offer<P> {
    const ECDSA_P256: Algorithm = &Verifier::<P>::new(SignatureForm::EcdsaP256);
    const ECDSA_P384: Algorithm = &Verifier::<P>::new(SignatureForm::EcdsaP384);
    const ED25519: Algorithm = &Verifier::<P>::new(SignatureForm::Ed25519);
    const RSA_PKCS1: Algorithm = &Verifier::<P>::new(SignatureForm::RsaPkcs1);
    const RSA_PSS: Algorithm = &Verifier::<P>::new(SignatureForm::RsaPss);

    /// What every end verifies, and in this order.
    const SMALL: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
        all: &[Self::ECDSA_P256, Self::ED25519],
        mapping: &[
            (SignatureScheme::ECDSA_NISTP256_SHA256, &[Self::ECDSA_P256]),
            (SignatureScheme::ED25519, &[Self::ED25519]),
        ],
    };
    const WITH_P384: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
        all: &[Self::ECDSA_P256, Self::ED25519, Self::ECDSA_P384],
        mapping: &[
            (SignatureScheme::ECDSA_NISTP256_SHA256, &[Self::ECDSA_P256]),
            (SignatureScheme::ED25519, &[Self::ED25519]),
            (SignatureScheme::ECDSA_NISTP384_SHA384, &[Self::ECDSA_P384]),
        ],
    };
    const WITH_RSA: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
        all: &[
            Self::ECDSA_P256,
            Self::ED25519,
            Self::RSA_PSS,
            Self::RSA_PKCS1,
        ],
        mapping: &[
            (SignatureScheme::ECDSA_NISTP256_SHA256, &[Self::ECDSA_P256]),
            (SignatureScheme::ED25519, &[Self::ED25519]),
            (SignatureScheme::RSA_PSS_SHA256, &[Self::RSA_PSS]),
            (SignatureScheme::RSA_PKCS1_SHA256, &[Self::RSA_PKCS1]),
        ],
    };

    fn provider(suites: &[Suite], groups: &[KeyExchange], key: KeyKind) -> CryptoProvider {
        // The suites of TLS 1.3 come first, whatever the order of the ciphers.
        let newer = suites.iter().map(|suite| suites::newer::<P>(*suite));
        let older = suites.iter().map(|suite| match key {
            KeyKind::Ed25519 | KeyKind::P256 | KeyKind::P384 => suites::older_ecdsa::<P>(*suite),
            KeyKind::Rsa2048 | KeyKind::Rsa4096 => suites::older_rsa::<P>(*suite),
        });
        CryptoProvider {
            cipher_suites: newer
                .map(SupportedCipherSuite::Tls13)
                .chain(older.map(SupportedCipherSuite::Tls12))
                .collect(),
            kx_groups: groups.iter().map(|group| Self::group(*group)).collect(),
            signature_verification_algorithms: match key {
                KeyKind::Ed25519 | KeyKind::P256 => Self::SMALL,
                KeyKind::P384 => Self::WITH_P384,
                KeyKind::Rsa2048 | KeyKind::Rsa4096 => Self::WITH_RSA,
            },
            secure_random: &ScopedRandom,
            key_provider: &NoKeys,
        }
    }

    const fn group(group: KeyExchange) -> &'static dyn SupportedKxGroup {
        match group {
            KeyExchange::P256 => const { &Group::<P::P256>(PhantomData) },
            KeyExchange::X25519 => const { &Group::<P::X25519>(PhantomData) },
            KeyExchange::X25519MlKem768 => const { &Hybrid::<P::X25519>(PhantomData) },
        }
    }
}

/// Loads nothing: keys are given to rustls as keys.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _der: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        Err(Error::General("keys are given, not loaded".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::pair::{Pair, authority_of, settings};
    use super::super::spec::{TlsSettings, Versions};
    use super::*;
    use crate::id::NodeId;

    const KEYS: [KeyKind; 5] = [
        KeyKind::Ed25519,
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::Rsa2048,
        KeyKind::Rsa4096,
    ];
    const SUITES: [Suite; 3] = [Suite::Aes128Gcm, Suite::Aes256Gcm, Suite::ChaCha20Poly1305];

    #[test]
    fn both_families_give_one_transcript_in_every_combination() {
        // Where only one family runs there is nothing to compare.
        if Family::here() == Family::Portable {
            return;
        }
        let (v2, v3) = (Versions::V1_2, Versions::V1_3);
        let groups = [
            (v2, KeyExchange::P256),
            (v2, KeyExchange::X25519),
            (v3, KeyExchange::P256),
            (v3, KeyExchange::X25519),
            (v3, KeyExchange::X25519MlKem768),
        ];
        // Each group with each suite, and each suite with each key.
        let with_groups = groups.map(|group| SUITES.map(|suite| (group, suite, KeyKind::P256)));
        let older = SUITES.map(|suite| KEYS.map(|key| (groups[1], suite, key)));
        let newer = SUITES.map(|suite| KEYS.map(|key| (groups[3], suite, key)));
        let with_keys = older.into_iter().chain(newer).flatten();
        for (group, suite, certificate_key) in with_groups.into_iter().flatten().chain(with_keys) {
            let settings = TlsSettings {
                versions: group.0,
                certificate_key,
                groups: vec![group.1],
                suites: vec![suite],
                mutual: true,
                resumption: true,
                ..settings()
            };
            let fast = transcripts(Family::Fast, &settings);
            let portable = transcripts(Family::Portable, &settings);
            assert!(fast == portable, "{settings:?}");
        }
    }

    /// Returns what is seen of a full connection and of one that resumes it.
    fn transcripts(family: Family, settings: &TlsSettings) -> Vec<String> {
        let authority = authority_of(family, settings.clone(), 1);
        let client = authority.client(NodeId(0)).with_secrets(true);
        let server = authority.server();
        let run = |seed| {
            let mut pair = Pair::open(&client, &server, seed);
            pair.client.write(pair.now.0, b"up");
            pair.server.write(pair.now.1, b"down");
            pair.settle();
            pair.client.close(pair.now.0);
            pair.settle();
            assert_eq!(pair.plain, (b"down".to_vec(), b"up".to_vec()));
            format!(
                "{:?} {:?} {:?} {:?}",
                pair.wire, pair.events, pair.work, pair.secrets
            )
        };
        let seen = vec![run(1), run(2)];
        assert!(seen[1].contains("resumed: true"));
        seen
    }
}
