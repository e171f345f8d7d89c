//! The queue of everything that is still to happen.
//!
//! Owns the order of pending events and the rule that time never runs back. Does not know what
//! an event is: the order is [`EventKey`] alone, and the payload rides along.
//!
//! A single binary heap of 10⁵ events misses the cache at each level. Time is cut into slices
//! here, and only the slice that is being played is a heap:
//!
//! ```text
//! now ┌──────┬──────┬──────┬─ ─ ─┬──────┐┌───────────────┐┌─ ─
//!     │ near │ slice│ slice│     │ slice││ a later epoch ││
//!     └──────┴──────┴──────┴─ ─ ─┴──────┘└───────────────┘└─ ─
//!      a heap  unsorted, one per 34 ms     unsorted, one per 34 s
//! ```

use std::collections::{BTreeMap, BinaryHeap};

use crate::event::{EventKey, Scheduled};
use crate::time::SimTime;

/// A slice lasts 2²⁵ ns, about 34 ms: about 600 events of 10⁵ nodes that wake once a minute.
const SLICE_BITS: u32 = 25;
/// An epoch has 1 024 slices and lasts about 34 s.
const EPOCH_BITS: u32 = SLICE_BITS + 10;
/// Slices of one epoch.
const SLICES: usize = 1 << (EPOCH_BITS - SLICE_BITS);

/// A priority queue by [`EventKey`], earliest first.
///
/// Keys are unique in a world (each source counts its own events); two equal keys would both be
/// returned, in an order that depends on the history of the queue. An event is moved at most
/// three times, so payloads should be small. An empty queue holds 24 KiB.
#[derive(Clone, Debug)]
pub struct EventQueue<K> {
    /// Events up to `near_last_ns`, never empty while any event is pending.
    near: BinaryHeap<Scheduled<K>>,
    /// The last nanosecond of the slice that is being played.
    near_last_ns: u64,
    /// Which epoch `slices` belongs to.
    epoch: u64,
    /// Later events of this epoch.
    slices: Vec<Vec<Scheduled<K>>>,
    /// Which slices hold events, a bit for each.
    occupied: [u64; SLICES / 64],
    /// Events of later epochs.
    far: BTreeMap<u64, Vec<Scheduled<K>>>,
    /// How many events are pending.
    len: usize,
    /// The latest time that was popped.
    now: SimTime,
}

impl<K> EventQueue<K> {
    /// Builds an empty queue at the beginning of the world.
    #[must_use]
    pub fn new() -> Self {
        Self {
            near: BinaryHeap::new(),
            near_last_ns: 0,
            epoch: 0,
            slices: std::iter::repeat_with(Vec::new).take(SLICES).collect(),
            occupied: [0; SLICES / 64],
            far: BTreeMap::new(),
            len: 0,
            now: SimTime::ZERO,
        }
    }

    /// Adds an event.
    ///
    /// # Panics
    ///
    /// If `key` lies before an event that was already popped.
    pub fn push(&mut self, key: EventKey, payload: K) {
        assert!(key.at >= self.now, "event at {} after {}", key.at, self.now);
        let entry = Scheduled { key, payload };
        self.len += 1;
        if self.near.is_empty() {
            self.put_off(entry);
            self.advance();
        } else if key.at.as_nanos() <= self.near_last_ns {
            self.near.push(entry);
        } else {
            self.put_off(entry);
        }
    }

    /// Removes and returns the earliest event.
    pub fn pop(&mut self) -> Option<(EventKey, K)> {
        let Scheduled { key, payload } = self.near.pop()?;
        self.len -= 1;
        self.now = key.at;
        if self.near.is_empty() {
            self.advance();
        }
        Some((key, payload))
    }

    /// Returns when the earliest event happens.
    #[must_use]
    pub fn peek_time(&self) -> Option<SimTime> {
        self.near.peek().map(|entry| entry.key.at)
    }

    /// Returns how many events are pending.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns true if nothing is pending.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Stores an event that lies beyond the slice being played.
    fn put_off(&mut self, entry: Scheduled<K>) {
        let at_ns = entry.key.at.as_nanos();
        if at_ns >> EPOCH_BITS == self.epoch {
            let slice = slice_of(at_ns);
            self.occupied[slice / 64] |= 1 << (slice % 64);
            self.slices[slice].push(entry);
        } else {
            let later = self.far.entry(at_ns >> EPOCH_BITS).or_default();
            later.push(entry);
        }
    }

    /// Makes the next slice that holds events the one being played.
    fn advance(&mut self) {
        while self.occupied.iter().all(|&word| word == 0) {
            let Some((epoch, entries)) = self.far.pop_first() else {
                return;
            };
            self.epoch = epoch;
            for entry in entries {
                self.put_off(entry);
            }
        }
        let word = self.occupied.iter().position(|&word| word != 0);
        let word = word.expect("the loop above ends with an occupied slice");
        let slice = word * 64 + self.occupied[word].trailing_zeros() as usize;
        self.occupied[word] &= self.occupied[word] - 1;
        self.near = BinaryHeap::from(std::mem::take(&mut self.slices[slice]));
        let start_ns = (self.epoch << EPOCH_BITS) + ((slice as u64) << SLICE_BITS);
        self.near_last_ns = start_ns + ((1 << SLICE_BITS) - 1);
    }
}

fn slice_of(at_ns: u64) -> usize {
    let slice = (at_ns >> SLICE_BITS) % SLICES as u64;
    usize::try_from(slice).expect("a slice number has ten bits")
}

