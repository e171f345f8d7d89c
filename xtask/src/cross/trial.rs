//! A short life that an image leads to show how much stack it needs.
//!
//! Owns what the node is told: it boots, joins, opens a session with every feature on, publishes,
//! is asked things on the console and by command, and loses its stream. Does not compare what it
//! answers: that is parity's work.

use std::time::Duration as Wall;

use node_core::{
    AdcCode, CloseReason, Config, Input, Instant, PayloadFormat, ReportConfig, Text, UnixTime,
};
use node_wire::{Answer, FRAME_MAX, Request, split};

use crate::cross::emulator::{End, run};
use crate::cross::{CrossError, Image};

/// How long the emulator may take; it takes well below a second.
const BOUND: Wall = Wall::from_mins(1);
/// Inputs between two looks at the stack.
const ROUNDS: u64 = 8;

/// What a trial measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Measured {
    /// Bytes of the node itself.
    pub(super) node: u32,
    /// Bytes of stack that were in use at most while it booted.
    pub(super) boot: u32,
    /// Bytes of stack that were in use at most afterwards.
    pub(super) stack: u32,
}

/// Leads the life on an emulated core.
pub(super) fn measure(image: &Image) -> Result<Measured, CrossError> {
    let requests = life();
    let outcome = run(image, &frames(&requests), BOUND)?;
    let failed = |why: String| {
        let name = image.path.display();
        CrossError::Failed(format!("{name}: {why}\n{}", outcome.complaints.trim_end()))
    };
    if outcome.end != End::Exited(Some(0)) {
        return Err(failed(format!(
            "the emulator did not end well: {:?}",
            outcome.end
        )));
    }
    let measure = |request: &&Request<'_>| matches!(request, Request::Measure);
    let turns = requests.len() - requests.iter().filter(measure).count();
    read(&outcome.output, turns).map_err(failed)
}

/// Reads the answers to a life of `turns` turns and two measurements.
fn read(mut bytes: &[u8], turns: usize) -> Result<Measured, String> {
    let mut seen = 0;
    let mut measurements = Vec::new();
    while !bytes.is_empty() {
        let frame = split(bytes).map_err(|error| format!("no frame: {error:?}"))?;
        let frame = frame.ok_or("the answers end within a frame")?;
        match Answer::decode(frame.body) {
            Ok(Answer::Turn { .. }) => seen += 1,
            Ok(Answer::Measured { node, stack }) => measurements.push((node, stack)),
            Ok(Answer::Dumped(_) | Answer::Effect(_) | Answer::Reading(_)) => {}
            Ok(Answer::Refused(why)) => return Err(format!("the node refused to boot: {why:?}")),
            Err(error) => return Err(format!("no answer: {error:?}")),
        }
        bytes = frame.rest;
    }
    let [(_, boot), (node, stack)] = measurements[..] else {
        return Err(format!("{} measurements came, not 2", measurements.len()));
    };
    if seen != turns {
        return Err(format!("{seen} turns came for {turns} requests"));
    }
    Ok(Measured { node, boot, stack })
}

fn frames(requests: &[Request<'_>]) -> Vec<u8> {
    let mut buffer = vec![0; FRAME_MAX];
    let mut bytes = Vec::new();
    for request in requests {
        let frame = request.encode(&mut buffer);
        bytes.extend_from_slice(frame.expect("a buffer of FRAME_MAX bytes takes any request"));
    }
    bytes
}

fn life() -> Vec<Request<'static>> {
    let at = |seconds: u64| Instant::from_micros(seconds * 1_000_000);
    let boot = Request::Boot {
        config: config(),
        seed: 1,
        now: Instant::ZERO,
    };
    let mut requests = vec![boot, Request::Measure];
    let mut tell = |seconds: u64, input: Input<'static>| {
        let now = at(seconds);
        requests.push(Request::Handle { now, input });
    };
    tell(1, Input::Sampled(AdcCode(240)));
    tell(2, Input::LinkUp);
    tell(
        2,
        Input::TimeKnown(UnixTime::from_millis(1_790_000_000_000)),
    );
    tell(3, Input::StreamOpened);
    // CONNACK: accepted, no session (MQTT 3.1.1 §3.2).
    tell(4, Input::StreamRead(&[0x20, 2, 0, 0]));
    // PUBLISH, QoS 0, to `t/command` (MQTT 3.1.1 §3.3).
    tell(5, Input::StreamRead(b"\x30\x0f\x00\x09t/commandread"));
    tell(6, Input::SerialRead(b"help\rstatus\rread\rinterval 10\r"));
    for round in 0..ROUNDS {
        let acknowledged = PUBACKS[usize::from(round.to_le_bytes()[0]) % PUBACKS.len()];
        tell(7 + 10 * round, Input::StreamRead(acknowledged));
        tell(16 + 10 * round, Input::Timeout);
        tell(16 + 10 * round, Input::Sampled(AdcCode(241)));
    }
    tell(100, Input::StreamClosed(CloseReason::Reset));
    requests.push(Request::Queued);
    requests.push(Request::Measure);
    requests
}

/// PUBACK and SUBACK of the first packets, in any order (MQTT 3.1.1 §3.4, §3.9).
const PUBACKS: [&[u8]; 4] = [
    &[0x90, 3, 0, 1, 1],
    &[0x40, 2, 0, 2],
    &[0x40, 2, 0, 3],
    &[0x40, 2, 0, 4],
];

fn config() -> Config {
    let fits = "the text is short";
    Config {
        report: Some(ReportConfig {
            client_id: Text::new("node-1").expect(fits),
            commands: true,
            format: PayloadFormat::HomeAssistant,
            password: Text::new("secret").expect(fits),
            status: true,
            topic: Text::new("t").expect(fits),
            username: Text::new("user").expect(fits),
            ..ReportConfig::default()
        }),
        ..Config::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(answers: &[Answer<'_>]) -> Vec<u8> {
        let mut buffer = [0; 64];
        let frames = answers
            .iter()
            .map(|answer| answer.encode(&mut buffer).unwrap().to_vec());
        frames.flatten().collect()
    }

    const TWO: [Answer<'_>; 2] = [
        Answer::Measured { node: 1, stack: 9 },
        Answer::Measured { node: 1, stack: 2 },
    ];

    #[test]
    fn answers_without_both_measurements_are_refused() {
        let none = Err("0 measurements came, not 2".to_owned());
        assert_eq!(read(&[], 0), none);
        let cut = answers(&TWO);
        assert!(read(&cut[..cut.len() - 1], 0).is_err());
    }

    #[test]
    fn a_turn_that_did_not_come_is_missed() {
        let bytes = answers(&TWO);
        let (node, boot, stack) = (1, 9, 2);
        assert_eq!(read(&bytes, 0), Ok(Measured { node, boot, stack }));
        assert_eq!(
            read(&bytes, 1),
            Err("0 turns came for 1 requests".to_owned())
        );
    }
}
