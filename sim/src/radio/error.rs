//! Whether a frame survives noise: packet success by rate, length and signal-to-noise ratio.
//!
//! Owns the error models and nothing else; interference, fading and collisions are not noise.
//!
//! - OFDM and HT: the model of G. Pei and T. R. Henderson, "Validation of OFDM error rate model
//!   in ns-3" (Boeing, 2010), called NIST in ns-3: uncoded bit errors of each constellation, and
//!   the union bound of the convolutional code with the distance spectra of P. Frenger et al.,
//!   "Multi-rate convolutional codes" (Chalmers, 1998). Rate 5/6 by the same method.
//! - DSSS 1 and 2 Mb/s: bit errors of DBPSK and DQPSK in 22 MHz (L. E. Miller, "Validation of
//!   802.11a/UWB coexistence simulation", NIST, 2003; R. Morrow, "Wireless Network Coexistence",
//!   2004, p. 187).
//! - CCK 5.5 and 11 Mb/s: an approximation. Code words count as 16-ary biorthogonal signals, at
//!   11 Mb/s as two of them with half the energy each (M. Pursley and T. Royster, "Properties and
//!   performance of the IEEE 802.11b complementary-code-key signal sets", IEEE Trans. Commun.
//!   57/2, 2009, equations 17 and 18).

use std::f64::consts::{PI, SQRT_2};
use std::sync::OnceLock;

use super::{Decibels, Rate};

/// Bandwidth that DSSS and CCK occupy.
pub(super) const DSSS_HZ: f64 = 22e6;
/// Bandwidth that OFDM and HT occupy.
pub(super) const OFDM_HZ: f64 = 20e6;

/// Lowest ratio of the stored curves, in dB.
const SNR_DB_MIN: f64 = -10.0;
/// Stored points for each decibel.
const POINTS_PER_DB: f64 = 8.0;
/// Stored points of one curve: up to 40 dB.
const POINTS: usize = 401;
/// What is stored where no bit survives: no frame of 14 bytes does with this for each bit.
const LN_BIT_SUCCESS_MIN: f64 = -10.0;

/// Returns the probability that noise spoils no bit of a frame, from the equations.
#[must_use]
pub fn packet_success(rate: Rate, snr: Decibels, bytes: u32) -> f64 {
    libm::exp(f64::from(8 * bytes) * ln_bit_success(rate, snr))
}

/// The same from stored curves, linear between points an eighth of a decibel apart.
pub(super) fn packet_success_stored(rate: Rate, snr: Decibels, bytes: u32) -> f64 {
    static CURVES: OnceLock<Vec<[f32; POINTS]>> = OnceLock::new();
    let curves = CURVES.get_or_init(|| Rate::all().map(curve).collect());
    let curve = &curves[rate.index()];
    #[expect(clippy::cast_precision_loss, reason = "a few hundred points")]
    let last = (POINTS - 1) as f64;
    let place = ((snr.0 - SNR_DB_MIN) * POINTS_PER_DB).clamp(0.0, last);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the curve just above"
    )]
    let point = (place as usize).min(POINTS - 2);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred points")]
    let part = place - point as f64;
    let (left, right) = (f64::from(curve[point]), f64::from(curve[point + 1]));
    libm::exp(f64::from(8 * bytes) * (left + part * (right - left)))
}

fn curve(rate: Rate) -> [f32; POINTS] {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a stored curve needs seven digits, and has a few hundred points"
    )]
    std::array::from_fn(|point| {
        let snr = Decibels(SNR_DB_MIN + point as f64 / POINTS_PER_DB);
        ln_bit_success(rate, snr).max(LN_BIT_SUCCESS_MIN) as f32
    })
}

/// Returns the natural logarithm of the probability that one bit of a frame survives.
fn ln_bit_success(rate: Rate, snr: Decibels) -> f64 {
    let s = snr.ratio();
    match rate {
        Rate::Dsss(10) => libm::log1p(-dbpsk_error(s)),
        Rate::Dsss(20) => libm::log1p(-dqpsk_error(s)),
        // Four bits in each code word, eight chips at 11 Mchip/s in 22 MHz: E = 8·s·(22/11)/2.
        Rate::Dsss(55) => libm::log1p(-biorthogonal_error(8.0 * s)) / 4.0,
        // Eight bits, as two signals of half the energy.
        Rate::Dsss(_) => 2.0 * libm::log1p(-biorthogonal_error(4.0 * s)) / 8.0,
        Rate::Ofdm(megabits) => {
            let (constellation, code) = match megabits {
                6 => (2, Code::Half),
                9 => (2, Code::ThreeQuarters),
                12 => (4, Code::Half),
                18 => (4, Code::ThreeQuarters),
                24 => (16, Code::Half),
                36 => (16, Code::ThreeQuarters),
                48 => (64, Code::TwoThirds),
                _ => (64, Code::ThreeQuarters),
            };
            libm::log1p(-code.error(uncoded_error(constellation, s)))
        }
        Rate::Ht(index) => {
            //= IEEE 802.11-2020 table 19-27
            let (constellation, code) = match index {
                0 => (2, Code::Half),
                1 => (4, Code::Half),
                2 => (4, Code::ThreeQuarters),
                3 => (16, Code::Half),
                4 => (16, Code::ThreeQuarters),
                5 => (64, Code::TwoThirds),
                6 => (64, Code::ThreeQuarters),
                _ => (64, Code::FiveSixths),
            };
            libm::log1p(-code.error(uncoded_error(constellation, s)))
        }
    }
}

