//! A world as a timeline: the Trace Event Format of Chromium ("Trace Event Format", Google,
//! 2016), for Perfetto and `chrome://tracing`.
//!
//! Owns which tracks there are, and what lies on them. Each node is a process, each of its layers
//! a thread; time is in microseconds of the world.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use nodelab_sim::SimTime;
use serde_json::{Value, json};

use super::Listener;
use super::fact::Fact;
use super::line::{Header, Line};

/// Nodes that get tracks; a viewer is of no use with more.
const NODES_MAX: u32 = 256;

/// Writes a timeline.
pub struct Timeline<W> {
    out: W,
    /// Whether an event was written, after which a comma comes.
    has_events: bool,
    nodes: u32,
    /// What has begun on each track and not ended.
    open: BTreeMap<(u32, Track), Open>,
    /// Faults that are active, with their numbers.
    faults: Vec<(String, u32)>,
    faults_seen: u32,
}

/// A layer of a node.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Track {
    Power,
    Energy,
    Radio,
    Link,
    Tls,
    Session,
    Publishing,
    Console,
}

/// Something that has begun.
#[derive(Clone, Debug)]
struct Open {
    name: String,
    since: SimTime,
}

impl<W: Write> Timeline<W> {
    /// Builds a timeline that is written to `out` as the world goes on.
    pub const fn new(out: W) -> Self {
        Self {
            out,
            has_events: false,
            nodes: 0,
            open: BTreeMap::new(),
            faults: Vec::new(),
            faults_seen: 0,
        }
    }

