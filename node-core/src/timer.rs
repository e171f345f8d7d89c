//! The node's own deadlines, as data: no callbacks, no heap.

use crate::time::Instant;

/// What a deadline is for. Variant order is the order in which simultaneous ones are handled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Timer {
    /// The next reading is due.
    Reading = 0,
    /// A conversion took too long.
    Conversion = 1,
    /// A join took too long.
    Join = 2,
    /// Opening the stream took too long.
    Open = 3,
    /// The pause after a failed attempt is over.
    Retry = 4,
    /// More of the queue can be sent than one turn's buffers hold.
    Publish = 5,
}

/// One optional deadline for each [`Timer`].
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Timers([Option<Instant>; 6]);

impl Timer {
    /// All timers, in the order in which simultaneous ones are handled.
    pub(crate) const ALL: [Self; 6] = [
        Self::Reading,
        Self::Conversion,
        Self::Join,
        Self::Open,
        Self::Retry,
        Self::Publish,
    ];
}

impl Timers {
    /// Sets or moves a deadline.
    pub(crate) fn arm(&mut self, timer: Timer, at: Instant) {
        if let Some(slot) = self.0.get_mut(timer as usize) {
            *slot = Some(at);
        }
    }

    /// Forgets a deadline.
    pub(crate) fn stop(&mut self, timer: Timer) {
        if let Some(slot) = self.0.get_mut(timer as usize) {
            *slot = None;
        }
    }

    /// Takes a deadline that has passed; each is reported once.
    pub(crate) fn take_expired(&mut self, now: Instant, timer: Timer) -> bool {
        match self.0.get_mut(timer as usize) {
            Some(slot) => slot.take_if(|at| *at <= now).is_some(),
            None => false,
        }
    }

    /// Returns the earliest deadline.
    pub(crate) const fn next(&self) -> Option<Instant> {
        earliest(&self.0)
    }
}

/// Returns the earliest of deadlines that may not be set.
pub(crate) const fn earliest(deadlines: &[Option<Instant>]) -> Option<Instant> {
    let mut first = None;
    let mut rest = deadlines;
    while let [deadline, others @ ..] = rest {
        first = earlier(first, *deadline);
        rest = others;
    }
    first
}

/// Returns the earlier of two deadlines that may not be set.
pub(crate) const fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(a), Some(b)) if b.as_micros() < a.as_micros() => other,
        (Some(_), _) => one,
        (None, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_deadline_is_next() {
        let mut timers = Timers::default();
        assert_eq!(timers.next(), None);
        for (index, timer) in Timer::ALL.into_iter().enumerate() {
            let at = Instant::from_micros(100 - index as u64);
            timers.arm(timer, at);
            assert_eq!(timers.next(), Some(at));
        }
    }

    #[test]
    fn an_expired_deadline_is_reported_once() {
        let mut timers = Timers::default();
        let at = Instant::from_micros(5);
        timers.arm(Timer::Join, at);
        assert!(!timers.take_expired(Instant::from_micros(4), Timer::Join));
        assert!(timers.take_expired(at, Timer::Join));
        assert!(!timers.take_expired(at, Timer::Join));
    }
}
