//! How the simulator's random streams become those that cryptography draws from.

use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

use crate::rng::Rng;

/// Draws the key of a stream from luck, which moves on.
pub(super) fn stream_of(luck: &mut Rng) -> ChaCha12Rng {
    let mut key = [0; 32];
    for chunk in key.chunks_exact_mut(8) {
        chunk.copy_from_slice(&luck.bits().to_le_bytes());
    }
    ChaCha12Rng::from_seed(key)
}
