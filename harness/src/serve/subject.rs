//! Which board services are about: that of a scenario, or the tutorial's.
//!
//! Owns reading it, once, before any door opens. Does not know what is asked of it.

use std::path::PathBuf;

use crate::prepare::{self, Prepared};

use super::error::ServeError;

/// What `--scenario` and `--seed` say.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The scenario; `None` is the tutorial's board in the air of a room.
    pub scenario: Option<PathBuf>,
    /// Which world of it; `None` is the scenario's first.
    pub seed: Option<u64>,
}

/// A subject that was read.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// What the user calls it.
    pub(super) name: String,
    pub(super) prepared: Prepared,
    pub(super) seed: u64,
    /// What is doubtful about it, as it is shown to a person.
    pub(super) warnings: Vec<String>,
}

impl Subject {
    /// Reads the scenario and all that it names.
    pub(super) fn read(&self) -> Result<Known, ServeError> {
        let (name, prepared, warnings) = match &self.scenario {
            None => {
                let name = "the tutorial's board".to_owned();
                (name, prepare::built_in(), Vec::new())
            }
            Some(path) => {
                let (prepared, warnings) = prepare::prepare(path)
                    .map_err(|complaints| ServeError::Scenario(complaints.errors))?;
                (path.display().to_string(), prepared, warnings)
            }
        };
        let seed = self.seed.unwrap_or(prepared.scenario.extension.seed);
        let warnings = warnings.iter().map(ToString::to_string).collect();
        Ok(Known {
            name,
            prepared,
            seed,
            warnings,
        })
    }
}
