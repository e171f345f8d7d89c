//! What a user sees while nodes run: consoles, troubles, and one line that says how it stands.
//!
//! Owns that screen: consoles go to standard output, everything else to standard error. Does not
//! decide anything, but to end when nobody reads any more.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::time::Duration;

use node_core::Event;

use crate::live::engine::{Ended, Happening, Watch};
use crate::live::render::span;

/// How long a trouble that was told is not told again.
const REPEAT: Duration = Duration::from_secs(30);
/// Troubles that are remembered.
const TROUBLES_MAX: usize = 32;
/// Bytes of a console line that is not ended yet.
const LINE_MAX: usize = 512;
/// Lines of all consoles that are shown between two ticks: a broker that sends commands without
/// end must not fill a disk.
const LINES_MAX: u32 = 2_000;
/// Columns of the status line: it must not wrap.
const COLUMNS: usize = 79;

/// How the screen looks.
#[derive(Clone, Copy, Debug)]
pub struct DeskOptions {
    /// How many nodes there are.
    pub nodes: usize,
    /// Whether to show consoles.
    pub serial: bool,
    /// Whether standard error is a terminal, which has a status line.
    pub terminal: bool,
}

/// The screen.
#[derive(Debug)]
pub struct Desk<O, E> {
    acknowledged: u64,
    dropped: u64,
    elapsed: Duration,
    errors: E,
    /// Lines that were not shown since the last tick.
    left_out: u64,
    /// Consoles' lines that are not ended yet.
    lines: BTreeMap<u32, Vec<u8>>,
    online: u64,
    options: DeskOptions,
    out: O,
    /// Whether it was told how streams are protected.
    secured: bool,
    /// Lines that were shown since the last tick.
    shown: u32,
    /// The status line that is on the screen.
    status: Option<String>,
    stopping: Option<Ended>,
    taken: u64,
    troubles: VecDeque<Trouble>,
    unread: bool,
}

/// A trouble that was told.
#[derive(Debug)]
struct Trouble {
    /// How often it came since.
    again: u64,
    at: Duration,
    words: String,
}

impl<O: Write, E: Write> Desk<O, E> {
    /// Opens a screen.
    pub const fn new(options: DeskOptions, out: O, errors: E) -> Self {
        Self {
            acknowledged: 0,
            dropped: 0,
            elapsed: Duration::ZERO,
            errors,
            left_out: 0,
            lines: BTreeMap::new(),
            online: 0,
            options,
            out,
            secured: false,
            shown: 0,
            status: None,
            stopping: None,
            taken: 0,
            troubles: VecDeque::new(),
            unread: false,
        }
    }

    /// Takes the status line off the screen.
    pub fn clear(&mut self) {
        if self.status.take().is_some() {
            self.errors.write_all(b"\r\x1b[K").ok();
            self.errors.flush().ok();
        }
    }

    /// Says something on standard error.
    fn say(&mut self, words: &str) {
        self.clear();
        // Nobody is left to tell when that fails.
        writeln!(self.errors, "{words}").ok();
    }

    fn prefix(&self, node: u32) -> String {
        let width = self.options.nodes.saturating_sub(1).to_string().len();
        format!("node {node:<width$} ")
    }

    fn show_serial(&mut self, node: u32, bytes: &[u8]) {
        if !self.options.serial || self.unread {
            return;
        }
        let mut line = self.lines.remove(&node).unwrap_or_default();
        let prefix = self.prefix(node);
        for &byte in bytes {
            match byte {
                b'\n' if self.shown >= LINES_MAX => {
                    self.left_out += 1;
                    line.clear();
                }
                b'\n' => {
                    self.shown += 1;
                    // A console is text; what would move a terminal's cursor is not let through.
                    let text = String::from_utf8_lossy(&line).replace(char::is_control, "");
                    line.clear();
                    self.clear();
                    let shown =
                        writeln!(self.out, "{prefix}| {text}").and_then(|()| self.out.flush());
                    self.unread |= shown.is_err();
                }
                _ if line.len() < LINE_MAX => line.push(byte),
                _ => {}
            }
        }
        if !line.is_empty() {
            self.lines.insert(node, line);
        }
    }

