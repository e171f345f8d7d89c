//! The seam between running and reporting: the only thing a runner tells a reporter.

use std::io;

use nodelab_sim::SimSpan;

use crate::verdict::Outcome;

/// Renders a run for people or machines.
pub trait Reporter {
    /// Takes one event; called in order.
    ///
    /// # Errors
    ///
    /// Any error while writing the report.
    fn on_event(&mut self, event: &RunEvent<'_>) -> io::Result<()>;
}

/// One thing that happened in a run of scenarios.
#[derive(Clone, Copy, Debug)]
pub enum RunEvent<'a> {
    /// One scenario ended with one seed.
    Finished {
        /// Which scenario.
        scenario: &'a ScenarioInfo,
        /// How it ended.
        outcome: &'a Outcome,
    },
    /// All scenarios ended.
    Ended(&'a Summary),
}

/// What reports say about a scenario.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScenarioInfo {
    /// Path as the user gave it.
    pub file: String,
    /// What the scenario claims.
    pub name: String,
    /// How many seeds of it are run.
    pub seeds: u32,
}

/// Totals.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// Runs with a failed claim.
    pub failed: u32,
    /// Runs in which every claim held.
    pub passed: u32,
    /// Runs that ran out of simulated time.
    pub timed_out: u32,
    /// Runs that a signal ended, or that were not begun because of it.
    pub unfinished: u32,
    /// Simulated time of all runs together.
    pub virtual_time: SimSpan,
}

/// Returns the command that shows a failure again.
#[must_use]
pub fn replay_command(file: &str, seed: u64, at: nodelab_sim::SimTime) -> String {
    let second = 1_000_000_000;
    let until = nodelab_sim::SimTime::from_nanos((at.as_nanos() / second + 1) * second);
    let until = until.to_string();
    let until = until.strip_suffix(".000").unwrap_or(&until);
    let file = if file.contains([' ', '\'', '"', '$', '(', ')', '&', ';']) {
        format!("'{}'", file.replace('\'', "'\\''"))
    } else {
        file.to_owned()
    };
    format!("nodelab run {file} --seed {seed} --until {until}")
}

#[cfg(test)]
mod tests {
    use nodelab_sim::SimTime;

    use super::*;

    #[test]
    fn a_replay_runs_past_the_failure() {
        let at = SimTime::from_nanos(3_133_204_000_000);
        let command = replay_command("scenarios/wifi/weak.test.yaml", 17, at);
        assert_eq!(
            command,
            "nodelab run scenarios/wifi/weak.test.yaml --seed 17 --until 00:52:14"
        );
    }

    #[test]
    fn a_path_with_a_space_survives_the_shell() {
        let command = replay_command("my files/it's.yaml", 1, SimTime::ZERO);
        assert!(
            command.starts_with(r"nodelab run 'my files/it'\''s.yaml' --seed 1"),
            "{command}"
        );
    }
}
