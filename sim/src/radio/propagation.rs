//! How strong a signal arrives, and above what noise.
//!
//! Owns path loss, noise, transmit powers and receivers. Fading is left out but for a slow
//! shadow: bodies and doors that come and go.

use super::error::{DSSS_HZ, OFDM_HZ};
use super::{PathLoss, Rate, Standard};

/// A ratio of powers, in dB.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Decibels(pub f64);

/// A power, in dB above one milliwatt.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dbm(pub f64);

/// Loss over the first metre at 2.4 GHz in free space: 20·log10(4π·f/c) is 40.2 dB at 2 437 MHz.
const FIRST_METRE: Decibels = Decibels(40.2);
/// Nearer than this, antennas do not see each other's far field: the loss grows no smaller.
const NEAREST_M: f64 = 0.1;
/// Boltzmann's constant times 290 K, in mW/Hz.
const THERMAL_MW_PER_HZ: f64 = 1.380_649e-23 * 290.0 * 1e3;

/// One side's transmitter and receiver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RadioSpec {
    /// Power of DSSS and CCK frames.
    pub dsss: Dbm,
    /// Power of ERP-OFDM frames.
    pub ofdm: Dbm,
    /// Power of HT frames.
    pub ht: Dbm,
    /// What the receiver adds to thermal noise.
    pub noise_figure: Decibels,
}

impl RadioSpec {
    /// An ESP8266: powers of its data sheet, table 1-1. The noise figure is fitted: with it the
    /// error models meet the five published sensitivities (§5.3) within 1.7 dB.
    #[must_use]
    pub const fn esp8266() -> Self {
        Self {
            dsss: Dbm(20.0),
            ofdm: Dbm(17.0),
            ht: Dbm(14.0),
            noise_figure: Decibels(4.1),
        }
    }

    /// An ESP32-C3: powers of its data sheet, table 22, at the fastest rates. The noise figure is
    /// fitted to the twenty sensitivities of table 24, which are met within 2 dB.
    #[must_use]
    pub const fn esp32c3() -> Self {
        Self {
            dsss: Dbm(21.0),
            ofdm: Dbm(19.0),
            ht: Dbm(18.5),
            noise_figure: Decibels(3.3),
        }
    }

    /// An access point: 100 mW, the limit of ETSI EN 300 328; a noise figure of 7 dB as in ns-3.
    #[must_use]
    pub const fn access_point() -> Self {
        Self {
            dsss: Dbm(20.0),
            ofdm: Dbm(20.0),
            ht: Dbm(20.0),
            noise_figure: Decibels(7.0),
        }
    }

    /// Returns the power at which it sends a rate.
    #[must_use]
    pub const fn power(&self, rate: Rate) -> Dbm {
        match rate {
            Rate::Dsss(_) => self.dsss,
            Rate::Ofdm(_) => self.ofdm,
            Rate::Ht(_) => self.ht,
        }
    }

    /// Returns the noise that its receiver sees under a rate.
    #[must_use]
    pub fn noise(&self, rate: Rate) -> Dbm {
        let hz = match rate {
            Rate::Dsss(_) => DSSS_HZ,
            Rate::Ofdm(_) | Rate::Ht(_) => OFDM_HZ,
        };
        noise_floor(hz, self.noise_figure)
    }
}

impl Default for RadioSpec {
    fn default() -> Self {
        Self::esp8266()
    }
}

impl Decibels {
    /// Returns the ratio itself.
    #[must_use]
    pub fn ratio(self) -> f64 {
        libm::pow(10.0, self.0 / 10.0)
    }
}

impl PathLoss {
    /// Returns what the way costs.
    #[must_use]
    pub fn loss(&self) -> Decibels {
        let distance_m = self.distance_m.max(NEAREST_M);
        Decibels(FIRST_METRE.0 + 10.0 * self.exponent * libm::log10(distance_m))
    }

    /// Returns how strong a rate of one side arrives at the other.
    #[must_use]
    pub fn rssi(&self, sender: &RadioSpec, rate: Rate) -> Dbm {
        Dbm(sender.power(rate).0 - self.loss().0)
    }

    /// Returns how far it stands out of the receiver's noise.
    #[must_use]
    pub fn snr(&self, sender: &RadioSpec, receiver: &RadioSpec, rate: Rate) -> Decibels {
        Decibels(self.rssi(sender, rate).0 - receiver.noise(rate).0)
    }
}

