//! What all links of one network have in common.
//!
//! Owns strengths and ratios, computed once for each network: links ask for them with each frame.

use super::airtime::Timing;
use super::propagation::{Dbm, Decibels};
use super::{PathLoss, PhySpec, Rate, Standard, WifiSpec};

/// Share of the channel that others take at most, in millionths.
const SHARE_PPM_MAX: u32 = 950_000;

/// Who sends.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Sender {
    /// The access point: down.
    AccessPoint,
    /// The node: up.
    Station,
}

impl Sender {
    /// Returns who receives.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::AccessPoint => Self::Station,
            Self::Station => Self::AccessPoint,
        }
    }
}

/// What all links of one network have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Air {
    path: PathLoss,
    phy: PhySpec,
    standard: Standard,
    timing: Timing,
    up: Budget,
    down: Budget,
}

/// Strength and clearness of one direction, by modulation.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Budget {
    first: Rate,
    rssi: [Dbm; 3],
    snr: [Decibels; 3],
}

impl Air {
    /// Computes the strengths and ratios of a network.
    #[must_use]
    pub fn new(spec: &WifiSpec) -> Self {
        let (path, mut phy, standard) = (spec.path, spec.phy, spec.standard);
        phy.background.share_ppm = phy.background.share_ppm.min(SHARE_PPM_MAX);
        let budget = |sender, receiver| {
            let kinds = [Rate::Dsss(10), Rate::Ofdm(6), Rate::Ht(0)];
            Budget {
                first: standard.fastest(&path, sender, receiver),
                rssi: kinds.map(|rate| path.rssi(sender, rate)),
                snr: kinds.map(|rate| path.snr(sender, receiver, rate)),
            }
        };
        Self {
            up: budget(&phy.node, &phy.access_point),
            down: budget(&phy.access_point, &phy.node),
            timing: Timing::of(standard),
            path,
            phy,
            standard,
        }
    }

    /// Returns the physical layer.
    #[must_use]
    pub const fn phy(&self) -> &PhySpec {
        &self.phy
    }

    /// Returns the path.
    #[must_use]
    pub const fn path(&self) -> PathLoss {
        self.path
    }

    /// Returns the amendment.
    #[must_use]
    pub const fn standard(&self) -> Standard {
        self.standard
    }

    /// Returns the waits.
    pub(super) const fn timing(&self) -> Timing {
        self.timing
    }

    /// Returns the rate at which one side begins.
    pub(super) const fn first_rate(&self, sender: Sender) -> Rate {
        self.budget(sender).first
    }

    /// Returns how strong a frame of one side arrives, without shadow.
    #[must_use]
    pub const fn rssi(&self, sender: Sender, rate: Rate) -> Dbm {
        self.budget(sender).rssi[Budget::kind(rate)]
    }

    /// Returns how far it stands out of the receiver's noise, without shadow.
    #[must_use]
    pub const fn snr(&self, sender: Sender, rate: Rate) -> Decibels {
        self.budget(sender).snr[Budget::kind(rate)]
    }

    const fn budget(&self, sender: Sender) -> &Budget {
        match sender {
            Sender::AccessPoint => &self.down,
            Sender::Station => &self.up,
        }
    }
}

impl Budget {
    const fn kind(rate: Rate) -> usize {
        match rate {
            Rate::Dsss(_) => 0,
            Rate::Ofdm(_) => 1,
            Rate::Ht(_) => 2,
        }
    }
}
