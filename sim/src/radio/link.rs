//! The link between one station and its access point.
//!
//! Owns waiting for the channel, attempts, acknowledgements, and what becomes of each on the way:
//! noise, bursts, interference, collisions. Does not know what the bytes mean, or who dozes.
//!
//! ```text
//!  at     free            start                     delivered        ended
//!  ├─ busy ─┼─ DIFS, backoff ─┼▓▓▓ frame ▓▓▓┼──────────┼─ SIFS ─┼▒ ACK ▒┤
//!                             └── repeated, window doubled, until acknowledged ──┘
//! ```

use std::sync::Arc;

use smallvec::SmallVec;

use super::air::{Air, Sender};
use super::airtime::{ACK_BYTES, ack_rate, ack_time, frame_time};
use super::burst::Burst;
use super::channel::{ACCESS_POINT, Channel, Contention};
use super::error::packet_success_stored;
use super::propagation::{Dbm, Decibels};
use super::{Attempt, Rate, RateControl, Transmission};
use crate::rng::Rng;
use crate::time::{SimSpan, SimTime};

/// Exchanges of others that may come first before one attempt.
const FOREIGN_MAX: u32 = 64;

/// What kind of frame it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum FrameKind {
    /// A data frame to one receiver, at the rate of the link.
    Data,
    /// A frame to everyone: once, at the lowest basic rate, not acknowledged.
    Group,
    /// A management frame to one receiver, at the lowest basic rate.
    Management,
}

/// One frame to send.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Outgoing {
    /// Who sends it.
    pub sender: Sender,
    /// What kind it is.
    pub kind: FrameKind,
    /// Its bytes from the MAC header to the FCS (see [`psdu_bytes`](super::psdu_bytes)).
    pub psdu_bytes: u32,
    /// Whether the receiver is there to hear it.
    pub heard: bool,
}

/// One station's link, both ways.
#[derive(Clone, Debug)]
pub struct RadioLink {
    air: Arc<Air>,
    rng: Rng,
    number: u32,
    burst: Burst,
    up: RateControl,
    down: RateControl,
    shadow: Shadow,
}

/// The slow part of the loss, as it was when last looked at.
#[derive(Clone, Copy, Debug)]
struct Shadow {
    loss_db: f32,
    /// The far future before the first look.
    seen: SimTime,
}

/// One frame under way.
#[derive(Clone, Copy, Debug)]
struct Try {
    contenders: usize,
    window: u16,
    rate: Rate,
    /// Whether the first attempt may go without a backoff.
    at_once: bool,
}

impl RadioLink {
    /// Builds the link of the station with this number, which no other of the channel has.
    #[must_use]
    pub fn new(air: Arc<Air>, number: u32, rng: Rng) -> Self {
        let ladder = air.standard().ladder();
        Self {
            up: RateControl::new(ladder, air.first_rate(Sender::Station)),
            down: RateControl::new(ladder, air.first_rate(Sender::AccessPoint)),
            burst: Burst::default(),
            shadow: Shadow {
                loss_db: 0.0,
                seen: SimTime::MAX,
            },
            air,
            rng,
            number,
        }
    }

    /// Returns the rate of the next data frame.
    #[must_use]
    pub fn rate(&self, sender: Sender) -> Rate {
        match sender {
            Sender::AccessPoint => self.down.rate(),
            Sender::Station => self.up.rate(),
        }
    }

    /// Sends a frame that is ready at `at`, and takes the channel for it. `at` may lie before the
    /// end of what others have sent; calls are served in their order.
    pub fn transmit(&mut self, at: SimTime, channel: &mut Channel, what: Outgoing) -> Transmission {
        let number = match what.sender {
            Sender::AccessPoint => ACCESS_POINT,
            Sender::Station => self.number,
        };
        self.move_shadow(at);
        let free = channel.busy_until();
        let mut next = Try {
            contenders: channel.contenders(at, number),
            window: self.air.timing().cw_min,
            rate: self.first_rate(what),
            at_once: at >= free.after(self.air.timing().difs),
        };
        let rssi_dbm = rounded(self.strength(what.sender, next.rate));
        let mut attempts: SmallVec<[Attempt; 2]> = SmallVec::new();
        let (mut ended, mut delivered) = (at.max(free), None);
        let attempts_max = match what.kind {
            FrameKind::Group => 1,
            FrameKind::Data | FrameKind::Management => self.air.phy().attempts_max.max(1),
        };
        for _ in 0..attempts_max {
            let (attempt, end) = self.attempt(ended, next, what);
            attempts.push(attempt);
            ended = end;
            if attempt.received && delivered.is_none() {
                delivered = Some(attempt.start.after(attempt.airtime));
            }
            if what.kind == FrameKind::Data {
                self.control(what.sender)
                    .handle_attempt(attempt.acknowledged);
                next.rate = self.rate(what.sender);
            }
            if attempt.acknowledged {
                break;
            }
            next.window = self.air.timing().widened(next.window);
            next.at_once = false;
        }
        channel.occupy(number, attempts[0].start, ended);
        Transmission {
            attempts,
            delivered,
            ended,
            rssi_dbm,
        }
    }

