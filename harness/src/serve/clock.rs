//! Real time, as the simulator counts it: from the moment at which the program began to serve.
//!
//! Owns the only look at the machine's clocks. Does not know what waits for them.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nodelab_sim::{SimSpan, SimTime};

/// A clock that began when it was built; copies agree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
}

impl Clock {
    /// Begins.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "real time begins here")]
    pub(crate) fn start() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// Returns how long it runs.
    #[must_use]
    pub(crate) fn now(self) -> SimTime {
        let ns = u64::try_from(self.began.elapsed().as_nanos());
        SimTime::from_nanos(ns.unwrap_or(u64::MAX))
    }

    /// Waits until a moment, not at all if it has passed.
    pub(crate) async fn until(self, at: SimTime) {
        let due = self.began.checked_add(Duration::from_nanos(at.as_nanos()));
        match due {
            Some(due) => tokio::time::sleep_until(due.into()).await,
            // Beyond what the machine can count: never.
            None => std::future::pending().await,
        }
    }

    /// Waits for a span.
    pub(crate) async fn after(self, span: SimSpan) {
        self.until(self.now().after(span)).await;
    }

    /// Returns milliseconds since 1970; 0 where the machine believes it is earlier.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        clippy::unused_self,
        reason = "civil time too is looked at here only, by whoever has the clock"
    )]
    pub(crate) fn unix_ms(self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let ms = since.unwrap_or_default().as_millis();
        i64::try_from(ms).unwrap_or(i64::MAX)
    }
}
