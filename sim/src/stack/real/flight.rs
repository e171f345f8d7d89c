//! What is on its way on one path, in order of arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::event::Bytes;
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
#[derive(Debug, Default)]
pub(super) struct Flight {
    heap: BinaryHeap<Reverse<Entry>>,
    sent: u32,
}

#[derive(Debug)]
struct Entry {
    at: SimTime,
    number: u32,
    what: Arrival,
}

impl Flight {
    pub(super) fn push(&mut self, at: SimTime, what: Arrival) {
        self.sent = self.sent.wrapping_add(1);
        let number = self.sent;
        self.heap.push(Reverse(Entry { at, number, what }));
    }

    /// Takes the next arrival that is due at `at`.
    pub(super) fn pop_due(&mut self, at: SimTime) -> Option<Arrival> {
        if self.next_at()? > at {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry.what)
    }

    /// Forgets what the station would have sent.
    pub(super) fn forget_ready(&mut self) {
        self.heap
            .retain(|Reverse(entry)| !matches!(entry.what, Arrival::Ready(_)));
    }

    pub(super) fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }
}

impl Entry {
    const fn key(&self) -> (SimTime, u32) {
        (self.at, self.number)
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_together_arrives_in_the_order_it_was_sent() {
        let mut flight = Flight::default();
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
