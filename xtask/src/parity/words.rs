//! Requests and answers in words, and two turns side by side.
//!
//! Owns the wording. Does not know where turns come from.

use std::fmt::Write as _;

use node_core::{Effect, Input, Instant};
use node_wire::{Answer, Request};

use crate::parity::state::Difference;
use crate::parity::turn::{Answers, comparable};

/// Bytes of a stream that are shown.
const BYTES_MAX: usize = 64;
/// Differences of a state that are shown.
const DIFFERENCES_MAX: usize = 24;
/// Why writing to a string holds.
const SOUND: &str = "a string takes all that is written to it";

/// Says when something was told: h:mm:ss and microseconds.
pub(crate) fn time(at: Instant) -> String {
    let us = at.as_micros();
    let s = us / 1_000_000;
    let (hours, minutes, seconds) = (s / 3600, s / 60 % 60, s % 60);
    format!("{hours}:{minutes:02}:{seconds:02}.{:06}", us % 1_000_000)
}

/// Says what was told.
pub(crate) fn request(request: &Request<'_>) -> String {
    match request {
        Request::Boot { seed, config, .. } => {
            let report = config.report.map_or_else(
                || "reports to nobody".to_owned(),
                |to| format!("{:?}, {:?}", to.format, to.qos),
            );
            format!("boot, seed {seed}, {report}")
        }
        Request::Dump => "show what is held".to_owned(),
        Request::Handle { input, .. } => match input {
            Input::LinkDown(why) => format!("link down: {}", why.as_str()),
            Input::LinkUp => "link up".to_owned(),
            Input::Sampled(code) => format!("sampled: code {}", code.0),
            Input::SerialRead(bytes) => format!("serial read: {}", text(bytes)),
            Input::StreamClosed(why) => format!("stream closed: {}", why.as_str()),
            Input::StreamOpened => "stream opened".to_owned(),
            Input::StreamRead(bytes) => format!("stream read: {}", hex(bytes)),
            Input::TimeKnown(civil) => format!("time known: {} ms", civil.as_millis()),
            Input::Timeout => "timeout".to_owned(),
        },
        Request::Measure => "measure the stack".to_owned(),
        Request::Queued => "name the readings that wait".to_owned(),
    }
}

/// Says what was answered, without what only a core can count.
pub(crate) fn answer(answer: &Answer<'_>) -> String {
    match answer {
        Answer::Dumped(bytes) => format!("holds {}", text(bytes)),
        Answer::Effect(Effect::Command(command)) => format!("command {command:?}"),
        Answer::Effect(Effect::Event(event)) => format!("event {event:?}"),
        Answer::Effect(Effect::SerialWrite(bytes)) => format!("prints {}", text(bytes)),
        Answer::Effect(Effect::StreamWrite(bytes)) => format!("writes {}", hex(bytes)),
        Answer::Measured { .. } => "measured".to_owned(),
        Answer::Reading(reading) => format!("waits {reading:?}"),
        Answer::Refused(why) => format!("refused: {why:?}"),
        Answer::Turn { standing, .. } => {
            let wakes = standing.timeout;
            let wakes = wakes.map_or_else(|| "never".to_owned(), time);
            let sampling = if standing.state.sampling {
                ", sampling"
            } else {
                ""
            };
            format!(
                "stands {}{sampling}, queue {}, to be woken {wakes}",
                standing.state.connection.as_str(),
                standing.queued
            )
        }
    }
}

/// Lays two turns out, answer by answer; `core` is the core's name.
pub(crate) fn side_by_side(host: &[u8], core: Option<&[u8]>, name: &str) -> String {
    let mut shown = String::new();
    let width = name.len().max("both".len());
    let (mut hosts, mut cores) = (Answers::of(host), Answers::of(core.unwrap_or_default()));
    loop {
        match (hosts.next(), cores.next()) {
            (None, None) => break,
            (Some(one), Some(other)) if comparable(&one) == comparable(&other) => {
                writeln!(shown, "    {:width$}  {}", "both", answer(&one)).expect(SOUND);
            }
            (one, other) => {
                let said = |answered: Option<Answer<'_>>| {
                    answered.map_or_else(|| "nothing".to_owned(), |one| answer(&one))
                };
                let is_pair = one.is_some() && other.is_some();
                let (one, other) = (said(one), said(other));
                writeln!(shown, "  ≠ {:width$}  {one}", "host").expect(SOUND);
                writeln!(shown, "    {name:width$}  {other}").expect(SOUND);
                if is_pair {
                    let (from, to) = stretch(&one, &other);
                    let marks = format!("{}{}", " ".repeat(from), "^".repeat(to - from));
                    writeln!(shown, "    {:width$}  {marks}", "").expect(SOUND);
                }
            }
        }
    }
    if !cores.rest().is_empty() {
        let rest = hex(cores.rest());
        writeln!(shown, "    {name:width$}  bytes that are no answer: {rest}").expect(SOUND);
    }
    shown
}

