//! When a station that dozes hears what the access point holds for it.
//!
//! The access point keeps frames for a dozing station and says so in its beacons; the station
//! wakes for some of them, and fetches what is there.
//= IEEE 802.11-2020 §11.2.3

use crate::time::{SimSpan, SimTime};

/// How a station sleeps between beacons.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PowerSave {
    /// Not at all.
    #[default]
    Awake,
    /// It wakes for each DTIM beacon ("minimum modem sleep").
    Dtim,
    /// It wakes for each n-th beacon, whatever its DTIM ("maximum modem sleep", listen interval).
    Listen(u8),
}

impl PowerSave {
    /// Returns when a frame that reaches the access point at `at` can be sent to the station.
    #[must_use]
    pub fn next_wake(self, at: SimTime, beacon_interval: SimSpan, dtim_period: u8) -> SimTime {
        match self {
            Self::Awake => at,
            Self::Dtim => next_wake(at, beacon_interval, dtim_period),
            Self::Listen(beacons) => next_wake(at, beacon_interval, beacons),
        }
    }
}

/// Returns the first beacon at or after `at` whose number is a multiple of `every` (zero counts
/// as one). Beacon 0 is due when the world begins. An interval of zero is no wait.
fn next_wake(at: SimTime, beacon_interval: SimSpan, every: u8) -> SimTime {
    let period_ns = beacon_interval.times(u64::from(every.max(1))).as_nanos();
    if period_ns == 0 {
        return at;
    }
    let beacons = at.as_nanos().div_ceil(period_ns);
    SimTime::from_nanos(beacons.saturating_mul(period_ns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BEACON: SimSpan = SimSpan::from_micros(102_400);

    #[test]
    fn frames_wait_for_the_beacon_that_the_station_hears() {
        let at = SimTime::from_nanos(250_000_000);
        let wake = |mode: PowerSave| mode.next_wake(at, BEACON, 3).as_nanos() / 1_000;
        assert_eq!(wake(PowerSave::Awake), 250_000);
        assert_eq!(wake(PowerSave::Listen(1)), 307_200);
        assert_eq!(wake(PowerSave::Dtim), 307_200);
        assert_eq!(wake(PowerSave::Listen(10)), 1_024_000);
        assert_eq!(next_wake(at, SimSpan::ZERO, 3), at);
    }

    proptest! {
        #[test]
        fn a_wait_is_shorter_than_the_period_and_ends_on_a_beacon(
            at in 0_u64..1_000_000_000_000, every in 1_u8..=10,
        ) {
            let at = SimTime::from_nanos(at);
            let wake = next_wake(at, BEACON, every);
            prop_assert!(wake >= at);
            prop_assert!(wake.since(at) < BEACON.times(u64::from(every)));
            prop_assert_eq!(wake.as_nanos() % BEACON.times(u64::from(every)).as_nanos(), 0);
            prop_assert_eq!(next_wake(wake, BEACON, every), wake);
        }
    }
}
