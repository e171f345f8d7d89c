//! Random streams, one for each entity and purpose.
//!
//! Owns how a seed becomes many independent streams. Adding a node, or one more draw of one
//! kind, moves nobody else's luck.

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;

use crate::id::NodeId;

/// Whose luck it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EntityId {
    /// The access point.
    AccessPoint,
    /// The broker.
    Broker,
    /// One node.
    Node(NodeId),
    /// The world itself: its weather, and what a scenario draws.
    World,
}

/// What a stream is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// How long the access point takes to answer, and its nonces.
    AccessPoint,
    /// Noise of each conversion.
    Adc,
    /// Waits, losses and interference on the air.
    Air,
    /// Transaction numbers and ports of address configuration.
    Address,
    /// Keys and certificates.
    Authority,
    /// When faults strike, and how hard.
    Fault,
    /// Losses and delays of the link.
    Link,
    /// The node's own generator.
    NodeSeed,
    /// Waiting times and ports on a node's way to the broker.
    Path,
    /// How this part differs from the next: offset, gain, drift.
    Parts,
    /// Ranges in a scenario.
    Scenario,
    /// How long a station takes to answer, and its nonces.
    Station,
    /// The node's end of TLS connections.
    TlsClient,
    /// The server's end of TLS connections.
    TlsServer,
    /// The weather.
    Weather,
}

/// A named, independent stream of random numbers.
///
/// `PCG64` (documented portable) seeded by `ChaCha12` from `(seed, entity, purpose)`.
#[derive(Clone, Debug)]
pub struct Rng(Pcg64);

impl Rng {
    /// Derives the stream of one entity and purpose.
    #[must_use]
    pub fn derive(seed: u64, entity: EntityId, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&entity.code().to_le_bytes());
        key[16] = purpose.code();
        let mut state = [0; 32];
        ChaCha12Rng::from_seed(key).fill_bytes(&mut state);
        Self(Pcg64::from_seed(state))
    }

    /// Returns the next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Returns a whole number in `0..=max`, uniform to one part in 2⁶⁴.
    pub fn up_to(&mut self, max: u64) -> u64 {
        let scaled = u128::from(self.bits()) * (u128::from(max) + 1);
        (scaled >> 64) as u64
    }

    /// Returns true with probability `ppm` / 1 000 000.
    pub fn chance_ppm(&mut self, ppm: u32) -> bool {
        ppm != 0 && self.up_to(999_999) < u64::from(ppm)
    }

    /// Returns a number in `0.0..1.0`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept on purpose")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a number in `low..high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Returns a draw of the standard normal distribution.
    ///
    /// Marsaglia's polar method ("A Convenient Method for Generating Normal Variables", SIAM
    /// Review 6, 1964) on `libm`, whose bits are the same everywhere. The square root is exact by
    /// IEEE 754. The method's second value is not kept: a stream stays a function of its draws.
    pub fn gaussian(&mut self) -> f64 {
        loop {
            let (x, y) = (self.uniform(-1.0, 1.0), self.uniform(-1.0, 1.0));
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                return x * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }
}

impl EntityId {
    const fn code(self) -> u64 {
        match self {
            Self::Node(NodeId(index)) => index as u64,
            Self::World => 1 << 32,
            Self::Broker => 2 << 32,
            Self::AccessPoint => 3 << 32,
        }
    }
}

impl Purpose {
    /// Returns a number that never changes, so that a new purpose moves no existing stream.
    const fn code(self) -> u8 {
        match self {
            Self::Adc => 1,
            Self::Link => 2,
            Self::Parts => 3,
            Self::Weather => 4,
            Self::Fault => 5,
            Self::NodeSeed => 6,
            Self::Scenario => 7,
            Self::Address => 11,
            Self::Path => 16,
            Self::Station => 9,
            Self::AccessPoint => 10,
            Self::Air => 8,
            Self::TlsClient => 12,
            Self::TlsServer => 13,
            Self::Authority => 14,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_entity_and_purpose() {
        let first = |seed, entity, purpose| Rng::derive(seed, entity, purpose).bits();
        let base = first(1, EntityId::Node(NodeId(0)), Purpose::Adc);
        assert_eq!(base, first(1, EntityId::Node(NodeId(0)), Purpose::Adc));
        assert_ne!(base, first(2, EntityId::Node(NodeId(0)), Purpose::Adc));
        assert_ne!(base, first(1, EntityId::Node(NodeId(1)), Purpose::Adc));
        assert_ne!(base, first(1, EntityId::Node(NodeId(0)), Purpose::Link));
        assert_ne!(base, first(1, EntityId::World, Purpose::Adc));
    }

    #[test]
    fn the_first_draws_of_a_stream_never_change() {
        let mut rng = Rng::derive(1, EntityId::Node(NodeId(0)), Purpose::Adc);
        let draws: Vec<u64> = (0..3).map(|_| rng.bits()).collect();
        insta::assert_compact_debug_snapshot!(draws);
    }

    #[test]
    fn gaussians_have_the_moments_and_tails_of_the_normal_distribution() {
        let mut rng = Rng::derive(5, EntityId::World, Purpose::Adc);
        let draws: Vec<f64> = (0..1_000_000).map(|_| rng.gaussian()).collect();
        let mean = draws.iter().sum::<f64>() / 1e6;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 1e6;
        // 5 sigma each: 1/sqrt(1e6) and sqrt(2/1e6).
        assert!(mean.abs() < 0.005, "{mean}");
        assert!((variance - 1.0).abs() < 0.007, "{variance}");
        for (limit, expected) in [(1.0, 317_311), (2.0, 45_500), (3.0, 2_700), (4.0, 63)] {
            let beyond = draws.iter().filter(|x| x.abs() > limit).count();
            let off = beyond.abs_diff(expected);
            assert!(off * off <= 25 * expected, "{beyond} beyond {limit}");
        }
    }

    #[test]
    fn chance_has_its_stated_rate() {
        let mut rng = Rng::derive(9, EntityId::World, Purpose::Link);
        let hits = (0..1_000_000).filter(|_| rng.chance_ppm(20_000)).count();
        // 5 sigma of a binomial: sqrt(1e6 · 0.02 · 0.98) = 140.
        assert!((19_300..20_700).contains(&hits), "{hits}");
    }
}