/// Rates of the convolutional code. Variant order is from strong to weak.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Code {
    Half,
    TwoThirds,
    ThreeQuarters,
    FiveSixths,
}

impl Code {
    /// Returns the error rate of decoded bits for uncoded bits that are wrong with probability
    /// `p`: the union bound over the first ten distances, at most one.
    fn error(self, p: f64) -> f64 {
        let d = (4.0 * p * (1.0 - p)).sqrt();
        // Free distance, step between distances, weights, bits at a time.
        let (free, step, weights, bits): (f64, f64, &[f64], f64) = match self {
            Self::Half => (10.0, d * d, &HALF, 1.0),
            Self::TwoThirds => (6.0, d, &TWO_THIRDS, 2.0),
            Self::ThreeQuarters => (5.0, d, &THREE_QUARTERS, 3.0),
            Self::FiveSixths => (4.0, d, &FIVE_SIXTHS, 5.0),
        };
        let series = weights.iter().rev().fold(0.0, |sum, w| sum * step + w);
        (libm::pow(d, free) * series / (2.0 * bits)).min(1.0)
    }
}

/// Distance spectrum of the code (133, 171), distances 10, 12, … 26.
const HALF: [f64; 9] = [
    36.0,
    211.0,
    1_404.0,
    11_633.0,
    77_433.0,
    502_690.0,
    3_322_763.0,
    21_292_910.0,
    134_365_911.0,
];
/// The same punctured to 2/3, distances 6, 7, … 15.
const TWO_THIRDS: [f64; 10] = [
    3.0,
    70.0,
    285.0,
    1_276.0,
    6_160.0,
    27_128.0,
    117_019.0,
    498_860.0,
    2_103_891.0,
    8_784_123.0,
];
/// Punctured to 3/4, distances 5, 6, … 14.
const THREE_QUARTERS: [f64; 10] = [
    42.0,
    201.0,
    1_492.0,
    10_469.0,
    62_935.0,
    379_644.0,
    2_253_373.0,
    13_073_811.0,
    75_152_755.0,
    428_005_675.0,
];
/// Punctured to 5/6, distances 4, 5, … 13.
const FIVE_SIXTHS: [f64; 10] = [
    92.0,
    528.0,
    8_694.0,
    79_453.0,
    792_114.0,
    7_375_573.0,
    67_884_974.0,
    610_875_423.0,
    5_427_275_376.0,
    47_664_215_639.0,
];

/// Returns the bit error rate of a constellation with this many points, without code.
fn uncoded_error(points: u32, s: f64) -> f64 {
    match points {
        2 => 0.5 * libm::erfc(s.sqrt()),
        4 => 0.5 * libm::erfc((s / 2.0).sqrt()),
        _ => {
            let side = f64::from(points).sqrt();
            let scale = (side - 1.0) / (side * libm::log2(side));
            scale * libm::erfc((1.5 * s / (f64::from(points) - 1.0)).sqrt())
        }
    }
}

fn dbpsk_error(s: f64) -> f64 {
    0.5 * libm::exp(-s * DSSS_HZ / 1e6)
}

fn dqpsk_error(s: f64) -> f64 {
    let x = s * DSSS_HZ / 1e6 / 2.0;
    let scale = (SQRT_2 + 1.0) / (8.0 * PI * SQRT_2).sqrt() / x.sqrt();
    // An asymptote: at low ratios it exceeds what guessing costs.
    (scale * libm::exp(-(2.0 - SQRT_2) * x)).min(0.75)
}

