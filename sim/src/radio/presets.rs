//! Named networks.
//!
//! Owns the figures behind each name. They are unsourced unless a source is given: round numbers
//! chosen to set one kind of network apart from another, and claim no more.

use super::burst::BurstSpec;
use super::phy_spec::{Background, PhySpec, Shadowing};
use super::propagation::Decibels;
use super::{AccessPointSpec, JoinCache, PathLoss, Standard, WifiSpec};
use crate::time::SimSpan;

/// A name and the figures it stands for.
type Preset = (&'static str, fn() -> WifiSpec);

/// One exchange of a neighbour: 1 500 bytes at 24 Mb/s with acknowledgement.
const NEIGHBOUR_EXCHANGE: SimSpan = SimSpan::from_micros(586);

impl WifiSpec {
    /// A desk in the access point's room: 5 m away, a tenth of the air taken by others, one frame
    /// in 1 000 spoilt. Repetitions hide all of it.
    #[must_use]
    pub fn good() -> Self {
        Self {
            phy: PhySpec {
                interference_ppm: 1_000,
                background: Background {
                    share_ppm: 100_000,
                    exchange: NEIGHBOUR_EXCHANGE,
                },
                ..PhySpec::default()
            },
            ..Self::ideal()
        }
    }

    /// Interference: every 25th frame begins a burst that lasts ten frames and spoils nine in
    /// ten, and one frame in 33 is spoilt besides.
    #[must_use]
    pub fn lossy() -> Self {
        let good = Self::good();
        Self {
            path: PathLoss {
                distance_m: 10.0,
                exponent: 3.0,
            },
            phy: PhySpec {
                burst: Some(BurstSpec {
                    p_ppm: 40_000,
                    r_ppm: 100_000,
                    bad_loss_ppm: 900_000,
                    good_loss_ppm: 0,
                }),
                interference_ppm: 30_000,
                ..good.phy
            },
            ..good
        }
    }

    /// The far end of the garden: 60 m with walls in between, where only the slowest rates of
    /// 802.11n and those of 802.11b get through, and whoever stands in the way decides.
    #[must_use]
    pub fn far() -> Self {
        let good = Self::good();
        Self {
            path: PathLoss {
                distance_m: 60.0,
                exponent: 3.5,
            },
            phy: PhySpec {
                shadowing: Some(Shadowing {
                    deviation: Decibels(3.0),
                    coherence: SimSpan::from_secs(30),
                }),
                ..good.phy
            },
            ..good
        }
    }

    /// A flat among many, or a hall full of nodes: others occupy seven tenths of the air, and one
    /// frame in 50 is spoilt by stations that do not hear this one.
    #[must_use]
    pub fn crowded() -> Self {
        let good = Self::good();
        Self {
            path: PathLoss {
                distance_m: 8.0,
                exponent: 3.0,
            },
            phy: PhySpec {
                interference_ppm: 20_000,
                background: Background {
                    share_ppm: 700_000,
                    exchange: NEIGHBOUR_EXCHANGE,
                },
                ..good.phy
            },
            ..good
        }
    }

    /// An access point that loses its stations: on the air it is a good one, and what makes it
    /// flaky is above the radio.
    #[must_use]
    pub fn flaky_ap() -> Self {
        Self::good()
    }

    /// A node beside the access point on a channel of their own: frames take their time on the
    /// air, and all arrive. For tests that are about something else.
    #[must_use]
    pub fn ideal() -> Self {
        Self {
            access_point: AccessPointSpec::default(),
            cache: JoinCache::default(),
            path: PathLoss {
                distance_m: 5.0,
                exponent: 3.0,
            },
            phy: PhySpec::default(),
            standard: Standard::N,
        }
    }

    /// Returns the network with this name: `good`, `lossy`, `far`, `crowded`, `flaky-ap` or
    /// `ideal`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::PRESETS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, preset)| preset())
    }

    /// Returns the names that [`WifiSpec::named`] knows, in alphabetical order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::PRESETS.iter().map(|(name, _)| *name)
    }

    const PRESETS: [Preset; 6] = [
        ("crowded", Self::crowded),
        ("far", Self::far),
        ("flaky-ap", Self::flaky_ap),
        ("good", Self::good),
        ("ideal", Self::ideal),
        ("lossy", Self::lossy),
    ];
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::radio::{Air, Channel, FrameKind, Outgoing, RadioLink, Rate, Sender};
    use crate::rng::{EntityId, Purpose, Rng};
    use crate::time::SimTime;

    const FRAMES: u64 = 5_000;

    #[test]
    fn every_preset_answers_to_its_name() {
        let mut names: Vec<_> = WifiSpec::names().collect();
        names.sort_unstable();
        assert!(WifiSpec::names().eq(names.iter().copied()));
        for name in names {
            assert!(WifiSpec::named(name).is_some(), "{name}");
        }
        assert_eq!(WifiSpec::named("far"), Some(WifiSpec::far()));
        assert_eq!(WifiSpec::named("perfect"), None);
    }

    #[test]
    fn presets_differ_as_their_names_say() {
        // Lost for good, attempts and time from asking to delivery, in frames of 250 bytes sent
        // once a second.
        let rows: Vec<String> = WifiSpec::names()
            .map(|name| {
                let seen = seen(&WifiSpec::named(name).unwrap());
                let Seen {
                    lost,
                    attempts,
                    mean_us,
                    rate,
                } = seen;
                format!("{name:9} {lost:4} lost, {attempts:5} attempts, {mean_us:6} us, {rate}")
            })
            .collect();
        insta::assert_snapshot!(rows.join("\n"), @r"
        crowded      0 lost,  5400 attempts,   1431 us, MCS7
        far          0 lost,  5473 attempts,    482 us, 5.5 Mb/s
        flaky-ap     0 lost,  5040 attempts,    117 us, MCS7
        good         0 lost,  5040 attempts,    117 us, MCS7
        ideal        0 lost,  5000 attempts,     74 us, MCS7
        lossy      113 lost,  7164 attempts,   1833 us, 1 Mb/s
        ");
    }

    struct Seen {
        lost: u64,
        attempts: usize,
        mean_us: u64,
        rate: Rate,
    }

    fn seen(spec: &WifiSpec) -> Seen {
        let rng = Rng::derive(4, EntityId::World, Purpose::Air);
        let mut link = RadioLink::new(Arc::new(Air::new(spec)), 0, rng);
        let mut channel = Channel::new();
        let (mut lost, mut attempts, mut took_us) = (0, 0, 0);
        for frame in 0..FRAMES {
            let at = SimTime::from_nanos(frame * 1_000_000_000);
            let what = Outgoing {
                sender: Sender::Station,
                kind: FrameKind::Data,
                psdu_bytes: 250,
                heard: true,
            };
            let sent = link.transmit(at, &mut channel, what);
            attempts += sent.attempts.len();
            match sent.delivered {
                Some(delivered) => took_us += delivered.since(at).as_micros(),
                None => lost += 1,
            }
        }
        Seen {
            lost,
            attempts,
            mean_us: took_us / (FRAMES - lost),
            rate: link.rate(Sender::Station),
        }
    }
}
