//! What each fault does to the world, when it strikes and when it ends.

use super::World;
use crate::adversary::Attack;
use crate::analog::Tmp36Fault;
use crate::broker::BrokerAction;
use crate::device::{Device, Surroundings};
use crate::event::{Class, EventKind};
use crate::fault::{Fault, ScheduledFault, Victims};
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::radio::{RadioFault, ReasonCode};

/// A scheduled fault and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct FaultState {
    scheduled: ScheduledFault,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Active,
    Over,
    Pending,
}

impl FaultState {
    pub(super) const fn new(scheduled: ScheduledFault) -> Self {
        Self {
            scheduled,
            phase: Phase::Pending,
        }
    }
}

impl World {
    /// Returns true while any fault is active.
    #[must_use]
    pub fn is_struck(&self) -> bool {
        self.faults.iter().any(|state| state.phase == Phase::Active)
    }

    /// Ends every fault, the active and the coming ones: nothing is broken from here on.
    pub fn heal(&mut self, watch: &mut dyn Observer) {
        for index in 0..self.faults.len() {
            match self.faults[index].phase {
                Phase::Active => self.finish_fault(index, watch),
                Phase::Over => {}
                Phase::Pending => self.faults[index].phase = Phase::Over,
            }
        }
    }

    pub(super) fn schedule_faults(&mut self) {
        for index in 0..self.faults.len() {
            let at = self.faults[index].scheduled.at;
            let index = u32::try_from(index).expect("a scenario's faults are bounded");
            self.schedule(at, Class::Fault, EventKind::FaultStart { index });
        }
    }

    pub(super) fn start_fault(&mut self, index: u32, watch: &mut dyn Observer) {
        let state = &mut self.faults[index as usize];
        if state.phase != Phase::Pending {
            return;
        }
        let ScheduledFault {
            at, fault, lasts, ..
        } = state.scheduled;
        state.phase = if fault.is_momentary() {
            Phase::Over
        } else {
            Phase::Active
        };
        watch.on_event(self.now, NodeId::WORLD, &Observation::FaultStarted(fault));
        self.strike(index as usize, fault, watch);
        if let Some(lasts) = lasts.filter(|_| !fault.is_momentary()) {
            self.schedule(at.after(lasts), Class::Fault, EventKind::FaultEnd { index });
        }
        if fault.is_momentary() {
            watch.on_event(self.now, NodeId::WORLD, &Observation::FaultEnded(fault));
        }
    }

    pub(super) fn end_fault(&mut self, index: u32, watch: &mut dyn Observer) {
        if self.faults[index as usize].phase == Phase::Active {
            self.finish_fault(index as usize, watch);
        }
    }

    fn finish_fault(&mut self, index: usize, watch: &mut dyn Observer) {
        self.faults[index].phase = Phase::Over;
        let fault = self.faults[index].scheduled.fault;
        self.mend(index, fault, watch);
        watch.on_event(self.now, NodeId::WORLD, &Observation::FaultEnded(fault));
    }

    fn strike(&mut self, index: usize, fault: Fault, watch: &mut dyn Observer) {
        let now = self.now;
        match fault {
            Fault::AccessPointDown => {
                self.access_points_down += 1;
                if let Some(real) = &mut self.real {
                    let fault = RadioFault::Restarted;
                    real.cell.access_point.strike(now, fault);
                    real.cell.services.restart();
                }
                self.for_each_device(watch, |device, around| device.miss_beacons(now, around));
            }
            Fault::Address(fault) => {
                if let Some(real) = &mut self.real {
                    real.cell.services.strike(fault);
                }
            }
            Fault::Attack(attack) => self.start_attack(index, attack, watch),
            Fault::BrokerDown { keep_sessions } => self.stop_broker(keep_sessions, watch),
            Fault::ClockDrift { ppb } => self.for_victims(index, watch, |device, around| {
                device.drift_clock(now, Some(ppb), around);
            }),
            Fault::ClockJump { by_us } => self.for_victims(index, watch, |device, around| {
                device.jump_clock(now, by_us, around);
            }),
            Fault::LinkLoss { .. } => self.weigh_link_loss(),
            Fault::PowerCut => {
                self.for_victims(index, watch, |device, around| device.power_off(now, around));
            }
            Fault::Radio(fault) => self.strike_radio(fault, watch),
            Fault::Reset => self.for_victims(index, watch, |device, around| {
                if device.is_powered() {
                    device.power_off(now, around);
                    device.power_on(now, around);
                }
            }),
            Fault::Sensor(state) => {
                self.for_victims(index, watch, |device, _| device.change_sensor(state));
            }
        }
    }

