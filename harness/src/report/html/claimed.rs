//! What a scenario claims, and how that stood in its worlds.
//!
//! Owns the words of the list of claims. Does not know how a claim is judged: it matches what
//! did not hold with what was written, by line and words.

use super::page::ClaimLine;
use crate::report::broken::broken;
use crate::scenario::{PinValue, Scenario, Step, StepCommand};
use crate::verdict::{Failure, Outcome};

/// Claims that are listed, beside those that did not hold.
const LISTED_MAX: usize = 100;

/// The claims of a scenario, and what its worlds made of them.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    claims: Vec<Claimed>,
    worlds: u64,
}

/// One claim.
#[derive(Clone, Debug)]
struct Claimed {
    /// Its line in the file; `None` for what always holds.
    line: Option<u32>,
    /// The number of the step that claims it, from 1.
    step: Option<usize>,
    /// As the scenario words it.
    words: String,
    /// Worlds in which it did not hold.
    broken: u64,
    /// How often and when in the first of these.
    how: String,
    /// Worlds that ended before this step.
    missed: u64,
}

impl Ledger {
    /// Builds the list of what a scenario claims: its steps, then what it expects.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let line = |line: usize| u32::try_from(line).ok();
        let steps = scenario.steps.iter().enumerate();
        let steps = steps.filter_map(|(index, step)| {
            let claimed = Claimed::new(line(step.place.line), words_of(step)?);
            Some(Claimed {
                step: Some(index + 1),
                ..claimed
            })
        });
        let expected = scenario.extension.expect.iter().map(|claim| {
            let words = one_line(scenario.file.slice(claim.place.span));
            Claimed::new(line(claim.place.line), words)
        });
        Self {
            claims: steps.chain(expected).collect(),
            worlds: 0,
        }
    }

    /// Notes how a world ended.
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.worlds += 1;
        let mut ended_at = None;
        for one in broken(&outcome.failures) {
            let place = self.place_of(one.first).unwrap_or_else(|| {
                let words = one.first.claim.clone();
                self.claims.push(Claimed::new(one.first.line, words));
                self.claims.len() - 1
            });
            let claim = &mut self.claims[place];
            if claim.broken == 0 {
                claim.how = format!("with seed {}: {}", outcome.seed, one.how());
            }
            claim.broken += 1;
            ended_at = ended_at.or(claim.step);
        }
        let ended_at = ended_at.unwrap_or(usize::MAX);
        for claim in &mut self.claims {
            claim.missed += u64::from(claim.step.is_some_and(|step| step > ended_at));
        }
    }

    /// Returns the list, and how many claims that held are left out.
    pub(super) fn lines(&self) -> (Vec<ClaimLine>, usize) {
        let claims = self.claims.iter().enumerate();
        let (shown, left_out): (Vec<_>, Vec<_>) =
            claims.partition(|(place, claim)| *place < LISTED_MAX || claim.broken > 0);
        let lines = shown.iter().map(|(_, claim)| claim.line(self.worlds));
        (lines.collect(), left_out.len())
    }

    /// Returns which claim a failure belongs to.
    fn place_of(&self, failure: &Failure) -> Option<usize> {
        let claims = || self.claims.iter().enumerate();
        if failure.line.is_none() {
            let step = failure.claim.strip_prefix("step ");
            let step = step.and_then(|number| number.parse().ok());
            let mut found = claims().filter(|(_, claim)| match step {
                Some(_) => claim.step == step,
                None => claim.line.is_none() && claim.words == failure.claim,
            });
            return found.next().map(|(place, _)| place);
        }
        // Several claims may share a line; their key, or all their words, tell them apart.
        let key = failure.claim.split(':').next().unwrap_or("");
        let on_line = claims().filter(|(_, claim)| claim.line == failure.line);
        let rank = |claim: &Claimed| {
            let is_whole = claim.words.contains(&failure.claim);
            u8::from(is_whole) + u8::from(claim.words.contains(key))
        };
        let best = on_line.min_by_key(|(_, claim)| std::cmp::Reverse(rank(claim)));
        best.map(|(place, _)| place)
    }
}

impl Claimed {
    const fn new(line: Option<u32>, words: String) -> Self {
        Self {
            line,
            step: None,
            words,
            broken: 0,
            how: String::new(),
            missed: 0,
        }
    }

