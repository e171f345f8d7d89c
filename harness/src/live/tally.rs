//! What became of every reading, counted while it happens.
//!
//! Owns the sums and the check that they add up. Does not know how they are printed.

use std::collections::BTreeMap;
use std::time::Duration;

use node_core::{DropReason, Event, Reading};

use crate::live::dial::Secured;

/// What became of one node.
#[derive(Clone, Debug, Default)]
pub struct NodeSummary {
    /// Readings that the broker acknowledged.
    pub acknowledged: u64,
    /// Identifier towards the broker.
    pub client_id: String,
    /// Readings that were given up, by reason.
    pub dropped: BTreeMap<DropReason, u64>,
    /// Streams that could not be opened, sessions that were refused, or ended by themselves.
    pub failures: u64,
    /// Handshakes from the beginning.
    pub full: Times,
    /// Messages of the broker that were passed over.
    pub ignored: u64,
    /// Its number.
    pub node: u32,
    /// Handshakes that resumed an earlier session.
    pub resumed: Times,
    /// Readings that were sent more than once, because nobody had acknowledged them.
    pub sent_again: u64,
    /// The reading that was sent last.
    pub(super) sent_last: Option<u32>,
    /// Sessions that the broker accepted.
    pub sessions: u64,
    /// Samples that were not believed.
    pub sensor_faults: u64,
    /// Readings that were taken.
    pub taken: u64,
    /// Readings that still wait, oldest first.
    pub waiting: Vec<Reading>,
}

/// How long things took.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Times {
    /// How many there were.
    pub count: u64,
    /// The longest.
    pub longest: Duration,
    /// The shortest; zero when there were none.
    pub shortest: Duration,
    /// All together.
    pub total: Duration,
}

/// What became of all nodes.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How long it took.
    pub lasted: Duration,
    /// Each node, by number.
    pub nodes: Vec<NodeSummary>,
}

impl NodeSummary {
    /// Counts what a node states.
    pub(super) fn add(&mut self, event: &Event) {
        match event {
            Event::MessageIgnored => self.ignored += 1,
            Event::PublishAcked { .. } => self.acknowledged += 1,
            Event::PublishSent { sequence, .. } => {
                // One reading is on its way at a time, so a repetition follows its first sending.
                self.sent_again += u64::from(self.sent_last == Some(*sequence));
                self.sent_last = Some(*sequence);
            }
            Event::ReadingDropped { why, .. } => *self.dropped.entry(*why).or_default() += 1,
            Event::ReadingTaken(_) => self.taken += 1,
            Event::SensorFaulted { .. } => self.sensor_faults += 1,
            Event::SessionOpened { .. } => self.sessions += 1,
            Event::Booted
            | Event::ConnectRefused(_)
            | Event::IntervalChanged(_)
            | Event::LinkJoined
            | Event::LinkLost(_)
            | Event::ProtocolBroken(_)
            | Event::ReadingShown { .. }
            | Event::RetryScheduled { .. }
            | Event::SessionClosed(_) => {}
        }
    }

    /// Counts a handshake.
    pub(super) fn add_handshake(&mut self, secured: &Secured) {
        let times = if secured.resumed {
            &mut self.resumed
        } else {
            &mut self.full
        };
        times.add(secured.took);
    }

    /// Returns how many readings were given up.
    #[must_use]
    pub fn dropped_count(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// Returns whether every reading is acknowledged, waiting or given up for a reason, and none
    /// is two of these.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        self.taken == self.acknowledged + self.waiting.len() as u64 + self.dropped_count()
    }

    /// Returns whether every reading was acknowledged.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_conserved() && self.taken == self.acknowledged
    }

    /// Returns how often a session followed another one.
    #[must_use]
    pub const fn reconnects(&self) -> u64 {
        self.sessions.saturating_sub(1)
    }
}

impl Times {
    fn add(&mut self, took: Duration) {
        self.shortest = if self.count == 0 {
            took
        } else {
            self.shortest.min(took)
        };
        self.longest = self.longest.max(took);
        self.total = self.total.saturating_add(took);
        self.count += 1;
    }

    /// Returns these and others together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self.count == 0 || other.count == 0 {
            return if self.count == 0 { other } else { self };
        }
        Self {
            count: self.count + other.count,
            longest: self.longest.max(other.longest),
            shortest: self.shortest.min(other.shortest),
            total: self.total.saturating_add(other.total),
        }
    }

    /// Returns the mean; `None` when there were none.
    #[must_use]
    pub fn mean(&self) -> Option<Duration> {
        let count = u32::try_from(self.count).unwrap_or(u32::MAX);
        self.total.checked_div(count)
    }
}

impl Summary {
    /// Returns the sum of a count over all nodes.
    #[must_use]
    pub fn sum(&self, count: impl Fn(&NodeSummary) -> u64) -> u64 {
        self.nodes.iter().map(count).sum()
    }

    /// Returns whether readings add up in every node.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        self.nodes.iter().all(NodeSummary::is_conserved)
    }

    /// Returns whether every reading of every node was acknowledged.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.sum(|node| node.taken) > 0 && self.nodes.iter().all(NodeSummary::is_complete)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use node_core::{Instant, MilliCelsius};

    use super::*;

    fn taken(sequence: u32) -> Event {
        Event::ReadingTaken(Reading {
            taken: Instant::ZERO,
            value: MilliCelsius(22_000),
            sequence,
        })
    }

    #[test]
    fn readings_add_up_or_somebody_hears_of_it() {
        let mut node = NodeSummary::default();
        for sequence in 0..3 {
            node.add(&taken(sequence));
        }
        let packet_id = NonZeroU16::MIN;
        node.add(&Event::PublishAcked {
            packet_id,
            sequence: 0,
        });
        assert!(!node.is_conserved());
        node.add(&Event::ReadingDropped {
            sequence: 1,
            why: DropReason::QueueFullOldest,
        });
        node.waiting.push(Reading {
            taken: Instant::ZERO,
            value: MilliCelsius(0),
            sequence: 2,
        });
        assert!(node.is_conserved() && !node.is_complete());
    }

    #[test]
    fn times_keep_their_ends_and_their_mean() {
        let mut times = Times::default();
        assert_eq!(times.mean(), None);
        for ms in [30, 10, 20] {
            times.add(Duration::from_millis(ms));
        }
        assert_eq!(times.mean(), Some(Duration::from_millis(20)));
        let (shortest, longest) = (times.shortest.as_millis(), times.longest.as_millis());
        assert_eq!((shortest, longest), (10, 30));
        assert_eq!(times.and(Times::default()), times);
        assert_eq!(times.and(times).count, 6);
    }
}