    /// Tells a trouble, but not each node's and each attempt's anew.
    fn show_trouble(&mut self, node: u32, words: &str) {
        // What a broker's certificate holds may come from anybody.
        let words: String = words
            .chars()
            .filter(|c| !c.is_control())
            .take(300)
            .collect();
        let elapsed = self.elapsed;
        let known = self
            .troubles
            .iter_mut()
            .find(|trouble| trouble.words == words);
        let again = match known {
            Some(trouble) if elapsed.saturating_sub(trouble.at) < REPEAT => {
                trouble.again += 1;
                return;
            }
            Some(trouble) => {
                trouble.at = elapsed;
                std::mem::take(&mut trouble.again)
            }
            None => {
                if self.troubles.len() == TROUBLES_MAX {
                    self.troubles.pop_front();
                }
                self.troubles.push_back(Trouble {
                    again: 0,
                    at: elapsed,
                    words: words.clone(),
                });
                0
            }
        };
        let prefix = self.prefix(node);
        let more = match again {
            0 => String::new(),
            again => format!(" ({again} times more in between)"),
        };
        self.say(&format!("{}: {words}{more}", prefix.trim_end()));
    }

    fn count(&mut self, node: u32, event: &Event) {
        match event {
            Event::PublishAcked { .. } => self.acknowledged += 1,
            Event::ReadingDropped { .. } => self.dropped += 1,
            Event::ReadingTaken(_) => self.taken += 1,
            Event::SessionClosed(_) => self.online = self.online.saturating_sub(1),
            Event::SessionOpened { .. } => {
                self.online += 1;
                if !self.troubles.is_empty() {
                    let prefix = self.prefix(node);
                    self.say(&format!("{}: online again", prefix.trim_end()));
                    // What comes after a success is a new trouble.
                    self.troubles.clear();
                }
            }
            Event::Booted
            | Event::ConnectRefused(_)
            | Event::IntervalChanged(_)
            | Event::LinkJoined
            | Event::LinkLost(_)
            | Event::MessageIgnored
            | Event::ProtocolBroken(_)
            | Event::PublishSent { .. }
            | Event::ReadingShown { .. }
            | Event::RetryScheduled { .. }
            | Event::SensorFaulted { .. } => {}
        }
    }

    fn draw_status(&mut self) {
        if !self.options.terminal {
            return;
        }
        let queued = self.taken - (self.acknowledged + self.dropped).min(self.taken);
        let nodes = self.options.nodes;
        let mut text = format!(
            "{} · {}/{nodes} online · {} taken · {} acknowledged · {queued} queued",
            span(Duration::from_secs(self.elapsed.as_secs())),
            self.online,
            self.taken,
            self.acknowledged,
        );
        if self.dropped > 0 {
            text.extend(format!(" · {} dropped", self.dropped).chars());
        }
        if self.stopping.is_some() {
            text.push_str(" · stopping");
        }
        let text: String = text.chars().take(COLUMNS).collect();
        if self.status.as_ref() != Some(&text) {
            write!(self.errors, "\r\x1b[K{text}").ok();
            self.errors.flush().ok();
            self.status = Some(text);
        }
    }
}

impl<O: Write, E: Write> Watch for Desk<O, E> {
    fn on_event(&mut self, node: u32, what: &Happening<'_>) {
        match what {
            Happening::Node(event) => self.count(node, event),
            Happening::Secured(secured) => {
                // One handshake says what all negotiate; the summary has the times of the rest.
                if !std::mem::replace(&mut self.secured, true) {
                    let words = format!(
                        "{}: {} with {} in {}; the broker's certificate is trusted",
                        self.prefix(node).trim_end(),
                        secured.version,
                        secured.cipher,
                        span(secured.took),
                    );
                    self.say(&words);
                }
            }
            Happening::Serial(bytes) => self.show_serial(node, bytes),
            Happening::Trouble(words) => self.show_trouble(node, words),
        }
    }

    fn on_stopping(&mut self, why: Ended) {
        self.stopping = Some(why);
        let words = match why {
            Ended::Signal => "stopping: emptying the queues; press ^C again to end at once",
            Ended::Time => "time is over: emptying the queues",
            Ended::Unwatched => return,
        };
        self.say(words);
    }

