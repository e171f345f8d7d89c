//! How long a frame occupies the channel, and the waits around it.
//!
//! Owns the arithmetic of IEEE 802.11-2020 clauses 10, 15 to 19 for 20 MHz at 2.4 GHz with one
//! spatial stream. Does not know who sends, or whether anything arrives.
//!
//! ```text
//!  DIFS or AIFS   backoff    data frame     SIFS   ACK
//! ├────────────┼──┼──┼──┼──┤▓▓▓▓▓▓▓▓▓▓▓▓▓▓├──────┤▒▒▒▒▒├
//!               slots        preamble, PSDU
//! ```

use super::{Rate, Standard};
use crate::time::SimSpan;

/// Bytes of an acknowledgement: frame control, duration, receiver, FCS.
//= IEEE 802.11-2020 §9.3.1.4
pub const ACK_BYTES: u32 = 14;
/// Bytes of a compressed block acknowledgement.
//= IEEE 802.11-2020 §9.3.1.8
pub const BLOCK_ACK_BYTES: u32 = 32;
/// What CCMP adds: 8 bytes of header, 8 bytes of integrity code.
//= IEEE 802.11-2020 §12.5.3.2
pub const CCMP_BYTES: u32 = 16;
/// LLC and SNAP headers before each payload.
//= RFC 1042
pub const LLC_SNAP_BYTES: u32 = 8;
/// Frame check sequence.
pub const FCS_BYTES: u32 = 4;
/// Header of a data or management frame with three addresses.
//= IEEE 802.11-2020 §9.3.2.1, §9.3.3.1
const HEADER_BYTES: u32 = 24;
/// QoS control, which 802.11n data frames have.
const QOS_BYTES: u32 = 2;
/// Longest PPDU of 802.11n.
//= IEEE 802.11-2020 table 19-25, aPPDUMaxTime
const HT_PPDU_MAX_US: u64 = 5_484;
/// Longest A-MPDU of 802.11n, in bytes.
//= IEEE 802.11-2020 §9.4.2.55.3
const AMPDU_BYTES_MAX: u32 = 65_535;
/// MPDUs that one block acknowledgement covers.
const AMPDU_MPDUS_MAX: u32 = 64;
/// Delimiter before each MPDU of an A-MPDU; each but the last is padded to four bytes.
const DELIMITER_BYTES: u32 = 4;

/// Length of the preamble of 802.11b.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Preamble {
    /// 192 µs with header: every 802.11b station hears it.
    #[default]
    Long,
    /// 96 µs with header, from 2 Mb/s on.
    Short,
}

/// Waits of one amendment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timing {
    /// One slot of the backoff.
    pub slot: SimSpan,
    /// Between a frame and its acknowledgement.
    pub sifs: SimSpan,
    /// Silence before a backoff: DIFS, or with 802.11n the AIFS of best effort.
    pub difs: SimSpan,
    /// The first contention window: a backoff is 0 to this many slots.
    pub cw_min: u16,
    /// The largest contention window.
    pub cw_max: u16,
}

/// One data frame and its acknowledgement, with the waits around them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Exchange {
    /// The data frame.
    pub frame: SimSpan,
    /// The acknowledgement.
    pub ack: SimSpan,
    /// The waits.
    pub timing: Timing,
}

/// How many MPDUs fit into one A-MPDU.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Aggregate {
    /// Their number.
    pub mpdus: u32,
    /// Bytes of the whole PSDU, delimiters and padding included.
    pub psdu_bytes: u32,
}

impl Timing {
    /// Returns the waits of an amendment: long slots with 802.11b, short ones with 802.11g and
    /// 802.11n (no 802.11b station is near).
    ///
    //= IEEE 802.11-2020 tables 16-4 (HR), 18-5 (ERP), 9-155 (AIFSN 3 for best effort)
    #[must_use]
    pub const fn of(standard: Standard) -> Self {
        let (slot_us, slots, cw_min) = match standard {
            Standard::B => (20, 2, 31),
            Standard::G => (9, 2, 15),
            Standard::N => (9, 3, 15),
        };
        Self {
            slot: SimSpan::from_micros(slot_us),
            sifs: SimSpan::from_micros(10),
            difs: SimSpan::from_micros(10 + slots * slot_us),
            cw_min,
            cw_max: 1_023,
        }
    }

