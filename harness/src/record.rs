//! Files that are written while a world runs: captures, and the secrets that open them.
//!
//! Owns those files. Does not know their formats.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use node_wire::Request;
use nodelab_sim::capture::{CaptureObserver, CaptureOptions, Counts, KeyLogObserver, Link};
use nodelab_sim::{LifeObserver, NodeId, NodeLife, Observation, Observer, SimTime, WorldSpec};

use crate::expand;
use crate::prepare::Prepared;
use crate::telemetry::{Header, Listener, Telemetry, Timeline, Waveform};
use crate::verdict::Outcome;

/// What captures say wrote them.
const APPLICATION: &str = concat!("nodelab ", env!("CARGO_PKG_VERSION"));
/// Channel where there is no access point.
const CHANNEL_DEFAULT: u8 = 1;

/// What to record of one world, and where to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RecordPlan {
    /// Form of the capture.
    pub link: Link,
    /// The file for TLS secrets.
    pub key_log: Option<PathBuf>,
    /// The capture.
    pub pcap: Option<PathBuf>,
    /// The timeline.
    pub timeline: Option<PathBuf>,
    /// The waveform.
    pub waveform: Option<PathBuf>,
}

/// What was recorded of a world.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recorded {
    /// The file of TLS secrets, and how many are in it.
    pub key_log: Option<(PathBuf, u64)>,
    /// The capture, and what is in it.
    pub pcap: Option<(PathBuf, Counts)>,
}

/// Files that are open and empty.
#[derive(Debug, Default)]
pub struct Recorder {
    key_log: Option<(PathBuf, File)>,
    link: Link,
    /// Whether to keep what nodes are told.
    lives: bool,
    listeners: Vec<Box<dyn Listener>>,
    pcap: Option<(PathBuf, File)>,
}

/// Files that are being written.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    key_log: Option<(PathBuf, KeyLogObserver<BufWriter<File>>)>,
    lives: Option<LifeObserver>,
    pcap: Option<(PathBuf, CaptureObserver<BufWriter<File>>)>,
    telemetry: Telemetry,
}

/// Returns whether this world of the scenario has frames that could be captured: modelled
/// networks answer with times only.
#[must_use]
pub fn produces_frames(prepared: &Prepared, seed: u64) -> bool {
    expand::draw(prepared, seed).real.is_some()
}

impl RecordPlan {
    /// Returns true when nothing is to be recorded.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.needs_frames() && self.timeline.is_none() && self.waveform.is_none()
    }

    /// Returns true when what is to be recorded comes from frames alone.
    #[must_use]
    pub const fn needs_frames(&self) -> bool {
        self.key_log.is_some() || self.pcap.is_some()
    }

    /// Creates the files, before anything runs.
    ///
    /// # Errors
    ///
    /// What failed, with the path, in words.
    pub fn create(&self) -> Result<Recorder, String> {
        let named = [
            ("--pcap", &self.pcap),
            ("--keylog", &self.key_log),
            ("--timeline", &self.timeline),
            ("--vcd", &self.waveform),
        ];
        let files: Vec<_> = named
            .into_iter()
            .filter_map(|(option, path)| Some((option, path.as_ref()?)))
            .collect();
        for (place, (option, path)) in files.iter().enumerate() {
            if let Some((other, _)) = files[..place].iter().find(|(_, known)| known == path) {
                return Err(format!("`{other}` and `{option}` name the same file"));
            }
            if path.as_os_str() == "-" {
                let why = "`-` is no file, and standard output has the report; name a file";
                return Err(why.to_owned());
            }
        }
        let open = |path: &PathBuf, what: &str| match File::create(path) {
            Ok(file) => Ok((path.clone(), file)),
            Err(error) => Err(failed_to_create(path, what, &error)),
        };
        let mut listeners: Vec<Box<dyn Listener>> = Vec::new();
        if let Some(path) = &self.timeline {
            let (_, file) = open(path, "timeline")?;
            listeners.push(Box::new(Timeline::new(BufWriter::new(file))));
        }
        if let Some(path) = &self.waveform {
            let (_, file) = open(path, "waveform")?;
            listeners.push(Box::new(Waveform::new(BufWriter::new(file))));
        }
        Ok(Recorder {
            pcap: match &self.pcap {
                Some(path) => Some(open(path, "capture")?),
                None => None,
            },
            key_log: match &self.key_log {
                Some(path) => Some(open(path, "key log")?),
                None => None,
            },
            link: self.link,
            lives: false,
            listeners,
        })
    }
}

impl Recorder {
    /// Keeps what nodes are told too, if `wanted`; in memory, whatever files there are.
    #[must_use]
    pub fn with_lives(mut self, wanted: bool) -> Self {
        self.lives = wanted;
        self
    }

