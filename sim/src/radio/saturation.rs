//! Stations that always have something to send, slot by slot.
//!
//! Owns the countdown of equal stations on one channel: each draws its own backoff, those that
//! reach zero together collide and double their windows. Everybody hears everybody, nothing is
//! lost but by collision, and a frame is sent again until it arrives: the assumptions of Bianchi
//! (2000) and of ns-3's `wifi-bianchi` example. After a collision all stations, those that caused
//! it too, wait DIFS, as behind ns-3's table *difs*.

use super::airtime::{Exchange, Timing};
use crate::rng::Rng;
use crate::time::SimSpan;

/// Stations at most.
pub const STATIONS_MAX: u32 = 200;

/// What became of a number of frames, counted in slots and turns: how long these last is up to
/// the exchange, and changes nothing about who comes when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Saturation {
    /// Frames that arrived.
    pub delivered: u64,
    /// Turns in which several stations sent.
    pub collisions: u64,
    /// Attempts of single stations that collided.
    pub collided: u64,
    /// Slots in which nobody sent.
    pub idle_slots: u64,
}

/// One station's countdown.
#[derive(Clone, Copy, Debug)]
struct Contender {
    slots: u16,
    window: u16,
}

impl Saturation {
    /// Plays until `frames` frames of `stations` (1 to [`STATIONS_MAX`], else the nearest) have
    /// arrived.
    #[must_use]
    pub fn play(timing: Timing, stations: u32, frames: u32, rng: &mut Rng) -> Self {
        let draw = |window: u16, rng: &mut Rng| Contender {
            slots: u16::try_from(rng.up_to(u64::from(window))).unwrap_or(window),
            window,
        };
        let mut contenders: Vec<Contender> = (0..stations.clamp(1, STATIONS_MAX))
            .map(|_| draw(timing.cw_min, rng))
            .collect();
        let mut played = Self {
            delivered: 0,
            collisions: 0,
            collided: 0,
            idle_slots: 0,
        };
        // Each turn delivers a frame or widens windows, so that it cannot go on for ever.
        while played.delivered < u64::from(frames) {
            let idle = contenders.iter().map(|one| one.slots).min().unwrap_or(0);
            let senders = contenders.iter().filter(|one| one.slots == idle).count() as u64;
            let alone = senders == 1;
            for one in &mut contenders {
                one.slots -= idle;
                if one.slots == 0 {
                    let window = if alone {
                        timing.cw_min
                    } else {
                        timing.widened(one.window)
                    };
                    *one = draw(window, rng);
                }
            }
            played.idle_slots += u64::from(idle);
            if alone {
                played.delivered += 1;
            } else {
                played.collisions += 1;
                played.collided += senders;
            }
        }
        played
    }

    /// Returns how long all of it takes when each frame belongs to such an exchange.
    #[must_use]
    pub const fn elapsed(&self, exchange: &Exchange) -> SimSpan {
        let Timing { slot, difs, .. } = exchange.timing;
        let success = difs.plus(exchange.airtime());
        let collision = difs.plus(exchange.frame);
        slot.times(self.idle_slots)
            .plus(success.times(self.delivered))
            .plus(collision.times(self.collisions))
    }

    /// Returns the throughput of all stations together, in Mb/s, when each frame belongs to such
    /// an exchange and carries `bits`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
    pub fn throughput_mbps(&self, exchange: &Exchange, bits: u32) -> f64 {
        self.delivered as f64 * f64::from(bits) / self.elapsed(exchange).as_secs_f64() / 1e6
    }

    /// Returns the share of attempts that collided.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
    pub fn collision_share(&self) -> f64 {
        self.collided as f64 / (self.collided + self.delivered).max(1) as f64
    }
}

/// What tests of saturation compare with.
#[cfg(test)]
pub(crate) mod fixture {
    use super::Exchange;
    use crate::radio::airtime::{Preamble, psdu_bytes};
    use crate::radio::{Rate, Standard};

