//! Chance for random sequences: one seed, one sequence of draws.
//!
//! Owns the generator. It is another one than the node's, which is under test here.

use node_core::Duration;

/// A `SplitMix64` generator (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014, figure 17).
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

/// What the state moves by: 2⁶⁴ over the golden ratio, made odd (as above, §5).
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

impl Draw {
    /// Starts the draws of one sequence of a run.
    pub(crate) fn new(seed: u64, sequence: u64) -> Self {
        let mut draw = Self(seed);
        // Neighbouring seeds and sequences must not walk the same path a step apart.
        let start = draw.bits() ^ sequence.rotate_left(32);
        let mut draw = Self(start);
        Self(draw.bits())
    }

    /// Returns 64 random bits.
    pub(crate) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number below `end`; 0 when that is 0.
    pub(crate) const fn below(&mut self, end: u64) -> u64 {
        // The remainder favours small numbers by less than one part in 2³² here.
        match self.bits().checked_rem(end) {
            Some(number) => number,
            None => 0,
        }
    }

    /// Returns a place in a list of `length` entries; 0 when there are none.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).expect("a length has at most 64 bits");
        usize::try_from(self.below(length)).expect("it is below a length")
    }

    /// Returns one of some values.
    pub(crate) fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.place(values.len())]
    }

    /// Returns true once in `times`, on average.
    pub(crate) const fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Returns a byte.
    pub(crate) const fn byte(&mut self) -> u8 {
        self.bits().to_le_bytes()[0]
    }

    /// Returns up to `max` bytes.
    pub(crate) fn bytes(&mut self, max: usize) -> Vec<u8> {
        let length = self.place(max + 1);
        (0..length).map(|_| self.byte()).collect()
    }

    /// Returns a span up to `max`, of any order of magnitude.
    pub(crate) fn span(&mut self, max: Duration) -> Duration {
        let bits = u64::BITS - max.as_micros().leading_zeros();
        let order = self.below(u64::from(bits) + 1);
        let us = self.bits()
            & 1_u64
                .unbounded_shl(u32::try_from(order).unwrap_or(0))
                .wrapping_sub(1);
        Duration::from_micros(us.min(max.as_micros()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draws_are_those_of_the_reference_implementation() {
        // Of the published `splitmix64.c`, state 1234567.
        let mut draw = Draw(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973];
        assert_eq!([draw.bits(), draw.bits()], expected);
    }

    #[test]
    fn sequences_of_a_seed_differ_and_repeat() {
        let first = |seed, sequence| Draw::new(seed, sequence).bits();
        assert_eq!(first(1, 2), first(1, 2));
        assert_ne!(first(1, 2), first(1, 3));
        assert_ne!(first(1, 2), first(2, 2));
        assert_ne!(first(1, 2), first(2, 1));
    }

    #[test]
    fn spans_reach_every_order_of_magnitude_and_their_end() {
        let max = Duration::from_micros(1000);
        let mut draw = Draw::new(1, 1);
        let spans: Vec<u64> = (0..1000).map(|_| draw.span(max).as_micros()).collect();
        assert!(spans.iter().all(|us| *us <= 1000));
        for range in [0..1, 1..10, 10..100, 100..1000, 1000..1001] {
            assert!(spans.iter().any(|us| range.contains(us)), "{range:?}");
        }
    }
}