    /// Returns the window after a failed attempt.
    //= IEEE 802.11-2020 §10.3.3
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "smaller than a `u16` by the test before"
    )]
    pub const fn widened(self, window: u16) -> u16 {
        let wider = 2 * (window as u32 + 1) - 1;
        if wider < self.cw_max as u32 {
            wider as u16
        } else {
            self.cw_max
        }
    }

    /// Returns the mean of the first backoff.
    #[must_use]
    pub const fn backoff_mean(self) -> SimSpan {
        SimSpan::from_nanos(self.slot.as_nanos() * self.cw_min as u64 / 2)
    }

    /// Returns how long others wait after a frame that they could not read: SIFS, the slowest
    /// acknowledgement and DIFS.
    //= IEEE 802.11-2020 §10.3.7
    #[must_use]
    pub const fn eifs(self, standard: Standard) -> SimSpan {
        let lowest = match standard {
            Standard::B => Rate::Dsss(10),
            Standard::G | Standard::N => Rate::Ofdm(6),
        };
        let ack = frame_time(lowest, Preamble::Long, ACK_BYTES);
        self.sifs.plus(ack).plus(self.difs)
    }

    /// Returns how long after its frame a sender gives up waiting for the acknowledgement: SIFS,
    /// a slot and the time in which the answer's header would have arrived.
    //= IEEE 802.11-2020 §10.3.2.11
    #[must_use]
    pub const fn ack_timeout(self, rate: Rate, preamble: Preamble) -> SimSpan {
        let header_us = preamble_us(ack_rate(rate), preamble);
        self.sifs
            .plus(self.slot)
            .plus(SimSpan::from_micros(header_us))
    }
}

impl Exchange {
    /// Returns the exchange of one data frame.
    #[must_use]
    pub const fn new(standard: Standard, rate: Rate, preamble: Preamble, psdu_bytes: u32) -> Self {
        Self {
            frame: frame_time(rate, preamble, psdu_bytes),
            ack: ack_time(rate, preamble),
            timing: Timing::of(standard),
        }
    }

    /// Returns the exchange of an A-MPDU and its block acknowledgement.
    #[must_use]
    pub const fn aggregated(rate: Rate, aggregate: Aggregate) -> Self {
        Self {
            frame: frame_time(rate, Preamble::Long, aggregate.psdu_bytes),
            ack: frame_time(ack_rate(rate), Preamble::Long, BLOCK_ACK_BYTES),
            timing: Timing::of(Standard::N),
        }
    }

    /// Returns the time from the beginning of the frame to the end of its acknowledgement.
    #[must_use]
    pub const fn airtime(&self) -> SimSpan {
        self.frame.plus(self.timing.sifs).plus(self.ack)
    }

    /// Returns the mean time that a lone, saturated station needs for it.
    #[must_use]
    pub const fn cycle_mean(&self) -> SimSpan {
        self.airtime()
            .plus(self.timing.difs)
            .plus(self.timing.backoff_mean())
    }
}

impl Aggregate {
    /// Returns the largest A-MPDU of equal MPDUs: as long as the standard's limits of time,
    /// bytes and block acknowledgement allow, at least one MPDU.
    #[must_use]
    pub fn largest(rate: Rate, mpdu_bytes: u32) -> Self {
        let of = |mpdus: u32| {
            let padded = (mpdu_bytes + DELIMITER_BYTES).next_multiple_of(4);
            Self {
                mpdus,
                psdu_bytes: padded * (mpdus - 1) + DELIMITER_BYTES + mpdu_bytes,
            }
        };
        let fits = |one: &Self| {
            let time = frame_time(rate, Preamble::Long, one.psdu_bytes);
            one.psdu_bytes <= AMPDU_BYTES_MAX && time.as_micros() <= HT_PPDU_MAX_US
        };
        (1..=AMPDU_MPDUS_MAX)
            .rev()
            .map(of)
            .find(fits)
            .unwrap_or_else(|| of(1))
    }
}

/// Returns the bytes of a data frame's PSDU with this many bytes after LLC and SNAP.
#[must_use]
pub const fn psdu_bytes(payload: u32, standard: Standard, encrypted: bool) -> u32 {
    let qos = match standard {
        Standard::B | Standard::G => 0,
        Standard::N => QOS_BYTES,
    };
    let ccmp = if encrypted { CCMP_BYTES } else { 0 };
    HEADER_BYTES + qos + ccmp + LLC_SNAP_BYTES + payload + FCS_BYTES
}

/// Returns the bytes of a management frame's PSDU with a body of this many bytes.
#[must_use]
pub const fn management_bytes(body: u32) -> u32 {
    HEADER_BYTES + body + FCS_BYTES
}

