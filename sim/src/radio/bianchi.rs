//! Saturated stations in the mean: Bianchi's fixed point, and the throughput that follows.
//!
//! G. Bianchi, "Performance Analysis of the IEEE 802.11 Distributed Coordination Function", IEEE
//! JSAC 18/3, 2000. With a first window of W slots, m doublings and n stations:
//!
//! ```text
//! p = 1 − (1 − τ)^(n−1)                    an attempt collides
//! τ = 2 / (1 + W + p·W·Σ_{i<m} (2p)^i)     a station sends in a slot
//! ```

use super::airtime::{Exchange, Timing};

/// Halvings of the interval in which τ lies: more than a `f64` can resolve.
const BISECTIONS: u32 = 60;

/// The state in which `n` saturated stations settle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bianchi {
    /// How many stations.
    pub stations: u32,
    /// Probability that a station sends in a slot.
    pub tau: f64,
    /// Probability that an attempt collides.
    pub collision: f64,
}

impl Bianchi {
    /// Solves the fixed point for `stations` (zero counts as one) by bisection.
    #[must_use]
    pub fn solve(timing: Timing, stations: u32) -> Self {
        let stations = stations.max(1);
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..BISECTIONS {
            let tau = f64::midpoint(low, high);
            if attempt_rate(timing, collision(tau, stations)) > tau {
                low = tau;
            } else {
                high = tau;
            }
        }
        Self {
            stations,
            tau: low,
            collision: collision(low, stations),
        }
    }

    /// Returns the probability that anybody sends in a slot.
    #[must_use]
    pub fn busy(self) -> f64 {
        1.0 - power(1.0 - self.tau, self.stations)
    }

    /// Returns the probability that exactly one sends in a slot in which anybody does.
    #[must_use]
    pub fn alone(self) -> f64 {
        let one = f64::from(self.stations) * self.tau;
        one * power(1.0 - self.tau, self.stations - 1) / self.busy()
    }

    /// Returns the throughput of all stations together, in Mb/s, when each exchange carries
    /// `bits`.
    ///
    /// The variant of ns-3's `wifi-bianchi` example: a station that succeeded may draw a backoff
    /// of zero, with probability 1/W, and then sends again before anybody counts down; after a
    /// collision all wait DIFS (its table *difs*).
    #[must_use]
    pub fn throughput_mbps(self, exchange: &Exchange, bits: u32) -> f64 {
        let us = |span: crate::time::SimSpan| span.as_secs_f64() * 1e6;
        let timing = exchange.timing;
        let once = 1.0 - 1.0 / (f64::from(timing.cw_min) + 1.0);
        let slot_us = us(timing.slot);
        let success_us = us(exchange.airtime().plus(timing.difs)) / once + slot_us;
        let collision_us = us(exchange.frame.plus(timing.difs));
        let (busy, alone) = (self.busy(), self.alone());
        let mean_us = (1.0 - busy) * slot_us
            + busy * alone * success_us
            + busy * (1.0 - alone) * collision_us;
        busy * alone * f64::from(bits) / once / mean_us
    }
}

/// Returns p for τ.
fn collision(tau: f64, stations: u32) -> f64 {
    1.0 - power(1.0 - tau, stations - 1)
}

/// Returns τ for p.
fn attempt_rate(timing: Timing, p: f64) -> f64 {
    let window = f64::from(timing.cw_min) + 1.0;
    let doublings = (u32::from(timing.cw_max) + 1).ilog2() - (u32::from(timing.cw_min) + 1).ilog2();
    let (mut sum, mut term) = (0.0, 1.0);
    for _ in 0..doublings {
        sum += term;
        term *= 2.0 * p;
    }
    2.0 / (1.0 + window + p * window * sum)
}

fn power(base: f64, exponent: u32) -> f64 {
    libm::pow(base, f64::from(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::Standard;
    use crate::radio::saturation::fixture::{DIFS_TABLE, exchange_of};

    #[test]
    fn attempts_and_collisions_are_those_of_the_fixed_point() {
        let b = [
            (2, 0.0570, 0.057),
            (5, 0.0478, 0.178),
            (10, 0.0373, 0.290),
            (20, 0.0264, 0.399),
            (50, 0.0154, 0.532),
        ];
        let g = [
            (2, 0.1046, 0.105),
            (5, 0.0761, 0.272),
            (10, 0.0525, 0.384),
            (20, 0.0339, 0.481),
            (50, 0.0183, 0.595),
        ];
        for (standard, rows) in [(Standard::B, b), (Standard::G, g)] {
            for (stations, tau, p) in rows {
                let found = Bianchi::solve(Timing::of(standard), stations);
                assert!(
                    (found.tau - tau).abs() < 0.000_05 + 1e-9,
                    "{stations}: {found:?}"
                );
                assert!(
                    (found.collision - p).abs() < 0.000_5 + 1e-9,
                    "{stations}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn one_station_sends_every_half_window() {
        let alone = Bianchi::solve(Timing::of(Standard::G), 1);
        assert!((alone.tau - 2.0 / 17.0).abs() < 1e-12, "{alone:?}");
        assert!(alone.collision.abs() < 1e-12 && (alone.alone() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn throughput_is_that_of_the_reference_tables_within_three_parts_in_a_thousand() {
        for (standard, rate, five, fifty) in DIFS_TABLE {
            let exchange = exchange_of(standard, rate);
            for (stations, expected) in [(5, five), (50, fifty)] {
                let found =
                    Bianchi::solve(exchange.timing, stations).throughput_mbps(&exchange, 12_000);
                let off = (found / expected - 1.0).abs();
                assert!(
                    off < 0.003,
                    "{rate}, {stations} stations: {found} not {expected}"
                );
            }
        }
    }
}
