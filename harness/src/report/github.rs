//! Annotations for GitHub's build servers: what failed, at the line that claims it.
//!
//! Owns the commands of the log, and what has to be escaped in them (GitHub Docs, "Workflow
//! commands for GitHub Actions"; `actions/toolkit`, `command.ts`). The server shows ten errors of
//! a step at most, so each claim of a scenario is told once, with its first failure, and the
//! first claim of each scenario comes before the second of any.

use std::io::{self, Write};

use super::broken::broken;
use crate::event::{Reporter, RunEvent, ScenarioInfo, Summary, replay_command};
use crate::verdict::Outcome;

/// Annotations of a run at most.
const ANNOTATIONS_MAX: usize = 10;

/// Writes one annotation for each claim that did not hold.
#[expect(missing_debug_implementations, reason = "a writer has nothing to show")]
pub struct GithubReport {
    out: Box<dyn Write + Send>,
    /// Scenarios that failed, in their order.
    failed: Vec<Failed>,
}

/// A scenario of which claims did not hold.
struct Failed {
    scenario: ScenarioInfo,
    claims: Vec<Annotation>,
}

/// A claim that did not hold.
struct Annotation {
    line: Option<u32>,
    claim: String,
    /// What is written of it; empty beyond those that can be shown.
    command: String,
    worlds: u32,
}

impl GithubReport {
    /// Builds a report that is written to `out` at the end.
    #[must_use]
    pub const fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            failed: Vec::new(),
        }
    }

    fn add(&mut self, scenario: &ScenarioInfo, outcome: &Outcome) {
        if outcome.failures.is_empty() {
            return;
        }
        if self
            .failed
            .last()
            .is_none_or(|last| last.scenario != *scenario)
        {
            self.failed.push(Failed {
                scenario: scenario.clone(),
                claims: Vec::new(),
            });
        }
        let failed = self.failed.last_mut().expect("it was just pushed");
        for one in broken(&outcome.failures) {
            let (line, claim) = (one.first.line, &one.first.claim);
            let mut known = failed.claims.iter_mut();
            if let Some(known) = known.find(|known| known.line == line && known.claim == *claim) {
                known.worlds += 1;
                continue;
            }
            let is_shown = failed.claims.len() < ANNOTATIONS_MAX;
            let command = is_shown.then(|| {
                let replay = replay_command(&scenario.file, outcome.seed, one.first.at);
                let place = line.map_or(String::new(), |line| format!(",line={line}"));
                let text = format!(
                    "{claim}\nexpected {}\nseen {}\n{} with seed {}\nreplay: {replay}",
                    one.first.expected,
                    one.first.seen,
                    one.how(),
                    outcome.seed
                );
                format!(
                    "::error file={}{place},title={}::{}",
                    property(&scenario.file),
                    property(&scenario.name),
                    data(&text),
                )
            });
            failed.claims.push(Annotation {
                line,
                claim: claim.clone(),
                command: command.unwrap_or_default(),
                worlds: 1,
            });
        }
    }

    fn write(&mut self, summary: &Summary) -> io::Result<()> {
        let all = self.failed.iter().enumerate();
        let all = all.flat_map(|(place, failed)| {
            let claims = failed.claims.iter().enumerate();
            claims.map(move |(rank, one)| (rank, place, failed.scenario.seeds, one))
        });
        let mut chosen: Vec<_> = all.collect();
        let count = chosen.len();
        chosen.sort_by_key(|(rank, _, _, _)| *rank);
        chosen.truncate(ANNOTATIONS_MAX);
        chosen.sort_by_key(|(rank, place, _, _)| (*place, *rank));
        for (_, _, of, one) in &chosen {
            let worlds = one.worlds;
            writeln!(self.out, "{}%0Ain {worlds} of {of} worlds", one.command)?;
        }
        let Summary {
            failed,
            passed,
            timed_out,
            unfinished,
            ..
        } = *summary;
        let lost = failed + timed_out + unfinished;
        write!(
            self.out,
            "::notice title=nodelab::{passed} worlds passed, {lost} did not"
        )?;
        match count - chosen.len() {
            0 => writeln!(self.out)?,
            1 => writeln!(
                self.out,
                "%0A1 more claim that did not hold has no annotation; the log of `--report text` \
                 names it"
            )?,
            more => writeln!(
                self.out,
                "%0A{more} more claims that did not hold have no annotation; the log of \
                 `--report text` names them"
            )?,
        }
        self.out.flush()
    }
}

impl Reporter for GithubReport {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Finished { scenario, outcome } => {
                self.add(scenario, outcome);
                Ok(())
            }
            RunEvent::Ended(summary) => self.write(summary),
        }
    }
}

/// Escapes the text of an annotation.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property of an annotation.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_or_a_property_is_escaped() {
        assert_eq!(data("100 %\r\n::x"), "100 %25%0D%0A::x");
        assert_eq!(property("a: b, c\n"), "a%3A b%2C c%0A");
    }
}
