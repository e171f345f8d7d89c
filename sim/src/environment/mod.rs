//! The air around the nodes: what temperature it has, and when.
//!
//! Owns the course of the temperature in true time. Does not know who measures it, nor how.

mod ambient;
mod points;
mod profile;
mod trace;
mod walk;

pub use ambient::{Environment, OVERRIDES_MAX};
pub use points::{POINTS_MAX, Points, PointsError};
pub use profile::{Diurnal, Profile, Ramp, Stretch};
pub use trace::{ERRORS_MAX, TraceError, TraceProblem};
pub use walk::{RandomWalk, WALK_STEP_MIN, WALK_STEPS_MAX};
