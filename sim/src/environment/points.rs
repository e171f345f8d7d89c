//! Temperatures at given times, strictly rising.
//!
//! Owns the check and the search. Does not know whether they came from a file.

use std::fmt;

use crate::environment::Stretch;
use crate::time::SimTime;
use crate::units::Celsius;

/// Points in one list at most: a day and a bit at one a second, 1.6 MB.
pub const POINTS_MAX: usize = 100_000;

/// At least one temperature, each at a later time than the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Points(Vec<(SimTime, Celsius)>);

/// Why a list is not a course of temperatures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PointsError {
    /// There is no point.
    Empty,
    /// The temperature of the point at this index is infinite or not a number.
    NotFinite(usize),
    /// The point at this index is not later than the one before.
    NotRising(usize),
    /// There are more than [`POINTS_MAX`].
    TooMany,
}

impl Points {
    /// Checks a list.
    ///
    /// # Errors
    ///
    /// The first [`PointsError`] of the list.
    pub fn new(list: Vec<(SimTime, Celsius)>) -> Result<Self, PointsError> {
        if list.is_empty() {
            return Err(PointsError::Empty);
        }
        if list.len() > POINTS_MAX {
            return Err(PointsError::TooMany);
        }
        if let Some(index) = list.iter().position(|(_, value)| !value.0.is_finite()) {
            return Err(PointsError::NotFinite(index));
        }
        match list.windows(2).position(|pair| pair[1].0 <= pair[0].0) {
            Some(index) => Err(PointsError::NotRising(index + 1)),
            None => Ok(Self(list)),
        }
    }

    /// Returns the points.
    #[must_use]
    pub fn as_slice(&self) -> &[(SimTime, Celsius)] {
        &self.0
    }

    /// Returns the course from `at`, each temperature holding until the next; the first also
    /// before its time.
    pub(super) fn held(&self, at: SimTime) -> Stretch {
        let (index, until) = self.place(at);
        Stretch::steady(self.0[index].1, until)
    }

    /// Returns the course from `at`, straight from point to point; level before and after.
    pub(super) fn linear(&self, at: SimTime) -> Stretch {
        let (index, until) = self.place(at);
        let (since, start) = self.0[index];
        match self.0.get(index + 1) {
            Some(&(_, end)) if since <= at => Stretch { start, end, until }.from(since, at),
            _ => Stretch::steady(start, until),
        }
    }

    /// Returns the index of the point that rules at `at`, and until when it does.
    fn place(&self, at: SimTime) -> (usize, SimTime) {
        let passed = self.0.partition_point(|(time, _)| *time <= at);
        let until = self.0.get(passed).map_or(SimTime::MAX, |(time, _)| *time);
        (passed.saturating_sub(1), until)
    }
}

impl fmt::Display for PointsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "there is no point"),
            Self::NotFinite(index) => write!(f, "point {} has no finite temperature", index + 1),
            Self::NotRising(index) => {
                write!(f, "point {} is not later than the one before", index + 1)
            }
            Self::TooMany => write!(f, "more than {POINTS_MAX} points"),
        }
    }
}

impl std::error::Error for PointsError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SimSpan;

    #[test]
    fn only_finite_strictly_rising_lists_are_points() {
        let cases = [
            (vec![], Some(PointsError::Empty)),
            (vec![(0, f64::NAN)], Some(PointsError::NotFinite(0))),
            (
                vec![(0, 1.0), (1, f64::INFINITY)],
                Some(PointsError::NotFinite(1)),
            ),
            (vec![(5, 1.0), (5, 2.0)], Some(PointsError::NotRising(1))),
            (
                vec![(5, 1.0), (6, 2.0), (4, 3.0)],
                Some(PointsError::NotRising(2)),
            ),
            (vec![(5, 1.0), (6, 2.0)], None),
        ];
        for (list, expected) in cases {
            assert_eq!(Points::new(points(&list)).err(), expected, "{list:?}");
        }
        let many = (0..=POINTS_MAX).map(|s| (SimTime::from_nanos(s as u64), Celsius(0.0)));
        assert_eq!(Points::new(many.collect()), Err(PointsError::TooMany));
    }

    #[test]
    fn held_points_jump_and_linear_points_slope() {
        let list = Points::new(points(&[(10, 20.0), (20, 30.0)])).unwrap();
        let cases = [
            (0, 20.0, 20.0),
            (10, 20.0, 20.0),
            (15, 20.0, 25.0),
            (19, 20.0, 29.0),
            (20, 30.0, 30.0),
            (99, 30.0, 30.0),
        ];
        for (at, held, linear) in cases {
            assert_eq!(list.held(second(at)).start, Celsius(held), "{at} s");
            let value = list.linear(second(at)).start.0;
            assert!((value - linear).abs() < 1e-9, "{at} s: {value}");
        }
        assert_eq!(list.linear(second(12)).end, Celsius(30.0));
        assert_eq!(list.linear(second(12)).until, second(20));
        assert_eq!(list.held(second(12)).end, Celsius(20.0));
        assert_eq!(list.held(second(0)).until, second(10));
        assert_eq!(list.held(second(20)).until, SimTime::MAX);
    }

    fn points(list: &[(u64, f64)]) -> Vec<(SimTime, Celsius)> {
        list.iter().map(|&(s, c)| (second(s), Celsius(c))).collect()
    }

    fn second(s: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_secs(s))
    }
}
