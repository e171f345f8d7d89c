//! Ranges: what a scenario leaves to chance.
//!
//! Owns `low..high`, and how one value of it is drawn. Does not know which stream of luck a
//! value comes from: the caller passes it.

use nodelab_sim::{Celsius, Rng, SimSpan, Volts};

use crate::scenario::quantity::{Grammar, Metres, Ppm, QuantityError, SignedSpan};

/// All values from `low` to `high`; a single value is a range of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Range<T> {
    low: T,
    high: T,
}

/// Why a text is no range.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RangeError {
    /// The upper end lies below the lower one.
    Inverted,
    /// One end is no quantity of the kind.
    Quantity(QuantityError),
}

impl<T: Copy + PartialOrd> Range<T> {
    /// Builds the range of a single value.
    #[must_use]
    pub const fn only(value: T) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    /// Builds a range.
    ///
    /// # Errors
    ///
    /// [`RangeError::Inverted`] when `high` is less than `low`.
    pub fn new(low: T, high: T) -> Result<Self, RangeError> {
        if high < low {
            return Err(RangeError::Inverted);
        }
        Ok(Self { low, high })
    }

    /// Reads `a..b`, or a single value. The unit may be left out of `a`: `2..15 %`.
    ///
    /// # Errors
    ///
    /// As [`RangeError`].
    pub fn read(text: &str, grammar: &Grammar<T>) -> Result<Self, RangeError> {
        let read = |text: &str| (grammar.read)(text).map_err(RangeError::Quantity);
        let Some((low, high)) = text.split_once("..") else {
            return read(text).map(Self::only);
        };
        let high_value = read(high)?;
        let low_value = match read(low) {
            Err(RangeError::Quantity(QuantityError::NoUnit)) => {
                read(&format!("{low}{}", unit_of(high)))?
            }
            other => other?,
        };
        Self::new(low_value, high_value)
    }

    /// Returns the lower end.
    #[must_use]
    pub const fn low(&self) -> T {
        self.low
    }

    /// Returns the upper end.
    #[must_use]
    pub const fn high(&self) -> T {
        self.high
    }

    /// Returns the value, when it is the only one.
    #[must_use]
    pub fn single(&self) -> Option<T> {
        (self.low == self.high).then_some(self.low)
    }
}

impl Range<SimSpan> {
    /// Draws a span, every nanosecond equally likely.
    pub fn draw(&self, rng: &mut Rng) -> SimSpan {
        let width = self.high.as_nanos() - self.low.as_nanos();
        SimSpan::from_nanos(self.low.as_nanos() + rng.up_to(width))
    }
}

impl Range<SignedSpan> {
    /// Draws a span, every nanosecond equally likely.
    pub fn draw(&self, rng: &mut Rng) -> SignedSpan {
        let drawn = rng.up_to(self.high.0.abs_diff(self.low.0));
        SignedSpan(self.low.0.saturating_add_unsigned(drawn))
    }
}

impl Range<Ppm> {
    /// Draws a rate, every part per million equally likely.
    pub fn draw(&self, rng: &mut Rng) -> Ppm {
        let drawn = rng.up_to(u64::from(self.high.0.abs_diff(self.low.0)));
        // The width of an i32 fits a u32, so the fallback is never taken.
        let drawn = u32::try_from(drawn).unwrap_or(0);
        Ppm(self.low.0.saturating_add_unsigned(drawn))
    }
}

impl Range<Celsius> {
    /// Draws a temperature, uniformly.
    pub fn draw(&self, rng: &mut Rng) -> Celsius {
        Celsius(rng.uniform(self.low.0, self.high.0))
    }
}

impl Range<Volts> {
    /// Draws a voltage, uniformly.
    pub fn draw(&self, rng: &mut Rng) -> Volts {
        Volts(rng.uniform(self.low.0, self.high.0))
    }
}

impl Range<Metres> {
    /// Draws a distance, uniformly.
    pub fn draw(&self, rng: &mut Rng) -> Metres {
        Metres(rng.uniform(self.low.0, self.high.0))
    }
}

fn unit_of(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_digit() || " .+-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::quantity::{DEVIATION, DURATION, SHARE, TEMPERATURE};
    use nodelab_sim::{EntityId, Purpose};
    use proptest::{prop_assert, proptest};

    fn rng(seed: u64) -> Rng {
        Rng::derive(seed, EntityId::World, Purpose::Scenario)
    }

    #[test]
    fn ranges_are_read_with_either_unit() {
        let share = Range::read("2%..15%", &SHARE);
        assert_eq!(share, Range::new(Ppm(20_000), Ppm(150_000)));
        assert_eq!(Range::read("2..15 %", &SHARE), share);
        let room = Range::read("-5 °C..40 °C", &TEMPERATURE);
        assert_eq!(room, Range::new(Celsius(-5.0), Celsius(40.0)));
        let drift = Range::read("-50ppm..50ppm", &DEVIATION);
        assert_eq!(drift, Range::new(Ppm(-50), Ppm(50)));
    }

    #[test]
    fn a_single_value_is_a_range_of_itself() {
        let five = Range::read("5 min", &DURATION).unwrap();
        assert_eq!(five.single(), Some(SimSpan::from_secs(300)));
        assert_eq!(five.draw(&mut rng(1)), SimSpan::from_secs(300));
    }

    #[test]
    fn an_inverted_range_is_refused() {
        assert_eq!(
            Range::read("20min..5min", &DURATION),
            Err(RangeError::Inverted)
        );
    }

    #[test]
    fn an_open_range_is_refused() {
        let missing = Err(RangeError::Quantity(QuantityError::NoNumber));
        assert_eq!(Range::read("5s..", &DURATION), missing);
        assert_eq!(Range::read("..5s", &DURATION), missing);
    }

    #[test]
    fn draws_cover_the_range_evenly() {
        let range = Range::new(Ppm(-50), Ppm(49)).unwrap();
        let mut rng = rng(7);
        let mut tens = [0_u32; 10];
        for _ in 0..100_000 {
            let drawn = range.draw(&mut rng).0 + 50;
            tens[usize::try_from(drawn / 10).unwrap()] += 1;
        }
        // 5 sigma of a binomial: sqrt(1e5 · 0.1 · 0.9) = 95.
        assert!(
            tens.iter().all(|count| count.abs_diff(10_000) < 475),
            "{tens:?}"
        );
    }

    proptest! {
        #[test]
        fn draws_stay_inside(seed: u64, a: u64, b: u64) {
            let (low, high) = (SimSpan::from_nanos(a.min(b)), SimSpan::from_nanos(a.max(b)));
            let drawn = Range::new(low, high).unwrap().draw(&mut rng(seed));
            prop_assert!(low <= drawn && drawn <= high);
        }

        #[test]
        fn signed_draws_stay_inside(seed: u64, a: i64, b: i64) {
            let range = Range::new(SignedSpan(a.min(b)), SignedSpan(a.max(b))).unwrap();
            let drawn = range.draw(&mut rng(seed));
            prop_assert!(range.low() <= drawn && drawn <= range.high());
        }
    }
}
