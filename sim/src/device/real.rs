//! A board on a real network: what its path says, and when its path wants to be called.
//!
//! Owns the one alarm that a path has in the world's queue. Does not call the node: it says what
//! to feed it.

use node_core::{CloseReason, Command, Input, LinkLoss, UnixTime};

use super::Surroundings;
use super::body::{Body, Station};
use crate::event::{Bytes, EventKind};
use crate::observe::Observation;
use crate::power::RateFamily;
use crate::stack::{Direction, PathAround, PathOutput, RealPath};
use crate::time::SimTime;

/// A path and its alarm.
#[derive(Debug)]
pub(super) struct Uplink {
    pub(super) path: RealPath,
    /// When the pending alarm rings; alarms of other times are stale.
    alarm: SimTime,
}

/// Something that a path has for the node.
#[derive(Debug)]
pub(super) enum PathInput {
    LinkDown(LinkLoss),
    LinkUp,
    StreamClosed(CloseReason),
    StreamOpened,
    StreamRead(Vec<u8>),
    TimeKnown(UnixTime),
}

impl Uplink {
    pub(super) const fn new(path: RealPath) -> Self {
        Self {
            path,
            alarm: SimTime::MAX,
        }
    }

    /// Returns how far the radio is.
    pub(super) fn station(&self) -> Station {
        if !self.path.is_radio_on() {
            Station::Off
        } else if self.path.is_joined() {
            Station::Joined
        } else {
            Station::Joining
        }
    }
}

impl PathInput {
    /// Returns what the node is to be told.
    pub(super) fn input(&self) -> Input<'_> {
        match self {
            Self::LinkDown(why) => Input::LinkDown(*why),
            Self::LinkUp => Input::LinkUp,
            Self::StreamClosed(why) => Input::StreamClosed(*why),
            Self::StreamOpened => Input::StreamOpened,
            Self::StreamRead(bytes) => Input::StreamRead(bytes),
            Self::TimeKnown(time) => Input::TimeKnown(*time),
        }
    }
}

impl Body {
    /// Lets the path do something, if the board has one.
    pub(super) fn with_path(
        &mut self,
        around: &mut Surroundings<'_>,
        act: impl FnOnce(&mut RealPath, &mut PathAround<'_>),
    ) {
        if let (Some(uplink), Some(real)) = (&mut self.uplink, &mut around.real) {
            act(&mut uplink.path, real);
        }
    }

    /// Does what the node commands of its network.
    pub(super) fn obey_on_path(
        &mut self,
        at: SimTime,
        command: Command,
        around: &mut Surroundings<'_>,
    ) {
        self.with_path(around, |path, around| match command {
            Command::CloseStream => path.close(at, around),
            Command::JoinWifi => path.join(at, around),
            Command::LeaveWifi => path.leave(at, around),
            Command::OpenStream => path.open(at, around),
            Command::Sample | Command::Sleep => {}
        });
    }

    /// Calls the path, if its alarm is not stale.
    pub(super) fn ring_path(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        let Some(uplink) = self.uplink.as_mut().filter(|uplink| uplink.alarm == at) else {
            return;
        };
        uplink.alarm = SimTime::MAX;
        self.with_path(around, |path, around| path.handle_timeout(at, around));
    }

    /// Makes sure that an alarm rings no later than the path wants to be called.
    pub(super) fn arm_path(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        let Some(uplink) = &mut self.uplink else {
            return;
        };
        let Some(due) = uplink
            .path
            .poll_timeout(at)
            .filter(|due| *due < uplink.alarm)
        else {
            return;
        };
        uplink.alarm = due;
        // Every alarm of the path ends in a look at the node's deadline.
        self.looked_at = due;
        self.schedule(due, EventKind::PathDue, around.queue);
    }

    /// Returns until when the processor computes, if it does.
    pub(super) fn computes_until(&self, at: SimTime) -> Option<SimTime> {
        let until = self.uplink.as_ref()?.path.busy_until();
        (until > at).then_some(until)
    }

    /// Carries out what the path says; returns what it has for the node.
    pub(super) fn absorb(
        &mut self,
        at: SimTime,
        output: PathOutput,
        around: &mut Surroundings<'_>,
    ) -> Option<PathInput> {
        let id = self.id;
        let mut tell = |what: &Observation<'_>| around.watch.on_event(at, id, what);
        match output {
            PathOutput::BrokerAccepted { connection } => {
                let kind = EventKind::StreamAccepted { connection };
                self.schedule_at_broker(at, kind, around.queue);
            }
            PathOutput::BrokerFinished { connection } => {
                let kind = EventKind::StreamFinished { connection };
                self.schedule_at_broker(at, kind, around.queue);
            }
            PathOutput::BrokerReceived { connection, bytes } => {
                let bytes = Bytes::from_vec(bytes);
                let kind = EventKind::StreamReceived { connection, bytes };
                self.schedule_at_broker(at, kind, around.queue);
            }
            PathOutput::Busy { span } => self.guard(at, span, around),
            PathOutput::Frame(sent) => {
                let (direction, frame, sent) = &*sent;
                if *direction == Direction::Up {
                    for attempt in &sent.attempts {
                        self.meter
                            .transmit(attempt.airtime, RateFamily::of(attempt.rate));
                    }
                }
                tell(&Observation::Frame {
                    direction: *direction,
                    frame,
                    sent,
                });
            }
            PathOutput::Intercepted(bytes) => tell(&Observation::Intercepted(&bytes)),
            PathOutput::LinkDown(why) => return Some(PathInput::LinkDown(why)),
            PathOutput::LinkUp => return Some(PathInput::LinkUp),
            PathOutput::Radio(event) => tell(&Observation::Radio(event)),
            PathOutput::Secret(line) => tell(&Observation::Secret(&line)),
            PathOutput::StreamClosed(why) => return Some(PathInput::StreamClosed(why)),
            PathOutput::StreamOpened => return Some(PathInput::StreamOpened),
            PathOutput::StreamRead(bytes) => return Some(PathInput::StreamRead(bytes)),
            PathOutput::TimeKnown(time) => return Some(PathInput::TimeKnown(time)),
            PathOutput::Tls(side, event) => tell(&Observation::Tls(side, event)),
        }
        None
    }
}
