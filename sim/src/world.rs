//! The world: every device, the broker, the weather, and the queue that moves them.
//!
//! Owns the loop: which event is next, and whom it concerns. Nothing here knows what a
//! scenario claims.

mod faults;
#[cfg(test)]
mod fuzz;
mod hands;
mod real;

use node_core::{CloseReason, Reading, UnixTime};
use node_wire::Standing;

use crate::analog::Tmp36Fault;
use crate::broker::{Broker, BrokerAction};
use crate::device::{ClockError, Device, Surroundings};
use crate::emulator::CoreFailure;
use crate::environment::Environment;
use crate::event::{Class, EventKey, EventKind};
use crate::id::{ConnectionId, NodeId};
use crate::intervention::ScheduledIntervention;
use crate::observe::{Observation, Observer};
use crate::queue::EventQueue;
use crate::spec::{NodeSpec, WorldSpec};
use crate::stack::{NetworkSpec, Shapes};
use crate::time::SimTime;
use crate::units::Celsius;
use crate::workbench::Drawn;

use faults::FaultState;
pub use hands::AddedFault;
use real::RealWorld;

/// The simulated world.
#[derive(Debug)]
pub struct World {
    now: SimTime,
    queue: EventQueue<EventKind>,
    devices: Vec<Device>,
    broker: Broker,
    broker_up: bool,
    broker_alarm: Option<SimTime>,
    broker_alarm_generation: u32,
    access_points_down: u32,
    environment: Environment,
    network: NetworkSpec,
    /// What every node is.
    node: NodeSpec,
    /// What the link loses when no fault adds to it.
    loss_ppm: u32,
    epoch: Option<UnixTime>,
    /// The emulated core that ended; nothing happens after that.
    failure: Option<CoreFailure>,
    faults: Vec<FaultState>,
    interventions: Vec<ScheduledIntervention>,
    actions: Vec<BrokerAction>,
    events: u64,
    /// What paths share, if the network is one of frames and bytes.
    real: Option<Box<RealWorld>>,
    seed: u64,
    seq: u32,
    /// What handshakes look like on a modelled network.
    shapes: Option<Shapes>,
}

impl World {
    /// Builds the world at time zero, with every board's switch-on already scheduled.
    #[must_use]
    pub fn new(spec: &WorldSpec) -> Self {
        let mut world = Self {
            now: SimTime::ZERO,
            queue: EventQueue::new(),
            devices: Vec::with_capacity(spec.nodes as usize),
            broker: Broker::new(spec.broker.clone()),
            broker_up: true,
            broker_alarm: None,
            broker_alarm_generation: 0,
            access_points_down: 0,
            environment: Environment::new(spec.temperature.clone(), spec.seed),
            network: spec.network,
            node: spec.node.clone(),
            loss_ppm: spec.network.loss_ppm,
            epoch: spec.epoch,
            failure: None,
            faults: spec.faults.iter().cloned().map(FaultState::new).collect(),
            interventions: spec.interventions.clone(),
            actions: Vec::new(),
            events: 0,
            real: RealWorld::build(spec),
            seed: spec.seed,
            seq: 0,
            shapes: spec.real.is_none().then(|| Self::shapes(spec)).flatten(),
        };
        for index in 0..spec.nodes {
            world.add_device(spec, NodeId(index));
        }
        world.schedule_faults();
        world.schedule_interventions();
        world
    }

    /// Returns the time of the last event, or the deadline of the last run.
    #[must_use]
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// Returns how many events were processed.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// Returns where a node stands, while it has power.
    #[must_use]
    pub fn standing(&self, id: NodeId) -> Option<Standing> {
        self.devices.get(id.0 as usize).and_then(Device::standing)
    }

    /// Returns the readings that wait in a node, oldest first; none without power.
    pub fn queued(&mut self, id: NodeId) -> Vec<Reading> {
        let device = self.devices.get_mut(id.0 as usize);
        match device.map_or(Ok(Vec::new()), Device::queued) {
            Ok(readings) => readings,
            Err(fault) => {
                let (at, node) = (self.now, id);
                self.failure.get_or_insert(CoreFailure { at, node, fault });
                Vec::new()
            }
        }
    }

    /// Returns which emulated core ended, if one did; nothing happens after that.
    #[must_use]
    pub const fn failure(&self) -> Option<&CoreFailure> {
        self.failure.as_ref()
    }

    /// Returns when the next event happens, if anything ever will.
    #[must_use]
    pub fn peek_time(&self) -> Option<SimTime> {
        self.queue.peek_time()
    }

