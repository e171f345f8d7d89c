//! All of a board but the code that runs on it: clock, sensor, radio, and what is pending.
//!
//! Owns what the node's commands do, and which pending events are stale. Does not call the
//! node.

use node_core::{AdcCode, CloseReason, Command, Instant};

use super::meter::Meter;
use super::real::Uplink;
use super::{ClockError, Surroundings};
use crate::analog::RadioActivity;
use crate::clock::Clock;
use crate::event::{Bytes, Class, EventKey, EventKind};
use crate::frontend::Frontend;
use crate::id::NodeId;
use crate::observe::Observation;
use crate::power::PowerSpec;
use crate::queue::EventQueue;
use crate::stack::{Delivery, Direction, JoinOutcome, Link, OpenOutcome};
use crate::time::{SimSpan, SimTime};

/// Stands for "no alarm is set", in half the room of an option: fleets have 10⁵ of these.
pub(super) const NO_ALARM: Instant = Instant::from_micros(u64::MAX);

/// The hardware of one device.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) id: NodeId,
    pub(super) clock: Clock,
    pub(super) frontend: Frontend,
    pub(super) link: Link,
    pub(super) meter: Meter,
    pub(super) station: Station,
    pub(super) stream: Stream,
    /// Counts boots; what belongs to an earlier life is stale.
    pub(super) life: u32,
    /// Counts joins and losses of the link; what belongs to an earlier link is stale.
    pub(super) link_life: u32,
    /// Counts streams; what belongs to an earlier stream is stale.
    pub(super) connection: u32,
    /// When the node wants to be woken, as it said last: most alarms are judged by this alone.
    pub(super) deadline: Option<Instant>,
    /// When a pending event will end in a look at the deadline: until then no alarm is needed.
    /// Most deadlines guard an answer, and most answers come.
    pub(super) looked_at: SimTime,
    /// The node's deadline for which the one timer event that is not stale was scheduled, or
    /// [`NO_ALARM`].
    pub(super) alarm: Instant,
    pub(super) alarm_generation: u32,
    pub(super) queued: u8,
    /// The access point was silent since the last join: nothing of the stream arrives any more.
    pub(super) severed: bool,
    /// What the clock is like when no fault says otherwise.
    pub(super) clock_error: ClockError,
    /// The node said that it has nothing to do, and has asked for nothing since.
    pub(super) asleep: bool,
    /// A protected stream was opened in this life, and may leave something to resume.
    can_resume: bool,
    /// The way to the broker on a real network; a modelled one needs only the link.
    pub(super) uplink: Option<Box<Uplink>>,
    seq: u32,
}

/// How far the radio is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Station {
    Joined,
    Joining,
    Off,
}

/// How far the byte stream is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stream {
    Closed,
    Open,
    Opening,
}

impl Body {
    pub(super) fn new(
        id: NodeId,
        seed: u64,
        clock_error: ClockError,
        frontend: Frontend,
        power: Option<PowerSpec>,
    ) -> Self {
        Self {
            id,
            clock: Clock::started(SimTime::ZERO, 0),
            frontend,
            link: Link::new(seed, id),
            meter: Meter::new(power),
            station: Station::Off,
            stream: Stream::Closed,
            life: 0,
            link_life: 0,
            connection: 0,
            deadline: None,
            looked_at: SimTime::ZERO,
            alarm: NO_ALARM,
            alarm_generation: 0,
            queued: 0,
            severed: false,
            clock_error,
            asleep: false,
            can_resume: false,
            uplink: None,
            seq: 0,
        }
    }

    /// Does what the node commands.
    pub(super) fn obey(&mut self, at: SimTime, command: Command, around: &mut Surroundings<'_>) {
        self.asleep = command == Command::Sleep;
        if self.uplink.is_some() && is_of_network(command) {
            return self.obey_on_path(at, command, around);
        }
        match command {
            Command::CloseStream => self.finish_stream(at, around),
            Command::JoinWifi => self.join(at, around),
            Command::LeaveWifi => self.drop_link(),
            Command::OpenStream => self.open_stream(at, around),
            Command::Sample => {
                let life = self.life;
                let done = at.after(self.frontend.read_time(self.radio()));
                self.schedule(done, EventKind::Converted { life }, around.queue);
                self.looked_at = done;
            }
            // Sleep changes what is drawn from the battery, not what happens.
            Command::Sleep => {}
        }
    }

