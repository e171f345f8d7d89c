//! One board on a workbench: its analog side alone, at times that somebody else keeps.
//!
//! Owns the parts that a seed gives a board, which are those that it has in a
//! [`World`](crate::World), and the air around one that stands alone. Does not know a node, a
//! network or a queue: who asks says when it is.

use node_core::Config;

use crate::analog::{RadioActivity, Tmp36Fault};
use crate::board::Divider;
use crate::environment::Environment;
use crate::frontend::{Conversion, Frontend};
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};
use crate::spec::{NodeSpec, WorldSpec};
use crate::time::{SimSpan, SimTime};
use crate::units::Celsius;

/// From power to the first instruction of the firmware; by then the sensor has turned on.
///
/// A wake without radio calibration took 113 ms to an Arduino sketch (pokewithastick.net,
/// "wake from deep sleep"); the transmit-power calibration that Arduino and MicroPython ask
/// for adds 20 ms (byte 114 of the init data, esp8266/Arduino `core_esp8266_phy.cpp`).
pub const BOOT_TIME: SimSpan = SimSpan::from_millis(133);

/// A board with its sensor in the air, ready to be asked for conversions.
///
/// # Examples
///
/// ```no_run
/// use nodelab_sim::analog::RadioActivity;
/// use nodelab_sim::{NodeId, SimTime, Workbench, WorldSpec};
///
/// fn first_code(world: &WorldSpec) -> u16 {
///     let mut board = Workbench::new(world, NodeId(0));
///     board.switch_on(SimTime::ZERO);
///     board.convert(SimTime::ZERO, RadioActivity::Off).code.0
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Workbench {
    boot: SimSpan,
    config: Config,
    environment: Environment,
    frontend: Frontend,
    /// When it was asked last: time does not run back.
    latest: SimTime,
    luck: u64,
    node: NodeSpec,
}

/// How the parts that a seed gives a board differ from perfect ones.
#[derive(Clone, Debug, PartialEq)]
pub struct PartErrors {
    /// When it is switched on.
    pub boot: SimSpan,
    /// How fast its clock runs, in parts per billion; positive is fast.
    pub clock_drift_ppb: i64,
    /// Its converter, in words.
    pub converter: String,
    /// The resistors between A0 and the converter, if the board has them.
    pub divider: Option<Divider>,
    /// Its sensor's error at 25 °C.
    pub sensor_offset: Celsius,
}

impl PartErrors {
    /// Draws the board that node `id` of this world has.
    #[must_use]
    pub fn of(world: &WorldSpec, id: NodeId) -> Self {
        let drawn = Drawn::new(world, id);
        let (sensor, divider, converter) = drawn.frontend.parts();
        let has_divider = world.node.wiring.board().has_divider();
        Self {
            boot: drawn.boot,
            clock_drift_ppb: drawn.drift_ppb,
            converter: converter.describe_part(),
            divider: has_divider.then_some(*divider),
            sensor_offset: sensor.offset(),
        }
    }
}

/// What a seed gives one board, in the order in which it is drawn.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// When it is switched on.
    pub(crate) boot: SimSpan,
    pub(crate) drift_ppb: i64,
    pub(crate) offset_us: i64,
    pub(crate) frontend: Frontend,
}

impl Workbench {
    /// Draws the board that node `id` of this world has. Faults and interventions of the world
    /// do not reach it.
    ///
    /// # Panics
    ///
    /// As [`NodeSpec::config_of`].
    #[must_use]
    pub fn new(world: &WorldSpec, id: NodeId) -> Self {
        let Drawn { boot, frontend, .. } = Drawn::new(world, id);
        let mut config = world.node.config_of(id.0);
        config.sensor.calibration = frontend.calibrate(&config.sensor, &world.node);
        Self {
            boot,
            config,
            environment: Environment::new(world.temperature.clone(), world.seed),
            frontend,
            latest: SimTime::ZERO,
            luck: Rng::derive(world.seed, EntityId::Node(id), Purpose::NodeSeed).bits(),
            node: world.node.clone(),
        }
    }

    /// Returns when the board is to be switched on, after the beginning.
    #[must_use]
    pub const fn boot(&self) -> SimSpan {
        self.boot
    }

    /// Returns what the board's firmware is told, its calibration included.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Returns what the firmware's generator is seeded with in its first life.
    #[must_use]
    pub const fn luck(&self) -> u64 {
        self.luck
    }

    /// Gives the board its power; the sensor has lain in the air for long. Firmware runs
    /// [`BOOT_TIME`] later.
    pub fn switch_on(&mut self, at: SimTime) {
        let at = self.advance(at);
        self.frontend.stabilise(at, &mut self.environment);
    }

    /// Returns whether the board has power: a short between its supplies leaves it dark.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.node.wiring.is_powered()
    }

    /// Returns how long a conversion takes.
    #[must_use]
    pub const fn read_time(&self, radio: RadioActivity) -> SimSpan {
        self.frontend.read_time(radio)
    }

    /// Converts once; a moment before an earlier one counts as that one.
    pub fn convert(&mut self, at: SimTime, radio: RadioActivity) -> Conversion {
        let at = self.advance(at);
        self.frontend
            .convert(at, radio, &mut self.environment, &self.node)
    }

    /// Returns the temperature of the air.
    pub fn temperature(&mut self, at: SimTime) -> Celsius {
        let at = self.advance(at);
        self.environment.temperature(at)
    }

    /// Holds the air at `level` from `at` on, whatever the weather.
    pub fn hold_temperature(&mut self, at: SimTime, level: Celsius) {
        let at = self.advance(at);
        self.environment.hold(at, level);
    }

    /// Gives the air back to the weather from `at` on.
    pub fn release_temperature(&mut self, at: SimTime) {
        let at = self.advance(at);
        self.environment.release(at);
    }

    /// Breaks or mends the sensor, at once.
    pub fn change_sensor(&mut self, fault: Tmp36Fault) {
        self.frontend.change_sensor(fault);
    }

    fn advance(&mut self, at: SimTime) -> SimTime {
        self.latest = self.latest.max(at);
        self.latest
    }
}

impl Drawn {
    pub(crate) fn new(spec: &WorldSpec, id: NodeId) -> Self {
        let mut parts = Rng::derive(spec.seed, EntityId::Node(id), Purpose::Parts);
        let (soonest, latest) = spec.node.boot;
        let boot = soonest.as_nanos() + parts.up_to(latest.as_nanos() - soonest.as_nanos());
        Self {
            boot: SimSpan::from_nanos(boot),
            drift_ppb: drawn(spec.node.clock_drift_ppb, &mut parts),
            offset_us: drawn(spec.node.clock_offset_us, &mut parts),
            frontend: Frontend::draw(spec.seed, id, &spec.node, &mut parts),
        }
    }
}

/// Draws a whole number between two, both included.
fn drawn((low, high): (i64, i64), rng: &mut Rng) -> i64 {
    low.saturating_add_unsigned(rng.up_to(high.abs_diff(low)))
}
