//! One simulated board: the real [`Node`](node_core::Node) and everything soldered around it.
//!
//! Owns how inputs reach the node and how its effects become future events. This is the one
//! place that tells a node anything. Does not know what a scenario wants.

use node_core::{Calibration, CloseReason, Effect, Input, Instant, LinkLoss, Reading, UnixTime};
use node_wire::{Request, Standing};

use crate::analog::Tmp36Fault;
use crate::clock::Clock;
use crate::emulator::{CoreFailure, CoreFault};
use crate::environment::Environment;
use crate::event::{Bytes, EventKind};
use crate::frontend::Frontend;
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::power::PowerSpec;
use crate::queue::EventQueue;
use crate::rng::{EntityId, Purpose, Rng};
use crate::spec::NodeSpec;
use crate::stack::{Delivery, Direction, NetworkSpec, PathAround, RealPath, Shapes};
use crate::time::SimTime;
use crate::workbench::BOOT_TIME;

mod body;
mod firmware;
mod meter;
mod real;

use body::{Body, NO_ALARM, Station, Stream};
use firmware::{Firmware, pieces};
use meter::Activity;
use real::Uplink;

/// What a device can touch of its world while one event is handled.
pub(crate) struct Surroundings<'a> {
    pub(crate) access_point_up: bool,
    pub(crate) broker_up: bool,
    pub(crate) environment: &'a mut Environment,
    pub(crate) epoch: Option<UnixTime>,
    /// The first emulated core that ended.
    pub(crate) failure: &'a mut Option<CoreFailure>,
    pub(crate) network: &'a NetworkSpec,
    pub(crate) node: &'a NodeSpec,
    pub(crate) queue: &'a mut EventQueue<EventKind>,
    /// What paths of a real network share; nothing on a modelled one.
    pub(crate) real: Option<PathAround<'a>>,
    /// Root of all random streams.
    pub(crate) seed: u64,
    /// What handshakes look like on a modelled network; nothing if streams are not protected.
    pub(crate) shapes: Option<&'a Shapes>,
    pub(crate) watch: &'a mut dyn Observer,
}

impl Surroundings<'_> {
    /// Returns how long what is written becomes in its record.
    fn on_the_wire(&self, length: usize) -> usize {
        length + self.shapes.map_or(0, |shapes| shapes.full.overhead)
    }

    /// Returns what the generator of a node is seeded with in one of its lives.
    fn luck_of(&self, node: NodeId, life: u32) -> u64 {
        let mut luck = Rng::derive(self.seed, EntityId::Node(node), Purpose::NodeSeed);
        (0..life).fold(luck.bits(), |_, _| luck.bits())
    }
}

/// What is wrong with one board's clock from the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockError {
    /// What it gains on true time, in parts per billion.
    pub(crate) drift_ppb: i64,
    /// What it shows at power-on, in microseconds; below zero counts as zero.
    pub(crate) offset_us: i64,
}

/// One board: the node, and the board around it.
#[derive(Debug)]
pub(crate) struct Device {
    /// The running firmware; nothing while the boot loader runs.
    firmware: Option<Firmware>,
    /// Instructions that the node took on an emulated core, in all its lives.
    instructions: u64,
    powered: bool,
    /// How its reading was corrected on the bench; the rest of its settings are the world's.
    calibration: Calibration,
    body: Body,
}

impl Device {
    pub(crate) fn new(
        id: NodeId,
        seed: u64,
        clock: ClockError,
        calibration: Calibration,
        frontend: Frontend,
        power: Option<PowerSpec>,
    ) -> Self {
        let body = Body::new(id, seed, clock, frontend, power);
        Self {
            firmware: None,
            instructions: 0,
            powered: false,
            calibration,
            body,
        }
    }

    /// Connects the board to a real network.
    pub(crate) fn connect_to(&mut self, path: RealPath) {
        self.body.uplink = Some(Box::new(Uplink::new(path)));
    }

