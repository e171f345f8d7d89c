//! How many instructions turns take, by what was told, and what a reading takes altogether.
//!
//! Owns what counts as a sample and as a publish:
//!
//! ```text
//! sample   the turn that first asks for a conversion, and each turn that is told of one, up to
//!          the reading
//! publish  the turn that writes a PUBLISH of QoS 1, and each turn that is told of bytes, up to
//!          its acknowledgement
//! ```
//!
//! A turn that does both counts for both. Given-up samples and lost publishes count for neither.

use std::collections::BTreeMap;

use node_core::{Command, Effect, Event, Input};
use node_wire::{Answer, Request};

use crate::parity::turn::Answers;

/// What instructions are counted for. In the order in which they are shown.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Work {
    /// A reading: see the file's head.
    Sample,
    /// An acknowledged message: see the file's head.
    Publish,
    /// The boot.
    Boot,
    /// Turns that are told that a deadline has passed.
    Timeout,
    /// Turns that are told a code.
    Sampled,
    /// Turns that are told that the link is up.
    LinkUp,
    /// Turns that are told that it is down.
    LinkDown,
    /// Turns that are told that the stream is open.
    StreamOpened,
    /// Turns that are told bytes of the broker.
    StreamRead,
    /// Turns that are told that the stream has closed.
    StreamClosed,
    /// Turns that are told bytes of the console.
    SerialRead,
    /// Turns that are told civil time.
    TimeKnown,
}

/// How often each number of instructions occurred.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Spread(BTreeMap<u64, u64>);

/// All counts of a run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts(BTreeMap<Work, Spread>);

/// Follows a life from turn to turn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracker {
    sample: Option<u64>,
    publish: Option<u64>,
}

/// What one turn did, as far as it begins or ends something.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a set of facts, each there or not"
)]
struct Facts {
    acked: bool,
    asked: bool,
    closed: bool,
    faulted: bool,
    instructions: u64,
    sent: bool,
    taken: bool,
}

impl Work {
    /// All kinds of work, in order.
    pub(crate) const ALL: [Self; 12] = [
        Self::Sample,
        Self::Publish,
        Self::Boot,
        Self::Timeout,
        Self::Sampled,
        Self::LinkUp,
        Self::LinkDown,
        Self::StreamOpened,
        Self::StreamRead,
        Self::StreamClosed,
        Self::SerialRead,
        Self::TimeKnown,
    ];

    /// Returns its name in tables and in the committed file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sample => "per sample",
            Self::Publish => "per publish",
            Self::Boot => "boot",
            Self::Timeout => "timeout",
            Self::Sampled => "sampled",
            Self::LinkUp => "link up",
            Self::LinkDown => "link down",
            Self::StreamOpened => "stream opened",
            Self::StreamRead => "stream read",
            Self::StreamClosed => "stream closed",
            Self::SerialRead => "serial read",
            Self::TimeKnown => "time known",
        }
    }

    /// Returns what a request is, if a node works for it.
    const fn of(request: &Request<'_>) -> Option<Self> {
        match request {
            Request::Boot { .. } => Some(Self::Boot),
            Request::Handle { input, .. } => Some(match input {
                Input::LinkDown(_) => Self::LinkDown,
                Input::LinkUp => Self::LinkUp,
                Input::Sampled(_) => Self::Sampled,
                Input::SerialRead(_) => Self::SerialRead,
                Input::StreamClosed(_) => Self::StreamClosed,
                Input::StreamOpened => Self::StreamOpened,
                Input::StreamRead(_) => Self::StreamRead,
                Input::TimeKnown(_) => Self::TimeKnown,
                Input::Timeout => Self::Timeout,
            }),
            Request::Dump | Request::Measure | Request::Queued => None,
        }
    }
}

impl Counts {
    /// Returns the counts of one kind of work, if there are any.
    pub(crate) fn of(&self, work: Work) -> Option<&Spread> {
        self.0.get(&work)
    }

    /// Returns all counts of turns together.
    pub(crate) fn total(&self) -> u64 {
        let turns = self.0.iter().filter(|(work, _)| !work.is_derived());
        turns.map(|(_, spread)| spread.total()).sum()
    }

    fn add(&mut self, work: Work, instructions: u64) {
        self.0.entry(work).or_default().add(instructions);
    }
}

impl Work {
    const fn is_derived(self) -> bool {
        matches!(self, Self::Publish | Self::Sample)
    }
}

