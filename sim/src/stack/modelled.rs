//! One node's link in the modelled network: how long each thing takes, and whether it arrives.
//!
//! Owns the luck of one link, the order of its bytes and TCP's repetitions. Does not know what
//! the bytes say, and schedules nothing: it answers with times.

use node_core::CloseReason;

use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};
use crate::stack::HandshakeShape;
use crate::stack::network::NetworkSpec;
use crate::stack::outcome::{Delivery, Direction, JoinOutcome, OpenOutcome};
use crate::time::{SimSpan, SimTime};

/// Most doublings of TCP's waiting time (lwIP, `tcp.c`, table `tcp_backoff`).
const DOUBLINGS_MAX: u32 = 7;

/// The link of one node.
///
/// Each question takes the figures of the network as they are at that moment, so a fault that
/// changes them needs no notice here. A segment is lost by its own draw; a lost acknowledgement
/// delays nothing, because the next one covers it. What is not modelled: fast retransmission, a
/// full window, and time-outs that adapt to the round trip.
#[derive(Clone, Debug)]
pub struct Link {
    rng: Rng,
    /// Nothing gets through before this moment.
    blocked_until: SimTime,
    arrived_down: SimTime,
    arrived_up: SimTime,
}

impl Link {
    /// Builds the link of one node, with its own luck.
    #[must_use]
    pub fn new(seed: u64, node: NodeId) -> Self {
        Self {
            rng: Rng::derive(seed, EntityId::Node(node), Purpose::Link),
            blocked_until: SimTime::ZERO,
            arrived_down: SimTime::ZERO,
            arrived_up: SimTime::ZERO,
        }
    }

    /// Lets nothing through before `until`: what is sent meanwhile is lost and sent again.
    ///
    /// Holds for what is sent from here on; what is already on its way arrives.
    /// [`SimTime::MAX`] blocks until further notice and [`SimTime::ZERO`] lifts the block.
    pub const fn block(&mut self, until: SimTime) {
        self.blocked_until = until;
    }

    /// Answers how a join that starts at `at` ends.
    ///
    /// A blocked link fails after the time of a join, as [`NetworkSpec::join_failure`] says.
    pub fn join(&mut self, at: SimTime, network: &NetworkSpec) -> JoinOutcome {
        let up_at = at.after(network.join.draw(&mut self.rng));
        let unlucky = self.rng.chance_ppm(network.join_failure_ppm);
        if unlucky || up_at < self.blocked_until {
            return JoinOutcome::Failed {
                at: up_at,
                why: network.join_failure,
            };
        }
        let hold = network.hold.map(|hold| hold.draw(&mut self.rng));
        JoinOutcome::Joined {
            at: up_at,
            breaks_at: hold.map(|hold| up_at.after(hold)),
        }
    }

    /// Answers when civil time is known on a link that came up at `at`.
    pub fn time_sync(&mut self, at: SimTime, network: &NetworkSpec) -> SimTime {
        at.after(network.time_sync.draw(&mut self.rng))
    }

    /// Answers when the broker, asked at `at`, has thought and sends its answer.
    ///
    /// How long is drawn here, so that a node more does not change what others wait for.
    pub fn answer(&mut self, at: SimTime, network: &NetworkSpec) -> SimTime {
        at.after(network.answer_time.draw(&mut self.rng))
    }

    /// Answers how the opening of a stream at `at` ends; `listening` says if a broker is there.
    ///
    /// Forgets the order of an earlier stream.
    pub fn open(&mut self, at: SimTime, network: &NetworkSpec, listening: bool) -> OpenOutcome {
        (self.arrived_down, self.arrived_up) = (SimTime::ZERO, SimTime::ZERO);
        let retransmit_max = network.open_retransmit_max;
        let there = self.carry(at, network, 0, retransmit_max);
        // The broker repeats its answer by itself, so the node just sees a longer round trip.
        let back = there.and_then(|asked_at| self.carry(asked_at, network, 0, retransmit_max));
        match back {
            Err(at) => OpenOutcome::Failed {
                at,
                why: CloseReason::TimedOut,
            },
            Ok(at) if !listening => OpenOutcome::Failed {
                at,
                why: CloseReason::Refused,
            },
            Ok(node_at) => {
                // If this one is lost, the first data opens the stream at the broker.
                let broker_at = node_at.after(self.one_way(network, 0));
                self.arrived_down = node_at;
                self.arrived_up = broker_at;
                OpenOutcome::Opened { node_at, broker_at }
            }
        }
    }

