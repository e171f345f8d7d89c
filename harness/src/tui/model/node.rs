//! One node, as far as it was told.

use nodelab_sim::{SimSpan, SimTime};

use super::ring::Ring;
use super::tls::{Handshake, HandshakeEnd};
use crate::telemetry::{Fact, Word};

/// Samples that are kept of all nodes together.
const SAMPLES_SHARED: usize = 400_000;
/// Samples that are kept of one node: the least and the most.
const SAMPLES: (usize, usize) = (64, 4_000);
/// Lines of the consoles that are kept of all nodes together.
const CONSOLE_SHARED: usize = 20_000;
/// Lines of the console that are kept of one node: the least and the most.
const CONSOLE: (usize, usize) = (8, 400);
/// Bytes of one line of the console; the rest begins another.
const CONSOLE_LINE_MAX: usize = 240;
/// Samples within this time are the conversions of one reading: the last one counts.
const SAME_SAMPLE: SimSpan = SimSpan::from_millis(500);
/// Strengths and tries of frames that are kept.
const FRAMES_MAX: usize = 120;

/// A node.
#[derive(Clone, Debug)]
pub(crate) struct NodeView {
    /// Whether it has power.
    pub(crate) is_powered: bool,
    /// How often the firmware started.
    pub(crate) boots: u32,
    /// Its link.
    pub(crate) link: Link,
    /// When that began.
    pub(crate) link_since: SimTime,
    /// Why it lost its link last, and the SDK's reason code.
    pub(crate) lost_link: Option<(SimTime, Word, u16)>,
    /// What its radio does.
    pub(crate) radio: Radio,
    /// Its stream to the broker.
    pub(crate) stream: Stream,
    /// When that began.
    pub(crate) stream_since: SimTime,
    /// Why the session ended last, or was refused.
    pub(crate) closed: Option<(SimTime, Word)>,
    /// Sessions so far.
    pub(crate) sessions: u32,
    /// The latest TLS handshake.
    pub(crate) handshake: Option<Handshake>,
    /// Queued readings.
    pub(crate) queued: u8,
    /// The most there were.
    pub(crate) queued_max: u8,
    /// Readings taken.
    pub(crate) taken: u64,
    /// Readings acknowledged.
    pub(crate) acked: u64,
    /// Readings dropped or forgotten.
    pub(crate) lost: u64,
    /// What the converter saw.
    pub(crate) samples: Ring<Sample>,
    /// What the node believed.
    pub(crate) reported: Ring<Reported>,
    /// Why the last sample was not believed, if it was not.
    pub(crate) faulted: Option<Word>,
    /// Failed attempts in a row, and when the next one follows.
    pub(crate) retry: Option<(u16, SimTime)>,
    /// Where its charge went.
    pub(crate) causes: Vec<Cause>,
    /// What it printed.
    pub(crate) console: Ring<String>,
}

/// What the converter saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    /// When.
    pub(crate) at: SimTime,
    /// The true temperature of the air.
    pub(crate) truth_mc: i32,
    /// The voltage at the sensor's output, as the TMP36's data sheet translates it.
    pub(crate) sensed_mc: i32,
    /// The code.
    pub(crate) code: u16,
}

/// What the node believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reported {
    /// When.
    pub(crate) at: SimTime,
    /// The temperature.
    pub(crate) value_mc: i32,
}

/// How a node stands with the access point, the worst first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Link {
    /// Not at all.
    Down,
    /// It joins.
    Joining(Word),
    /// It has an address.
    Up,
}

/// What a node's radio does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Radio {
    /// 1 to 13; `None` when nobody told.
    pub(crate) channel: Option<u8>,
    /// Frames that were sent, and got.
    pub(crate) frames: [u64; 2],
    /// Tries beyond the first.
    pub(crate) retries: u64,
    /// Frames that did not arrive at all.
    pub(crate) lost: u64,
    /// Rate of the last frame that went up.
    pub(crate) rate_kbps: u32,
    /// The last frame that the node got, or that the access point got of it.
    pub(crate) rssi_dbm: Option<i8>,
    /// Time on the air of all of its frames.
    pub(crate) airtime_ns: u64,
    /// Strength of the latest frames.
    pub(crate) strengths: Ring<i8>,
    /// Tries of the latest frames.
    pub(crate) tries: Ring<u32>,
}

/// How a node stands with the broker, the worst first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stream {
    /// Not at all.
    Closed,
    /// TLS shakes hands.
    Handshaking,
    /// TLS is up, the session is not.
    Secured,
    /// The broker accepted the session.
    Open,
}