    /// Tells this listener everything too.
    #[must_use]
    pub fn with_listener(mut self, listener: Box<dyn Listener>) -> Self {
        self.listeners.push(listener);
        self
    }

    /// Begins to record a world of a scenario.
    pub(crate) fn begin(self, prepared: &Prepared, spec: &WorldSpec) -> Recording {
        let wifi = spec.real.as_ref().map(|real| &real.wifi);
        let options = CaptureOptions {
            application: APPLICATION.to_owned(),
            channel: wifi.map_or(CHANNEL_DEFAULT, |wifi| wifi.access_point.channel),
            epoch: spec.epoch,
            link: self.link,
            standard: wifi.map(|wifi| wifi.standard).unwrap_or_default(),
        };
        let mut telemetry = Telemetry::new(self.listeners);
        telemetry.begin(|| Header::of(prepared, spec));
        Recording {
            telemetry,
            key_log: self
                .key_log
                .map(|(path, file)| (path, KeyLogObserver::new(BufWriter::new(file)))),
            lives: self.lives.then(LifeObserver::new),
            pcap: self
                .pcap
                .map(|(path, file)| (path, CaptureObserver::new(options, BufWriter::new(file)))),
        }
    }
}

impl Recording {
    /// Takes what nodes were told, where that was asked for.
    ///
    /// # Errors
    ///
    /// A node was told more at once than can be recorded.
    pub(crate) fn take_lives(&mut self) -> io::Result<Vec<NodeLife>> {
        let lives = self
            .lives
            .take()
            .map_or(Ok(Vec::new()), LifeObserver::finish);
        lives.map_err(|_| {
            let most = node_wire::BODY_MAX;
            io::Error::other(format!("a node was told more than {most} bytes at once"))
        })
    }

    /// Tells how the world ended, and ends the files.
    ///
    /// # Errors
    ///
    /// The first error while writing, with the path.
    pub(crate) fn finish(mut self, outcome: &Outcome) -> io::Result<Option<Recorded>> {
        self.telemetry.end(outcome)?;
        if self.key_log.is_none() && self.pcap.is_none() {
            return Ok(None);
        }
        let key_log = match self.key_log {
            Some((path, log)) => {
                let (secrets, _) = log.finish().map_err(|error| at(&path, &error))?;
                Some((path, secrets))
            }
            None => None,
        };
        let pcap = match self.pcap {
            Some((path, capture)) => {
                let (counts, _) = capture.finish().map_err(|error| at(&path, &error))?;
                Some((path, counts))
            }
            None => None,
        };
        Ok(Some(Recorded { key_log, pcap }))
    }
}

impl Observer for Recording {
    fn on_event(&mut self, time: SimTime, node: NodeId, what: &Observation<'_>) {
        self.telemetry.on_event(time, node, what);
        if let Some((_, capture)) = &mut self.pcap {
            capture.on_event(time, node, what);
        }
        if let Some((_, log)) = &mut self.key_log {
            log.on_event(time, node, what);
        }
    }

    fn on_told(&mut self, node: NodeId, told: &Request<'_>) {
        if let Some(lives) = &mut self.lives {
            lives.on_told(node, told);
        }
    }
}

fn failed_to_create(path: &Path, what: &str, error: &io::Error) -> String {
    format!("failed to create the {what} {}: {error}", path.display())
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::*;
    use crate::run::{Limits, run_recorded};

    #[test]
    fn a_path_that_cannot_be_written_is_named_before_anything_runs() {
        let plan = RecordPlan {
            pcap: Some(PathBuf::from("/nowhere/at/all.pcapng")),
            ..RecordPlan::default()
        };
        let why = plan.create().unwrap_err();
        assert!(
            why.contains("failed to create the capture /nowhere/at/all.pcapng"),
            "{why}"
        );
    }

    #[test]
    fn one_file_cannot_hold_both() {
        let path = Some(PathBuf::from("both"));
        let plan = RecordPlan {
            key_log: path.clone(),
            pcap: path,
            ..RecordPlan::default()
        };
        assert!(plan.create().is_err_and(|why| why.contains("same file")));
    }

    #[test]
    fn what_was_recorded_is_told_with_the_outcome() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let scenario = folder.join("../scenarios/first-reading.test.yaml");
        let (prepared, _) = crate::prepare::prepare(&scenario).unwrap();
        let path = env::temp_dir().join(format!("nodelab-record-{}.pcapng", process::id()));
        let plan = RecordPlan {
            pcap: Some(path.clone()),
            ..RecordPlan::default()
        };
        let recorder = plan.create().unwrap();
        let outcome = run_recorded(&prepared, 1, Limits::default(), recorder).unwrap();
        let (told, counts) = outcome.recorded.unwrap().pcap.unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!((told, counts.frames), (path, 0));
        assert_eq!(bytes[..4], [0x0A, 0x0D, 0x0D, 0x0A]);
    }
}
