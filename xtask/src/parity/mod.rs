//! Whether the emulated cores do what this machine does, byte for byte.
//!
//! Owns the replay of lives: those of every shipped scenario, random ones, and one for reference.
//! Does not know how images are made, nor how an emulator is started.
//!
//! ```text
//! nodelab run --trace ─▶ lives ─┬─▶ node-core on this machine ─┐
//! random sequences ────▶        ├─▶ node-core on lx106 ────────┼─▶ equal? ─▶ first divergence
//! the reference life ──▶        └─▶ node-core on riscv32 ──────┘   instructions, stack
//! ```

mod compare;
mod count;
mod divergence;
mod draw;
mod flip;
mod life;
mod options;
mod player;
mod random;
mod record;
mod reference;
mod replay;
mod report;
mod state;
mod task;
mod turn;
mod words;
mod world;

pub(crate) use options::OPTIONS;
pub(crate) use task::{check, check_flip, run};
