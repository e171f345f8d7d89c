//! One node's own clock.
//!
//! Owns how true time becomes the node's time and back: an anchor and a rate, replaced whenever
//! the clock jumps or drifts differently. Does not know who asks, or which deadlines are pending:
//! after a change the owner of a deadline asks [`Clock::true_time`] again.
//!
//! ```text
//! local
//!   │            ╱  drift: another slope, same place
//!   │        ╱──╱
//!   │      ╱ │   jump: another place, same slope
//!   │    ╱
//!   └───┴─────────── true
//!      boot
//! ```

use node_core::Instant;

use crate::time::SimTime;

/// Steepest drift either way, in parts per billion: a tenth.
///
/// A crystal is within ±10 ppm and the RC oscillator of a sleeping ESP8266 within a few percent
/// (unsourced), so a tenth bounds every clock that is worth simulating.
pub const DRIFT_PPB_MAX: i64 = 100_000_000;

/// Local time is kept in billionths of a nanosecond, so that no change of rate ever rounds.
const UNITS_PER_MICRO: i128 = 1_000_000_000_000;
/// Units that pass in one true nanosecond on a clock without drift.
const UNITS_PER_NANO: i64 = 1_000_000_000;

/// The clock of one node since its boot: a straight line from the last change onwards.
///
/// Both directions are exact integer arithmetic, and they agree: `true_time` names the first
/// moment at which `local` reads what was asked for, so a timer is never early and at most one
/// nanosecond late.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Clock {
    /// True time of the last change.
    anchor: SimTime,
    /// What the clock read then.
    anchor_local: LocalUnits,
    /// Units that pass in one true nanosecond; always positive.
    rate: i64,
}

/// A reading in billionths of a nanosecond, in two words so that a `Clock` is no wider than 32
/// bytes and needs no 16-byte alignment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct LocalUnits {
    high: u64,
    low: u64,
}

impl Clock {
    /// Starts a clock at zero at `boot`, gaining `drift_ppb` nanoseconds each second.
    ///
    /// A drift beyond ±[`DRIFT_PPB_MAX`] is cut to it.
    #[must_use]
    pub fn started(boot: SimTime, drift_ppb: i64) -> Self {
        Self {
            anchor: boot,
            anchor_local: LocalUnits::new(0),
            rate: rate(drift_ppb),
        }
    }

