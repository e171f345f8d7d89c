//! What a board draws from its battery, in exact integers, by state and by cause.
//!
//! ```text
//! chip figures + board extras ─► PowerSpec ─► Ledger ─┬─► Bill   one stretch of one cause
//!        (data sheets)          µA by state          └─► Drain  what the battery gave
//! ```
//!
//! A [`Ledger`] is told what radio and processor do and why. It keeps two books that never look
//! at each other: charge by cause, added up as time passes, and time by state, multiplied by its
//! currents only when somebody asks. That both agree to the femtocoulomb is checked in each run.
//! Does not know a node, a network or a scenario.

mod battery;
mod bill;
mod figures;
mod ledger;
mod spec;
mod state;
mod units;

pub use battery::Battery;
pub use bill::{Bill, Drain};
pub use figures::{BoardExtras, Chip, CpuClock, PowerSave};
pub use ledger::Ledger;
pub use spec::PowerSpec;
pub use state::{Cause, CpuState, RadioState, RateFamily};
pub use units::{Charge, Energy, Microamps, Millivolts};
