//! Which faults are active, and when the last one healed.

use nodelab_sim::{Observation, SimTime};

/// What is broken.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Health {
    active: u32,
    healed_at: Option<SimTime>,
    struck_at: Option<SimTime>,
}

impl Health {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    pub(super) fn on_event(&mut self, at: SimTime, what: &Observation<'_>) {
        match *what {
            Observation::FaultStarted(_) => {
                self.active += 1;
                self.struck_at = Some(at);
            }
            Observation::FaultEnded(_) => {
                self.active = self.active.saturating_sub(1);
                self.healed_at = Some(at);
            }
            _ => {}
        }
    }

    /// Returns true when some fault was active at some time from `since` to the present.
    pub(super) fn was_struck_since(&self, since: SimTime) -> bool {
        let after = |moment: Option<SimTime>| moment.is_some_and(|moment| moment >= since);
        self.active > 0 || after(self.healed_at) || after(self.struck_at)
    }

    /// Returns when the last fault healed, while none is active.
    pub(super) fn healed_at(&self) -> Option<SimTime> {
        self.healed_at.filter(|_| self.active == 0)
    }
}