    /// Throughput in Mb/s of 5 and 50 stations with 1 500 bytes in each frame, from ns-3's
    /// `src/wifi/examples/reference/bianchi_11b_difs.txt` and `bianchi_11g_difs.txt`.
    pub(crate) const DIFS_TABLE: [(Standard, Rate, f64, f64); 8] = [
        (Standard::B, Rate::Dsss(10), 0.8437, 0.6336),
        (Standard::B, Rate::Dsss(20), 1.6228, 1.2279),
        (Standard::B, Rate::Dsss(55), 3.8896, 3.0184),
        (Standard::B, Rate::Dsss(110), 6.4734, 5.1745),
        (Standard::G, Rate::Ofdm(6), 4.7087, 3.5071),
        (Standard::G, Rate::Ofdm(12), 8.9515, 6.7278),
        (Standard::G, Rate::Ofdm(24), 16.2470, 12.4144),
        (Standard::G, Rate::Ofdm(54), 29.8324, 23.5618),
    ];

    /// Returns the exchange of that table.
    pub(crate) fn exchange_of(standard: Standard, rate: Rate) -> Exchange {
        let bytes = psdu_bytes(1_500, standard, false);
        Exchange::new(standard, rate, Preamble::Long, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::{DIFS_TABLE, exchange_of};
    use super::*;
    use crate::radio::airtime::{Aggregate, psdu_bytes};
    use crate::radio::{Bianchi, Rate, Standard};
    use crate::rng::{EntityId, Purpose};

    fn play(standard: Standard, stations: u32, frames: u32) -> Saturation {
        let mut rng = Rng::derive(1, EntityId::World, Purpose::Air);
        Saturation::play(Timing::of(standard), stations, frames, &mut rng)
    }

    #[test]
    fn a_lone_station_takes_the_mean_cycle_of_the_standard() {
        for (standard, rate, ..) in DIFS_TABLE {
            let exchange = exchange_of(standard, rate);
            let played = play(standard, 1, 20_000);
            let expected = 12_000.0 / (exchange.cycle_mean().as_secs_f64() * 1e6);
            let off = played.throughput_mbps(&exchange, 12_000) / expected - 1.0;
            assert!(off.abs() < 0.005, "{rate}: off by {off}");
            assert_eq!((played.collided, played.collisions), (0, 0));
        }
    }

    #[test]
    fn five_and_fifty_stations_share_what_ns3_says_within_three_percent() {
        for (standard, rate, five, fifty) in DIFS_TABLE {
            let exchange = exchange_of(standard, rate);
            for (stations, frames, expected) in [(5, 20_000, five), (50, 10_000, fifty)] {
                let played = play(standard, stations, frames);
                let found = played.throughput_mbps(&exchange, 12_000);
                let off = (found / expected - 1.0).abs();
                assert!(
                    off < 0.03,
                    "{rate}, {stations} stations: {found} not {expected}"
                );
                let p = Bianchi::solve(exchange.timing, stations).collision;
                let off = played.collision_share() - p;
                assert!(
                    off.abs() < 0.03,
                    "{rate}, {stations}: collisions off by {off}"
                );
            }
        }
    }

    #[test]
    fn aggregates_reach_the_goodput_of_ns3s_single_station() {
        // ns-3's ht-wifi-network, UDP with 1 472 bytes, no encryption, A-MPDUs as long as 5.484 ms
        // and 65 535 bytes allow, block acknowledgements at 6 to 24 Mb/s.
        let expected = [5.81, 11.83, 17.79, 23.80, 35.73, 47.62, 53.61, 59.55];
        for (mcs, expected) in (0..).zip(expected) {
            let rate = Rate::Ht(mcs);
            let aggregate = Aggregate::largest(rate, psdu_bytes(1_500, Standard::N, false));
            let exchange = Exchange::aggregated(rate, aggregate);
            let bits = aggregate.mpdus * 8 * 1_472;
            let found = play(Standard::N, 1, 5_000).throughput_mbps(&exchange, bits);
            let off = (found / expected - 1.0).abs();
            assert!(off < 0.03, "{rate}: {found} not {expected}");
        }
    }
}
