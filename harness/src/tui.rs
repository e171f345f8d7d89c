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

use std::path::PathBuf;
use std::sync::Arc;

pub use app::{App, Choice};
pub use pace::Pace;
pub use render::{Palette, SMALLEST};
pub use studio::Studio;
pub use svg::svg;
pub use terminal::{End, show};

use player::Source;

use crate::prepare::Prepared;

impl Choice {
    /// Offers a scenario with a seed; `None` is its first.
    #[must_use]
    pub fn scenario(prepared: Prepared, seed: Option<u64>) -> Self {
        let scenario = &prepared.scenario;
        Self {
            file: scenario.file.name().to_owned(),
            name: scenario.name.clone(),
            source: Source::Live {
                seed: seed.unwrap_or(scenario.extension.seed),
                prepared: Arc::new(prepared),
            },
        }
    }

    /// Offers a recording: the world of this seed in it; `None` is the first.
    #[must_use]
    pub fn recording(path: PathBuf, seed: Option<u64>) -> Self {
        Self {
            file: path.display().to_string(),
            name: "a recording".to_owned(),
            source: Source::Recording { path, seed },
        }
    }
}
