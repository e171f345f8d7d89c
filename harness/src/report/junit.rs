//! The JUnit report, for build servers: one suite per scenario, one case per seed.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::event::{Reporter, RunEvent, ScenarioInfo, replay_command};
use crate::verdict::{Failure, Outcome, Status};

/// Writes one XML document when everything ended.
///
/// It carries no wall-clock time, so that two equal runs give equal files.
#[expect(missing_debug_implementations, reason = "a writer has nothing to show")]
pub struct JunitReport {
    out: Box<dyn Write + Send>,
    suites: Vec<(ScenarioInfo, TestSuite)>,
}

impl JunitReport {
    /// Builds a report that is written to `out` at the end.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            suites: Vec::new(),
        }
    }

    fn add(&mut self, scenario: &ScenarioInfo, outcome: &Outcome) {
        let case = case(scenario, outcome);
        match self.suites.last_mut() {
            Some((last, suite)) if last == scenario => {
                suite.add_test_case(case);
            }
            _ => {
                let mut suite = TestSuite::new(scenario.name.as_str());
                suite.add_test_case(case);
                self.suites.push((scenario.clone(), suite));
            }
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let mut report = Report::new("nodelab");
        for (_, suite) in self.suites.drain(..) {
            report.add_test_suite(suite);
        }
        report.serialize(&mut self.out).map_err(io::Error::other)?;
        self.out.flush()
    }
}

impl Reporter for JunitReport {
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()> {
        match event {
            RunEvent::Finished { scenario, outcome } => {
                self.add(scenario, outcome);
                Ok(())
            }
            RunEvent::Ended(_) => self.write(),
        }
    }
}

fn case(scenario: &ScenarioInfo, outcome: &Outcome) -> TestCase {
    let status = match outcome.status {
        Status::Passed => TestCaseStatus::success(),
        Status::Failed | Status::Timeout => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let first = outcome
                .failures
                .first()
                .map_or("out of time", |first| &first.expected);
            status.set_message(first);
            status.set_description(describe(scenario, outcome));
            status
        }
    };
    let mut case = TestCase::new(format!("seed {}", outcome.seed), status);
    case.set_classname(scenario.file.as_str());
    case.add_property(("digest", outcome.digest.to_string().as_str()));
    case.add_property((
        "virtual_ms",
        outcome.virtual_time.as_millis().to_string().as_str(),
    ));
    case
}

fn describe(scenario: &ScenarioInfo, outcome: &Outcome) -> String {
    let one = |failure: &Failure| {
        format!(
            "{}\nat {} {}\nexpected {}\nseen {}\nreplay {}\n",
            failure.claim,
            failure.at,
            failure
                .node_number()
                .map_or("all nodes".to_owned(), |node| format!("node {node}")),
            failure.expected,
            failure.seen,
            replay_command(&scenario.file, outcome.seed, failure.at),
        )
    };
    outcome
        .failures
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join("\n")
}
