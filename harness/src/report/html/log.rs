//! The first and the last of what happened, in words.
//!
//! Owns which facts are worth a line and how it reads. What is left out is counted.

use std::collections::VecDeque;

use nodelab_sim::SimSpan;

use crate::telemetry::{Fact, Moment};

/// Lines kept of the beginning.
pub(crate) const HEAD_MAX: usize = 60;
/// Lines kept of the end.
pub(crate) const TAIL_MAX: usize = 60;
/// Characters of a line; payloads can be long.
const WORDS_MAX: usize = 200;

/// How much a line matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Weight {
    /// Something went wrong, or somebody interfered.
    Alarm,
    /// Something went well after it had not.
    Good,
    /// Everyday business.
    Plain,
}

/// One line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) at: u64,
    pub(crate) node: Option<u32>,
    pub(crate) weight: Weight,
    pub(crate) words: String,
}

/// The lines of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) head: Vec<Entry>,
    pub(crate) tail: VecDeque<Entry>,
    /// Lines between both.
    pub(crate) left_out: u64,
}

impl Log {
    pub(crate) fn add(&mut self, moment: &Moment) {
        let room = self.head.len() < HEAD_MAX;
        let Some((weight, words)) = describe(&moment.fact) else {
            return;
        };
        let entry = Entry {
            at: moment.at.as_nanos(),
            node: moment.node,
            weight,
            words: shortened(words),
        };
        if room {
            self.head.push(entry);
            return;
        }
        if self.tail.len() == TAIL_MAX {
            self.tail.pop_front();
            self.left_out += 1;
        }
        self.tail.push_back(entry);
    }
}

fn shortened(words: String) -> String {
    match words.char_indices().nth(WORDS_MAX) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

/// Returns what a line says of a fact; `None` when it is not worth one.
fn describe(fact: &Fact) -> Option<(Weight, String)> {
    use Weight::{Alarm, Good, Plain};
    Some(match fact {
        Fact::Billed { .. }
        | Fact::Computed { .. }
        | Fact::Converted { .. }
        | Fact::Drained { .. }
        | Fact::Frame { .. }
        | Fact::JoinPhaseStarted { .. }
        | Fact::PublishSent {
            duplicate: false, ..
        }
        | Fact::Queued { .. }
        | Fact::RadioTuned { .. }
        | Fact::Serial { .. }
        | Fact::TlsStarted { .. } => return None,
        Fact::Booted => (Plain, "firmware booted".to_owned()),
        Fact::BrokerNoted { what, detail } => (Plain, format!("broker: {what} ({detail})")),
        Fact::ConnectRefused { why } => (Alarm, format!("session refused: {why}")),
        Fact::FaultEnded { fault } => (Good, format!("fault ended: {fault}")),
        Fact::FaultStarted { fault } => (Alarm, format!("fault: {fault}")),
        Fact::Intercepted { bytes } => (Alarm, format!("{bytes} bytes read by an eavesdropper")),
        Fact::IntervalChanged { interval_us } => {
            let every = SimSpan::from_micros(*interval_us);
            (Plain, format!("samples every {every} from here on"))
        }
        Fact::JoinPhaseEnded { phase, took_ns } => (
            Plain,
            format!("{phase} took {}", SimSpan::from_nanos(*took_ns)),
        ),
        Fact::LinkJoined => (Good, "link joined, address assigned".to_owned()),
        Fact::LinkLost { why, reason } => (Alarm, format!("link lost: {why} (reason {reason})")),
        Fact::MessageIgnored => (Plain, "message ignored".to_owned()),
        Fact::MessageReceived { topic, payload, .. } => {
            (Plain, format!("broker received {topic} = {payload}"))
        }
        Fact::MessageSent { topic, payload, .. } => {
            (Plain, format!("broker sent {topic} = {payload}"))
        }
        Fact::PoweredOff => (Alarm, "power off".to_owned()),
        Fact::PoweredOn => (Plain, "power on".to_owned()),
        Fact::ProtocolBroken => (Alarm, "the broker broke the protocol".to_owned()),
        Fact::PublishAcked { sequence } => (Plain, format!("reading {sequence} acknowledged")),
        Fact::PublishSent { sequence, .. } => (Plain, format!("reading {sequence} sent again")),
        Fact::RadioLeft { reason } => (Alarm, format!("association ended (reason {reason})")),
        Fact::ReadingDropped { sequence, why } => {
            (Alarm, format!("reading {sequence} given up: {why}"))
        }
        Fact::ReadingForgotten { sequence } => {
            (Alarm, format!("reading {sequence} lost with the memory"))
        }
        Fact::ReadingShown { sequence } => {
            (Plain, format!("reading {sequence} printed on the console"))
        }
        Fact::ReadingTaken { sequence, value_mc } => {
            let celsius = f64::from(*value_mc) / 1e3;
            (Plain, format!("reading {sequence}: {celsius:.2} °C"))
        }
        Fact::RetryScheduled { attempt, delay_us } => {
            let delay = SimSpan::from_micros(*delay_us);
            (Alarm, format!("attempt {attempt} failed, next in {delay}"))
        }
        Fact::SensorFaulted { code, why } => (Alarm, format!("code {code} not believed: {why}")),
        Fact::SessionClosed { why } => (Alarm, format!("session closed: {why}")),
        Fact::SessionOpened { session_present } => {
            let kept = if *session_present {
                ", earlier state kept"
            } else {
                ""
            };
            (Good, format!("session opened{kept}"))
        }
        Fact::TlsAlert { side, alert } => (Alarm, format!("{side} sent the TLS alert {alert}")),
        Fact::TlsConnected {
            side,
            version,
            suite,
            ..
        } => (Good, format!("{side} is done with {version}, {suite}")),
        Fact::TlsFailed { side, why } => (Alarm, format!("{side} gave TLS up: {why}")),
        Fact::TlsMessage {
            side,
            message,
            bytes,
            ..
        } => (Plain, format!("{side} sent {message}, {bytes} bytes")),
    })
}

#[cfg(test)]
mod tests {
    use nodelab_sim::SimTime;

    use super::*;

    #[test]
    fn the_middle_of_a_long_log_is_counted() {
        let mut log = Log::default();
        for at in 0..1_000 {
            log.add(&Moment {
                at: SimTime::from_nanos(at),
                node: Some(0),
                fact: Fact::Booted,
            });
        }
        assert_eq!(log.head.len() + log.tail.len(), HEAD_MAX + TAIL_MAX);
        assert_eq!(log.left_out, 1_000 - 120);
        assert_eq!(log.tail.back().map(|entry| entry.at), Some(999));
    }

    #[test]
    fn a_long_payload_is_cut_between_characters() {
        let cut = shortened("°".repeat(1_000));
        assert_eq!(cut.chars().count(), WORDS_MAX + 1);
    }
}