    /// Returns one attempt, and when the channel is free after it.
    fn attempt(&mut self, from: SimTime, how: Try, what: Outgoing) -> (Attempt, SimTime) {
        let air = Arc::clone(&self.air);
        let (preamble, sifs) = (air.phy().preamble, air.timing().sifs);
        let (waited, collided) = self.contend(&air, how);
        let start = from.after(waited);
        let airtime = frame_time(how.rate, preamble, what.psdu_bytes);
        let end = start.after(airtime);
        let received =
            what.heard && !collided && self.survives(what.sender, how.rate, what.psdu_bytes, true);
        let attempt = |acknowledged| Attempt {
            start,
            airtime,
            rate: how.rate,
            received,
            acknowledged,
        };
        if what.kind == FrameKind::Group {
            return (attempt(true), end);
        }
        let acknowledged =
            received && self.survives(what.sender.other(), ack_rate(how.rate), ACK_BYTES, false);
        // Whoever misses the acknowledgement waits as long for it, or longer.
        let answer = if received {
            sifs.plus(ack_time(how.rate, preamble))
        } else {
            air.timing().ack_timeout(how.rate, preamble)
        };
        (attempt(acknowledged), end.after(answer))
    }

    /// Returns how long it takes until the frame may go, and whether another goes with it.
    fn contend(&mut self, air: &Air, how: Try) -> (SimSpan, bool) {
        let timing = air.timing();
        let background = air.phy().background;
        let mut waited = SimSpan::ZERO;
        let mut foreign = false;
        // The part of a foreign exchange that is left, then whole ones that come first.
        let mut left_ns = self.rng.up_to(background.exchange.as_nanos());
        for _ in 0..FOREIGN_MAX {
            if !self.rng.chance_ppm(background.share_ppm) {
                break;
            }
            foreign = true;
            waited = waited.plus(SimSpan::from_nanos(left_ns));
            left_ns = background.exchange.plus(timing.difs).as_nanos();
        }
        let contenders = 1 + how.contenders + usize::from(foreign);
        if contenders == 1 && how.at_once {
            return (SimSpan::ZERO, false);
        }
        waited = waited.plus(timing.difs);
        if contenders == 1 {
            let slots = self.rng.up_to(u64::from(how.window));
            return (waited.plus(timing.slot.times(slots)), false);
        }
        let contention = Contention::of(timing, contenders);
        let slots = contention.idle_slots(&mut self.rng);
        let collided = self.rng.unit() < contention.collision;
        (waited.plus(timing.slot.times(slots)), collided)
    }

    /// Draws whether a frame of one side reaches the other unharmed. `moves` lets the burst
    /// process take a step; an acknowledgement meets the state of its frame.
    fn survives(&mut self, sender: Sender, rate: Rate, bytes: u32, moves: bool) -> bool {
        let snr = self.air.snr(sender, rate);
        let snr = Decibels(snr.0 - f64::from(self.shadow.loss_db));
        let clear = self.rng.unit() < packet_success_stored(rate, snr, bytes);
        let spoilt = self.rng.chance_ppm(self.air.phy().interference_ppm);
        let lost = self.air.phy().burst.is_some_and(|spec| {
            if moves {
                self.burst.step(&spec, &mut self.rng)
            } else {
                self.burst.lost(&spec, &mut self.rng)
            }
        });
        clear && !spoilt && !lost
    }

