//! The bench on which a scenario's steps are carried out: a world under observation, or the
//! stand-in device.
//!
//! Owns everything that watches a run. Does not know what the steps are.

use std::sync::Arc;

use node_wire::Request;
use nodelab_sim::analog::Tmp36Fault;
use nodelab_sim::board::Wiring;
use nodelab_sim::{
    AddedFault, Celsius, Checkers, DigestObserver, NodeId, Observation, Observer, SimTime, World,
};

use crate::compute::ComputeMeter;
use crate::energy::EnergyMeter;
use crate::expect::Expectations;
use crate::record::Recording;
use crate::run::{Act, Governor, Permit};
use crate::scenario::ControlValue;
use crate::stand_in::StandIn;

/// Console output that is kept of one run at most; enough for a year of readings each hour.
const SERIAL_MAX: usize = 16 << 20;
/// The node whose console, sensor and pins the steps mean.
pub(crate) const FIRST: NodeId = NodeId(0);

/// What steps act on.
#[derive(Debug)]
pub(crate) enum Bench {
    StandIn(StandIn),
    World(Box<WorldBench>),
}

/// A world and all that watches it.
#[derive(Debug)]
pub(crate) struct WorldBench {
    /// Faults that the governor added.
    pub(crate) added: Vec<AddedFault>,
    /// Whoever may hold the run up; without one it goes as fast as it can.
    pub(crate) governor: Option<Box<dyn Governor>>,
    /// Whether the governor ended the run: nothing happens after that.
    pub(crate) is_stopped: bool,
    pub(crate) world: World,
    pub(crate) watch: Watch,
    /// Names of the parts that steps may speak of.
    pub(crate) parts: Parts,
}

/// What a governor said.
enum Asked {
    Acted,
    Permitted,
    Stopped,
}

/// The parts of the diagram that steps may speak of.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) sensor: Option<String>,
    pub(crate) wiring: Arc<Wiring>,
}

/// What a control of a part means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Control {
    /// The first node's sensor breaks, or is mended.
    Sensor(Tmp36Fault),
    /// The air is held at this temperature.
    Temperature(Celsius),
}

/// All observers of a run.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) checkers: Checkers,
    pub(crate) compute: ComputeMeter,
    pub(crate) digest: DigestObserver,
    pub(crate) energy: EnergyMeter,
    pub(crate) expectations: Expectations,
    pub(crate) recording: Recording,
    pub(crate) tap: Tap,
}

/// What the first node printed, and what its sensor chip logged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tap {
    pub(crate) serial: Vec<u8>,
    pub(crate) chip_log: Vec<u8>,
    /// Whether anybody will ask for the chip's log.
    pub(crate) logs_chip: bool,
}

impl Bench {
    pub(crate) fn now(&self) -> SimTime {
        match self {
            Self::StandIn(device) => device.now(),
            Self::World(bench) => bench.world.now(),
        }
    }

    /// Lets the next thing happen, if it happens no later than `deadline`.
    pub(crate) fn step_before(&mut self, deadline: SimTime) -> bool {
        match self {
            Self::StandIn(device) => device.step_before(deadline),
            Self::World(bench) => bench.step_before(deadline),
        }
    }

    /// Lets everything happen up to `deadline`, which then is the present.
    pub(crate) fn run_until(&mut self, deadline: SimTime) {
        match self {
            Self::StandIn(device) => device.run_until(deadline),
            Self::World(bench) => bench.run_until(deadline),
        }
    }

    /// Returns everything that the first console printed.
    pub(crate) fn serial(&self) -> &[u8] {
        match self {
            Self::StandIn(device) => &device.serial,
            Self::World(bench) => &bench.watch.tap.serial,
        }
    }

    /// Returns everything that chips logged.
    pub(crate) fn chip_log(&self) -> &[u8] {
        match self {
            Self::StandIn(_) => &[],
            Self::World(bench) => &bench.watch.tap.chip_log,
        }
    }

    pub(crate) fn write_serial(&mut self, bytes: &[u8]) {
        if let Self::World(bench) = self {
            bench.world.write_serial(FIRST, bytes, &mut bench.watch);
        }
    }

    /// Sets a control of a part; the error says what was seen instead.
    pub(crate) fn set_control(
        &mut self,
        part: &str,
        control: &str,
        value: &ControlValue,
    ) -> Result<(), String> {
        match self {
            Self::StandIn(device) => device.set_control(part, control, value),
            Self::World(bench) => bench.set_control(part, control, value),
        }
    }

    /// Returns the level of a digital pin; the error says what was seen instead.
    pub(crate) fn read_pin(&self, part: &str, pin: &str) -> Result<bool, String> {
        match self {
            Self::StandIn(_) => Ok(true),
            Self::World(bench) => bench.read_pin(part, pin),
        }
    }
}

impl WorldBench {
    /// Lets the next thing happen, if it happens no later than `deadline` and may.
    fn step_before(&mut self, deadline: SimTime) -> bool {
        while let Some(next) = self.world.peek_time().filter(|next| *next <= deadline) {
            match self.ask(next) {
                Asked::Acted => {}
                Asked::Permitted => {
                    return self.world.step_before(deadline, &mut self.watch).is_some();
                }
                Asked::Stopped => return false,
            }
        }
        false
    }