    /// Runs one conversion and tells observers the truth beside it.
    pub(super) fn convert(&mut self, at: SimTime, around: &mut Surroundings<'_>) -> AdcCode {
        let radio = self.radio();
        let conversion = self
            .frontend
            .convert(at, radio, around.environment, around.node);
        around
            .watch
            .on_event(at, self.id, &Observation::Converted(conversion));
        conversion.code
    }

    /// Sends bytes up to the broker, in order, if there is a stream.
    pub(super) fn send_up(&mut self, at: SimTime, bytes: &[u8], around: &mut Surroundings<'_>) {
        if self.uplink.is_some() {
            return self.with_path(around, |path, around| path.write(at, bytes, around));
        }
        if self.stream != Stream::Open || self.severed {
            return;
        }
        let connection = self.connection;
        let length = around.on_the_wire(bytes.len());
        if let Some(shapes) = around.shapes {
            self.meter.compute(shapes.full.record_work);
        }
        self.meter.transmit_segments(around.network, length);
        match self.link.segment(at, around.network, Direction::Up, length) {
            Delivery::Arrives(arrival) => {
                let bytes = Bytes::from_slice(bytes);
                let kind = EventKind::StreamReceived { connection, bytes };
                self.schedule_at_broker(arrival, kind, around.queue);
                self.looked_at = arrival;
            }
            Delivery::TimesOut(when) => self.schedule_death(when, connection, around.queue),
        }
    }

    /// Loses link and stream; what was on its way down is stale.
    pub(super) fn drop_link(&mut self) {
        self.station = Station::Off;
        self.stream = Stream::Closed;
        self.link_life = self.link_life.wrapping_add(1);
    }

    /// Loses everything that power keeps.
    pub(super) fn forget(&mut self, at: SimTime) {
        self.drop_link();
        if let Some(uplink) = &mut self.uplink {
            uplink.path.power_off(at);
        }
        self.life = self.life.wrapping_add(1);
        self.can_resume = false;
        self.deadline = None;
        self.looked_at = SimTime::ZERO;
        self.alarm = NO_ALARM;
        self.alarm_generation = self.alarm_generation.wrapping_add(1);
    }

    /// Returns true while bytes of this very stream reach the node.
    pub(super) fn hears(&self, connection: u32) -> bool {
        self.stream == Stream::Open && self.connection == connection && !self.severed
    }

    /// Schedules something for this device.
    pub(super) fn schedule(
        &mut self,
        at: SimTime,
        kind: EventKind,
        queue: &mut EventQueue<EventKind>,
    ) {
        let key = self.key(at, Class::Delivery, self.id);
        queue.push(key, kind);
    }

    /// Restarts the board if its processor computes for longer than the watchdog waits.
    pub(super) fn guard(&mut self, at: SimTime, span: SimSpan, around: &mut Surroundings<'_>) {
        if let Some(patience) = around.node.watchdog.filter(|patience| span > *patience) {
            let life = self.life;
            let kind = EventKind::WatchdogBit { life };
            self.schedule(at.after(patience), kind, around.queue);
        }
    }

    /// Schedules the end of a stream whose segments do not get through.
    pub(super) fn schedule_death(
        &mut self,
        at: SimTime,
        connection: u32,
        queue: &mut EventQueue<EventKind>,
    ) {
        let why = CloseReason::TimedOut;
        self.schedule(at, EventKind::StreamClosed { connection, why }, queue);
    }

    /// Schedules the one timer event that is not stale.
    pub(super) fn schedule_alarm(
        &mut self,
        at: SimTime,
        deadline: Instant,
        queue: &mut EventQueue<EventKind>,
    ) {
        self.alarm = deadline;
        self.alarm_generation = self.alarm_generation.wrapping_add(1);
        let kind = EventKind::Timeout {
            generation: self.alarm_generation,
        };
        let key = self.key(at, Class::Timer, self.id);
        queue.push(key, kind);
    }