    fn line(&self, worlds: u64) -> ClaimLine {
        let (class, mark, verdict, how) = match (self.broken, self.missed) {
            (0, 0) => ("passed", "✓", "held", String::new()),
            (0, missed) => {
                let how = match worlds {
                    1 => String::new(),
                    worlds => format!("in {missed} of {worlds} worlds"),
                };
                ("missed", "–", "not reached", how)
            }
            (broken, _) => {
                let how = match worlds {
                    1 => self.how.clone(),
                    worlds => format!("in {broken} of {worlds} worlds; {}", self.how),
                };
                ("failed", "✗", "did not hold", how)
            }
        };
        let line = self.line.map(|line| format!("line {line}"));
        ClaimLine {
            class,
            mark,
            verdict,
            words: self.words.clone(),
            line: line.unwrap_or_else(|| "holds in every world".to_owned()),
            how,
        }
    }
}

/// Returns what a step waits for or expects, in the words of the file.
fn words_of(step: &Step) -> Option<String> {
    let name = step.command.name();
    Some(match &step.command {
        StepCommand::ExpectChipOutput(text) | StepCommand::WaitSerial(text) => {
            format!("{name}: {text:?}")
        }
        StepCommand::ExpectPin { part, pin, value } => {
            let value = match value {
                PinValue::Level(level) => u8::from(*level).to_string(),
                PinValue::Never(text) => text.clone(),
            };
            format!("{name}: {part}:{pin} is {value}")
        }
        StepCommand::Delay(_)
        | StepCommand::SetControl { .. }
        | StepCommand::WriteSerial(_)
        | StepCommand::TakeScreenshot { .. }
        | StepCommand::Touch { .. }
        | StepCommand::TouchPress { .. }
        | StepCommand::TouchRelease { .. }
        | StepCommand::TouchMove { .. } => return None,
    })
}

/// Returns what stands in a file as one line without comments.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let comments = line.match_indices(" #").map(|(place, _)| &line[..place]);
        let is_outside = |before: &&str| before.matches(['"', '\'']).count().is_multiple_of(2);
        comments.into_iter().find(is_outside).unwrap_or(line).trim()
    });
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use nodelab_sim::{NodeId, SimTime};

    use super::*;
    use crate::prepare::prepare_text;

    const TEXT: &str = "name: n
version: 1
x-nodelab:
  expect:
    - error-at-most: 0.5 °C # of \"all\"
    - never:
        serial: 'a # b'
    - reading-between: -5..40 °C
steps:
  - wait-serial: TMP36
  - delay: 1s
  - wait-serial: never
";

    fn ledger() -> Ledger {
        Ledger::of(
            &prepare_text(TEXT, "n.test.yaml")
                .expect("it is valid")
                .0
                .scenario,
        )
    }

    fn failure(line: Option<u32>, claim: &str) -> Failure {
        Failure {
            at: SimTime::from_nanos(60_000_000_000),
            claim: claim.to_owned(),
            expected: String::new(),
            line,
            node: NodeId(0),
            seen: String::new(),
        }
    }

    fn place(line: Option<u32>, claim: &str) -> Option<usize> {
        ledger().place_of(&failure(line, claim))
    }

    #[test]
    fn claims_are_listed_in_the_words_of_the_file() {
        let (lines, left_out) = ledger().lines();
        let words: Vec<(&str, &str)> = lines.iter().map(|one| (&*one.words, &*one.line)).collect();
        assert_eq!(
            words,
            [
                ("wait-serial: \"TMP36\"", "line 10"),
                ("wait-serial: \"never\"", "line 12"),
                ("error-at-most: 0.5 °C", "line 5"),
                ("never: serial: 'a # b'", "line 6"),
                ("reading-between: -5..40 °C", "line 8"),
            ]
        );
        assert_eq!(left_out, 0);
    }

    #[test]
    fn failures_find_their_claim_by_line_or_step() {
        assert_eq!(place(Some(5), "error-at-most: 0.5 °C"), Some(2));
        assert_eq!(place(Some(6), "never: \"a # b\" on a console"), Some(3));
        assert_eq!(place(None, "step 3"), Some(1));
        assert_eq!(place(None, "progress"), None);
        assert_eq!(place(Some(99), "error-at-most: 0.5 °C"), None);
    }
}
