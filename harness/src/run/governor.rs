//! Whoever may hold a run up, end it, or lay hands on it.
//!
//! Owns the seam between a run and a person or a signal. Whatever a governor does to a world lies
//! in its future, so a scenario that says the same from the beginning runs the same.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nodelab_sim::{ScheduledFault, ScheduledIntervention, SimTime};

/// Is asked before time passes.
pub trait Governor: fmt::Debug + Send {
    /// Decides what happens before the run goes on from `now` to `next`, where the next event is
    /// or a step of the scenario ends. It may take its time, and is asked again after each act.
    fn permit(&mut self, now: SimTime, next: SimTime) -> Permit;
}

/// What a governor decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Permit {
    /// Do this first.
    Act(Act),
    /// Go on.
    Proceed,
    /// The run is over; it has no outcome.
    Stop,
}

/// Something done to a world while it runs, at a moment later than `now`.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Ends a fault that an earlier act added.
    EndFault {
        /// Which, counted from 0 in the order of acts.
        nth: usize,
        /// When.
        at: SimTime,
    },
    /// Does something that is no misfortune.
    Intervene(ScheduledIntervention),
    /// Adds a fault.
    Strike(ScheduledFault),
}

/// Ends a run as soon as a flag is raised, as signals do.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(pub(crate) Arc<AtomicBool>);

impl Governor for Interrupt {
    fn permit(&mut self, _now: SimTime, _next: SimTime) -> Permit {
        if self.0.load(Ordering::Relaxed) {
            Permit::Stop
        } else {
            Permit::Proceed
        }
    }
}
