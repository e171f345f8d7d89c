//! `cargo xtask quick`: what to run before each commit.
//!
//! Owns the choice of the cheap steps. Does not know how a step is carried out.

use crate::step::{Action, Step};
use crate::test;

const UNIT: Step = Step {
    name: "unit",
    proves: "unit tests of the libraries pass",
    tool: None,
    action: Action::cargo(&["test", "--workspace", "--lib"]),
};

/// Runs the cheap steps.
pub(crate) fn run(_arguments: &[String]) -> Result<(), String> {
    test::carry_out(&[&test::FORMAT, &test::TIDY, &UNIT])
}
