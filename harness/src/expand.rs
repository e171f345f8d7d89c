//! From a scenario and a seed to a world: whatever the scenario leaves open is drawn here.
//!
//! Owns the mapping from what a scenario says to what the simulator takes. Draws come from the
//! scenario's own stream, in the order of this file, so that they move no part's luck.

mod network;

use std::sync::Arc;

use node_core::{Config, MilliCelsius, SensorConfig};
use nodelab_sim::analog::{
    Air as SimAir, Esp32c3AdcSpec, Esp8266AdcSpec, Grade as SimGrade, SdkScaling, Tmp36Fault,
    Tmp36Spec,
};
use nodelab_sim::board::BoardKind;
use nodelab_sim::broker::{BrokerSpec, Credentials as SimCredentials};
use nodelab_sim::environment::{Diurnal, Points, Profile, Ramp, RandomWalk};
use nodelab_sim::power::{BoardExtras, Chip, PowerSpec};
use nodelab_sim::stack::address::AddressFault;
use nodelab_sim::{
    Celsius, Core, EntityId, Fault as SimFault, Intervention, NodeId, NodeSpec, Purpose, Rng,
    ScheduledFault, ScheduledIntervention, SimSpan, SimTime, Victims, WorldSpec,
};

use crate::compute::Processor;
use crate::energy::Source;
use crate::image;
use crate::prepare::Prepared;
use crate::scenario::quantity::Ppm;
use crate::scenario::{
    Air, BrokerSettings, ByHand, Calibrate, CoreChoice, Extension, Fault, FaultKind, Grade,
    NodeSet, Range, Sdk, SensorBreakage, StepMax, Temperature,
};

/// Error of crystals when a scenario says nothing: ±15 ppm (ESP8266EX data sheet, table 3-1).
const CRYSTAL_PPB: i64 = 15_000;

/// Draws the world of one seed.
#[must_use]
pub fn draw(prepared: &Prepared, seed: u64) -> WorldSpec {
    let extension = &prepared.scenario.extension;
    let mut rng = Rng::derive(seed, EntityId::World, Purpose::Scenario);
    let mut world = WorldSpec {
        broker: broker(&extension.broker),
        epoch: extension.start,
        network: network::modelled(extension, &mut rng),
        temperature: temperature(prepared, &mut rng),
        faults: extension
            .faults
            .iter()
            .map(|f| fault(f, extension, &mut rng))
            .collect(),
        interventions: interventions(&extension.by_hand),
        node: node(prepared, &mut rng),
        nodes: extension.nodes,
        real: network::real(prepared, &mut rng),
        security: prepared.security.clone(),
        seed,
    };
    world.faults.extend(network::flaky(extension, &mut rng));
    // Last, so that what was done by hand moves no draw.
    let by_hand = extension.by_hand.faults.iter();
    world
        .faults
        .extend(by_hand.map(|f| fault(f, extension, &mut rng)));
    world
}

fn interventions(by_hand: &ByHand) -> Vec<ScheduledIntervention> {
    let held = by_hand
        .temperature
        .iter()
        .map(|held| ScheduledIntervention {
            at: SimTime::ZERO.after(held.at),
            what: Intervention::HoldTemperature(held.hold),
        });
    let typed = by_hand.serial.iter().map(|typed| ScheduledIntervention {
        at: SimTime::ZERO.after(typed.at),
        what: Intervention::TypeSerial {
            node: NodeId(typed.node),
            bytes: typed.write.clone(),
        },
    });
    held.chain(typed).collect()
}

