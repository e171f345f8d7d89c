//! The recorded handshakes, replayed on this machine: the client says the same bytes as on a core,
//! and refuses a server that it should not trust.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::convert::Infallible;
use std::path::Path;

use embedded_io::{ErrorType, Read, Write};
use portable::handshake::{Buffers, Failure, Setup, shake};
use serde_json::Value;
use tls_verifier::Refusal;

/// Longer than the server's certificate is valid.
const TEN_YEARS_S: u64 = 10 * 365 * 86_400;

/// A server that says what was recorded, and hears everything.
struct Recorded {
    says: Vec<u8>,
    heard: Vec<u8>,
}

impl ErrorType for &mut Recorded {
    type Error = Infallible;
}

impl Read for &mut Recorded {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Infallible> {
        let length = into.len().min(self.says.len());
        into[..length].copy_from_slice(&self.says[..length]);
        self.says.drain(..length);
        Ok(length)
    }
}

impl Write for &mut Recorded {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.heard.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn recording(intermediates: u8) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../recorded");
    let path = folder.join(format!("intermediates-{intermediates}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn bytes(texts: &Value) -> Vec<u8> {
    let many = texts.as_array().into_iter().flatten();
    let texts: Vec<&str> = match texts.as_str() {
        Some(text) => vec![text],
        None => many.map(|text| text.as_str().unwrap()).collect(),
    };
    let text = texts.concat();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Replays a recording with a part of the setup changed, and returns what the client said.
fn replay(recording: &Value, change: fn(&mut Setup<'_>)) -> Result<Vec<u8>, Failure> {
    let anchor = bytes(&recording["anchor"]);
    let mut setup = Setup {
        now: recording["now"].as_u64().unwrap(),
        seed: recording["seed"].as_u64().unwrap(),
        host: recording["host"].as_str().unwrap(),
        anchor: &anchor,
    };
    change(&mut setup);
    let mut server = Recorded {
        says: bytes(&recording["server"]),
        heard: Vec::new(),
    };
    shake(&setup, &mut server, &mut Buffers::new())?;
    Ok(server.heard)
}

fn refusal(change: fn(&mut Setup<'_>)) -> Refusal {
    match replay(&recording(0), change) {
        Err(Failure::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_client_says_the_recorded_bytes() {
    for intermediates in 0..=2 {
        let recording = recording(intermediates);
        let said = replay(&recording, |_| ()).unwrap();
        assert!(said == bytes(&recording["client"]), "{intermediates}");
    }
}

#[test]
fn a_recording_out_of_its_time_is_refused() {
    assert_eq!(refusal(|setup| setup.now += TEN_YEARS_S), Refusal::Expired);
    assert_eq!(
        refusal(|setup| setup.now -= TEN_YEARS_S),
        Refusal::NotYetValid
    );
}

/// The bytes of the server do not fit other keys of the client.
#[test]
fn a_recording_for_another_client_is_no_connection() {
    let other = replay(&recording(0), |setup| setup.seed += 1);
    assert!(matches!(other, Err(Failure::Library(_))));
}
