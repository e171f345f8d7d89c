//! Exit codes: part of the interface, documented and never renumbered.

/// How the program ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// 0: every claim held.
    Passed,
    /// 1: a claim failed; with `--strict-wokwi` also a file that wokwi-cli rejects.
    Failed,
    /// 2: nodelab itself failed, which is a bug.
    Bug,
    /// 3: the input is not valid: a scenario, a diagram, a trace or an argument; or an output
    /// cannot be written.
    Invalid,
    /// 42: a scenario ran out of simulated time.
    TimedOut,
    /// 130: a signal ended the run before all worlds were finished, and no claim had failed.
    Interrupted,
}

impl Exit {
    /// Returns the number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Bug => 2,
            Self::Invalid => 3,
            Self::TimedOut => 42,
            Self::Interrupted => 130,
        }
    }
}
