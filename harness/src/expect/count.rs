//! Claims about how many.

use node_core::Event;
use nodelab_sim::stack::tls::{Side, TlsEvent};
use nodelab_sim::{NodeId, Observation, SimTime};

use super::Failures;
use crate::verdict::Failure;

/// At most so many readings are lost, all nodes together.
#[derive(Clone, Debug)]
pub(super) struct ReadingsLost {
    limit: u64,
    lost: u64,
    pub(super) failures: Failures,
}

/// At least so many readings are published.
#[derive(Clone, Debug)]
pub(super) struct PublishedAtLeast {
    wanted: u64,
    published: u64,
}

/// At least so many TLS sessions are resumed.
#[derive(Clone, Debug)]
pub(super) struct ResumedAtLeast {
    wanted: u64,
    resumed: u64,
    full: u64,
}

/// No queue is ever longer.
#[derive(Clone, Debug)]
pub(super) struct QueueAtMost {
    limit: u32,
    pub(super) failures: Failures,
}

impl ReadingsLost {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit,
            lost: 0,
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let (sequence, why) = match *what {
            Observation::Node(Event::ReadingDropped { sequence, why }) => (sequence, why.as_str()),
            Observation::ReadingForgotten(reading) => (reading.sequence, "power lost"),
            _ => return,
        };
        self.lost += 1;
        let (limit, lost) = (self.limit, self.lost);
        if lost > limit {
            self.failures.note(|| Failure {
                at,
                claim: format!("readings-lost: {limit}"),
                expected: format!("at most {limit} readings lost"),
                line: None,
                node,
                seen: format!("reading {sequence} lost ({why}), {lost} in all"),
            });
        }
    }
}

impl PublishedAtLeast {
    pub(super) fn new(wanted: u64) -> Self {
        Self {
            wanted,
            published: 0,
        }
    }

    pub(super) fn on_event(&mut self, what: &Observation<'_>) {
        if let Observation::Node(
            Event::PublishAcked { .. }
            | Event::PublishSent {
                packet_id: None, ..
            },
        ) = what
        {
            self.published += 1;
        }
    }

    pub(super) fn finish(self, end: SimTime) -> Vec<Failure> {
        let Self { wanted, published } = self;
        if published >= wanted {
            return Vec::new();
        }
        vec![Failure {
            at: end,
            claim: format!("published-at-least: {wanted}"),
            expected: format!("at least {wanted} readings published"),
            line: None,
            node: NodeId::WORLD,
            seen: format!("{published} until the end"),
        }]
    }
}

impl ResumedAtLeast {
    pub(super) const fn new(wanted: u64) -> Self {
        Self {
            wanted,
            resumed: 0,
            full: 0,
        }
    }

    pub(super) const fn on_event(&mut self, what: &Observation<'_>) {
        if let Observation::Tls(Side::Client, TlsEvent::Connected { resumed, .. }) = what {
            if *resumed {
                self.resumed += 1;
            } else {
                self.full += 1;
            }
        }
    }

    pub(super) fn finish(self, end: SimTime) -> Vec<Failure> {
        let Self {
            wanted,
            resumed,
            full,
        } = self;
        if resumed >= wanted {
            return Vec::new();
        }
        vec![Failure {
            at: end,
            claim: format!("resumed-at-least: {wanted}"),
            expected: format!("at least {wanted} TLS sessions resumed"),
            line: None,
            node: NodeId::WORLD,
            seen: format!("{resumed} until the end, and {full} that began anew"),
        }]
    }
}

impl QueueAtMost {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            failures: Failures::default(),
        }
    }

    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let Observation::Queued(length) = *what else {
            return;
        };
        let limit = self.limit;
        if u32::from(length) > limit {
            self.failures.note(|| Failure {
                at,
                claim: format!("queue-at-most: {limit}"),
                expected: format!("at most {limit} readings waiting"),
                line: None,
                node,
                seen: format!("{length} waiting"),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use nodelab_sim::stack::tls::TlsVersion;

    use super::*;

    #[test]
    fn resumed_sessions_are_counted_apart_from_others() {
        let judge = |sessions: &[bool]| {
            let mut claim = ResumedAtLeast::new(2);
            for resumed in sessions {
                let connected = TlsEvent::Connected {
                    resumed: *resumed,
                    suite: 0x1301,
                    group: 29,
                    version: TlsVersion::V1_3,
                };
                claim.on_event(&Observation::Tls(Side::Client, connected));
            }
            claim.finish(SimTime::ZERO)
        };
        assert!(judge(&[false, true, true]).is_empty());
        let failures = judge(&[false, true, false]);
        assert_eq!(failures[0].seen, "1 until the end, and 2 that began anew");
    }
}