impl<K> Default for EventQueue<K> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::event::Class;
    use crate::id::NodeId;
    use crate::measure::cpu_seconds;
    use crate::rng::{EntityId, Purpose, Rng};
    use crate::time::SimSpan;

    #[test]
    fn an_empty_queue_has_no_time() {
        let mut queue = EventQueue::<()>::new();
        assert!(queue.is_empty());
        assert_eq!(queue.peek_time(), None);
        assert!(queue.pop().is_none());
    }

    #[test]
    fn simultaneous_events_follow_class_then_target_then_source_then_count() {
        let mut queue = EventQueue::new();
        let mut keys = [
            key(5, Class::Timer, 0, 0, 0),
            key(5, Class::Delivery, 1, 0, 0),
            key(5, Class::Delivery, 0, 1, 0),
            key(5, Class::Delivery, 0, 0, 1),
            key(5, Class::Delivery, 0, 0, 0),
            key(5, Class::Fault, 9, 9, 9),
        ];
        for key in keys {
            queue.push(key, ());
        }
        keys.reverse();
        assert_eq!(drain(&mut queue), keys);
    }

    #[test]
    #[should_panic(expected = "event at 00:00:00.001 after 00:00:00.002")]
    fn an_event_in_the_past_is_a_bug() {
        let mut queue = EventQueue::new();
        queue.push(key(2_000_000, Class::Timer, 0, 0, 0), ());
        queue.pop();
        queue.push(key(1_000_000, Class::Timer, 0, 0, 1), ());
    }

    #[test]
    fn an_event_may_be_added_before_the_slice_that_is_next() {
        let mut queue = EventQueue::new();
        let late = key(3_600_000_000_000, Class::Timer, 0, 0, 0);
        let early = key(1, Class::Timer, 0, 0, 1);
        queue.push(late, ());
        queue.push(early, ());
        assert_eq!(drain(&mut queue), [early, late]);
    }

    /// Prints the rate at the size of the largest worlds; the figure belongs to a release build.
    #[test]
    #[ignore = "a measurement, not a claim"]
    fn rate_at_200_000_pending() {
        const ROUNDS: u32 = 3_000_000;
        let mut rng = Rng::derive(1, EntityId::World, Purpose::Scenario);
        let mut queue = EventQueue::new();
        for target in 0..200_000 {
            let at_ns = rng.up_to(60_000_000_000);
            queue.push(key(at_ns, Class::Timer, target, target, 0), [0_u64; 4]);
        }
        let before = cpu_seconds();
        for seq in 0..ROUNDS {
            let (old, payload) = queue.pop().unwrap();
            let at_ns = old.at.as_nanos() + rng.up_to(60_000_000_000);
            let next = key(at_ns, Class::Timer, old.target.0, old.source.0, seq);
            queue.push(next, payload);
        }
        let rate = f64::from(ROUNDS) / (cpu_seconds() - before) / 1e6;
        writeln!(std::io::stderr(), "{rate:.1} M push and pop a CPU second").unwrap();
    }

    proptest! {
        #[test]
        fn pops_are_the_sorted_keys_whatever_the_order_of_pushes(
            mut keys in prop::collection::vec(any_key(), 0..200),
        ) {
            let mut queue = EventQueue::new();
            for (index, &key) in keys.iter().enumerate() {
                queue.push(key, index);
            }
            let pushed = keys.clone();
            let mut popped = Vec::new();
            while let Some((key, index)) = queue.pop() {
                prop_assert_eq!(pushed[index], key, "a payload stays with its key");
                popped.push(key);
            }
            keys.sort();
            prop_assert_eq!(popped, keys);
        }

        #[test]
        fn pushes_between_pops_keep_the_order(
            steps in prop::collection::vec((any_key(), any::<bool>()), 0..200),
        ) {
            let mut queue = EventQueue::new();
            let mut model = Vec::new();
            let mut now = SimTime::ZERO;
            for (mut key, pop) in steps {
                key.at = now.after(SimSpan::from_nanos(key.at.as_nanos()));
                queue.push(key, ());
                model.push(key);
                model.sort();
                prop_assert_eq!(queue.peek_time(), Some(model[0].at));
                if pop {
                    let (popped, ()) = queue.pop().unwrap();
                    prop_assert_eq!(popped, model.remove(0));
                    now = popped.at;
                }
                prop_assert_eq!(queue.len(), model.len());
            }
        }
    }

    fn any_key() -> impl Strategy<Value = EventKey> {
        let class = prop_oneof![
            Just(Class::Fault),
            Just(Class::Delivery),
            Just(Class::Timer)
        ];
        // Ties, neighbours in a slice, neighbouring slices, epochs, and the end of time.
        let at_ns = prop_oneof![
            0..40_u64,
            0..1_u64 << (SLICE_BITS + 3),
            0..1_u64 << (EPOCH_BITS + 3),
            Just(u64::MAX),
        ];
        (at_ns, class, 0..4_u32, 0..4_u32, 0..8_u32)
            .prop_map(|(at, class, target, source, seq)| key(at, class, target, source, seq))
    }

    const fn key(at_ns: u64, class: Class, target: u32, source: u32, seq: u32) -> EventKey {
        EventKey {
            at: SimTime::from_nanos(at_ns),
            class,
            target: NodeId(target),
            source: NodeId(source),
            seq,
        }
    }

    fn drain(queue: &mut EventQueue<()>) -> Vec<EventKey> {
        std::iter::from_fn(|| queue.pop())
            .map(|(key, ())| key)
            .collect()
    }
}
