//! The claims that did not hold in a world, each once.
//!
//! Owns how repeats of one claim are counted and worded. A claim keeps its first failures only,
//! so that a count may be the least that there were.

use std::collections::BTreeMap;

use crate::expect::FAILURES_MAX;
use crate::verdict::Failure;

/// A claim that did not hold, and how often.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Broken<'a> {
    /// Its first failure.
    pub(super) first: &'a Failure,
    /// How many failures of it were kept.
    pub(super) times: usize,
}

/// Returns the claims that did not hold, in the order of their first failures.
pub(super) fn broken(failures: &[Failure]) -> Vec<Broken<'_>> {
    let mut places = BTreeMap::new();
    let mut all: Vec<Broken<'_>> = Vec::new();
    for failure in failures {
        let place = *places
            .entry((failure.line, failure.claim.as_str()))
            .or_insert(all.len());
        match all.get_mut(place) {
            Some(known) => known.times += 1,
            None => all.push(Broken {
                first: failure,
                times: 1,
            }),
        }
    }
    all
}

impl Broken<'_> {
    /// Says how often it did not hold.
    pub(super) fn how_often(&self) -> String {
        match self.times {
            1 => "once".to_owned(),
            // Only the claims of a scenario, which have lines, stop to count.
            times if times >= FAILURES_MAX && self.first.line.is_some() => {
                format!("{times} times or more")
            }
            times => format!("{times} times"),
        }
    }

    /// Says how often it did not hold, and when first.
    pub(super) fn how(&self) -> String {
        match self.times {
            1 => format!("once, at {}", self.first.at),
            _ => format!("{}, first at {}", self.how_often(), self.first.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use nodelab_sim::{NodeId, SimTime};

    use super::*;

    fn failure(line: u32, claim: &str, second: u64) -> Failure {
        Failure {
            at: SimTime::from_nanos(second * 1_000_000_000),
            claim: claim.to_owned(),
            expected: String::new(),
            line: Some(line),
            node: NodeId(0),
            seen: String::new(),
        }
    }

    #[test]
    fn repeats_are_counted_and_claims_are_told_apart_by_line_and_words() {
        let mut failures: Vec<Failure> = (60..64).map(|at| failure(9, "a: 1", at)).collect();
        failures.insert(1, failure(10, "a: 1", 60));
        failures.push(failure(9, "b: 2", 99));
        let broken = broken(&failures);
        let how: Vec<(u32, &str, String)> = broken
            .iter()
            .map(|one| (one.first.line.unwrap(), &*one.first.claim, one.how()))
            .collect();
        assert_eq!(
            how,
            [
                (
                    9,
                    "a: 1",
                    "4 times or more, first at 00:01:00.000".to_owned()
                ),
                (10, "a: 1", "once, at 00:01:00.000".to_owned()),
                (9, "b: 2", "once, at 00:01:39.000".to_owned()),
            ]
        );
    }
}
