//! A handshake that was recorded, as it lies in `firmware/tls/recorded`.
//!
//! Owns the file's format: what the client is given, and the bytes of both sides, as hexadecimal
//! text, a string for each frame.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cross::CrossError;
use crate::root::root;
use crate::tls_tables::frames;

/// Where recordings lie.
const FOLDER: &str = "firmware/tls/recorded";

/// What a client is given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Setup {
    /// The certificate that it trusts.
    pub(super) anchor: Vec<u8>,
    /// The server's name.
    pub(super) host: String,
    /// Seconds since 1970.
    pub(super) now: u64,
    /// What its random numbers begin with.
    pub(super) seed: u64,
}

/// A whole handshake.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Recording {
    /// What the client was given.
    pub(super) setup: Setup,
    /// What it said, a frame for each time.
    pub(super) client: Vec<Vec<u8>>,
    /// What the server answered, without its silence.
    pub(super) server: Vec<Vec<u8>>,
}

impl Setup {
    /// Returns the first frame for a client.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.now.to_le_bytes());
        bytes.extend(self.seed.to_le_bytes());
        bytes.push(u8::try_from(self.host.len()).expect("no host has so long a name"));
        bytes.extend(self.host.as_bytes());
        bytes.extend(&self.anchor);
        bytes
    }
}

impl Recording {
    /// Reads the recording with so many intermediates.
    ///
    /// # Errors
    ///
    /// [`CrossError::Failed`] when there is none, or when it cannot be understood.
    pub(super) fn read(intermediates: u8) -> Result<Self, CrossError> {
        let path = path(intermediates);
        let text = fs::read_to_string(&path).map_err(|error| CrossError::of_file(&path, &error))?;
        let file = serde_json::from_str(&text).ok();
        file.as_ref().and_then(Self::of).ok_or_else(|| {
            CrossError::Failed(format!(
                "{}: no recording\n  make it anew: cargo xtask tls-tables --record",
                path.display()
            ))
        })
    }

    /// Writes the recording with so many intermediates.
    ///
    /// # Errors
    ///
    /// [`CrossError::Failed`] when it cannot be written.
    pub(super) fn write(&self, intermediates: u8) -> Result<(), CrossError> {
        let path = path(intermediates);
        let folder = path.parent().unwrap_or(&path);
        let text = format!("{:#}\n", self.json());
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| CrossError::of_file(&path, &error))
    }

    /// Returns all that a client reads: its setup, and what the server answered.
    pub(super) fn input(&self) -> Vec<u8> {
        let mut input = Vec::new();
        let setup = self.setup.bytes();
        for frame in [&setup].into_iter().chain(&self.server) {
            frames::send(&mut input, frame).expect("memory takes frames of such a length");
        }
        input
    }

    fn of(file: &Value) -> Option<Self> {
        let frames = |side: &str| -> Option<Vec<Vec<u8>>> {
            let frames = file[side].as_array()?;
            frames.iter().map(|frame| bytes(frame.as_str()?)).collect()
        };
        Some(Self {
            setup: Setup {
                anchor: bytes(file["anchor"].as_str()?)?,
                host: file["host"].as_str()?.to_owned(),
                now: file["now"].as_u64()?,
                seed: file["seed"].as_u64()?,
            },
            client: frames("client")?,
            server: frames("server")?,
        })
    }

    fn json(&self) -> Value {
        let texts = |frames: &[Vec<u8>]| frames.iter().map(|frame| text(frame)).collect::<Vec<_>>();
        json!({
            "anchor": text(&self.setup.anchor),
            "host": self.setup.host,
            "now": self.setup.now,
            "seed": self.setup.seed,
            "client": texts(&self.client),
            "server": texts(&self.server),
        })
    }
}

fn path(intermediates: u8) -> PathBuf {
    root()
        .join(FOLDER)
        .join(format!("intermediates-{intermediates}.json"))
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all that is written to it");
        text
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_read_as_it_is_written() {
        let recording = Recording {
            setup: Setup {
                anchor: vec![0x30, 0xff],
                host: "broker.test".to_owned(),
                now: 7,
                seed: u64::MAX,
            },
            client: vec![vec![0x16, 3, 1]],
            server: vec![vec![], vec![0x16]],
        };
        assert_eq!(Recording::of(&recording.json()), Some(recording));
    }

    #[test]
    fn what_is_no_number_is_no_recording() {
        assert_eq!(bytes("0g"), None);
        assert_eq!(Recording::of(&json!({ "anchor": "30" })), None);
    }

    #[test]
    fn a_setup_is_as_the_client_reads_it() {
        let setup = Setup {
            anchor: b"der".to_vec(),
            host: "host".to_owned(),
            now: 1,
            seed: 2,
        };
        let expected = b"\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x04hostder";
        assert_eq!(setup.bytes(), expected);
    }
}
