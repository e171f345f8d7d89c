//! The figures of joining: what an access point allows, what a station remembers, and how long
//! each of them waits and works.

use super::frame::MacAddress;
use crate::span::SpanRange;
use crate::time::SimSpan;

/// SHA-1 compressions from a password to a key: 4096 rounds of HMAC for two blocks of output,
/// each round two compressions once the pads are precomputed (IEEE 802.11-2020 §J.4.1).
const KEY_COMPRESSIONS: u64 = 4096 * 2 * 2;
/// Cycles of one compression on an ESP8266.
///
/// Derived: `softplus/esp8266-wifi-timing` measures 889 ms between joins with and without a
/// stored key at 80 MHz. That this is the key derivation is a hypothesis.
const COMPRESSION_CYCLES: u64 = 4_340;
/// Clock of an ESP8266 after reset, in MHz.
const CLOCK_MHZ: u64 = 80;

/// What a station remembers from an earlier join, and may leave out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct JoinCache {
    /// BSSID and channel: no scan.
    pub access_point: bool,
    /// A fixed address: no DHCP.
    pub address: bool,
    /// The pairwise master key: no derivation from the password.
    pub key: bool,
}

/// What the access point allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AccessPointSpec {
    /// Its address, which is the BSSID.
    pub address: MacAddress,
    /// Beacon interval; 100 TU = 102.4 ms is usual. At least 1 TU = 1.024 ms.
    pub beacon_interval: SimSpan,
    /// Beacons per DTIM, 1 to 10.
    pub dtim_period: u8,
    /// Stations it takes at most.
    pub stations_max: u32,
    /// Channel, 1 to 13.
    pub channel: u8,
    /// Whether the password of the nodes is not its own.
    pub password_wrong: bool,
}

/// An access point as a station knows it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KnownAccessPoint {
    /// Its BSSID.
    pub address: MacAddress,
    /// Its channel, 1 to 13.
    pub channel: u8,
}

/// How a station looks for access points: first the channels where it may ask, then those where
/// it only listens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ScanPlan {
    /// Channels where it asks, from channel 1 on.
    pub active_channels: u8,
    /// Time on each of them.
    pub active: SimSpan,
    /// Channels after those, where it listens.
    pub passive_channels: u8,
    /// Time on each of them; longer than a beacon interval, or nothing is found there.
    pub passive: SimSpan,
}

/// The figures of a station's half of joining.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StationSpec {
    /// What it remembers from the start.
    pub cache: JoinCache,
    /// The access point it remembers; read only if `cache.access_point`.
    pub known: KnownAccessPoint,
    /// CPU time from password to key; not spent if `cache.key`.
    pub key_derivation: SimSpan,
    /// How it scans.
    pub scan: ScanPlan,
    /// From a known channel to the first authentication request.
    pub settle: SpanRange,
    /// From a frame to the answer to it, and from the last message to the use of the keys.
    pub turnaround: SpanRange,
    /// How long it waits for an answer to an authentication or association request.
    pub answer_timeout: SimSpan,
    /// Authentication requests it sends at most, at least 1.
    pub authentication_tries: u8,
    /// Association requests it sends at most, at least 1.
    pub association_tries: u8,
    /// How long it waits for the 4-way handshake to end.
    pub handshake_timeout: SimSpan,
    /// How long beacons may stay away before it probes.
    pub beacon_silence: SimSpan,
    /// Beacon intervals that it may sleep through, as it tells the access point.
    pub listen_interval: u16,
}

impl AccessPointSpec {
    /// Returns the access point as a station would remember it.
    #[must_use]
    pub const fn as_known(&self) -> KnownAccessPoint {
        KnownAccessPoint {
            address: self.address,
            channel: self.channel,
        }
    }
}

impl Default for AccessPointSpec {
    /// Builds an access point as found at home: channel 6, 100 TU, DTIM 1, room for 32.
    fn default() -> Self {
        Self {
            address: MacAddress([0x02, 0, 0, 0xFF, 0, 1]),
            beacon_interval: SimSpan::from_micros(102_400),
            dtim_period: 1,
            stations_max: 32,
            channel: 6,
            password_wrong: false,
        }
    }
}

