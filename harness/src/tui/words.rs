//! Facts of the stream in the words of the log.
//!
//! Owns what is worth a line, and how it reads.

use nodelab_sim::SimTime;

use crate::telemetry::{Fact, Moment};

/// What a line of the log is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// The broker.
    Broker,
    /// A fault struck or ended.
    Fault,
    /// Wi-Fi and addresses.
    Link,
    /// Power and the firmware's start.
    Power,
    /// A reading on its way.
    Reading,
    /// The sensor.
    Sensor,
    /// The session with the broker.
    Session,
    /// TLS.
    Tls,
}

/// How a line of the log is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mood {
    /// Something went wrong.
    Bad,
    /// Something came right.
    Good,
    /// Neither.
    Plain,
}

impl Kind {
    /// Returns its name, of at most six characters.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Fault => "fault",
            Self::Link => "link",
            Self::Power => "power",
            Self::Reading => "read",
            Self::Sensor => "sensor",
            Self::Session => "mqtt",
            Self::Tls => "tls",
        }
    }
}

/// Returns whether the log has a line for it.
#[must_use]
pub(crate) fn is_notable(fact: &Fact) -> bool {
    classify(fact).is_some()
}

/// Returns what it is about and how it is meant; `None` for what has a panel of its own, or comes
/// too often to be read.
#[must_use]
pub(crate) fn classify(fact: &Fact) -> Option<(Kind, Mood)> {
    use Kind::{Broker, Fault, Link, Power, Reading, Sensor, Session, Tls};
    use Mood::{Bad, Good, Plain};
    Some(match fact {
        Fact::Billed { .. }
        | Fact::Computed { .. }
        | Fact::Converted { .. }
        | Fact::Drained { .. }
        | Fact::Frame { .. }
        | Fact::Intercepted { .. }
        | Fact::JoinPhaseEnded { .. }
        | Fact::MessageReceived { .. }
        | Fact::MessageSent { .. }
        | Fact::Queued { .. }
        | Fact::RadioTuned { .. }
        | Fact::Serial { .. }
        | Fact::Unknown => return None,
        Fact::Booted | Fact::PoweredOn => (Power, Plain),
        Fact::BrokerNoted { what, .. } if what == "message acknowledged" => return None,
        Fact::BrokerNoted { .. } => (Broker, Plain),
        Fact::ConnectRefused { .. } | Fact::ProtocolBroken | Fact::SessionClosed { .. } => {
            (Session, Bad)
        }
        Fact::FaultEnded { .. } => (Fault, Good),
        Fact::FaultStarted { .. } => (Fault, Bad),
        Fact::IntervalChanged { .. } | Fact::MessageIgnored => (Session, Plain),
        Fact::JoinPhaseStarted { .. } | Fact::RetryScheduled { .. } => (Link, Plain),
        Fact::LinkJoined => (Link, Good),
        Fact::LinkLost { .. } | Fact::RadioLeft { .. } => (Link, Bad),
        Fact::PoweredOff => (Power, Bad),
        Fact::PublishAcked { .. } => (Reading, Good),
        Fact::PublishSent { .. } | Fact::ReadingShown { .. } | Fact::ReadingTaken { .. } => {
            (Reading, Plain)
        }
        Fact::ReadingDropped { .. } | Fact::ReadingForgotten { .. } => (Reading, Bad),
        Fact::SensorFaulted { .. } => (Sensor, Bad),
        Fact::SessionOpened { .. } => (Session, Good),
        Fact::TlsAlert { .. } | Fact::TlsFailed { .. } => (Tls, Bad),
        Fact::TlsConnected { .. } => (Tls, Good),
        Fact::TlsMessage { .. } | Fact::TlsStarted { .. } => (Tls, Plain),
    })
}

