//! Asks tshark what it reads in a file.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

/// Lets through what its receiver could read: of the rest, even the check sequence is wrong.
pub(crate) const RECEIVED: &str = "!(radiotap.flags.badfcs == 1)";

/// A capture on the disk, gone when it is dropped.
#[derive(Debug)]
pub(crate) struct CaptureFile {
    path: PathBuf,
}

impl CaptureFile {
    /// Writes a capture; `name` tells those of one process apart.
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let file = format!("nodelab-{}-{name}.pcapng", process::id());
        let path = env::temp_dir().join(file);
        fs::write(&path, bytes).expect("the temporary folder can be written");
        Self { path }
    }

    /// Returns the fields of each frame that `filter` lets through: one line for each frame.
    pub(crate) fn fields(&self, filter: &str, names: &[&str]) -> Vec<Vec<String>> {
        fields(&self.path, filter, names)
    }

    /// Returns how many times a field occurs in the file.
    pub(crate) fn count(&self, filter: &str, name: &str) -> u64 {
        count(&self.path, filter, name)
    }

    /// Checks that tshark finds nothing wrong with any frame that was received.
    pub(crate) fn is_spotless(&self) {
        is_spotless(&self.path, RECEIVED);
    }
}

impl Drop for CaptureFile {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok();
    }
}

/// Returns the fields of each frame that `filter` lets through: one line for each frame.
pub(crate) fn fields(path: &Path, filter: &str, names: &[&str]) -> Vec<Vec<String>> {
    let mut command = tshark(path, filter);
    command.args(["-T", "fields", "-E", "separator=/t", "-E", "aggregator=,"]);
    for name in names {
        command.args(["-e", name]);
    }
    let row = |line: &str| line.split('\t').map(str::to_owned).collect();
    output(command).lines().map(row).collect()
}

/// Returns how many times a field occurs in the file.
pub(crate) fn count(path: &Path, filter: &str, name: &str) -> u64 {
    let rows = fields(path, filter, &[name]);
    let each = rows
        .iter()
        .map(|row| row[0].split(',').filter(|value| !value.is_empty()).count());
    each.sum::<usize>() as u64
}

/// Checks that tshark finds nothing wrong with frames that `filter` lets through: nothing
/// malformed, no wrong checksum, no warning.
pub(crate) fn is_spotless(path: &Path, filter: &str) {
    // 0x00600000 is a warning (epan/proto.h, PI_WARN); chat and notes are below it.
    let wrong = format!("({filter}) && (_ws.malformed || _ws.expert.severity >= 0x00600000)");
    let found = fields(
        path,
        &wrong,
        &["frame.number", "_ws.expert.message", "_ws.col.Info"],
    );
    assert!(found.is_empty(), "tshark complains: {found:#?}");
}

fn tshark(path: &Path, filter: &str) -> Command {
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(path).args(["-Y", filter]);
    // Checksums are not looked at by default, because network cards fill them in late.
    for option in [
        "ip.check_checksum:TRUE",
        "tcp.check_checksum:TRUE",
        "udp.check_checksum:TRUE",
        "wlan.check_checksum:TRUE",
        // A lossy link delivers segments behind a gap first.
        "tcp.reassemble_out_of_order:TRUE",
    ] {
        command.args(["-o", option]);
    }
    command
}

fn output(mut command: Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("tshark did not start: {error}; install it: apt-get install tshark")
    });
    let complaint = String::from_utf8_lossy(&output.stderr);
    // What it says of its own user is no remark on the file.
    let complaint = complaint
        .lines()
        .find(|line| !line.starts_with("Running as user"));
    assert!(
        output.status.success() && complaint.is_none(),
        "{complaint:?}"
    );
    String::from_utf8(output.stdout).expect("tshark prints UTF-8")
}
