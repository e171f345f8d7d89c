//! The terminal UI: simulated worlds, or recordings of them, as they happen.
//!
//! ```text
//! world, or recording ──lines──▶ model ──scene──▶ picture
//!        ▲                                           │
//!        └──── pace, acts ◀── commands ◀── keys ◀────┘
//! ```
//!
//! The model is made of the lines of the [stream](crate::telemetry) and nothing else.

mod app;
mod clock;
mod driver;
mod hands;
mod input;
mod keys;
mod model;
mod outbox;
mod pace;
mod player;
mod render;
mod save;
mod session;
mod studio;
mod svg;
mod terminal;
mod view;
mod words;

pub use app::{App, Choice};
pub use pace::Pace;
pub use player::check_recording;
pub use render::{Palette, SMALLEST};
pub use save::BUILT_IN_NAME;
pub use studio::Studio;
pub use svg::svg;
pub use terminal::{End, show};