impl Spread {
    /// Notes one more.
    pub(crate) fn add(&mut self, instructions: u64) {
        *self.0.entry(instructions).or_default() += 1;
    }

    /// Returns how many there are.
    pub(crate) fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// Returns the sum of all.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|(value, times)| value * times).sum()
    }

    /// Returns the smallest; 0 without any.
    pub(crate) fn min(&self) -> u64 {
        self.0.first_key_value().map_or(0, |(value, _)| *value)
    }

    /// Returns the largest; 0 without any.
    pub(crate) fn max(&self) -> u64 {
        self.0.last_key_value().map_or(0, |(value, _)| *value)
    }

    /// Returns the middle one, the lower of two; 0 without any.
    pub(crate) fn median(&self) -> u64 {
        let mut below = 0;
        let half = self.count().div_ceil(2);
        for (value, times) in &self.0 {
            below += times;
            if below >= half {
                return *value;
            }
        }
        0
    }

    /// Returns the arithmetic mean, rounded to nearest, halves up; 0 without any.
    pub(crate) fn mean(&self) -> u64 {
        let count = self.count().max(1);
        (self.total() + count / 2) / count
    }
}

impl Tracker {
    /// Notes a request and the turn that answered it.
    pub(crate) fn note(&mut self, request: &Request<'_>, turn: &[u8], counts: &mut Counts) {
        let Some(work) = Work::of(request) else {
            return;
        };
        if work == Work::Boot {
            *self = Self::default();
        }
        // A core that refuses to boot does not say what that took.
        let Some(facts) = Facts::of(turn) else {
            return;
        };
        counts.add(work, facts.instructions);
        self.note_sample(work, facts, counts);
        self.note_publish(work, facts, counts);
    }

    fn note_sample(&mut self, work: Work, facts: Facts, counts: &mut Counts) {
        match &mut self.sample {
            Some(sum) if work == Work::Sampled => *sum += facts.instructions,
            None if facts.asked => self.sample = Some(facts.instructions),
            None | Some(_) => {}
        }
        if facts.taken {
            if let Some(sum) = self.sample.take() {
                counts.add(Work::Sample, sum);
            }
        } else if facts.faulted {
            self.sample = None;
        }
    }

    fn note_publish(&mut self, work: Work, facts: Facts, counts: &mut Counts) {
        if let Some(sum) = &mut self.publish {
            if work == Work::StreamRead {
                *sum += facts.instructions;
            }
            if facts.acked {
                counts.add(Work::Publish, *sum);
                self.publish = None;
            }
        }
        if facts.closed {
            self.publish = None;
        }
        if facts.sent {
            self.publish = Some(facts.instructions);
        }
    }
}

impl Facts {
    fn of(turn: &[u8]) -> Option<Self> {
        let mut facts = Self::default();
        let mut is_counted = false;
        for answer in Answers::of(turn) {
            match answer {
                Answer::Turn { instructions, .. } => {
                    facts.instructions = u64::from(instructions);
                    is_counted = true;
                }
                Answer::Effect(Effect::Command(command)) => {
                    facts.asked |= command == Command::Sample;
                }
                Answer::Effect(Effect::Event(event)) => facts.add(event),
                Answer::Effect(Effect::SerialWrite(_) | Effect::StreamWrite(_))
                | Answer::Dumped(_)
                | Answer::Measured { .. }
                | Answer::Reading(_)
                | Answer::Refused(_) => {}
            }
        }
        is_counted.then_some(facts)
    }

