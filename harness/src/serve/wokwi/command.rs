//! What each command does.
//!
//! Owns the list of commands, those that nodelab has no part for among them. Does not know the
//! form of messages, nor how time goes on.

use nodelab_sim::SimTime;
use nodelab_sim::board::{BoardKind, PinRole, Severity};
use serde_json::{Value, json};

use crate::diagnostic::{Colour, render_all};
use crate::scenario::ControlValue;
use crate::serve::journal::Shown;

use super::message::{
    Answer, BAD_REQUEST, Command, NOT_FOUND, NOT_IMPLEMENTED, Refusal, TOO_LARGE,
};
use super::pause::Condition;
use super::session::{Running, Session};
use super::wave::CHANNELS;

/// Names of the commands that are carried out.
const COMMANDS: [&str; 16] = [
    "control:set",
    "file:download",
    "file:upload",
    "gpio:list",
    "pause-point:add",
    "pause-point:remove",
    "pin:listen",
    "pin:read",
    "serial-monitor:listen",
    "serial-monitor:write",
    "sim:pause",
    "sim:read-vcd",
    "sim:restart",
    "sim:resume",
    "sim:start",
    "sim:status",
];
/// Bytes that can be typed at once.
const TYPED_MAX: usize = 4_096;
/// The chip that nodelab simulates; others are left out.
const CHIP: &str = "tmp36";
/// Who speaks when nodelab says something about itself.
const SELF: &str = "nodelab";
/// Chips, and files of firmware, that are named when a world starts; others are counted.
const NAMED_MAX: usize = 16;
/// Farthest temperature from zero that a control takes, in °C.
const CONTROL_MAX: f64 = 1_000.0;

impl Session {
    /// Carries out a command and answers it.
    pub(super) fn command(&mut self, now: SimTime, mut command: Command) {
        let answer = match command.name.as_str() {
            "control:set" => self.set_control(&command),
            "file:download" => command
                .text("name")
                .and_then(|name| self.files.download(name)),
            "file:upload" => self.upload(&mut command),
            "gpio:list" => self.list_pins(),
            "pause-point:add" => self.add_pause_point(&command),
            "pause-point:remove" => command.text("id").and_then(|id| {
                let unknown = || Refusal::new(NOT_FOUND, format!("there is no pause point {id:?}"));
                self.points.remove(id).then(done).ok_or_else(unknown)
            }),
            "pin:listen" | "pin:read" => self.read_pin(&command),
            "serial-monitor:listen" => Ok(done()),
            "serial-monitor:write" => self.write_serial(&command),
            "sim:pause" => self.pause(),
            "sim:read-vcd" => self.read_wave(),
            "sim:restart" => return self.restart(now, &command),
            "sim:resume" => self.resume(now, &command),
            "sim:start" => return self.start(now, &command),
            "sim:status" => Ok(json!({
                "running": self.is_running(),
                "nanos": self.now().as_nanos(),
            })),
            name => Err(refused(name)),
        };
        let listens = command.name == "serial-monitor:listen";
        self.respond(command.response(answer));
        if listens {
            self.listen();
        }
    }

    fn upload(&mut self, command: &mut Command) -> Answer {
        let name = command.text("name")?.to_owned();
        let (text, binary) = (command.take_text("text"), command.take_text("binary"));
        self.files.upload(name, text, binary)?;
        Ok(done())
    }

