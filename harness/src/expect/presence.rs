//! Claims about what happens at least once, or never.

use node_core::Event;
use node_core::sensor::SensorFault;
use nodelab_sim::{NodeId, Observation, SimTime};

use super::{Failures, index_of};
use crate::scenario::Never;
use crate::verdict::Failure;

/// Finds a text in what arrives piece by piece.
#[derive(Clone, Debug)]
pub(super) struct TextFinder {
    text: Vec<u8>,
    /// The last bytes of each console, shorter than the text.
    tails: Vec<Vec<u8>>,
}

/// Something that must happen at least once.
#[derive(Clone, Debug)]
pub(super) struct Present {
    what: Awaited,
    seen: bool,
}

#[derive(Clone, Debug)]
enum Awaited {
    Fault(SensorFault),
    Serial(TextFinder),
}

/// Something that must never happen.
#[derive(Clone, Debug)]
pub(super) struct Absent {
    what: Never,
    finder: Option<TextFinder>,
    pub(super) failures: Failures,
}

impl TextFinder {
    pub(super) fn new(text: &str, consoles: usize) -> Self {
        Self {
            text: text.as_bytes().to_vec(),
            tails: vec![Vec::new(); consoles],
        }
    }

    /// Takes the next bytes of one console; returns true when the text ends in them.
    pub(super) fn push(&mut self, console: usize, bytes: &[u8]) -> bool {
        let tail = &mut self.tails[console];
        tail.extend_from_slice(bytes);
        let found = self.text.is_empty() || tail.windows(self.text.len()).any(|w| w == self.text);
        let keep = if found {
            0
        } else {
            self.text.len().saturating_sub(1)
        };
        tail.drain(..tail.len().saturating_sub(keep));
        found
    }
}

impl Present {
    pub(super) const fn fault(why: SensorFault) -> Self {
        Self {
            what: Awaited::Fault(why),
            seen: false,
        }
    }

    pub(super) fn serial(text: &str, nodes: usize) -> Self {
        Self {
            what: Awaited::Serial(TextFinder::new(text, nodes)),
            seen: false,
        }
    }

    pub(super) fn on_event(&mut self, node: NodeId, what: &Observation<'_>) {
        if self.seen {
            return;
        }
        self.seen = match (&mut self.what, what) {
            (Awaited::Fault(wanted), Observation::Node(Event::SensorFaulted { why, .. })) => {
                why == wanted
            }
            (Awaited::Serial(finder), Observation::Serial(bytes)) => {
                finder.push(index_of(node), bytes)
            }
            _ => false,
        };
    }

    pub(super) fn finish(self, end: SimTime) -> Vec<Failure> {
        if self.seen {
            return Vec::new();
        }
        let (claim, expected) = match self.what {
            Awaited::Fault(why) => (
                format!("sensor-fault: {}", why.as_str()),
                format!("a sensor fault: {}", why.as_str()),
            ),
            Awaited::Serial(finder) => {
                let text = String::from_utf8_lossy(&finder.text).into_owned();
                (
                    format!("serial: {text:?}"),
                    format!("{text:?} on a console"),
                )
            }
        };
        let seen = "none until the end".to_owned();
        vec![Failure {
            at: end,
            claim,
            expected,
            node: NodeId::WORLD,
            seen,
        }]
    }
}

impl Absent {
    pub(super) fn new(what: &Never, nodes: usize) -> Self {
        let finder = match what {
            Never::Serial(text) => Some(TextFinder::new(text, nodes)),
            Never::ConnectRefused
            | Never::LinkLost
            | Never::ReadingDropped
            | Never::SensorFault
            | Never::SessionClosed => None,
        };
        Self {
            what: what.clone(),
            finder,
            failures: Failures::default(),
        }
    }

    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let seen = match (&self.what, what) {
            (Never::ConnectRefused, Observation::Node(Event::ConnectRefused(why))) => {
                format!("refused: {why:?}")
            }
            (Never::LinkLost, Observation::Node(Event::LinkLost(why))) => why.as_str().to_owned(),
            (Never::ReadingDropped, Observation::Node(Event::ReadingDropped { sequence, why })) => {
                format!("reading {sequence}: {}", why.as_str())
            }
            (Never::SensorFault, Observation::Node(Event::SensorFaulted { why, code })) => {
                format!("{} (code {})", why.as_str(), code.0)
            }
            (Never::Serial(text), Observation::Serial(bytes)) => {
                let found = self
                    .finder
                    .as_mut()
                    .is_some_and(|f| f.push(index_of(node), bytes));
                if !found {
                    return;
                }
                format!("{text:?} on the console")
            }
            (Never::SessionClosed, Observation::Node(Event::SessionClosed(why))) => {
                why.as_str().to_owned()
            }
            _ => return,
        };
        let name = match &self.what {
            Never::ConnectRefused => "connect-refused".to_owned(),
            Never::LinkLost => "link-lost".to_owned(),
            Never::ReadingDropped => "reading-dropped".to_owned(),
            Never::SensorFault => "sensor-fault".to_owned(),
            Never::Serial(text) => format!("serial {text:?}"),
            Never::SessionClosed => "session-closed".to_owned(),
        };
        self.failures.note(|| Failure {
            at,
            claim: format!("never: {name}"),
            expected: format!("never {name}"),
            node,
            seen,
        });
    }
}
