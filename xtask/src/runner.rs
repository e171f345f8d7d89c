//! Runs steps one after the other.
//!
//! Owns what happens between steps: the first failure ends the run, an absent tool skips its
//! step by name, and on a build server a skip counts as a failure. Does not know which steps
//! there are, and asks the caller for everything that touches the machine.

use std::time::Duration;

use crate::step::{Step, Tool};

/// How a step ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// It failed, and why.
    Failed(String),
    /// An earlier step failed.
    NotRun,
    /// All well.
    Passed,
    /// Its tool is absent.
    Skipped,
}

/// What became of a step, and how long it took.
pub(crate) type Timed = (Result<(), String>, Duration);

/// What the machine can do for a run; tests put their own here.
pub(crate) struct Machine<'a> {
    /// Whether a tool is there.
    pub(crate) has: &'a dyn Fn(&Tool) -> bool,
    /// Carries out a step and times it.
    pub(crate) perform: &'a dyn Fn(&Step) -> Timed,
    /// Prints a line.
    pub(crate) say: &'a dyn Fn(&str),
    /// True where a skip must not pass unseen.
    pub(crate) strict: bool,
}

/// Runs the steps in order and returns how each of them ended.
pub(crate) fn run(steps: &[&Step], machine: &Machine<'_>) -> Vec<(Verdict, Duration)> {
    let mut verdicts: Vec<(Verdict, Duration)> = Vec::with_capacity(steps.len());
    for step in steps {
        let failed = verdicts
            .iter()
            .any(|(verdict, _)| matches!(verdict, Verdict::Failed(_)));
        verdicts.push(if failed {
            (Verdict::NotRun, Duration::ZERO)
        } else {
            run_one(step, machine)
        });
    }
    (machine.say)(&summary(steps, &verdicts));
    verdicts
}

fn run_one(step: &Step, machine: &Machine<'_>) -> (Verdict, Duration) {
    (machine.say)(&format!("\n=== {}: {}", step.name, step.proves));
    if let Some(typed) = step.action.typed() {
        (machine.say)(&format!("    {typed}"));
    }
    if let Some(tool) = step.tool.filter(|tool| !(machine.has)(tool)) {
        let message = format!("{} is absent; install it: {}", tool.name, tool.install);
        (machine.say)(&format!("--- {}: {message}", step.name));
        let verdict = if machine.strict {
            Verdict::Failed(format!("{message} (on a build server a skip is a failure)"))
        } else {
            Verdict::Skipped
        };
        return (verdict, Duration::ZERO);
    }
    let (result, took) = (machine.perform)(step);
    let verdict = result.map_or_else(Verdict::Failed, |()| Verdict::Passed);
    (machine.say)(&format!(
        "--- {}: {} in {}",
        step.name,
        word(&verdict),
        seconds(took)
    ));
    (verdict, took)
}

/// Returns the closing table.
fn summary(steps: &[&Step], verdicts: &[(Verdict, Duration)]) -> String {
    let mut lines = vec!["\n=== summary".to_owned()];
    for (step, (verdict, took)) in steps.iter().zip(verdicts) {
        let detail = match (verdict, step.tool) {
            (Verdict::Failed(why), _) => why.clone(),
            (Verdict::Skipped, Some(tool)) => format!("install it: {}", tool.install),
            (Verdict::NotRun | Verdict::Passed | Verdict::Skipped, _) => step.proves.to_owned(),
        };
        lines.push(format!(
            "    {:<14}{:<9}{:>8}  {detail}",
            step.name,
            word(verdict),
            seconds(*took)
        ));
    }
    let total: Duration = verdicts.iter().map(|(_, took)| *took).sum();
    let count = |wanted: &str| verdicts.iter().filter(|(v, _)| word(v) == wanted).count();
    lines.push(format!(
        "    {} passed, {} failed, {} skipped, {} not run in {}",
        count("passed"),
        count("FAILED"),
        count("skipped"),
        count("not run"),
        seconds(total)
    ));
    lines.join("\n")
}

const fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Failed(_) => "FAILED",
        Verdict::NotRun => "not run",
        Verdict::Passed => "passed",
        Verdict::Skipped => "skipped",
    }
}

fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::step::{Action, Program};

    #[test]
    fn the_first_failure_ends_the_run() {
        let steps = [step("a", None), step("bad", None), step("c", None)];
        let (verdicts, performed, _) = play(&steps, true, false);
        assert_eq!(verdicts[0], Verdict::Passed);
        assert_eq!(verdicts[1], Verdict::Failed("broken".to_owned()));
        assert_eq!(verdicts[2], Verdict::NotRun);
        assert_eq!(performed, ["a", "bad"]);
    }

    #[test]
    fn an_absent_tool_skips_its_step_and_names_the_command() {
        let steps = [step("a", Some(TOOL)), step("b", None)];
        let (verdicts, performed, said) = play(&steps, false, false);
        assert_eq!(verdicts, [Verdict::Skipped, Verdict::Passed]);
        assert_eq!(performed, ["b"]);
        assert!(said.contains("hammer is absent; install it: get hammer"));
        assert!(said.contains("1 passed, 0 failed, 1 skipped, 0 not run"));
    }

    #[test]
    fn on_a_build_server_a_skip_is_a_failure() {
        let steps = [step("a", Some(TOOL)), step("b", None)];
        let (verdicts, performed, said) = play(&steps, false, true);
        assert!(matches!(&verdicts[0], Verdict::Failed(why) if why.contains("get hammer")));
        assert_eq!(verdicts[1], Verdict::NotRun);
        assert!(performed.is_empty());
        assert!(said.contains("0 passed, 1 failed, 0 skipped, 1 not run"));
    }

    #[test]
    fn a_tool_that_is_there_changes_nothing() {
        let steps = [step("a", Some(TOOL))];
        for strict in [false, true] {
            assert_eq!(play(&steps, true, strict).0, [Verdict::Passed]);
        }
    }

    const TOOL: Tool = Tool {
        name: "hammer",
        program: Program::Cargo,
        probe: &[],
        install: "get hammer",
    };

    const fn step(name: &'static str, tool: Option<Tool>) -> Step {
        Step {
            name,
            proves: "something",
            tool,
            action: Action::Inner(|| Ok(())),
        }
    }

    /// Runs the steps on a machine where the step `bad` fails.
    fn play(steps: &[Step], present: bool, strict: bool) -> (Vec<Verdict>, Vec<String>, String) {
        let performed = RefCell::new(Vec::new());
        let said = RefCell::new(String::new());
        let machine = Machine {
            has: &|_| present,
            perform: &|step| {
                performed.borrow_mut().push(step.name.to_owned());
                let result = if step.name == "bad" {
                    Err("broken".to_owned())
                } else {
                    Ok(())
                };
                (result, Duration::from_millis(1))
            },
            say: &|line| said.borrow_mut().push_str(line),
            strict,
        };
        let refs: Vec<&Step> = steps.iter().collect();
        let verdicts = run(&refs, &machine).into_iter().map(|(v, _)| v).collect();
        (verdicts, performed.into_inner(), said.into_inner())
    }
}