fn node(prepared: &Prepared, rng: &mut Rng) -> NodeSpec {
    let extension = &prepared.scenario.extension;
    let settings = &extension.node;
    let publish = settings.publish.as_ref();
    let config = Config {
        queue: settings.queue,
        report: publish.map(|publish| publish.report),
        sampling: settings.sampling,
        sensor: SensorConfig {
            conversion: settings.conversion,
            step_max: match settings.step_max {
                StepMax::Limit(limit) => Some(limit),
                StepMax::Off => None,
            },
            ..SensorConfig::default()
        },
        wifi: settings.wifi,
    };
    let (ideal, adc) = (extension.ideal, &extension.adc);
    NodeSpec {
        boot: (extension.boot.low(), extension.boot.high()),
        calibrate: match settings.calibrate {
            Calibrate::Off => Vec::new(),
            Calibrate::OnePoint(at) => vec![celsius(at)],
            Calibrate::TwoPoint(low, high) => vec![celsius(low), celsius(high)],
        },
        client_id: publish.map_or_else(String::new, |publish| publish.client_id.0.clone()),
        clock_drift_ppb: clock_drift_ppb(extension),
        clock_offset_us: extension.clock.offset.map_or((0, 0), |offset| {
            (offset.low().0 / 1_000, offset.high().0 / 1_000)
        }),
        config,
        core: match settings.core {
            CoreChoice::Native => Core::Native,
            CoreChoice::Riscv32imc => Core::Riscv32(image::riscv32imc()),
        },
        esp32c3: Esp32c3AdcSpec {
            attenuation: adc.attenuation,
            ideal,
        },
        esp8266: Esp8266AdcSpec {
            ideal,
            misconfigured: adc.misconfigured,
            sdk: match adc.sdk {
                Sdk::Clamp1023 => SdkScaling::Clamp1023,
                Sdk::Clamp1024 => SdkScaling::Clamp1024,
                Sdk::None => SdkScaling::None,
            },
        },
        ideal,
        power: power(prepared),
        sensor: Tmp36Spec {
            air: match extension.sensor.air {
                Air::Moving(speed) => SimAir::Moving {
                    metres_per_second: speed.0,
                },
                Air::Oil => SimAir::StirredOil,
                Air::Still => SimAir::Still,
            },
            grade: match extension.sensor.grade {
                Grade::F => SimGrade::F,
                Grade::G => SimGrade::G,
            },
            ideal,
        },
        supply: extension.supply.map(|supply| supply.draw(rng)),
        topic: publish.map_or_else(String::new, |publish| publish.topic.0.clone()),
        watchdog: settings.watchdog,
        wiring: Arc::clone(&prepared.wiring),
    }
}

/// Returns what gives the charge, in a scenario that asks what is drawn.
#[must_use]
pub fn source(prepared: &Prepared) -> Option<Source> {
    let battery = prepared.scenario.extension.power?.battery();
    let supply = power(prepared)?.supply();
    Some(Source { battery, supply })
}

/// Returns the processor that a scenario reckons with.
#[must_use]
pub fn processor(prepared: &Prepared) -> Processor {
    let power = prepared.scenario.extension.power.unwrap_or_default();
    Processor {
        busy: self::power(prepared).map(|power| power.busy()),
        clock: power.clock,
    }
}

fn power(prepared: &Prepared) -> Option<PowerSpec> {
    let settings = prepared.scenario.extension.power?;
    let (chip, usual) = match prepared.wiring.board() {
        BoardKind::Esp12 => (Chip::Esp8266, BoardExtras::Module),
        // What regulator and bridge of its board draw has no published figure.
        BoardKind::Esp32C3 => (Chip::Esp32c3, BoardExtras::Module),
        BoardKind::NodeMcu => (Chip::Esp8266, BoardExtras::NodeMcu),
    };
    let board = settings.board.unwrap_or(usual);
    let supply = settings
        .supply
        .unwrap_or_else(|| PowerSpec::usual_supply(board));
    let options = (settings.clock, settings.power_save);
    Some(PowerSpec::with(chip, board, options, supply))
}

fn clock_drift_ppb(extension: &Extension) -> (i64, i64) {
    match extension.clock.drift {
        Some(drift) => (
            i64::from(drift.low().0) * 1_000,
            i64::from(drift.high().0) * 1_000,
        ),
        None if extension.ideal => (0, 0),
        None => (-CRYSTAL_PPB, CRYSTAL_PPB),
    }
}

fn broker(settings: &BrokerSettings) -> BrokerSpec {
    let base = BrokerSpec::default();
    BrokerSpec {
        credentials: settings
            .credentials
            .as_ref()
            .map(|credentials| SimCredentials {
                user: credentials.username.clone(),
                password: credentials.password.clone().into_bytes(),
            }),
        refusal: settings.refuse,
        sessions_max: settings
            .sessions_max
            .map_or(base.sessions_max, |max| max as usize),
        ..base
    }
}