    /// Answers when a handshake is done that begins at `at` on a stream that was just opened.
    ///
    /// # Errors
    ///
    /// The moment at which one end gives the connection up.
    pub fn secure(
        &mut self,
        at: SimTime,
        network: &NetworkSpec,
        shape: &HandshakeShape,
    ) -> Result<SimTime, SimTime> {
        let mut now = at;
        for turn in &shape.turns {
            now = now.after(turn.think);
            if turn.up == 0 {
                continue;
            }
            let there = self.carry(now, network, turn.up, network.retransmit_max)?;
            self.arrived_up = there.max(self.arrived_up);
            if turn.down > 0 {
                now = self.carry(there, network, turn.down, network.retransmit_max)?;
                self.arrived_down = now.max(self.arrived_down);
            }
        }
        Ok(now)
    }

    /// Answers what becomes of `length` bytes that are written to the open stream at `at`.
    pub fn segment(
        &mut self,
        at: SimTime,
        network: &NetworkSpec,
        direction: Direction,
        length: usize,
    ) -> Delivery {
        match self.carry(at, network, length, network.retransmit_max) {
            Err(at) => Delivery::TimesOut(at),
            Ok(candidate) => {
                let arrived = match direction {
                    Direction::Down => &mut self.arrived_down,
                    Direction::Up => &mut self.arrived_up,
                };
                *arrived = candidate.max(*arrived);
                Delivery::Arrives(*arrived)
            }
        }
    }

    /// Returns when `length` bytes that are sent at `at` arrive, or when the sender gives up.
    fn carry(
        &mut self,
        at: SimTime,
        network: &NetworkSpec,
        length: usize,
        retransmit_max: u8,
    ) -> Result<SimTime, SimTime> {
        let segment_size = usize::from(network.segment_size.max(1));
        let mut missing = length.div_ceil(segment_size).max(1);
        let mut sent_at = at;
        for attempt in 0..=u32::from(retransmit_max) {
            if sent_at >= self.blocked_until {
                let lost = (0..missing).filter(|_| self.rng.chance_ppm(network.loss_ppm));
                missing = lost.count();
            }
            if missing == 0 {
                return Ok(sent_at.after(self.one_way(network, length)));
            }
            let doublings = attempt.min(DOUBLINGS_MAX);
            sent_at = sent_at.after(network.retransmit_after.times(1 << doublings));
        }
        Err(sent_at)
    }

    fn one_way(&mut self, network: &NetworkSpec, length: usize) -> SimSpan {
        let jitter_ns = self.rng.up_to(network.jitter.as_nanos());
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        network
            .latency
            .plus(SimSpan::from_nanos(jitter_ns))
            .plus(network.byte_time.times(length))
    }
}

#[cfg(test)]
mod tests {
    use node_core::LinkLoss;
    use proptest::prelude::*;

    use super::*;
    use crate::span::SpanRange;
    use crate::stack::Turn;

    const START: SimTime = SimTime::from_nanos(1_000_000_000);
    const DRAWS: u32 = 100_000;

    #[test]
    fn losses_have_their_stated_rate() {
        let network = NetworkSpec::lossy();
        let late = count(|link| {
            let arrived = link.carry(START, &network, 100, 12).unwrap();
            arrived.since(START) >= network.retransmit_after
        });
        // 5 sigma of a binomial: 5 · √(100 000 · 0.08 · 0.92) = 429.
        assert!(late.abs_diff(8_000) < 429, "{late}");
    }

