//! `nodelab run`: finds scenarios, runs their worlds, reports.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Format, RunAction, SerialChoice, complain, complain_of, interrupt, processors};
use crate::diagnostic::Colour;
use crate::event::{Reporter, ScenarioInfo, Summary};
use crate::exit::Exit;
use crate::prepare::{self, Prepared};
use crate::record::{Recorder, produces_frames};
use crate::report::{
    GithubReport, HtmlReport, JsonReport, JunitReport, LivesReport, Progress, Reporters,
    SerialOutput, Target, TextReport,
};
use crate::run::{Job, Limits, RunError, RunOptions, run_all};
use crate::shard::Shard;
use crate::telemetry::Spool;

/// A scenario and what reports say about it.
type Entry = (ScenarioInfo, Prepared);

pub(super) fn run(action: &RunAction) -> Exit {
    let entries = match prepare_all(action) {
        Ok(entries) => entries,
        Err(exit) => return exit,
    };
    let jobs = jobs(action, &entries);
    let made = recorder(action, &jobs).and_then(|recorder| {
        let reporter = reporter(action, &entries, jobs.len())?;
        let events = action.events.as_ref();
        let events = events
            .map(|path| Spool::create(path, jobs.len()))
            .transpose()?;
        Ok((recorder, reporter, events))
    });
    let (recorder, mut reporter, events) = match made {
        Ok(made) => made,
        Err(message) => {
            complain(&format!("error: {message}\n"));
            return Exit::Invalid;
        }
    };
    let options = RunOptions {
        events: events.map(Arc::new),
        interrupt: interrupt(),
        jobs: action.jobs.unwrap_or_else(processors),
        limits: Limits {
            timeout: action.timeout,
            until: action.until,
        },
        lives: action.trace.is_some(),
        portraits: action
            .reports
            .iter()
            .any(|report| report.format == Format::Html),
        verify: action.verify,
    };
    match run_all(&jobs, &options, recorder, &mut reporter) {
        Ok(summary) => {
            if summary.unfinished > 0 {
                let all = jobs.len();
                let done = all - summary.unfinished as usize;
                complain(&format!(
                    "interrupted: {done} of {all} worlds were finished; reports hold these\n"
                ));
            }
            exit_of(&summary)
        }
        Err(error) => {
            let (exit, words) = end_of(&error);
            if let Some(words) = words {
                complain(&format!("error: {words}\n"));
            }
            exit
        }
    }
}

/// Returns the exit code of a run that stopped, and what there is to say about it.
fn end_of(error: &RunError) -> (Exit, Option<String>) {
    let words = match error {
        RunError::Core(what) => {
            format!("an emulated core ended, which is a bug of nodelab or of the node: {what}")
        }
        RunError::Interrupted => return (Exit::Interrupted, None),
        RunError::NotRepeatable(what) => format!("a run is not repeatable, which is a bug: {what}"),
        RunError::Record(error) => format!("failed to write a record: {error}"),
        // Whoever reads has read enough.
        RunError::Report(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            return (Exit::Passed, None);
        }
        RunError::Report(error) => format!("failed to write a report: {error}"),
    };
    let exit = match error {
        // Where it was to be written was the user's choice.
        RunError::Record(_) | RunError::Report(_) => Exit::Invalid,
        RunError::Core(_) | RunError::Interrupted | RunError::NotRepeatable(_) => Exit::Bug,
    };
    (exit, Some(words))
}

pub(super) const fn exit_of(summary: &Summary) -> Exit {
    if summary.failed > 0 {
        Exit::Failed
    } else if summary.unfinished > 0 {
        Exit::Interrupted
    } else if summary.timed_out > 0 {
        Exit::TimedOut
    } else {
        Exit::Passed
    }
}

/// Reads every scenario; when one of them is not valid, none is run.
fn prepare_all(action: &RunAction) -> Result<Vec<Entry>, Exit> {
    let paths = prepare::find(&action.paths).map_err(|errors| {
        complain_of(&errors, action.colour);
        Exit::Invalid
    })?;
    let mut entries = Vec::new();
    for path in &paths {
        match prepare::prepare(path) {
            Ok((prepared, warnings)) => {
                complain_of(&warnings, action.colour);
                entries.push((info(action, path, &prepared), prepared));
            }
            Err(complaints) => {
                complain_of(&complaints.errors, action.colour);
                complain_of(&complaints.warnings, action.colour);
            }
        }
    }
    let invalid = paths.len() - entries.len();
    if invalid > 0 {
        let of = paths.len();
        complain(&format!(
            "{invalid} of {of} scenarios are not valid; nothing was run\n"
        ));
        return Err(Exit::Invalid);
    }
    Ok(entries)
}

