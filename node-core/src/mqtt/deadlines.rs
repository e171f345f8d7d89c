//! When a session must act although nothing arrives.
//!
//! Owns the instants. Does not know what is done when they pass.

use crate::time::{Duration, Instant};
use crate::timer::{earlier, earliest};

/// A session's deadlines; `None` for what is not awaited.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Deadlines {
    /// The answer to CONNECT.
    pub(super) connack: Option<Instant>,
    /// The next PINGREQ, so that the broker does not take the silence for death.
    pub(super) ping: Option<Instant>,
    /// The answer to PINGREQ.
    pub(super) pingresp: Option<Instant>,
    /// The acknowledgement of the message in flight.
    pub(super) puback: Option<Instant>,
    /// The answer to SUBSCRIBE.
    pub(super) suback: Option<Instant>,
}

impl Deadlines {
    /// Awaits nothing.
    pub(super) const fn new() -> Self {
        Self {
            connack: None,
            ping: None,
            pingresp: None,
            puback: None,
            suback: None,
        }
    }

    /// Returns the earliest instant at which something is due.
    pub(super) const fn earliest(&self) -> Option<Instant> {
        earlier(self.ping, self.earliest_answer())
    }

    /// Returns true when an answer is overdue at `now`.
    pub(super) fn answer_overdue(&self, now: Instant) -> bool {
        self.earliest_answer().is_some_and(|due| due <= now)
    }

    /// Returns true when the next PINGREQ is due at `now`.
    pub(super) fn ping_due(&self, now: Instant) -> bool {
        self.ping.is_some_and(|due| due <= now)
    }

    const fn earliest_answer(&self) -> Option<Instant> {
        earliest(&[self.connack, self.pingresp, self.puback, self.suback])
    }
}

/// Returns how long after the last packet a ping is sent: a quarter before the keep-alive ends,
/// so that the ping arrives in time; `None` without keep-alive.
//= MQTT 3.1.1 §3.1.2.10: packets are never further apart than the keep-alive; 0 turns it off.
pub(super) const fn ping_pause(keep_alive_s: u16) -> Option<Duration> {
    if keep_alive_s == 0 {
        None
    } else {
        Some(Duration::from_millis(
            (keep_alive_s as u64).saturating_mul(750),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_of_all_counts() {
        let at = |us| Some(Instant::from_micros(us));
        assert_eq!(Deadlines::new().earliest(), None);
        let mut deadlines = Deadlines {
            connack: at(5),
            ping: at(9),
            pingresp: at(4),
            puback: at(6),
            suback: at(3),
        };
        for expected in [3, 4, 5, 6] {
            assert_eq!(deadlines.earliest(), at(expected));
            for slot in [
                &mut deadlines.connack,
                &mut deadlines.pingresp,
                &mut deadlines.puback,
                &mut deadlines.suback,
            ] {
                slot.take_if(|due| due.as_micros() == expected);
            }
        }
        assert_eq!(deadlines.earliest(), at(9));
        assert!(!deadlines.answer_overdue(Instant::from_micros(9)));
        assert!(deadlines.ping_due(Instant::from_micros(9)));
        assert!(!deadlines.ping_due(Instant::from_micros(8)));
    }

    #[test]
    fn pings_come_before_the_keep_alive_ends() {
        assert_eq!(ping_pause(60), Some(Duration::from_secs(45)));
        assert_eq!(ping_pause(0), None);
    }
}
