//! A span of true time that is drawn, not given.
//!
//! Owns the range and the draw. Does not know what the span is of.

use crate::rng::Rng;
use crate::time::SimSpan;

/// A span that is drawn anew each time, uniform from `min` to `max`, both included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SpanRange {
    min: SimSpan,
    max: SimSpan,
}

impl SpanRange {
    /// Builds a range; two ends in the wrong order are exchanged.
    #[must_use]
    pub const fn new(one: SimSpan, other: SimSpan) -> Self {
        let (min, max) = if one.as_nanos() <= other.as_nanos() {
            (one, other)
        } else {
            (other, one)
        };
        Self { min, max }
    }

    /// Builds a range from whole milliseconds.
    #[must_use]
    pub const fn from_millis(one: u64, other: u64) -> Self {
        Self::new(SimSpan::from_millis(one), SimSpan::from_millis(other))
    }

    /// Builds a range of one span.
    #[must_use]
    pub const fn exactly(span: SimSpan) -> Self {
        Self {
            min: span,
            max: span,
        }
    }

    /// Returns the shortest span.
    #[must_use]
    pub const fn min(self) -> SimSpan {
        self.min
    }

    /// Returns the longest span.
    #[must_use]
    pub const fn max(self) -> SimSpan {
        self.max
    }

    /// Draws a span.
    pub fn draw(self, rng: &mut Rng) -> SimSpan {
        let width_ns = self.max.as_nanos() - self.min.as_nanos();
        self.min.plus(SimSpan::from_nanos(rng.up_to(width_ns)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{EntityId, Purpose};

    #[test]
    fn a_range_is_drawn_evenly_between_its_ends() {
        let mut rng = Rng::derive(5, EntityId::World, Purpose::Link);
        let range = SpanRange::from_millis(30, 10);
        let draws: Vec<_> = (0..10_000).map(|_| range.draw(&mut rng)).collect();
        assert!(draws.iter().all(|&d| range.min() <= d && d <= range.max()));
        let mean_us = draws.iter().map(|d| d.as_micros()).sum::<u64>() / 10_000;
        // The mean of a uniform 20 ms wide has a deviation of 20 ms / √12 / √10 000 = 58 µs.
        assert!(mean_us.abs_diff(20_000) < 5 * 58, "{mean_us}");
        let fixed = SpanRange::exactly(SimSpan::from_secs(1));
        assert_eq!(fixed.draw(&mut rng), SimSpan::from_secs(1));
    }
}
