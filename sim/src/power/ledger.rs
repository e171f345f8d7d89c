//! The books of one board: what it drew, in what state and for what.

use super::bill::{Bill, Drain};
use super::spec::PowerSpec;
use super::state::{Cause, CpuState, RadioState, RateFamily};
use super::units::Charge;
use crate::time::{SimSpan, SimTime};

/// The books of one board.
///
/// Two books are kept, and neither is made from the other:
///
/// * by cause: whenever a state ends, its current times its length goes to the present cause.
///   [`Ledger::because`] and [`Ledger::close`] hand it out as a [`Bill`].
/// * by state: the time spent in each pair of states, and on the air in each. Only
///   [`Ledger::drain`] multiplies it by currents.
///
/// A burst on the air or a slice of computing may be told ahead of time and may outlive the
/// state it was told in: it counts as a whole, as what it draws more than the state in which it
/// was told, for the cause of that moment.
///
/// Costs about 450 bytes, so a world keeps books only where somebody reads them.
#[derive(Clone, Debug)]
pub struct Ledger {
    spec: PowerSpec,
    /// Since when the present state holds; nothing while the power is off.
    since: Option<SimTime>,
    cause: Cause,
    cpu: CpuState,
    radio: RadioState,
    /// Of the present cause, since its last bill.
    charge: Charge,
    span: SimSpan,
    /// Time on the air by what the radio did besides.
    airtime_ns: [[u64; RateFamily::COUNT]; RadioState::COUNT],
    /// Extra time of computing by what the processor did besides.
    busy_ns: [u64; CpuState::COUNT],
    /// Time in each pair of states.
    spent_ns: [[u64; CpuState::COUNT]; RadioState::COUNT],
}

impl Ledger {
    /// Builds empty books; the power is off.
    #[must_use]
    pub const fn new(spec: PowerSpec) -> Self {
        Self {
            spec,
            since: None,
            cause: Cause::Boot,
            cpu: CpuState::Busy,
            radio: RadioState::Starting,
            charge: Charge(0),
            span: SimSpan::ZERO,
            airtime_ns: [[0; RateFamily::COUNT]; RadioState::COUNT],
            busy_ns: [0; CpuState::COUNT],
            spent_ns: [[0; CpuState::COUNT]; RadioState::COUNT],
        }
    }

    /// Starts to count: the board has power and boots.
    pub fn open(&mut self, at: SimTime) {
        if self.since.is_none() {
            self.since = Some(at);
            self.cause = Cause::Boot;
            self.cpu = CpuState::Busy;
            self.radio = RadioState::Starting;
        }
    }

    /// Notes what radio and processor do from here on.
    pub fn set(&mut self, at: SimTime, radio: RadioState, cpu: CpuState) {
        if (radio, cpu) != (self.radio, self.cpu) {
            self.settle(at);
            (self.radio, self.cpu) = (radio, cpu);
        }
    }

    /// Notes what it is for from here on; returns the bill of what it was for, if that ends.
    pub fn because(&mut self, at: SimTime, cause: Cause) -> Option<Bill> {
        if cause == self.cause || self.since.is_none() {
            return None;
        }
        self.settle(at);
        let bill = self.bill();
        self.cause = cause;
        bill
    }

    /// Counts a burst on the air.
    pub fn transmit(&mut self, airtime: SimSpan, family: RateFamily) {
        if self.since.is_none() {
            return;
        }
        let extra = self.spec.transmit_extra(self.radio, family);
        self.charge = self.charge.plus(extra.over(airtime));
        add(
            &mut self.airtime_ns[self.radio as usize][family as usize],
            airtime,
        );
    }

    /// Counts a slice of computing within a state in which the processor does less.
    pub fn compute(&mut self, span: SimSpan) {
        if self.since.is_none() {
            return;
        }
        let extra = self.spec.compute_extra(self.cpu);
        self.charge = self.charge.plus(extra.over(span));
        add(&mut self.busy_ns[self.cpu as usize], span);
    }

    /// Brings the books up to date; returns the bill so far and what the battery gave in all.
    pub fn read(&mut self, at: SimTime) -> (Option<Bill>, Drain) {
        self.settle(at);
        (self.bill(), self.drain())
    }

    /// Stops counting: the power is gone. Returns what [`Ledger::read`] does.
    pub fn close(&mut self, at: SimTime) -> (Option<Bill>, Drain) {
        let read = self.read(at);
        self.since = None;
        read
    }

    /// Returns what the battery gave until the books were last brought up to date, from the
    /// book of states alone.
    #[must_use]
    pub fn drain(&self) -> Drain {
        let mut drain = Drain::default();
        for radio in RadioState::ALL {
            for cpu in CpuState::ALL {
                let span = SimSpan::from_nanos(self.spent_ns[radio as usize][cpu as usize]);
                let present = self.spec.current(radio, cpu).over(span);
                drain.charge = drain.charge.plus(present);
                drain.powered = drain.powered.plus(span);
            }
            for family in RateFamily::ALL {
                let span = SimSpan::from_nanos(self.airtime_ns[radio as usize][family as usize]);
                let extra = self.spec.transmit_extra(radio, family).over(span);
                drain.charge = drain.charge.plus(extra);
            }
        }
        for cpu in CpuState::ALL {
            let span = SimSpan::from_nanos(self.busy_ns[cpu as usize]);
            drain.charge = drain.charge.plus(self.spec.compute_extra(cpu).over(span));
        }
        drain
    }