    /// Processes the next event, if it happens no later than `deadline`; returns its time.
    pub fn step_before(&mut self, deadline: SimTime, watch: &mut dyn Observer) -> Option<SimTime> {
        if self.queue.peek_time()? > deadline || self.failure.is_some() {
            return None;
        }
        let (key, kind) = self.queue.pop()?;
        self.now = key.at;
        self.events += 1;
        self.dispatch(key, kind, watch);
        if self.real.is_some() {
            self.tend_cell(watch);
        }
        Some(key.at)
    }

    /// Processes the next event; returns its time, or `None` when nothing will ever happen.
    pub fn step(&mut self, watch: &mut dyn Observer) -> Option<SimTime> {
        self.step_before(SimTime::MAX, watch)
    }

    /// Processes every event up to `deadline`, which then is the present.
    pub fn run_until(&mut self, deadline: SimTime, watch: &mut dyn Observer) {
        while self.step_before(deadline, watch).is_some() {}
        self.now = self.now.max(deadline);
    }

    /// Tells observers what every node has drawn until the present, where books are kept.
    ///
    /// To be called when a run is over: until then the last stretch of each node is open.
    pub fn finish(&mut self, watch: &mut dyn Observer) {
        let now = self.now;
        for device in &mut self.devices {
            device.read_books(now, watch);
        }
    }

    /// Types bytes at a node's serial port, at once.
    pub fn write_serial(&mut self, node: NodeId, bytes: &[u8], watch: &mut dyn Observer) {
        let now = self.now;
        self.with_device(node, watch, |device, around| {
            device.type_bytes(now, bytes, around);
        });
    }

    /// Holds the air at every sensor at `temperature` from the present on, whatever the weather.
    pub fn hold_temperature(&mut self, temperature: Celsius) {
        self.environment.hold(self.now, temperature);
    }

    /// Breaks or mends a node's sensor, at once.
    pub fn change_sensor(&mut self, node: NodeId, fault: Tmp36Fault) {
        if let Some(device) = self.devices.get_mut(node.0 as usize) {
            device.change_sensor(fault);
        }
    }

