//! Readings that wait to be acknowledged, oldest first, in a fixed ring.
//!
//! Owns what goes when there is no room. Does not know how readings are sent, only that the
//! first one may be on its way: that one is never dropped, or a late acknowledgement would
//! speak of the wrong reading.

use crate::config::{DropPolicy, QUEUE_CAPACITY_MAX, QueueConfig};
use crate::effect::{DropReason, Reading};
use crate::time::Instant;
use crate::units::MilliCelsius;

/// A ring of readings.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Queue {
    slots: [Reading; QUEUE_CAPACITY_MAX],
    head: u8,
    len: u8,
}

/// What fills slots that were never used.
const VACANT: Reading = Reading {
    taken: Instant::ZERO,
    value: MilliCelsius(0),
    sequence: 0,
};

impl Queue {
    /// Builds an empty queue.
    pub(crate) const fn new() -> Self {
        Self {
            slots: [VACANT; QUEUE_CAPACITY_MAX],
            head: 0,
            len: 0,
        }
    }

    /// Adds a reading; returns the one that had to go for it, which may be itself, and why.
    pub(crate) fn push(
        &mut self,
        config: QueueConfig,
        head_in_flight: bool,
        reading: Reading,
    ) -> Option<(Reading, DropReason)> {
        if self.len < config.capacity.min(CAPACITY) {
            self.append(reading);
            return None;
        }
        match config.drop {
            DropPolicy::Newest => Some((reading, DropReason::QueueFullNewest)),
            DropPolicy::Oldest if !head_in_flight => {
                let dropped = self.pop();
                self.append(reading);
                dropped.map(|gone| (gone, DropReason::QueueFullOldest))
            }
            DropPolicy::Oldest if self.len == 1 => Some((reading, DropReason::QueueFullNewest)),
            DropPolicy::Oldest => {
                // The second oldest goes: the oldest is put into its place.
                let first = self.pop();
                let second = self.pop();
                if let Some(first) = first {
                    self.prepend(first);
                }
                self.append(reading);
                second.map(|gone| (gone, DropReason::QueueFullOldest))
            }
        }
    }

    /// Returns the oldest reading.
    pub(crate) fn first(&self) -> Option<Reading> {
        self.iter().next().copied()
    }

    /// Removes and returns the oldest reading.
    pub(crate) fn pop(&mut self) -> Option<Reading> {
        let first = self.first()?;
        self.len = self.len.saturating_sub(1);
        // An empty ring starts anew: who holds one reading at a time stays in one cache line.
        self.head = if self.len == 0 {
            0
        } else {
            wrapped(self.head, 1)
        };
        Some(first)
    }

    /// Returns all readings, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Reading> {
        (0..self.len).filter_map(|offset| self.slots.get(usize::from(wrapped(self.head, offset))))
    }

    /// Returns how many readings wait.
    pub(crate) const fn length(&self) -> u8 {
        self.len
    }

    /// Returns true when none waits.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn append(&mut self, reading: Reading) {
        if let Some(slot) = self
            .slots
            .get_mut(usize::from(wrapped(self.head, self.len)))
        {
            *slot = reading;
            self.len = self.len.saturating_add(1);
        }
    }

    fn prepend(&mut self, reading: Reading) {
        self.head = wrapped(self.head, CAPACITY.wrapping_sub(1));
        if let Some(slot) = self.slots.get_mut(usize::from(self.head)) {
            *slot = reading;
            self.len = self.len.saturating_add(1);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the capacity is below 256")]
const CAPACITY: u8 = QUEUE_CAPACITY_MAX as u8;

/// Returns the slot `offset` places after `index`, around the ring.
const fn wrapped(index: u8, offset: u8) -> u8 {
    match index.wrapping_add(offset).checked_rem(CAPACITY) {
        Some(slot) => slot,
        None => 0,
    }
}

/// The ring's size divides 256, so that slot arithmetic may wrap in a byte.
const _: () = assert!(256_usize.is_multiple_of(QUEUE_CAPACITY_MAX));

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn reading(sequence: u32) -> Reading {
        Reading { sequence, ..VACANT }
    }

    proptest! {
        /// Compares with a `VecDeque` over any order of pushes and pops.
        #[test]
        fn the_ring_behaves_as_a_plain_queue(
            capacity in 1_u8..=32,
            newest: bool,
            steps in prop::collection::vec((any::<bool>(), any::<bool>()), 0..200),
        ) {
            let drop = if newest { DropPolicy::Newest } else { DropPolicy::Oldest };
            let config = QueueConfig { capacity, drop };
            let mut queue = Queue::new();
            let mut model: VecDeque<u32> = VecDeque::new();
            for (sequence, (push, in_flight)) in steps.into_iter().enumerate() {
                let sequence = u32::try_from(sequence).unwrap();
                if push {
                    let dropped = queue.push(config, in_flight, reading(sequence));
                    let keep = usize::from(in_flight);
                    let expected = if model.len() < usize::from(capacity) {
                        model.push_back(sequence);
                        None
                    } else if newest || model.len() <= keep {
                        Some(sequence)
                    } else {
                        let gone = model.remove(keep);
                        model.push_back(sequence);
                        gone
                    };
                    prop_assert_eq!(dropped.map(|(gone, _)| gone.sequence), expected);
                } else {
                    prop_assert_eq!(queue.pop().map(|r| r.sequence), model.pop_front());
                }
                let waiting: Vec<u32> = queue.iter().map(|r| r.sequence).collect();
                prop_assert_eq!(&waiting, &Vec::from(model.clone()));
                prop_assert!(queue.length() <= capacity);
            }
        }
    }

    #[test]
    fn the_reading_in_flight_is_never_dropped() {
        let config = QueueConfig {
            capacity: 2,
            drop: DropPolicy::Oldest,
        };
        let mut queue = Queue::new();
        queue.push(config, false, reading(0));
        queue.push(config, true, reading(1));
        let dropped = queue.push(config, true, reading(2)).unwrap();
        assert_eq!(dropped, (reading(1), DropReason::QueueFullOldest));
        assert_eq!(queue.first(), Some(reading(0)));
    }
}