    /// Starts a world on the board that was uploaded, or on that of the scenario.
    fn start(&mut self, now: SimTime, command: &Command) {
        let built = self.build(command);
        let (running, pause) = match built {
            Ok(built) => built,
            Err(refusal) => {
                self.note(format!("cannot start: {}", first_line(&refusal.message)));
                return self.respond(command.response(Err(refusal)));
            }
        };
        let wiring = &running.prepared.wiring;
        let board = wiring.board().name();
        let warnings: Vec<String> = wiring
            .problems()
            .iter()
            .filter(|problem| problem.severity() != Severity::Note)
            .map(ToString::to_string)
            .collect();
        self.points.restart();
        self.running = Some(running);
        self.respond(command.response(Ok(json!({ "warnings": warnings }))));
        let version = env!("CARGO_PKG_VERSION");
        let idle = idle(command);
        let told = format!("nodelab {version} runs its own node-core on a {board}{idle}");
        self.tell_chip(SimTime::ZERO, SELF, &told);
        let mut strangers = chips(command).filter(|chip| *chip != CHIP);
        for chip in strangers.by_ref().take(NAMED_MAX) {
            let told = format!("chip \"{}\" is not simulated", Shown(chip.as_bytes()));
            self.tell_chip(SimTime::ZERO, SELF, &told);
        }
        let more = strangers.count();
        if more > 0 {
            self.tell_chip(SimTime::ZERO, SELF, &format!("and {more} more"));
        }
        self.note(format!("starts a {board}"));
        if !pause && let Some(running) = &mut self.running {
            running.resume(now, None);
        }
    }

    fn build(&self, command: &Command) -> Result<(Running, bool), Refusal> {
        let pause = command.flag("pause")?;
        if let Some(missing) = firmware(command).find(|name| !self.files.has(name)) {
            let missing = Shown(missing.as_bytes());
            let message = format!("sim:start: \"{missing}\" was not uploaded");
            return Err(Refusal::new(NOT_FOUND, message));
        }
        let prepared = match self.files.text("diagram.json") {
            None if self.files.has("diagram.json") => {
                let message = "sim:start: diagram.json is not UTF-8";
                return Err(Refusal::new(BAD_REQUEST, message));
            }
            None => self.known.prepared.clone(),
            Some(text) => self
                .known
                .prepared
                .on_board("diagram.json", &text)
                .map_err(|errors| {
                    let told = render_all(&errors, Colour::Plain);
                    Refusal::new(BAD_REQUEST, format!("sim:start:\n{told}"))
                })?,
        };
        Ok((Running::new(prepared, self.known.seed), pause))
    }

    fn restart(&mut self, now: SimTime, command: &Command) {
        let seed = self.known.seed;
        let flag = command.flag("pause");
        let begun = flag.and_then(|pause| {
            let running = self.started()?;
            *running = Running::new(running.prepared.clone(), seed);
            if !pause {
                running.resume(now, None);
            }
            Ok(done())
        });
        if begun.is_ok() {
            self.points.restart();
            self.note("begins anew".to_owned());
        }
        self.respond(command.response(begun));
    }

    fn resume(&mut self, now: SimTime, command: &Command) -> Answer {
        let pause_after = match command.param("pauseAfter") {
            None => None,
            Some(_) => Some(command.nanos("pauseAfter")?),
        };
        self.started()?.resume(now, pause_after);
        Ok(done())
    }

    /// Pauses, and says when that is, even if time stood still: wokwi-client 0.5.1 reckons from
    /// what it was told last.
    fn pause(&mut self) -> Answer {
        let running = self.started()?;
        running.simulation.pause();
        let at = running.simulation.now();
        self.tell_pause(at, None);
        Ok(done())
    }

    fn add_pause_point(&mut self, command: &Command) -> Answer {
        let id = command.text("id")?.to_owned();
        let condition = match command.text("type")? {
            "serial-bytes" => Condition::Serial(command.bytes("bytes")?),
            "time-absolute" => Condition::Absolute(SimTime::ZERO.after(command.nanos("nanos")?)),
            "time-relative" => Condition::Relative(command.nanos("nanos")?),
            _ => {
                let expected = "\"serial-bytes\", \"time-absolute\" or \"time-relative\"";
                return Err(command.wrong("type", expected));
            }
        };
        let added = self.points.add(self.now(), id, condition);
        added.map_err(|why| Refusal::new(BAD_REQUEST, format!("pause-point:add: {why}")))?;
        Ok(done())
    }