    /// Lets the shadow drift: a stationary Gauss–Markov process (M. Gudmundson, "Correlation model
    /// for shadow fading in mobile radio systems", Electronics Letters 27, 1991).
    fn move_shadow(&mut self, at: SimTime) {
        let Some(shadowing) = self.air.phy().shadowing else {
            return;
        };
        let first = self.shadow.seen == SimTime::MAX;
        let passed = at.since(self.shadow.seen).as_secs_f64();
        let kept = if first {
            0.0
        } else {
            libm::exp(-passed / shadowing.coherence.as_secs_f64().max(1e-9))
        };
        let deviation = shadowing.deviation.0 * (1.0 - kept * kept).sqrt();
        let loss = kept * f64::from(self.shadow.loss_db) + deviation * self.rng.gaussian();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "seven digits of a decibel are plenty"
        )]
        let loss_db = loss as f32;
        let seen = if first { at } else { at.max(self.shadow.seen) };
        self.shadow = Shadow { loss_db, seen };
    }

    fn strength(&self, sender: Sender, rate: Rate) -> Dbm {
        let rssi = self.air.rssi(sender, rate);
        Dbm(rssi.0 - f64::from(self.shadow.loss_db))
    }

    fn first_rate(&self, what: Outgoing) -> Rate {
        match what.kind {
            FrameKind::Data => self.rate(what.sender),
            FrameKind::Group | FrameKind::Management => Rate::LOWEST_BASIC,
        }
    }

    const fn control(&mut self, sender: Sender) -> &mut RateControl {
        match sender {
            Sender::AccessPoint => &mut self.down,
            Sender::Station => &mut self.up,
        }
    }
}

