//! The C example: compiled, linked with the library, and run.
//!
//! Owns the compilers' flags. Does not know what the example checks: it says so itself, by its
//! exit code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::c_abi::{Library, run_program};
use crate::cross::emulator::{End, Outcome, run as emulate};
use crate::cross::{CrossError, Image, Program, Target, built, link, program};
use crate::root::{cargo, root};

/// What every compiler is told: nothing that one of them warns of may stay.
const STRICT: [&str; 8] = [
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wshadow",
    "-Werror",
    "-Os",
];
/// What the lx106's compiler is told besides.
const LX106: [&str; 5] = [
    "-ffreestanding",
    "-mlongcalls",
    "-mtext-section-literals",
    "-ffunction-sections",
    "-fdata-sections",
];
/// The sources that every machine has.
const COMMON: [&str; 4] = ["app", "checks", "text", "world"];
/// How long the emulated example may take; it takes well under a second.
const BOUND: Duration = Duration::from_secs(30);

/// What else is linked to the example on the lx106.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Company {
    /// Nothing.
    Alone,
    /// A C library's `memcpy` and GCC's own library, in front of the archive: a firmware's.
    Library,
}

/// Whether the example expects what is right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Expectation {
    /// As it ships.
    Right,
    /// One byte of the last message is expected to be another.
    Wrong,
}

/// Compiles and runs the example on this machine.
///
/// # Errors
///
/// [`CrossError::Missing`] without a C compiler, [`CrossError::Failed`] when the example does
/// not end as it should.
pub(super) fn on_host(expectation: Expectation) -> Result<(), CrossError> {
    on_library("build")?;
    let library = root().join("target/firmware/host/debug/libnode_core_c.a");
    let folder = built().join("c-abi/host");
    create(&folder)?;
    let made = folder.join("example");
    let mut compiler = Command::new(program(Program::HostCompiler)?);
    compiler.args(STRICT).args(definitions(expectation));
    for name in COMMON.iter().chain(&["hal_host"]) {
        compiler.arg(source(name));
    }
    // Last: what Rust's standard library asks of the system.
    compiler
        .arg(&library)
        .args(["-lpthread", "-ldl", "-lm", "-o"]);
    run_program(compiler.arg(&made))?;
    let output = Command::new(&made)
        .output()
        .map_err(|error| CrossError::of_file(&made, &error))?;
    let outcome = Outcome {
        output: output.stdout,
        complaints: String::from_utf8_lossy(&output.stderr).into_owned(),
        end: End::Exited(output.status.code()),
    };
    judge("on this machine", expectation, &outcome)?;
    Ok(())
}

/// Compiles the example for the lx106, links it with the library and the ESP8266's memory map,
/// and runs it in QEMU. Returns what it wrote.
///
/// # Errors
///
/// As [`on_host`].
pub(super) fn on_lx106(
    library: &Library,
    company: Company,
    expectation: Expectation,
) -> Result<String, CrossError> {
    let folder = built().join("c-abi/lx106/example");
    create(&folder)?;
    let mut sources: Vec<PathBuf> = COMMON
        .iter()
        .chain(&["hal_lx106"])
        .map(|name| source(name))
        .collect();
    sources.push(root().join("firmware/bare/start/lx106.S"));
    if company == Company::Library {
        sources.push(source("routines"));
    }
    let compiler = program(Program::Lx106Compiler)?;
    let mut objects = Vec::new();
    for path in &sources {
        let stem = path.file_stem().unwrap_or_default();
        let made = folder.join(stem).with_extension("o");
        let mut command = Command::new(compiler);
        command
            .args(STRICT)
            .args(LX106)
            .args(definitions(expectation));
        run_program(command.arg("-c").arg(path).arg("-o").arg(&made))?;
        objects.push(made);
    }
    if company == Company::Library {
        objects.push(library_of(compiler)?);
    }
    objects.push(library.archive.clone());
    let path = folder.join("example.elf");
    link(Target::Lx106, &library.compiled, &objects, "entered", &path)?;
    let image = Image {
        path,
        target: Target::Lx106,
        toolchain: library.compiled.toolchain.name.clone(),
    };
    let outcome = emulate(&image, b"", BOUND)?;
    judge("on the lx106", expectation, &outcome)
}

/// Returns the compiler's own library.
fn library_of(compiler: &str) -> Result<PathBuf, CrossError> {
    let output = run_program(Command::new(compiler).arg("-print-libgcc-file-name"))?;
    let name = String::from_utf8_lossy(&output.stdout);
    Ok(PathBuf::from(name.trim()))
}

/// Returns what the example wrote, if it ended as expected.
fn judge(place: &str, expectation: Expectation, outcome: &Outcome) -> Result<String, CrossError> {
    let said = String::from_utf8_lossy(&outcome.output).into_owned();
    let wanted = match expectation {
        Expectation::Right => 0,
        Expectation::Wrong => 1,
    };
    if outcome.end == End::Exited(Some(wanted)) {
        return Ok(said);
    }
    let end = match outcome.end {
        End::Exited(Some(code)) => format!("exit code {code}"),
        End::Exited(None) => "a signal".to_owned(),
        End::Hung => format!("being ended after {} s", BOUND.as_secs()),
    };
    Err(CrossError::Failed(format!(
        "the C example {place} ended with {end}, and exit code {wanted} was expected; \
         it said:\n{said}{}",
        outcome.complaints
    )))
}

fn definitions(expectation: Expectation) -> Vec<String> {
    let include = root().join("firmware/c-abi/include");
    let mut arguments = vec![format!("-I{}", include.display())];
    if expectation == Expectation::Wrong {
        arguments.push("-DBREAK=1".to_owned());
    }
    arguments
}

fn source(name: &str) -> PathBuf {
    root().join(format!("firmware/c-abi/example/{name}.c"))
}

fn create(folder: &Path) -> Result<(), CrossError> {
    fs::create_dir_all(folder).map_err(|error| CrossError::of_file(folder, &error))
}

/// Has cargo do something with the library for this machine.
pub(super) fn on_library(verb: &str) -> Result<(), CrossError> {
    run_program(&mut cargo(&[
        verb,
        "--quiet",
        "--locked",
        "--lib",
        "--manifest-path",
        "firmware/c-abi/Cargo.toml",
        "--target-dir",
        "target/firmware/host",
    ]))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_that_hangs_or_ends_otherwise_fails_with_its_words() {
        for (end, told) in [
            (End::Hung, "being ended after 30 s"),
            (End::Exited(Some(72)), "exit code 72"),
            (End::Exited(None), "a signal"),
        ] {
            let outcome = Outcome {
                output: b"BOOT\n".to_vec(),
                complaints: "trouble".to_owned(),
                end,
            };
            for expectation in [Expectation::Right, Expectation::Wrong] {
                let error = judge("here", expectation, &outcome).unwrap_err();
                let text = error.to_string();
                assert!(
                    text.contains(told) && text.ends_with("BOOT\ntrouble"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn an_example_with_a_wrong_expectation_must_not_pass() {
        let passed = Outcome {
            output: Vec::new(),
            complaints: String::new(),
            end: End::Exited(Some(0)),
        };
        assert!(judge("here", Expectation::Right, &passed).is_ok());
        assert!(judge("here", Expectation::Wrong, &passed).is_err());
    }
}