    /// Switches the board on; the firmware follows after the boot loader.
    pub(crate) fn power_on(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        self.powered = true;
        self.body.clock = Clock::started(at, self.body.clock_error.drift_ppb);
        self.body.clock.jump(at, self.body.clock_error.offset_us);
        if self.body.life == 0 {
            // The sensor lay in the room before; a later loss of power does not cool it.
            self.body.frontend.stabilise(at, around.environment);
        }
        around
            .watch
            .on_event(at, self.body.id, &Observation::PoweredOn);
        self.body.asleep = false;
        self.body.meter.open(at);
        let life = self.body.life;
        self.body.schedule(
            at.after(BOOT_TIME),
            EventKind::Booted { life },
            around.queue,
        );
    }

    /// Takes the power away; memory, link and stream are gone without a word.
    pub(crate) fn power_off(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        if let Some(mut firmware) = self.firmware.take() {
            for reading in self
                .heard(at, firmware.queued(), around)
                .unwrap_or_default()
            {
                let what = Observation::ReadingForgotten(reading);
                around.watch.on_event(at, self.body.id, &what);
            }
        }
        if std::mem::replace(&mut self.powered, false) {
            self.body.close_books(at, around.watch);
            self.tell_instructions(at, around.watch);
        }
        self.body.forget(at);
        if std::mem::take(&mut self.body.queued) > 0 {
            around
                .watch
                .on_event(at, self.body.id, &Observation::Queued(0));
        }
        around
            .watch
            .on_event(at, self.body.id, &Observation::PoweredOff);
    }

    /// Starts the firmware.
    pub(crate) fn boot(&mut self, at: SimTime, life: u32, around: &mut Surroundings<'_>) {
        if life != self.body.life || self.firmware.is_some() {
            return;
        }
        let now = self.body.clock.local(at);
        let seed = around.luck_of(self.body.id, life);
        let mut config = around.node.config_of(self.body.id.0);
        config.sensor.calibration = self.calibration;
        let told = Request::Boot { config, seed, now };
        around.watch.on_told(self.body.id, &told);
        let booted = Firmware::boot(&around.node.core, (config, seed, now));
        self.firmware = self.heard(at, booted, around);
        self.drain(at, around);
    }

    /// Tells observers everything that was drawn until now.
    pub(crate) fn read_books(&mut self, at: SimTime, watch: &mut dyn Observer) {
        if self.powered {
            self.body.read_books(at, watch);
            self.tell_instructions(at, watch);
        }
    }