impl Standard {
    /// Returns the fastest rate of the ladder at which nine in ten frames of 1 500 bytes survive
    /// this path, or the slowest rate.
    #[must_use]
    pub fn fastest(self, path: &PathLoss, sender: &RadioSpec, receiver: &RadioSpec) -> Rate {
        let works = |rate: Rate| {
            let snr = path.snr(sender, receiver, rate);
            super::error::packet_success(rate, snr, 1_500) >= 0.9
        };
        let ladder = self.ladder();
        let found = ladder.iter().rev().copied().find(|&rate| works(rate));
        found.unwrap_or(ladder[0])
    }
}

/// Returns thermal noise in a bandwidth, as a receiver sees it.
#[must_use]
pub fn noise_floor(hz: f64, figure: Decibels) -> Dbm {
    Dbm(10.0 * libm::log10(THERMAL_MW_PER_HZ * hz) + figure.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::error::packet_success;

    #[test]
    fn loss_and_noise_are_those_of_the_equations() {
        let path = |distance_m, exponent| {
            PathLoss {
                distance_m,
                exponent,
            }
            .loss()
            .0
        };
        assert!((path(1.0, 3.0) - 40.2).abs() < 1e-9);
        assert!((path(10.0, 3.0) - 70.2).abs() < 1e-9);
        assert!((path(100.0, 2.0) - 80.2).abs() < 1e-9);
        assert!((path(0.0, 2.0) - 20.2).abs() < 1e-9);
        // ns-3 states −93.97 dBm for 20 MHz and a noise figure of 7 dB.
        assert!((noise_floor(20e6, Decibels(7.0)).0 + 93.97).abs() < 0.01);
    }

    #[test]
    fn published_sensitivities_are_met_within_the_stated_bounds() {
        // Data sheets: ESP8266EX §5.3; ESP32-C3 table 24. 8 % of frames of 1 024 bytes are lost
        // with DSSS and CCK, 10 % of 1 000 bytes else, 4 096 bytes with HT.
        let esp8266 = [
            (Rate::Dsss(10), -98.0),
            (Rate::Dsss(110), -91.0),
            (Rate::Ofdm(6), -93.0),
            (Rate::Ofdm(54), -75.0),
            (Rate::Ht(7), -72.0),
        ];
        assert!(worst_difference(&RadioSpec::esp8266(), &esp8266) < 1.7);
        let dsss = [-98.4, -96.0, -93.0, -88.6];
        let ofdm = [-93.8, -92.2, -91.0, -88.4, -85.8, -82.0, -78.0, -76.6];
        let ht = [-93.6, -90.8, -88.4, -85.0, -81.8, -77.8, -76.0, -74.8];
        let published = dsss.into_iter().chain(ofdm).chain(ht);
        let c3: Vec<(Rate, f64)> = Rate::all().zip(published).collect();
        assert!(worst_difference(&RadioSpec::esp32c3(), &c3) < 2.0);
    }

    #[test]
    fn a_station_begins_as_fast_as_its_signal_allows() {
        let at = |distance_m| {
            let path = PathLoss {
                distance_m,
                exponent: 3.0,
            };
            Standard::N.fastest(&path, &RadioSpec::esp8266(), &RadioSpec::access_point())
        };
        assert_eq!(at(5.0), Rate::Ht(7));
        assert_eq!(at(1_000.0), Rate::Dsss(10));
        assert!(at(30.0) < Rate::Ht(7));
    }

    /// Returns by how many dB the model and the data sheet differ at most.
    fn worst_difference(radio: &RadioSpec, published: &[(Rate, f64)]) -> f64 {
        published.iter().fold(0.0, |worst: f64, &(rate, dbm)| {
            let off = sensitivity(radio, rate) - dbm;
            worst.max(off.abs())
        })
    }

    fn sensitivity(radio: &RadioSpec, rate: Rate) -> f64 {
        let (bytes, share) = match rate {
            Rate::Dsss(_) => (1_024, 0.92),
            Rate::Ofdm(_) => (1_000, 0.9),
            Rate::Ht(_) => (4_096, 0.9),
        };
        let noise = radio.noise(rate).0;
        (-11_000..-4_000)
            .map(|hundredths| f64::from(hundredths) / 100.0)
            .find(|dbm| packet_success(rate, Decibels(dbm - noise), bytes) >= share)
            .expect("every rate works at -40 dBm")
    }
}
