//! One board on a workbench: its analog side alone, at times that somebody else keeps.
//!
//! Owns the draw of the board, which is the one that a world of the same seed has. Does not know
//! a node, a network or a queue: who asks says when it is.

use node_core::Config;

use crate::analog::{RadioActivity, Tmp36Fault};
use crate::environment::Environment;
use crate::frontend::{Conversion, Frontend};
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};
use crate::spec::{NodeSpec, WorldSpec};
use crate::time::{SimSpan, SimTime};
use crate::units::Celsius;

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
    luck: u64,
    spec: NodeSpec,
}

impl Workbench {
    /// Draws the board that node `id` of this world has.
    ///
    /// # Panics
    ///
    /// As [`NodeSpec::config_of`].
    #[must_use]
    pub fn new(world: &WorldSpec, id: NodeId) -> Self {
        let spec = world.node.clone();
        // In the order of the world's own draws.
        let mut parts = Rng::derive(world.seed, EntityId::Node(id), Purpose::Parts);
        let (soonest, latest) = spec.boot;
        let boot = soonest.as_nanos() + parts.up_to(latest.as_nanos() - soonest.as_nanos());
        for (low, high) in [spec.clock_drift_ppb, spec.clock_offset_us] {
            parts.up_to(high.abs_diff(low));
        }
        let frontend = Frontend::draw(world.seed, id, &spec, &mut parts);
        let mut config = spec.config_of(id.0);
        config.sensor.calibration = frontend.calibrate(&config.sensor, &spec);
        Self {
            boot: SimSpan::from_nanos(boot),
            config,
            environment: Environment::new(world.temperature.clone(), world.seed),
            frontend,
            luck: Rng::derive(world.seed, EntityId::Node(id), Purpose::NodeSeed).bits(),
            spec,
        }
    }

    /// Returns when the board is to be switched on, after the beginning.
    #[must_use]
    pub const fn boot(&self) -> SimSpan {
        self.boot
    }

    /// Returns what the firmware is told, the board's calibration included.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Returns what the firmware's generator is seeded with in its first life.
    #[must_use]
    pub const fn luck(&self) -> u64 {
        self.luck
    }

    /// Lets the sensor take the temperature of the air, in which it has lain for long.
    pub fn switch_on(&mut self, at: SimTime) {
        self.frontend.stabilise(at, &mut self.environment);
    }

    /// Returns how long a conversion takes.
    #[must_use]
    pub const fn read_time(&self, radio: RadioActivity) -> SimSpan {
        self.frontend.read_time(radio)
    }

    /// Converts once; `at` never lies before that of an earlier conversion.
    pub fn convert(&mut self, at: SimTime, radio: RadioActivity) -> Conversion {
        self.frontend
            .convert(at, radio, &mut self.environment, &self.spec)
    }

    /// Breaks or mends the sensor.
    pub fn change_sensor(&mut self, fault: Tmp36Fault) {
        self.frontend.change_sensor(fault);
    }

    /// Holds the air at `temperature` from `at` on, whatever the weather.
    pub fn hold_temperature(&mut self, at: SimTime, temperature: Celsius) {
        self.environment.hold(at, temperature);
    }
}
