//! Draws operands, edges more often than chance would.

/// Draws words: xorshift with 32 bits (Marsaglia 2003, "Xorshift RNGs", §3).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source(u32);

/// What the first word is drawn from; any but zero.
const START: u32 = 0x9e37_79b9;

impl Source {
    pub(crate) const fn new() -> Self {
        Self(START)
    }

    /// Draws 32 bits.
    pub(crate) const fn word(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// Draws a number below `end`, which is small.
    pub(crate) const fn below(&mut self, end: u32) -> u32 {
        // The high bits are the better ones.
        ((self.word() >> 16) * end) >> 16
    }

    /// Draws 16 bytes: any, a power of two, one off it, its complement, zero, or a short one.
    fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        for chunk in bytes.chunks_exact_mut(4) {
            chunk.copy_from_slice(&self.word().to_le_bytes());
        }
        let bit = self.below(128);
        let length = usize::try_from(self.below(17)).unwrap_or_default();
        let power = |bytes: &mut [u8; 16], fill: u8, mark: u8| {
            *bytes = [fill; 16];
            let place = usize::try_from(bit / 8).unwrap_or_default();
            if let Some(byte) = bytes.get_mut(place) {
                *byte = mark;
            }
        };
        match self.below(8) {
            0 => power(&mut bytes, 0, 1 << (bit % 8)),
            1 => power(&mut bytes, 0xff, !(1 << (bit % 8))),
            2 => {
                // One below a power of two: ones, then a few, then none.
                let place = usize::try_from(bit / 8).unwrap_or_default();
                for (index, byte) in bytes.iter_mut().enumerate() {
                    *byte = match index.cmp(&place) {
                        core::cmp::Ordering::Less => 0xff,
                        core::cmp::Ordering::Equal => (1 << (bit % 8)) - 1,
                        core::cmp::Ordering::Greater => 0,
                    };
                }
            }
            3 if bit < 32 => bytes = [0; 16],
            4 | 5 => {
                for byte in bytes.iter_mut().skip(length) {
                    *byte = 0;
                }
            }
            _ => {}
        }
        bytes
    }
}

/// A type whose values can be drawn.
pub(crate) trait Operand {
    fn draw(source: &mut Source) -> Self;
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Operand for $integer {
            fn draw(source: &mut Source) -> Self {
                let bytes = source.bytes();
                Self::from_le_bytes(*bytes.first_chunk().unwrap_or(&[0; size_of::<Self>()]))
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

impl Operand for f32 {
    /// Any bits, a whole number, or a fraction near one.
    fn draw(source: &mut Source) -> Self {
        let word = source.word();
        match source.below(4) {
            0 => Self::from_bits(word),
            1 => Self::from_bits(word >> 9 | 0x3f80_0000),
            2 => Self::from_bits((word >> 5) ^ 0x3c00_0000),
            _ => Self::from_bits((word & 0x83ff_ff00) | 0x3e00_0000),
        }
    }
}

impl Operand for f64 {
    /// As for `f32`.
    fn draw(source: &mut Source) -> Self {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&source.word().to_le_bytes());
        let high = source.word();
        let high = match source.below(4) {
            0 => high,
            1 => high >> 12 | 0x3ff0_0000,
            2 => (high >> 8) ^ 0x3f80_0000,
            _ => (high & 0x807f_ff00) | 0x3fc0_0000,
        };
        bytes[4..].copy_from_slice(&high.to_le_bytes());
        Self::from_le_bytes(bytes)
    }
}
