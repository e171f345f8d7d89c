//! Resistor networks between fixed potentials, reduced to what one pin sees.
//!
//! Owns the linear algebra. Does not know boards, sensors or what a net is called.
//!
//! ```text
//!  sensor ──┬───[ between ]───┬── pin
//!        output              pin        each: a conductance and a current (Norton),
//!           │                 │         which stand for everything fixed behind it
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::netlist::{NetId, Resistor};
use crate::analog::Source;
use crate::units::{Ohms, Volts};

/// Nothing drives: no current, no conductance.
pub(crate) const OPEN: Source = Source {
    open: Volts(0.0),
    resistance: Ohms(f64::INFINITY),
};

/// A conductance to fixed potentials, and the current that they push through it into a short
/// to ground.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Norton {
    /// Sum of the conductances.
    pub(crate) siemens: f64,
    /// Sum of each conductance times its potential.
    pub(crate) amperes: f64,
}

/// What lies between the sensor's output and the pin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PinCircuit {
    /// The pin is on a supply or on ground: the sensor does not matter.
    Fixed(Volts),
    /// The sensor's output and the pin are one net.
    Joined(Norton),
    /// They are two nets.
    Network {
        /// What loads the sensor's output.
        output: Norton,
        /// Conductance from the output to the pin, in siemens; 0 if there is no way.
        between_siemens: f64,
        /// What loads the pin.
        pin: Norton,
    },
}

/// Resistors between nets, some of which have a fixed potential.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Conductance from net to net, in siemens, both ways.
    edges: BTreeMap<NetId, BTreeMap<NetId, f64>>,
    fixed: BTreeMap<NetId, Volts>,
}

impl PinCircuit {
    /// Returns what the pin sees while `sensor` drives the output.
    pub(crate) fn source(self, sensor: Source) -> Source {
        match self {
            Self::Fixed(volts) => Source {
                open: volts,
                resistance: Ohms(0.0),
            },
            Self::Joined(norton) => load(sensor, norton),
            Self::Network {
                output,
                between_siemens,
                pin,
            } => load(
                series(load(sensor, output), Ohms(1.0 / between_siemens)),
                pin,
            ),
        }
    }

    /// Returns whether the sensor's output has a way to the pin.
    pub(crate) fn is_coupled(self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Joined(_) => true,
            Self::Network {
                between_siemens, ..
            } => between_siemens > 0.0,
        }
    }
}

impl Network {
    /// Puts resistors between nets.
    pub(crate) fn new(resistors: &[Resistor], fixed: BTreeMap<NetId, Volts>) -> Self {
        let mut network = Self {
            edges: BTreeMap::new(),
            fixed,
        };
        for resistor in resistors {
            network.add(resistor.first, resistor.second, 1.0 / resistor.value.0);
        }
        network
    }

    /// Returns the fixed potential of a net.
    pub(crate) fn fixed(&self, net: NetId) -> Option<Volts> {
        self.fixed.get(&net).copied()
    }

    /// Returns what a net shows when nothing else is connected to it.
    pub(crate) fn potential(&self, net: NetId) -> Source {
        match self.fixed(net) {
            Some(open) => Source {
                open,
                resistance: Ohms(0.0),
            },
            None => load(OPEN, self.reduced(&[net]).norton(net)),
        }
    }

    /// Returns the nets that a net reaches through wires and resistors, without passing a fixed
    /// potential; a fixed net reaches none.
    pub(crate) fn reached(&self, net: NetId) -> BTreeSet<NetId> {
        let mut reached = BTreeSet::new();
        let mut queue = vec![net];
        while let Some(net) = queue.pop() {
            if self.fixed(net).is_none() && reached.insert(net) {
                queue.extend(self.edges.get(&net).into_iter().flat_map(BTreeMap::keys));
            }
        }
        reached
    }

