//! How a TMP36 may break, and the number each way has on the chip's `fault` control.
//!
//! Owns the choices. Does not know what the output then shows.

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
