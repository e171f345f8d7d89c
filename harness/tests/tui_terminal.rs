//! The terminal UI in a real terminal: keys in, screen out. Needs tmux.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

/// How long a screen may take to show something.
const PATIENCE: Duration = Duration::from_mins(1);

/// A terminal of its own, ended when this is dropped.
struct Terminal {
    socket: String,
    folder: PathBuf,
}

impl Terminal {
    /// Opens a terminal of so many columns and rows in which a shell waits.
    fn open(name: &str, (columns, rows): (u16, u16)) -> Self {
        let socket = format!("nodelab-{}-{name}", process::id());
        let folder = env::temp_dir().join(&socket);
        fs::create_dir_all(&folder).expect("a folder for the test");
        let terminal = Self { socket, folder };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let folder = terminal.folder.to_str().expect("its name is text");
        let size = ["-x", &columns, "-y", &rows, "-c", folder];
        let shell = ["env", "PS1=shell> ", "NO_COLOR=", "sh"];
        terminal.tmux(&[&["-f", "/dev/null", "new-session", "-d"], &size[..], &shell].concat());
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> Output {
        let output = Command::new("tmux")
            .args(["-L", &self.socket])
            .args(arguments)
            .output()
            .expect("tmux is installed");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tmux {arguments:?}: {told}");
        output
    }

    /// Types at the shell.
    fn run(&self, command: &str) {
        self.tmux(&["send-keys", "-l", command]);
        self.tmux(&["send-keys", "Enter"]);
    }

    /// Presses keys by their names.
    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    fn screen(&self) -> String {
        let output = self.tmux(&["capture-pane", "-p"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Waits until the screen shows what is wanted.
    #[expect(clippy::disallowed_methods, reason = "a real terminal takes real time")]
    #[track_caller]
    fn wait(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let screen = self.screen();
            if is_there(&screen) {
                return screen;
            }
            assert!(began.elapsed() < PATIENCE, "never saw {what}:\n{screen}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contains(text))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        Command::new("tmux")
            .args(["-L", &self.socket, "kill-server"])
            .output()
            .ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn nodelab() -> &'static str {
    env!("CARGO_BIN_EXE_nodelab")
}

fn scenario(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    fs::canonicalize(root.join(path))
        .expect("it is shipped")
        .display()
        .to_string()
}

#[test]
#[ignore = "needs tmux"]
fn what_hands_did_is_saved_and_runs_to_the_digest_on_the_screen() {
    let terminal = Terminal::open("save", (170, 40));
    let file = scenario("tui/living-room.test.yaml");
    terminal.run(&format!(
        "cp {file} room.test.yaml; {} tui room.test.yaml --pace 100",
        nodelab()
    ));
    terminal.wait_for("● session 1, open");
    terminal.press(&["a"]);
    terminal.wait_for("⚠ access point down");
    terminal.press(&["Space"]);
    terminal.wait_for("‖ paused");
    terminal.press(&["a", "t"]);
    terminal.wait_for("hold the air at");
    terminal.press(&["3", "1", ".", "5", "Enter"]);
    terminal.wait_for("air held at 31.5 °C");
    terminal.press(&["3"]);
    terminal.wait_for("● session 2, open");
    terminal.press(&["i"]);
    terminal.press(&["s", "t", "a", "t", "u", "s", "Enter", "Escape"]);
    terminal.press(&["u"]);
    terminal.wait_for("✗ no signal");
    terminal.press(&["s"]);
    terminal.wait_for("save to: room-by-hand.test.yaml");
    terminal.press(&["Enter"]);
    let screen = terminal.wait_for("digest ");
    let digest = screen
        .split("digest ")
        .nth(1)
        .and_then(|rest| rest.get(..32));
    let digest = digest.expect("a digest has 32 digits").to_owned();
    terminal.press(&["q"]);
    terminal.wait_for("shell>");
    terminal.run(&format!(
        "clear; {} run room-by-hand.test.yaml --serial never",
        nodelab()
    ));
    terminal.wait_for(&digest);
}

#[test]
#[ignore = "needs tmux"]
fn the_terminal_is_given_back_on_quitting_signals_and_suspending() {
    let terminal = Terminal::open("restore", (100, 30));
    terminal.run("echo before");
    terminal.wait_for("before");
    for end in ["q", "C-c"] {
        terminal.run(&format!("{} tui; echo ended with $?", nodelab()));
        terminal.wait_for(" nodelab ");
        terminal.press(&[end]);
        let screen = terminal.wait_for("ended with 0");
        assert!(
            screen.contains("before"),
            "the screen before is back:\n{screen}"
        );
        terminal.run("clear; echo before");
        terminal.wait("a clear screen", |screen| !screen.contains("ended with"));
    }
    terminal.run(&format!(
        "{} tui & echo pid $! > pid; fg; echo ended with $?",
        nodelab()
    ));
    terminal.wait_for("space pause");
    let pid = fs::read_to_string(terminal.folder.join("pid")).unwrap();
    let pid = pid.trim().trim_start_matches("pid ").to_owned();
    let kill = |signal: &str| {
        let killed = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(killed.success());
    };
    terminal.press(&["C-z"]);
    terminal.wait_for("Stopped");
    terminal.run("fg; echo ended with $?");
    terminal.wait_for("space pause");
    kill("-TSTP");
    terminal.wait("the shell", |screen| !screen.contains("space pause"));
    terminal.run("fg; echo ended with $?");
    terminal.wait_for("space pause");
    kill("-TERM");
    let screen = terminal.wait_for("ended with 130");
    assert!(!screen.contains("space pause"), "{screen}");
}

#[test]
#[ignore = "needs tmux"]
fn a_screen_that_changes_its_size_is_drawn_anew() {
    let terminal = Terminal::open("size", (100, 30));
    terminal.run(&format!("{} tui --pace 100", nodelab()));
    terminal.wait_for("space pause");
    terminal.tmux(&["resize-window", "-x", "60", "-y", "15"]);
    terminal.wait_for("this terminal has 60×15");
    terminal.tmux(&["resize-window", "-x", "130", "-y", "42"]);
    terminal.wait_for("▸ Log");
}

#[test]
#[ignore = "needs tmux"]
fn a_fleet_takes_the_mouse() {
    let terminal = Terminal::open("mouse", (120, 40));
    let file = scenario("scale/thousand-nodes.test.yaml");
    terminal.run(&format!("{} tui {file} --pace 100", nodelab()));
    terminal.wait_for("node 0 of 1000");
    terminal.press(&["f"]);
    terminal.wait_for("Node 0 · f opens");
    // The first mouse button, in the encoding of xterm's mode 1006: column 12, row 5, from 1.
    terminal.tmux(&["send-keys", "-l", "\u{1b}[<0;12;5M"]);
    terminal.wait("another node", |screen| {
        screen.contains("· f opens") && !screen.contains("Node 0 · f opens")
    });
}

#[test]
fn what_is_no_terminal_is_told_what_to_do() {
    let output = Command::new(nodelab()).arg("tui").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("needs a terminal"), "{told}");
    assert!(told.contains("--events"), "{told}");
}

#[test]
fn what_is_no_recording_is_refused_before_the_terminal_is_taken() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/events.ndjson");
    let data = data.to_str().expect("its name is text");
    let refused: [(&[&str], &str); 3] = [
        (&["/dev/null"], "no world in this recording"),
        (
            &[concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")],
            "line 1 is no line of the stream",
        ),
        (&[data, "--seed", "999"], "no world with seed 999"),
    ];
    for (arguments, why) in refused {
        let output = Command::new(nodelab())
            .args(["tui", "--replay"])
            .args(arguments)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_recording_that_is_not_there_is_told_so() {
    let output = Command::new(nodelab())
        .args(["tui", "--replay", "/nowhere/at/all.ndjson"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("/nowhere/at/all.ndjson"), "{told}");
    assert!(told.contains("--record FILE"), "{told}");
}
