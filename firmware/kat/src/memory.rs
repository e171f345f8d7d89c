//! Copies, moves, fills and compares bytes at every alignment.
//!
//! The lx106 traps on words that are not aligned; the library's routines must not load any.

use core::hint::black_box;

use crate::bench::Bench;
use crate::hash::{Hash, Hashed as _};
use crate::operand::Source;

/// Alignments that are tried; a word has four.
const OFFSETS: usize = 9;
/// Lengths that are tried: all short ones, and some around powers of two.
const LENGTHS: [usize; 26] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 23, 31, 32, 33, 63, 64, 65, 100,
];
/// Bytes around everything, so that one written too many is seen.
const ROOM: usize = 128;

pub(crate) fn run(bench: &mut Bench<'_>) {
    bench.once("memory", "copy", |source, hash| {
        let from = drawn(source);
        sweep(|first, second, length| {
            let mut to = drawn(source);
            let (to_end, from_end) = (first + length, second + length);
            black_box(&mut to)[first..to_end].copy_from_slice(&black_box(&from)[second..from_end]);
            hash.bytes(&to);
        });
    });
    bench.once("memory", "move", |source, hash| {
        sweep(|first, second, length| {
            let mut bytes = drawn(source);
            black_box(&mut bytes).copy_within(first..first + length, second);
            hash.bytes(&bytes);
        });
    });
    bench.once("memory", "fill", |source, hash| {
        sweep(|first, second, length| {
            let mut bytes = drawn(source);
            black_box(&mut bytes)[first..first + length].fill(second.to_le_bytes()[0] | 0xa0);
            hash.bytes(&bytes);
        });
    });
    bench.once("memory", "compare", |source, hash| {
        let left = drawn(source);
        sweep(|first, second, length| {
            let mut right = left;
            right.copy_within(first..first + length, second);
            if let Some(byte) = right.get_mut(second + length / 2) {
                *byte ^= source.word().to_le_bytes()[3] & 1;
            }
            let (left, right) = (black_box(&left), black_box(&right));
            let (left, right) = (
                &left[first..first + length],
                &right[second..second + length],
            );
            (left.cmp(right), left == right).feed(hash);
        });
    });
    bench.once("memory", "words", words);
}

/// Reads and writes wider numbers at every alignment.
fn words(source: &mut Source, hash: &mut Hash) {
    sweep(|first, second, _| {
        let mut bytes = drawn(source);
        let word = bytes[first..]
            .first_chunk()
            .map(|word| u32::from_le_bytes(*word));
        if let (Some(word), Some(place)) = (word, bytes[second..].first_chunk_mut()) {
            *place = (u64::from(word) << 7).to_be_bytes();
        }
        hash.bytes(black_box(&bytes));
    });
}

fn sweep(mut work: impl FnMut(usize, usize, usize)) {
    for length in LENGTHS {
        for first in 0..OFFSETS {
            for second in 0..OFFSETS {
                work(black_box(first), black_box(second), black_box(length));
            }
        }
    }
}

fn drawn(source: &mut Source) -> [u8; ROOM] {
    let start = source.word().to_le_bytes()[1];
    let mut byte = start;
    [(); ROOM].map(|()| {
        byte = byte.wrapping_mul(5).wrapping_add(17);
        byte
    })
}