/// A cause of consumption.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cause {
    /// What it is.
    pub(crate) name: Word,
    /// What it drew.
    pub(crate) charge_fc: u128,
    /// How long it took.
    pub(crate) span_ns: u64,
}

/// How a node fares at a glance, the worst first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Condition {
    /// It has no power.
    Off,
    /// It has no link.
    Unlinked,
    /// It has a link, and no session.
    Unconnected,
    /// Its sensor is not believed.
    Doubted,
    /// Readings wait.
    Waiting,
    /// All is well.
    Well,
}

impl NodeView {
    /// Builds a node of which nothing was told, one of so many.
    #[must_use]
    pub(crate) fn new(nodes: usize) -> Self {
        let share = |shared: usize, (least, most): (usize, usize)| {
            (shared / nodes.max(1)).clamp(least, most)
        };
        let samples = share(SAMPLES_SHARED, SAMPLES);
        Self {
            is_powered: false,
            boots: 0,
            link: Link::Down,
            link_since: SimTime::ZERO,
            lost_link: None,
            radio: Radio {
                channel: None,
                frames: [0; 2],
                retries: 0,
                lost: 0,
                rate_kbps: 0,
                rssi_dbm: None,
                airtime_ns: 0,
                strengths: Ring::new(FRAMES_MAX),
                tries: Ring::new(FRAMES_MAX),
            },
            stream: Stream::Closed,
            stream_since: SimTime::ZERO,
            closed: None,
            sessions: 0,
            handshake: None,
            queued: 0,
            queued_max: 0,
            taken: 0,
            acked: 0,
            lost: 0,
            samples: Ring::new(samples),
            reported: Ring::new(samples),
            faulted: None,
            retry: None,
            causes: Vec::new(),
            console: Ring::new(share(CONSOLE_SHARED, CONSOLE)),
        }
    }

    /// Returns by how much the last reading is off the truth.
    #[must_use]
    pub(crate) fn error_mc(&self) -> Option<i32> {
        let (sample, reported) = (self.samples.last()?, self.reported.last()?);
        Some(reported.value_mc.saturating_sub(sample.truth_mc))
    }

    /// Returns all charge that was billed.
    #[must_use]
    pub(crate) fn charge_fc(&self) -> u128 {
        self.causes.iter().map(|cause| cause.charge_fc).sum()
    }

    /// Returns how it fares; `publishes` says whether it has anybody to report to.
    #[must_use]
    pub(crate) fn condition(&self, publishes: bool) -> Condition {
        if !self.is_powered {
            Condition::Off
        } else if publishes && self.link != Link::Up {
            Condition::Unlinked
        } else if publishes && self.stream != Stream::Open {
            Condition::Unconnected
        } else if self.faulted.is_some() {
            Condition::Doubted
        } else if self.queued > 1 {
            Condition::Waiting
        } else {
            Condition::Well
        }
    }

