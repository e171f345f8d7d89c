//! The one total order of everything that happens.

use crate::time::SimTime;

/// Index of a node in the world.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The world itself, as the target or source of what concerns no single node.
    pub const WORLD: Self = Self(u32::MAX);
}

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
