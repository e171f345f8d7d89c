//! The line protocol of the simulated converter: one line in, one line out.
//!
//! Owns the words. Does not know sockets, nor what time it is.
//!
//! ```text
//! read                  240            one conversion, as firmware gets it
//! read A0               240
//! temperature           25.000         the air around the sensor, in °C
//! temperature 31.5      ok             holds the air there
//! temperature scenario  ok             gives the air back to the scenario
//! fault open            ok             none, open, short, short-to-supply or stuck
//! board                 NodeMCU (ESP8266), sensor tmp36 at A0, seed 1
//! anything else         error: …
//! ```

use std::fmt::{self, Display};

use nodelab_sim::analog::{RadioActivity, Tmp36Fault};
use nodelab_sim::{Celsius, NodeId, SimTime, Workbench};

use crate::expand;
use crate::scenario::quantity;
use crate::serve::journal::Shown;
use crate::serve::subject::Known;

/// Coldest air that is taken: colder than any place on earth.
const COLDEST: Celsius = Celsius(-100.0);
/// Hottest air that is taken: the sensor does not survive it.
const HOTTEST: Celsius = Celsius(200.0);
const FAULTS: [(&str, Tmp36Fault); 5] = [
    ("none", Tmp36Fault::None),
    ("open", Tmp36Fault::Open),
    ("short", Tmp36Fault::ShortToGround),
    ("short-to-supply", Tmp36Fault::ShortToSupply),
    ("stuck", Tmp36Fault::Stuck),
];

/// The board that all clients share.
#[derive(Debug)]
pub(super) struct Board {
    bench: Workbench,
    known: Known,
    /// Conversions so far.
    pub(super) readings: u64,
}

/// What comes of a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Answer {
    /// A person changed something; the journal should tell.
    Changed,
    /// What was asked for.
    Text(String),
    /// The line is wrong, and why.
    Wrong(String),
}

impl Board {
    pub(super) fn new(known: Known) -> Self {
        let spec = expand::draw(&known.prepared, known.seed);
        let mut bench = Workbench::new(&spec, NodeId(0));
        bench.switch_on(SimTime::ZERO);
        Self {
            bench,
            known,
            readings: 0,
        }
    }

    /// Answers a line; white space around words does not matter.
    pub(super) fn answer(&mut self, at: SimTime, line: &[u8]) -> Answer {
        let Ok(line) = std::str::from_utf8(line) else {
            return Answer::Wrong(format!("\"{}\" is not UTF-8", Shown(line)));
        };
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match (word, rest.trim()) {
            ("read", pin) => self.read(at, pin),
            ("temperature", "") => {
                let celsius = self.bench.temperature(at).0;
                Answer::Text(format!("{celsius:.3}"))
            }
            ("temperature", "scenario") => {
                self.bench.release_temperature(at);
                Answer::Changed
            }
            ("temperature", level) => self.hold(at, level),
            ("fault", name) => self.break_sensor(name),
            ("board", "") => Answer::Text(self.to_string()),
            _ => Answer::Wrong(format!(
                "\"{}\" is no command; expected read, temperature, fault or board",
                Shown(line.as_bytes())
            )),
        }
    }

    fn read(&mut self, at: SimTime, pin: &str) -> Answer {
        let wiring = &self.known.prepared.wiring;
        if !self.bench.is_powered() {
            let why = "the board has no power: a wire shorts its supplies";
            return Answer::Wrong(why.to_owned());
        }
        let board = wiring.board();
        let own = board.canonical_pin(wiring.analog_pin());
        // An ESP8266 has one converter, which MicroPython calls channel 0.
        let is_own = pin.is_empty()
            || board.canonical_pin(pin) == own
            || pin == wiring.analog_label()
            || (pin == "0" && !matches!(board, nodelab_sim::board::BoardKind::Esp32C3));
        if !is_own {
            return Answer::Wrong(format!(
                "nothing is simulated at pin \"{}\"; the sensor is at {}",
                Shown(pin.as_bytes()),
                wiring.analog_label()
            ));
        }
        self.readings += 1;
        let conversion = self.bench.convert(at, RadioActivity::Off);
        Answer::Text(conversion.code.0.to_string())
    }

    fn hold(&mut self, at: SimTime, text: &str) -> Answer {
        let plain = text.parse().map(Celsius);
        let level = plain.or_else(|_| quantity::temperature(text).map_err(drop));
        match level {
            Ok(level) if level.0 >= COLDEST.0 && level.0 <= HOTTEST.0 => {
                self.bench.hold_temperature(at, level);
                Answer::Changed
            }
            _ => Answer::Wrong(format!(
                "\"{}\" is no temperature; expected one from {} to {} °C, such as 31.5, or \
                 `scenario`",
                Shown(text.as_bytes()),
                COLDEST.0,
                HOTTEST.0
            )),
        }
    }

    fn break_sensor(&mut self, name: &str) -> Answer {
        match FAULTS.iter().find(|(known, _)| *known == name) {
            Some((_, fault)) => {
                self.bench.change_sensor(*fault);
                Answer::Changed
            }
            None => Answer::Wrong(format!(
                "\"{}\" is no fault; expected {}",
                Shown(name.as_bytes()),
                FAULTS.map(|(name, _)| name).join(", ")
            )),
        }
    }
}

