//! The figures of one wireless network: what kind of radio, how far away, how busy the air is,
//! and what the access point allows.

use super::phy_spec::PhySpec;
use crate::time::SimSpan;

/// Which amendment of 802.11 both sides speak.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Standard {
    /// 802.11b: DSSS and CCK, 1 to 11 Mb/s.
    B,
    /// 802.11g: ERP-OFDM, 6 to 54 Mb/s.
    G,
    /// 802.11n: HT, MCS 0 to 7 at 20 MHz.
    #[default]
    N,
}

/// Log-distance path loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathLoss {
    /// Distance between node and access point, in metres, above zero.
    pub distance_m: f64,
    /// Exponent: 2 in free space, 3 in a house.
    pub exponent: f64,
}

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

/// What the access point allows and serves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AccessPointSpec {
    /// Beacon interval; 100 TU = 102.4 ms is usual.
    pub beacon_interval: SimSpan,
    /// Beacons per DTIM, 1 to 10.
    pub dtim_period: u8,
    /// Stations it takes at most.
    pub stations_max: u32,
    /// Addresses in its DHCP pool.
    pub addresses: u32,
    /// Channel, 1 to 13.
    pub channel: u8,
    /// Whether the password of the nodes is not its own.
    pub password_wrong: bool,
}

/// The figures of one wireless network.
#[derive(Clone, Debug, PartialEq)]
pub struct WifiSpec {
    /// What the access point allows and serves.
    pub access_point: AccessPointSpec,
    /// What nodes remember.
    pub cache: JoinCache,
    /// How far away the nodes are.
    pub path: PathLoss,
    /// What both radios are, and what disturbs them.
    pub phy: PhySpec,
    /// Which amendment both sides speak.
    pub standard: Standard,
}

impl Default for AccessPointSpec {
    /// Builds an access point as found at home: channel 6, 100 TU, DTIM 1.
    fn default() -> Self {
        Self {
            beacon_interval: SimSpan::from_micros(102_400),
            dtim_period: 1,
            stations_max: 32,
            addresses: 100,
            channel: 6,
            password_wrong: false,
        }
    }
}
