//! The TLS lab: what a handshake costs, on the wire and on the chip, over all that can be chosen.
//!
//! ```text
//! axis → cell → skip ─┐
//!                     ├─ measure ─► lab ─► render, compare, advise, trace, plot
//! table → calibration → price, energy, memory ┘
//! ```
//!
//! Bytes, flights and operations are measured by shaking hands in memory; instructions of each
//! operation were counted on emulated cores; everything else is arithmetic on these. Does not
//! know how TLS works: that is the simulator's.

pub mod advise;
pub mod axis;
pub mod basis;
pub mod calibrate;
pub mod calibration;
pub mod cell;
pub mod compare;
pub mod energy;
pub mod lab;
mod lines;
pub mod link;
pub mod measure;
pub mod memory;
pub mod plot;
pub mod price;
pub mod render;
pub mod skip;
pub mod table;
pub mod trace;
