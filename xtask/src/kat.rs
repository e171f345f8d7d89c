//! `cargo xtask kat`: the battery of known answers, on the host and on each emulated core.
//!
//! The compiler's back end for the lx106 is young. Owns the comparison, line by line, and what
//! happens when an operation never ends: it is named, and the battery goes on behind it. Does not
//! know the operations; they are in `firmware/kat`.

use std::fmt::Write as _;
use std::time::Duration;

use crate::console;
use crate::cross::emulator::{self, End, Outcome};
use crate::cross::{CrossError, Image, Package, Remedies, Target, build_with};

/// How long the whole battery may take on one core; it takes a few seconds.
const BOUND: Duration = Duration::from_mins(2);
/// How long it may take where an operation is expected to hang.
const BOUND_OF_HANG: Duration = Duration::from_secs(20);
/// Operations that may hang before the rest is given up.
const HANGS_MAX: usize = 8;
/// The same where one fault is as good as many.
const HANGS_OF_CHECK_MAX: usize = 1;
/// Faults that are listed.
const LISTED_MAX: usize = 40;

/// Cores that the battery runs on.
const TARGETS: [Target; 2] = [Target::Lx106, Target::Riscv32Virt];

/// What is wrong with one operation.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Fault {
    /// It never ended.
    Hung {
        /// Group and operation.
        name: String,
    },
    /// It and all that follow were not tried: too many hung before.
    Untried {
        /// Group and operation.
        name: String,
    },
    /// Its hash is another one.
    Wrong {
        /// Group, operation and hash on the host.
        host: String,
        /// The line of the core.
        core: String,
    },
}

/// Runs the battery; `--without-remedies` as the compiler leaves it.
///
/// # Errors
///
/// [`CrossError::Failed`] when an operation differs, [`CrossError::Missing`] without a tool.
pub(crate) fn run(arguments: &[String]) -> Result<(), CrossError> {
    match arguments {
        [] => {
            for target in TARGETS {
                verdict(target, &faults(target, Remedies::Applied, HANGS_MAX)?)?;
            }
            Ok(())
        }
        [argument] if argument == "--without-remedies" => {
            let faults = faults(Target::Lx106, Remedies::LeftOut, HANGS_MAX)?;
            verdict(Target::Lx106, &faults)
        }
        _ => Err(CrossError::Missing(
            "usage: cargo xtask kat [--without-remedies]".to_owned(),
        )),
    }
}

/// Checks that the battery passes, and that it would see the compiler's known faults.
pub(crate) fn check() -> Result<(), String> {
    run(&[]).map_err(|error| error.to_string())?;
    let seen = faults(Target::Lx106, Remedies::LeftOut, HANGS_OF_CHECK_MAX);
    let seen = seen.map_err(|error| error.to_string())?;
    // A hang alone may be a slow machine.
    if !seen
        .iter()
        .any(|fault| matches!(fault, Fault::Wrong { .. }))
    {
        return Err(
            "the battery finds nothing wrong on lx106 without the remedies: either the compiler \
             is mended and they can go, or the battery has grown blind"
                .to_owned(),
        );
    }
    console::say("without the remedies, it fails on lx106, as it must");
    Ok(())
}

fn verdict(target: Target, faults: &[Fault]) -> Result<(), CrossError> {
    if faults.is_empty() {
        console::say(&format!("{}: every answer is the host's", target.name()));
        return Ok(());
    }
    let mut text = format!("{} operations fail on {}:\n", faults.len(), target.name());
    for fault in faults.iter().take(LISTED_MAX) {
        match fault {
            Fault::Hung { name } => writeln!(text, "  {name}: never ended"),
            Fault::Untried { name } => writeln!(text, "  {name} and all behind it: not tried"),
            Fault::Wrong { host, core } => writeln!(text, "  {host} on the host, {core} there"),
        }
        .expect("a string takes all that is written to it");
    }
    if faults.len() > LISTED_MAX {
        text.push_str("  and more\n");
    }
    Err(CrossError::Failed(text.trim_end().to_owned()))
}

/// Runs the battery on a core and compares it with the host.
fn faults(target: Target, remedies: Remedies, hangs_max: usize) -> Result<Vec<Fault>, CrossError> {
    let name = target.name();
    console::say(&format!("building the battery for {name} …"));
    let image = build_with(target, Package::Battery, remedies, None)?;
    let expected = host();
    console::say(&format!(
        "running {} operations on {name} …",
        expected.len()
    ));
    let bound = match remedies {
        Remedies::Applied => BOUND,
        Remedies::LeftOut => BOUND_OF_HANG,
    };
    compare(&expected, hangs_max, |skipped| {
        let skipped = u32::try_from(skipped).unwrap_or(u32::MAX);
        emulator::run(&image, &skipped.to_le_bytes(), bound)
    })
    .map_err(|error| of_image(&image, error))
}

