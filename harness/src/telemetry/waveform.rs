//! A world's signals as a waveform: a Value Change Dump (IEEE 1364-2005 §18), for wave viewers.
//!
//! Owns which signals there are, and their values. Time is in nanoseconds.
//!
//! ```text
//! nodelab
//! ├─ node0
//! │  ├─ power      wire          1 while the board has power
//! │  ├─ a0         real          volts at the sensor's output, as sampled
//! │  ├─ adc        16 bits       code of the converter
//! │  ├─ truth      real          °C of the air
//! │  ├─ reading    real          °C that the node believes
//! │  ├─ tx, rx     wire          toggles with each frame up, down
//! │  ├─ link       wire          1 while the node has an address
//! │  ├─ session    wire          1 while the broker has accepted it
//! │  ├─ queue      8 bits        readings that wait
//! │  ├─ phase      text          stage of joining or of TLS
//! │  └─ console    text          what it printed last
//! └─ world
//!    └─ faults     8 bits        how many are active
//! ```

use std::fmt;
use std::io::{self, Write};

use nodelab_sim::SimTime;
use vcd::{IdCode, TimescaleUnit, Value, VarType, Writer};

use super::Listener;
use super::fact::Fact;
use super::line::{Header, Line};

/// Nodes that get signals; a viewer is of no use with more.
const NODES_MAX: u32 = 64;
/// Characters of a text at most.
const TEXT_MAX: usize = 64;

/// Writes a waveform.
pub struct Waveform<W: Write> {
    writer: Writer<W>,
    nodes: Vec<Signals>,
    faults: Option<Counted>,
    last: Option<SimTime>,
}

/// The signals of one node.
#[derive(Clone, Copy, Debug)]
struct Signals {
    power: Wire,
    voltage: IdCode,
    adc: IdCode,
    truth: IdCode,
    reading: IdCode,
    sent: Wire,
    received: Wire,
    link: Wire,
    session: Wire,
    queue: IdCode,
    phase: IdCode,
    console: IdCode,
}

/// A signal of one bit, with its value.
#[derive(Clone, Copy, Debug)]
struct Wire {
    code: IdCode,
    level: bool,
}

/// A signal that counts.
#[derive(Clone, Copy, Debug)]
struct Counted {
    code: IdCode,
    count: u8,
}

impl<W: Write> Waveform<W> {
    /// Builds a waveform that is written to `out` as the world goes on.
    pub fn new(out: W) -> Self {
        Self {
            writer: Writer::new(out),
            nodes: Vec::new(),
            faults: None,
            last: None,
        }
    }

    fn begin(&mut self, header: &Header) -> io::Result<()> {
        let writer = &mut self.writer;
        let about = format!("{} · seed {}", header.file, header.seed);
        writer.comment(&one_word_per_blank(&about))?;
        writer.version(&format!("nodelab {}", header.nodelab))?;
        writer.timescale(1, TimescaleUnit::NS)?;
        writer.add_module("nodelab")?;
        for node in 0..header.nodes.min(NODES_MAX) {
            writer.add_module(&format!("node{node}"))?;
            self.nodes.push(Signals::declare(writer)?);
            writer.upscope()?;
        }
        writer.add_module("world")?;
        let code = writer.add_var(VarType::Wire, 8, "faults", None)?;
        self.faults = Some(Counted { code, count: 0 });
        writer.upscope()?;
        writer.upscope()?;
        writer.enddefinitions()?;
        writer.timestamp(0)?;
        self.last = Some(SimTime::ZERO);
        writer.begin(vcd::SimulationCommand::Dumpvars)?;
        for signals in &self.nodes {
            signals.dump(writer)?;
        }
        bits(writer, code, 8, 0)?;
        writer.end()
    }

    /// Moves on to a moment, which is not before the last.
    fn advance(&mut self, at: SimTime) -> io::Result<()> {
        if self.last != Some(at) {
            self.last = Some(at);
            self.writer.timestamp(at.as_nanos())?;
        }
        Ok(())
    }