    /// Returns what the clock reads at `at`, rounded down to whole microseconds.
    ///
    /// The past before the last change is forgotten: for such a time this is the reading at the
    /// change.
    #[must_use]
    pub fn local(&self, at: SimTime) -> Instant {
        let micros = self.units(at) / UNITS_PER_MICRO;
        Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Returns the earliest true time, since the last change, at which the clock reads at least
    /// `local`; [`SimTime::MAX`] if the world ends before.
    #[must_use]
    pub fn true_time(&self, local: Instant) -> SimTime {
        let wanted = i128::from(local.as_micros()) * UNITS_PER_MICRO;
        let missing = (wanted - self.anchor_local.value()).max(0);
        let rate = i128::from(self.rate);
        // Rounded up: a nanosecond early would still read less than `local`.
        let wait_ns = (missing + rate - 1) / rate;
        let at_ns = i128::from(self.anchor.as_nanos()) + wait_ns;
        u64::try_from(at_ns).map_or(SimTime::MAX, SimTime::from_nanos)
    }

    /// Moves the reading by `by_us` microseconds at `at`, as a bad time server would.
    ///
    /// The reading stops at zero: no clock shows a time before its boot. Deadlines are readings,
    /// so a jump forward makes those it passes due at `at`, and a jump back puts all of them off
    /// by as much; a node may then see an instant it has seen before.
    pub fn jump(&mut self, at: SimTime, by_us: i64) {
        let moved = self.units(at) + i128::from(by_us) * UNITS_PER_MICRO;
        self.anchor = self.anchor.max(at);
        self.anchor_local = LocalUnits::new(moved.max(0));
    }

    /// Lets the clock gain `drift_ppb` nanoseconds each second from `at` on, without a step.
    ///
    /// A drift beyond ±[`DRIFT_PPB_MAX`] is cut to it.
    pub fn drift(&mut self, at: SimTime, drift_ppb: i64) {
        self.anchor_local = LocalUnits::new(self.units(at));
        self.anchor = self.anchor.max(at);
        self.rate = rate(drift_ppb);
    }

    fn units(&self, at: SimTime) -> i128 {
        let passed_ns = i128::from(at.since(self.anchor).as_nanos());
        self.anchor_local.value() + passed_ns * i128::from(self.rate)
    }
}

fn rate(drift_ppb: i64) -> i64 {
    UNITS_PER_NANO + drift_ppb.clamp(-DRIFT_PPB_MAX, DRIFT_PPB_MAX)
}

impl LocalUnits {
    #[expect(
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "readings are not negative, and the two words hold all 128 bits"
    )]
    const fn new(units: i128) -> Self {
        Self {
            high: (units >> 64) as u64,
            low: units as u64,
        }
    }

    const fn value(self) -> i128 {
        ((self.high as i128) << 64) | self.low as i128
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::SimSpan;

    /// A year of true time, in nanoseconds.
    const YEAR_NS: u64 = 31_536_000_000_000_000;

    #[test]
    fn a_perfect_clock_counts_microseconds_since_boot() {
        let boot = SimTime::from_nanos(5_000_000_500);
        let clock = Clock::started(boot, 0);
        assert_eq!(clock.local(boot), Instant::ZERO);
        let later = boot.after(SimSpan::from_nanos(1_999));
        assert_eq!(clock.local(later), Instant::from_micros(1));
        assert_eq!(clock.true_time(Instant::ZERO), boot);
    }

    #[test]
    fn drift_adds_up_to_its_stated_rate() {
        let clock = Clock::started(SimTime::ZERO, 20_000);
        let day = SimTime::ZERO.after(SimSpan::from_secs(86_400));
        // 20 ppm of a day is 1.728 s.
        assert_eq!(clock.local(day), Instant::from_micros(86_401_728_000));
    }

    #[test]
    fn a_jump_back_stops_at_boot_and_puts_deadlines_off() {
        let mut clock = Clock::started(SimTime::ZERO, 0);
        let deadline = Instant::from_micros(10_000_000);
        let at = SimTime::from_nanos(4_000_000_000);
        clock.jump(at, -3_000_000);
        assert_eq!(clock.local(at), Instant::from_micros(1_000_000));
        assert_eq!(
            clock.true_time(deadline),
            SimTime::from_nanos(13_000_000_000)
        );
        clock.jump(at, i64::MIN);
        assert_eq!(clock.local(at), Instant::ZERO);
    }

    #[test]
    fn a_jump_forward_makes_passed_deadlines_due_at_once() {
        let mut clock = Clock::started(SimTime::ZERO, 0);
        let at = SimTime::from_nanos(1_000);
        clock.jump(at, 60_000_000);
        assert_eq!(clock.true_time(Instant::from_micros(59_000_000)), at);
    }

    #[test]
    fn a_change_of_drift_does_not_step() {
        let mut clock = Clock::started(SimTime::ZERO, 7);
        let at = SimTime::from_nanos(123_456_789_123);
        let before = clock.local(at);
        clock.drift(at, -DRIFT_PPB_MAX);
        assert_eq!(clock.local(at), before);
    }

    #[test]
    fn the_far_future_is_reached_without_overflow() {
        let mut clock = Clock::started(SimTime::ZERO, i64::MAX);
        clock.jump(SimTime::MAX, i64::MAX);
        let last = clock.local(SimTime::MAX);
        assert!(last > Instant::from_micros(u64::MAX / 2));
        assert_eq!(
            clock.true_time(Instant::from_micros(u64::MAX)),
            SimTime::MAX
        );
    }

    #[test]
    fn a_clock_is_small() {
        assert!(size_of::<Clock>() <= 32);
    }

    #[derive(Clone, Copy, Debug)]
    enum Change {
        Drift(i64),
        Jump(i64),
    }

    fn changes() -> impl Strategy<Value = Vec<(u64, Change)>> {
        let drift = -2 * DRIFT_PPB_MAX..2 * DRIFT_PPB_MAX;
        let change = prop_oneof![
            drift.prop_map(Change::Drift),
            any::<i64>().prop_map(|us| Change::Jump(us >> 20)),
        ];
        prop::collection::vec((0..YEAR_NS, change), 0..6)
    }

    fn changed(drift_ppb: i64, changes: &[(u64, Change)]) -> (Clock, SimTime) {
        let mut at = SimTime::from_nanos(1_234);
        let mut clock = Clock::started(at, drift_ppb);
        for &(wait_ns, change) in changes {
            at = at.after(SimSpan::from_nanos(wait_ns));
            match change {
                Change::Drift(ppb) => clock.drift(at, ppb),
                Change::Jump(us) => clock.jump(at, us),
            }
        }
        (clock, at)
    }

    proptest! {
        #[test]
        fn a_timer_never_fires_early_and_at_most_one_nanosecond_late(
            drift_ppb in -DRIFT_PPB_MAX..DRIFT_PPB_MAX,
            changes in changes(),
            ahead_us in 0..YEAR_NS / 1_000,
        ) {
            let (clock, at) = changed(drift_ppb, &changes);
            let deadline = Instant::from_micros(clock.local(at).as_micros() + ahead_us);
            let due = clock.true_time(deadline);
            prop_assert!(clock.local(due) >= deadline);
            if due > at {
                let before = SimTime::from_nanos(due.as_nanos() - 1);
                prop_assert!(clock.local(before) < deadline);
            }
        }

        #[test]
        fn between_changes_a_clock_never_runs_back(
            drift_ppb in -DRIFT_PPB_MAX..DRIFT_PPB_MAX,
            changes in changes(),
            first_ns in 0..YEAR_NS,
            more_ns in 0..YEAR_NS,
        ) {
            let (clock, at) = changed(drift_ppb, &changes);
            let first = at.after(SimSpan::from_nanos(first_ns));
            let second = first.after(SimSpan::from_nanos(more_ns));
            prop_assert!(clock.local(first) <= clock.local(second));
        }

        #[test]
        fn drifting_twice_at_one_moment_keeps_the_last_rate_and_the_place(
            drift_ppb in -DRIFT_PPB_MAX..DRIFT_PPB_MAX,
            wait_ns in 0..YEAR_NS,
            probe_ns in 0..YEAR_NS,
        ) {
            let at = SimTime::from_nanos(wait_ns);
            let mut clock = Clock::started(SimTime::ZERO, drift_ppb);
            clock.drift(at, 17);
            clock.drift(at, drift_ppb);
            let probe = at.after(SimSpan::from_nanos(probe_ns));
            let straight = Clock::started(SimTime::ZERO, drift_ppb);
            prop_assert_eq!(clock.local(probe), straight.local(probe));
        }
    }
}