    fn begin(&mut self, header: &Header) -> io::Result<()> {
        let about = json!({
            "file": header.file, "name": header.name, "seed": header.seed,
            "nodelab": header.nodelab, "time": "virtual",
        });
        write!(
            self.out,
            "{{\"displayTimeUnit\":\"ms\",\"otherData\":{about},\"traceEvents\":["
        )?;
        self.nodes = header.nodes.min(NODES_MAX);
        self.write(&json!({
            "ph": "M", "name": "process_name", "pid": 0, "args": { "name": "world" },
        }))?;
        for node in 0..self.nodes {
            let name = format!("node {node}");
            let pid = node + 1;
            self.write(&json!({
                "ph": "M", "name": "process_name", "pid": pid, "args": { "name": name },
            }))?;
            for track in Track::ALL {
                self.write(&json!({
                    "ph": "M", "name": "thread_name", "pid": pid, "tid": track as u8 + 1,
                    "args": { "name": track.name() },
                }))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, event: &Value) -> io::Result<()> {
        let comma = if self.has_events { ",\n" } else { "\n" };
        self.has_events = true;
        write!(self.out, "{comma}{event}")
    }

    /// Begins something on a track; what was there ends.
    fn start(
        &mut self,
        at: SimTime,
        place: (u32, Track),
        name: impl Into<String>,
    ) -> io::Result<()> {
        self.stop(at, place, &json!({}))?;
        let name = name.into();
        self.open.insert(place, Open { name, since: at });
        Ok(())
    }

    /// Ends what is on a track, if anything is.
    fn stop(&mut self, at: SimTime, place: (u32, Track), details: &Value) -> io::Result<()> {
        match self.open.remove(&place) {
            Some(Open { name, since }) => self.piece((since, at), place, &name, details),
            None => Ok(()),
        }
    }

    fn piece(
        &mut self,
        (from, to): (SimTime, SimTime),
        (node, track): (u32, Track),
        name: &str,
        details: &Value,
    ) -> io::Result<()> {
        self.write(&json!({
            "ph": "X", "name": name, "cat": track.name(), "pid": node + 1, "tid": track as u8 + 1,
            "ts": micros(from), "dur": micros(to) - micros(from), "args": details,
        }))
    }

    fn instant(
        &mut self,
        at: SimTime,
        (node, track): (u32, Track),
        name: &str,
        details: &Value,
    ) -> io::Result<()> {
        self.write(&json!({
            "ph": "i", "s": "t", "name": name, "cat": track.name(), "pid": node + 1,
            "tid": track as u8 + 1, "ts": micros(at), "args": details,
        }))
    }

    fn counter(&mut self, at: SimTime, node: u32, name: &str, values: &Value) -> io::Result<()> {
        self.write(&json!({
            "ph": "C", "name": name, "pid": node + 1, "ts": micros(at), "args": values,
        }))
    }

    fn fault(&mut self, at: SimTime, name: &str, starts: bool) -> io::Result<()> {
        let id = if starts {
            self.faults_seen += 1;
            self.faults.push((name.to_owned(), self.faults_seen));
            self.faults_seen
        } else {
            match self.faults.iter().position(|(known, _)| known == name) {
                Some(place) => self.faults.remove(place).1,
                None => return Ok(()),
            }
        };
        self.write(&json!({
            "ph": if starts { "b" } else { "e" }, "name": name, "cat": "fault", "id": id,
            "pid": 0, "tid": 0, "ts": micros(at),
        }))
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a timeline shows what lasts, and a few moments"
    )]
    fn note(&mut self, at: SimTime, node: Option<u32>, fact: &Fact) -> io::Result<()> {
        match fact {
            Fact::FaultStarted { fault } => return self.fault(at, fault, true),
            Fact::FaultEnded { fault } => return self.fault(at, fault, false),
            _ => {}
        }
        let Some(node) = node.filter(|node| *node < self.nodes) else {
            return Ok(());
        };
        match fact {
            Fact::PoweredOn => self.start(at, (node, Track::Power), "powered"),
            Fact::PoweredOff => {
                let tracks = Track::ALL.iter();
                tracks
                    .copied()
                    .try_for_each(|track| self.stop(at, (node, track), &json!({})))
            }
            Fact::Billed {
                cause,
                charge_fc,
                span_ns,
            } => {
                let from = SimTime::from_nanos(at.as_nanos().saturating_sub(*span_ns));
                let details = json!({ "charge_fc": charge_fc.to_string() });
                self.piece((from, at), (node, Track::Energy), cause, &details)
            }
            Fact::JoinPhaseStarted { phase } => {
                self.start(at, (node, Track::Radio), phase.as_ref())
            }
            Fact::JoinPhaseEnded { .. } => self.stop(at, (node, Track::Radio), &json!({})),
            Fact::RadioLeft { reason } => {
                let details = json!({ "reason": reason });
                self.stop(at, (node, Track::Radio), &details)?;
                self.instant(at, (node, Track::Radio), "left", &details)
            }
            Fact::Converted { code, truth_mc, .. } => {
                self.counter(at, node, "ADC code", &json!({ "code": code }))?;
                let truth = f64::from(*truth_mc) / 1e3;
                self.counter(at, node, "true temperature (°C)", &json!({ "true": truth }))
            }
            Fact::ReadingTaken { value_mc, .. } => {
                let value = f64::from(*value_mc) / 1e3;
                self.counter(at, node, "reading (°C)", &json!({ "reading": value }))
            }
            Fact::Queued { length } => {
                self.counter(at, node, "queue", &json!({ "readings": length }))
            }
            Fact::Serial { text } => {
                self.instant(at, (node, Track::Console), text.trim(), &json!({}))
            }
            _ => self.follow_connection(at, node, fact),
        }
    }

    /// Follows the link, the handshake, the session and what is published.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a timeline shows what lasts, and a few moments"
    )]
    fn follow_connection(&mut self, at: SimTime, node: u32, fact: &Fact) -> io::Result<()> {
        let (link, tls, session) = (
            (node, Track::Link),
            (node, Track::Tls),
            (node, Track::Session),
        );
        match fact {
            Fact::LinkJoined => self.start(at, link, "joined"),
            Fact::LinkLost { why, .. } => self.stop(at, link, &json!({ "lost": why })),
            Fact::TlsStarted { side } if side == "client" => self.start(at, tls, "handshake"),
            Fact::TlsMessage {
                side,
                message,
                bytes,
                encrypted,
            } => {
                let details = json!({ "side": side, "bytes": bytes, "encrypted": encrypted });
                self.instant(at, tls, message, &details)
            }
            Fact::TlsConnected {
                side,
                version,
                suite,
                group,
                resumed,
            } if side == "client" => {
                let details = json!({
                    "version": version, "suite": suite, "group": group, "resumed": resumed,
                });
                self.stop(at, tls, &details)
            }
            Fact::TlsFailed { side, why } => {
                self.stop(at, tls, &json!({ "failed": why, "side": side }))
            }
            Fact::SessionOpened { .. } => self.start(at, session, "session"),
            Fact::SessionClosed { why } => {
                self.stop(at, (node, Track::Publishing), &json!({ "lost": why }))?;
                self.stop(at, session, &json!({ "closed": why }))
            }
            Fact::PublishSent { sequence, .. } => {
                self.start(at, (node, Track::Publishing), format!("reading {sequence}"))
            }
            Fact::PublishAcked { .. } => self.stop(at, (node, Track::Publishing), &json!({})),
            _ => Ok(()),
        }
    }

    fn end(&mut self, at: SimTime) -> io::Result<()> {
        while let Some((place, _)) = self.open.first_key_value() {
            let place = *place;
            self.stop(at, place, &json!({ "open": "at the end of the run" }))?;
        }
        while let Some((name, _)) = self.faults.first().cloned() {
            self.fault(at, &name, false)?;
        }
        self.out.write_all(b"\n]}\n")
    }
}

