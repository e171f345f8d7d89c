//! What a TMP36 may be before it is drawn, and how it may break.
//!
//! Owns the choices and their defaults. Does not know what follows from them.

use crate::analog::Air;

pub use tmp36_model::{Grade, Tmp36Fault};

/// What is known of a sensor before it is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tmp36Spec {
    /// What surrounds it; default still air.
    pub air: Air,
    /// How well it was selected; default G, the one that is sold.
    pub grade: Grade,
    /// Nominal transfer function and nothing else: no spread, curve, noise, lag, self-heating,
    /// turn-on, output resistance or influence of the supply. Default off.
    pub ideal: bool,
}