    fn note(&mut self, at: SimTime, node: Option<u32>, fact: &Fact) -> io::Result<()> {
        if let Some(faults) = self.faults.as_mut() {
            #[expect(clippy::wildcard_enum_match_arm, reason = "faults start and end")]
            let step = match fact {
                Fact::FaultStarted { .. } => faults.count.saturating_add(1),
                Fact::FaultEnded { .. } => faults.count.saturating_sub(1),
                _ => faults.count,
            };
            if step != faults.count {
                faults.count = step;
                let code = faults.code;
                self.advance(at)?;
                return bits(&mut self.writer, code, 8, u64::from(step));
            }
        }
        let Some(index) = node
            .map(|node| node as usize)
            .filter(|n| *n < self.nodes.len())
        else {
            return Ok(());
        };
        if !Signals::concerns(fact) {
            return Ok(());
        }
        self.advance(at)?;
        self.nodes[index].follow(fact, &mut self.writer)
    }
}

impl<W: Write> fmt::Debug for Waveform<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waveform").finish_non_exhaustive()
    }
}

impl<W: Write + Send> Listener for Waveform<W> {
    fn on_line(&mut self, line: &Line) -> io::Result<()> {
        match line {
            Line::World(header) => self.begin(header),
            Line::Event(moment) => self.note(moment.at, moment.node, &moment.fact),
            Line::Ended(ended) => self.advance(SimTime::from_nanos(ended.virtual_ns)),
        }
    }

    fn on_end(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Signals {
    fn declare<W: Write>(writer: &mut Writer<W>) -> io::Result<Self> {
        let mut add = |kind, width, name: &str| writer.add_var(kind, width, name, None);
        let wire = |code| Wire { code, level: false };
        Ok(Self {
            power: wire(add(VarType::Wire, 1, "power")?),
            voltage: add(VarType::Real, 64, "a0")?,
            adc: add(VarType::Wire, 16, "adc")?,
            truth: add(VarType::Real, 64, "truth")?,
            reading: add(VarType::Real, 64, "reading")?,
            sent: wire(add(VarType::Wire, 1, "tx")?),
            received: wire(add(VarType::Wire, 1, "rx")?),
            link: wire(add(VarType::Wire, 1, "link")?),
            session: wire(add(VarType::Wire, 1, "session")?),
            queue: add(VarType::Wire, 8, "queue")?,
            phase: add(VarType::String, 1, "phase")?,
            console: add(VarType::String, 1, "console")?,
        })
    }

    /// Writes what holds before anything happened: nothing is known of what was not measured.
    fn dump<W: Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        for wire in [
            self.power,
            self.sent,
            self.received,
            self.link,
            self.session,
        ] {
            writer.change_scalar(wire.code, Value::V0)?;
        }
        writer.change_vector(self.adc, std::iter::repeat_n(Value::X, 16))?;
        bits(writer, self.queue, 8, 0)
    }

    /// Returns whether a fact changes a signal.
    const fn concerns(fact: &Fact) -> bool {
        matches!(
            fact,
            Fact::Converted { .. }
                | Fact::Frame { .. }
                | Fact::JoinPhaseStarted { .. }
                | Fact::LinkJoined
                | Fact::LinkLost { .. }
                | Fact::PoweredOff
                | Fact::PoweredOn
                | Fact::Queued { .. }
                | Fact::ReadingTaken { .. }
                | Fact::Serial { .. }
                | Fact::SessionClosed { .. }
                | Fact::SessionOpened { .. }
                | Fact::TlsConnected { .. }
                | Fact::TlsFailed { .. }
                | Fact::TlsMessage { .. }
        )
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the facts that concern a signal were chosen before"
    )]
    fn follow<W: Write>(&mut self, fact: &Fact, writer: &mut Writer<W>) -> io::Result<()> {
        match fact {
            Fact::Converted {
                code,
                output_uv,
                truth_mc,
            } => {
                bits(writer, self.adc, 16, u64::from(*code))?;
                writer.change_real(self.voltage, f64::from(*output_uv) / 1e6)?;
                writer.change_real(self.truth, f64::from(*truth_mc) / 1e3)
            }
            Fact::Frame { direction, .. } if direction == "up" => self.sent.toggle(writer),
            Fact::Frame { .. } => self.received.toggle(writer),
            Fact::JoinPhaseStarted { phase } => text(writer, self.phase, phase),
            Fact::LinkJoined => self.link.set(true, writer),
            Fact::LinkLost { .. } => self.link.set(false, writer),
            Fact::PoweredOff => {
                for wire in [&mut self.power, &mut self.link, &mut self.session] {
                    wire.set(false, writer)?;
                }
                text(writer, self.phase, "off")
            }
            Fact::PoweredOn => self.power.set(true, writer),
            Fact::Queued { length } => bits(writer, self.queue, 8, u64::from(*length)),
            Fact::ReadingTaken { value_mc, .. } => {
                writer.change_real(self.reading, f64::from(*value_mc) / 1e3)
            }
            Fact::Serial { text: printed } => text(writer, self.console, printed),
            Fact::SessionClosed { .. } => self.session.set(false, writer),
            Fact::SessionOpened { .. } => self.session.set(true, writer),
            Fact::TlsConnected { version, .. } => text(writer, self.phase, version),
            Fact::TlsFailed { why, .. } => text(writer, self.phase, why),
            Fact::TlsMessage { message, .. } => text(writer, self.phase, message),
            _ => Ok(()),
        }
    }
}

