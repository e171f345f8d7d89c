//! rustls' cryptography, to the byte by seed and counted.
//!
//! Owns what is offered and in which order: suites, groups and signature schemes are this
//! file's, so that an update of a library cannot change a byte on the wire. Everything random
//! comes from the endpoint that runs; see [`scope`].
//!
//! ```text
//! suites, records, hashing, exchange, verifying   one code, over either of
//!        fast (graviola)  |  portable (RustCrypto)
//! ```

mod exchange;
mod fast;
mod hashing;
mod nonce;
mod portable;
mod primitives;
mod records;
pub(super) mod scope;
mod signing;
mod tickets;
mod verifying;

use std::marker::PhantomData;
use std::sync::Arc;

use pki_types::PrivateKeyDer;
use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{
    CipherSuiteCommon, CryptoProvider, KeyExchangeAlgorithm, KeyProvider, SupportedKxGroup,
    WebPkiSupportedAlgorithms,
};
use rustls::server::ProducesTickets;
use rustls::sign::SigningKey;
use rustls::{
    CipherSuite, Error, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};

use self::exchange::Group;
use self::fast::Fast;
use self::hashing::{HmacSha256, Sha256};
use self::portable::Portable;
use self::primitives::{Aead, Primitives};
use self::records::{Tls12, Tls13};
use self::scope::ScopedRandom;
pub(super) use self::signing::Key;
use self::tickets::Ticketer;
use self::verifying::{Ecdsa, Ed25519};
use super::spec::{KeyExchange, Suite};

/// Records that AES-GCM may seal with one key (RFC 8446 §5.5).
const AES_RECORDS_MAX: u64 = 1 << 24;
/// Signature schemes offered, and in this order.
const SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ED25519,
];

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

    /// Returns rustls' provider, offering these and nothing else.
    pub(super) fn provider(self, suites: &[Suite], groups: &[KeyExchange]) -> Arc<CryptoProvider> {
        Arc::new(match self {
            Self::Fast => Offer::<Fast>::provider(suites, groups),
            Self::Portable => Offer::<Portable>::provider(suites, groups),
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

impl<P: Primitives> Offer<P> {
    const HMAC: &'static HmacSha256<P> = &HmacSha256(PhantomData);
    const ECDSA: &'static Ecdsa<P> = &Ecdsa(PhantomData);
    const ED25519: &'static Ed25519<P> = &Ed25519(PhantomData);
    const VERIFY: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
        all: &[Self::ECDSA, Self::ED25519],
        mapping: &[
            (SignatureScheme::ECDSA_NISTP256_SHA256, &[Self::ECDSA]),
            (SignatureScheme::ED25519, &[Self::ED25519]),
        ],
    };
    const AES_13: &'static Tls13CipherSuite =
        &Self::tls13::<P::Aes>(CipherSuite::TLS13_AES_128_GCM_SHA256, AES_RECORDS_MAX);
    const CHACHA_13: &'static Tls13CipherSuite =
        &Self::tls13::<P::ChaCha>(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, u64::MAX);
    const AES_12: &'static Tls12CipherSuite = &Self::tls12::<P::Aes>(
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        AES_RECORDS_MAX,
    );
    const CHACHA_12: &'static Tls12CipherSuite = &Self::tls12::<P::ChaCha>(
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        u64::MAX,
    );

    fn provider(suites: &[Suite], groups: &[KeyExchange]) -> CryptoProvider {
        // The suites of TLS 1.3 come first, whatever the order of the ciphers.
        let newer = suites.iter().map(|suite| match suite {
            Suite::Aes128Gcm => SupportedCipherSuite::Tls13(Self::AES_13),
            Suite::ChaCha20Poly1305 => SupportedCipherSuite::Tls13(Self::CHACHA_13),
        });
        let older = suites.iter().map(|suite| match suite {
            Suite::Aes128Gcm => SupportedCipherSuite::Tls12(Self::AES_12),
            Suite::ChaCha20Poly1305 => SupportedCipherSuite::Tls12(Self::CHACHA_12),
        });
        CryptoProvider {
            cipher_suites: newer.chain(older).collect(),
            kx_groups: groups.iter().map(|group| Self::group(*group)).collect(),
            signature_verification_algorithms: Self::VERIFY,
            secure_random: &ScopedRandom,
            key_provider: &NoKeys,
        }
    }

    const fn group(group: KeyExchange) -> &'static dyn SupportedKxGroup {
        match group {
            KeyExchange::P256 => const { &Group::<P::P256>(PhantomData) },
            KeyExchange::X25519 => const { &Group::<P::X25519>(PhantomData) },
        }
    }

    const fn common(suite: CipherSuite, confidentiality_limit: u64) -> CipherSuiteCommon {
        CipherSuiteCommon {
            suite,
            hash_provider: const { &Sha256::<P>(PhantomData) },
            confidentiality_limit,
        }
    }

    const fn tls13<A: Aead>(suite: CipherSuite, records_max: u64) -> Tls13CipherSuite {
        Tls13CipherSuite {
            common: Self::common(suite, records_max),
            hkdf_provider: const { &HkdfUsingHmac(Self::HMAC) },
            aead_alg: const { &Tls13::<A>(PhantomData) },
            quic: None,
        }
    }

    const fn tls12<A: Aead>(suite: CipherSuite, records_max: u64) -> Tls12CipherSuite {
        Tls12CipherSuite {
            common: Self::common(suite, records_max),
            prf_provider: const { &PrfUsingHmac(Self::HMAC) },
            kx: KeyExchangeAlgorithm::ECDHE,
            sign: SCHEMES,
            aead_alg: const { &Tls12::<A>(PhantomData) },
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
    use super::super::spec::{KeyKind, TlsSettings, Versions};
    use super::*;
    use crate::id::NodeId;

    #[test]
    fn both_families_give_one_transcript_in_every_combination() {
        // Where only one family runs there is nothing to compare.
        if Family::here() == Family::Portable {
            return;
        }
        for versions in [Versions::V1_2, Versions::V1_3] {
            for group in [KeyExchange::P256, KeyExchange::X25519] {
                for suite in [Suite::Aes128Gcm, Suite::ChaCha20Poly1305] {
                    for certificate_key in [KeyKind::Ed25519, KeyKind::P256] {
                        let settings = TlsSettings {
                            versions,
                            certificate_key,
                            groups: vec![group],
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
            }
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