    fn set_control(&mut self, command: &Command) -> Answer {
        let (part, control) = (command.text("part")?, command.text("control")?);
        let value = match command.param("value") {
            Some(Value::Bool(flag)) => Some(f64::from(u8::from(*flag))),
            Some(Value::Number(number)) => number.as_f64(),
            // wokwi-cli passes on whatever a scenario has.
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(Value::Array(_) | Value::Null | Value::Object(_)) | None => None,
        };
        let value = value.filter(|value| value.abs() <= CONTROL_MAX);
        let value = value.ok_or_else(|| command.wrong("value", "a number, up to 1000"))?;
        let running = self.started()?;
        let parts = &running.simulation.parts;
        let meant = parts.control(part, control, &ControlValue::Number(value));
        let meant = meant.map_err(|why| Refusal::new(NOT_FOUND, why))?;
        running.simulation.control(meant);
        self.note(format!("sets {control} of {part} to {value}"));
        Ok(done())
    }

    /// Reads a pin. No program drives one here, so that whoever listens hears nothing.
    fn read_pin(&mut self, command: &Command) -> Answer {
        let (part, pin) = (command.text("part")?, command.text("pin")?);
        let running = self.started()?;
        let level = running.simulation.parts.level(part, pin);
        if command.name == "pin:listen" {
            command.flag("listen")?;
            let role = running.simulation.parts.wiring.board().pin_role(pin);
            let is_there = level.is_ok() || role.is_some();
            return is_there.then(done).ok_or_else(|| {
                Refusal::new(NOT_FOUND, format!("there is no pin {pin:?} of {part:?}"))
            });
        }
        let level = level.map_err(|why| Refusal::new(NOT_FOUND, why))?;
        Ok(json!({
            "pin": pin,
            "value": u8::from(level),
            "voltage": if level { 3.3 } else { 0.0 },
            "direction": "input",
            "pullUp": false,
            "pullDown": false,
        }))
    }

    fn list_pins(&mut self) -> Answer {
        let wiring = &self.started()?.simulation.parts.wiring;
        let (id, board) = (wiring.board_id(), wiring.board());
        let pins: Vec<String> = pins(board).map(|pin| format!("{id}:{pin}")).collect();
        Ok(json!({ "pins": pins }))
    }

    fn write_serial(&mut self, command: &Command) -> Answer {
        let bytes = command.bytes("bytes")?;
        if bytes.len() > TYPED_MAX {
            let message = format!("serial-monitor:write: expected {TYPED_MAX} bytes at most");
            return Err(Refusal::new(TOO_LARGE, message));
        }
        if !self.started()?.simulation.write_serial(&bytes) {
            let message =
                "serial-monitor:write: too much waits to be printed: send sim:resume first";
            return Err(Refusal::new(TOO_LARGE, message));
        }
        Ok(done())
    }

    fn read_wave(&mut self) -> Answer {
        let simulation = &self.started()?.simulation;
        let wave = simulation.wave();
        let vcd = wave.dump(simulation.parts.wiring.board_id());
        Ok(json!({ "vcd": vcd, "channelCount": CHANNELS, "sampleCount": wave.len() }))
    }
}

fn done() -> Value {
    json!({})
}

/// Returns why a command is not carried out.
fn refused(name: &str) -> Refusal {
    let part = match name {
        "framebuffer:read" | "touch:event" => "the board has no display",
        "sdcard:export" => "the board has no card",
        _ if name.starts_with("gdb:") => "nodelab does not execute the firmware",
        _ => {
            let message = format!(
                "{:?} is no command of nodelab; it knows {}",
                name.chars().take(60).collect::<String>(),
                COMMANDS.join(", ")
            );
            return Refusal::new(NOT_FOUND, message);
        }
    };
    Refusal::new(NOT_IMPLEMENTED, format!("{name}: {part}"))
}

/// Returns the names of the files that a client would like to be executed.
fn firmware(command: &Command) -> impl Iterator<Item = &str> {
    let firmware = command.param("firmware");
    let single = firmware.and_then(Value::as_str);
    let sections = firmware.and_then(Value::as_array);
    let file = |section| Value::get(section, "file").and_then(Value::as_str);
    let files = sections.into_iter().flatten().filter_map(file);
    single.into_iter().chain(files)
}

