//! Pauses between failed attempts: capped exponential, with jitter.
//!
//! The n-th pause is drawn evenly from the upper half of `min(cap, base · 2ⁿ)`, so that a
//! fleet that lost its access point at one instant does not come back at one instant, and a
//! single node still never hurries.

use crate::config::BackoffConfig;
use crate::rng::Rng;
use crate::time::Duration;

/// Doublings after which the cap is certainly reached: 2³² times one microsecond is over an hour.
const DOUBLINGS_MAX: u16 = 32;

/// Counts attempts that failed in a row.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Backoff {
    failures: u16,
}

impl Backoff {
    /// Notes one more failure and returns how long to pause.
    pub(crate) fn next(&mut self, config: &BackoffConfig, rng: &mut Rng) -> Duration {
        let mut full = config.base.min(config.cap);
        for _ in 0..self.failures.min(DOUBLINGS_MAX) {
            full = full.plus(full).min(config.cap);
        }
        self.failures = self.failures.saturating_add(1);
        full.half().plus(rng.up_to(full.half()))
    }

    /// Returns how many attempts in a row have failed.
    pub(crate) const fn failures(self) -> u16 {
        self.failures
    }

    /// Forgets all failures.
    pub(crate) const fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn pauses_grow_to_the_cap_and_stay_in_their_upper_half(
            seed: u64,
            base_us in 1_u64..10_000_000,
            factor in 1_u64..1_000,
        ) {
            let base = Duration::from_micros(base_us);
            let cap = base.times(factor);
            let config = BackoffConfig { base, cap };
            let (mut backoff, mut rng) = (Backoff::default(), Rng::new(seed));
            let mut full = base;
            for attempt in 1..=40 {
                let pause = backoff.next(&config, &mut rng);
                prop_assert!(pause >= full.half() && pause <= full, "{pause:?} of {full:?}");
                prop_assert_eq!(backoff.failures(), attempt);
                full = full.times(2).min(cap);
            }
        }
    }

    #[test]
    fn success_starts_over() {
        let config = BackoffConfig::default();
        let (mut backoff, mut rng) = (Backoff::default(), Rng::new(1));
        for _ in 0..10 {
            backoff.next(&config, &mut rng);
        }
        backoff.reset();
        assert!(backoff.next(&config, &mut rng) <= config.base);
    }
}