/// Rounds to the whole decibels in which receivers report.
#[expect(clippy::cast_possible_truncation, reason = "clamped just before")]
fn rounded(strength: Dbm) -> i8 {
    strength.0.round().clamp(-128.0, 127.0) as i8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::airtime::{Exchange, Preamble};
    use crate::radio::{
        Background, Bianchi, BurstSpec, PathLoss, PhySpec, Shadowing, Standard, WifiSpec,
    };
    use crate::rng::{EntityId, Purpose, Rng};
    use proptest::prelude::*;

    const UP: Outgoing = Outgoing {
        sender: Sender::Station,
        kind: FrameKind::Data,
        psdu_bytes: 1_536,
        heard: true,
    };

    fn link_of(spec: &WifiSpec, number: u32) -> RadioLink {
        let rng = Rng::derive(7, EntityId::Node(crate::NodeId(number)), Purpose::Air);
        RadioLink::new(Arc::new(Air::new(spec)), number, rng)
    }

    fn with(change: impl FnOnce(&mut PhySpec)) -> WifiSpec {
        let mut spec = WifiSpec::ideal();
        change(&mut spec.phy);
        spec
    }

    fn at(us: u64) -> SimTime {
        SimTime::from_nanos(us * 1_000)
    }

    #[test]
    fn a_link_is_small() {
        assert!(size_of::<RadioLink>() <= 128, "{}", size_of::<RadioLink>());
    }

    #[test]
    fn an_idle_channel_is_taken_at_once_and_a_busy_one_after_difs_and_backoff() {
        let (mut channel, mut link) = (Channel::new(), link_of(&WifiSpec::ideal(), 0));
        let first = link.transmit(at(1_000), &mut channel, UP);
        assert_eq!(first.attempts.len(), 1);
        assert_eq!(first.attempts[0].start, at(1_000));
        // 1 536 bytes at MCS 7: 238 µs, SIFS 10, acknowledgement 34.
        let sent = first.attempts[0];
        assert_eq!((sent.rate, sent.airtime.as_micros()), (Rate::Ht(7), 234));
        assert_eq!(first.delivered, Some(at(1_234)));
        assert_eq!(first.ended, at(1_278));
        assert_eq!(first.rssi_dbm, -47);
        let second = link.transmit(at(1_100), &mut channel, UP);
        let waited = second.attempts[0].start.since(first.ended).as_micros();
        assert!((37..=37 + 15 * 9).contains(&waited), "{waited}");
        assert_eq!((waited - 37) % 9, 0);
    }

    #[test]
    fn an_unheard_frame_is_repeated_seven_times_ever_slower_and_given_up() {
        let spec = with(|phy| phy.interference_ppm = 1_000_000);
        let (mut channel, mut link) = (Channel::new(), link_of(&spec, 0));
        let sent = link.transmit(at(0), &mut channel, UP);
        assert_eq!((sent.attempts.len(), sent.delivered), (7, None));
        assert!(sent.attempts.iter().all(|a| !a.received && !a.acknowledged));
        let rates: Vec<Rate> = sent.attempts.iter().map(|a| a.rate).collect();
        assert_eq!(rates, [7, 7, 6, 6, 5, 5, 4].map(Rate::Ht));
        assert!(sent.attempts.is_sorted_by_key(|a| a.start));
        assert_eq!(channel.busy_until(), sent.ended);
    }

    #[test]
    fn backoffs_after_failures_come_from_ever_wider_windows() {
        let spec = with(|phy| phy.interference_ppm = 1_000_000);
        let mut link = link_of(&spec, 0);
        let mut widest = [0; 6];
        for round in 0..2_000 {
            let mut channel = Channel::new();
            let sent = link.transmit(at(round * 1_000_000), &mut channel, UP);
            for (gap, pair) in widest.iter_mut().zip(sent.attempts.windows(2)) {
                let timeout = spec_timeout(pair[0].rate);
                let ended = pair[0].start.after(pair[0].airtime).after(timeout);
                let slots = (pair[1].start.since(ended).as_micros() - 37) / 9;
                *gap = slots.max(*gap);
            }
        }
        for (widest, window) in widest.into_iter().zip([31, 63, 127, 255, 511, 1_023]) {
            assert!(
                widest <= window && widest * 100 >= window * 97,
                "{widest} of {window}"
            );
        }
    }

    #[test]
    fn a_lost_acknowledgement_repeats_a_frame_that_was_delivered_before() {
        // The access point hears the node, which does not hear the answers.
        let spec = with(|phy| phy.access_point.ofdm = Dbm(-60.0));
        let (mut channel, mut link) = (Channel::new(), link_of(&spec, 0));
        let sent = link.transmit(at(1_000), &mut channel, UP);
        assert!(sent.attempts[0].received && !sent.attempts[0].acknowledged);
        assert!(sent.attempts.len() > 1);
        assert_eq!(
            sent.delivered,
            Some(at(1_000).after(sent.attempts[0].airtime))
        );
        assert!(sent.ended > sent.delivered.unwrap());
    }

    #[test]
    fn group_frames_go_once_and_management_frames_slowly() {
        let spec = with(|phy| phy.interference_ppm = 500_000);
        let (mut channel, mut link) = (Channel::new(), link_of(&spec, 0));
        for number in 0..100 {
            let from = at((1 + number) * 1_000_000);
            let group = Outgoing {
                sender: Sender::AccessPoint,
                kind: FrameKind::Group,
                ..UP
            };
            let sent = link.transmit(from, &mut channel, group);
            assert_eq!(sent.attempts.len(), 1);
            assert!(sent.attempts[0].acknowledged);
            assert_eq!(sent.delivered.is_some(), sent.attempts[0].received);
            assert_eq!(sent.ended, from.after(sent.attempts[0].airtime));
            let management = Outgoing {
                kind: FrameKind::Management,
                ..UP
            };
            let sent = link.transmit(
                from.after(SimSpan::from_millis(500)),
                &mut channel,
                management,
            );
            assert!(sent.attempts.iter().all(|a| a.rate == Rate::Dsss(10)));
        }
        assert_eq!(link.rate(Sender::Station), Rate::Ht(7));
    }

    #[test]
    fn saturated_links_share_the_channel_as_bianchi_computes() {
        let spec = WifiSpec {
            standard: Standard::G,
            ..WifiSpec::ideal()
        };
        for stations in [1, 2, 5, 20] {
            let mut links: Vec<RadioLink> = (0..stations).map(|n| link_of(&spec, n)).collect();
            let mut ready = vec![SimTime::ZERO; links.len()];
            let mut channel = Channel::new();
            let mut delivered = 0_u32;
            for _ in 0..20_000 {
                let next = (0..links.len()).min_by_key(|&n| ready[n]).unwrap();
                let sent = links[next].transmit(ready[next], &mut channel, UP);
                // Rate control would follow the collisions down; saturation compares one rate.
                links[next].up = RateControl::new(Standard::G.ladder(), Rate::Ofdm(54));
                delivered += u32::from(sent.delivered.is_some());
                ready[next] = sent.ended;
            }
            let exchange = Exchange::new(Standard::G, Rate::Ofdm(54), Preamble::Long, 1_536);
            let expected =
                Bianchi::solve(exchange.timing, stations).throughput_mbps(&exchange, 12_000);
            let seconds = channel.busy_until().as_secs_f64();
            let found = f64::from(delivered) * 12_000.0 / seconds / 1e6;
            let off = (found / expected - 1.0).abs();
            assert!(off < 0.06, "{stations}: {found} not {expected}");
        }
    }

    #[test]
    fn others_on_the_channel_take_their_share_of_time() {
        let share = |ppm| {
            let spec = with(|phy| {
                phy.background = Background {
                    share_ppm: ppm,
                    exchange: SimSpan::from_micros(586),
                };
            });
            let (mut channel, mut link) = (Channel::new(), link_of(&spec, 0));
            let waits: u64 = (0..5_000)
                .map(|n| {
                    let from = at(n * 100_000);
                    let sent = link.transmit(from, &mut channel, UP);
                    sent.attempts[0].start.since(from).as_micros()
                })
                .sum();
            waits / 5_000
        };
        assert_eq!(share(0), 0);
        let (half, most) = (share(500_000), share(900_000));
        // Half the time: 293 µs are left of a foreign exchange and as many whole ones follow.
        assert!((400..600).contains(&half), "{half}");
        assert!(most > 8 * half, "{most}");
    }

    #[test]
    fn shadow_has_its_deviation_and_keeps_it_for_its_time() {
        let spec = with(|phy| {
            phy.shadowing = Some(Shadowing {
                deviation: Decibels(4.0),
                coherence: SimSpan::from_secs(10),
            });
        });
        let (mut channel, mut link) = (Channel::new(), link_of(&spec, 0));
        let losses: Vec<f64> = (0..50_000)
            .map(|second| {
                link.transmit(at(second * 1_000_000), &mut channel, UP);
                f64::from(link.shadow.loss_db)
            })
            .collect();
        let mean = losses.iter().sum::<f64>() / 50_000.0;
        let product = |lag: usize| {
            let pairs = losses.iter().zip(&losses[lag..]);
            pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / 50_000.0
        };
        // Some 2 500 independent values: 5 sigma of the mean are 0.4 dB, of the deviation 7 %.
        assert!(mean.abs() < 0.4, "{mean}");
        assert!(
            (product(0).sqrt() - 4.0).abs() < 0.3,
            "{}",
            product(0).sqrt()
        );
        let kept = product(10) / product(0);
        assert!((kept - libm::exp(-1.0)).abs() < 0.08, "{kept}");
    }

    proptest! {
        #[test]
        fn exchanges_never_overlap_and_attempts_are_in_order(
            asked in proptest::collection::vec((0_u64..3_000, 0_usize..3, any::<bool>()), 1..60),
            interference_ppm in 0_u32..400_000,
            share_ppm in 0_u32..900_000,
        ) {
            let mut spec = WifiSpec::ideal();
            spec.phy.interference_ppm = interference_ppm;
            spec.phy.background = Background { share_ppm, exchange: SimSpan::from_micros(500) };
            spec.phy.burst = Some(BurstSpec {
                p_ppm: 100_000,
                r_ppm: 300_000,
                bad_loss_ppm: 800_000,
                good_loss_ppm: 0,
            });
            spec.path = PathLoss { distance_m: 40.0, exponent: 3.5 };
            let mut links: Vec<RadioLink> = (0..3).map(|n| link_of(&spec, n)).collect();
            let mut channel = Channel::new();
            let (mut now, mut free) = (SimTime::ZERO, SimTime::ZERO);
            for (gap, who, up) in asked {
                now = now.after(SimSpan::from_micros(gap));
                let sender = if up { Sender::Station } else { Sender::AccessPoint };
                let sent = links[who].transmit(now, &mut channel, Outgoing { sender, ..UP });
                let mut last = free.max(now);
                prop_assert!((1..=7).contains(&sent.attempts.len()));
                for (index, one) in sent.attempts.iter().enumerate() {
                    prop_assert!(one.start >= last);
                    prop_assert!(one.received || !one.acknowledged);
                    prop_assert!(!one.acknowledged || index + 1 == sent.attempts.len());
                    last = one.start.after(one.airtime);
                }
                let first = sent.attempts.iter().find(|one| one.received);
                prop_assert_eq!(sent.delivered, first.map(|one| one.start.after(one.airtime)));
                prop_assert!(sent.ended >= last);
                prop_assert_eq!(channel.busy_until(), sent.ended);
                free = sent.ended;
            }
        }
    }

    fn spec_timeout(rate: Rate) -> SimSpan {
        crate::radio::Timing::of(Standard::N).ack_timeout(rate, Preamble::Long)
    }
}
