//! When nothing gets through, and when connections are reset.
//!
//! Owns the times: those that were asked for, and those of a preset whose access point loses its
//! stations. Does not know what is under way.

use std::sync::{Mutex, PoisonError};

use nodelab_sim::stack::NetworkSpec;
use nodelab_sim::{EntityId, NodeId, Purpose, Rng, SimSpan, SimTime};

use super::LinkOptions;
use crate::serve::clock::Clock;

/// Joins that are tried before an outage ends in any case.
const JOINS_MAX: u32 = 8;

/// A time in which nothing gets through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Downtime {
    /// When it begins, from the beginning of the program.
    pub from: SimSpan,
    /// When it is over.
    pub until: SimSpan,
}

/// All outages of a link.
#[derive(Debug)]
pub(super) struct Outages {
    down: Vec<Downtime>,
    drop_every: Option<SimSpan>,
    flaky: Option<Mutex<Flaky>>,
}

/// An access point that loses its stations.
#[derive(Debug)]
struct Flaky {
    breaks_at: SimTime,
    heals_at: SimTime,
    network: NetworkSpec,
    rng: Rng,
}

impl Outages {
    pub(super) fn new(options: &LinkOptions, seed: u64) -> Self {
        let network = NetworkSpec::named(&options.preset);
        let flaky = network.filter(|network| network.hold.is_some());
        Self {
            down: options.down.clone(),
            drop_every: options.drop_every,
            flaky: flaky.map(|network| {
                let rng = Rng::derive(seed, EntityId::Node(NodeId(0)), Purpose::Link);
                let mut flaky = Flaky {
                    breaks_at: SimTime::ZERO,
                    heals_at: SimTime::ZERO,
                    network,
                    rng,
                };
                flaky.plan(SimTime::ZERO);
                Mutex::new(flaky)
            }),
        }
    }

    /// Returns whether nothing gets through.
    pub(super) fn is_down(&self, at: SimTime) -> bool {
        let since = at.since(SimTime::ZERO);
        let asked = |down: &Downtime| down.from <= since && since < down.until;
        let flaky = || {
            let flaky = self.flaky.as_ref()?;
            let mut flaky = flaky.lock().unwrap_or_else(PoisonError::into_inner);
            Some(flaky.is_down(at))
        };
        self.down.iter().any(asked) || flaky().unwrap_or(false)
    }

    /// Waits for the next moment at which connections are reset, for ever if there is none.
    pub(super) async fn reset(&self, clock: Clock) {
        clock.until(self.reset_at(clock.now())).await;
    }

    fn reset_at(&self, now: SimTime) -> SimTime {
        let every = self.drop_every.filter(|every| *every > SimSpan::ZERO);
        every.map_or(SimTime::MAX, |every| {
            let periods = now.as_nanos() / every.as_nanos() + 1;
            SimTime::ZERO.after(every.times(periods))
        })
    }
}

impl Flaky {
    fn is_down(&mut self, at: SimTime) -> bool {
        // Each turn is at least as long as the shortest hold.
        while self.heals_at <= at {
            self.plan(self.heals_at);
        }
        self.breaks_at <= at
    }

    /// Draws how long the link holds from `at`, and how long it takes to join again.
    fn plan(&mut self, at: SimTime) {
        let hold = self.network.hold.expect("only such a network is flaky");
        self.breaks_at = at.after(hold.draw(&mut self.rng));
        let mut joined = self.breaks_at;
        for _ in 0..JOINS_MAX {
            joined = joined.after(self.network.join.draw(&mut self.rng));
            if !self.rng.chance_ppm(self.network.join_failure_ppm) {
                break;
            }
        }
        self.heals_at = joined;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nodelab_sim::stack::tcp::TcpProfile;

    fn options(preset: &str) -> LinkOptions {
        let here = "127.0.0.1:0".parse().unwrap();
        LinkOptions {
            down: vec![Downtime {
                from: SimSpan::from_secs(10),
                until: SimSpan::from_secs(20),
            }],
            drop_every: Some(SimSpan::from_secs(30)),
            listen: here,
            preset: preset.to_owned(),
            seed: None,
            tcp: TcpProfile::default(),
            upstream: here,
        }
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_secs(s))
    }

    #[test]
    fn it_is_down_from_the_first_to_the_last_moment() {
        let outages = Outages::new(&options("good"), 1);
        let seen = [9, 10, 19, 20].map(|s| outages.is_down(at(s)));
        assert_eq!(seen, [false, true, true, false]);
        assert_eq!(outages.reset_at(at(0)), at(30));
        assert_eq!(outages.reset_at(at(30)), at(60));
    }

    #[test]
    fn a_flaky_access_point_loses_its_stations_every_few_minutes() {
        let outages = Outages::new(&options("flaky-ap"), 1);
        let down = (30..3_600).filter(|s| outages.is_down(at(*s))).count();
        // 12 to 20 outages an hour, each of one to a few joins of 4 s.
        assert!((40..300).contains(&down), "{down}");
    }
}
