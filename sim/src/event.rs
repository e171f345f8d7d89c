//! The one total order of everything that happens, and what can happen.

use std::cmp::Ordering;

use node_core::{CloseReason, LinkLoss};
use smallvec::SmallVec;

use crate::id::NodeId;
use crate::time::SimTime;

/// Where an event sits in the total order.
///
/// The derive is the order: earlier first, then by class, target, source and the source's own
/// counter. No field depends on insertion order, so one thread and eight pop one sequence.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct EventKey {
    /// When it happens.
    pub at: SimTime,
    /// What kind of thing it is.
    pub class: Class,
    /// To whom it happens.
    pub target: NodeId,
    /// Who caused it.
    pub source: NodeId,
    /// The source's own counter.
    pub seq: u32,
}

/// Coarse order of simultaneous events. Variant order is meaning: do not sort.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// The world changes first.
    Fault,
    /// Then bytes and answers arrive.
    Delivery,
    /// Then deadlines fire.
    Timer,
}

/// Something that waits for its time. The earliest is the greatest, as a max-heap wants it.
#[derive(Clone, Debug)]
pub(crate) struct Scheduled<K> {
    pub(crate) key: EventKey,
    pub(crate) payload: K,
}

impl<K> Ord for Scheduled<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl<K> PartialOrd for Scheduled<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> PartialEq for Scheduled<K> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<K> Eq for Scheduled<K> {}

/// Bytes on their way; acknowledgements and pings fit without allocation, and more room here
/// would make every pending event larger.
pub type Bytes = SmallVec<[u8; 16]>;

/// What happens. The generations tell stale events: what they belong to is over.
#[derive(Clone, Debug)]
pub(crate) enum EventKind {
    /// A deadline of the access point passed.
    AccessPointDue,
    /// The station gives up on beacons, if the access point is still silent.
    BeaconsMissed { link: u32 },
    /// The firmware starts.
    Booted { life: u32 },
    /// A deadline of the broker passed.
    BrokerTimeout { generation: u32 },
    /// The converter finished.
    Converted { life: u32 },
    /// The access point ends the association.
    Deauthenticated { link: u32 },
    /// A scheduled fault ends.
    FaultEnd { index: u32 },
    /// A scheduled fault strikes.
    FaultStart { index: u32 },
    /// A hand does something.
    Intervened { index: u32 },
    /// A join ended.
    JoinEnded {
        link: u32,
        outcome: Result<(), LinkLoss>,
    },
    /// The link breaks by itself.
    LinkBroken { link: u32 },
    /// Opening a stream ended: the broker's host answered.
    OpenAnswered { connection: u32 },
    /// The path of a node on a real network wants to be called.
    PathDue,
    /// Power comes on.
    PoweredOn { life: u32 },
    /// The broker's host accepted a stream.
    StreamAccepted { connection: u32 },
    /// The stream ended, as seen by the node.
    StreamClosed { connection: u32, why: CloseReason },
    /// Bytes reached the node.
    StreamRead { connection: u32, bytes: Bytes },
    /// Bytes reached the broker.
    StreamReceived { connection: u32, bytes: Bytes },
    /// The node's end of the stream was closed, as seen by the broker.
    StreamFinished { connection: u32 },
    /// Civil time arrived.
    TimeKnown { link: u32 },
    /// The node's deadline passed.
    Timeout { generation: u32 },
    /// Nobody fed the watchdog for too long.
    WatchdogBit { life: u32 },
}
