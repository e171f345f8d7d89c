//! The real clock, which only a person's time is measured by.
//!
//! Owns the one place in which it is read. Worlds never see it.

use std::time::Instant;

/// Returns the real time.
#[expect(clippy::disallowed_methods, reason = "real time begins here")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
