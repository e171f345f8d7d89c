//! What is done to a world by hand, planned beforehand or decided while it runs.
//!
//! Whatever is decided lies in the future: a world that knew of it from the beginning goes
//! through the same events in the same order.

use super::World;
use super::faults::FaultState;
use crate::event::{Class, EventKind};
use crate::fault::ScheduledFault;
use crate::intervention::{Intervention, ScheduledIntervention};
use crate::observe::Observer;
use crate::time::SimTime;

/// A fault that was added while the world ran.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AddedFault(u32);

impl World {
    /// Adds a fault to those of the scenario.
    ///
    /// # Panics
    ///
    /// When it is to strike at the present or before.
    pub fn add_fault(&mut self, fault: ScheduledFault) -> AddedFault {
        self.assert_future(fault.at);
        let index = u32::try_from(self.faults.len()).expect("nobody adds four billion faults");
        let at = fault.at;
        self.faults.push(FaultState::new(fault));
        self.schedule(at, Class::Fault, EventKind::FaultStart { index });
        AddedFault(index)
    }

    /// Ends an added fault at a moment, if it is still active then.
    ///
    /// # Panics
    ///
    /// When it is to end at the present or before.
    pub fn end_added_fault(&mut self, fault: AddedFault, at: SimTime) {
        self.assert_future(at);
        let AddedFault(index) = fault;
        self.schedule(at, Class::Fault, EventKind::FaultEnd { index });
    }

    /// Adds an intervention to those of the scenario.
    ///
    /// # Panics
    ///
    /// When it is to happen at the present or before.
    pub fn add_intervention(&mut self, intervention: ScheduledIntervention) {
        self.assert_future(intervention.at);
        let index = u32::try_from(self.interventions.len()).expect("hands are slower than that");
        self.schedule(
            intervention.at,
            Class::Fault,
            EventKind::Intervened { index },
        );
        self.interventions.push(intervention);
    }

    pub(super) fn schedule_interventions(&mut self) {
        for index in 0..self.interventions.len() {
            let at = self.interventions[index].at;
            let index = u32::try_from(index).expect("a scenario's interventions are bounded");
            self.schedule(at, Class::Fault, EventKind::Intervened { index });
        }
    }

    pub(super) fn intervene(&mut self, index: u32, watch: &mut dyn Observer) {
        match self.interventions[index as usize].what.clone() {
            Intervention::HoldTemperature(temperature) => self.hold_temperature(temperature),
            Intervention::TypeSerial { node, bytes } => self.write_serial(node, &bytes, watch),
        }
    }

    fn assert_future(&self, at: SimTime) {
        assert!(at > self.now, "what a hand does lies in the future");
    }
}