    /// Handles what happens to this device alone.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what no guard lets through is stale"
    )]
    pub(crate) fn deliver(&mut self, at: SimTime, kind: EventKind, around: &mut Surroundings<'_>) {
        let body = &mut self.body;
        match kind {
            EventKind::PathDue => {
                body.ring_path(at, around);
                self.drain(at, around);
            }
            EventKind::Timeout { generation } => self.ring(at, generation, around),
            EventKind::WatchdogBit { life } if life == body.life => {
                self.power_off(at, around);
                self.power_on(at, around);
            }
            EventKind::Converted { life } if life == body.life => {
                if let Some(until) = body.computes_until(at) {
                    // Nobody takes the result before the processor is free.
                    return body.schedule(until, EventKind::Converted { life }, around.queue);
                }
                let code = body.convert(at, around);
                self.feed(at, Input::Sampled(code), around);
            }
            EventKind::JoinEnded { link, outcome } if link == body.link_life => {
                self.end_join(at, outcome, around);
            }
            EventKind::BeaconsMissed { link }
                if link == body.link_life && !around.access_point_up =>
            {
                self.lose_link(at, LinkLoss::BeaconsLost, around);
            }
            EventKind::LinkBroken { link } if link == body.link_life => {
                self.lose_link(at, LinkLoss::BeaconsLost, around);
            }
            EventKind::Deauthenticated { link } if link == body.link_life => {
                self.lose_link(at, LinkLoss::Deauthenticated, around);
            }
            EventKind::TimeKnown { link } if link == body.link_life => {
                if let Some(epoch) = around.epoch {
                    let ms = epoch.as_millis() + at.since(SimTime::ZERO).as_millis();
                    self.feed(at, Input::TimeKnown(UnixTime::from_millis(ms)), around);
                }
            }
            EventKind::StreamRead { connection, bytes } if body.hears(connection) => {
                // The node's TCP acknowledges what it got.
                body.meter.transmit_segments(around.network, 0);
                self.feed(at, Input::StreamRead(&bytes), around);
            }
            EventKind::StreamClosed { connection, why } if connection == body.connection => {
                self.close_stream(at, why, around);
            }
            // Whatever is left belongs to an earlier life, link or stream.
            _ => self.look(at, around),
        }
    }

    /// Looks at the node's deadline: whatever guarded it until now has happened.
    pub(crate) fn look(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        if let Some(deadline) = self.body.deadline {
            self.arm(at, deadline, around);
        }
    }

    /// Tells the node that its stream is open.
    pub(crate) fn open_stream(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        self.body.stream = Stream::Open;
        self.feed(at, Input::StreamOpened, around);
    }

    /// Tells the node that its stream is closed, if it has one or waits for one.
    pub(crate) fn close_stream(
        &mut self,
        at: SimTime,
        why: CloseReason,
        around: &mut Surroundings<'_>,
    ) {
        if std::mem::replace(&mut self.body.stream, Stream::Closed) != Stream::Closed {
            self.feed(at, Input::StreamClosed(why), around);
        }
    }

    /// Types bytes at the serial port.
    pub(crate) fn type_bytes(&mut self, at: SimTime, bytes: &[u8], around: &mut Surroundings<'_>) {
        self.feed(at, Input::SerialRead(bytes), around);
    }

    /// Makes the clock leap.
    pub(crate) fn jump_clock(&mut self, at: SimTime, by_us: i64, around: &mut Surroundings<'_>) {
        self.body.clock.jump(at, by_us);
        self.rearm(at, around);
    }

    /// Changes how fast the clock runs; `None` is its own error again.
    pub(crate) fn drift_clock(
        &mut self,
        at: SimTime,
        ppb: Option<i64>,
        around: &mut Surroundings<'_>,
    ) {
        self.body
            .clock
            .drift(at, ppb.unwrap_or(self.body.clock_error.drift_ppb));
        self.rearm(at, around);
    }

    /// Breaks or mends the sensor.
    pub(crate) fn change_sensor(&mut self, fault: Tmp36Fault) {
        self.body.frontend.change_sensor(fault);
    }

    /// Tells the board that the access point went silent.
    pub(crate) fn miss_beacons(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        if self.body.uplink.is_some() {
            return self.notice_beacons(at, around);
        }
        self.body.severed = true;
        if self.body.station == Station::Joined {
            let link = self.body.link_life;
            let gives_up = at.after(around.network.beacons_lost_after);
            self.body
                .schedule(gives_up, EventKind::BeaconsMissed { link }, around.queue);
        }
    }

    /// Tells the board that the access point is back, with its associations forgotten.
    pub(crate) fn hear_beacons(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        if self.body.uplink.is_some() {
            return self.notice_beacons(at, around);
        }
        if self.body.station == Station::Joined {
            let link = self.body.link_life;
            let told = at.after(around.network.latency);
            self.body
                .schedule(told, EventKind::Deauthenticated { link }, around.queue);
        }
    }

    /// Lets the way to the broker do something, and hears what it has to say.
    pub(crate) fn act_on_path(
        &mut self,
        at: SimTime,
        around: &mut Surroundings<'_>,
        act: impl FnOnce(&mut RealPath, &mut PathAround<'_>),
    ) {
        self.body.with_path(around, act);
        self.drain(at, around);
    }

    /// Tells the board whether beacons are heard where it listens.
    pub(crate) fn notice_beacons(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        self.act_on_path(at, around, |path, around| path.notice_beacons(at, around));
    }

    /// Tells the board that the broker's process is gone.
    pub(crate) fn lose_broker(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        if self.body.uplink.is_some() {
            self.act_on_path(at, around, |path, around| path.stop_broker(at, around));
        } else if let Some(connection) = self.connection() {
            self.send_close(at, connection, CloseReason::Reset, around);
        }
    }

    /// Returns which stream is open or being opened.
    const fn connection(&self) -> Option<u32> {
        match self.body.stream {
            Stream::Closed => None,
            Stream::Open | Stream::Opening => Some(self.body.connection),
        }
    }

    /// Returns true while the board is switched on.
    pub(crate) const fn is_powered(&self) -> bool {
        self.powered
    }

    /// Returns true when nothing of this stream gets through any more.
    pub(crate) fn is_severed(&self, connection: u32) -> bool {
        self.body.severed && self.body.connection == connection
    }

    /// Returns true while the stream is being opened.
    pub(crate) fn is_opening(&self, connection: u32) -> bool {
        self.body.stream == Stream::Opening && self.body.connection == connection
    }

    /// Returns the generation that events of the current life carry.
    pub(crate) const fn life(&self) -> u32 {
        self.body.life
    }

    /// Returns where the node stands, while it has power.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.firmware.as_ref().map(Firmware::standing)
    }

    /// Returns the readings that wait in the node, oldest first; none without power.
    pub(crate) fn queued(&mut self) -> Result<Vec<Reading>, CoreFault> {
        match &mut self.firmware {
            Some(firmware) if firmware.queue_length() > 0 => firmware.queued(),
            Some(_) | None => Ok(Vec::new()),
        }
    }

    /// Sends the broker's answer down to the node, once the broker has thought, or nothing if the
    /// stream it belongs to is gone.
    pub(crate) fn send_down(
        &mut self,
        at: SimTime,
        connection: u32,
        bytes: Bytes,
        around: &mut Surroundings<'_>,
    ) {
        if self.body.uplink.is_some() {
            return self.act_on_path(at, around, |path, around| {
                path.answer(at, connection, bytes, around);
            });
        }
        let body = &mut self.body;
        let at = body.link.answer(at, around.network);
        match body.link.segment(
            at,
            around.network,
            Direction::Down,
            around.on_the_wire(bytes.len()),
        ) {
            Delivery::Arrives(arrival) => {
                body.schedule(
                    arrival,
                    EventKind::StreamRead { connection, bytes },
                    around.queue,
                );
                body.looked_at = arrival;
            }
            Delivery::TimesOut(when) => body.schedule_death(when, connection, around.queue),
        }
    }

    /// Sends the end of a stream down to the node.
    pub(crate) fn send_close(
        &mut self,
        at: SimTime,
        connection: u32,
        why: CloseReason,
        around: &mut Surroundings<'_>,
    ) {
        if self.body.uplink.is_some() {
            return self.act_on_path(at, around, |path, around| {
                path.hang_up(at, connection, around);
            });
        }
        let body = &mut self.body;
        if let Delivery::Arrives(arrival) =
            body.link.segment(at, around.network, Direction::Down, 0)
        {
            body.schedule(
                arrival,
                EventKind::StreamClosed { connection, why },
                around.queue,
            );
        }
    }

    fn ring(&mut self, at: SimTime, generation: u32, around: &mut Surroundings<'_>) {
        if generation != self.body.alarm_generation {
            return;
        }
        self.body.alarm = NO_ALARM;
        let now = self.body.clock.local(at);
        if let (Some(until), Some(deadline)) = (self.body.computes_until(at), self.body.deadline) {
            // A deadline that passes meanwhile is noticed when the processor is free.
            return self.body.schedule_alarm(until, deadline, around.queue);
        }
        match self.body.deadline {
            Some(deadline) if deadline <= now => self.feed(at, Input::Timeout, around),
            Some(deadline) => self.arm(at, deadline, around),
            None => {}
        }
    }

    fn end_join(
        &mut self,
        at: SimTime,
        outcome: Result<(), LinkLoss>,
        around: &mut Surroundings<'_>,
    ) {
        let outcome = if around.access_point_up {
            outcome
        } else {
            Err(LinkLoss::AccessPointNotFound)
        };
        match outcome {
            Ok(()) => {
                self.body.station = Station::Joined;
                let link = self.body.link_life;
                let known = self.body.link.time_sync(at, around.network);
                self.body
                    .schedule(known, EventKind::TimeKnown { link }, around.queue);
                self.feed(at, Input::LinkUp, around);
            }
            Err(why) => self.lose_link(at, why, around),
        }
    }

    fn lose_link(&mut self, at: SimTime, why: LinkLoss, around: &mut Surroundings<'_>) {
        self.body.drop_link();
        self.feed(at, Input::LinkDown(why), around);
    }

    fn feed(&mut self, at: SimTime, input: Input<'_>, around: &mut Surroundings<'_>) {
        for piece in pieces(input) {
            self.tell(at, piece, around);
            self.drain(at, around);
        }
    }

    /// Tells the node what happened; observers hear it first.
    fn tell(&mut self, at: SimTime, input: Input<'_>, around: &mut Surroundings<'_>) {
        let Some(firmware) = self.firmware.as_mut() else {
            return;
        };
        let now = self.body.clock.local(at);
        let told = Request::Handle { now, input };
        around.watch.on_told(self.body.id, &told);
        let handled = firmware.handle(now, input);
        if self.heard(at, handled, around).is_none() {
            self.firmware = None;
        }
    }

    /// Returns a result, or makes known that an emulated core ended.
    fn heard<T>(
        &self,
        at: SimTime,
        result: Result<T, CoreFault>,
        around: &mut Surroundings<'_>,
    ) -> Option<T> {
        let failed = |fault| CoreFailure {
            at,
            node: self.body.id,
            fault,
        };
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                around.failure.get_or_insert_with(|| failed(fault));
                None
            }
        }
    }

    /// Tells observers how many instructions the node took, where they are counted.
    fn tell_instructions(&self, at: SimTime, watch: &mut dyn Observer) {
        if self.instructions > 0 {
            let what = Observation::Computed {
                instructions: self.instructions,
            };
            watch.on_event(at, self.body.id, &what);
        }
    }

    /// Polls the node and its path dry, then sets their alarms.
    fn drain(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        self.measure(at, around);
        self.drain_node(at, around);
        while let Some(output) = around.real.as_mut().and_then(|real| real.out.pop_front()) {
            if let Some(what) = self.body.absorb(at, output, around) {
                for piece in pieces(what.input()) {
                    self.tell(at, piece, around);
                    self.drain_node(at, around);
                }
            }
        }
        self.body.arm_path(at, around);
        self.measure(at, around);
        let Some(firmware) = &mut self.firmware else {
            return;
        };
        self.instructions += firmware.take_instructions();
        let Standing {
            timeout, queued, ..
        } = firmware.standing();
        self.body.deadline = timeout;
        if queued != self.body.queued {
            self.body.queued = queued;
            around
                .watch
                .on_event(at, self.body.id, &Observation::Queued(queued));
        }
        self.look(at, around);
    }

    /// Tells the books what the board does from here on.
    fn measure(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        if let Some(firmware) = &self.firmware {
            self.body.measure(at, Activity::of(firmware), around);
        }
    }

    fn drain_node(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        let Some(firmware) = self.firmware.as_mut() else {
            return;
        };
        while let Some(effect) = firmware.poll() {
            match effect {
                Effect::Command(command) => self.body.obey(at, command, around),
                Effect::Event(event) => {
                    around
                        .watch
                        .on_event(at, self.body.id, &Observation::Node(event));
                }
                Effect::SerialWrite(bytes) => {
                    around
                        .watch
                        .on_event(at, self.body.id, &Observation::Serial(bytes));
                }
                Effect::StreamWrite(bytes) => self.body.send_up(at, bytes, around),
            }
        }
    }

    /// Sets the alarm anew, after the clock itself was touched.
    fn rearm(&mut self, at: SimTime, around: &mut Surroundings<'_>) {
        self.body.alarm = NO_ALARM;
        self.look(at, around);
    }

    /// Makes sure that an alarm rings no later than the node's deadline, or that something else
    /// happens before it. An alarm that rings too early is set again.
    fn arm(&mut self, at: SimTime, deadline: Instant, around: &mut Surroundings<'_>) {
        if self.body.alarm <= deadline && self.body.alarm != NO_ALARM {
            return;
        }
        let rings = self.body.clock.true_time(deadline).max(at);
        if at < self.body.looked_at && self.body.looked_at <= rings {
            return;
        }
        self.body.schedule_alarm(rings, deadline, around.queue);
    }
}