/// Returns how long a frame is on the air, preamble included.
///
/// Frames of ERP-OFDM and HT end with a signal extension of 6 µs.
///
//= IEEE 802.11-2020 §16.2.3.5, §16.3.4 (HR/DSSS), §17.4.3 and §18.5.3 (ERP-OFDM), §19.4.3 (HT)
#[must_use]
pub const fn frame_time(rate: Rate, preamble: Preamble, psdu_bytes: u32) -> SimSpan {
    let head_us = preamble_us(rate, preamble);
    let bits = 8 * psdu_bytes as u64;
    let us = match rate {
        // Rounded up to whole microseconds.
        Rate::Dsss(hundreds) => head_us + (10 * bits).div_ceil(hundreds as u64),
        Rate::Ofdm(_) | Rate::Ht(_) => {
            const SERVICE_AND_TAIL_BITS: u64 = 16 + 6;
            let symbols = (SERVICE_AND_TAIL_BITS + bits).div_ceil(rate.bits_per_symbol() as u64);
            head_us + 4 * symbols + SIGNAL_EXTENSION_US
        }
    };
    SimSpan::from_micros(us)
}

/// Silence at the end of each OFDM frame at 2.4 GHz, so that SIFS can stay 10 µs.
const SIGNAL_EXTENSION_US: u64 = 6;

/// Returns the length of preamble and header.
const fn preamble_us(rate: Rate, preamble: Preamble) -> u64 {
    match (rate, preamble) {
        (Rate::Dsss(10), _) | (Rate::Dsss(_), Preamble::Long) => 144 + 48,
        (Rate::Dsss(_), Preamble::Short) => 72 + 24,
        (Rate::Ofdm(_), _) => 16 + 4,
        // L-STF, L-LTF, L-SIG, HT-SIG, HT-STF, one HT-LTF.
        (Rate::Ht(_), _) => 8 + 8 + 4 + 8 + 4 + 4,
    }
}

/// Returns the rate at which a frame of this rate is acknowledged: the highest basic rate of the
/// same kind that is not faster. Basic are 1 and 2 Mb/s, and 6, 12 and 24 Mb/s.
///
//= IEEE 802.11-2020 §10.6.6.5.2; §10.6.11 for the non-HT reference rate of an MCS
#[must_use]
pub const fn ack_rate(rate: Rate) -> Rate {
    match rate {
        Rate::Dsss(10) => Rate::Dsss(10),
        Rate::Dsss(_) => Rate::Dsss(20),
        Rate::Ofdm(0..12) | Rate::Ht(0) => Rate::Ofdm(6),
        Rate::Ofdm(12..24) | Rate::Ht(1..3) => Rate::Ofdm(12),
        Rate::Ofdm(_) | Rate::Ht(_) => Rate::Ofdm(24),
    }
}

