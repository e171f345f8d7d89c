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
mod report_picture;
mod root;
mod runner;
mod scenario_docs;
mod shipped;
mod step;
mod test;
mod tidy;
mod tls_instructions;
mod tls_peers;
mod tls_tables;

use std::env;
use std::process::ExitCode;

use crate::failure::Failure;

/// A task failed.
const EXIT_FAILED: u8 = 1;
/// The command line makes no sense, or something that a task needs is not installed; the same
/// code as nodelab's own for invalid input.
const EXIT_INVALID: u8 = 3;
/// What the codes mean.
const EXITS: &str = "Exit codes: 0 all well, 1 a check failed, 3 not understood or not installed.";

/// One word after `cargo xtask`.
struct Task {
    name: &'static str,
    summary: &'static str,
    /// What may follow, with examples; empty where nothing may.
    options: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

const TASKS: [Task; 16] = [
    Task {
        name: "c-abi",
        summary: "node-core as a library for C: header, archives, and the example in QEMU",
        options: "  --check-header   only: does the header say what the library does?",
        run: c_abi::run,
    },
    Task {
        name: "c3",
        summary: "tests and builds the firmware for the ESP32-C3, and has its image checked",
        options: "",
        run: |arguments| Ok(c3::run(arguments)?),
    },
    Task {
        name: "chip",
        summary: "builds the TMP36 for Wokwi, or holds the one that ships against it",
        options: "  --check          build it, and hold the committed one against it",
        run: chip::run,
    },
    Task {
        name: "cross",
        summary: "builds for the chips' cores and prints what each image takes",
        options: "  --level LEVEL    build at this level of optimisation: 0, 1, 2, 3, s or z
  --update-image   build the image anew that ships with nodelab",
        run: |arguments| Ok(cross::run(arguments)?),
    },
    Task {
        name: "kat",
        summary: "known answers: compares what the compiler makes of sums on the chips' cores",
        options: "  --without-remedies   code as the compiler leaves it: must fail",
        run: |arguments| Ok(kat::run(arguments)?),
    },
    Task {
        name: "no-panic",
        summary: "proves that no panic can be reached in node-core on a chip",
        options: "",
        run: budget::run_no_panic,
    },
    Task {
        name: "parity",
        summary: "replays nodes of every scenario on the chips' cores, compares every answer",
        options: parity::OPTIONS,
        run: parity::run,
    },
    Task {
        name: "quick",
        summary: "what to run before each commit: format, tidy, unit tests",
        options: "",
        run: |arguments| Ok(quick::run(arguments)?),
    },
    Task {
        name: "report-picture",
        summary: "takes the picture of a report that README and book show, with Chromium",
        options: "",
        run: report_picture::run,
    },
    Task {
        name: "scenario-docs",
        summary: "writes docs/src/reference.md anew from the reader's own tables",
        options: "",
        run: |arguments| Ok(scenario_docs::run(arguments)?),
    },
    Task {
        name: "size",
        summary: "holds node-core to the budgets in firmware/budgets.json",
        options: "",
        run: budget::run_size,
    },
    Task {
        name: "test",
        summary: "every check there is, or those that are named",
        options: "  STEP…            run only these, in the order of the list
  --list           list the steps

Example:
  cargo xtask test fmt tidy",
        run: |arguments| Ok(test::run(arguments)?),
    },
    Task {
        name: "tidy",
        summary: "the rules of form: layout, comments, import order, homes of dependencies",
        options: "",
        run: |arguments| Ok(tidy::run(arguments)?),
    },
    Task {
        name: "tls-instructions",
        summary: "counts this machine's instructions of a TLS handshake with valgrind",
        options: "",
        run: tls_instructions::run,
    },
    Task {
        name: "tls-peers",
        summary: "TLS beside OpenSSL's and tshark's count of it",
        options: "  --all            every cell that OpenSSL can do, not a selection
  --no-rates       without handshakes for each second",
        run: tls_peers::run,
    },
    Task {
        name: "tls-tables",
        summary: "counts what cryptography and handshakes take on the chips' cores",
        options: "  CORE             only lx106 or only riscv32imc
  --check          hold the committed tables against rows measured here
  --record         record a handshake with the simulator's server anew",
        run: |arguments| Ok(tls_tables::run(arguments)?),
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
    if rest
        .iter()
        .any(|word| matches!(word.as_str(), "--help" | "-h"))
    {
        console::say(&help(task));
        return ExitCode::SUCCESS;
    }
    match carry_out(task, rest) {
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

fn carry_out(task: &Task, arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [odd, ..] if task.options.is_empty() => Err(Failure::Missing(format!(
            "`{odd}` is too much: cargo xtask {} takes nothing",
            task.name
        ))),
        _ => (task.run)(arguments),
    }
}

/// Returns what a task does and takes.
fn help(task: &Task) -> String {
    let Task {
        name,
        summary,
        options,
        ..
    } = task;
    let (more, options) = if options.is_empty() {
        ("", String::new())
    } else {
        (" [OPTIONS]", format!("\n{options}\n"))
    };
    format!("cargo xtask {name}{more}: {summary}\n{options}\n{EXITS}")
}

/// Returns the list of tasks.
fn usage() -> String {
    let tasks: Vec<String> = TASKS
        .iter()
        .map(|task| format!("  {:<18}{}", task.name, task.summary))
        .collect();
    format!(
        "cargo xtask TASK\n\nTasks:\n{}\n\ncargo xtask TASK --help says more.\n{EXITS}",
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
    fn a_task_without_options_takes_nothing() {
        let task = TASKS.iter().find(|task| task.name == "size").unwrap();
        let refused = carry_out(task, &["--frob".to_owned()]);
        assert!(matches!(refused, Err(Failure::Missing(_))));
    }

    #[test]
    fn the_help_of_a_task_has_its_options() {
        let help_of = |name| help(TASKS.iter().find(|task| task.name == name).unwrap());
        assert!(help_of("cross").contains("\n  --level LEVEL"));
        assert!(help_of("size").starts_with("cargo xtask size: "));
    }

    #[test]
    fn the_tasks_are_listed_in_alphabetical_order() {
        assert!(TASKS.is_sorted_by_key(|task| task.name));
    }
}
