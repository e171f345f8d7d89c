//! The program, running.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// How long anything may take on a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// `nodelab serve`, which is ended when this is dropped.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    /// What was printed, as far as a test has looked.
    seen: RefCell<Vec<String>>,
}

/// How it ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
}

impl Program {
    /// Starts it with these arguments, and waits until it listens.
    pub(crate) fn serve(arguments: &[&str]) -> Self {
        Self::start(&mut command(arguments))
    }

    /// Starts it with a variable in its environment.
    pub(crate) fn serve_with(variable: (&str, &str), arguments: &[&str]) -> Self {
        Self::start(command(arguments).env(variable.0, variable.1))
    }

    /// Starts it where no more files than these may be open.
    pub(crate) fn serve_with_files(files: u32, arguments: &[&str]) -> Self {
        let script = format!("ulimit -n {files}; exec \"$0\" serve \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_nodelab")]);
        Self::start(command.args(arguments))
    }

    fn start(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("the program starts");
        let out = child.stdout.take().expect("it is piped");
        let (tell, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        let program = Self {
            child,
            lines,
            seen: RefCell::default(),
        };
        program.wait_for("listens on");
        program
    }

    /// Waits until a line holds this text; returns the line.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let seen = self
            .seen
            .borrow()
            .iter()
            .find(|line| line.contains(text))
            .cloned();
        if let Some(line) = seen {
            return line;
        }
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.seen.borrow_mut().push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
        panic!(
            "no line with {text:?} in\n{}",
            self.seen.borrow().join("\n")
        );
    }

    /// Returns where a service listens.
    pub(crate) fn address(&self, service: &str) -> SocketAddr {
        let line = self.wait_for(&format!("{service:<5} listens on "));
        let (_, address) = line.split_once("listens on ").expect("just found");
        let address = address.split([',', ' ']).next().unwrap_or_default();
        address.parse().expect("an address")
    }

    /// Connects to a service, with limits to all waiting.
    pub(crate) fn connect(&self, service: &str) -> TcpStream {
        let stream = TcpStream::connect(self.address(service)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
        stream.set_write_timeout(Some(PATIENCE)).expect("not zero");
        stream
    }

    /// Returns the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and returns how it did.
    pub(crate) fn stop(mut self, signal: &str) -> Ended {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args([signal, &id]).status();
        assert!(killed.expect("kill(1) is there").success());
        let mut all = self.seen.take();
        // The pipe closes when the program ends.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            all.push(line);
        }
        let code = self.child.wait().expect("it was started").code();
        Ended {
            code,
            out: all.join("\n") + "\n",
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodelab"));
    for name in ["NODELAB_TOKEN", "NODELAB_MQTT_PASSWORD"] {
        command.env_remove(name);
    }
    command.arg("serve").args(arguments);
    command
}

/// Runs it to its end, which is to come by itself; returns exit code and standard error.
pub(crate) fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = command(arguments);
    let command = command.args(["--for", "1ms"]);
    let output = command.output().expect("the program starts");
    let said = String::from_utf8(output.stderr).expect("text");
    (output.status.code(), said)
}

/// Runs it with a variable in its environment, as [`refused`] does.
pub(crate) fn refused_with(variable: (&str, &OsStr), arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = command(arguments);
    let command = command.env(variable.0, variable.1).args(["--for", "1ms"]);
    let output = command.output().expect("the program starts");
    let said = String::from_utf8(output.stderr).expect("text");
    (output.status.code(), said)
}

/// Returns the place of a file of one test.
pub(crate) fn place(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("serve-{name}"))
}

/// Reads until the other side closes or resets; a time-out is an error.
pub(crate) fn read_to_end(stream: &mut impl std::io::Read) -> Vec<u8> {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => {
            panic!("{error} after {} bytes", all.len())
        }
        _ => all,
    }
}

/// Reads so many bytes.
pub(crate) fn read_exactly<const N: usize>(stream: &mut impl std::io::Read) -> [u8; N] {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).expect("so many come");
    bytes
}

/// Returns a process's resident memory in bytes (proc(5)).
pub(crate) fn resident_bytes(process: u32) -> u64 {
    let path = format!("/proc/{process}/statm");
    let mut text = String::new();
    let mut file = std::fs::File::open(path).expect("Linux");
    file.read_to_string(&mut text).expect("text");
    let pages: u64 = text
        .split(' ')
        .nth(1)
        .expect("a field")
        .parse()
        .expect("a number");
    pages * 4_096
}
