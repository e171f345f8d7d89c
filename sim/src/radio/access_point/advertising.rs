//! How an access point makes itself known.
//!
//! Beacons are not events: a world without a scan has none. Who needs one asks for it.

use super::{AccessPoint, Body, Frame, MacAddress, SimSpan, SimTime};
use crate::radio::management::Advertisement;

/// A time unit of 802.11, in microseconds.
const TIME_UNIT_US: u64 = 1_024;

impl AccessPoint {
    /// Returns whether beacons are heard on a channel.
    #[must_use]
    pub fn beacons_on(&self, channel: u8) -> bool {
        channel == self.channel && !self.is_silent()
    }

    /// Returns the first beacon on a channel from `from` to before `until`, and when it is due.
    ///
    /// Beacons begin with the world, and keep their beat through every fault.
    #[must_use]
    pub fn beacon(&self, channel: u8, from: SimTime, until: SimTime) -> Option<(SimTime, Frame)> {
        if !self.beacons_on(channel) {
            return None;
        }
        let interval_ns = self.interval().as_nanos();
        let number = from.as_nanos().div_ceil(interval_ns);
        let due = SimTime::from_nanos(number.saturating_mul(interval_ns));
        if due >= until {
            return None;
        }
        let period = self.spec.dtim_period.max(1);
        let passed = u8::try_from(number % u64::from(period)).unwrap_or(0);
        let count = if passed == 0 { 0 } else { period - passed };
        let about = self.about(due);
        let dtim = (count, period);
        let frame = Frame {
            sender: self.spec.address,
            receiver: MacAddress::BROADCAST,
            payload: Body::Beacon { about, dtim }.payload(),
        };
        Some((due, frame))
    }

    /// Returns what it tells about itself.
    pub(super) fn about(&self, at: SimTime) -> Advertisement {
        let interval_tu = self.interval().as_micros() / TIME_UNIT_US;
        Advertisement {
            timestamp_us: at.as_nanos() / 1_000,
            beacon_interval_tu: u16::try_from(interval_tu).unwrap_or(u16::MAX),
            channel: self.channel,
        }
    }

    /// Returns the beacon interval, at least one time unit.
    fn interval(&self) -> SimSpan {
        let least = SimSpan::from_micros(TIME_UNIT_US);
        self.spec.beacon_interval.max(least)
    }
}
