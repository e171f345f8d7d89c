//! One step of a task, as data.
//!
//! Owns what a step is made of and how it is carried out. Does not know the order of steps,
//! nor what a failure means for the next one.

use std::process::Command;

use crate::root::{cargo, root};

/// One thing that a task does.
#[derive(Debug)]
pub(crate) struct Step {
    /// The word on the command line and in the summary.
    pub(crate) name: &'static str,
    /// What it proves, in a few words.
    pub(crate) proves: &'static str,
    /// What the machine must have besides cargo.
    pub(crate) tool: Option<Tool>,
    /// What to do.
    pub(crate) action: Action,
}

/// Something that may be absent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// The program that is asked.
    pub(crate) program: Program,
    /// Its arguments; it succeeds with them only if the tool is there.
    pub(crate) probe: &'static [&'static str],
    /// The command that installs it.
    pub(crate) install: &'static str,
}

/// Which program knows whether a tool is there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Program {
    /// Cargo: the tool is one of its components.
    Cargo,
    /// A file that `.ci/run` installs, by its path from the repository's root.
    Installed(&'static str),
    /// The tool itself.
    Own(&'static str),
}

/// How a step is carried out.
#[derive(Debug)]
pub(crate) enum Action {
    /// Start cargo.
    Cargo {
        /// Its arguments.
        arguments: &'static [&'static str],
        /// Variables added to its environment.
        variables: &'static [(&'static str, &'static str)],
    },
    /// Call a function of this program.
    Inner(fn() -> Result<(), String>),
}

impl Action {
    /// Returns the action that starts cargo with these arguments.
    pub(crate) const fn cargo(arguments: &'static [&'static str]) -> Self {
        Self::Cargo {
            arguments,
            variables: &[],
        }
    }

    /// Returns the action as one would type it, or `None` for an inner one.
    pub(crate) fn typed(&self) -> Option<String> {
        match self {
            Self::Cargo {
                arguments,
                variables,
            } => {
                let set = variables
                    .iter()
                    .map(|(name, value)| format!("{name}='{value}' "));
                Some(format!(
                    "{}cargo {}",
                    set.collect::<String>(),
                    arguments.join(" ")
                ))
            }
            Self::Inner(_) => None,
        }
    }

    /// Carries the action out; its output goes straight to the terminal.
    pub(crate) fn perform(&self) -> Result<(), String> {
        match self {
            Self::Cargo {
                arguments,
                variables,
            } => {
                let status = cargo(arguments).envs(variables.iter().copied()).status();
                match status {
                    Ok(status) if status.success() => Ok(()),
                    Ok(status) => Err(format!("cargo ended with {status}")),
                    Err(error) => Err(format!("cargo did not start: {error}")),
                }
            }
            Self::Inner(function) => function(),
        }
    }
}

impl Tool {
    /// Returns whether the machine has the tool.
    pub(crate) fn is_present(&self) -> bool {
        let mut command = match self.program {
            Program::Cargo => cargo(&[]),
            Program::Installed(path) => Command::new(root().join(path)),
            Program::Own(name) => Command::new(name),
        };
        command
            .args(self.probe)
            .output()
            .is_ok_and(|output| output.status.success())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_shows_what_to_type_to_repeat_it() {
        let action = Action::Cargo {
            arguments: &["doc", "--no-deps"],
            variables: &[("RUSTDOCFLAGS", "-D warnings")],
        };
        assert_eq!(
            action.typed().as_deref(),
            Some("RUSTDOCFLAGS='-D warnings' cargo doc --no-deps")
        );
    }

    #[test]
    fn a_failing_command_fails_its_step() {
        let bad = Action::cargo(&["no-such-subcommand-of-cargo"]);
        assert!(bad.perform().is_err());
        assert_eq!(Action::cargo(&["--version"]).perform(), Ok(()));
    }

    #[test]
    fn a_tool_that_does_not_answer_is_absent() {
        let absent = Tool {
            name: "nothing",
            program: Program::Cargo,
            probe: &["no-such-subcommand-of-cargo"],
            install: "",
        };
        assert!(!absent.is_present());
    }
}