impl Wire {
    fn set<W: Write>(&mut self, level: bool, writer: &mut Writer<W>) -> io::Result<()> {
        if self.level == level {
            return Ok(());
        }
        self.toggle(writer)
    }

    fn toggle<W: Write>(&mut self, writer: &mut Writer<W>) -> io::Result<()> {
        self.level = !self.level;
        writer.change_scalar(self.code, self.level)
    }
}

/// Writes a number as bits, the highest first.
fn bits<W: Write>(writer: &mut Writer<W>, code: IdCode, width: u32, value: u64) -> io::Result<()> {
    let bit = |place: u32| Value::from(value >> place & 1 == 1);
    writer.change_vector(code, (0..width).rev().map(bit))
}

/// Writes a text. A dump separates its words by blanks, so a text may hold none.
fn text<W: Write>(writer: &mut Writer<W>, code: IdCode, text: &str) -> io::Result<()> {
    let shown: String = text
        .trim()
        .chars()
        .take(TEXT_MAX)
        .map(|letter| {
            if letter.is_ascii_graphic() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    writer.change_string(code, &shown)
}

/// Returns a comment without what would end it.
fn one_word_per_blank(text: &str) -> String {
    text.replace("$end", "end")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::BufReader;

    use super::*;
    use crate::telemetry::Moment;

    #[test]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the dump's reader knows more commands"
    )]
    fn what_is_written_reads_back() {
        let mut out = Vec::new();
        let mut waveform = Waveform::new(&mut out);
        let at = SimTime::from_nanos;
        let happened = |at, fact| {
            Line::Event(Moment {
                at,
                node: Some(0),
                fact,
            })
        };
        let converted = Fact::Converted {
            code: 240,
            output_uv: 750_000,
            truth_mc: 25_000,
        };
        let printed = Fact::Serial {
            text: "Degrees Celsius 25.0 °C\r\n".to_owned(),
        };
        waveform.on_line(&Line::World(Box::new(header()))).unwrap();
        for (time, fact) in [(0, Fact::PoweredOn), (5, converted), (9, printed)] {
            waveform.on_line(&happened(at(time), fact)).unwrap();
        }
        waveform.on_end().unwrap();
        drop(waveform);

        let mut parser = vcd::Parser::new(BufReader::new(out.as_slice()));
        let header = parser.parse_header().unwrap();
        let name = |code| {
            let node = header.find_scope(&["nodelab", "node0"]).unwrap();
            node.items.iter().find_map(|item| match item {
                vcd::ScopeItem::Var(var) if var.code == code => Some(var.reference.clone()),
                _ => None,
            })
        };
        let mut now = 0;
        let mut seen = BTreeMap::new();
        for command in parser.map(Result::unwrap) {
            let (code, value) = match command {
                vcd::Command::Timestamp(time) => {
                    now = time;
                    continue;
                }
                vcd::Command::ChangeScalar(code, value) => (code, value.to_string()),
                vcd::Command::ChangeVector(code, value) => (code, value.to_string()),
                vcd::Command::ChangeReal(code, value) => (code, value.to_string()),
                vcd::Command::ChangeString(code, value) => (code, value),
                _ => continue,
            };
            if let Some(name) = name(code) {
                seen.insert(name, (now, value));
            }
        }
        assert_eq!(seen["power"], (0, "1".to_owned()));
        assert_eq!(seen["adc"], (5, "0000000011110000".to_owned()));
        assert_eq!(seen["a0"], (5, "0.75".to_owned()));
        assert_eq!(seen["console"], (9, "Degrees_Celsius_25.0__C".to_owned()));
    }

    fn header() -> Header {
        let text = include_str!("../../tests/data/events.ndjson");
        match serde_json::from_str(text.lines().next().unwrap()).unwrap() {
            Line::World(header) => *header,
            Line::Ended(_) | Line::Event(_) => panic!("a stream begins with its world"),
        }
    }
}
