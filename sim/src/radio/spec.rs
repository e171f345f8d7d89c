//! The figures of one wireless network: what kind of radio, how far away, how busy the air is,
//! and what the access point allows.

use super::join_spec::{AccessPointSpec, JoinCache};
use super::phy_spec::PhySpec;

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
