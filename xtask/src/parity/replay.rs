//! Plays lives on an emulated core, many with one start of the emulator.
//!
//! Owns the batches, and where a core stopped answering. Does not know how a divergence is
//! shown.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::console;
use crate::cross::emulator::{self, End, Outcome};
use crate::cross::{CrossError, Image};
use crate::parity::compare::{Part, Tally};

/// Bytes of requests that one start of an emulator gets; a second or two of its time.
const BATCH: usize = 512 * 1024;
/// How long an emulator may take for them.
const BOUND_OF_BATCH: Duration = Duration::from_mins(3);
/// How long it may take for one life that is played alone.
const BOUND_OF_LIFE: Duration = Duration::from_secs(30);
/// Lines about the progress of a run on one core.
const STEPS: usize = 5;

/// What a run on one core came to.
#[derive(Clone, Debug)]
pub(crate) struct Replay {
    /// What was gathered.
    pub(crate) tally: Tally,
    /// How long it took, on the wall.
    pub(crate) elapsed: Duration,
}

/// Why a run stopped early.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Stop {
    /// The core does not do what this machine does.
    Diverged(Divergence),
    /// The run itself failed.
    Failed(CrossError),
}

/// Where a core does not do what this machine does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Divergence {
    /// Which of the parts.
    pub(crate) part: usize,
    /// Which request of its script.
    pub(crate) request: usize,
    /// What it did there.
    pub(crate) how: How,
}

/// What a core did that this machine does not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum How {
    /// It answered otherwise.
    Differs,
    /// It ended; with what it had to say.
    Ended(String),
    /// It did not end.
    Hung,
}

impl From<CrossError> for Stop {
    fn from(error: CrossError) -> Self {
        Self::Failed(error)
    }
}

/// Plays all parts on a core and compares every answer.
///
/// # Errors
///
/// [`Stop::Diverged`] at the first difference, [`Stop::Failed`] when the emulator does not run.
#[expect(
    clippy::disallowed_methods,
    reason = "times the run on the wall, not the simulation"
)]
pub(crate) fn replay(image: &Image, parts: &[Part]) -> Result<Replay, Stop> {
    let start = Instant::now();
    let mut tally = Tally::default();
    let mut said = 0;
    for batch in batches(parts) {
        let first = batch.start;
        let outcome = run(image, &parts[batch.clone()])?;
        settle(image, &parts[batch], &outcome, &mut tally).map_err(|stop| stop.behind(first))?;
        let step = tally.lives * STEPS / parts.len().max(1);
        if step > said {
            said = step;
            let (name, done, all) = (image.target.name(), tally.lives, parts.len());
            console::say(&format!("{name}: {done}/{all} lives …"));
        }
    }
    let elapsed = start.elapsed();
    Ok(Replay { tally, elapsed })
}

impl Stop {
    /// Counts parts from further in front.
    fn behind(self, first: usize) -> Self {
        match self {
            Self::Diverged(divergence) => Self::Diverged(Divergence {
                part: first + divergence.part,
                ..divergence
            }),
            failed @ Self::Failed(_) => failed,
        }
    }
}

/// Cuts parts into batches of whole lives.
fn batches(parts: &[Part]) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, part) in parts.iter().enumerate() {
        bytes += part.script.frames.len();
        if bytes >= BATCH || index + 1 == parts.len() {
            batches.push(start..index + 1);
            (start, bytes) = (index + 1, 0);
        }
    }
    batches
}

fn run(image: &Image, parts: &[Part]) -> Result<Outcome, CrossError> {
    let frames = parts.iter().map(|part| part.script.frames.as_slice());
    let input = frames.collect::<Vec<_>>().concat();
    emulator::run(image, &input, BOUND_OF_BATCH)
}

