//! Node-local time, in whole microseconds.
//!
//! Owns the node's own clock reading and spans of it. Does not know true time: a
//! node's clock drifts and jumps, and nothing in this crate can tell.

/// A point on the node's own clock, in microseconds since boot.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Instant(u64);

/// A span of node-local time, in microseconds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Duration(u64);

/// Civil time, in milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime(u64);

impl Instant {
    /// Boot.
    pub const ZERO: Self = Self(0);

    /// Builds an instant from microseconds since boot.
    #[must_use]
    pub const fn from_micros(us: u64) -> Self {
        Self(us)
    }

    /// Returns the microseconds since boot.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Returns the instant `delay` later, saturating at the far future.
    #[must_use]
    pub const fn after(self, delay: Duration) -> Self {
        Self(self.0.saturating_add(delay.0))
    }

    /// Returns the span since `earlier`, zero if `earlier` lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Builds a span from microseconds.
    #[must_use]
    pub const fn from_micros(us: u64) -> Self {
        Self(us)
    }

    /// Builds a span from milliseconds, saturating at the longest span.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(1_000).times(ms)
    }

    /// Builds a span from seconds, saturating at the longest span.
    #[must_use]
    pub const fn from_secs(s: u64) -> Self {
        Self(1_000_000).times(s)
    }

    /// Returns the span in microseconds.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Returns the span in whole milliseconds, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Returns the span in whole seconds, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Returns the sum, saturating at the longest span.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the span `factor` times as long, saturating at the longest span.
    // Not inlined: 64 bits that saturate take a 32-bit core a hundred bytes of code.
    #[must_use]
    #[inline(never)]
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }

    /// Returns half the span, rounded down.
    #[must_use]
    pub const fn half(self) -> Self {
        Self(self.0 / 2)
    }
}

impl UnixTime {
    /// Builds a civil time from milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Returns the milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_saturate_at_the_far_future() {
        let last = Instant::from_micros(u64::MAX);
        assert_eq!(last.after(Duration::from_secs(1)), last);
    }

    #[test]
    fn since_a_later_instant_is_zero() {
        let (early, late) = (Instant::from_micros(1), Instant::from_micros(2));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(late.since(early), Duration::from_micros(1));
    }
}