impl Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wiring = &self.known.prepared.wiring;
        write!(f, "{}, ", wiring.board().name())?;
        match wiring.sensor_id() {
            Some(sensor) => write!(f, "sensor {sensor} at {}", wiring.analog_label())?,
            None => f.write_str("no sensor")?,
        }
        write!(f, ", seed {}", self.known.seed)
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("ok"),
            Self::Text(text) => f.write_str(text),
            Self::Wrong(why) => write!(f, "error: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare;
    use crate::scenario::Temperature;
    use nodelab_sim::SimSpan;

    #[test]
    fn the_tutorials_board_reads_240_at_25_degrees() {
        let mut board = board("");
        assert_eq!(ask(&mut board, 0, "temperature 25"), "ok");
        for line in ["read", "read A0", "read 0", "  read   ADC0  "] {
            assert_eq!(ask(&mut board, 7_200, line), "240", "{line}");
        }
        assert_eq!(board.readings, 4);
    }

    #[test]
    fn the_sensor_follows_the_air_with_its_packages_lag() {
        let mut board = board("");
        board.bench = Workbench::new(&spec(&board, false), NodeId(0));
        board.bench.switch_on(SimTime::ZERO);
        let code = |board: &mut Board, at| ask(board, at, "read").parse::<i32>().unwrap();
        let before = code(&mut board, 1);
        assert_eq!(ask(&mut board, 2, "temperature 80.5 °C"), "ok");
        assert_eq!(ask(&mut board, 2, "temperature"), "80.500");
        assert!(code(&mut board, 3) - before < 60);
        assert!(code(&mut board, 3_600) - before > 150);
        assert_eq!(ask(&mut board, 3_601, "temperature scenario"), "ok");
        assert_eq!(ask(&mut board, 3_601, "temperature"), "22.000");
    }

    #[test]
    fn faults_come_and_go() {
        let mut board = board("");
        let healthy = ask(&mut board, 1, "read");
        for fault in ["open", "short", "short-to-supply"] {
            assert_eq!(ask(&mut board, 1, &format!("fault {fault}")), "ok");
            assert_ne!(ask(&mut board, 1, "read"), healthy, "{fault}");
        }
        assert_eq!(ask(&mut board, 1, "fault stuck"), "ok");
        assert_eq!(ask(&mut board, 1, "fault none"), "ok");
        assert_eq!(ask(&mut board, 1, "read"), healthy);
    }

    #[test]
    fn mistakes_say_what_was_read_and_what_was_expected() {
        let mut board = board("");
        let lines = [
            "",
            "reed",
            "read D1",
            "read 5",
            "temperature hot",
            "temperature 2000",
            "temperature NaN",
            "temperature inf",
            "fault",
            "fault broken\u{1b}[2J",
            "board 2",
        ];
        let told: Vec<String> = lines.map(|line| ask(&mut board, 1, line)).to_vec();
        insta::assert_snapshot!(told.join("\n"));
        let answer = board.answer(SimTime::ZERO, b"read \xFF");
        assert_eq!(answer.to_string(), "error: \"read \u{fffd}\" is not UTF-8");
        assert_eq!(board.readings, 0);
    }

    #[test]
    fn an_esp32_c3_has_pins_with_numbers() {
        let text = include_str!("../../../../boards/esp32-c3/diagram.json");
        let mut board = board(text);
        assert_eq!(
            ask(&mut board, 0, "board"),
            "ESP32-C3-DevKitM-1, sensor tmp36 at GPIO0, seed 1"
        );
        assert!(ask(&mut board, 0, "read GPIO0").parse::<u16>().is_ok());
        assert!(ask(&mut board, 0, "read 0").parse::<u16>().is_ok());
        assert!(ask(&mut board, 0, "read 2").starts_with("error: "));
    }

    #[test]
    fn a_board_without_power_reads_nothing() {
        let text = r#"{"version": 1,
            "parts": [{"type": "board-nodemcu-esp8266", "id": "mcu"}],
            "connections": [["mcu:3V3", "mcu:GND", "red"]]}"#;
        let mut board = board(text);
        assert!(ask(&mut board, 0, "read").contains("no power"));
        assert!(ask(&mut board, 0, "board").contains("no sensor"));
    }

    /// The tutorial's board or another, ideal, at 22 °C.
    fn board(diagram: &str) -> Board {
        let mut prepared = prepare::built_in();
        if !diagram.is_empty() {
            prepared = prepared
                .on_board("diagram.json", diagram)
                .expect("it is valid");
        }
        prepared.scenario.extension.ideal = true;
        assert_eq!(
            prepared.scenario.extension.temperature,
            Temperature::default()
        );
        Board::new(Known {
            name: "a test".to_owned(),
            prepared,
            seed: 1,
            warnings: Vec::new(),
        })
    }

    fn spec(board: &Board, ideal: bool) -> nodelab_sim::WorldSpec {
        let mut prepared = board.known.prepared.clone();
        prepared.scenario.extension.ideal = ideal;
        expand::draw(&prepared, 1)
    }

    fn ask(board: &mut Board, second: u64, line: &str) -> String {
        let at = SimTime::ZERO.after(SimSpan::from_secs(second));
        board.answer(at, line.as_bytes()).to_string()
    }
}