impl ScanPlan {
    /// Returns how many channels it visits.
    #[must_use]
    pub const fn channels(&self) -> u8 {
        self.active_channels.saturating_add(self.passive_channels)
    }

    /// Returns the time on one channel.
    #[must_use]
    pub const fn dwell(&self, channel: u8) -> SimSpan {
        if self.is_active(channel) {
            self.active
        } else {
            self.passive
        }
    }

    /// Returns true for a channel where the station asks.
    #[must_use]
    pub const fn is_active(&self, channel: u8) -> bool {
        channel <= self.active_channels
    }

    /// Returns how long a whole scan takes.
    #[must_use]
    pub const fn span(&self) -> SimSpan {
        let active = self.active.times(self.active_channels as u64);
        active.plus(self.passive.times(self.passive_channels as u64))
    }
}

impl Default for ScanPlan {
    /// Builds the plan of the SDK: channels 1 to 11 active for 120 ms, 12 and 13 passive for
    /// 360 ms, 2040 ms in all (esp-faq, `wifi.rst`; an ESP32's figures).
    fn default() -> Self {
        Self {
            active_channels: 11,
            active: SimSpan::from_millis(120),
            passive_channels: 2,
            passive: SimSpan::from_millis(360),
        }
    }
}

impl StationSpec {
    /// Returns the CPU time from password to key at a clock of `mhz`, which is not zero.
    #[must_use]
    pub const fn key_derivation_at(mhz: u64) -> SimSpan {
        SimSpan::from_nanos(KEY_COMPRESSIONS * COMPRESSION_CYCLES * 1_000 / mhz)
    }

    /// Returns a bound on every join: whatever the air does, the station is associated or has
    /// given up by then.
    #[must_use]
    pub const fn join_bound(&self) -> SimSpan {
        let authentication = self.answer_timeout.times(self.authentication_tries as u64);
        let association = self.answer_timeout.times(self.association_tries as u64);
        // Authentication counts twice: once with what it remembers, once with what it finds.
        authentication
            .times(2)
            .plus(self.scan.span())
            .plus(self.key_derivation)
            .plus(association)
            .plus(self.handshake_timeout)
            .plus(self.turnaround.max().times(2))
    }
}

impl Default for StationSpec {
    /// Builds an ESP8266 at 80 MHz that remembers nothing.
    ///
    /// - five authentication requests of 1 s each make the 5000 ms that a stale BSSID costs, and
    ///   one lost request explains ninth tenths 1.0 s above the median
    ///   (`softplus/esp8266-wifi-timing`); the split is unsourced;
    /// - association follows authentication, unsourced;
    /// - the handshake has the 10 s of `wpa_supplicant`, from which the SDK's supplicant comes;
    /// - beacons may stay away for 6 s (esp-faq, `wifi.rst`; an ESP32's default);
    /// - `settle` and `turnaround` are unsourced.
    fn default() -> Self {
        Self {
            cache: JoinCache::default(),
            known: AccessPointSpec::default().as_known(),
            key_derivation: Self::key_derivation_at(CLOCK_MHZ),
            scan: ScanPlan::default(),
            settle: SpanRange::from_millis(20, 40),
            turnaround: SpanRange::from_millis(5, 15),
            answer_timeout: SimSpan::from_secs(1),
            authentication_tries: 5,
            association_tries: 5,
            handshake_timeout: SimSpan::from_secs(10),
            beacon_silence: SimSpan::from_secs(6),
            listen_interval: 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_takes_2040_ms() {
        assert_eq!(ScanPlan::default().span(), SimSpan::from_millis(2040));
    }

    #[test]
    fn key_derivation_halves_when_the_clock_doubles() {
        assert_eq!(StationSpec::key_derivation_at(80).as_micros(), 888_832);
        assert_eq!(StationSpec::key_derivation_at(160).as_micros(), 444_416);
    }
}
