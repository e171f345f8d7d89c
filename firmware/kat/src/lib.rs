//! Known answers for a compiler: the same sums on the host and on the chip.
//!
//! Each operation is done on many operands, and its results are hashed to one line. Two
//! machines whose compilers are right print the same lines; where a line differs, or never
//! comes, its name says what the compiler does wrong.
//!
//! ```text
//! u128 divide 5be0cd19
//! │    │      └ hash of all results
//! │    └ operation
//! └ group
//! ```
//!
//! Operands are drawn, and results hashed, with 32-bit additions, shifts and products alone, so
//! that a fault elsewhere is seen where it is.
#![no_std]

mod battery;
mod bench;
mod casts;
mod floats;
mod formatting;
mod hash;
mod integers;
mod memory;
mod operand;
mod parsing;
mod sorting;

pub use battery::run;
pub use bench::{Bench, Line};
