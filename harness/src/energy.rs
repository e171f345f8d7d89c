//! What the nodes of a world drew, and what it means for a battery.
//!
//! Owns the sums that claims and reports share. Does not know a current: it adds up bills.

use node_core::Event;
use nodelab_sim::power::{Battery, Cause, Charge, Drain, Energy, Millivolts};
use nodelab_sim::{NodeId, Observation, Observer, SimSpan, SimTime};

/// Adds up the bills of each node; of none in a world that keeps no books.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnergyMeter {
    nodes: Vec<NodeEnergy>,
}

/// What one node drew.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NodeEnergy {
    pub(crate) causes: [Share; Cause::COUNT],
    /// Readings that left the node: acknowledged, or sent or shown where nobody acknowledges.
    pub(crate) readings: u64,
}

/// What was drawn for one cause.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Share {
    /// The charge.
    pub charge: Charge,
    /// The time.
    pub span: SimSpan,
}

/// What gives the charge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Source {
    /// The battery, if there is one.
    pub battery: Option<Battery>,
    /// Its voltage, or the adapter's.
    pub supply: Millivolts,
}

/// What all nodes of a world drew, and how the worst of them fared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EnergySummary {
    /// By cause, in the order of [`Cause::ALL`], all nodes together.
    pub causes: [Share; Cause::COUNT],
    /// Energy for each reading of the node that needed most; `None` when one handed over none.
    pub per_reading: Option<Energy>,
    /// How long the battery of the node that drew most would last.
    pub life: Option<SimSpan>,
    /// Readings handed over by all nodes.
    pub readings: u64,
    /// What gave the charge.
    pub source: Source,
}

impl EnergyMeter {
    pub(crate) fn new(nodes: usize) -> Self {
        Self {
            nodes: vec![NodeEnergy::default(); nodes],
        }
    }

    /// Returns every node that ever had power.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (NodeId, &NodeEnergy)> {
        (0..)
            .map(NodeId)
            .zip(&self.nodes)
            .filter(|(_, node)| node.drain().powered > SimSpan::ZERO)
    }

    /// Returns what all nodes drew together; `None` in a world that keeps no books.
    pub(crate) fn summary(&self, source: Source) -> Option<EnergySummary> {
        if self.nodes.is_empty() {
            return None;
        }
        let mut summary = EnergySummary {
            causes: [Share::default(); Cause::COUNT],
            per_reading: Some(Energy::default()),
            life: None,
            readings: 0,
            source,
        };
        for (_, node) in self.nodes() {
            for (sum, share) in summary.causes.iter_mut().zip(node.causes) {
                sum.charge = sum.charge.plus(share.charge);
                sum.span = sum.span.plus(share.span);
            }
            summary.readings += node.readings;
            let one = node.per_reading(source.supply);
            summary.per_reading = summary
                .per_reading
                .zip(one)
                .map(|(one, other)| one.max(other));
            let life = source
                .battery
                .and_then(|battery| battery.life(node.drain()));
            summary.life = match (summary.life, life) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        Some(summary)
    }
}

impl Observer for EnergyMeter {
    fn on_event(&mut self, _at: SimTime, node: NodeId, what: &Observation<'_>) {
        let Some(sums) = self.nodes.get_mut(node.0 as usize) else {
            return;
        };
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a meter reads what concerns it"
        )]
        match *what {
            Observation::Billed(bill) => {
                let share = &mut sums.causes[bill.cause as usize];
                share.charge = share.charge.plus(bill.charge);
                share.span = share.span.plus(bill.span);
            }
            Observation::Node(
                Event::PublishAcked { .. }
                | Event::PublishSent {
                    packet_id: None, ..
                }
                | Event::ReadingShown { .. },
            ) => sums.readings += 1,
            _ => {}
        }
    }
}

impl NodeEnergy {
    /// Returns charge and time of all causes.
    pub(crate) fn drain(&self) -> Drain {
        total(&self.causes)
    }

    /// Returns the energy of each reading, rounded up; `None` when it handed over none.
    pub(crate) fn per_reading(&self, supply: Millivolts) -> Option<Energy> {
        let readings = u128::from(self.readings);
        let energy = self.drain().charge.at(supply).0;
        (readings > 0).then(|| Energy(energy.div_ceil(readings)))
    }

    /// Returns the cause that drew most, and its share of the charge in percent, in words.
    pub(crate) fn largest(&self) -> String {
        let whole = self.drain().charge;
        let largest = by_charge(&self.causes).into_iter().next();
        largest.map_or_else(String::new, |(cause, share)| {
            let (name, percent) = (cause.as_str(), percent(share.charge, whole));
            format!("{percent} % of it {name}")
        })
    }
}