/// Returns a moment in words, its time and node not among them.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "the rest is below")]
pub(crate) fn describe(moment: &Moment) -> String {
    match &moment.fact {
        Fact::Billed { cause, .. } => format!("billed {cause}"),
        Fact::Booted => "the firmware starts".to_owned(),
        Fact::Computed { instructions } => format!("{instructions} instructions"),
        Fact::Converted { code, .. } => format!("code {code}"),
        Fact::Drained { .. } => "drained".to_owned(),
        Fact::FaultEnded { fault } => format!("{fault}: over"),
        Fact::FaultStarted { fault } => format!("{fault}"),
        Fact::Frame {
            direction, what, ..
        } => format!("frame {direction}: {what}"),
        Fact::Intercepted { bytes } => format!("{bytes} bytes read by another"),
        Fact::IntervalChanged { interval_us } => {
            format!("a reading each {}", span_us(*interval_us))
        }
        Fact::MessageIgnored => "a message is ignored".to_owned(),
        Fact::MessageReceived { topic, payload, .. } | Fact::MessageSent { topic, payload, .. } => {
            format!("{topic} {payload}")
        }
        Fact::BrokerNoted { what, detail } => format!("{what}: {detail}"),
        Fact::PoweredOff => "no power".to_owned(),
        Fact::PoweredOn => "power".to_owned(),
        Fact::ProtocolBroken => "the broker breaks the protocol".to_owned(),
        Fact::PublishAcked { sequence } => format!("#{sequence} acknowledged"),
        Fact::PublishSent {
            sequence,
            duplicate: false,
        } => format!("#{sequence} sent"),
        Fact::PublishSent {
            sequence,
            duplicate: true,
        } => format!("#{sequence} sent again"),
        Fact::Queued { length } => format!("{length} queued"),
        Fact::ReadingDropped { sequence, why } => format!("#{sequence} dropped: {why}"),
        Fact::ReadingForgotten { sequence } => format!("#{sequence} lost with the memory"),
        Fact::ReadingShown { sequence } => format!("#{sequence} to the console only"),
        Fact::ReadingTaken { sequence, value_mc } => {
            format!("#{sequence} reads {}", celsius(*value_mc))
        }
        Fact::SensorFaulted { code, why } => format!("code {code} not believed: {why}"),
        Fact::Serial { text } => text.trim_end().to_owned(),
        other => describe_connection(other),
    }
}

/// Returns what happened to a link or a stream in words.
#[expect(clippy::wildcard_enum_match_arm, reason = "the rest is above")]
fn describe_connection(fact: &Fact) -> String {
    match fact {
        Fact::ConnectRefused { why } => format!("the broker refuses: {why}"),
        Fact::JoinPhaseEnded { phase, took_ns } => {
            format!("{phase} took {}", span_us(took_ns / 1_000))
        }
        Fact::JoinPhaseStarted { phase } => format!("{phase} …"),
        Fact::LinkJoined => "linked, with an address".to_owned(),
        Fact::LinkLost { why, reason } => format!("link lost: {why} (reason {reason})"),
        Fact::RadioLeft { reason } => format!("left the access point (reason {reason})"),
        Fact::RadioTuned { channel } => format!("channel {channel}"),
        Fact::RetryScheduled { attempt, delay_us } => {
            format!("attempt {attempt} failed; again in {}", span_us(*delay_us))
        }
        Fact::SessionClosed { why } => format!("session closed: {why}"),
        Fact::SessionOpened {
            session_present: true,
        } => "session resumed".to_owned(),
        Fact::SessionOpened {
            session_present: false,
        } => "session opened".to_owned(),
        Fact::TlsAlert { side, alert } => format!("{side} sends alert {alert}"),
        Fact::TlsConnected {
            side,
            version,
            suite,
            ..
        } => format!("{side}: {version} {suite}"),
        Fact::TlsFailed { side, why } => format!("{side} gives up: {why}"),
        Fact::TlsMessage {
            side,
            message,
            bytes,
            ..
        } => format!("{side} {message}, {bytes} B"),
        Fact::TlsStarted { side } => format!("{side} starts"),
        _ => String::new(),
    }
}

/// Writes thousandths of a degree with one decimal.
#[must_use]
pub(crate) fn celsius(milli: i32) -> String {
    format!("{:.1} °C", f64::from(milli) / 1e3)
}

/// Writes a time in the unit that suits it.
#[must_use]
pub(crate) fn span_us(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{} ms", us / 1_000),
        1_000_000..60_000_000 => {
            format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000)
        }
        60_000_000..3_600_000_000 => {
            format!("{} min {} s", us / 60_000_000, us % 60_000_000 / 1_000_000)
        }
        _ => format!(
            "{} h {} min",
            us / 3_600_000_000,
            us % 3_600_000_000 / 60_000_000
        ),
    }
}

/// Writes a number with what it counts.
#[must_use]
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

/// Writes a time in few characters, for panels: in the two largest units that it has.
#[must_use]
pub(crate) fn short_us(us: u64) -> String {
    let seconds = us / 1_000_000;
    match seconds {
        0 if us < 1_000 => format!("{us}µs"),
        0 => format!("{}ms", us / 1_000),
        1..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// Returns the beginning of a text that is too long for a line about it.
#[must_use]
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN_MAX: usize = 24;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Writes a moment as on a clock, to the millisecond.
#[must_use]
pub(crate) fn clock_ms(at: SimTime) -> String {
    let ms = at.as_nanos() / 1_000_000;
    format!("{}.{:03}", clock(at), ms % 1_000)
}

/// Writes a moment as on a clock, to the second; days are counted in front.
#[must_use]
pub(crate) fn clock(at: SimTime) -> String {
    let seconds = at.as_nanos() / 1_000_000_000;
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match days {
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        days => format!("{days}d {hours:02}:{minutes:02}:{seconds:02}"),
    }
}