    fn add_device(&mut self, spec: &WorldSpec, id: NodeId) {
        let Drawn {
            boot,
            drift_ppb,
            offset_us,
            frontend,
        } = Drawn::new(spec, id);
        let clock = ClockError {
            drift_ppb,
            offset_us,
        };
        let config = spec.node.config_of(id.0);
        let calibration = frontend.calibrate(&config.sensor, &spec.node);
        let power = spec.node.power;
        let mut device = Device::new(id, spec.seed, clock, calibration, frontend, power);
        if let Some(real) = &self.real {
            device.connect_to(real.path(spec.seed, id));
        }
        self.devices.push(device);
        // A short between the supplies leaves the whole board dark.
        if !spec.node.wiring.is_powered() {
            return;
        }
        let key = EventKey {
            at: SimTime::ZERO.after(boot),
            class: Class::Fault,
            target: id,
            source: NodeId::WORLD,
            seq: self.next_seq(),
        };
        self.queue.push(key, EventKind::PoweredOn { life: 0 });
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the device knows the rest")]
    fn dispatch(&mut self, key: EventKey, kind: EventKind, watch: &mut dyn Observer) {
        let (at, node) = (key.at, key.target);
        match kind {
            EventKind::AccessPointDue => self.ring_access_point(),
            EventKind::FaultStart { index } => self.start_fault(index, watch),
            EventKind::FaultEnd { index } => self.end_fault(index, watch),
            EventKind::Intervened { index } => self.intervene(index, watch),
            EventKind::BrokerTimeout { generation } => self.ring_broker(generation, watch),
            EventKind::StreamAccepted { connection } => {
                if self.broker_up {
                    let id = stream_of(key, connection);
                    self.broker.connected(at, id);
                    self.perform_broker_actions(watch);
                }
            }
            EventKind::StreamReceived { connection, bytes } => {
                let id = stream_of(key, connection);
                if self.broker_up && self.reaches_broker(id) {
                    self.broker.received(at, id, &bytes, &mut self.actions);
                    self.perform_broker_actions(watch);
                }
                self.with_device(id.node, watch, |device, around| device.look(at, around));
            }
            EventKind::StreamFinished { connection } => {
                let id = stream_of(key, connection);
                if self.broker_up && self.reaches_broker(id) {
                    self.broker.disconnected(id, &mut self.actions);
                    self.perform_broker_actions(watch);
                }
            }
            EventKind::OpenAnswered { connection } => self.answer_open(node, connection, watch),
            EventKind::PoweredOn { life } => self.with_device(node, watch, |device, around| {
                if device.life() == life {
                    device.power_on(at, around);
                }
            }),
            EventKind::Booted { life } => {
                self.with_device(node, watch, |device, around| device.boot(at, life, around));
            }
            kind => self.with_device(node, watch, |device, around| {
                device.deliver(at, kind, around);
            }),
        }
    }

    /// Answers a node that opens a stream: accepted, refused, or not at all.
    fn answer_open(&mut self, node: NodeId, connection: u32, watch: &mut dyn Observer) {
        let at = self.now;
        let opening = self
            .devices
            .get(node.0 as usize)
            .is_some_and(|d| d.is_opening(connection));
        if !opening || self.access_points_down > 0 {
            return;
        }
        if !self.broker_up {
            return self.with_device(node, watch, |device, around| {
                device.close_stream(at, CloseReason::Refused, around);
            });
        }
        self.broker.connected(
            at,
            ConnectionId {
                node,
                generation: connection,
            },
        );
        self.with_device(node, watch, |device, around| device.open_stream(at, around));
        self.perform_broker_actions(watch);
    }

    /// Returns true unless an outage of the access point severed this stream on its way up.
    fn reaches_broker(&self, id: ConnectionId) -> bool {
        self.devices
            .get(id.node.0 as usize)
            .is_some_and(|d| !d.is_severed(id.generation))
    }

    /// Carries out what the broker asked for, and keeps its alarm.
    fn perform_broker_actions(&mut self, watch: &mut dyn Observer) {
        let at = self.now;
        let mut actions = std::mem::take(&mut self.actions);
        for action in actions.drain(..) {
            match action {
                BrokerAction::Close { connection } => {
                    let why = CloseReason::Finished;
                    self.with_device(connection.node, watch, |device, around| {
                        device.send_close(at, connection.generation, why, around);
                    });
                }
                BrokerAction::Note(event) => {
                    let node = event.connection().map_or(NodeId::WORLD, |id| id.node);
                    watch.on_event(at, node, &Observation::Broker(&event));
                }
                BrokerAction::Send { connection, bytes } => {
                    self.with_device(connection.node, watch, |device, around| {
                        device.send_down(at, connection.generation, bytes, around);
                    });
                }
            }
        }
        self.actions = actions;
        self.arm_broker();
    }

    fn ring_broker(&mut self, generation: u32, watch: &mut dyn Observer) {
        if generation != self.broker_alarm_generation {
            return;
        }
        self.broker_alarm = None;
        if self.broker_up {
            self.broker.handle_timeout(self.now, &mut self.actions);
        }
        self.perform_broker_actions(watch);
    }

    /// Makes sure that an alarm rings no later than the broker's next deadline.
    fn arm_broker(&mut self) {
        let Some(deadline) = self.broker.poll_timeout() else {
            return;
        };
        if self.broker_alarm.is_some_and(|alarm| alarm <= deadline) {
            return;
        }
        let at = deadline.max(self.now);
        self.broker_alarm = Some(at);
        self.broker_alarm_generation = self.broker_alarm_generation.wrapping_add(1);
        let kind = EventKind::BrokerTimeout {
            generation: self.broker_alarm_generation,
        };
        self.schedule(at, Class::Timer, kind);
    }

    /// Schedules something that concerns no single node.
    fn schedule(&mut self, at: SimTime, class: Class, kind: EventKind) {
        let (target, source, seq) = (NodeId::WORLD, NodeId::WORLD, self.next_seq());
        self.queue.push(
            EventKey {
                at,
                class,
                target,
                source,
                seq,
            },
            kind,
        );
    }

    fn next_seq(&mut self) -> u32 {
        self.seq = self.seq.wrapping_add(1);
        self.seq
    }

    /// Lets one device touch what is around it.
    fn with_device<R: Default>(
        &mut self,
        node: NodeId,
        watch: &mut dyn Observer,
        act: impl FnOnce(&mut Device, &mut Surroundings<'_>) -> R,
    ) -> R {
        let Some(device) = self.devices.get_mut(node.0 as usize) else {
            return R::default();
        };
        let mut around = Surroundings {
            access_point_up: self.access_points_down == 0,
            broker_up: self.broker_up,
            environment: &mut self.environment,
            epoch: self.epoch,
            failure: &mut self.failure,
            network: &self.network,
            node: &self.node,
            queue: &mut self.queue,
            real: self.real.as_mut().map(|real| real.around()),
            seed: self.seed,
            shapes: self.shapes.as_ref(),
            watch,
        };
        act(device, &mut around)
    }
}

/// Returns which stream an event for the broker is about: one of the node that caused it.
const fn stream_of(key: EventKey, connection: u32) -> ConnectionId {
    ConnectionId {
        node: key.source,
        generation: connection,
    }
}
