//! What a ledger hands out.

use super::state::Cause;
use super::units::Charge;
use crate::time::SimSpan;

/// One stretch of time that had one cause.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bill {
    /// What it was for.
    pub cause: Cause,
    /// What was drawn, sent frames included.
    pub charge: Charge,
    /// How long it was.
    pub span: SimSpan,
}

/// What a battery gave its board since the beginning.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Drain {
    /// The charge.
    pub charge: Charge,
    /// How long the board had power.
    pub powered: SimSpan,
}
