//! Claims about what readings say.

use node_core::{Event, MilliCelsius};
use nodelab_sim::{Celsius, NodeId, Observation, SimTime};

use super::{Failures, celsius, index_of};
use crate::scenario::Range;
use crate::verdict::Failure;

/// No reading is further from the true temperature of the air than the limit.
#[derive(Clone, Debug)]
pub(super) struct ErrorAtMost {
    limit: MilliCelsius,
    truths: Vec<MilliCelsius>,
    pub(super) failures: Failures,
}

/// Every reading lies in the range.
#[derive(Clone, Debug)]
pub(super) struct ReadingBetween {
    low: MilliCelsius,
    high: MilliCelsius,
    pub(super) failures: Failures,
}

impl ErrorAtMost {
    pub(super) fn new(limit: Celsius, nodes: usize) -> Self {
        let truths = vec![MilliCelsius(0); nodes];
        Self {
            limit: milli(limit),
            truths,
            failures: Failures::default(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let reading = match *what {
            Observation::Converted(conversion) => {
                self.truths[index_of(node)] = conversion.truth;
                return;
            }
            Observation::Node(Event::ReadingTaken(reading)) => reading,
            _ => return,
        };
        let truth = self.truths[index_of(node)];
        let error = reading.value.0 - truth.0;
        if error.abs() <= self.limit.0 {
            return;
        }
        let limit = celsius(self.limit);
        self.failures.note(|| Failure {
            at,
            claim: format!("error-at-most: {limit}"),
            expected: format!("every reading within {limit} of the true temperature"),
            line: None,
            node,
            seen: format!(
                "reading {} says {}, but it is {}: off by {:+.1} °C",
                reading.sequence,
                celsius(reading.value),
                celsius(truth),
                f64::from(error) / 1_000.0,
            ),
        });
    }
}

impl ReadingBetween {
    pub(super) fn new(range: Range<Celsius>) -> Self {
        let (low, high) = (milli(range.low()), milli(range.high()));
        Self {
            low,
            high,
            failures: Failures::default(),
        }
    }

    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let Observation::Node(Event::ReadingTaken(reading)) = *what else {
            return;
        };
        if (self.low..=self.high).contains(&reading.value) {
            return;
        }
        let (low, high) = (celsius(self.low), celsius(self.high));
        self.failures.note(|| Failure {
            at,
            claim: format!("reading-between: {low}..{high}"),
            expected: format!("every reading from {low} to {high}"),
            line: None,
            node,
            seen: format!(
                "reading {} says {}",
                reading.sequence,
                celsius(reading.value)
            ),
        });
    }
}

/// Rounds to the nearest thousandth of a degree.
#[expect(
    clippy::cast_possible_truncation,
    reason = "scenario temperatures are bounded"
)]
fn milli(value: Celsius) -> MilliCelsius {
    MilliCelsius((value.0 * 1_000.0).round() as i32)
}