    /// Writes the time since the last change into both books.
    fn settle(&mut self, at: SimTime) {
        let Some(since) = self.since else { return };
        debug_assert!(since <= at, "time never runs back");
        let span = at.since(since);
        let drawn = self.spec.current(self.radio, self.cpu).over(span);
        self.charge = self.charge.plus(drawn);
        self.span = self.span.plus(span);
        add(
            &mut self.spent_ns[self.radio as usize][self.cpu as usize],
            span,
        );
        self.since = Some(at);
    }

    fn bill(&mut self) -> Option<Bill> {
        let (charge, span) = (self.charge, self.span);
        (self.charge, self.span) = (Charge::default(), SimSpan::ZERO);
        let cause = self.cause;
        (charge != Charge::default() || span != SimSpan::ZERO).then_some(Bill {
            cause,
            charge,
            span,
        })
    }
}

fn add(total_ns: &mut u64, span: SimSpan) {
    *total_ns = total_ns.saturating_add(span.as_nanos());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::power::{BoardExtras, Chip, Microamps};

    fn ledger() -> Ledger {
        Ledger::new(PowerSpec::new(Chip::Esp8266, BoardExtras::Module))
    }

    fn at_ms(ms: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_millis(ms))
    }

    #[test]
    fn a_state_is_billed_to_the_cause_that_held_it() {
        let mut books = ledger();
        books.open(at_ms(5));
        let boot = books.because(at_ms(105), Cause::Joining);
        let span = SimSpan::from_millis(100);
        let expected = Bill {
            cause: Cause::Boot,
            charge: Microamps(80_025).over(span),
            span,
        };
        assert_eq!(boot, Some(expected));
        books.set(at_ms(105), RadioState::Listening, CpuState::Idle);
        let airtime = SimSpan::from_millis(2);
        books.transmit(airtime, RateFamily::B);
        let (joining, drain) = books.close(at_ms(205));
        let charge = Microamps(71_025)
            .over(span)
            .plus(Microamps(234_000).over(airtime));
        assert_eq!(joining.map(|bill| bill.charge), Some(charge));
        assert_eq!(drain.charge, charge.plus(expected.charge));
        assert_eq!(drain.powered, SimSpan::from_millis(200));
    }

    #[test]
    fn a_board_without_power_draws_nothing() {
        let mut books = ledger();
        books.open(at_ms(0));
        let (_, before) = books.close(at_ms(10));
        books.transmit(SimSpan::from_millis(1), RateFamily::G);
        books.compute(SimSpan::from_millis(1));
        books.set(at_ms(500), RadioState::Listening, CpuState::Busy);
        assert_eq!(books.because(at_ms(900), Cause::Waiting), None);
        assert_eq!(books.drain(), before);
        books.open(at_ms(1_000));
        let (bill, after) = books.close(at_ms(1_010));
        assert_eq!(bill.map(|bill| bill.cause), Some(Cause::Boot));
        assert_eq!(after.charge.0, 2 * before.charge.0);
    }

    #[test]
    fn computing_draws_what_a_busy_processor_draws_more() {
        let mut books = Ledger::new(PowerSpec::new(Chip::Esp32c3, BoardExtras::Module));
        books.open(at_ms(0));
        books.set(at_ms(0), RadioState::Off, CpuState::Idle);
        books.compute(SimSpan::from_millis(10));
        let (bill, drain) = books.close(at_ms(10));
        let whole = Microamps(17_025).over(SimSpan::from_millis(10));
        assert_eq!(bill.map(|bill| bill.charge), Some(whole));
        assert_eq!(drain.charge, whole);
    }

    proptest! {
        /// Both books agree after any story, to the last femtocoulomb and nanosecond.
        #[test]
        fn charge_and_time_are_conserved(
            steps in prop::collection::vec((0_u64..3_000_000_007, 0_usize..7, 0_usize..96), 1..80)
        ) {
            let mut books = ledger();
            let (mut now, mut bills) = (SimTime::ZERO, Vec::new());
            books.open(now);
            for (ns, what, choice) in steps {
                now = now.after(SimSpan::from_nanos(ns));
                let (radio, cpu) = (RadioState::ALL[choice % 4], CpuState::ALL[choice / 4 % 4]);
                let (family, cause) = (RateFamily::ALL[choice % 3], Cause::ALL[choice % 7]);
                match what {
                    0 | 1 => books.set(now, radio, cpu),
                    2 | 3 => bills.extend(books.because(now, cause)),
                    4 => books.transmit(SimSpan::from_nanos(ns % 9_999), family),
                    5 => books.compute(SimSpan::from_nanos(ns % 99_999)),
                    _ => {
                        bills.extend(books.close(now).0);
                        books.open(now);
                    }
                }
            }
            let (last, drain) = books.close(now);
            bills.extend(last);
            prop_assert_eq!(bills.iter().map(|bill| bill.charge).sum::<Charge>(), drain.charge);
            let spans = bills.iter().fold(SimSpan::ZERO, |sum, bill| sum.plus(bill.span));
            prop_assert_eq!(spans, drain.powered);
            prop_assert_eq!(drain.powered, now.since(SimTime::ZERO));
        }
    }
}