    fn mend(&mut self, index: usize, fault: Fault, watch: &mut dyn Observer) {
        let now = self.now;
        match fault {
            Fault::AccessPointDown => {
                self.access_points_down -= 1;
                if let Some(real) = &mut self.real {
                    real.cell.access_point.heal(RadioFault::Restarted);
                }
                if self.access_points_down == 0 {
                    self.for_each_device(watch, |device, around| device.hear_beacons(now, around));
                }
            }
            Fault::Address(fault) => {
                if let Some(real) = &mut self.real {
                    real.cell.services.heal(fault);
                }
            }
            Fault::Attack(attack) => self.end_attack(index, attack, watch),
            Fault::BrokerDown { .. } => self.start_broker(watch),
            Fault::ClockDrift { .. } => self.for_victims(index, watch, |device, around| {
                device.drift_clock(now, None, around);
            }),
            Fault::LinkLoss { .. } => self.weigh_link_loss(),
            Fault::PowerCut => self.for_victims(index, watch, |device, around| {
                if !device.is_powered() {
                    device.power_on(now, around);
                }
            }),
            Fault::Radio(fault) => self.heal_radio(fault, watch),
            Fault::Sensor(_) => self.for_victims(index, watch, |device, _| {
                device.change_sensor(Tmp36Fault::None);
            }),
            Fault::ClockJump { .. } | Fault::Reset => {}
        }
    }

    fn stop_broker(&mut self, keep_sessions: bool, watch: &mut dyn Observer) {
        let now = self.now;
        if !std::mem::replace(&mut self.broker_up, false) {
            return;
        }
        self.broker.stop(keep_sessions, &mut self.actions);
        self.actions
            .retain(|action| matches!(action, BrokerAction::Note(_)));
        self.perform_broker_actions(watch);
        self.for_each_device(watch, |device, around| device.lose_broker(now, around));
    }

    /// Lets an access point misbehave; stations that hear no beacon begin to notice.
    fn strike_radio(&mut self, fault: RadioFault, watch: &mut dyn Observer) {
        let now = self.now;
        let Some(real) = &mut self.real else { return };
        real.cell.access_point.strike(now, fault);
        real.cell.collect(now);
        self.tell_of_beacons(watch);
    }

    fn heal_radio(&mut self, fault: RadioFault, watch: &mut dyn Observer) {
        let now = self.now;
        let Some(real) = &mut self.real else { return };
        real.cell.access_point.heal(fault);
        real.cell.collect(now);
        self.tell_of_beacons(watch);
    }

    /// Tells every station whether beacons are heard on its channel.
    fn tell_of_beacons(&mut self, watch: &mut dyn Observer) {
        let now = self.now;
        self.for_each_device(watch, |device, around| device.notice_beacons(now, around));
    }

    fn start_broker(&mut self, watch: &mut dyn Observer) {
        let still_down = self.faults.iter().any(|state| {
            let down = matches!(state.scheduled.fault, Fault::BrokerDown { .. });
            down && state.phase == Phase::Active
        });
        if !still_down {
            self.broker_up = true;
            self.broker.start();
            let now = self.now;
            self.for_each_device(watch, |device, around| {
                device.act_on_path(now, around, |path, _| path.start_broker());
            });
        }
    }