/// Lists what two nodes hold that is not the same.
pub(crate) fn differences(differences: &[Difference]) -> String {
    let mut shown = String::new();
    for Difference { path, host, core } in differences.iter().take(DIFFERENCES_MAX) {
        let value = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        writeln!(shown, "    {path}: {} → {}", value(host), value(core)).expect(SOUND);
    }
    if let Some(more) = differences.len().checked_sub(DIFFERENCES_MAX + 1) {
        writeln!(shown, "    and {} more", more + 1).expect(SOUND);
    }
    shown
}

/// Returns the columns between which two lines differ, in the longer one.
fn stretch(one: &str, other: &str) -> (usize, usize) {
    let lengths = [one, other].map(|line| line.chars().count());
    let (shorter, longer) = (lengths[0].min(lengths[1]), lengths[0].max(lengths[1]));
    let pairs = one.chars().zip(other.chars());
    let front = pairs.take_while(|(a, b)| a == b).count();
    let pairs = one.chars().rev().zip(other.chars().rev());
    let back = pairs.take_while(|(a, b)| a == b).count();
    (front, longer - back.min(shorter - front))
}

fn text(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

fn hex(bytes: &[u8]) -> String {
    let shown = bytes.iter().take(BYTES_MAX);
    let mut line = shown
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ");
    if bytes.len() > BYTES_MAX {
        write!(line, " … {} bytes", bytes.len()).expect(SOUND);
    }
    if line.is_empty() {
        line.push_str("no bytes");
    }
    line
}

#[cfg(test)]
mod tests {
    use node_core::{AdcCode, Command, Connection, Event, LinkLoss, MilliCelsius, Reading, State};
    use node_wire::Standing;

    use super::*;

    fn turn(answers: &[Answer<'_>]) -> Vec<u8> {
        let mut buffer = [0; 256];
        let frames = answers
            .iter()
            .map(|answer| answer.encode(&mut buffer).unwrap().to_vec());
        frames.collect::<Vec<_>>().concat()
    }

    fn stream(value: i32, printed: &[u8], rest: &[Answer<'_>]) -> Vec<u8> {
        let reading = Reading {
            taken: Instant::from_micros(100_000),
            value: MilliCelsius(value),
            sequence: 0,
        };
        let state = State {
            connection: Connection::Joining,
            sampling: false,
        };
        let standing = Standing {
            state,
            timeout: Some(Instant::from_micros(3_661_000_001)),
            queued: 1,
        };
        let front = [
            Answer::Effect(Effect::Event(Event::ReadingTaken(reading))),
            Answer::Effect(Effect::SerialWrite(printed)),
            Answer::Turn {
                instructions: 7,
                standing,
            },
        ];
        [turn(rest), turn(&front)].concat()
    }

    #[test]
    fn two_turns_show_what_is_equal_once_and_mark_what_is_not() {
        let host = stream(25_000, b"25.0 \xc2\xb0C\r\n", &[]);
        let core = stream(24_900, b"24.9 \xc2\xb0C\r\n", &[]);
        insta::assert_snapshot!(side_by_side(&host, Some(&core), "lx106"));
    }

    #[test]
    fn an_answer_too_many_and_bytes_without_meaning_are_shown() {
        let sleep = Answer::Effect(Effect::Command(Command::Sleep));
        let write = Answer::Effect(Effect::StreamWrite(&[0xC0, 0]));
        let host = turn(&[write, sleep]);
        let mut core = turn(&[write]);
        core.extend([1, 0, 0xFF]);
        insta::assert_snapshot!(side_by_side(&host, Some(&core), "riscv32-virt"));
        insta::assert_snapshot!(side_by_side(&host, None, "lx106"));
    }

    #[test]
    fn what_was_told_is_said_in_words() {
        let now = Instant::ZERO;
        let inputs = [
            Input::LinkDown(LinkLoss::BeaconsLost),
            Input::LinkUp,
            Input::Sampled(AdcCode(240)),
            Input::SerialRead(b"read\r"),
            Input::StreamRead(&[0; 70]),
            Input::Timeout,
        ];
        let lines = inputs.map(|input| request(&Request::Handle { now, input }));
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_long_list_of_differences_is_cut() {
        let one = |index: usize| Difference {
            path: format!("a.{index}"),
            host: Some("1".to_owned()),
            core: None,
        };
        let all: Vec<Difference> = (0..DIFFERENCES_MAX + 2).map(one).collect();
        let shown = differences(&all);
        assert!(shown.starts_with("    a.0: 1 → nothing\n"), "{shown}");
        assert!(shown.ends_with("    and 2 more\n"), "{shown}");
        assert!(!differences(&all[..DIFFERENCES_MAX]).contains("more"));
    }
}