fn info(action: &RunAction, path: &std::path::Path, prepared: &Prepared) -> ScenarioInfo {
    let scenario = &prepared.scenario;
    // A single seed that is asked for is a replay.
    let alone = action.seed.map(|_| 1);
    ScenarioInfo {
        file: path.display().to_string(),
        name: scenario.name.clone(),
        seeds: action.seeds.or(alone).unwrap_or(scenario.extension.seeds),
    }
}

/// Lists the worlds of this shard, in the order of files and seeds.
fn jobs<'a>(action: &RunAction, entries: &'a [Entry]) -> Vec<Job<'a>> {
    let shard = action.shard.unwrap_or_else(|| {
        match Shard::from_variables(|name| std::env::var(name).ok()) {
            Some((shard, name)) => {
                complain(&format!("note: running shard {shard}, as {name} says\n"));
                shard
            }
            None => Shard::WHOLE,
        }
    });
    let all = entries.iter().flat_map(|(info, prepared)| {
        let first = action.seed.unwrap_or(prepared.scenario.extension.seed);
        let seeds = (0..u64::from(info.seeds)).map(move |offset| first.saturating_add(offset));
        seeds.map(move |seed| Job {
            info,
            prepared,
            seed,
        })
    });
    all.enumerate()
        .filter(|(place, _)| shard.holds(*place))
        .map(|(_, job)| job)
        .collect()
}

/// Creates the files of a capture, which holds one world with frames.
fn recorder(action: &RunAction, jobs: &[Job<'_>]) -> Result<Recorder, String> {
    if action.record.is_empty() {
        return Ok(Recorder::default());
    }
    let [job] = jobs else {
        let count = jobs.len();
        return Err(format!(
            "such a file holds one world, and this command runs {count}; name one scenario, and \
             one seed of it with `--seed N`"
        ));
    };
    if action.record.needs_frames() && !produces_frames(job.prepared, job.seed) {
        let file = &job.info.file;
        return Err(format!(
            "nothing can be captured: {file} models its network, which sends no frames; say \
             `network: real` in its x-nodelab block"
        ));
    }
    action.record.create()
}

fn reporter(action: &RunAction, entries: &[Entry], runs: usize) -> Result<Reporters, String> {
    let mut reporters: Vec<Box<dyn Reporter>> = Vec::new();
    let mut stdout_users = 0;
    for report in &action.reports {
        let to_terminal = report.target == Target::Stdout && io::stdout().is_terminal();
        if report.format == Format::Html && to_terminal {
            return Err("a page is no text for a terminal; name a file: --report \
                        html=report.html"
                .to_owned());
        }
        let out = report.target.open().map_err(|error| {
            let path = match &report.target {
                Target::File(path) => path.clone(),
                Target::Stdout => PathBuf::from("-"),
            };
            format!("failed to create the report {}: {error}", path.display())
        })?;
        stdout_users += u32::from(report.target == Target::Stdout);
        reporters.push(match report.format {
            Format::Github => Box::new(GithubReport::new(out)),
            Format::Html => Box::new(HtmlReport::new(out, entries, action.until.is_some())),
            Format::Json => Box::new(JsonReport::new(out)),
            Format::Junit => Box::new(JunitReport::new(out)),
            Format::Text => {
                let colour = action.colour.of(to_terminal) == Colour::Ansi;
                let serial = match action.serial {
                    SerialChoice::Always => SerialOutput::Shown,
                    SerialChoice::Auto if runs == 1 && to_terminal => SerialOutput::Tail,
                    SerialChoice::Auto if runs == 1 => SerialOutput::Shown,
                    SerialChoice::Auto | SerialChoice::Never => SerialOutput::Hidden,
                };
                Box::new(TextReport::new(out, colour, serial, action.stats))
            }
        });
    }
    if let Some(path) = &action.trace {
        if path.as_os_str() == "-" {
            return Err(
                "a trace cannot go to standard output; name a file, `./-` if it is called so"
                    .to_owned(),
            );
        }
        let created = Target::File(path.clone()).open();
        let out = created
            .map_err(|error| format!("failed to create the trace {}: {error}", path.display()))?;
        reporters.push(Box::new(LivesReport::new(out)));
    }
    if stdout_users > 1 {
        return Err("two reports to standard output; give one a file with `=FILE`".to_owned());
    }
    let all = Reporters(reporters);
    if runs > 1 && io::stderr().is_terminal() {
        return Ok(Reporters(vec![Box::new(Progress::around(
            all,
            runs as u64,
        ))]));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_that_ends_is_told_with_the_exit_code_for_bugs() {
        let what = "a.test.yaml with seed 1: the emulated core of node 0 panicked".to_owned();
        let (exit, words) = end_of(&RunError::Core(what.clone()));
        assert_eq!(exit, Exit::Bug);
        assert!(words.is_some_and(|words| words.ends_with(&what)));
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure() {
        let gone = RunError::Report(io::ErrorKind::BrokenPipe.into());
        assert_eq!(end_of(&gone), (Exit::Passed, None));
    }
}
