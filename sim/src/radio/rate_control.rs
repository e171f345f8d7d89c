//! Which rate the next frame is sent at.
//!
//! The steps are the ladder of the chip's SDK; its own rules when to climb are closed. Those here
//! are AARF: M. Lacage, M. H. Manshaei and T. Turletti, "IEEE 802.11 rate adaptation: a practical
//! approach" (`MSWiM` 2004). Two failures in a row: one step down. Ten successes in a row: one step
//! up, and if the first frame there fails, at once down again, and twice as many successes, up to
//! fifty, before the next try.

use super::Rate;

const FAILURES_DOWN: u8 = 2;
const SUCCESSES_UP: u8 = 10;
const SUCCESSES_UP_MAX: u8 = 50;

/// Where one direction of one link stands on its ladder.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RateControl {
    ladder: &'static [Rate],
    step: u8,
    failures: u8,
    successes: u8,
    needed: u8,
    trying: bool,
}

impl RateControl {
    /// Begins at a rate of the ladder, or at its foot if it is none.
    #[must_use]
    pub fn new(ladder: &'static [Rate], first: Rate) -> Self {
        let step = ladder.iter().position(|&rate| rate == first).unwrap_or(0);
        Self {
            ladder,
            step: u8::try_from(step).unwrap_or(0),
            failures: 0,
            successes: 0,
            needed: SUCCESSES_UP,
            trying: false,
        }
    }

    /// Returns the rate of the next frame.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.ladder[usize::from(self.step)]
    }

    /// Takes how an attempt ended.
    pub fn handle_attempt(&mut self, acknowledged: bool) {
        if acknowledged {
            self.failures = 0;
            self.trying = false;
            self.successes = self.successes.saturating_add(1);
            if self.successes >= self.needed && usize::from(self.step) + 1 < self.ladder.len() {
                self.step += 1;
                self.successes = 0;
                self.trying = true;
            }
            return;
        }
        self.successes = 0;
        self.failures = self.failures.saturating_add(1);
        if self.trying {
            self.needed = self.needed.saturating_mul(2).min(SUCCESSES_UP_MAX);
            self.step_down();
        } else if self.failures >= FAILURES_DOWN {
            self.needed = SUCCESSES_UP;
            self.step_down();
        }
    }

    fn step_down(&mut self) {
        self.step = self.step.saturating_sub(1);
        self.failures = 0;
        self.trying = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::Standard;

    fn control(first: Rate) -> RateControl {
        RateControl::new(Standard::N.ladder(), first)
    }

    #[test]
    fn two_failures_step_down_to_the_foot() {
        let mut control = control(Rate::Ht(1));
        let mut rates = vec![control.rate()];
        for _ in 0..12 {
            control.handle_attempt(false);
            rates.push(control.rate());
        }
        rates.dedup();
        let [one, two, five] = [10, 20, 55].map(Rate::Dsss);
        assert_eq!(rates, [Rate::Ht(1), Rate::Ht(0), five, two, one]);
    }

    #[test]
    fn a_failed_try_doubles_what_the_next_one_needs() {
        let mut control = control(Rate::Ht(3));
        for needed in [10, 20, 40, 50, 50] {
            for _ in 0..needed {
                assert_eq!(control.rate(), Rate::Ht(3));
                control.handle_attempt(true);
            }
            assert_eq!(control.rate(), Rate::Ht(4));
            control.handle_attempt(false);
        }
        assert_eq!(control.rate(), Rate::Ht(3));
    }

    #[test]
    fn a_rate_off_the_ladder_begins_at_its_foot() {
        assert_eq!(control(Rate::Ofdm(54)).rate(), Rate::Dsss(10));
    }
}