    #[test]
    fn a_long_write_is_lost_if_any_of_its_segments_is() {
        let network = NetworkSpec {
            segment_size: 100,
            ..NetworkSpec::lossy()
        };
        let late = count(|link| {
            let arrived = link.carry(START, &network, 250, 12).unwrap();
            arrived.since(START) >= network.retransmit_after
        });
        // 1 − 0.92³ = 0.221; 5 sigma is 656.
        assert!(late.abs_diff(22_131) < 656, "{late}");
    }

    #[test]
    fn latency_and_jitter_are_as_stated() {
        let network = NetworkSpec {
            loss_ppm: 0,
            byte_time: SimSpan::ZERO,
            ..NetworkSpec::lossy()
        };
        let mut link = Link::new(3, NodeId(0));
        let mut total_us = 0;
        for _ in 0..DRAWS {
            link.open(START, &network, true);
            let delay = match link.carry(START, &network, 1, 0) {
                Ok(at) | Err(at) => at.since(START),
            };
            assert!(delay >= network.latency && delay <= network.latency.plus(network.jitter));
            total_us += delay.as_micros();
        }
        let mean_us = total_us / u64::from(DRAWS);
        // 5 ms and half of 30 ms; the deviation of the mean is 30 ms / √12 / √100 000 = 27 µs.
        assert!(mean_us.abs_diff(20_000) < 5 * 27, "{mean_us}");
    }

    #[test]
    fn joins_fail_and_take_as_long_as_stated() {
        let network = NetworkSpec::crowded();
        let failed = count(|link| {
            let (at, failed) = match link.join(START, &network) {
                JoinOutcome::Failed { at, why } => {
                    assert_eq!(why, LinkLoss::AssociationFailed);
                    (at, true)
                }
                JoinOutcome::Joined { at, breaks_at } => {
                    assert_eq!(breaks_at, None);
                    (at, false)
                }
            };
            let span = at.since(START);
            assert!(span >= network.join.min() && span <= network.join.max());
            failed
        });
        // 5 · √(100 000 · 0.1 · 0.9) = 474.
        assert!(failed.abs_diff(10_000) < 474, "{failed}");
    }

    #[test]
    fn a_flaky_access_point_drops_its_stations_after_three_to_five_minutes() {
        let network = NetworkSpec::flaky_ap();
        let joined = count(|link| match link.join(START, &network) {
            JoinOutcome::Failed { .. } => false,
            JoinOutcome::Joined { at, breaks_at } => {
                let held = breaks_at.unwrap().since(at);
                assert!(held >= SimSpan::from_secs(180) && held <= SimSpan::from_secs(300));
                true
            }
        });
        assert!(joined.abs_diff(70_000) < 725, "{joined}");
    }

    #[test]
    fn repetitions_double_up_to_128_fold_and_end_after_twelve() {
        let network = NetworkSpec {
            loss_ppm: 1_000_000,
            ..NetworkSpec::good()
        };
        let mut link = Link::new(1, NodeId(0));
        let delivery = link.segment(START, &network, Direction::Up, 1);
        // 1 + 2 + 4 + … + 128 s, then five times 128 s more.
        let given_up = START.after(SimSpan::from_secs(255 + 5 * 128));
        assert_eq!(delivery, Delivery::TimesOut(given_up));
        let given_up = START.after(SimSpan::from_secs(127));
        let failed = OpenOutcome::Failed {
            at: given_up,
            why: CloseReason::TimedOut,
        };
        assert_eq!(link.open(START, &network, true), failed);
    }

    #[test]
    fn a_blocked_link_delivers_with_the_first_repetition_after_the_block() {
        let network = NetworkSpec::ideal();
        let mut link = Link::new(1, NodeId(0));
        link.block(START.after(SimSpan::from_secs(5)));
        let delivery = link.segment(START, &network, Direction::Up, 1);
        assert_eq!(delay(delivery), SimSpan::from_secs(7));
        assert_eq!(
            link.join(START, &network),
            JoinOutcome::Failed {
                at: START,
                why: LinkLoss::AccessPointNotFound
            }
        );
    }

