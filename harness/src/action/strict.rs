//! `--strict-wokwi`: what wokwi-cli 0.26.1 says of a file, in its words and with its exit codes.

use std::path::Path;

use nodelab_sim::SimSpan;

use super::{CheckAction, RunAction, complain, complain_of, print, run};
use crate::diagnostic::SourceFile;
use crate::event::Summary;
use crate::exit::Exit;
use crate::prepare::{self, Prepared};
use crate::run::{Limits, run_strict, run_world};
use crate::scenario::{self, BYTES_MAX, Segment, Step, StrictScenario, strict_validate};
use crate::verdict::{Outcome, Status};

/// Simulated time that wokwi-cli allows when nobody says otherwise (`--timeout 30000`).
const TIMEOUT_DEFAULT: SimSpan = SimSpan::from_secs(30);

/// Validates files, and everything about their steps that needs no device.
pub(super) fn check(action: &CheckAction) -> Exit {
    each(
        &action.paths,
        action.colour,
        |path, text| match strict_validate(text) {
            Err(error) => reject(path, &error.to_string()),
            Ok(strict) => {
                warn(path, &strict);
                let fatal = strict
                    .steps
                    .iter()
                    .find_map(|step| step.command.as_ref().err());
                match fatal {
                    Some(error) => reject(path, &error.to_string()),
                    None => print(&format!("{}: accepted\n", path.display())),
                }
            }
        },
    )
}

/// Runs files as wokwi-cli would. One that describes a node is run on it; any other on the
/// stand-in device.
pub(super) fn run(action: &RunAction) -> Exit {
    each(
        &action.paths,
        action.colour,
        |path, text| match strict_validate(text) {
            Err(error) => reject(path, &error.to_string()),
            Ok(strict) => {
                warn(path, &strict);
                run_file(action, path, text, &strict)
            }
        },
    )
}

fn run_file(action: &RunAction, path: &Path, text: &str, strict: &StrictScenario) -> Exit {
    let steps: Vec<Step> = strict
        .steps
        .iter()
        .map_while(|step| {
            let command = step.command.clone().ok()?;
            Some(Step {
                name: step.name.clone(),
                place: step.place,
                command,
            })
        })
        .collect();
    let timeout = action.timeout.unwrap_or(TIMEOUT_DEFAULT);
    let outcome = match described_node(path, text, action) {
        Err(exit) => return exit,
        Ok(Some(mut prepared)) => {
            prepared.scenario.steps = steps;
            let seed = action.seed.unwrap_or(prepared.scenario.extension.seed);
            let limits = Limits {
                timeout: action.timeout,
                until: action.until,
            };
            match run_world(&prepared, seed, limits) {
                Ok(outcome) => outcome,
                Err(error) => {
                    complain(&format!("error: {error}\n"));
                    return Exit::Bug;
                }
            }
        }
        Ok(None) => run_strict(&steps, timeout),
    };
    report(path, strict, &outcome, timeout)
}

/// Returns the node that a file describes in its `x-nodelab` block, if it has one.
fn described_node(path: &Path, text: &str, action: &RunAction) -> Result<Option<Prepared>, Exit> {
    let tree = scenario::compose(&SourceFile::new("scenario", text)).ok();
    let block = tree.and_then(|tree| tree.locate(&[Segment::Key("x-nodelab")]));
    if block.is_none() {
        return Ok(None);
    }
    match prepare::prepare(path) {
        Ok((prepared, _)) => Ok(Some(prepared)),
        Err(complaints) => {
            complain_of(&complaints.errors, action.colour);
            Err(Exit::Invalid)
        }
    }
}

fn report(path: &Path, strict: &StrictScenario, outcome: &Outcome, timeout: SimSpan) -> Exit {
    let fatal = strict
        .steps
        .iter()
        .find_map(|step| step.command.as_ref().err());
    match (outcome.status, fatal) {
        (Status::Passed, None) => {
            let name = &strict.name;
            print(&format!("[{name}] Scenario completed successfully\n"))
        }
        (Status::Passed, Some(error)) => reject(path, &error.to_string()),
        (Status::Failed, _) => {
            let message = outcome
                .failures
                .first()
                .map_or_else(String::new, |failure| {
                    let (nanos, expected, seen) =
                        (failure.at.as_nanos(), &failure.expected, &failure.seen);
                    format!("[{nanos}ns] Error: {seen} (expected {expected})")
                });
            reject(path, &message)
        }
        (Status::Timeout, _) => {
            let ms = timeout.as_millis();
            complain(&format!(
                "{}: Timeout: simulation did not finish in {ms}ms\n",
                path.display()
            ));
            Exit::TimedOut
        }
    }
}

/// Judges each file; the worst exit code counts.
fn each(
    paths: &[std::path::PathBuf],
    colour: super::ColourChoice,
    mut judge: impl FnMut(&Path, &str) -> Exit,
) -> Exit {
    let paths = match prepare::find(paths) {
        Ok(paths) => paths,
        Err(errors) => {
            complain_of(&errors, colour);
            return Exit::Invalid;
        }
    };
    let mut summary = Summary::default();
    for path in &paths {
        let exit = match scenario::read(path, BYTES_MAX) {
            Ok(text) => judge(path, &text),
            Err(error) => {
                complain_of(&[error], colour);
                Exit::Failed
            }
        };
        match exit {
            Exit::Passed => summary.passed += 1,
            Exit::Failed => summary.failed += 1,
            Exit::TimedOut => summary.timed_out += 1,
            Exit::Bug | Exit::Interrupted | Exit::Invalid => return exit,
        }
    }
    run::exit_of(&summary)
}

fn warn(path: &Path, strict: &StrictScenario) {
    for warning in &strict.warnings {
        complain(&format!("{}: {warning}\n", path.display()));
    }
}

fn reject(path: &Path, message: &str) -> Exit {
    complain(&format!("{}: {message}\n", path.display()));
    Exit::Failed
}