    /// Takes what happened at it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a picture shows what concerns it"
    )]
    pub(super) fn apply(&mut self, at: SimTime, fact: &Fact) {
        match fact {
            Fact::Billed {
                cause,
                charge_fc,
                span_ns,
            } => self.bill(cause, *charge_fc, *span_ns),
            Fact::Booted => self.boots += 1,
            Fact::Converted {
                code,
                output_uv,
                truth_mc,
            } => self.sample(Sample {
                at,
                truth_mc: *truth_mc,
                sensed_mc: sensed_mc(*output_uv),
                code: *code,
            }),
            Fact::Frame { .. } => self.frame(fact),
            Fact::PoweredOff => self.power_off(at),
            Fact::PoweredOn => self.is_powered = true,
            Fact::PublishAcked { .. } => self.acked += 1,
            Fact::Queued { length } => {
                self.queued = *length;
                self.queued_max = self.queued_max.max(*length);
            }
            Fact::ReadingDropped { .. } | Fact::ReadingForgotten { .. } => self.lost += 1,
            Fact::ReadingTaken { value_mc, .. } => {
                self.taken += 1;
                self.faulted = None;
                self.reported.push(Reported {
                    at,
                    value_mc: *value_mc,
                });
            }
            Fact::RetryScheduled { attempt, delay_us } => {
                self.retry = Some((*attempt, at.after(SimSpan::from_micros(*delay_us))));
            }
            Fact::SensorFaulted { why, .. } => self.faulted = Some(why.clone()),
            Fact::Serial { text } => self.print(text),
            Fact::ConnectRefused { .. }
            | Fact::SessionClosed { .. }
            | Fact::SessionOpened { .. }
            | Fact::TlsAlert { .. }
            | Fact::TlsConnected { .. }
            | Fact::TlsFailed { .. }
            | Fact::TlsMessage { .. }
            | Fact::TlsStarted { .. } => self.connect(at, fact),
            _ => self.join(at, fact),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sorts facts")]
    fn join(&mut self, at: SimTime, fact: &Fact) {
        match fact {
            Fact::JoinPhaseStarted { phase } => self.link_is(at, Link::Joining(phase.clone())),
            Fact::LinkJoined => {
                self.retry = None;
                self.link_is(at, Link::Up);
            }
            Fact::LinkLost { why, reason } => {
                self.lost_link = Some((at, why.clone(), *reason));
                self.link_is(at, Link::Down);
                self.stream_is(at, Stream::Closed);
            }
            Fact::RadioLeft { .. } if self.link != Link::Up => self.link_is(at, Link::Down),
            Fact::RadioTuned { channel } => self.radio.channel = Some(*channel),
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sorts facts")]
    fn connect(&mut self, at: SimTime, fact: &Fact) {
        match fact {
            Fact::ConnectRefused { why } | Fact::SessionClosed { why } => {
                self.closed = Some((at, why.clone()));
                self.stream_is(at, Stream::Closed);
            }
            Fact::SessionOpened { .. } => {
                self.sessions += 1;
                self.retry = None;
                self.stream_is(at, Stream::Open);
            }
            Fact::TlsStarted { side } if side == "client" => {
                self.handshake = Some(Handshake::new(at));
                self.stream_is(at, Stream::Handshaking);
            }
            _ => {}
        }
        let Some(handshake) = &mut self.handshake else {
            return;
        };
        handshake.apply(at, fact);
        let is_over = matches!(handshake.end, Some(HandshakeEnd::Failed { .. }));
        let stream = match fact {
            Fact::TlsConnected { side, .. } if side == "client" => Stream::Secured,
            Fact::TlsFailed { .. } if is_over => Stream::Closed,
            _ => return,
        };
        self.stream_is(at, stream);
    }

    fn link_is(&mut self, at: SimTime, link: Link) {
        if self.link != link {
            self.link = link;
            self.link_since = at;
        }
    }

    fn stream_is(&mut self, at: SimTime, stream: Stream) {
        if self.stream != stream {
            self.stream = stream;
            self.stream_since = at;
        }
    }

    fn power_off(&mut self, at: SimTime) {
        self.is_powered = false;
        self.queued = 0;
        self.retry = None;
        self.link_is(at, Link::Down);
        self.stream_is(at, Stream::Closed);
    }

    fn sample(&mut self, sample: Sample) {
        if let Some(last) = self.samples.last_mut()
            && sample.at.since(last.at) < SAME_SAMPLE
        {
            let at = last.at;
            *last = Sample { at, ..sample };
            return;
        }
        self.samples.push(sample);
    }

    fn frame(&mut self, fact: &Fact) {
        let Fact::Frame {
            direction,
            rate_kbps,
            rssi_dbm,
            tries,
            airtime_ns,
            delivered,
            ..
        } = fact
        else {
            return;
        };
        let is_up = direction == "up";
        let radio = &mut self.radio;
        radio.frames[usize::from(!is_up)] += 1;
        radio.retries += u64::from(tries.saturating_sub(1));
        radio.lost += u64::from(!delivered);
        radio.airtime_ns = radio.airtime_ns.saturating_add(*airtime_ns);
        radio.rssi_dbm = Some(*rssi_dbm);
        radio.strengths.push(*rssi_dbm);
        if is_up {
            radio.rate_kbps = *rate_kbps;
            radio.tries.push(*tries);
        }
    }

    fn bill(&mut self, cause: &Word, charge_fc: u128, span_ns: u64) {
        if let Some(known) = self.causes.iter_mut().find(|known| known.name == *cause) {
            known.charge_fc = known.charge_fc.saturating_add(charge_fc);
            known.span_ns = known.span_ns.saturating_add(span_ns);
            return;
        }
        self.causes.push(Cause {
            name: cause.clone(),
            charge_fc,
            span_ns,
        });
    }

    /// Appends what was printed, line by line.
    fn print(&mut self, text: &str) {
        for part in text.split_inclusive('\n') {
            let continues = self
                .console
                .last()
                .is_some_and(|last| !last.ends_with('\n') && last.len() < CONSOLE_LINE_MAX);
            match self.console.last_mut() {
                Some(last) if continues => last.push_str(part),
                Some(_) | None => self.console.push(part.to_owned()),
            }
        }
    }
}

/// Returns the temperature that a voltage means: 500 mV at 0 °C, 10 mV for each degree
/// (TMP35/36/37 Rev. H, table 1), rounded toward zero.
const fn sensed_mc(output_uv: i32) -> i32 {
    (output_uv - 500_000) / 10
}