/// Returns the symbol error rate of 16-ary biorthogonal signals with energy `e` over noise:
/// J. G. Proakis, "Digital Communications", 4th edition, equation 5.2-34. Simpson's rule.
fn biorthogonal_error(e: f64) -> f64 {
    const PANELS: u32 = 96;
    /// Where the density of a standard normal variable is below 1e-14.
    const TAIL: f64 = 8.0;
    /// The other seven signals must be smaller.
    const OTHERS: f64 = 7.0;
    // No frame is long enough to see these errors.
    if e > 64.0 {
        return 0.0;
    }
    let beta = (2.0 * e).sqrt();
    let low = (-beta).max(-TAIL);
    let step = (TAIL - low) / f64::from(PANELS);
    let mut correct = 0.0;
    for panel in 0..=PANELS {
        let v = low + f64::from(panel) * step;
        let weight = match panel {
            0 | PANELS => 1.0,
            _ if panel % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let inside = libm::erf((v + beta) / SQRT_2).max(0.0);
        correct += weight * libm::pow(inside, OTHERS) * libm::exp(-v * v / 2.0);
    }
    (1.0 - correct * step / 3.0 / (2.0 * PI).sqrt()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::propagation::noise_floor;

    #[test]
    fn dbpsk_and_dqpsk_succeed_as_in_ns3s_tests() {
        // ns-3's wifi-error-rate-models-test.cc: 1 078 bytes, noise figure 7 dB, 22 MHz.
        let rows = [
            (Rate::Dsss(10), -98.0, 0.202),
            (Rate::Dsss(10), -97.0, 0.813),
            (Rate::Dsss(10), -96.0, 0.984),
            (Rate::Dsss(20), -94.0, 0.036),
            (Rate::Dsss(20), -93.0, 0.519),
            (Rate::Dsss(20), -92.0, 0.915),
        ];
        for (rate, rssi_dbm, expected) in rows {
            let snr = Decibels(rssi_dbm - noise_floor(DSSS_HZ, Decibels(7.0)).0);
            let found = packet_success(rate, snr, 1_078);
            assert!(
                (found - expected).abs() < 0.001,
                "{rate} at {rssi_dbm}: {found}"
            );
        }
    }

    #[test]
    fn nine_in_ten_frames_survive_at_the_ratios_of_the_nist_model() {
        // From ns-3's NistErrorRateModel: dB for 100 and 1 500 bytes.
        let rows = [
            (6, 3.18, 3.96),
            (9, 6.03, 6.85),
            (12, 6.19, 6.97),
            (18, 9.04, 9.86),
            (24, 12.64, 13.51),
            (36, 15.74, 16.61),
            (48, 20.48, 21.36),
            (54, 21.70, 22.62),
        ];
        for (megabits, short, long) in rows {
            for (bytes, expected) in [(100, short), (1_500, long)] {
                let found = ratio_for(Rate::Ofdm(megabits), bytes, 0.9);
                assert!(
                    (found - expected).abs() < 0.01,
                    "{megabits} Mb/s, {bytes} B: {found}"
                );
            }
        }
    }

    #[test]
    fn ht_needs_what_the_same_constellation_and_code_need() {
        for (ht, ofdm) in [(0, 6), (1, 12), (2, 18), (3, 24), (4, 36), (5, 48), (6, 54)] {
            let snr = Decibels(12.0);
            let [a, b] = [Rate::Ht(ht), Rate::Ofdm(ofdm)].map(|r| packet_success(r, snr, 500));
            assert!((a - b).abs() < 1e-12);
        }
        let more = ratio_for(Rate::Ht(7), 1_500, 0.9) - ratio_for(Rate::Ht(6), 1_500, 0.9);
        assert!((0.8..1.5).contains(&more), "{more}");
    }

    #[test]
    fn cck_lies_between_dqpsk_and_its_own_asymptote() {
        // The union bound of biorthogonal signals, tight for rare errors: 14 neighbours at
        // distance 2E and one opposite.
        for e in [12.0_f64, 16.0, 24.0] {
            let q = |x: f64| 0.5 * libm::erfc(x / SQRT_2);
            let bound = 14.0 * q(e.sqrt()) + q((2.0 * e).sqrt());
            let found = biorthogonal_error(e);
            assert!(
                found < bound && found > 0.85 * bound,
                "{e}: {found}, bound {bound}"
            );
        }
        let needed = [10, 20, 55, 110].map(|rate| ratio_for(Rate::Dsss(rate), 1_024, 0.92));
        assert!(needed.is_sorted(), "{needed:?}");
    }

    #[test]
    fn stored_curves_follow_the_equations() {
        for rate in Rate::all() {
            for bytes in [14, 100, 1_536] {
                let mut last = 0.0;
                for tenth in -90..390 {
                    let snr = Decibels(f64::from(tenth) / 10.0);
                    let exact = packet_success(rate, snr, bytes);
                    let stored = packet_success_stored(rate, snr, bytes);
                    assert!(
                        (exact - stored).abs() < 0.02,
                        "{rate} {snr:?}: {exact} {stored}"
                    );
                    assert!(stored >= last && stored <= 1.0);
                    last = stored;
                }
            }
        }
    }

    /// Finds the ratio in dB at which this share of frames survives.
    fn ratio_for(rate: Rate, bytes: u32, share: f64) -> f64 {
        let (mut low, mut high) = (-20.0, 60.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if packet_success(rate, Decibels(middle), bytes) < share {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}
