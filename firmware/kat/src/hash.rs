//! Makes one number of many results.

/// FNV-1a with 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv §2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash(u32);

const OFFSET: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

impl Hash {
    pub(crate) const fn new() -> Self {
        Self(OFFSET)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(PRIME);
        }
    }

    pub(crate) const fn value(self) -> u32 {
        self.0
    }
}

/// A result that can be hashed.
pub(crate) trait Hashed {
    fn feed(&self, hash: &mut Hash);
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Hashed for $integer {
            fn feed(&self, hash: &mut Hash) {
                hash.bytes(&self.to_le_bytes());
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

impl Hashed for bool {
    fn feed(&self, hash: &mut Hash) {
        u8::from(*self).feed(hash);
    }
}

impl Hashed for f32 {
    /// All that are no number are one: which of them a sum makes is left open (IEEE 754 §6.2.3).
    fn feed(&self, hash: &mut Hash) {
        let value = if self.is_nan() { Self::NAN } else { *self };
        value.to_bits().feed(hash);
    }
}

impl Hashed for f64 {
    /// As for `f32`.
    fn feed(&self, hash: &mut Hash) {
        let value = if self.is_nan() { Self::NAN } else { *self };
        value.to_bits().feed(hash);
    }
}

impl Hashed for core::cmp::Ordering {
    fn feed(&self, hash: &mut Hash) {
        (*self as i8).feed(hash);
    }
}

impl<A: Hashed, B: Hashed> Hashed for (A, B) {
    fn feed(&self, hash: &mut Hash) {
        self.0.feed(hash);
        self.1.feed(hash);
    }
}

impl<A: Hashed> Hashed for Option<A> {
    fn feed(&self, hash: &mut Hash) {
        self.is_some().feed(hash);
        if let Some(value) = self {
            value.feed(hash);
        }
    }
}
