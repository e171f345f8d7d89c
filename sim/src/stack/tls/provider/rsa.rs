//! Keys of RSA: made once and kept in files, since making one of 4 096 bits takes seconds.
//!
//! They are published with this program and protect nothing. Each was made by
//! `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, or 4096, and written as it is
//! here by `openssl pkcs8 -topk8 -nocrypt -outform DER`.

use std::sync::OnceLock;

use graviola::signing::rsa::SigningKey;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, Pss};
use sha2::{Digest as _, Sha256};

use super::super::operation::RsaSize;
use super::fast::Fast;

/// Who has a key of RSA. All clients of a world share one, and all impostors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::stack::tls) enum Holder {
    /// Every node.
    Client,
    /// An authority below the root, counted from 1.
    Intermediate(u8),
    /// The root.
    Root,
    /// The genuine server.
    Server,
    /// Whoever is not who they say.
    Stranger,
}

/// A key of RSA.
pub(in crate::stack::tls) struct RsaKey {
    /// The key as PKCS #8 in DER.
    pub der: &'static [u8],
    /// Its length.
    pub size: RsaSize,
    /// The public key as certificates hold it: PKCS #1 in DER.
    pub public: Vec<u8>,
    portable: rsa::PrivateKey,
    /// The same key in assembly, where the processor runs it.
    fast: Option<SigningKey>,
}

/// The files, in the order of [`Holder::index`].
const KEYS_2048: [&[u8]; 7] = [
    include_bytes!("rsa/root-2048.der"),
    include_bytes!("rsa/intermediate-1-2048.der"),
    include_bytes!("rsa/intermediate-2-2048.der"),
    include_bytes!("rsa/intermediate-3-2048.der"),
    include_bytes!("rsa/server-2048.der"),
    include_bytes!("rsa/client-2048.der"),
    include_bytes!("rsa/stranger-2048.der"),
];
const KEYS_4096: [&[u8]; 7] = [
    include_bytes!("rsa/root-4096.der"),
    include_bytes!("rsa/intermediate-1-4096.der"),
    include_bytes!("rsa/intermediate-2-4096.der"),
    include_bytes!("rsa/intermediate-3-4096.der"),
    include_bytes!("rsa/server-4096.der"),
    include_bytes!("rsa/client-4096.der"),
    include_bytes!("rsa/stranger-4096.der"),
];

impl Holder {
    fn index(self) -> usize {
        match self {
            Self::Root => 0,
            Self::Intermediate(number) => usize::from(number),
            Self::Server => 4,
            Self::Client => 5,
            Self::Stranger => 6,
        }
    }
}

impl RsaKey {
    /// Returns the key that somebody has.
    pub(super) fn of(size: RsaSize, holder: Holder) -> &'static Self {
        static READ: [[OnceLock<RsaKey>; 7]; 2] = [const { [const { OnceLock::new() }; 7] }; 2];
        let (row, files) = match size {
            RsaSize::Bits2048 => (0, &KEYS_2048),
            RsaSize::Bits4096 => (1, &KEYS_4096),
        };
        let index = holder.index();
        READ[row][index].get_or_init(|| Self::read(size, files[index]))
    }

    fn read(size: RsaSize, der: &'static [u8]) -> Self {
        let portable = rsa::PrivateKey::from_pkcs8_der(der).expect("the files hold keys");
        let public = portable.to_public_key().to_pkcs1_der();
        Self {
            der,
            size,
            public: public.expect("any public key can be written").into_vec(),
            portable,
            fast: Fast::runs_here()
                .then(|| SigningKey::from_pkcs8_der(der).expect("the files hold keys")),
        }
    }

    /// Returns the signature by PKCS #1 v1.5 with SHA-256, which holds nothing random.
    pub(super) fn sign_pkcs1(&self, message: &[u8]) -> Vec<u8> {
        match &self.fast {
            Some(key) => {
                let mut room = vec![0; key.modulus_len_bytes()];
                let made = key.sign_pkcs1_sha256(&mut room, message);
                made.expect("the room is as long as the modulus").to_vec()
            }
            None => self.sign_pkcs1_portably(message),
        }
    }

    fn sign_pkcs1_portably(&self, message: &[u8]) -> Vec<u8> {
        let padding = Pkcs1v15Sign::new::<Sha256>();
        let signature = self.portable.sign(padding, &Sha256::digest(message));
        signature.expect("a modulus has room for a digest")
    }

    /// Returns the signature by PSS with SHA-256, its salt drawn from `seed`.
    pub(super) fn sign_pss(&self, message: &[u8], seed: [u8; 32]) -> Vec<u8> {
        // The salt is drawn first. What follows blinds the computation, and leaves no trace.
        let mut luck = ChaCha12Rng::from_seed(seed);
        let padding = Pss::<Sha256>::new();
        let digest = Sha256::digest(message);
        let signature = self.portable.sign_with_rng(&mut luck, padding, &digest);
        signature.expect("a modulus has room for a digest and its salt")
    }
}

impl std::fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RsaKey")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::portable::Portable;
    use super::super::primitives::{Primitives as _, SignatureForm};
    use super::*;

    const SIZES: [RsaSize; 2] = [RsaSize::Bits2048, RsaSize::Bits4096];

    #[test]
    fn both_libraries_give_the_same_signature() {
        for size in SIZES {
            let key = RsaKey::of(size, Holder::Server);
            let message = b"the same";
            assert_eq!(key.sign_pkcs1(message), key.sign_pkcs1_portably(message));
        }
    }

    #[test]
    fn salt_is_all_that_a_seed_changes() {
        let key = RsaKey::of(RsaSize::Bits2048, Holder::Server);
        let sign = |seed| key.sign_pss(b"message", [seed; 32]);
        assert_eq!(sign(1), sign(1));
        assert!(sign(1) != sign(2));
        for seed in [1, 2] {
            let holds = |message| {
                Portable::verify(SignatureForm::RsaPss, &key.public, message, &sign(seed))
            };
            assert!(holds(b"message") && !holds(b"massage"));
        }
    }

    #[test]
    fn no_two_holders_share_a_key() {
        for size in SIZES {
            let numbers = [
                Holder::Client,
                Holder::Root,
                Holder::Server,
                Holder::Stranger,
            ];
            let between = (1..=3).map(Holder::Intermediate);
            let all = numbers.into_iter().chain(between);
            let mut keys: Vec<_> = all.map(|holder| &RsaKey::of(size, holder).public).collect();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), 7);
        }
    }
}