    fn on_tick(&mut self, elapsed: Duration) -> bool {
        self.elapsed = elapsed;
        self.shown = 0;
        if self.left_out > 0 {
            let many = std::mem::take(&mut self.left_out);
            self.say(&format!("{many} lines of consoles were left out"));
        }
        self.draw_status();
        !self.unread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(terminal: bool) -> Desk<Vec<u8>, Vec<u8>> {
        let options = DeskOptions {
            nodes: 12,
            serial: true,
            terminal,
        };
        Desk::new(options, Vec::new(), Vec::new())
    }

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn consoles_are_told_apart_line_by_line() {
        let mut desk = desk(false);
        desk.on_event(3, &Happening::Serial(b"Degrees Cel"));
        desk.on_event(11, &Happening::Serial(b"BOOT\r\n"));
        desk.on_event(3, &Happening::Serial(b"sius 22.1\r\n\x1b[2J\n"));
        assert_eq!(
            text(&desk.out),
            "node 11 | BOOT\nnode 3  | Degrees Celsius 22.1\nnode 3  | [2J\n"
        );
    }

    #[test]
    fn the_same_trouble_is_told_once_in_a_while() {
        let mut desk = desk(false);
        for node in 0..12 {
            desk.on_event(node, &Happening::Trouble("nobody listens there"));
        }
        desk.on_tick(REPEAT);
        desk.on_event(5, &Happening::Trouble("nobody listens there"));
        assert_eq!(
            text(&desk.errors),
            "node 0: nobody listens there\n\
             node 5: nobody listens there (11 times more in between)\n"
        );
    }

    #[test]
    fn a_broker_cannot_write_on_the_terminal() {
        let mut desk = desk(false);
        desk.on_event(0, &Happening::Trouble("it is for \x1b[31mevil\r\n"));
        assert_eq!(text(&desk.errors), "node 0: it is for [31mevil\n");
        for number in 0..1_000 {
            desk.on_event(0, &Happening::Trouble(&number.to_string()));
        }
        assert!(desk.troubles.len() <= TROUBLES_MAX);
        // C1 controls move cursors too: U+009B is CSI.
        desk.on_event(0, &Happening::Serial(b"a\x1b[2Jb\xC2\x9B31mc\r\n"));
        assert!(
            text(&desk.out).ends_with("| a[2Jb31mc\n"),
            "{}",
            text(&desk.out)
        );
        desk.on_event(0, &Happening::Serial(&[b'x'; 10_000]));
        assert!(desk.lines[&0].len() <= LINE_MAX);
    }

    #[test]
    fn the_status_line_makes_way_for_what_is_said() {
        let mut desk = desk(true);
        desk.on_tick(Duration::from_secs(61));
        desk.on_event(0, &Happening::Trouble("gone"));
        let shown = text(&desk.errors);
        let (status, rest) = shown.split_once("queued").unwrap();
        assert!(
            status.starts_with("\r\x1b[K1 min 1 s · 0/12 online"),
            "{shown:?}"
        );
        assert_eq!(rest, "\r\x1b[Knode 0: gone\n");
    }

    #[test]
    fn a_flood_of_lines_is_cut_and_said_to_be() {
        let mut desk = desk(false);
        for _ in 0..LINES_MAX + 5 {
            desk.on_event(0, &Happening::Serial(b"unknown command\r\n"));
        }
        desk.on_tick(Duration::from_secs(1));
        assert_eq!(text(&desk.out).lines().count(), LINES_MAX as usize);
        assert_eq!(text(&desk.errors), "5 lines of consoles were left out\n");
        desk.on_event(0, &Happening::Serial(b"BOOT\r\n"));
        assert!(text(&desk.out).ends_with("| BOOT\n"));
    }

    #[test]
    fn a_reader_that_went_away_ends_the_run() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let options = DeskOptions {
            nodes: 1,
            serial: true,
            terminal: false,
        };
        let mut desk = Desk::new(options, Gone, Vec::new());
        assert!(desk.on_tick(Duration::ZERO));
        desk.on_event(0, &Happening::Serial(b"a\n"));
        assert!(!desk.on_tick(Duration::ZERO));
    }
}
