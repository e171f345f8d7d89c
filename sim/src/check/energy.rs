//! Charge and time are conserved: what all causes drew is what the battery gave, and the time of
//! all causes is the time that the board had power.
//!
//! The ledger's bills come from its book of causes and its drain from its book of states, which
//! never look at each other; the time comes from a third place, the power going on and off. They
//! must agree to the last femtocoulomb and nanosecond whenever a drain is told.

use super::{Violation, Violations, index_of};
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::power::{Charge, Drain};
use crate::time::{SimSpan, SimTime};

const CLAIM: &str = "charge and time are conserved";

/// The bills of all nodes; of none in a world that keeps no books.
#[derive(Clone, Debug, Default)]
pub(super) struct EnergyBooks {
    nodes: Vec<Sums>,
    pub(super) violations: Violations,
}

/// What one node was billed, and how long it had power.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    charge: Charge,
    span: SimSpan,
    /// Since when it has power.
    on_since: Option<SimTime>,
    /// How long it had power before that.
    powered: SimSpan,
}

impl EnergyBooks {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            nodes: vec![Sums::default(); nodes],
            violations: Violations::default(),
        }
    }

    fn compare(&mut self, at: SimTime, node: NodeId, drain: Drain) {
        let Some(sums) = self.nodes.get(index_of(node)) else {
            return;
        };
        let (billed, span) = (sums.charge, sums.span);
        let powered = sums.powered_at(at);
        if billed != drain.charge {
            self.violations.note(|| Violation {
                claim: CLAIM,
                at,
                node,
                expected: format!("{} fC, as the battery gave", drain.charge.0),
                seen: format!("{} fC for all causes", billed.0),
            });
        }
        if (span, drain.powered) != (powered, powered) {
            self.violations.note(|| Violation {
                claim: CLAIM,
                at,
                node,
                expected: format!("{} ns with power", powered.as_nanos()),
                seen: format!(
                    "{} ns of all causes, {} ns of all states",
                    span.as_nanos(),
                    drain.powered.as_nanos()
                ),
            });
        }
    }
}

impl Sums {
    fn powered_at(&self, at: SimTime) -> SimSpan {
        let present = self.on_since.map_or(SimSpan::ZERO, |since| at.since(since));
        self.powered.plus(present)
    }
}

impl Observer for EnergyBooks {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let Some(sums) = self.nodes.get_mut(index_of(node)) else {
            return;
        };
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a checker reads what concerns it"
        )]
        match *what {
            Observation::Billed(bill) => {
                sums.charge = sums.charge.plus(bill.charge);
                sums.span = sums.span.plus(bill.span);
            }
            Observation::Drained(drain) => self.compare(at, node, *drain),
            Observation::PoweredOff => {
                sums.powered = sums.powered_at(at);
                sums.on_since = None;
            }
            Observation::PoweredOn => sums.on_since = Some(at),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::{
        Bill, BoardExtras, Cause, Chip, CpuState, Ledger, PowerSpec, RadioState, RateFamily,
    };

    fn at_ms(ms: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_millis(ms))
    }

    /// Returns the bills and the drain of a node that boots, joins and sends.
    fn story() -> (Vec<(SimTime, Bill)>, Drain) {
        let mut ledger = Ledger::new(PowerSpec::new(Chip::Esp8266, BoardExtras::NodeMcu));
        ledger.open(at_ms(0));
        let mut bills = Vec::new();
        bills.extend(ledger.because(at_ms(133), Cause::Joining));
        ledger.set(at_ms(133), RadioState::Listening, CpuState::Idle);
        ledger.transmit(SimSpan::from_millis(3), RateFamily::G);
        let (last, drain) = ledger.close(at_ms(900));
        bills.extend(last);
        let ends = [at_ms(133), at_ms(900)];
        (ends.into_iter().zip(bills).collect(), drain)
    }

    fn run(bills: &[(SimTime, Bill)], drain: Drain) -> Vec<Violation> {
        let mut checker = EnergyBooks::new(1);
        let node = NodeId(0);
        checker.on_event(at_ms(0), node, &Observation::PoweredOn);
        for (at, bill) in bills {
            checker.on_event(*at, node, &Observation::Billed(bill));
        }
        checker.on_event(at_ms(900), node, &Observation::Drained(&drain));
        checker.violations.0
    }

    #[test]
    fn honest_books_pass() {
        let (bills, drain) = story();
        assert_eq!(bills.len(), 2);
        assert_eq!(run(&bills, drain), []);
    }

    #[test]
    fn a_femtocoulomb_that_vanishes_is_a_violation() {
        let (mut bills, drain) = story();
        bills[1].1.charge.0 -= 1;
        let found = run(&bills, drain);
        assert_eq!(found.len(), 1);
        assert!(found[0].seen.ends_with("fC for all causes"), "{found:?}");
    }

    #[test]
    fn a_bill_that_is_never_told_is_a_violation_of_charge_and_of_time() {
        let (bills, drain) = story();
        assert_eq!(run(&bills[1..], drain).len(), 2);
    }

    #[test]
    fn books_that_agree_but_miss_a_nanosecond_are_a_violation() {
        let (mut bills, mut drain) = story();
        let short = SimSpan::from_nanos(1);
        bills[0].1.span = SimSpan::from_nanos(bills[0].1.span.as_nanos() - short.as_nanos());
        drain.powered = SimSpan::from_nanos(drain.powered.as_nanos() - short.as_nanos());
        let found = run(&bills, drain);
        assert_eq!(found.len(), 1);
        assert!(found[0].expected.ends_with("ns with power"), "{found:?}");
    }

    #[test]
    fn a_world_without_books_costs_nothing() {
        let mut checker = EnergyBooks::default();
        checker.on_event(at_ms(0), NodeId(7), &Observation::PoweredOn);
        assert!(checker.nodes.is_empty());
    }
}
