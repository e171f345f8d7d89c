//! Runs an image in QEMU: bytes in, bytes out, and never for longer than it may.
//!
//! Owns the emulator's flags and its end. Does not know what the bytes mean.

use std::io::{self, Read, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::cross::{CrossError, Image, Program, Target, program};

/// Looks at an emulator that has closed its output, until it counts as hung: 10 s, where it takes
/// a millisecond or two to end.
const LOOKS_MAX: u32 = 5_000;
/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What came of a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    /// What the image wrote.
    pub(crate) output: Vec<u8>,
    /// What the image and the emulator had to complain about.
    pub(crate) complaints: String,
    /// How it ended.
    pub(crate) end: End,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// The image ended with this code; `None` when a signal ended the emulator.
    Exited(Option<i32>),
    /// It ran for longer than it may, and was ended.
    Hung,
}

/// Runs an image to its end on `input`, or ends it after `bound`.
///
/// # Errors
///
/// [`CrossError::Missing`] without the emulator, [`CrossError::Failed`] when it does not start,
/// or when the image is for a core that no emulator of another process runs.
pub(crate) fn run(image: &Image, input: &[u8], bound: Duration) -> Result<Outcome, CrossError> {
    bounded(command(image)?, input, bound)
}

/// Runs an image that talks with `host` by its standard input and output, and ends it after
/// `bound`; returns what came of the talk.
///
/// # Errors
///
/// As [`run`], and [`CrossError::Failed`] when the talk fails or the image does not end well.
pub(crate) fn converse<R>(
    image: &Image,
    bound: Duration,
    host: impl FnOnce(&mut ChildStdin, &mut ChildStdout) -> io::Result<R>,
) -> Result<R, CrossError> {
    let result = watched(command(image)?, bound, host);
    result.map_err(|why| CrossError::Failed(format!("{}: {why}", image.path.display())))
}

/// Returns whether the emulator for a target is there.
pub(crate) fn is_present(target: Target) -> bool {
    emulator(target).is_some_and(|wanted| program(wanted).is_ok())
}

/// Names the emulator of a target.
const fn emulator(target: Target) -> Option<Program> {
    match target {
        Target::Lx106 => Some(Program::QemuXtensa),
        Target::Riscv32Process => None,
        Target::Riscv32Virt => Some(Program::QemuRiscv32),
    }
}

/// Returns the command that runs an image; for a report to show, too.
pub(crate) fn command(image: &Image) -> Result<Command, CrossError> {
    let wanted = emulator(image.target)
        .ok_or_else(|| CrossError::Failed(format!("no emulator runs {}", image.path.display())))?;
    let mut command = Command::new(program(wanted)?);
    match image.target {
        // 32 ns an instruction, and a clock of 40 MHz: see firmware/bare/src/hal/lx106_sim.rs.
        Target::Lx106 => command.args([
            "-M",
            "sim",
            "-cpu",
            "lx106",
            "-m",
            "64",
            "-semihosting",
            "-icount",
            "shift=5,sleep=off",
        ]),
        Target::Riscv32Process | Target::Riscv32Virt => command.args([
            "-M",
            "virt",
            "-cpu",
            "rv32",
            "-bios",
            "none",
            "-semihosting-config",
            "enable=on,target=native",
            "-icount",
            "shift=0,sleep=off",
        ]),
    };
    command
        .args(["-display", "none", "-serial", "none", "-monitor", "none"])
        .arg("-kernel")
        .arg(&image.path);
    Ok(command)
}

/// Runs a command to its end on `input`, or ends it by its own process number after `bound`.
fn bounded(mut command: Command, input: &[u8], bound: Duration) -> Result<Outcome, CrossError> {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| {
        let name = command.get_program().to_string_lossy().into_owned();
        CrossError::Failed(format!("{name} did not start: {error}"))
    })?;
    let stdin = child.stdin.take().expect("it was piped");
    let stdout = child.stdout.take().expect("it was piped");
    let stderr = child.stderr.take().expect("it was piped");
    // All three at once: whoever waits for one end of a full pipe waits for ever.
    thread::scope(|scope| {
        let (done, ended) = mpsc::channel();
        scope.spawn(move || feed(stdin, input));
        let output = scope.spawn(move || {
            let output = gather(stdout);
            // Nobody listens any more if it took too long.
            done.send(()).ok();
            output
        });
        let complaints = scope.spawn(move || gather(stderr));
        let is_closed = ended.recv_timeout(bound).is_ok();
        let end = end(&mut child, if is_closed { LOOKS_MAX } else { 0 })?;
        let output = output.join().expect("reading does not panic");
        let complaints = complaints.join().expect("reading does not panic");
        Ok(Outcome {
            output,
            complaints: String::from_utf8_lossy(&complaints).into_owned(),
            end,
        })
    })
}

