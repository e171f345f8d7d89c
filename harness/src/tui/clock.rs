//! The real clock, which only a person's time is measured by.
//!
//! Owns the one place in which it is read. Worlds never see it.

use std::thread;
use std::time::{Duration, Instant};

/// Returns the real time.
#[expect(clippy::disallowed_methods, reason = "real time begins here")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Lets real time pass.
#[expect(clippy::disallowed_methods, reason = "real time begins here")]
pub(crate) fn rest(time: Duration) {
    thread::sleep(time);
}
