//! Bytes that stand for nonces and integrity codes.

use crate::rng::Rng;

/// Draws as many bytes as are asked for.
pub(super) fn nonce<const N: usize>(luck: &mut Rng) -> [u8; N] {
    let mut drawn = [0; N];
    for chunk in drawn.chunks_mut(8) {
        let bits = luck.bits().to_le_bytes();
        chunk.copy_from_slice(&bits[..chunk.len()]);
    }
    drawn
}
