//! Whole handshakes: live with the simulator's server, and replayed from a recording.
//!
//! Owns what must be equal: the client's bytes on both cores and in every run, and its count in
//! every run on one core.

use std::fs;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cross::emulator::{self, End};
use crate::cross::{Compiled, CrossError, Elf, Image, Remedies, finish};
use crate::tls_tables::core::Core;
use crate::tls_tables::frames::{self, Said};
use crate::tls_tables::recording::{Recording, Setup};
use crate::tls_tables::server::Server;

/// How many intermediates the recorded chains have.
pub(super) const INTERMEDIATES: [u8; 3] = [0, 1, 2];
/// What the client says once it may: `APPLICATION_DATA` of `firmware/tls`.
const SAID: &[u8] = b"{\"celsius\":21} ";
/// The server that the simulator's certificates name.
const HOST: &str = "broker.test";
/// 2026-09-21T14:13:20Z.
const NOW: u64 = 1_790_000_000;
const SEED: u64 = 1;
/// How long one handshake may take; it takes about a second.
const BOUND: Duration = Duration::from_mins(2);

/// What a handshake took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Opened {
    /// Instructions, without those that moved bytes between core and host.
    pub(super) instructions: u32,
    /// Bytes of stack.
    pub(super) stack: u32,
    /// Bytes to the server, the record of application data included.
    pub(super) up: u32,
    /// Bytes from the server.
    pub(super) down: u32,
}

/// Links the image that shakes hands.
///
/// # Errors
///
/// As [`finish`].
pub(super) fn image(core: Core, compiled: &Compiled) -> Result<Image, CrossError> {
    let target = core.target();
    finish(
        target,
        compiled,
        Remedies::Applied,
        "main_handshake",
        "tls-handshake",
    )
}

/// Has the client on a core shake hands with the simulator's server.
///
/// # Errors
///
/// [`CrossError::Failed`] when either end does not do as it should.
pub(super) fn live(image: &Image, intermediates: u8) -> Result<(Recording, Opened), CrossError> {
    let mut server = Server::start(intermediates, SEED, NOW)?;
    let setup = Setup {
        anchor: server.anchor.clone(),
        host: HOST.to_owned(),
        now: NOW,
        seed: SEED,
    };
    let mut recording = Recording {
        setup,
        client: Vec::new(),
        server: Vec::new(),
    };
    let report = emulator::converse(image, BOUND, |to, from| {
        frames::send(to, &recording.setup.bytes())?;
        loop {
            match frames::hear(from)? {
                Said::Report(line) => return Ok(line),
                Said::Tls(bytes) => {
                    let answer = server.answer(&bytes)?;
                    recording.client.push(bytes);
                    if !answer.is_empty() {
                        frames::send(to, &answer)?;
                        recording.server.push(answer);
                    }
                }
            }
        }
    })?;
    let named = |why: String| CrossError::Failed(format!("{}: {why}", image.path.display()));
    let plain = server.end().map_err(|error| named(error.to_string()))?;
    let opened = opened(&report).map_err(named)?;
    if plain == SAID {
        Ok((recording, opened))
    } else {
        Err(named(
            "the server did not get what the client said".to_owned(),
        ))
    }
}

/// Has the client on a core read a recording, and checks that it says what was recorded.
///
/// # Errors
///
/// [`CrossError::Failed`] when it says anything else, or does not end well.
pub(super) fn replay(image: &Image, recording: &Recording) -> Result<Opened, CrossError> {
    let named = |why: String| CrossError::Failed(format!("{}: {why}", image.path.display()));
    let outcome = emulator::run(image, &recording.input(), BOUND)?;
    if outcome.end != End::Exited(Some(0)) {
        let complaints = outcome.complaints.trim_end();
        return Err(named(format!(
            "did not end well: {:?} {complaints}",
            outcome.end
        )));
    }
    let (said, report) =
        heard(&outcome.output).map_err(|error| named(format!("garbled: {error}")))?;
    let opened = opened(&report).map_err(named)?;
    if said == recording.client {
        Ok(opened)
    } else {
        Err(named(
            "the client says other bytes than were recorded".to_owned(),
        ))
    }
}

/// Returns the row of a table.
///
/// # Errors
///
/// [`CrossError::Failed`] when the image cannot be read.
pub(super) fn row(image: &Image, intermediates: u8, opened: Opened) -> Result<Value, CrossError> {
    let file = fs::read(&image.path).map_err(|error| CrossError::of_file(&image.path, &error))?;
    let sizes = Elf::read(&file).map(|elf| elf.sizes());
    let sizes =
        sizes.ok_or_else(|| CrossError::Failed(format!("{}: no ELF", image.path.display())))?;
    Ok(json!({
        "name": name(intermediates),
        "instructions": opened.instructions,
        "stack_bytes": opened.stack,
        "static_bytes": sizes.data + sizes.bss,
        "constant_bytes": sizes.rodata,
        "code_bytes": sizes.text,
        "bytes_up": opened.up,
        "bytes_down": opened.down,
    }))
}

/// Returns the name of a handshake in the tables.
pub(super) fn name(intermediates: u8) -> String {
    format!("embedded-tls 1.3 p256 p256 aes128gcm {intermediates} intermediates")
}

/// Takes apart all that a client said in one run.
fn heard(mut output: &[u8]) -> io::Result<(Vec<Vec<u8>>, String)> {
    let mut said = Vec::new();
    loop {
        match frames::hear(&mut output)? {
            Said::Report(line) => return Ok((said, line)),
            Said::Tls(bytes) => said.push(bytes),
        }
    }
}

/// Reads the line of a client that got through.
fn opened(report: &str) -> Result<Opened, String> {
    let numbers = report.strip_prefix("opened ").map(|rest| {
        let words = rest.split(' ').map(str::parse::<u32>);
        words.collect::<Result<Vec<_>, _>>()
    });
    match numbers {
        Some(Ok(numbers)) if numbers.len() == 4 => Ok(Opened {
            instructions: numbers[0],
            stack: numbers[1],
            up: numbers[2],
            down: numbers[3],
        }),
        _ => Err(format!("the client says `{report}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_client_that_got_through_has_numbers() {
        let expected = Opened {
            instructions: 104_000_000,
            stack: 14_600,
            up: 275,
            down: 635,
        };
        assert_eq!(opened("opened 104000000 14600 275 635"), Ok(expected));
        for report in ["refused a signature is wrong", "failed", "opened 1 2 3"] {
            assert_eq!(opened(report), Err(format!("the client says `{report}`")));
        }
    }

    #[test]
    fn what_a_client_said_is_taken_apart() {
        let output = b"T\x01\0aT\x02\0bcR\x02\0ok";
        let (said, report) = heard(output).unwrap();
        assert_eq!(said, [b"a".to_vec(), b"bc".to_vec()]);
        assert_eq!(report, "ok");
        assert!(heard(b"T\x01\0a").is_err());
    }
}