    /// Lets somebody get between nodes and the broker.
    fn start_attack(&mut self, index: usize, attack: Attack, watch: &mut dyn Observer) {
        let now = self.now;
        let Some(real) = &mut self.real else { return };
        if let (Some(security), Some(how)) = (&mut real.security, attack.impostor()) {
            security.forge(how);
        }
        self.for_victims(index, watch, |device, around| {
            device.act_on_path(now, around, |path, around| {
                path.attack(now, attack, around);
            });
        });
        self.deauthenticate_for(attack, watch);
    }

    fn end_attack(&mut self, index: usize, attack: Attack, watch: &mut dyn Observer) {
        let now = self.now;
        self.for_victims(index, watch, |device, around| {
            device.act_on_path(now, around, |path, around| {
                path.end_attack(now, attack, around);
            });
        });
        self.deauthenticate_for(attack, watch);
    }

    /// Makes stations join again, where another access point appeared or is gone.
    fn deauthenticate_for(&mut self, attack: Attack, watch: &mut dyn Observer) {
        if matches!(attack, Attack::RogueAccessPoint(_)) {
            let reason = ReasonCode::AUTH_LEAVE;
            self.strike_radio(RadioFault::Deauthenticated { reason }, watch);
        }
    }

    /// Combines the losses of all active faults with the link's own.
    fn weigh_link_loss(&mut self) {
        let added = |base| {
            self.faults
                .iter()
                .filter(|state| state.phase == Phase::Active)
                .filter_map(|state| match state.scheduled.fault {
                    Fault::LinkLoss { loss_ppm } => Some(loss_ppm),
                    Fault::AccessPointDown
                    | Fault::Address(_)
                    | Fault::Attack(_)
                    | Fault::BrokerDown { .. }
                    | Fault::ClockDrift { .. }
                    | Fault::ClockJump { .. }
                    | Fault::PowerCut
                    | Fault::Radio(_)
                    | Fault::Reset
                    | Fault::Sensor(_) => None,
                })
                .fold(base, combined_loss_ppm)
        };
        let own = self.real.as_ref().map(|real| real.loss_ppm());
        let (modelled, real) = (added(self.loss_ppm), own.map(added));
        self.network.loss_ppm = modelled;
        if let (Some(world), Some(loss_ppm)) = (&mut self.real, real) {
            world.cell.loss_ppm = loss_ppm;
        }
    }

    fn for_each_device(
        &mut self,
        watch: &mut dyn Observer,
        mut act: impl FnMut(&mut Device, &mut Surroundings<'_>),
    ) {
        for index in 0..self.devices.len() {
            let id = NodeId(u32::try_from(index).expect("nodes are numbered with 32 bits"));
            self.with_device(id, watch, &mut act);
        }
    }

    fn for_victims(
        &mut self,
        index: usize,
        watch: &mut dyn Observer,
        mut act: impl FnMut(&mut Device, &mut Surroundings<'_>),
    ) {
        match self.faults[index].scheduled.victims.clone() {
            Victims::All => self.for_each_device(watch, act),
            Victims::Nodes(nodes) => {
                for id in nodes {
                    self.with_device(id, watch, &mut act);
                }
            }
        }
    }
}

/// Returns the probability that at least one of two independent losses strikes.
fn combined_loss_ppm(one: u32, other: u32) -> u32 {
    const WHOLE: u64 = 1_000_000;
    let kept = (WHOLE - u64::from(one).min(WHOLE)) * (WHOLE - u64::from(other).min(WHOLE)) / WHOLE;
    u32::try_from(WHOLE - kept).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independent_losses_combine() {
        assert_eq!(combined_loss_ppm(0, 20_000), 20_000);
        assert_eq!(combined_loss_ppm(500_000, 500_000), 750_000);
        assert_eq!(combined_loss_ppm(1_000_000, 3), 1_000_000);
    }
}
