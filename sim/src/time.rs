//! True time, in whole nanoseconds since the world began.
//!
//! Never shown to a node: a node sees its own [`Clock`](crate::Clock).

use std::fmt;

/// A point of true time, in nanoseconds since the world began.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SimTime(u64);

/// A span of true time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SimSpan(u64);

impl SimTime {
    /// The beginning of the world.
    pub const ZERO: Self = Self(0);
    /// The far future, about 584 years.
    pub const MAX: Self = Self(u64::MAX);

    /// Builds a time from nanoseconds since the beginning.
    #[must_use]
    pub const fn from_nanos(ns: u64) -> Self {
        Self(ns)
    }

    /// Returns the nanoseconds since the beginning.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Returns the time `span` later, saturating at the far future.
    #[must_use]
    pub const fn after(self, span: SimSpan) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// Returns the span since `earlier`, zero if `earlier` lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> SimSpan {
        SimSpan(self.0.saturating_sub(earlier.0))
    }

    /// Returns the time in seconds, for physics.
    #[must_use]
    pub const fn as_secs_f64(self) -> f64 {
        SimSpan(self.0).as_secs_f64()
    }
}

impl SimSpan {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Builds a span from nanoseconds.
    #[must_use]
    pub const fn from_nanos(ns: u64) -> Self {
        Self(ns)
    }

    /// Builds a span from microseconds, saturating.
    #[must_use]
    pub const fn from_micros(us: u64) -> Self {
        Self(us.saturating_mul(1_000))
    }

    /// Builds a span from milliseconds, saturating.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms.saturating_mul(1_000_000))
    }

    /// Builds a span from seconds, saturating.
    #[must_use]
    pub const fn from_secs(s: u64) -> Self {
        Self(s.saturating_mul(1_000_000_000))
    }

    /// Returns the nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Returns the whole microseconds, rounded down.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0 / 1_000
    }

    /// Returns the whole milliseconds, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Returns the span in seconds, for physics.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "physics is content with 53 bits"
    )]
    pub const fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Returns the sum, saturating.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the span `factor` times as long, saturating.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl fmt::Display for SimTime {
    /// Writes `HH:MM:SS.mmm`, with as many hours as it takes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0 / 1_000_000;
        let (s, m, h) = (ms / 1_000, ms / 60_000, ms / 3_600_000);
        write!(f, "{h:02}:{:02}:{:02}.{:03}", m % 60, s % 60, ms % 1_000)
    }
}

impl fmt::Display for SimSpan {
    /// Writes the span as a person would: `5 min`, `97.397 s`, `3 min 7.5 s`, `26 h 40 min`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MINUTE: u64 = 60_000_000_000;
        const HOUR: u64 = 60 * MINUTE;
        let ns = self.0;
        let (hours, minutes, rest) = (ns / HOUR, ns % HOUR / MINUTE, ns % MINUTE);
        match ns {
            _ if ns >= HOUR && rest == 0 && minutes == 0 => write!(f, "{hours} h"),
            _ if ns >= MINUTE && rest == 0 && hours == 0 => write!(f, "{minutes} min"),
            // A day and more: seconds tell nobody anything.
            _ if ns >= 24 * HOUR || (ns >= HOUR && rest == 0) => {
                write!(f, "{hours} h {minutes} min")
            }
            _ if ns >= HOUR => write!(f, "{hours} h {minutes} min {}", Self(rest)),
            _ if ns >= 2 * MINUTE => write!(f, "{minutes} min {}", Self(rest)),
            _ => self.write_decimal(f),
        }
    }
}

impl SimSpan {
    /// Writes the span in the largest of the small units, with up to three decimals.
    fn write_decimal(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 3] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")];
        let ns = self.0;
        let Some((unit, name)) = UNITS.iter().find(|(unit, _)| ns >= *unit) else {
            return write!(f, "{ns} ns");
        };
        let thousandths = ns / (unit / 1_000);
        let decimals = format!("{:03}", thousandths % 1_000);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        write!(f, "{}{point}{decimals} {name}", thousandths / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_a_clock_does() {
        let at = SimTime::from_nanos(3_133_204_999_999);
        assert_eq!(at.to_string(), "00:52:13.204");
    }

    #[test]
    fn spans_print_in_the_unit_a_person_would_choose() {
        let cases = [
            (97_397_000_000, "97.397 s"),
            (187_500_000_000, "3 min 7.5 s"),
            (7_201_200_000_000, "2 h 0 min 1.2 s"),
            (96_012_000_000_000, "26 h 40 min"),
            (5_400_000_000_000, "1 h 30 min"),
            (300_000_000_000, "5 min"),
            (7_200_000_000_000, "2 h"),
            (1_500_000, "1.5 ms"),
            (40_000, "40 us"),
            (7, "7 ns"),
            (0, "0 ns"),
        ];
        for (ns, expected) in cases {
            assert_eq!(SimSpan::from_nanos(ns).to_string(), expected);
        }
    }
}
