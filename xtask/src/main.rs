//! `cargo xtask`: the project's own chores.
//!
//! Owns the list of tasks and the choice between them. Does not know what a task does.

mod book;
mod budget;
mod c3;
mod c_abi;
mod chip;
mod console;
mod cross;
mod digests;
mod failure;
mod kat;
mod parity;
mod quick;
mod root;
mod runner;
mod scenario_docs;
mod shipped;
mod step;
mod test;
mod tidy;
mod tls_instructions;
mod tls_peers;

use std::env;
use std::process::ExitCode;

use crate::failure::Failure;

/// A task failed.
const EXIT_FAILED: u8 = 1;
/// The command line makes no sense, or something that a task needs is not installed; the same
/// code as nodelab's own for invalid input.
const EXIT_INVALID: u8 = 3;

/// One word after `cargo xtask`.
struct Task {
    name: &'static str,
    summary: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

const TASKS: [Task; 14] = [
    Task {
        name: "c-abi",
        summary: "node-core as a library for C: header, archives, and the example in QEMU",
        run: c_abi::run,
    },
    Task {
        name: "c3",
        summary: "tests and builds the firmware for the ESP32-C3, and has its image checked",
        run: |arguments| Ok(c3::run(arguments)?),
    },
    Task {
        name: "chip",
        summary: "builds the TMP36 for Wokwi; `--check` holds the one that ships against it",
        run: chip::run,
    },
    Task {
        name: "cross",
        summary: "builds for the chips' cores and prints what each image takes",
        run: |arguments| Ok(cross::run(arguments)?),
    },
    Task {
        name: "kat",
        summary: "known answers: compares what the compiler makes of sums on the chips' cores",
        run: |arguments| Ok(kat::run(arguments)?),
    },
    Task {
        name: "no-panic",
        summary: "proves that no panic can be reached in node-core on a chip",
        run: budget::run_no_panic,
    },
    Task {
        name: "parity",
        summary: "replays nodes of every scenario on the chips' cores, compares every answer",
        run: parity::run,
    },
    Task {
        name: "quick",
        summary: "what to run before each commit: format, tidy, unit tests",
        run: |arguments| Ok(quick::run(arguments)?),
    },
    Task {
        name: "scenario-docs",
        summary: "writes docs/src/reference.md anew from the reader's own tables",
        run: |arguments| Ok(scenario_docs::run(arguments)?),
    },
    Task {
        name: "size",
        summary: "holds node-core to the budgets in firmware/budgets.json",
        run: budget::run_size,
    },
    Task {
        name: "test",
        summary: "every check there is; `test STEP…` runs only these, `test --list` names them",
        run: |arguments| Ok(test::run(arguments)?),
    },
    Task {
        name: "tidy",
        summary: "the rules of form: layout, comments, import order, homes of dependencies",
        run: |arguments| Ok(tidy::run(arguments)?),
    },
    Task {
        name: "tls-instructions",
        summary: "counts this machine's instructions of a TLS handshake with valgrind",
        run: tls_instructions::run,
    },
    Task {
        name: "tls-peers",
        summary: "TLS beside OpenSSL and tshark; `--all` takes every cell, `--no-rates` is quick",
        run: tls_peers::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        console::say(&usage());
        return ExitCode::SUCCESS;
    };
    if matches!(name.as_str(), "--help" | "-h" | "help") {
        console::say(&usage());
        return ExitCode::SUCCESS;
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        console::complain(&format!("error: there is no task `{name}`\n\n{}", usage()));
        return ExitCode::from(EXIT_INVALID);
    };
    match (task.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console::complain(&format!("error: {failure}"));
            ExitCode::from(match failure {
                Failure::Failed(_) => EXIT_FAILED,
                Failure::Missing(_) => EXIT_INVALID,
            })
        }
    }
}

/// Returns the list of tasks.
fn usage() -> String {
    let tasks: Vec<String> = TASKS
        .iter()
        .map(|task| format!("  {:<18}{}", task.name, task.summary))
        .collect();
    format!(
        "cargo xtask TASK\n\nTasks:\n{}\n\nExit codes: 0 all well, 1 a check failed, \
         3 not a task, or something is not installed.",
        tasks.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_has_one_line_for_each_task() {
        let text = usage();
        for task in &TASKS {
            let lines = text.lines().filter(|line| {
                line.trim_start()
                    .starts_with(&format!("{:<18}{}", task.name, task.summary))
            });
            assert_eq!(lines.count(), 1, "{}", task.name);
        }
    }

    #[test]
    fn the_tasks_are_listed_in_alphabetical_order() {
        assert!(TASKS.is_sorted_by_key(|task| task.name));
    }
}