/// Returns how long the acknowledgement of a frame of this rate is on the air.
#[must_use]
pub const fn ack_time(rate: Rate, preamble: Preamble) -> SimSpan {
    frame_time(ack_rate(rate), preamble, ACK_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rates of the table, in its columns.
    const COLUMNS: [(Standard, Rate); 11] = [
        (Standard::B, Rate::Dsss(10)),
        (Standard::B, Rate::Dsss(20)),
        (Standard::B, Rate::Dsss(55)),
        (Standard::B, Rate::Dsss(110)),
        (Standard::G, Rate::Ofdm(6)),
        (Standard::G, Rate::Ofdm(12)),
        (Standard::G, Rate::Ofdm(24)),
        (Standard::G, Rate::Ofdm(54)),
        (Standard::N, Rate::Ht(0)),
        (Standard::N, Rate::Ht(3)),
        (Standard::N, Rate::Ht(7)),
    ];

    /// Frame, SIFS and acknowledgement; the same with DIFS or AIFS and the mean first backoff.
    /// In microseconds, computed from the constants of ns-3's `wifi-standard-constants.h`.
    type Table = [(u32, [(u64, f64); 11]); 4];

    #[rustfmt::skip]
    const TABLE: Table = [
        (76, [
            (1114, 1474.0), (754, 1114.0), (561, 921.0), (506, 866.0),
            (194, 289.5), (130, 225.5), (98, 193.5), (82, 177.5),
            (202, 306.5), (114, 218.5), (98, 202.5),
        ]),
        (160, [
            (1786, 2146.0), (1090, 1450.0), (683, 1043.0), (567, 927.0),
            (306, 401.5), (186, 281.5), (126, 221.5), (98, 193.5),
            (306, 410.5), (138, 242.5), (110, 214.5),
        ]),
        (198, [
            (2090, 2450.0), (1242, 1602.0), (738, 1098.0), (594, 954.0),
            (354, 449.5), (210, 305.5), (138, 233.5), (102, 197.5),
            (354, 458.5), (150, 254.5), (114, 218.5),
        ]),
        (1536, [
            (12794, 13154.0), (6594, 6954.0), (2685, 3045.0), (1568, 1928.0),
            (2138, 2233.5), (1102, 1197.5), (586, 681.5), (298, 393.5),
            (2002, 2106.5), (562, 666.5), (278, 382.5),
        ]),
    ];

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a few million nanoseconds")]
    fn airtimes_equal_the_table_in_every_cell() {
        for (psdu, cells) in TABLE {
            let payload = psdu - 36;
            for ((standard, rate), expected) in COLUMNS.into_iter().zip(cells) {
                let bytes = psdu_bytes(payload, standard, false);
                let one = Exchange::new(standard, rate, Preamble::Long, bytes);
                let cycle_us = one.cycle_mean().as_nanos() as f64 / 1e3;
                let found = (one.airtime().as_micros(), cycle_us);
                assert_eq!(found, expected, "{psdu} B at {rate}");
            }
        }
    }

    #[test]
    fn waits_are_those_of_the_standard() {
        let us = |span: SimSpan| span.as_micros();
        let [b, g, n] = Standard::ALL.map(Timing::of);
        assert_eq!(
            [us(b.slot), us(b.difs), us(b.eifs(Standard::B))],
            [20, 50, 364]
        );
        assert_eq!(
            [us(g.slot), us(g.difs), us(g.eifs(Standard::G))],
            [9, 28, 88]
        );
        assert_eq!([us(n.slot), us(n.difs)], [9, 37]);
        assert_eq!(us(b.backoff_mean()), 310);
        assert_eq!(g.backoff_mean(), SimSpan::from_nanos(67_500));
        let windows: Vec<u16> = std::iter::successors(Some(g.cw_min), |&w| Some(g.widened(w)))
            .take(8)
            .collect();
        assert_eq!(windows, [15, 31, 63, 127, 255, 511, 1_023, 1_023]);
    }

    #[test]
    fn acknowledgements_go_at_basic_rates() {
        let us = |rate, preamble| ack_time(rate, preamble).as_micros();
        assert_eq!(us(Rate::Dsss(10), Preamble::Long), 304);
        assert_eq!(us(Rate::Dsss(10), Preamble::Short), 304);
        assert_eq!(us(Rate::Dsss(110), Preamble::Long), 248);
        assert_eq!(us(Rate::Dsss(110), Preamble::Short), 152);
        assert_eq!(us(Rate::Ofdm(9), Preamble::Long), 50);
        assert_eq!(us(Rate::Ofdm(18), Preamble::Long), 38);
        assert_eq!(us(Rate::Ofdm(54), Preamble::Long), 34);
        let of_mcs: Vec<Rate> = (0..8).map(|mcs| ack_rate(Rate::Ht(mcs))).collect();
        let [six, twelve, most] = [6, 12, 24].map(Rate::Ofdm);
        assert_eq!(of_mcs, [six, twelve, twelve, most, most, most, most, most]);
    }

    #[test]
    fn headers_and_encryption_count() {
        assert_eq!(psdu_bytes(1_500, Standard::G, false), 1_536);
        assert_eq!(psdu_bytes(1_500, Standard::N, false), 1_538);
        assert_eq!(psdu_bytes(1_500, Standard::G, true), 1_552);
        assert_eq!(management_bytes(6), 34);
        let short = frame_time(Rate::Dsss(110), Preamble::Short, 100);
        assert_eq!(short.as_micros(), 96 + 73);
    }

    #[test]
    fn an_aggregate_is_as_long_as_time_or_bytes_allow() {
        let fast = Aggregate::largest(Rate::Ht(7), 1_538);
        assert_eq!(
            fast,
            Aggregate {
                mpdus: 28,
                psdu_bytes: 27 * 1_544 + 1_542
            }
        );
        assert_eq!(Aggregate::largest(Rate::Ht(0), 1_538).mpdus, 2);
        assert_eq!(Aggregate::largest(Rate::Ht(7), 100).mpdus, 64);
    }
}
