//! Numbers that only look random, so that a handshake can be repeated to the byte.

use rand_core::{CryptoRng, Error, RngCore};

/// Numbers by seed: `SplitMix64` (Steele, Lea, Flood 2014, fig. 17).
///
/// No secret: whoever knows the seed knows all keys. It is for measurements, and the library asks
/// for a generator that calls itself cryptographic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Luck(u64);

impl Luck {
    /// Starts from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl RngCore for Luck {
    fn next_u32(&mut self) -> u32 {
        let [a, b, c, d, ..] = self.next_u64().to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn fill_bytes(&mut self, into: &mut [u8]) {
        for chunk in into.chunks_mut(8) {
            let bytes = self.next_u64().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(bytes) {
                *to = from;
            }
        }
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(into);
        Ok(())
    }
}

impl CryptoRng for Luck {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the generator's reference implementation for seed 0.
    #[test]
    fn the_numbers_are_the_published_ones() {
        let mut luck = Luck::new(0);
        assert_eq!(luck.next_u64(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(luck.next_u64(), 0x6e78_9e6a_a1b9_65f4);
    }
}
