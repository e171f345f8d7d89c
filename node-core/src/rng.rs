//! A small random generator for back-off jitter.
//!
//! PCG-XSH-RR 64/32 (M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
//! Statistically Good Algorithms for Random Number Generation", HMC-CS-2014-0905).
//! On a board, seed it from the chip's hardware generator.

use crate::time::Duration;

/// Multiplier of the underlying congruential generator (HMC-CS-2014-0905, Table 2 and pcg32).
const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
/// Any odd number; this is the reference implementation's default stream.
const INCREMENT: u64 = 1_442_695_040_888_963_407;

/// A PCG32 generator: 8 bytes of state.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Rng(u64);

impl Rng {
    /// Starts the sequence that belongs to `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        let mut rng = Self(seed.wrapping_add(INCREMENT));
        rng.next_u32();
        rng
    }

    /// Returns the next 32 random bits.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the output function keeps 32 bits"
    )]
    pub const fn next_u32(&mut self) -> u32 {
        let old = self.0;
        self.0 = old.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        let xorshifted = (((old >> 18) ^ old) >> 27) as u32;
        xorshifted.rotate_right((old >> 59) as u32)
    }

    /// Returns a span between zero and `max`, both included, uniform to one part in 2³².
    pub const fn up_to(&mut self, max: Duration) -> Duration {
        // (max + 1) · draw / 2³² in halves of `max`, as a 32-bit core multiplies.
        let draw = self.next_u32() as u64;
        let (high, low) = (max.as_micros() >> 32, max.as_micros() & 0xFFFF_FFFF);
        let carried = low.wrapping_add(1).wrapping_mul(draw) >> 32;
        Duration::from_micros(high.wrapping_mul(draw).wrapping_add(carried))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_cover_the_range_evenly() {
        let mut rng = Rng::new(7);
        let max = Duration::from_micros(9);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[usize::try_from(rng.up_to(max).as_micros()).unwrap()] += 1;
        }
        assert!(
            seen.iter().all(|&count| (850..1150).contains(&count)),
            "{seen:?}"
        );
    }

    #[test]
    fn one_seed_gives_one_sequence() {
        assert_eq!(Rng::new(3).next_u32(), Rng::new(3).next_u32());
        assert_ne!(Rng::new(3).next_u32(), Rng::new(4).next_u32());
    }
}
