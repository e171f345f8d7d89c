//! The same streams as tshark reads them.
//!
//! Owns the capture: live on the loopback interface where that is allowed, else a file of the
//! bytes that our end sent and received. Does not know what should be in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use nodelab_sim::stack::tls::Side;

use crate::child::{Listen, Program};
use crate::ours::Spoken;
use crate::pcap;
use crate::trouble::Trouble;

/// What the kernel still holds is handed over within a quarter of a second.
const DRAIN: Duration = Duration::from_millis(800);

/// A capture under way.
#[derive(Debug)]
pub(crate) struct Capture {
    file: PathBuf,
    live: Option<Program>,
    /// Why it is not live, if it is not.
    pub(crate) obstacle: Option<String>,
    written: Vec<u8>,
}

/// A connection as tshark reads it, by the ports of client and server.
pub(crate) type Streams = BTreeMap<(u16, u16), Stream>;

/// What tshark says of one connection.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Stream {
    pub(crate) up: Way,
    pub(crate) down: Way,
}

/// What one end sent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Way {
    /// Bytes that TCP carried.
    pub(crate) bytes: u32,
    /// Records.
    pub(crate) records: u32,
    /// Types of handshake messages, decrypted where they are sealed.
    pub(crate) types: Vec<u8>,
}

/// Checks that tshark is there; returns its first line.
pub(crate) fn find() -> Result<String, Trouble> {
    let output = Command::new("tshark").arg("--version").output();
    let output = output.map_err(|error| {
        Trouble::Invalid(format!(
            "tshark did not start: {error}; install it: apt-get install tshark"
        ))
    })?;
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(said.lines().next().unwrap_or_default().to_owned())
}

impl Capture {
    /// Begins on the loopback interface; if that is refused, what is spoken will be written.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut capture = Self {
            file: folder.join("capture.pcapng"),
            live: None,
            obstacle: None,
            written: pcap::header(),
        };
        let mut command = Command::new("tshark");
        command.args(["-i", "lo", "-f", "tcp", "-B", "64", "-w"]);
        command.arg(&capture.file);
        // It says `File: …` once packets are taken.
        let begun = |line: &str| line.contains("File: ").then_some(());
        let started = Program::start(command, Listen::Complaints, &capture.file);
        match started.and_then(|mut tshark| tshark.wait_for(begun).map(|()| tshark)) {
            Ok(tshark) => capture.live = Some(tshark),
            Err(trouble) => {
                let reason = trouble.to_string();
                let reason = reason.lines().find(|line| line.contains("ermission"));
                let reason = reason.unwrap_or("capturing on lo is refused");
                capture.obstacle = Some(reason.to_owned());
            }
        }
        capture
    }

    /// Takes a connection that is over.
    pub(crate) fn take(&mut self, spoken: &Spoken) {
        if self.live.is_none() {
            pcap::connection(&mut self.written, spoken.ports, &spoken.pieces);
        }
    }

    /// Ends the capture and has it read, with the secrets of all connections.
    pub(crate) fn finish(mut self, key_log: &Path) -> Result<Streams, Trouble> {
        match self.live.take() {
            None => fs::write(&self.file, &self.written)?,
            Some(tshark) => {
                thread::park_timeout(DRAIN);
                // It writes its buffers when it is interrupted, not when it is killed.
                let interrupt = format!("kill -INT {}", tshark.id());
                Command::new("sh").args(["-c", &interrupt]).status()?;
                tshark.finish()?;
            }
        }
        dissect(&self.file, key_log)
    }
}

fn dissect(file: &Path, key_log: &Path) -> Result<Streams, Trouble> {
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(file);
    command.args(["-d", "tcp.port==1-65535,tls", "-o"]);
    command.arg(format!("tls.keylog_file:{}", key_log.display()));
    command.args(["-Y", "tcp.len > 0 && !tcp.analysis.retransmission"]);
    command.args(["-T", "fields", "-E", "separator=/t", "-E", "aggregator=,"]);
    for field in [
        "tcp.srcport",
        "tcp.dstport",
        "tcp.len",
        "tls.record.length",
        "tls.handshake.type",
    ] {
        command.args(["-e", field]);
    }
    let output = command.output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Trouble::Failed(format!("tshark cannot read it: {why}")));
    }
    Ok(streams(&String::from_utf8_lossy(&output.stdout)))
}

/// Adds up the fields of each packet.
fn streams(text: &str) -> Streams {
    let mut streams = Streams::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [from, to, length, records, types] = fields[..] else {
            continue;
        };
        let (Ok(from), Ok(to)) = (from.parse::<u16>(), to.parse::<u16>()) else {
            continue;
        };
        // The client speaks first.
        let backwards = streams.contains_key(&(to, from));
        let key = if backwards { (to, from) } else { (from, to) };
        let stream: &mut Stream = streams.entry(key).or_default();
        let way = if backwards {
            &mut stream.down
        } else {
            &mut stream.up
        };
        way.bytes += length.parse::<u32>().unwrap_or(0);
        let records = records.split(',').filter(|record| !record.is_empty());
        way.records += u32::try_from(records.count()).expect("a packet has few");
        way.types
            .extend(types.split(',').filter_map(|kind| kind.parse::<u8>().ok()));
    }
    streams
}

impl Stream {
    pub(crate) const fn by(&self, side: Side) -> &Way {
        match side {
            Side::Client => &self.up,
            Side::Server => &self.down,
        }
    }
}

/// Returns the number of a message by the name that OpenSSL gives it.
pub(crate) fn type_of(name: &str) -> u8 {
    let names = [
        ("ClientHello", 1),
        ("ServerHello", 2),
        ("NewSessionTicket", 4),
        ("EncryptedExtensions", 8),
        ("Certificate", 11),
        ("ServerKeyExchange", 12),
        ("CertificateRequest", 13),
        ("ServerHelloDone", 14),
        ("CertificateVerify", 15),
        ("ClientKeyExchange", 16),
        ("Finished", 20),
    ];
    let found = names.iter().find(|(known, _)| *known == name);
    found.map_or(0, |(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_added_up_by_connection_and_way() {
        let text = "50000\t443\t200\t195\t1\n443\t50000\t300\t90,1,190\t2,8,11\n\
                    443\t50000\t10\t\t\n50001\t443\t5\t\t\n";
        let found = streams(text);
        let first = &found[&(50_000, 443)];
        assert_eq!((first.up.bytes, first.up.records), (200, 1));
        assert_eq!((first.down.bytes, first.down.records), (310, 3));
        assert_eq!(first.down.types, [2, 8, 11]);
        assert_eq!(found.len(), 2);
    }
}