    #[test]
    fn a_stream_opens_after_one_round_trip_here_and_one_and_a_half_there() {
        let latency = SimSpan::from_millis(10);
        let network = NetworkSpec {
            latency,
            ..NetworkSpec::ideal()
        };
        let mut link = Link::new(1, NodeId(0));
        let opened = OpenOutcome::Opened {
            node_at: START.after(latency.times(2)),
            broker_at: START.after(latency.times(3)),
        };
        assert_eq!(link.open(START, &network, true), opened);
        let refused = OpenOutcome::Failed {
            at: START.after(latency.times(2)),
            why: CloseReason::Refused,
        };
        assert_eq!(link.open(START, &network, false), refused);
    }

    #[test]
    fn a_handshake_takes_its_round_trips_and_the_nodes_thinking() {
        let network = NetworkSpec {
            latency: SimSpan::from_millis(10),
            ..NetworkSpec::ideal()
        };
        let turn = |think_ms, up, down| Turn {
            think: SimSpan::from_millis(think_ms),
            up,
            down,
        };
        let shape = HandshakeShape {
            turns: vec![turn(100, 200, 700), turn(300, 80, 0)],
            ..HandshakeShape::default()
        };
        let mut link = Link::new(1, NodeId(0));
        let done = START.after(SimSpan::from_millis(100 + 20 + 300));
        assert_eq!(link.secure(START, &network, &shape), Ok(done));
        // What the node writes next arrives behind its last flight.
        let delivery = link.segment(done, &network, Direction::Up, 1);
        assert_eq!(delay(delivery), SimSpan::from_millis(430));
    }

    #[test]
    fn each_byte_takes_its_time() {
        let network = NetworkSpec {
            byte_time: SimSpan::from_micros(8),
            ..NetworkSpec::ideal()
        };
        let mut link = Link::new(1, NodeId(0));
        let delivery = link.segment(START, &network, Direction::Down, 125);
        assert_eq!(delay(delivery), SimSpan::from_millis(1));
    }

    #[test]
    fn civil_time_follows_the_link() {
        let network = NetworkSpec {
            time_sync: SpanRange::exactly(SimSpan::from_secs(2)),
            ..NetworkSpec::ideal()
        };
        let at = Link::new(1, NodeId(0)).time_sync(START, &network);
        assert_eq!(at, START.after(SimSpan::from_secs(2)));
    }

    #[test]
    fn a_link_is_small() {
        assert!(size_of::<Link>() <= 96);
    }

    proptest! {
        #[test]
        fn bytes_of_one_direction_arrive_in_the_order_they_were_sent(
            seed: u64,
            writes in prop::collection::vec((0..2_000_u64, any::<bool>(), 0..2_000_usize), 1..60),
        ) {
            let network = NetworkSpec::lossy();
            let mut link = Link::new(seed, NodeId(7));
            let mut at = START;
            let mut last = [START; 2];
            for (pause_ms, up, length) in writes {
                at = at.after(SimSpan::from_millis(pause_ms));
                let direction = if up { Direction::Up } else { Direction::Down };
                let Delivery::Arrives(arrived) = link.segment(at, &network, direction, length)
                else {
                    // 13 losses in a row at 8 % would be 1 in 10¹⁴.
                    panic!("gave up");
                };
                prop_assert!(arrived >= at.after(network.latency));
                prop_assert!(arrived >= last[usize::from(up)]);
                last[usize::from(up)] = arrived;
            }
        }

        #[test]
        fn one_seed_gives_one_link(seed: u64) {
            let network = NetworkSpec::far();
            let answers = |node| {
                let mut link = Link::new(seed, NodeId(node));
                (link.join(START, &network), link.open(START, &network, true))
            };
            prop_assert_eq!(answers(1), answers(1));
            prop_assert_ne!(answers(1), answers(2));
        }
    }

    /// Counts how often `event` is true for one link.
    fn count(mut event: impl FnMut(&mut Link) -> bool) -> u32 {
        let mut link = Link::new(11, NodeId(0));
        (0..DRAWS).map(|_| u32::from(event(&mut link))).sum()
    }

    fn delay(delivery: Delivery) -> SimSpan {
        match delivery {
            Delivery::Arrives(at) | Delivery::TimesOut(at) => at.since(START),
        }
    }
}