impl<W> fmt::Debug for Timeline<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeline").finish_non_exhaustive()
    }
}

impl<W: Write + Send> Listener for Timeline<W> {
    fn on_line(&mut self, line: &Line) -> io::Result<()> {
        match line {
            Line::World(header) => self.begin(header),
            Line::Event(moment) => self.note(moment.at, moment.node, &moment.fact),
            Line::Ended(ended) => self.end(SimTime::from_nanos(ended.virtual_ns)),
        }
    }

    fn on_end(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Track {
    /// All of them, from the ground up.
    const ALL: [Self; 8] = [
        Self::Power,
        Self::Energy,
        Self::Radio,
        Self::Link,
        Self::Tls,
        Self::Session,
        Self::Publishing,
        Self::Console,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Energy => "energy",
            Self::Radio => "radio",
            Self::Link => "link",
            Self::Tls => "TLS",
            Self::Session => "MQTT session",
            Self::Publishing => "publishing",
            Self::Console => "console",
        }
    }
}

/// Returns a time as the format has it.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact to a nanosecond for a hundred days"
)]
fn micros(at: SimTime) -> f64 {
    at.as_nanos() as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Events;

    #[test]
    fn what_begins_ends_and_pieces_lie_where_they_were() {
        let text = include_str!("../../tests/data/events.ndjson");
        let mut out = Vec::new();
        let mut timeline = Timeline::new(&mut out);
        for line in Events::new(text.as_bytes()) {
            timeline.on_line(&line.unwrap()).unwrap();
        }
        timeline.on_end().unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        let events = document["traceEvents"].as_array().unwrap();
        let of = |phase: &str| events.iter().filter(|event| event["ph"] == phase).count();
        assert!(of("X") > 10 && of("C") > 3 && of("i") > 3, "{document:#}");
        assert_eq!(of("b"), of("e"));
        for event in events {
            assert!(
                event["dur"].as_f64().is_none_or(|dur| dur >= 0.0),
                "{event}"
            );
            assert!(event["ph"] == "M" || event["ts"].is_number(), "{event}");
        }
        let handshake = events
            .iter()
            .find(|event| event["name"] == "handshake")
            .unwrap();
        assert_eq!(handshake["args"]["version"], "TLS 1.3");
    }
}
