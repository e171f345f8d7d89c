//! What is on its way on one path, in order of arrival.

use std::collections::BinaryHeap;

use crate::event::{Bytes, Class, EventKey, Scheduled};
use crate::id::NodeId;
use crate::radio::{Frame, Transmission};
use crate::stack::outcome::Direction;
use crate::time::SimTime;

/// Something that arrives.
#[derive(Debug)]
pub(super) enum Arrival {
    /// A frame went over the air, or was given up.
    Air(Box<(Direction, Frame, Transmission)>),
    /// The broker has thought about its answer.
    Answer { connection: u32, bytes: Bytes },
    /// An IPv4 packet of the broker reached the access point.
    AtAccessPoint(Vec<u8>),
    /// An IPv4 packet of the node reached the broker's host.
    AtFront(Vec<u8>),
    /// A frame of the access point is ready to be sent.
    Outgoing(Box<Frame>),
    /// A frame of the station is ready to be sent.
    Ready(Box<Frame>),
}

/// Everything that is on its way, earliest first; what is due at the same time keeps its order.
#[derive(Debug)]
pub(super) struct Flight {
    heap: BinaryHeap<Scheduled<Arrival>>,
    node: NodeId,
    sent: u32,
}

impl Flight {
    pub(super) const fn new(node: NodeId) -> Self {
        Self {
            heap: BinaryHeap::new(),
            node,
            sent: 0,
        }
    }

    pub(super) fn push(&mut self, at: SimTime, what: Arrival) {
        self.sent = self.sent.wrapping_add(1);
        let key = EventKey {
            at,
            class: Class::Delivery,
            target: self.node,
            source: self.node,
            seq: self.sent,
        };
        self.heap.push(Scheduled { key, payload: what });
    }

    /// Takes the next arrival that is due at `at`.
    pub(super) fn pop_due(&mut self, at: SimTime) -> Option<Arrival> {
        if self.next_at()? > at {
            return None;
        }
        self.heap.pop().map(|entry| entry.payload)
    }

    /// Forgets what the station would have sent.
    pub(super) fn forget_ready(&mut self) {
        self.heap
            .retain(|entry| !matches!(entry.payload, Arrival::Ready(_)));
    }

    pub(super) fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|entry| entry.key.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_together_arrives_in_the_order_it_was_sent() {
        let mut flight = Flight::new(NodeId(0));
        let at = |ns| SimTime::from_nanos(ns);
        for (due, byte) in [(5, 1), (3, 2), (5, 3), (3, 4)] {
            flight.push(at(due), Arrival::AtFront(vec![byte]));
        }
        assert!(flight.pop_due(at(2)).is_none());
        let mut order = Vec::new();
        while let Some(Arrival::AtFront(bytes)) = flight.pop_due(at(9)) {
            order.extend(bytes);
        }
        assert_eq!(order, [2, 4, 1, 3]);
    }
}