/// Says which files are there and not executed; nothing if none is.
fn idle(command: &Command) -> String {
    let shown = firmware(command).take(NAMED_MAX);
    let shown: Vec<String> = shown
        .map(|name| Shown(name.as_bytes()).to_string())
        .collect();
    let names = shown.join(", ");
    match (shown.len(), firmware(command).count() - shown.len()) {
        (0, _) => String::new(),
        (1, 0) => format!("; {names} is not executed"),
        (_, 0) => format!("; {names} are not executed"),
        (_, more) => format!("; {names} and {more} more are not executed"),
    }
}

/// Returns the names of the chips that a client brings.
fn chips(command: &Command) -> impl Iterator<Item = &str> {
    let chips = command.param("chips").and_then(Value::as_array);
    chips.into_iter().flatten().filter_map(Value::as_str)
}

/// Returns the pins of a board that a program can use, each once.
fn pins(board: BoardKind) -> impl Iterator<Item = String> {
    let numbered = |prefix: &'static str| (0..=21).map(move |pin| format!("{prefix}{pin}"));
    let (prefix, others): (_, &[&str]) = match board {
        BoardKind::Esp12 => ("GPIO", &["ADC"]),
        BoardKind::Esp32C3 => ("", &[]),
        BoardKind::NodeMcu => ("D", &["SD2", "SD3", "RX", "TX", "A0"]),
    };
    let others = others.iter().map(|pin| (*pin).to_owned());
    numbered(prefix).chain(others).filter(move |pin| {
        matches!(
            board.pin_role(pin),
            Some(PinRole::Analog | PinRole::AnalogSecond | PinRole::Digital)
        )
    })
}

fn first_line(text: &str) -> &str {
    let mut lines = text.lines().filter(|line| !line.ends_with("sim:start:"));
    lines.next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::prepare;
    use crate::serve::subject::Known;

    #[test]
    fn a_board_lists_each_of_its_pins_once() {
        let list = |board| pins(board).collect::<Vec<_>>().join(" ");
        assert_eq!(
            list(BoardKind::NodeMcu),
            "D0 D1 D2 D3 D4 D5 D6 D7 D8 SD2 SD3 RX TX A0"
        );
        assert_eq!(list(BoardKind::Esp12).matches("GPIO").count(), 13);
        assert!(list(BoardKind::Esp32C3).starts_with("0 1 2 "));
    }

    #[test]
    fn the_list_of_commands_is_sorted_and_touches_are_refused() {
        assert!(COMMANDS.is_sorted());
        assert_eq!(refused("touch:event").code, NOT_IMPLEMENTED);
        assert_eq!(refused("gdb:listen").code, NOT_IMPLEMENTED);
        assert!(refused("sim:stop").message.contains("it knows control:set"));
    }

    #[test]
    fn a_crowd_of_chips_and_files_is_counted_and_not_named() {
        let mut session = Session::new(Arc::new(Known {
            name: "a test".to_owned(),
            prepared: prepare::built_in(),
            seed: 1,
            warnings: Vec::new(),
        }));
        let upload = json!({ "name": "a", "text": "x" });
        command(&mut session, "file:upload", &upload);
        let params = json!({
            "pause": true,
            "chips": vec!["strange"; 1_000],
            "firmware": vec![json!({ "offset": 0, "file": "a" }); 1_000],
        });
        command(&mut session, "sim:start", &params);
        let told: Vec<String> = std::iter::from_fn(|| session.poll()).collect();
        // Two responses, what runs, the chips, and how many more there are.
        assert_eq!(told.len(), 2 + 1 + NAMED_MAX + 1, "{told:?}");
        assert!(
            told[2].contains("a, a and 984 more are not executed"),
            "{}",
            told[2]
        );
        assert!(told.last().unwrap().contains("and 984 more"));
    }

    fn command(session: &mut Session, name: &str, params: &Value) {
        let text = json!({ "type": "command", "command": name, "params": params, "id": "1" });
        session.handle(SimTime::ZERO, Command::read(&text.to_string()));
    }
}
