//! Several conversions become one level.
//!
//! Owns the sum of codes, so that no resolution is lost: the level is rounded only once it is
//! a voltage or a temperature. Does not know what a code means.

use core::mem;

use crate::config::{Filter, OVERSAMPLE_MAX};
use crate::text::div_round;
use crate::units::AdcCode;

/// The conversions of one reading, at most [`OVERSAMPLE_MAX`] of them, in ascending order.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Burst {
    codes: [AdcCode; OVERSAMPLE_MAX],
    len: u8,
}

/// A converter level finer than a code: `sum / count` codes, `count` at least 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    pub(crate) sum: u32,
    pub(crate) count: u32,
}

impl Burst {
    /// Starts without conversions.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            codes: [AdcCode(0); OVERSAMPLE_MAX],
            len: 0,
        }
    }

    /// Adds a conversion; one beyond [`OVERSAMPLE_MAX`] is left out.
    pub fn push(&mut self, code: AdcCode) {
        if self.len() >= OVERSAMPLE_MAX {
            return;
        }
        let mut carried = code;
        for slot in self.codes.iter_mut().take(usize::from(self.len)) {
            if carried < *slot {
                mem::swap(&mut carried, slot);
            }
        }
        if let Some(slot) = self.codes.get_mut(usize::from(self.len)) {
            *slot = carried;
            self.len = self.len.saturating_add(1);
        }
    }

    /// Returns how many conversions there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns true while there is no conversion.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the filtered level as the nearest code, for people to read; code 0 of an empty
    /// burst.
    #[must_use]
    pub fn code(&self, filter: Filter) -> AdcCode {
        self.level(filter).map_or(AdcCode(0), Level::code)
    }

    /// Returns the conversions in ascending order.
    pub(crate) fn codes(&self) -> &[AdcCode] {
        self.codes.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// Returns the filtered level, `None` of an empty burst.
    pub(crate) fn level(&self, filter: Filter) -> Option<Level> {
        let codes = self.codes();
        let middle = match filter {
            Filter::Mean => codes,
            // One code in the middle of an odd number, two of an even one.
            Filter::Median => {
                let beside = codes.len().saturating_sub(1) / 2;
                codes.get(beside..codes.len().saturating_sub(beside))?
            }
        };
        let sum = middle
            .iter()
            .fold(0, |sum: u32, code| sum.saturating_add(u32::from(code.0)));
        let count = u32::try_from(middle.len())
            .ok()
            .filter(|&count| count > 0)?;
        Some(Level { sum, count })
    }
}

impl Level {
    /// Returns the level of a single conversion.
    pub(crate) const fn of(code: AdcCode) -> Self {
        Self {
            sum: code.0 as u32,
            count: 1,
        }
    }

    /// Returns the nearest code.
    pub(crate) fn code(self) -> AdcCode {
        let nearest = div_round(i64::from(self.sum), i64::from(self.count));
        AdcCode(u16::try_from(nearest).unwrap_or(u16::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::*;

    fn burst(codes: &[u16]) -> Burst {
        let mut burst = Burst::new();
        for &code in codes {
            burst.push(AdcCode(code));
        }
        burst
    }

    #[test]
    fn an_empty_burst_has_no_level() {
        assert!(Burst::new().level(Filter::Mean).is_none());
        assert!(Burst::new().level(Filter::Median).is_none());
        assert_eq!(Burst::new().code(Filter::Mean), AdcCode(0));
    }

    #[test]
    fn the_median_ignores_a_spike_that_moves_the_mean() {
        let burst = burst(&[240, 270, 240, 241, 239]);
        assert_eq!(burst.code(Filter::Median), AdcCode(240));
        assert_eq!(burst.code(Filter::Mean), AdcCode(246));
    }

    #[test]
    fn a_full_burst_takes_no_more() {
        let mut full = burst(&[7; OVERSAMPLE_MAX]);
        full.push(AdcCode(1));
        assert_eq!(full, burst(&[7; OVERSAMPLE_MAX]));
    }

    proptest! {
        #[test]
        fn mean_and_median_equal_their_definitions(
            codes in prop::collection::vec(any::<u16>(), 1..=OVERSAMPLE_MAX),
        ) {
            let burst = burst(&codes);
            let mut sorted = codes.clone();
            sorted.sort_unstable();
            let held: std::vec::Vec<u16> = burst.codes().iter().map(|code| code.0).collect();
            prop_assert_eq!(&held, &sorted);

            let mean = burst.level(Filter::Mean).unwrap();
            prop_assert_eq!(mean.sum, codes.iter().map(|&code| u32::from(code)).sum::<u32>());
            prop_assert_eq!(mean.count as usize, codes.len());

            let n = sorted.len();
            let twice = u32::from(sorted[(n - 1) / 2]) + u32::from(sorted[n / 2]);
            let median = burst.level(Filter::Median).unwrap();
            prop_assert_eq!(median.sum * 2, twice * median.count);
        }
    }
}
