//! The host's clocks: the one place where real time begins.
//!
//! Owns what a node is told about time. Does not know who asks.

use std::time::{Duration as Span, Instant as HostInstant, SystemTime, UNIX_EPOCH};

use node_core::{Instant, UnixTime};
use nodelab_sim::{SimSpan, SimTime};

/// A clock that started when the run did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: HostInstant,
}

impl Clock {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "real time begins here")]
    pub(super) fn start() -> Self {
        Self {
            start: HostInstant::now(),
        }
    }

    /// Returns the time since the start.
    pub(super) fn elapsed(&self) -> Span {
        self.start.elapsed()
    }

    /// Returns the present on the simulator's axis, where the run began at zero.
    pub(super) fn sim_time(&self) -> SimTime {
        SimTime::ZERO.after(sim_span(self.elapsed()))
    }

    /// Returns the present on the clock of a node that booted so long after the start.
    pub(super) fn node_time(&self, boot: Span) -> Instant {
        let since = self.elapsed().saturating_sub(boot);
        Instant::from_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }

    /// Returns when that node's clock shows `at`; far-off times are held within a year, after
    /// which whoever waits asks again.
    pub(super) fn host_time(&self, boot: Span, at: Instant) -> tokio::time::Instant {
        const YEAR: Span = Span::from_secs(365 * 86_400);
        let at = boot.saturating_add(Span::from_micros(at.as_micros()));
        let wait = at.saturating_sub(self.elapsed()).min(YEAR);
        tokio::time::Instant::now() + wait
    }

    /// Returns the civil time, for nodes; none on a host whose clock lies before 1970.
    pub(super) fn civil() -> Option<UnixTime> {
        let since = civil_time()?;
        Some(UnixTime::from_millis(
            u64::try_from(since.as_millis()).ok()?,
        ))
    }
}

/// Returns the civil time since 1970; none on a host whose clock lies before that.
#[expect(clippy::disallowed_methods, reason = "civil time is the host's")]
pub(super) fn civil_time() -> Option<Span> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok()
}

/// Returns a host's span as the simulator's.
pub(super) fn sim_span(span: Span) -> SimSpan {
    SimSpan::from_nanos(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_counts_from_its_own_boot() {
        let clock = Clock::start();
        assert_eq!(clock.node_time(Span::from_secs(3_600)), Instant::ZERO);
        assert!(clock.node_time(Span::ZERO) <= clock.node_time(Span::ZERO));
    }

    #[test]
    fn the_far_future_can_be_waited_for() {
        let clock = Clock::start();
        let far = clock.host_time(Span::ZERO, Instant::from_micros(u64::MAX));
        assert!(far > clock.host_time(Span::ZERO, Instant::from_micros(1)));
    }
}