    const fn add(&mut self, event: Event) {
        match event {
            Event::PublishAcked { .. } => self.acked = true,
            Event::PublishSent { packet_id, .. } => self.sent |= packet_id.is_some(),
            Event::ReadingTaken(_) => self.taken = true,
            Event::SensorFaulted { .. } => self.faulted = true,
            Event::SessionClosed(_) => self.closed = true,
            Event::Booted
            | Event::ConnectRefused(_)
            | Event::IntervalChanged(_)
            | Event::LinkJoined
            | Event::LinkLost(_)
            | Event::MessageIgnored
            | Event::ProtocolBroken(_)
            | Event::ReadingDropped { .. }
            | Event::ReadingShown { .. }
            | Event::RetryScheduled { .. }
            | Event::SessionOpened { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use node_core::{AdcCode, Connection, Instant, MilliCelsius, Reading, State};
    use node_wire::Standing;

    use super::*;

    const ASKS: Effect<'static> = Effect::Command(Command::Sample);
    const SENDS: Effect<'static> = Effect::Event(Event::PublishSent {
        duplicate: false,
        packet_id: NonZeroU16::new(1),
        sequence: 0,
    });
    const TAKES: Effect<'static> = Effect::Event(Event::ReadingTaken(Reading {
        taken: Instant::ZERO,
        value: MilliCelsius(0),
        sequence: 0,
    }));
    const ACKED: Effect<'static> = Effect::Event(Event::PublishAcked {
        packet_id: NonZeroU16::MIN,
        sequence: 0,
    });
    const SAMPLED: Input<'static> = Input::Sampled(AdcCode(1));
    const READ: Input<'static> = Input::StreamRead(&[]);

    fn counts(turns: &[(Input<'_>, &[Effect<'_>], u32)]) -> Counts {
        let (mut tracker, mut counts) = (Tracker::default(), Counts::default());
        for (input, effects, instructions) in turns {
            let state = State {
                connection: Connection::Offline,
                sampling: false,
            };
            let standing = Standing {
                state,
                timeout: None,
                queued: 0,
            };
            let end = Answer::Turn {
                instructions: *instructions,
                standing,
            };
            let mut buffer = [0; 64];
            let effects = effects.iter().map(|effect| Answer::Effect(*effect));
            let frames = effects
                .chain([end])
                .map(|answer| answer.encode(&mut buffer).unwrap().to_vec());
            let turn = frames.collect::<Vec<_>>().concat();
            let (now, input) = (Instant::ZERO, *input);
            tracker.note(&Request::Handle { now, input }, &turn, &mut counts);
        }
        counts
    }

    fn of(counts: &Counts, work: Work) -> Vec<(u64, u64)> {
        let spread = counts.of(work).cloned().unwrap_or_default();
        spread.0.into_iter().collect()
    }

    #[test]
    fn a_sample_is_its_own_turns_and_no_others() {
        let counts = counts(&[
            (Input::Timeout, &[ASKS], 100),
            (READ, &[], 7),
            (SAMPLED, &[ASKS], 20),
            (SAMPLED, &[TAKES], 3),
            (SAMPLED, &[], 1),
        ]);
        assert_eq!(of(&counts, Work::Sample), [(123, 1)]);
        assert_eq!(of(&counts, Work::Sampled), [(1, 1), (3, 1), (20, 1)]);
        assert_eq!(counts.total(), 131);
    }

    #[test]
    fn a_publish_goes_from_its_packet_to_its_acknowledgement() {
        let counts = counts(&[
            (SAMPLED, &[TAKES, SENDS], 100),
            (Input::Timeout, &[ASKS], 9),
            (READ, &[], 20),
            // Acknowledges one and sends the next.
            (READ, &[ACKED, SENDS], 3),
            (READ, &[ACKED], 5),
        ]);
        assert_eq!(of(&counts, Work::Publish), [(8, 1), (123, 1)]);
    }

    #[test]
    fn what_is_lost_or_given_up_does_not_count() {
        let closed = Effect::Event(Event::SessionClosed(node_core::CloseReason::Reset));
        let faulted = Effect::Event(Event::SensorFaulted {
            code: AdcCode(0),
            why: node_core::sensor::SensorFault::NoAnswer,
        });
        let counts = counts(&[
            (Input::Timeout, &[ASKS, SENDS], 100),
            (Input::Timeout, &[faulted], 1),
            (
                Input::StreamClosed(node_core::CloseReason::Reset),
                &[closed],
                1,
            ),
            (READ, &[ACKED], 1),
        ]);
        assert_eq!(of(&counts, Work::Publish), []);
        assert_eq!(of(&counts, Work::Sample), []);
    }

    #[test]
    fn spreads_have_a_middle() {
        let mut spread = Spread::default();
        let figures = |spread: &Spread| {
            let Spread(values) = spread;
            assert!(values.values().all(|times| *times > 0));
            (spread.min(), spread.median(), spread.max(), spread.mean())
        };
        assert_eq!(figures(&spread), (0, 0, 0, 0));
        for value in [5, 1, 9, 6] {
            spread.add(value);
        }
        assert_eq!(figures(&spread), (1, 5, 9, 5));
        spread.add(9);
        assert_eq!(figures(&spread), (1, 6, 9, 6));
        assert_eq!((spread.count(), spread.total()), (5, 30));
    }

    #[test]
    fn every_kind_of_work_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> =
            Work::ALL.iter().map(|work| work.name()).collect();
        assert_eq!(names.len(), Work::ALL.len());
        assert!(Work::ALL.is_sorted());
    }
}