    /// Schedules something for the broker.
    pub(super) fn schedule_at_broker(
        &mut self,
        at: SimTime,
        kind: EventKind,
        queue: &mut EventQueue<EventKind>,
    ) {
        let key = self.key(at, Class::Delivery, NodeId::WORLD);
        queue.push(key, kind);
    }

    fn key(&mut self, at: SimTime, class: Class, target: NodeId) -> EventKey {
        self.seq = self.seq.wrapping_add(1);
        EventKey {
            at,
            class,
            target,
            source: self.id,
            seq: self.seq,
        }
    }

    fn radio(&self) -> RadioActivity {
        let station = self
            .uplink
            .as_ref()
            .map_or(self.station, |uplink| uplink.station());
        match station {
            Station::Off => RadioActivity::Off,
            Station::Joined | Station::Joining => RadioActivity::Listening,
        }
    }

    fn join(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        self.drop_link();
        self.station = Station::Joining;
        self.severed = false;
        let link = self.link_life;
        self.meter.transmit_join();
        match self.link.join(at, around.network) {
            JoinOutcome::Failed { at, why } => {
                let kind = EventKind::JoinEnded {
                    link,
                    outcome: Err(why),
                };
                self.schedule(at, kind, around.queue);
            }
            JoinOutcome::Joined { at, breaks_at } => {
                let kind = EventKind::JoinEnded {
                    link,
                    outcome: Ok(()),
                };
                self.schedule(at, kind, around.queue);
                if let Some(breaks_at) = breaks_at {
                    self.schedule(breaks_at, EventKind::LinkBroken { link }, around.queue);
                }
            }
        }
    }

    fn open_stream(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        self.connection = self.connection.wrapping_add(1);
        self.stream = Stream::Opening;
        let connection = self.connection;
        if self.station != Station::Joined {
            let why = CloseReason::Reset;
            return self.schedule(
                at,
                EventKind::StreamClosed { connection, why },
                around.queue,
            );
        }
        // SYN, and the acknowledgement of its answer.
        self.meter.transmit_segments(around.network, 0);
        self.meter.transmit_segments(around.network, 0);
        match self.link.open(at, around.network, around.broker_up) {
            OpenOutcome::Failed { at, why } => {
                self.schedule(
                    at,
                    EventKind::StreamClosed { connection, why },
                    around.queue,
                );
            }
            OpenOutcome::Opened { node_at, .. } => match self.secure(node_at, around) {
                Ok(opened) => {
                    let kind = EventKind::OpenAnswered { connection };
                    self.schedule(opened, kind, around.queue);
                }
                Err(given_up) => self.schedule_death(given_up, connection, around.queue),
            },
        }
    }

    /// Returns when the stream that TCP opened at `at` is protected, if it is to be.
    fn secure(&mut self, at: SimTime, around: &Surroundings<'_>) -> Result<SimTime, SimTime> {
        let Some(shapes) = around.shapes else {
            return Ok(at);
        };
        let shape = if self.can_resume {
            &shapes.resumed
        } else {
            &shapes.full
        };
        self.meter.shake_hands(around.network, shape);
        let done = self.link.secure(at, around.network, shape)?;
        self.can_resume = true;
        Ok(done)
    }

    fn finish_stream(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        if std::mem::replace(&mut self.stream, Stream::Closed) != Stream::Open {
            return;
        }
        let connection = self.connection;
        self.meter.transmit_segments(around.network, 0);
        let fate = self.link.segment(at, around.network, Direction::Up, 0);
        if let Delivery::Arrives(arrival) = fate {
            let kind = EventKind::StreamFinished { connection };
            self.schedule_at_broker(arrival, kind, around.queue);
        }
    }
}

/// Returns true for commands that are about the way to the broker.
const fn is_of_network(command: Command) -> bool {
    match command {
        Command::CloseStream | Command::JoinWifi | Command::LeaveWifi | Command::OpenStream => true,
        Command::Sample | Command::Sleep => false,
    }
}