/// Compares a batch, and looks closer at one that did not end well.
fn settle(image: &Image, parts: &[Part], outcome: &Outcome, tally: &mut Tally) -> Result<(), Stop> {
    let is_well = outcome.end == End::Exited(Some(0));
    match tally.compare(parts, &outcome.output) {
        Ok(()) if is_well => Ok(()),
        Err(place) if place.is_answered || is_well => Err(Stop::Diverged(Divergence {
            part: place.part,
            request: place.request,
            how: How::Differs,
        })),
        // The answers before the end may be lost with it: play from here one by one.
        found => {
            let from = found.err().map_or(parts.len() - 1, |place| place.part);
            for (index, part) in parts.iter().enumerate().skip(from) {
                let alone = |count| {
                    let input = part.script.front(count);
                    emulator::run(image, input, BOUND_OF_LIFE)
                };
                if let Some((request, how)) = last_words(part, alone)? {
                    let part = index;
                    return Err(Stop::Diverged(Divergence { part, request, how }));
                }
            }
            Err(Stop::Failed(CrossError::Failed(format!(
                "{} {} in a run of {} lives, from {} on, but in none of them alone",
                image.target.name(),
                words(outcome),
                parts.len(),
                parts[from].life.name,
            ))))
        }
    }
}

/// Plays a life alone, and finds the request that ends it; `None` when it ends well.
///
/// `run` puts that many requests to a fresh core.
fn last_words(
    part: &Part,
    mut run: impl FnMut(usize) -> Result<Outcome, CrossError>,
) -> Result<Option<(usize, How)>, CrossError> {
    let is_well = |outcome: &Outcome| outcome.end == End::Exited(Some(0));
    let all = part.script.requests();
    let whole = run(all)?;
    if is_well(&whole) {
        return Ok(None);
    }
    // It ends well with `low` requests, and does not with `high`.
    let (mut low, mut high, mut end) = (0, all, whole);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        let outcome = run(middle)?;
        if is_well(&outcome) {
            low = middle;
        } else {
            (high, end) = (middle, outcome);
        }
    }
    let how = match end.end {
        End::Hung => How::Hung,
        End::Exited(_) => How::Ended(words(&end)),
    };
    Ok(Some((high - 1, how)))
}

/// Says how a run ended.
fn words(outcome: &Outcome) -> String {
    let end = match outcome.end {
        End::Exited(Some(code)) => format!("ended with code {code}"),
        End::Exited(None) => "was ended by a signal".to_owned(),
        End::Hung => "did not end, and was ended".to_owned(),
    };
    let complaints = outcome.complaints.trim_end();
    if complaints.is_empty() {
        end
    } else {
        format!("{end}: {complaints}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parity::random;

    fn part() -> Part {
        Part::new(random::lead(1, 1).0)
    }

    fn length(part: &Part) -> usize {
        part.script.frames.len()
    }

    fn outcome(end: End) -> Outcome {
        Outcome {
            output: Vec::new(),
            complaints: String::new(),
            end,
        }
    }

    #[test]
    fn the_request_that_ends_a_core_is_found() {
        let part = part();
        for fatal in [1, 2, 17, part.script.requests()] {
            let run = |count| {
                let code = if count >= fatal { 101 } else { 0 };
                Ok(outcome(End::Exited(Some(code))))
            };
            let found = last_words(&part, run).unwrap();
            let how = How::Ended("ended with code 101".to_owned());
            assert_eq!(found, Some((fatal - 1, how)));
        }
    }

    #[test]
    fn a_life_that_ends_well_alone_is_not_blamed() {
        let run = |_| Ok(outcome(End::Exited(Some(0))));
        assert_eq!(last_words(&part(), run), Ok(None));
    }

    #[test]
    fn a_core_that_hangs_is_told_from_one_that_ends() {
        let found = last_words(&part(), |_| Ok(outcome(End::Hung))).unwrap();
        assert_eq!(found, Some((0, How::Hung)));
    }

    #[test]
    fn batches_hold_every_part_once() {
        let mut parts = Vec::new();
        while parts.iter().map(length).sum::<usize>() < 2 * BATCH {
            parts.push(part());
        }
        let batches = batches(&parts);
        assert_eq!(batches.len(), 2);
        let indices: Vec<usize> = batches.into_iter().flatten().collect();
        assert!(indices.into_iter().eq(0..parts.len()));
    }
}
