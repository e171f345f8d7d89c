//! What a TMP36 may be before it is drawn, and how it may break.
//!
//! Owns the choices and their defaults. Does not know what follows from them.

use crate::analog::Air;

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

/// How well a sensor was selected: Table 1.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Grade {
    /// ±2 °C at 25 °C, ±3 °C over the range.
    F,
    /// ±3 °C at 25 °C, ±4 °C over the range.
    #[default]
    G,
}

/// What is broken inside.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Tmp36Fault {
    /// Nothing.
    #[default]
    None,
    /// The output lead has come off.
    Open,
    /// The output touches ground.
    ShortToGround,
    /// The output touches +VS.
    ShortToSupply,
    /// The output stays at what it shows when next asked.
    Stuck,
}

impl Tmp36Fault {
    /// Returns what a value of the chip's `fault` control means: 0 is none, 1 an open output, 2
    /// an output on ground, 3 an output on +VS, as in `boards/chips/tmp36.chip.json`.
    #[must_use]
    pub fn from_control(value: f64) -> Option<Self> {
        [
            Self::None,
            Self::Open,
            Self::ShortToGround,
            Self::ShortToSupply,
        ]
        .into_iter()
        .zip([0.0, 1.0, 2.0, 3.0])
        .find_map(|(fault, number)| (value.total_cmp(&number).is_eq()).then_some(fault))
    }
}