    /// Returns what lies between a sensor's output and a pin; `None` is a lead in the air.
    pub(crate) fn between(&self, output: Option<NetId>, pin: Option<NetId>) -> PinCircuit {
        let Some(pin) = pin else {
            return PinCircuit::Network {
                output: Norton::default(),
                between_siemens: 0.0,
                pin: Norton::default(),
            };
        };
        if let Some(volts) = self.fixed(pin) {
            return PinCircuit::Fixed(volts);
        }
        match output.filter(|&net| self.fixed(net).is_none()) {
            None => PinCircuit::Network {
                output: Norton::default(),
                between_siemens: 0.0,
                pin: self.reduced(&[pin]).norton(pin),
            },
            Some(output) if output == pin => PinCircuit::Joined(self.reduced(&[pin]).norton(pin)),
            Some(output) => {
                let reduced = self.reduced(&[output, pin]);
                PinCircuit::Network {
                    output: reduced.norton(output),
                    between_siemens: reduced.conductance(output, pin),
                    pin: reduced.norton(pin),
                }
            }
        }
    }

    /// Returns the same network with only `kept` and the fixed nets left.
    ///
    /// Star-mesh transform, the net with the fewest neighbours first. Every term is a positive
    /// sum, product or quotient, so nothing cancels, and a net without neighbours just leaves.
    fn reduced(&self, kept: &[NetId]) -> Self {
        let mut network = self.clone();
        let mut inner: BTreeSet<NetId> = self.edges.keys().copied().collect();
        inner.retain(|net| !kept.contains(net) && self.fixed(*net).is_none());
        while let Some(&net) = inner.iter().min_by_key(|&net| network.edges[net].len()) {
            inner.remove(&net);
            network.eliminate(net);
        }
        network
    }

    fn eliminate(&mut self, net: NetId) {
        let star: Vec<(NetId, f64)> = self
            .edges
            .insert(net, BTreeMap::new())
            .unwrap_or_default()
            .into_iter()
            .collect();
        let total: f64 = star.iter().map(|&(_, siemens)| siemens).sum();
        for (index, &(first, first_siemens)) in star.iter().enumerate() {
            if let Some(neighbours) = self.edges.get_mut(&first) {
                neighbours.remove(&net);
            }
            for &(second, second_siemens) in &star[..index] {
                // What lies between two fixed nets carries current that nobody asks about.
                if self.fixed(first).is_none() || self.fixed(second).is_none() {
                    self.add(first, second, first_siemens * second_siemens / total);
                }
            }
        }
    }

    fn add(&mut self, first: NetId, second: NetId, siemens: f64) {
        for (from, to) in [(first, second), (second, first)] {
            *self.edges.entry(from).or_default().entry(to).or_default() += siemens;
        }
    }

    fn conductance(&self, first: NetId, second: NetId) -> f64 {
        let edge = self.edges.get(&first).and_then(|edges| edges.get(&second));
        edge.copied().unwrap_or(0.0)
    }

    fn norton(&self, net: NetId) -> Norton {
        let mut sum = Norton::default();
        for (&other, &siemens) in self.edges.get(&net).into_iter().flatten() {
            if let Some(volts) = self.fixed(other) {
                sum.siemens += siemens;
                sum.amperes += siemens * volts.0;
            }
        }
        sum
    }
}

/// Returns a source with a load in parallel.
pub(crate) fn load(source: Source, norton: Norton) -> Source {
    let resistance = source.resistance.0;
    if resistance.is_finite() {
        let share = 1.0 / (1.0 + norton.siemens * resistance);
        Source {
            open: Volts((source.open.0 + norton.amperes * resistance) * share),
            resistance: Ohms(resistance * share),
        }
    } else if norton.siemens > 0.0 {
        Source {
            open: Volts(norton.amperes / norton.siemens),
            resistance: Ohms(1.0 / norton.siemens),
        }
    } else {
        OPEN
    }
}

