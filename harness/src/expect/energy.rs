//! Claims about energy.

use nodelab_sim::power::{Charge, Energy};
use nodelab_sim::{NodeId, Observation, Observer as _, SimSpan, SimTime};

use super::Failures;
use crate::energy::{EnergyMeter, Source, show_charge, show_energy, show_life};
use crate::scenario::quantity::show_duration;
use crate::verdict::Failure;

/// No node draws more energy for each reading that it hands over, from power-on to the end.
#[derive(Clone, Debug)]
pub(super) struct EnergyPerReading {
    limit: Energy,
    meter: EnergyMeter,
    source: Source,
}

/// Every node's battery lasts so long, if the node goes on as it did.
#[derive(Clone, Debug)]
pub(super) struct BatteryLife {
    wanted: SimSpan,
    meter: EnergyMeter,
    source: Source,
}

impl EnergyPerReading {
    pub(super) fn new(limit: Energy, nodes: usize, source: Source) -> Self {
        Self {
            limit,
            meter: EnergyMeter::new(nodes),
            source,
        }
    }

    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        self.meter.on_event(at, node, what);
    }

    pub(super) fn finish(self, end: SimTime) -> Vec<Failure> {
        let mut failures = Failures::default();
        let limit = show_energy(self.limit);
        for (node, drawn) in self.meter.nodes() {
            let each = drawn.per_reading(self.source.supply);
            if each.is_some_and(|each| each <= self.limit) {
                continue;
            }
            failures.note(|| {
                let drain = drawn.drain();
                let whole = show_energy(drain.charge.at(self.source.supply));
                let (span, most) = (drain.powered, drawn.largest());
                let readings = drawn.readings;
                Failure {
                    at: end,
                    claim: format!("energy-per-reading-at-most: {limit}"),
                    expected: format!("at most {limit} for each reading handed over"),
                    line: None,
                    node,
                    seen: match each {
                        Some(each) => format!(
                            "{}: {whole} in {span} for {readings} {}, {most}",
                            show_energy(each),
                            if readings == 1 { "reading" } else { "readings" }
                        ),
                        None => format!("{whole} in {span}, and no reading handed over, {most}"),
                    },
                }
            });
        }
        failures.0
    }
}

impl BatteryLife {
    pub(super) fn new(wanted: SimSpan, nodes: usize, source: Source) -> Self {
        Self {
            wanted,
            meter: EnergyMeter::new(nodes),
            source,
        }
    }

    pub(super) fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        self.meter.on_event(at, node, what);
    }

    pub(super) fn finish(self, end: SimTime) -> Vec<Failure> {
        let mut failures = Failures::default();
        let Some(battery) = self.source.battery else {
            return Vec::new();
        };
        let wanted = show_duration(self.wanted);
        for (node, drawn) in self.meter.nodes() {
            let drain = drawn.drain();
            let Some(life) = battery.life(drain).filter(|life| *life < self.wanted) else {
                continue;
            };
            failures.note(|| {
                let over = |charge: Charge| charge.as_milliamps_over(drain.powered);
                let own = over(battery.self_discharge(drain.powered));
                let capacity = show_charge(battery.capacity);
                Failure {
                    at: end,
                    claim: format!("battery-life-at-least: {wanted}"),
                    expected: format!("a battery of {capacity} to last at least {wanted}"),
                    line: None,
                    node,
                    seen: format!(
                        "{} at {:.3} mA on average, {}, and {own:.3} mA of self-discharge",
                        show_life(life),
                        over(drain.charge),
                        drawn.largest()
                    ),
                }
            });
        }
        failures.0
    }
}
