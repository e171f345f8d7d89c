//! What every TMP36 has in common, as pure functions.
//!
//! Owns the figures of the data sheet, what the output shows and how it may break. Does not know
//! time, how one part differs from the next, nor who asks: the simulator and the chip that runs
//! on Wokwi are built from this same code.

#![no_std]

mod curve;
mod fault;
mod figures;
mod output;

pub use curve::interpolate;
pub use fault::Tmp36Fault;
pub use figures::{
    Grade, OFFSET_SIGMA_C, curvature_c, heating_c, limit_c, output_ohm, supply_c, supply_needed_v,
    transfer_v,
};
pub use output::{Lead, between_rails_v, faulty, fed_v, ground_open_v};
