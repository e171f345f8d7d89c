//! Claims about what happens at least once, or never.

use node_core::Event;
use node_core::sensor::SensorFault;
use nodelab_sim::radio::{RadioEvent, ReasonCode};
use nodelab_sim::stack::tls::{Side, TlsEvent, TlsFailure};
use nodelab_sim::{NodeId, Observation, SimTime};

use super::{Failures, index_of};
use crate::scenario::{Never, alert_name, failure_name};
use crate::verdict::Failure;

/// The alert of a good end (RFC 8446 §6.1).
const CLOSE_NOTIFY: u8 = 0;

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
    /// The last thing of its kind that was seen and is not what was awaited.
    other: Option<String>,
}

#[derive(Clone, Debug)]
enum Awaited {
    Alert(u8, Option<Side>),
    Fault(SensorFault),
    Reason(ReasonCode),
    Serial(TextFinder),
    TlsFailure(TlsFailure),
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
    pub(super) const fn alert(description: u8, by: Option<Side>) -> Self {
        Self::new(Awaited::Alert(description, by))
    }

    pub(super) const fn fault(why: SensorFault) -> Self {
        Self::new(Awaited::Fault(why))
    }

    pub(super) const fn reason(code: ReasonCode) -> Self {
        Self::new(Awaited::Reason(code))
    }

    pub(super) fn serial(text: &str, nodes: usize) -> Self {
        Self::new(Awaited::Serial(TextFinder::new(text, nodes)))
    }

    pub(super) const fn tls_failure(why: TlsFailure) -> Self {
        Self::new(Awaited::TlsFailure(why))
    }

    const fn new(what: Awaited) -> Self {
        Self {
            what,
            seen: false,
            other: None,
        }
    }

    pub(super) fn on_event(&mut self, node: NodeId, what: &Observation<'_>) {
        if self.seen {
            return;
        }
        self.seen = match (&mut self.what, what) {
            (
                Awaited::Alert(wanted, by),
                Observation::Tls(side, TlsEvent::AlertSent { description }),
            ) => {
                // Each good end sends this one, and it tells nobody anything.
                if *description != CLOSE_NOTIFY {
                    self.other = Some(format!("alert {}", alert_name(*description)));
                }
                description == wanted && by.is_none_or(|by| by == *side)
            }
            (Awaited::Fault(wanted), Observation::Node(Event::SensorFaulted { why, .. })) => {
                why == wanted
            }
            (Awaited::Reason(wanted), Observation::Radio(RadioEvent::Left { reason })) => {
                self.other = Some(format!("reason {reason}"));
                reason == wanted
            }
            (Awaited::Serial(finder), Observation::Serial(bytes)) => {
                finder.push(index_of(node), bytes)
            }
            (Awaited::TlsFailure(wanted), Observation::Tls(_, TlsEvent::Failed(why))) => {
                self.other = Some(failure_name(*why));
                why == wanted
            }
            _ => false,
        };
    }

    pub(super) fn finish(self, end: SimTime) -> Vec<Failure> {
        if self.seen {
            return Vec::new();
        }
        let (claim, expected) = match self.what {
            Awaited::Alert(description, by) => {
                let name = alert_name(description);
                match by {
                    None => (format!("alert: {name}"), format!("alert {name}")),
                    Some(Side::Client) => (
                        format!("alert: {{ sent: {name} }}"),
                        format!("alert {name}, sent by a node"),
                    ),
                    Some(Side::Server) => (
                        format!("alert: {{ received: {name} }}"),
                        format!("alert {name}, sent by the other end"),
                    ),
                }
            }
            Awaited::Fault(why) => (
                format!("sensor-fault: {}", why.as_str()),
                format!("a sensor fault: {}", why.as_str()),
            ),
            Awaited::Reason(code) => (
                format!("link-lost-reason: {code}"),
                format!("a station that leaves for reason {code}"),
            ),
            Awaited::Serial(finder) => {
                let text = String::from_utf8_lossy(&finder.text).into_owned();
                (
                    format!("serial: {text:?}"),
                    format!("{text:?} on a console"),
                )
            }
            Awaited::TlsFailure(why) => {
                let name = failure_name(why);
                (
                    format!("tls-failure: {name}"),
                    format!("a TLS connection given up: {}", why.as_str()),
                )
            }
        };
        let seen = self.other.map_or_else(
            || "none until the end".to_owned(),
            |other| format!("none until the end; the last was {other}"),
        );
        vec![Failure {
            at: end,
            claim,
            expected,
            line: None,
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
            line: None,
            node,
            seen,
        });
    }
}
