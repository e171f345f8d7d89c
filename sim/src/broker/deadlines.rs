//! When silent connections are cut off.
//!
//! Owns one pending entry for each connection, whatever it does meanwhile: a connection that is
//! heard only moves its own deadline, and its entry is renewed when the old one comes up. So a
//! message costs nothing here, and a wake-up may find nothing to do.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::id::ConnectionId;
use crate::time::SimTime;

/// Entries by time, and by connection among equals.
#[derive(Debug, Default)]
pub(super) struct Deadlines(BinaryHeap<Reverse<(SimTime, ConnectionId)>>);

impl Deadlines {
    /// Adds an entry.
    pub(super) fn push(&mut self, at: SimTime, connection: ConnectionId) {
        self.0.push(Reverse((at, connection)));
    }

    /// Returns when the earliest entry comes up.
    pub(super) fn earliest(&self) -> Option<SimTime> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    /// Removes and returns an entry that has come up by `at`.
    pub(super) fn pop_due(&mut self, at: SimTime) -> Option<(SimTime, ConnectionId)> {
        if self.earliest()? > at {
            return None;
        }
        self.0.pop().map(|Reverse(entry)| entry)
    }

    /// Returns how many entries there are, stale ones included.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets the entries of connections that are not `wanted`.
    pub(super) fn retain(&mut self, wanted: impl Fn(SimTime, ConnectionId) -> bool) {
        self.0
            .retain(|Reverse((at, connection))| wanted(*at, *connection));
    }

    /// Forgets all entries.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;

    #[test]
    fn entries_come_up_in_order_and_not_before_their_time() {
        let mut deadlines = Deadlines::default();
        let id = |node| ConnectionId {
            node: NodeId(node),
            generation: 0,
        };
        let at = SimTime::from_nanos;
        deadlines.push(at(5), id(2));
        deadlines.push(at(5), id(1));
        deadlines.push(at(9), id(0));
        assert_eq!(deadlines.earliest(), Some(at(5)));
        assert_eq!(deadlines.pop_due(at(4)), None);
        assert_eq!(deadlines.pop_due(at(5)), Some((at(5), id(1))));
        assert_eq!(deadlines.pop_due(at(8)), Some((at(5), id(2))));
        assert_eq!(deadlines.pop_due(at(8)), None);
        deadlines.clear();
        assert_eq!(deadlines.earliest(), None);
    }
}