fn of_image(image: &Image, error: CrossError) -> CrossError {
    match error {
        CrossError::Failed(why) => CrossError::Failed(format!("{}: {why}", image.path.display())),
        missing @ CrossError::Missing(_) => missing,
    }
}

/// Compares a core's lines with the host's; `run` leaves out the operations in front.
fn compare(
    expected: &[String],
    hangs_max: usize,
    mut run: impl FnMut(usize) -> Result<Outcome, CrossError>,
) -> Result<Vec<Fault>, CrossError> {
    let mut faults = Vec::new();
    let mut done = 0;
    for _ in 0..hangs_max {
        let outcome = run(done)?;
        let output = String::from_utf8_lossy(&outcome.output);
        let lines = output.split_inclusive('\n');
        // The last line may have been cut off by the end.
        for line in lines.filter_map(|line| line.strip_suffix('\n')) {
            let host = expected.get(done).ok_or_else(|| {
                CrossError::Failed(format!("the core has an operation too many: {line}"))
            })?;
            if host != line {
                faults.push(Fault::Wrong {
                    host: host.clone(),
                    core: line.to_owned(),
                });
            }
            done += 1;
        }
        match (outcome.end, expected.get(done)) {
            (End::Exited(Some(0)), None) => return Ok(faults),
            (End::Exited(_), _) => {
                return Err(CrossError::Failed(format!(
                    "ended after {done} of {} operations with {:?}: {}",
                    expected.len(),
                    outcome.end,
                    outcome.complaints.trim_end()
                )));
            }
            (End::Hung, Some(line)) => {
                faults.push(Fault::Hung {
                    name: operation(line).to_owned(),
                });
                done += 1;
            }
            (End::Hung, None) => {
                return Err(CrossError::Failed(
                    "every operation was done, but the image did not end".to_owned(),
                ));
            }
        }
    }
    if let Some(line) = expected.get(done) {
        faults.push(Fault::Untried {
            name: operation(line).to_owned(),
        });
    }
    Ok(faults)
}

/// Returns group and operation of a line.
fn operation(line: &str) -> &str {
    line.rsplit_once(' ').map_or(line, |(name, _)| name)
}

/// Does the operations on this machine.
fn host() -> Vec<String> {
    let mut lines = Vec::new();
    let mut report = |line: &kat::Line| {
        let mut buffer = [0; 64];
        let text = String::from_utf8_lossy(line.text(&mut buffer));
        lines.push(text.trim_end().to_owned());
    };
    kat::run(&mut kat::Bench::new(0, &mut report));
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn outcome(output: &str, end: End) -> Outcome {
        Outcome {
            output: output.as_bytes().to_vec(),
            complaints: String::new(),
            end,
        }
    }

    fn lines() -> Vec<String> {
        ["u8 add 01", "u8 divide 02", "u8 root 03"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn equal_lines_are_no_fault() {
        let whole = "u8 add 01\nu8 divide 02\nu8 root 03\n";
        let faults = compare(&lines(), 2, |_| Ok(outcome(whole, End::Exited(Some(0)))));
        assert_eq!(faults, Ok(Vec::new()));
    }

    #[test]
    fn a_wrong_answer_is_named_with_both_lines() {
        let other = "u8 add 01\nu8 divide ff\nu8 root 03\n";
        let faults = compare(&lines(), 2, |_| Ok(outcome(other, End::Exited(Some(0)))));
        let expected = Fault::Wrong {
            host: "u8 divide 02".to_owned(),
            core: "u8 divide ff".to_owned(),
        };
        assert_eq!(faults, Ok(vec![expected]));
    }

    #[test]
    fn the_battery_goes_on_behind_an_operation_that_hangs() {
        let faults = compare(&lines(), 2, |skipped| {
            Ok(match skipped {
                0 => outcome("u8 add 01\nu8 div", End::Hung),
                2 => outcome("u8 root 03\n", End::Exited(Some(0))),
                other => panic!("{other}"),
            })
        });
        let name = "u8 divide".to_owned();
        assert_eq!(faults, Ok(vec![Fault::Hung { name }]));
    }

    #[test]
    fn what_is_not_tried_after_too_many_hangs_is_named() {
        let faults = compare(&lines(), 2, |_| Ok(outcome("", End::Hung))).unwrap();
        let name = "u8 root".to_owned();
        assert_eq!(faults.len(), 3);
        assert_eq!(faults[2], Fault::Untried { name });
    }

    #[test]
    fn lines_that_never_came_are_no_success() {
        let faults = compare(&lines(), 2, |_| {
            Ok(outcome("u8 add 01\n", End::Exited(Some(0))))
        });
        assert!(matches!(faults, Err(CrossError::Failed(_))));
    }

    #[test]
    fn operations_have_different_names_and_different_hashes_differ_by_run() {
        let lines = host();
        let names: BTreeSet<&str> = lines.iter().map(|line| operation(line)).collect();
        assert_eq!(names.len(), lines.len());
        assert_eq!(host(), lines);
    }
}
