//! Who is who in a world.

/// Index of a node in the world.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NodeId(pub u32);

/// One stream of one node; a node that reconnects counts its generation up.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ConnectionId {
    /// Whose stream it is.
    pub node: NodeId,
    /// Which of the node's streams.
    pub generation: u32,
}

impl NodeId {
    /// The world itself, as the target or source of what concerns no single node.
    pub const WORLD: Self = Self(u32::MAX);
}
