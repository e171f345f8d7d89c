//! The open streams.
//!
//! Owns where a stream is kept: in a row by node, because nodes are numbered without gaps and
//! every packet asks for its stream. Does not know what a stream is for.

use smallvec::SmallVec;

use crate::broker::server::Live;
use crate::id::{ConnectionId, NodeId};

/// The streams of one node, by generation; nearly always one.
type OfNode = SmallVec<[(u32, Live); 1]>;

/// All open streams.
#[derive(Debug, Default)]
pub(super) struct Connections {
    nodes: Vec<OfNode>,
}

impl Connections {
    /// Adds a stream, in place of one of the same name.
    pub(super) fn insert(&mut self, id: ConnectionId, live: Live) -> Option<Live> {
        let node = id.node.0 as usize;
        if node >= self.nodes.len() {
            self.nodes.resize_with(node + 1, OfNode::new);
        }
        let streams = &mut self.nodes[node];
        match streams.binary_search_by_key(&id.generation, |&(generation, _)| generation) {
            Ok(place) => Some(std::mem::replace(&mut streams[place].1, live)),
            Err(place) => {
                streams.insert(place, (id.generation, live));
                None
            }
        }
    }

    /// Returns a stream, if it is open.
    pub(super) fn find(&self, id: ConnectionId) -> Option<&Live> {
        let streams = self.nodes.get(id.node.0 as usize)?;
        let mut of_node = streams.iter();
        of_node.find_map(|(generation, live)| (*generation == id.generation).then_some(live))
    }

    /// Returns a stream, if it is open, to change it.
    pub(super) fn find_mut(&mut self, id: ConnectionId) -> Option<&mut Live> {
        let streams = self.nodes.get_mut(id.node.0 as usize)?;
        let mut of_node = streams.iter_mut();
        of_node.find_map(|(generation, live)| (*generation == id.generation).then_some(live))
    }

    /// Removes and returns a stream.
    pub(super) fn remove(&mut self, id: ConnectionId) -> Option<Live> {
        let streams = self.nodes.get_mut(id.node.0 as usize)?;
        let place = streams
            .iter()
            .position(|&(generation, _)| generation == id.generation)?;
        Some(streams.remove(place).1)
    }

    /// Returns how many streams are open.
    pub(super) fn count(&self) -> usize {
        self.nodes.iter().map(SmallVec::len).sum()
    }

    /// Returns the names of all open streams, in their order.
    pub(super) fn ids(&self) -> Vec<ConnectionId> {
        let nodes = (0..).map(NodeId).zip(&self.nodes);
        let ids = nodes.flat_map(|(node, streams)| {
            let named = move |&(generation, _): &(u32, Live)| ConnectionId { node, generation };
            streams.iter().map(named)
        });
        ids.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::broker::wire::Wire;
    use crate::time::{SimSpan, SimTime};

    fn live(mark: u64) -> Live {
        Live {
            wire: Wire::new(100),
            session: None,
            will: None,
            patience: SimSpan::ZERO,
            cut_off_at: SimTime::from_nanos(mark),
            entry_at: SimTime::ZERO,
        }
    }

    proptest! {
        /// Compares with a sorted map over any order of calls.
        #[test]
        fn the_row_behaves_as_a_map(
            steps in prop::collection::vec((0_u8..3, 0_u32..4, 0_u32..4), 0..100),
        ) {
            let mut row = Connections::default();
            let mut map = BTreeMap::new();
            for (mark, (what, node, generation)) in (0..).zip(steps) {
                let id = ConnectionId { node: NodeId(node), generation };
                let of = |live: Option<&Live>| live.map(|live| live.cut_off_at);
                match what {
                    0 => {
                        let former = row.insert(id, live(mark));
                        prop_assert_eq!(of(former.as_ref()), map.insert(id, live(mark).cut_off_at));
                    }
                    1 => prop_assert_eq!(of(row.remove(id).as_ref()), map.remove(&id)),
                    _ => prop_assert_eq!(of(row.find(id)), map.get(&id).copied()),
                }
                prop_assert_eq!(of(row.find_mut(id).map(|live| &*live)), map.get(&id).copied());
                prop_assert_eq!(row.ids(), map.keys().copied().collect::<Vec<_>>());
            }
        }
    }
}
