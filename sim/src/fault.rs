//! Misfortunes that a scenario schedules.
//!
//! Owns what can go wrong and when. What a fault does is up to the part it strikes.

use crate::adversary::Attack;
use crate::analog::Tmp36Fault;
use crate::id::NodeId;
use crate::radio::RadioFault;
use crate::stack::address::AddressFault;
use crate::time::{SimSpan, SimTime};

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// The access point is silent: no beacons, nothing is forwarded.
    AccessPointDown,
    /// A service of the local network misbehaves; on a modelled network nothing happens.
    Address(AddressFault),
    /// Somebody attacks the node's connections; on a modelled network nothing happens.
    Attack(Attack),
    /// The broker's process is gone: streams are reset, new ones refused.
    BrokerDown {
        /// Whether sessions survive, as with a broker that stores them on disk.
        keep_sessions: bool,
    },
    /// The node's clock runs this much fast, in parts per billion.
    ClockDrift {
        /// Positive is fast.
        ppb: i64,
    },
    /// The node's clock leaps, once.
    ClockJump {
        /// Microseconds forward; negative is back.
        by_us: i64,
    },
    /// Segments are lost at this rate on top of what the link loses anyway.
    LinkLoss {
        /// Probability in parts per million.
        loss_ppm: u32,
    },
    /// The node has no power: memory and time are lost.
    PowerCut,
    /// The access point misbehaves; on a modelled network nothing happens.
    Radio(RadioFault),
    /// The node restarts at once: memory is lost.
    Reset,
    /// The sensor fails.
    Sensor(Tmp36Fault),
}

/// A fault with its time and its victims.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledFault {
    /// When it strikes.
    pub at: SimTime,
    /// What it is.
    pub fault: Fault,
    /// How long it lasts; `None` until the end of the run's first phase.
    pub lasts: Option<SimSpan>,
    /// Whom it strikes; faults of the access point and the broker strike all.
    pub victims: Victims,
}

/// Whom a fault strikes.
#[derive(Clone, Debug, PartialEq)]
pub enum Victims {
    /// Every node.
    All,
    /// These nodes.
    Nodes(Vec<NodeId>),
}

impl Fault {
    /// Returns true for a fault that is over as soon as it happened.
    #[must_use]
    pub const fn is_momentary(self) -> bool {
        matches!(
            self,
            Self::ClockJump { .. } | Self::Radio(RadioFault::Deauthenticated { .. }) | Self::Reset
        )
    }

    /// Returns the fault in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessPointDown => "access point down",
            Self::Address(fault) => fault.as_str(),
            Self::Attack(attack) => attack.as_str(),
            Self::BrokerDown { .. } => "broker down",
            Self::ClockDrift { .. } => "clock drift",
            Self::ClockJump { .. } => "clock jump",
            Self::LinkLoss { .. } => "link loss",
            Self::PowerCut => "power cut",
            Self::Radio(fault) => fault.as_str(),
            Self::Reset => "reset",
            Self::Sensor(_) => "sensor fault",
        }
    }

    /// Returns a number that never changes, for digests.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::AccessPointDown => 1,
            Self::BrokerDown { .. } => 2,
            Self::ClockDrift { .. } => 3,
            Self::ClockJump { .. } => 4,
            Self::LinkLoss { .. } => 5,
            Self::PowerCut => 6,
            Self::Reset => 7,
            Self::Sensor(_) => 8,
            Self::Address(_) => 9,
            Self::Radio(_) => 10,
            Self::Attack(_) => 11,
        }
    }
}
