//! How long a battery lasts.
//!
//! Owns the arithmetic of capacity and self-discharge. Does not know voltage curves, temperature
//! or age: a battery is a charge that leaks at a steady rate.

use super::bill::Drain;
use super::units::Charge;
use crate::time::SimSpan;

/// A month in nanoseconds: a twelfth of 365.25 days.
const MONTH_NS: u128 = 2_629_800_000_000_000;
/// Parts of a whole.
const MILLION: u128 = 1_000_000;

/// A battery.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Battery {
    /// What is printed on it; up to 100 Ah, so that no product of it overflows.
    pub capacity: Charge,
    /// What it loses by itself each month, in millionths of its capacity.
    pub self_discharge_ppm: u32,
    /// What of the capacity can be used before the voltage is too low, in millionths.
    pub usable_ppm: u32,
}

impl Battery {
    /// Largest capacity, 100 Ah.
    pub const CAPACITY_MAX: Charge = Charge(360_000_000_000_000_000_000);

    /// Returns what the battery loses by itself over a span, rounded to nearest.
    #[must_use]
    pub fn self_discharge(&self, span: SimSpan) -> Charge {
        let month = self.leaks_in_a_month();
        Charge((month * u128::from(span.as_nanos()) + MONTH_NS / 2) / MONTH_NS)
    }

    /// Returns how long the battery lasts if its board goes on as it did, rounded down; `None`
    /// when nothing was drawn or no time passed.
    ///
    /// The average current of `drain` and self-discharge go on until the usable charge is gone.
    #[must_use]
    pub fn life(&self, drain: Drain) -> Option<SimSpan> {
        let lost = drain.charge.plus(self.self_discharge(drain.powered)).0;
        let span_ns = u128::from(drain.powered.as_nanos());
        if lost == 0 || span_ns == 0 {
            return None;
        }
        let capacity = self.capacity.min(Self::CAPACITY_MAX).0;
        let usable = capacity / MILLION * u128::from(self.usable_ppm);
        // At most 3.6 · 10²⁰ fC times 1.8 · 10¹⁹ ns; the longest time that a run may have,
        // ten years, leaves a factor of 3.
        let life_ns = usable.saturating_mul(span_ns) / lost;
        Some(SimSpan::from_nanos(
            u64::try_from(life_ns).unwrap_or(u64::MAX),
        ))
    }

    fn leaks_in_a_month(&self) -> u128 {
        self.capacity.min(Self::CAPACITY_MAX).0 / MILLION * u128::from(self.self_discharge_ppm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::Microamps;

    const HOUR: SimSpan = SimSpan::from_secs(3_600);

    fn battery(milliamp_hours: u64, self_discharge_ppm: u32) -> Battery {
        Battery {
            capacity: Microamps(1_000).over(HOUR.times(milliamp_hours)),
            self_discharge_ppm,
            usable_ppm: 1_000_000,
        }
    }

    fn drain(microamps: u32, span: SimSpan) -> Drain {
        Drain {
            charge: Microamps(microamps).over(span),
            powered: span,
        }
    }

    #[test]
    fn a_thousand_milliampere_hours_last_a_thousand_hours_at_one_milliampere() {
        let life = battery(1_000, 0).life(drain(1_000, HOUR)).unwrap();
        assert_eq!(life, HOUR.times(1_000));
    }

    #[test]
    fn self_discharge_alone_empties_a_battery() {
        let ten_percent = battery(1_000, 100_000);
        let life = ten_percent.life(drain(0, HOUR)).unwrap();
        let months = life.as_nanos() / u64::try_from(MONTH_NS).unwrap();
        assert!((9..=10).contains(&months), "{months}");
        assert_eq!(battery(1_000, 0).life(drain(0, HOUR)), None);
    }

    #[test]
    fn the_largest_battery_and_the_longest_run_do_not_overflow() {
        let years = SimSpan::from_secs(3_650 * 86_400);
        let life = battery(100_000, 1_000_000).life(drain(1_000_000, years));
        assert!(life.unwrap() < HOUR.times(100));
    }
}
