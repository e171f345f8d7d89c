//! Losses that come in bursts: the Gilbert–Elliott channel.
//!
//! E. N. Gilbert, "Capacity of a burst-noise channel", and E. O. Elliott, "Estimates of error
//! rates for codes on burst-noise channels" (Bell System Technical Journal 39, 1960, and 42,
//! 1963). Parameters as in `tc-netem(8)`, `loss gemodel p r 1-h 1-k`.
//!
//! ```text
//!           p
//!      ┌─────────►┐
//!    good        bad       loss 1−k in good, 1−h in bad
//!      └◄─────────┘
//!           r
//! ```

use crate::rng::Rng;

/// The four probabilities, each in millionths; any value is legal, more than a million is one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BurstSpec {
    /// Good to bad with each frame.
    pub p_ppm: u32,
    /// Bad to good with each frame; a burst lasts 1/r frames in the mean.
    pub r_ppm: u32,
    /// Loss in the bad state.
    pub bad_loss_ppm: u32,
    /// Loss in the good state.
    pub good_loss_ppm: u32,
}

/// In which state a channel is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Burst {
    bad: bool,
}

impl BurstSpec {
    /// Returns the share of frames that are lost in the long run.
    #[must_use]
    pub fn mean_loss(&self) -> f64 {
        let [p, r, bad, good] = [
            self.p_ppm,
            self.r_ppm,
            self.bad_loss_ppm,
            self.good_loss_ppm,
        ]
        .map(|ppm| f64::from(ppm.min(1_000_000)) / 1e6);
        if p + r == 0.0 {
            // Nothing ever changes: the channel begins good.
            return good;
        }
        (good * r + bad * p) / (p + r)
    }
}

impl Burst {
    /// Returns a channel in the state that one more frame finds, and whether it is lost.
    pub fn step(&mut self, spec: &BurstSpec, rng: &mut Rng) -> bool {
        let change = if self.bad { spec.r_ppm } else { spec.p_ppm };
        self.bad ^= rng.chance_ppm(change);
        self.lost(spec, rng)
    }

    /// Returns whether a frame is lost that follows at once, in the same state.
    pub fn lost(self, spec: &BurstSpec, rng: &mut Rng) -> bool {
        rng.chance_ppm(if self.bad {
            spec.bad_loss_ppm
        } else {
            spec.good_loss_ppm
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{EntityId, Purpose};

    const FRAMES: usize = 1_000_000;

    fn losses(spec: &BurstSpec) -> Vec<bool> {
        let mut rng = Rng::derive(3, EntityId::World, Purpose::Air);
        let mut burst = Burst::default();
        (0..FRAMES).map(|_| burst.step(spec, &mut rng)).collect()
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a million frames")]
    fn bursts_have_their_rate_their_length_and_their_memory() {
        // h = 0, k = 1: lost if and only if bad.
        let spec = BurstSpec {
            p_ppm: 20_000,
            r_ppm: 250_000,
            bad_loss_ppm: 1_000_000,
            good_loss_ppm: 0,
        };
        let lost = losses(&spec);
        let mean = lost.iter().filter(|&&l| l).count() as f64 / FRAMES as f64;
        // 5 sigma; correlation widens the variance of the mean by (1+c)/(1-c), c = 0.73.
        let sigma = (mean * (1.0 - mean) * 1.73 / 0.27 / FRAMES as f64).sqrt();
        assert!((mean - spec.mean_loss()).abs() < 5.0 * sigma, "{mean}");
        assert!((spec.mean_loss() - 2.0 / 27.0).abs() < 1e-12);

        let bursts = lost.windows(2).filter(|w| !w[0] && w[1]).count() as f64;
        let length = mean * FRAMES as f64 / bursts;
        // About 18 500 geometric bursts of deviation sqrt(1-r)/r = 3.5.
        assert!((length - 4.0).abs() < 5.0 * 3.5 / bursts.sqrt(), "{length}");

        let variance = mean * (1.0 - mean);
        for lag in 1..=5 {
            let both = lost
                .iter()
                .zip(&lost[lag..])
                .filter(|(a, b)| **a && **b)
                .count();
            let found = (both as f64 / (FRAMES - lag) as f64 - mean * mean) / variance;
            let expected = libm::pow(1.0 - 0.02 - 0.25, lag as f64);
            assert!((found - expected).abs() < 0.015, "lag {lag}: {found}");
        }
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a million frames")]
    fn both_states_lose_their_share() {
        let spec = BurstSpec {
            p_ppm: 50_000,
            r_ppm: 200_000,
            bad_loss_ppm: 600_000,
            good_loss_ppm: 10_000,
        };
        let mean = losses(&spec).iter().filter(|&&l| l).count() as f64 / FRAMES as f64;
        // 0.01·0.8 + 0.6·0.2
        assert!((spec.mean_loss() - 0.128).abs() < 1e-12);
        assert!((mean - 0.128).abs() < 0.004, "{mean}");
    }
}
