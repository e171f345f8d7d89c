//! The rates of each amendment: their names, their speed and their order.

use std::fmt;

use super::{Rate, Standard};

/// The rates of 802.11b, slowest first.
const DSSS: [Rate; 4] = [
    Rate::Dsss(10),
    Rate::Dsss(20),
    Rate::Dsss(55),
    Rate::Dsss(110),
];
/// The rates that 802.11g adds, slowest first.
const OFDM: [Rate; 8] = [
    Rate::Ofdm(6),
    Rate::Ofdm(9),
    Rate::Ofdm(12),
    Rate::Ofdm(18),
    Rate::Ofdm(24),
    Rate::Ofdm(36),
    Rate::Ofdm(48),
    Rate::Ofdm(54),
];
/// The rates that 802.11n adds for one stream of 20 MHz, slowest first.
const HT: [Rate; 8] = [
    Rate::Ht(0),
    Rate::Ht(1),
    Rate::Ht(2),
    Rate::Ht(3),
    Rate::Ht(4),
    Rate::Ht(5),
    Rate::Ht(6),
    Rate::Ht(7),
];
/// What an 802.11g station steps through: 11 Mb/s is left out, because it needs more signal than
/// 12 Mb/s.
const LADDER_G: [Rate; 11] = [
    Rate::Dsss(10),
    Rate::Dsss(20),
    Rate::Dsss(55),
    Rate::Ofdm(6),
    Rate::Ofdm(9),
    Rate::Ofdm(12),
    Rate::Ofdm(18),
    Rate::Ofdm(24),
    Rate::Ofdm(36),
    Rate::Ofdm(48),
    Rate::Ofdm(54),
];
/// What the ESP8266 steps through as an 802.11n station (Arduino core for ESP8266,
/// `user_interface.h`, `RATE_11N_ID`); the short guard interval is not modelled.
const LADDER_N: [Rate; 11] = [
    Rate::Dsss(10),
    Rate::Dsss(20),
    Rate::Dsss(55),
    Rate::Ht(0),
    Rate::Ht(1),
    Rate::Ht(2),
    Rate::Ht(3),
    Rate::Ht(4),
    Rate::Ht(5),
    Rate::Ht(6),
    Rate::Ht(7),
];

impl Standard {
    /// Every amendment, oldest first.
    pub const ALL: [Self; 3] = [Self::B, Self::G, Self::N];

    /// Returns its name as people write it: `11b`, `11g` or `11n`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::B => "11b",
            Self::G => "11g",
            Self::N => "11n",
        }
    }

    /// Returns the amendment with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Returns the rates that this amendment added, slowest first.
    #[must_use]
    pub const fn rates(self) -> &'static [Rate] {
        match self {
            Self::B => &DSSS,
            Self::G => &OFDM,
            Self::N => &HT,
        }
    }

    /// Returns the rates between which a station of this amendment chooses, slowest first.
    #[must_use]
    pub const fn ladder(self) -> &'static [Rate] {
        match self {
            Self::B => &DSSS,
            Self::G => &LADDER_G,
            Self::N => &LADDER_N,
        }
    }

    /// Returns the rate of this amendment with this name, as [`Rate::name`] writes it.
    #[must_use]
    pub fn rate_named(self, name: &str) -> Option<Rate> {
        self.rates()
            .iter()
            .copied()
            .find(|rate| rate.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Rate {
    /// The lowest basic rate at 2.4 GHz: beacons, other management and group frames use it.
    ///
    /// hostapd's basic rates of `hw_mode=g` begin with it (`hw_features.c`, `basic_rates_g`).
    pub const LOWEST_BASIC: Self = Self::Dsss(10);

    /// Returns the speed in kb/s.
    ///
    //= IEEE 802.11-2020 tables 15-4, 16-4, 17-4 and 19-27
    #[must_use]
    pub const fn kilobits_per_second(self) -> u32 {
        match self {
            Self::Dsss(hundreds) => hundreds as u32 * 100,
            Self::Ofdm(megabits) => megabits as u32 * 1_000,
            // A symbol of 4 µs carries the data bits.
            Self::Ht(_) => self.bits_per_symbol() * 250,
        }
    }

    /// Returns the data bits of one OFDM symbol, or zero for DSSS and CCK.
    #[must_use]
    pub const fn bits_per_symbol(self) -> u32 {
        match self {
            Self::Dsss(_) => 0,
            Self::Ofdm(megabits) => megabits as u32 * 4,
            Self::Ht(index) => match index {
                0 => 26,
                1 => 52,
                2 => 78,
                3 => 104,
                4 => 156,
                5 => 208,
                6 => 234,
                _ => 260,
            },
        }
    }

    /// Returns its short name: `1`, `5.5`, `54` or `MCS7`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Dsss(55) => "5.5".to_owned(),
            Self::Dsss(hundreds) => (hundreds / 10).to_string(),
            Self::Ofdm(megabits) => megabits.to_string(),
            Self::Ht(index) => format!("MCS{index}"),
        }
    }

    /// Returns a number of its own, 0 to 19.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Dsss(10) => 0,
            Self::Dsss(20) => 1,
            Self::Dsss(55) => 2,
            Self::Dsss(_) => 3,
            Self::Ofdm(6) => 4,
            Self::Ofdm(9) => 5,
            Self::Ofdm(12) => 6,
            Self::Ofdm(18) => 7,
            Self::Ofdm(24) => 8,
            Self::Ofdm(36) => 9,
            Self::Ofdm(48) => 10,
            Self::Ofdm(_) => 11,
            Self::Ht(index) => 12 + if index < 7 { index as usize } else { 7 },
        }
    }

    /// Returns every rate, in the order of [`Rate::index`].
    pub(super) fn all() -> impl Iterator<Item = Self> {
        DSSS.into_iter().chain(OFDM).chain(HT)
    }
}

impl fmt::Display for Rate {
    /// Writes `5.5 Mb/s` or `MCS7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dsss(_) | Self::Ofdm(_) => write!(f, "{} Mb/s", self.name()),
            Self::Ht(index) => write!(f, "MCS{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_has_an_index_and_a_name_of_its_own() {
        let all: Vec<Rate> = Rate::all().collect();
        assert_eq!(all.len(), 20);
        for (index, rate) in all.iter().enumerate() {
            assert_eq!(rate.index(), index);
        }
        for standard in Standard::ALL {
            assert_eq!(Standard::named(standard.as_str()), Some(standard));
            for rate in standard.rates() {
                assert_eq!(standard.rate_named(&rate.name()), Some(*rate));
            }
        }
        assert_eq!(Standard::N.rate_named("mcs7"), Some(Rate::Ht(7)));
        assert_eq!(Standard::G.rate_named("11"), None);
        assert_eq!(Standard::named("11ac"), None);
    }

    #[test]
    fn ladders_rise() {
        for standard in Standard::ALL {
            let speeds: Vec<u32> = standard
                .ladder()
                .iter()
                .map(|rate| rate.kilobits_per_second())
                .collect();
            assert!(speeds.is_sorted(), "{standard}: {speeds:?}");
        }
        assert_eq!(Rate::Ht(7).kilobits_per_second(), 65_000);
        assert_eq!(Rate::Dsss(55).to_string(), "5.5 Mb/s");
    }
}
