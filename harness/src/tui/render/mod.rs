//! Draws everything, one widget in each file.
//!
//! Draws only what a scene holds, so the same scene is the same picture.

mod broker;
mod codes;
mod connection;
mod console;
mod energy;
mod fleet;
mod help;
mod link;
mod log;
mod palette;
mod pick;
mod queue;
mod screen;
mod spark;
mod status;
mod temperature;
mod timeline;

pub use palette::Palette;
pub use screen::SMALLEST;
pub(crate) use screen::{Scene, draw, tabbed, tail};