    /// Lets everything happen up to `deadline`, which then is the present, unless the governor
    /// ends the run.
    pub(crate) fn run_until(&mut self, deadline: SimTime) {
        loop {
            while self.step_before(deadline) {}
            if self.world.now() >= deadline || self.world.failure().is_some() {
                return;
            }
            match self.ask(deadline) {
                Asked::Acted => {}
                Asked::Permitted => break,
                Asked::Stopped => return,
            }
        }
        self.world.run_until(deadline, &mut self.watch);
    }

    /// Asks the governor, if there is one, and does what it says.
    fn ask(&mut self, next: SimTime) -> Asked {
        let Some(governor) = &mut self.governor else {
            return Asked::Permitted;
        };
        if self.is_stopped {
            return Asked::Stopped;
        }
        match governor.permit(self.world.now(), next) {
            Permit::Act(act) => {
                self.act(act);
                Asked::Acted
            }
            Permit::Proceed => Asked::Permitted,
            Permit::Stop => {
                self.is_stopped = true;
                Asked::Stopped
            }
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::EndFault { nth, at } => self.world.end_added_fault(self.added[nth], at),
            Act::Intervene(intervention) => self.world.add_intervention(intervention),
            Act::Strike(fault) => self.added.push(self.world.add_fault(fault)),
        }
    }

    fn set_control(
        &mut self,
        part: &str,
        control: &str,
        value: &ControlValue,
    ) -> Result<(), String> {
        self.parts
            .control(part, control, value)?
            .apply(&mut self.world);
        Ok(())
    }

    fn read_pin(&self, part: &str, pin: &str) -> Result<bool, String> {
        self.parts.level(part, pin)
    }
}

impl Parts {
    pub(crate) fn new(wiring: &Arc<Wiring>) -> Self {
        Self {
            sensor: wiring.sensor_id().map(str::to_owned),
            wiring: Arc::clone(wiring),
        }
    }

    /// Returns what a control means; the error says what was seen instead.
    pub(crate) fn control(
        &self,
        part: &str,
        control: &str,
        value: &ControlValue,
    ) -> Result<Control, String> {
        if self.sensor.as_deref() != Some(part) {
            return Err(match &self.sensor {
                Some(sensor) => {
                    format!("no part \"{part}\" with controls; this board has \"{sensor}\"")
                }
                None => format!("no part \"{part}\": this board has no sensor"),
            });
        }
        let ControlValue::Number(number) = value else {
            return Err(format!("the value of \"{control}\" is no number"));
        };
        match control {
            "temperature" => Ok(Control::Temperature(Celsius(*number))),
            "fault" => {
                let state = Tmp36Fault::from_control(*number).ok_or_else(|| {
                    format!(
                        "\"fault\" is {number}: it takes 0 (healthy), 1 (open), 2 (on ground) \
                         or 3 (on the supply)"
                    )
                })?;
                Ok(Control::Sensor(state))
            }
            _ => Err(format!(
                "no control \"{control}\" of \"{part}\": it has \"temperature\" and \"fault\""
            )),
        }
    }

    /// Returns the level of a digital pin; the error says what was seen instead.
    pub(crate) fn level(&self, part: &str, pin: &str) -> Result<bool, String> {
        self.wiring.level(part, pin).ok_or_else(|| {
            let board = self.wiring.board_id();
            format!("pin \"{pin}\" of \"{part}\" has no known level; the board is \"{board}\"")
        })
    }
}

impl Control {
    /// Does to a world what the control means.
    pub(crate) fn apply(self, world: &mut World) {
        match self {
            Self::Sensor(state) => world.change_sensor(FIRST, state),
            Self::Temperature(level) => world.hold_temperature(level),
        }
    }
}

impl Observer for Watch {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        self.digest.on_event(at, node, what);
        self.checkers.on_event(at, node, what);
        self.compute.on_event(at, node, what);
        self.energy.on_event(at, node, what);
        self.expectations.on_event(at, node, what);
        self.recording.on_event(at, node, what);
        self.tap.on_event(at, node, what);
    }

    fn on_told(&mut self, node: NodeId, told: &Request<'_>) {
        self.recording.on_told(node, told);
    }
}

impl Observer for Tap {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    fn on_event(&mut self, _at: SimTime, node: NodeId, what: &Observation<'_>) {
        if node != FIRST {
            return;
        }
        match *what {
            Observation::Serial(bytes) if self.serial.len() < SERIAL_MAX => {
                self.serial.extend_from_slice(bytes);
            }
            Observation::Converted(conversion) if self.logs_chip => {
                let (truth, volts) = (conversion.truth.0, conversion.output.0);
                let (celsius, volts) = (f64::from(truth) / 1e3, f64::from(volts) / 1e6);
                let line = format!("tmp36: {celsius:.1} °C, {volts:.3} V\n");
                self.chip_log.extend_from_slice(line.as_bytes());
            }
            _ => {}
        }
    }
}