fn temperature(prepared: &Prepared, rng: &mut Rng) -> Profile {
    match &prepared.scenario.extension.temperature {
        Temperature::Constant(level) => Profile::Constant(level.draw(rng)),
        Temperature::Diurnal { mean, swing, peak } => Profile::Diurnal(Diurnal {
            mean: mean.draw(rng),
            peak: *peak,
            // The simulator counts from the lowest to the highest.
            swing: Celsius(2.0 * swing.draw(rng).0),
            ..Diurnal::default()
        }),
        Temperature::Ramp {
            from,
            to,
            start,
            lasting,
        } => Profile::Ramp(Ramp {
            from: from.draw(rng),
            to: to.draw(rng),
            start: SimTime::ZERO.after(start.draw(rng)),
            length: lasting.draw(rng),
        }),
        Temperature::RandomWalk {
            start,
            sigma,
            low,
            high,
        } => {
            let base = RandomWalk::default();
            let steps_per_hour = 3_600.0 / base.step.as_secs_f64();
            Profile::RandomWalk(RandomWalk {
                start: start.draw(rng),
                // Independent steps: the variance of an hour is the sum of theirs.
                sigma: Celsius(sigma.draw(rng).0 / libm::sqrt(steps_per_hour)),
                low: *low,
                high: *high,
                ..base
            })
        }
        Temperature::Step { from, to, at } => {
            let (from, to, at) = (from.draw(rng), to.draw(rng), at.draw(rng));
            let points = vec![(SimTime::ZERO, from), (SimTime::ZERO.after(at), to)];
            Points::new(points).map_or(Profile::Constant(to), Profile::Steps)
        }
        Temperature::Trace(_) => prepared
            .trace
            .clone()
            .expect("preparing the scenario read its trace"),
    }
}

fn fault(fault: &Fault, extension: &Extension, rng: &mut Rng) -> ScheduledFault {
    let at = SimTime::ZERO.after(fault.at.draw(rng));
    let mut span = |lasting: &Range<SimSpan>| Some(lasting.draw(rng));
    let (what, lasts) = match &fault.kind {
        FaultKind::AccessPointDown { lasting } => (SimFault::AccessPointDown, span(lasting)),
        FaultKind::Address { fault, lasting } => (SimFault::Address(*fault), span(lasting)),
        FaultKind::Attack { attack, lasting } => (
            SimFault::Attack(*attack),
            lasting.as_ref().and_then(&mut span),
        ),
        FaultKind::BrokerDown {
            keep_sessions,
            lasting,
        } => (
            SimFault::BrokerDown {
                keep_sessions: *keep_sessions,
            },
            span(lasting),
        ),
        FaultKind::ClockDrift { drift, lasting } => {
            let lasts = lasting.as_ref().and_then(&mut span);
            let ppb = i64::from(drift.draw(rng).0) * 1_000;
            (SimFault::ClockDrift { ppb }, lasts)
        }
        FaultKind::ClockJump { by } => (
            SimFault::ClockJump {
                by_us: by.draw(rng).0 / 1_000,
            },
            None,
        ),
        FaultKind::LinkLoss { loss, lasting } => {
            let lasts = span(lasting);
            (
                SimFault::LinkLoss {
                    loss_ppm: share(loss.draw(rng)),
                },
                lasts,
            )
        }
        FaultKind::PowerCut { lasting } => (SimFault::PowerCut, span(lasting)),
        FaultKind::Radio { fault, lasting } => (
            SimFault::Radio(*fault),
            lasting.as_ref().and_then(&mut span),
        ),
        FaultKind::Reset => (SimFault::Reset, None),
        FaultKind::Sensor { fault, lasting } => (
            SimFault::Sensor(breakage(*fault)),
            lasting.as_ref().and_then(&mut span),
        ),
        FaultKind::TimeWrong { by, lasting } => {
            let lasts = span(lasting);
            let seconds = by.draw(rng).0.div_euclid(1_000_000_000);
            (
                SimFault::Address(AddressFault::TimeWrong { seconds }),
                lasts,
            )
        }
    };
    let victims = match &fault.nodes {
        NodeSet::All => Victims::All,
        NodeSet::Some(nodes) => {
            debug_assert!(nodes.iter().all(|node| *node < extension.nodes));
            Victims::Nodes(nodes.iter().copied().map(NodeId).collect())
        }
    };
    ScheduledFault {
        at,
        fault: what,
        lasts,
        victims,
    }
}

const fn breakage(breakage: SensorBreakage) -> Tmp36Fault {
    match breakage {
        SensorBreakage::None => Tmp36Fault::None,
        SensorBreakage::Open => Tmp36Fault::Open,
        SensorBreakage::Short => Tmp36Fault::ShortToGround,
        SensorBreakage::ShortToSupply => Tmp36Fault::ShortToSupply,
        SensorBreakage::Stuck => Tmp36Fault::Stuck,
    }
}

fn celsius(value: MilliCelsius) -> Celsius {
    Celsius(f64::from(value.0) / 1_000.0)
}

fn share(share: Ppm) -> u32 {
    u32::try_from(share.0).unwrap_or(0)
}