/// Returns a source with a resistor in series.
pub(crate) fn series(source: Source, ohms: Ohms) -> Source {
    Source {
        open: source.open,
        resistance: Ohms(source.resistance.0 + ohms.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, proptest};

    const GROUND: NetId = NetId(0);
    const RAIL: NetId = NetId(1);
    const OUTPUT: NetId = NetId(2);
    const PIN: NetId = NetId(3);
    const INNER: NetId = NetId(4);

    const SENSOR: Source = Source {
        open: Volts(0.75),
        resistance: Ohms(60.0),
    };

    #[test]
    fn two_equal_resistors_halve_the_rail() {
        let network = network(&[(RAIL, PIN, 100e3), (PIN, GROUND, 100e3)]);
        let source = network.between(None, Some(PIN)).source(OPEN);
        assert!((source.open.0 - 1.65).abs() < 1e-12, "{source:?}");
        assert!((source.resistance.0 - 50e3).abs() < 1e-6, "{source:?}");
    }

    #[test]
    fn a_wire_passes_the_sensor_on_unchanged() {
        let source = network(&[]).between(Some(PIN), Some(PIN)).source(SENSOR);
        assert_eq!(source, SENSOR);
    }

    #[test]
    fn a_pin_that_nothing_reaches_is_open() {
        let network = network(&[(OUTPUT, GROUND, 1e3)]);
        for circuit in [
            network.between(Some(OUTPUT), Some(PIN)),
            network.between(Some(OUTPUT), None),
            network.between(None, Some(PIN)),
        ] {
            assert_eq!(circuit.source(SENSOR), OPEN);
            assert!(!circuit.is_coupled());
        }
    }

    // A wheatstone bridge has an inner net that no series or parallel rule removes. Both of
    // its potentials must satisfy Kirchhoff's law at both nets.
    #[test]
    fn a_bridge_is_solved_exactly() {
        let rail = Volts(1.0);
        let fixed = [(GROUND, Volts(0.0)), (RAIL, rail)].into();
        let arms = resistors(&[
            (RAIL, PIN, 1e3),
            (RAIL, INNER, 2e3),
            (PIN, GROUND, 3e3),
            (INNER, GROUND, 4e3),
            (PIN, INNER, 5e3),
        ]);
        let network = Network::new(&arms, fixed);
        let (a, b) = (
            network.potential(PIN).open.0,
            network.potential(INNER).open.0,
        );
        // Kirchhoff at both nets, in mA.
        let at_pin = (1.0 - a) / 1.0 - a / 3.0 - (a - b) / 5.0;
        let at_inner = (1.0 - b) / 2.0 - b / 4.0 + (a - b) / 5.0;
        assert!(at_pin.abs() < 1e-12 && at_inner.abs() < 1e-12, "{a} {b}");
    }

    proptest! {
        // Kirchhoff: whatever the network, the currents into a reduced port add up to zero.
        #[test]
        fn reduced_networks_obey_kirchhoff(
            arms in proptest::collection::vec((0_usize..8, 0_usize..8, 1.0_f64..1e6), 1..20),
            volts in 0.1_f64..2.0,
        ) {
            let arms: Vec<_> = arms
                .into_iter()
                .filter(|(from, to, _)| from != to)
                .map(|(from, to, ohms)| (NetId(from), NetId(to), ohms))
                .collect();
            let sensor = Source { open: Volts(volts), resistance: Ohms(60.0) };
            let whole = network(&arms);
            let seen = whole.between(Some(OUTPUT), Some(PIN)).source(sensor);
            // The same circuit with the sensor built in: 60 Ω to a net of its voltage.
            let mut with_sensor = resistors(&arms);
            with_sensor.extend(resistors(&[(NetId(99), OUTPUT, 60.0)]));
            let mut fixed = potentials();
            fixed.insert(NetId(99), Volts(volts));
            let built_in = Network::new(&with_sensor, fixed).potential(PIN);
            if seen.resistance.0.is_finite() || built_in.resistance.0.is_finite() {
                prop_assert!((seen.open.0 - built_in.open.0).abs() < 1e-9);
                let ratio = seen.resistance.0 / built_in.resistance.0;
                prop_assert!((ratio - 1.0).abs() < 1e-9, "{seen:?} {built_in:?}");
            }
            prop_assert!((0.0..=3.3 + 1e-9).contains(&seen.open.0), "{seen:?}");
        }
    }

    fn potentials() -> BTreeMap<NetId, Volts> {
        [(GROUND, Volts(0.0)), (RAIL, Volts(3.3))].into()
    }

    fn network(arms: &[(NetId, NetId, f64)]) -> Network {
        Network::new(&resistors(arms), potentials())
    }

    fn resistors(arms: &[(NetId, NetId, f64)]) -> Vec<Resistor> {
        arms.iter()
            .map(|&(first, second, ohms)| Resistor {
                id: "r".to_owned(),
                first,
                second,
                value: Ohms(ohms),
            })
            .collect()
    }
}