impl EnergySummary {
    /// Returns charge and time of all causes and nodes.
    #[must_use]
    pub fn drain(&self) -> Drain {
        total(&self.causes)
    }
}

/// Returns the causes that drew anything, the largest first.
#[must_use]
pub fn by_charge(causes: &[Share; Cause::COUNT]) -> Vec<(Cause, Share)> {
    let mut all: Vec<(Cause, Share)> = Cause::ALL.into_iter().zip(*causes).collect();
    all.retain(|(_, share)| share.charge > Charge::default());
    all.sort_by_key(|(cause, share)| (std::cmp::Reverse(share.charge), *cause));
    all
}

/// Returns the share of a whole in percent, rounded to nearest.
#[must_use]
pub fn percent(part: Charge, whole: Charge) -> u128 {
    (part.0 * 100 + whole.0 / 2) / whole.0.max(1)
}

/// Writes an energy in the unit that suits it, to a tenth of a millijoule or a hundredth of a
/// joule.
#[must_use]
pub fn show_energy(energy: Energy) -> String {
    let millijoules = energy.as_millijoules();
    if millijoules >= 1_000.0 {
        format!("{} J", trimmed(&format!("{:.2}", millijoules / 1_000.0)))
    } else {
        format!("{} mJ", trimmed(&format!("{millijoules:.1}")))
    }
}

/// Writes a charge in milliampere-hours, exactly if that takes no more than three decimals.
#[must_use]
pub fn show_charge(charge: Charge) -> String {
    let text = format!("{:.3}", charge.as_milliamp_hours());
    format!("{} mAh", trimmed(&text))
}

/// Writes a long time in days or hours with one decimal.
#[must_use]
pub fn show_life(span: SimSpan) -> String {
    let hours = span.as_secs_f64() / 3_600.0;
    if hours >= 48.0 {
        format!("{:.1} d", hours / 24.0)
    } else {
        format!("{hours:.1} h")
    }
}

/// Returns a number with decimals without the zeros at its end.
fn trimmed(number: &str) -> &str {
    number.trim_end_matches('0').trim_end_matches('.')
}

fn total(causes: &[Share; Cause::COUNT]) -> Drain {
    causes.iter().fold(Drain::default(), |sum, share| Drain {
        charge: sum.charge.plus(share.charge),
        powered: sum.powered.plus(share.span),
    })
}

#[cfg(test)]
mod tests {
    use nodelab_sim::power::Bill;

    use super::*;

    #[test]
    fn the_worst_node_speaks_for_the_world() {
        let mut meter = EnergyMeter::new(3);
        let span = SimSpan::from_secs(3_600);
        let mut watch = |node, what: &Observation<'_>| {
            meter.on_event(SimTime::ZERO, NodeId(node), what);
        };
        for (node, milliamps) in [(0, 1), (1, 2)] {
            let charge = Charge(3_600_000_000_000_000 * milliamps);
            let cause = Cause::Waiting;
            watch(
                node,
                &Observation::Billed(&Bill {
                    cause,
                    charge,
                    span,
                }),
            );
            watch(
                node,
                &Observation::Node(Event::ReadingShown { sequence: 0 }),
            );
        }
        let source = Source {
            battery: Some(Battery {
                capacity: Charge(3_600_000_000_000_000 * 100),
                self_discharge_ppm: 0,
                usable_ppm: 1_000_000,
            }),
            supply: Millivolts(3_000),
        };
        let summary = meter.summary(source).unwrap();
        assert_eq!(summary.readings, 2);
        // Node 2 never had power and counts for nothing.
        assert_eq!(summary.life, Some(span.times(50)));
        let energy = summary.per_reading.map(Energy::as_millijoules);
        assert_eq!(energy.map(f64::round), Some(21_600.0));
        assert_eq!(EnergyMeter::default().summary(source), None);
    }

    #[test]
    fn figures_are_shown_with_units() {
        assert_eq!(show_energy(Energy(180_200_000_000_000_000)), "180.2 mJ");
        assert_eq!(show_energy(Energy(200_000_000_000_000_000)), "200 mJ");
        assert_eq!(show_energy(Energy(18_020_000_000_000_000_000)), "18.02 J");
        assert_eq!(show_charge(Charge(9_000_000_000_000_000_000)), "2500 mAh");
        assert_eq!(show_life(SimSpan::from_secs(86_400 * 180)), "180.0 d");
        assert_eq!(show_life(SimSpan::from_secs(3_600)), "1.0 h");
    }
}