/// Runs a command that talks with `host`, and ends it by its own process number after `bound`.
fn watched<R>(
    mut command: Command,
    bound: Duration,
    host: impl FnOnce(&mut ChildStdin, &mut ChildStdout) -> io::Result<R>,
) -> Result<R, String> {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn();
    let mut child = child.map_err(|error| format!("the emulator did not start: {error}"))?;
    let mut stdin = child.stdin.take().expect("it was piped");
    let mut stdout = child.stdout.take().expect("it was piped");
    thread::scope(|scope| {
        let (done, ended) = mpsc::channel();
        // Whoever waits for a hung image waits until it is ended here.
        let watch = scope.spawn(move || {
            let hung = ended.recv_timeout(bound).is_err();
            end(&mut child, if hung { 0 } else { LOOKS_MAX })
        });
        let talk = host(&mut stdin, &mut stdout);
        // An image that still reads sees the end of its input.
        drop(stdin);
        gather(&mut stdout);
        done.send(()).ok();
        let end = watch.join().expect("waiting does not panic");
        match (talk, end.map_err(|error| error.to_string())?) {
            (Ok(result), End::Exited(Some(0))) => Ok(result),
            (Err(error), End::Exited(Some(0))) => Err(format!("the talk failed: {error}")),
            (_, end) => Err(format!("did not end well: {end:?}")),
        }
    })
}

/// Looks so many times whether a process has ended, and ends one that has not.
fn end(child: &mut Child, looks: u32) -> Result<End, CrossError> {
    let failed = |error| CrossError::Failed(format!("the emulator could not be ended: {error}"));
    for _ in 0..looks {
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok(End::Exited(status.code()));
        }
        thread::park_timeout(LOOK_EVERY);
    }
    child.kill().map_err(failed)?;
    child.wait().map_err(failed)?;
    Ok(End::Hung)
}

/// Hands all input over; an image that ends early takes no more.
fn feed(mut stdin: ChildStdin, input: &[u8]) {
    stdin.write_all(input).ok();
}

/// Reads all there is; what came before an error is kept.
fn gather(mut from: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).ok();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn input_longer_than_any_pipe_comes_back_whole() {
        let input = vec![7; 1 << 20];
        let outcome = bounded(Command::new("cat"), &input, LONG).unwrap();
        assert_eq!(outcome.end, End::Exited(Some(0)));
        assert!(outcome.output == input);
    }

    #[test]
    fn a_command_that_hangs_is_ended_and_its_words_are_kept() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo before; exec sleep 600"]);
        let outcome = bounded(command, b"", Duration::from_millis(300)).unwrap();
        assert_eq!(outcome.end, End::Hung);
        assert_eq!(outcome.output, b"before\n");
    }

    #[test]
    fn a_command_that_hangs_behind_its_output_is_ended() {
        let mut command = Command::new("sleep");
        let mut child = command.arg("600").stdout(Stdio::null()).spawn().unwrap();
        assert_eq!(end(&mut child, 2), Ok(End::Hung));
        assert_eq!(child.try_wait().unwrap().unwrap().code(), None);
    }

    #[test]
    fn a_talk_goes_both_ways_and_its_result_is_told() {
        let heard = watched(Command::new("cat"), LONG, |stdin, stdout| {
            stdin.write_all(b"both")?;
            let mut heard = [0; 4];
            stdout.read_exact(&mut heard)?;
            Ok(heard)
        });
        assert_eq!(heard, Ok(*b"both"));
    }

    #[test]
    fn a_talk_with_a_command_that_hangs_is_ended() {
        let mut command = Command::new("sh");
        command.args(["-c", "exec sleep 600"]);
        let heard = watched(command, Duration::from_millis(300), |_, stdout| {
            stdout.read_exact(&mut [0])
        });
        assert_eq!(heard, Err("did not end well: Hung".to_owned()));
    }

    #[test]
    fn the_code_and_the_complaints_of_an_end_are_told() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no >&2; exit 7"]);
        let outcome = bounded(command, b"", LONG).unwrap();
        assert_eq!(outcome.end, End::Exited(Some(7)));
        assert_eq!(outcome.complaints, "no\n");
    }
}
