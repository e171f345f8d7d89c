//! Current, voltage, charge and energy in whole numbers: nothing is ever rounded away.
//!
//! A microampere for a nanosecond is a femtocoulomb, and a femtocoulomb at a millivolt is an
//! attojoule. In 128 bits half an ampere lasts longer than time itself counts.

use std::iter::Sum;

use crate::time::SimSpan;

/// A current in microamperes.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Microamps(pub u32);

/// A voltage in millivolts.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Millivolts(pub u32);

/// A charge in femtocoulombs.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Charge(pub u128);

/// An energy in attojoules.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Energy(pub u128);

impl Microamps {
    /// Returns the sum, saturating at more than 4 kA.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns what is left after `other`, never less than nothing.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns the charge of this current over a span, exact.
    #[must_use]
    pub const fn over(self, span: SimSpan) -> Charge {
        Charge(self.0 as u128 * span.as_nanos() as u128)
    }
}

impl Charge {
    /// Returns the sum.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the energy that a source of this voltage gives with the charge, exact.
    #[must_use]
    pub const fn at(self, supply: Millivolts) -> Energy {
        Energy(self.0.saturating_mul(supply.0 as u128))
    }

    /// Returns the charge in milliampere-hours, for people.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn as_milliamp_hours(self) -> f64 {
        self.0 as f64 / 3.6e15
    }

    /// Returns the steady current that gives the charge over a span, in milliamperes, for
    /// people; zero over no time.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn as_milliamps_over(self, span: SimSpan) -> f64 {
        if span == SimSpan::ZERO {
            return 0.0;
        }
        self.0 as f64 / span.as_nanos() as f64 / 1_000.0
    }
}

impl Energy {
    /// Returns the energy in millijoules, for people.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn as_millijoules(self) -> f64 {
        self.0 as f64 / 1e15
    }
}

impl Sum for Charge {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Self::plus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_milliampere_hour_is_3_6_coulombs() {
        let hour = SimSpan::from_secs(3_600);
        let charge = Microamps(1_000).over(hour);
        assert_eq!(charge, Charge(3_600_000_000_000_000));
        assert!((charge.as_milliamp_hours() - 1.0).abs() < 1e-12);
        assert!((charge.as_milliamps_over(hour) - 1.0).abs() < 1e-12);
        let millijoules = charge.at(Millivolts(3_300)).as_millijoules();
        assert!((millijoules - 11_880.0).abs() < 1e-9, "{millijoules}");
    }

    #[test]
    fn half_an_ampere_for_584_years_is_no_overflow() {
        let all = Microamps(500_000).over(SimSpan::from_nanos(u64::MAX));
        assert_eq!(all.0 / 500_000, u128::from(u64::MAX));
        assert_eq!(all.at(Millivolts(5_000)).0 / 5_000, all.0);
    }
}
