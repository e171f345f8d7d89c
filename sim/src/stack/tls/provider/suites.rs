//! Suites: which cipher goes with which hash, in both versions.

use std::marker::PhantomData;

use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{CipherSuiteCommon, KeyExchangeAlgorithm};
use rustls::{CipherSuite, SignatureScheme, Tls12CipherSuite, Tls13CipherSuite};

use super::super::operation::Cipher;
use super::super::spec::Suite;
use super::hashing::{Hash, Hmac};
use super::primitives::{Aead, Digest, Mac, Primitives};
use super::records::{Tls12, Tls13};

/// Records that AES-GCM may seal with one key (RFC 8446 §5.5).
const AES_RECORDS_MAX: u64 = 1 << 24;
/// Schemes by which an end with such a certificate signs in TLS 1.2, and in this order.
const ECDSA_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ED25519,
];
const RSA_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA256,
];

/// Returns a suite of TLS 1.3.
pub(super) const fn newer<P: Primitives>(suite: Suite) -> &'static Tls13CipherSuite {
    const AES_128: CipherSuite = CipherSuite::TLS13_AES_128_GCM_SHA256;
    const AES_256: CipherSuite = CipherSuite::TLS13_AES_256_GCM_SHA384;
    const CHACHA: CipherSuite = CipherSuite::TLS13_CHACHA20_POLY1305_SHA256;
    match suite {
        Suite::Aes128Gcm => const { &tls13::<P::Aes128, P::Sha256, P::HmacSha256>(AES_128) },
        Suite::Aes256Gcm => const { &tls13::<P::Aes256, P::Sha384, P::HmacSha384>(AES_256) },
        Suite::ChaCha20Poly1305 => const { &tls13::<P::ChaCha, P::Sha256, P::HmacSha256>(CHACHA) },
    }
}

/// Returns a suite of TLS 1.2 for certificates on an elliptic curve.
pub(super) const fn older_ecdsa<P: Primitives>(suite: Suite) -> &'static Tls12CipherSuite {
    match suite {
        Suite::Aes128Gcm => {
            const {
                &tls12::<P::Aes128, P::Sha256, P::HmacSha256>(
                    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                    ECDSA_SCHEMES,
                )
            }
        }
        Suite::Aes256Gcm => {
            const {
                &tls12::<P::Aes256, P::Sha384, P::HmacSha384>(
                    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                    ECDSA_SCHEMES,
                )
            }
        }
        Suite::ChaCha20Poly1305 => {
            const {
                &tls12::<P::ChaCha, P::Sha256, P::HmacSha256>(
                    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                    ECDSA_SCHEMES,
                )
            }
        }
    }
}

/// Returns a suite of TLS 1.2 for certificates with RSA.
pub(super) const fn older_rsa<P: Primitives>(suite: Suite) -> &'static Tls12CipherSuite {
    match suite {
        Suite::Aes128Gcm => {
            const {
                &tls12::<P::Aes128, P::Sha256, P::HmacSha256>(
                    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                    RSA_SCHEMES,
                )
            }
        }
        Suite::Aes256Gcm => {
            const {
                &tls12::<P::Aes256, P::Sha384, P::HmacSha384>(
                    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                    RSA_SCHEMES,
                )
            }
        }
        Suite::ChaCha20Poly1305 => {
            const {
                &tls12::<P::ChaCha, P::Sha256, P::HmacSha256>(
                    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                    RSA_SCHEMES,
                )
            }
        }
    }
}

/// Returns a suite of TLS 1.3: a cipher, a hash, and HMAC with it.
const fn tls13<A: Aead, D: Digest, M: Mac>(suite: CipherSuite) -> Tls13CipherSuite {
    Tls13CipherSuite {
        common: common::<A, D>(suite),
        hkdf_provider: const { &HkdfUsingHmac(&Hmac::<M>(PhantomData)) },
        aead_alg: const { &Tls13::<A>(PhantomData) },
        quic: None,
    }
}

/// Returns a suite of TLS 1.2, whose certificates sign by one of `schemes`.
const fn tls12<A: Aead, D: Digest, M: Mac>(
    suite: CipherSuite,
    schemes: &'static [SignatureScheme],
) -> Tls12CipherSuite {
    Tls12CipherSuite {
        common: common::<A, D>(suite),
        prf_provider: const { &PrfUsingHmac(&Hmac::<M>(PhantomData)) },
        kx: KeyExchangeAlgorithm::ECDHE,
        sign: schemes,
        aead_alg: const { &Tls12::<A>(PhantomData) },
    }
}

const fn common<A: Aead, D: Digest>(suite: CipherSuite) -> CipherSuiteCommon {
    CipherSuiteCommon {
        suite,
        hash_provider: const { &Hash::<D>(PhantomData) },
        confidentiality_limit: match A::CIPHER {
            Cipher::ChaCha20Poly1305 => u64::MAX,
            Cipher::Aes128Cbc | Cipher::Aes128Gcm | Cipher::Aes256Gcm => AES_RECORDS_MAX,
        },
    }
}
