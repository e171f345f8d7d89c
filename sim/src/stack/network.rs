//! What kind of network it is: the figures behind each modelled link, and named sets of them.
//!
//! Owns the numbers and their sources. Does not draw anything.
//! Figures called unsourced have no published source: they are round numbers chosen to set one
//! kind of network apart from another, and claim no more.

use node_core::LinkLoss;

use crate::span::SpanRange;
use crate::time::SimSpan;

/// The figures of one network; any value is legal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NetworkSpec {
    /// From asking for the access point to having an address, or to knowing that it failed.
    pub join: SpanRange,
    /// How many of a million joins fail.
    pub join_failure_ppm: u32,
    /// How a join fails.
    pub join_failure: LinkLoss,
    /// How long a link holds before it breaks by itself; `None` for ever.
    pub hold: Option<SpanRange>,
    /// How long an access point may be silent before the station has given it up.
    pub beacons_lost_after: SimSpan,
    /// Time of one small segment from node to broker, or back.
    pub latency: SimSpan,
    /// Longest additional delay of a segment, uniform from zero.
    pub jitter: SimSpan,
    /// Time that each byte adds.
    pub byte_time: SimSpan,
    /// How many of a million segments are lost, after the radio's own repetitions.
    pub loss_ppm: u32,
    /// Longest payload of one segment, in bytes; zero counts as one.
    pub segment_size: u16,
    /// How long TCP waits before it sends a segment again, doubled each time up to 128 fold.
    pub retransmit_after: SimSpan,
    /// How often a data segment is sent again before the connection is given up.
    pub retransmit_max: u8,
    /// How often the first segment of a handshake is sent again.
    pub open_retransmit_max: u8,
    /// From the link being up to civil time being known.
    pub time_sync: SpanRange,
    /// How long the broker thinks before it answers.
    pub answer_time: SpanRange,
}

/// A name and the figures it stands for.
type Preset = (&'static str, fn() -> NetworkSpec);

/// What a station allows for beacons to stay away: 6 s until it becomes suspicious (ESP-FAQ,
/// Wi-Fi, default of the ESP32; the ESP8266's own is unsourced), then 2.5 s of probing until it
/// gives up (log in `ESP8266_RTOS_SDK` issue 355).
const BEACONS_LOST_AFTER: SimSpan = SimSpan::from_millis(6_000 + 2_500);

impl NetworkSpec {
    /// A join from nothing, with name and password: 3 898 ms in the median and 4 267 ms at the
    /// ninth tenth (softplus/esp8266-wifi-timing, README). Includes DHCP and one publish.
    #[must_use]
    pub fn cold_join() -> SpanRange {
        SpanRange::from_millis(3_500, 4_300)
    }

    /// A join with stored access point, channel and address: 197 ms in the median (the same
    /// source, whose slow tenth of 1.2 s is not modelled).
    #[must_use]
    pub fn cached_join() -> SpanRange {
        SpanRange::from_millis(180, 214)
    }

    /// A desk beside the access point.
    ///
    /// 3 ms each way make TCP, CONNECT and PUBLISH take 19 ms, as measured on a local network
    /// (softplus/esp8266-wifi-timing). Byte time of 24 Mb/s and loss of 1 in 1 000 are
    /// unsourced.
    #[must_use]
    pub fn good() -> Self {
        Self {
            join: Self::cold_join(),
            join_failure_ppm: 0,
            join_failure: LinkLoss::AccessPointNotFound,
            hold: None,
            beacons_lost_after: BEACONS_LOST_AFTER,
            latency: SimSpan::from_micros(2_500),
            jitter: SimSpan::from_millis(1),
            byte_time: SimSpan::from_nanos(333),
            loss_ppm: 1_000,
            // TCP_MSS, TCP_MAXRTX and TCP_SYNMAXRTX of the "Lower Memory" build (Arduino core
            // for ESP8266, lwipopts.h and boards.txt); RTO of the NONOS SDK's lwIP.
            segment_size: 536,
            retransmit_after: SimSpan::from_secs(1),
            retransmit_max: 12,
            open_retransmit_max: 6,
            // One question and one answer over the internet, after a name look-up (unsourced).
            time_sync: SpanRange::from_millis(50, 500),
            answer_time: SpanRange::exactly(SimSpan::ZERO),
        }
    }

    /// Interference: 8 in 100 segments are lost and delays vary by 30 ms (unsourced).
    #[must_use]
    pub fn lossy() -> Self {
        Self {
            latency: SimSpan::from_millis(5),
            jitter: SimSpan::from_millis(30),
            loss_ppm: 80_000,
            ..Self::good()
        }
    }

    /// The far end of the garden: 1 Mb/s, slow joins of which 1 in 20 fails, 3 in 100 segments
    /// lost (all unsourced). Joins of over 5 s are common in the field: 15 % of them (arXiv
    /// 1701.02528).
    #[must_use]
    pub fn far() -> Self {
        Self {
            join: SpanRange::from_millis(3_900, 10_000),
            join_failure_ppm: 50_000,
            latency: SimSpan::from_millis(8),
            jitter: SimSpan::from_millis(20),
            byte_time: SimSpan::from_micros(8),
            loss_ppm: 30_000,
            ..Self::good()
        }
    }

    /// A flat among many, or a hall full of nodes: long waits for a free channel, 1 join in 10
    /// refused by a full access point, 1 in 100 segments lost (all unsourced).
    #[must_use]
    pub fn crowded() -> Self {
        Self {
            join: SpanRange::from_millis(3_900, 8_000),
            join_failure_ppm: 100_000,
            join_failure: LinkLoss::AssociationFailed,
            latency: SimSpan::from_millis(15),
            jitter: SimSpan::from_millis(60),
            loss_ppm: 10_000,
            ..Self::good()
        }
    }

    /// An access point that loses its stations every 3 to 5 min, as a regression of one SDK did
    /// (cesanta/mongoose-os issue 403). That 3 joins in 10 do not
    /// find it is unsourced.
    #[must_use]
    pub fn flaky_ap() -> Self {
        Self {
            join_failure_ppm: 300_000,
            hold: Some(SpanRange::new(
                SimSpan::from_secs(180),
                SimSpan::from_secs(300),
            )),
            ..Self::good()
        }
    }

    /// A network that loses and delays nothing: for tests that are about something else.
    #[must_use]
    pub fn ideal() -> Self {
        Self {
            join: SpanRange::exactly(SimSpan::ZERO),
            latency: SimSpan::ZERO,
            jitter: SimSpan::ZERO,
            byte_time: SimSpan::ZERO,
            loss_ppm: 0,
            time_sync: SpanRange::exactly(SimSpan::ZERO),
            ..Self::good()
        }
    }

    /// Returns the set of figures with this name: `good`, `lossy`, `far`, `crowded`, `flaky-ap`
    /// or `ideal`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::PRESETS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, preset)| preset())
    }

    /// Returns the names that [`NetworkSpec::named`] knows, in alphabetical order.
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
    use super::*;

    #[test]
    fn every_preset_answers_to_its_name() {
        let mut names: Vec<_> = NetworkSpec::names().collect();
        names.sort_unstable();
        assert!(NetworkSpec::names().eq(names.iter().copied()));
        for name in names {
            assert!(NetworkSpec::named(name).is_some(), "{name}");
        }
        assert_eq!(NetworkSpec::named("good"), Some(NetworkSpec::good()));
        assert_eq!(NetworkSpec::named("perfect"), None);
    }
}
