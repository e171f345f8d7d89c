//! Annotations for GitHub's build servers: what failed, at the line that claims it.
//!
//! Owns the commands of the log, and what has to be escaped in them (GitHub Docs, "Workflow
//! commands for GitHub Actions"; `actions/toolkit`, `command.ts`). The server shows ten errors of
//! a step at most, so each scenario is told once, with its first failure.

use std::io::{self, Write};

use crate::event::{Reporter, RunEvent, ScenarioInfo, replay_command};
use crate::verdict::Outcome;

/// Writes one annotation for each scenario that did not pass.
#[expect(missing_debug_implementations, reason = "a writer has nothing to show")]
pub struct GithubReport {
    out: Box<dyn Write + Send>,
    /// The scenario that failed last, and in how many worlds.
    failed: Option<(ScenarioInfo, String, u32)>,
}

impl GithubReport {
    /// Builds a report that is written to `out` as it comes.
    #[must_use]
    pub const fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, failed: None }
    }

    fn add(&mut self, scenario: &ScenarioInfo, outcome: &Outcome) -> io::Result<()> {
        let Some(first) = outcome.failures.first() else {
            return Ok(());
        };
        if let Some((last, _, worlds)) = &mut self.failed
            && last == scenario
        {
            *worlds += 1;
            return Ok(());
        }
        self.flush()?;
        let place = first
            .line
            .map_or(String::new(), |line| format!(",line={line}"));
        let replay = replay_command(&scenario.file, outcome.seed, first.at);
        let command = format!(
            "::error file={}{place},title={}::{}",
            property(&scenario.file),
            property(&scenario.name),
            data(&format!(
                "{}\nexpected {}\nseen {}\nat {} with seed {}\nreplay: {replay}",
                first.claim, first.expected, first.seen, first.at, outcome.seed
            )),
        );
        self.failed = Some((scenario.clone(), command, 1));
        Ok(())
    }

    /// Writes the scenario that failed last.
    fn flush(&mut self) -> io::Result<()> {
        match self.failed.take() {
            None => Ok(()),
            Some((scenario, command, worlds)) => {
                let of = scenario.seeds;
                writeln!(self.out, "{command}%0Ain {worlds} of {of} worlds")
            }
        }
    }
}

impl Reporter for GithubReport {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Finished { scenario, outcome } => self.add(scenario, outcome),
            RunEvent::Ended(summary) => {
                self.flush()?;
                let crate::event::Summary {
                    failed,
                    passed,
                    timed_out,
                    unfinished,
                    ..
                } = **summary;
                let lost = failed + timed_out + unfinished;
                writeln!(
                    self.out,
                    "::notice title=nodelab::{passed} worlds passed, {lost} did not"
                )?;
                self.out.flush()
            }
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
