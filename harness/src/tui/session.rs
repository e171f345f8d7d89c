//! What a person did to a world, in order.
//!
//! Owns the moments: each thing done has one of its own, a whole millisecond in the future, that
//! no fault of the scenario shares. So the order of what happens does not depend on whether the
//! world knew of it from the beginning.

use std::collections::BTreeSet;
use std::mem::discriminant;

use nodelab_sim::{
    Celsius, Fault, Intervention, NodeId, ScheduledFault, ScheduledIntervention, SimSpan, SimTime,
    Victims,
};

use crate::run::Act;
use crate::scenario::HANDS_MAX;

const MILLISECOND_NS: u64 = 1_000_000;

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deed {
    /// When it happens.
    pub(crate) at: SimTime,
    /// What it is.
    pub(crate) what: Doing,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Doing {
    /// Ends the fault of an earlier deed, which is named by its number from 0.
    End {
        /// The deed.
        of: usize,
    },
    /// Holds the air at a temperature from then on.
    Hold(Celsius),
    /// Breaks something, until it is ended.
    Strike {
        /// What breaks.
        fault: Fault,
        /// Whom it strikes; `None` is all.
        node: Option<NodeId>,
    },
    /// Types at a serial port.
    Type {
        /// Whose.
        node: NodeId,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// The scenario itself broke the same at that time.
    OfTheScenario,
    /// The scenario's duration is over; what follows is healing.
    TimeIsOver,
    /// More was done than a scenario file holds.
    TooMuch,
}

/// Everything that was done to one world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    deeds: Vec<Deed>,
    /// The scenario's own faults.
    own: Vec<ScheduledFault>,
    /// Moments of the scenario's own faults.
    taken: BTreeSet<SimTime>,
    /// How much the scenario itself says.
    planned: usize,
    /// When the scenario's time is over.
    over: SimTime,
    /// How many deeds the world knows of.
    told: usize,
    /// Number of each struck fault among those that the world was told of.
    struck: Vec<Option<usize>>,
}

impl Session {
    /// Begins a session of a scenario that lasts so long, and has these faults and interventions
    /// of its own.
    #[must_use]
    pub(crate) fn new(
        duration: SimSpan,
        faults: &[ScheduledFault],
        interventions: &[ScheduledIntervention],
    ) -> Self {
        let starts = faults.iter().map(|fault| fault.at);
        let ends = faults
            .iter()
            .filter_map(|fault| fault.lasts.map(|lasts| fault.at.after(lasts)));
        let hands = interventions.iter().map(|planned| planned.at);
        Self {
            taken: starts.chain(ends).chain(hands).collect(),
            own: faults.to_vec(),
            over: SimTime::ZERO.after(duration),
            // Whatever kind it is of: a file that is saved never holds too much of one.
            planned: faults.len() + interventions.len(),
            ..Self::default()
        }
    }

    /// Returns what was done, in order.
    #[must_use]
    pub(crate) fn deeds(&self) -> &[Deed] {
        &self.deeds
    }

    /// Returns the deeds for a world that begins anew.
    #[must_use]
    pub(crate) fn rewound(&self) -> Self {
        Self {
            told: 0,
            struck: Vec::new(),
            ..self.clone()
        }
    }

    /// Returns the next thing to tell the world before it goes on to `next`.
    pub(crate) fn due(&mut self, next: SimTime) -> Option<Act> {
        let deed = self.deeds.get(self.told)?;
        if deed.at > next {
            return None;
        }
        Some(self.tell())
    }

    /// Does something at the earliest moment after `now`. What was done later than that, before
    /// the session was wound back, is forgotten.
    ///
    /// # Errors
    ///
    /// [`Refusal::TimeIsOver`] when that moment lies beyond the scenario's duration,
    /// [`Refusal::TooMuch`] when no more can be saved.
    pub(crate) fn act(&mut self, now: SimTime, what: Doing) -> Result<(SimTime, Act), Refusal> {
        let last = self.told.checked_sub(1).map(|last| self.deeds[last].at);
        let mut at = next_millisecond(now.max(last.unwrap_or(SimTime::ZERO)));
        while self.taken.contains(&at) {
            at = next_millisecond(at);
        }
        if at >= self.over {
            return Err(Refusal::TimeIsOver);
        }
        if self.told + self.planned >= HANDS_MAX {
            return Err(Refusal::TooMuch);
        }
        self.deeds.truncate(self.told);
        self.deeds.push(Deed { at, what });
        Ok((at, self.tell()))
    }

    /// Returns the number of the deed whose fault is active and the same.
    #[must_use]
    pub(crate) fn active(&self, fault: Fault, node: Option<NodeId>) -> Option<usize> {
        let told = &self.deeds[..self.told];
        let is_ended = |of: usize| told.iter().any(|deed| deed.what == Doing::End { of });
        let same = |deed: &Deed| deed.what == Doing::Strike { fault, node };
        (0..told.len()).find(|index| same(&told[*index]) && !is_ended(*index))
    }

    /// Returns whether a fault of the scenario itself breaks the same at a moment.
    #[must_use]
    pub(crate) fn is_broken(&self, now: SimTime, fault: Fault, node: Option<NodeId>) -> bool {
        self.own.iter().any(|own| {
            let is_on = own.at <= now && own.lasts.is_none_or(|lasts| now < own.at.after(lasts));
            let is_victim = match (&own.victims, node) {
                (Victims::All, _) | (Victims::Nodes(_), None) => true,
                (Victims::Nodes(nodes), Some(node)) => nodes.contains(&node),
            };
            is_on && is_victim && discriminant(&own.fault) == discriminant(&fault)
        })
    }

    /// Returns the last temperature at which the air was held.
    #[must_use]
    pub(crate) fn held(&self) -> Option<Celsius> {
        self.deeds[..self.told]
            .iter()
            .rev()
            .find_map(|deed| match deed.what {
                Doing::Hold(temperature) => Some(temperature),
                Doing::End { .. } | Doing::Strike { .. } | Doing::Type { .. } => None,
            })
    }

    /// Turns the next deed into what the world is told.
    fn tell(&mut self) -> Act {
        let index = self.told;
        let Deed { at, what } = self.deeds[index].clone();
        self.told += 1;
        let struck = self.struck.iter().flatten().count();
        self.struck
            .push(matches!(what, Doing::Strike { .. }).then_some(struck));
        match what {
            Doing::End { of } => Act::EndFault {
                nth: self.struck[of].expect("only faults that were struck are ended"),
                at,
            },
            Doing::Hold(temperature) => Act::Intervene(ScheduledIntervention {
                at,
                what: Intervention::HoldTemperature(temperature),
            }),
            Doing::Strike { fault, node } => Act::Strike(ScheduledFault {
                at,
                fault,
                lasts: None,
                victims: node.map_or(Victims::All, |node| Victims::Nodes(vec![node])),
            }),
            Doing::Type { node, bytes } => Act::Intervene(ScheduledIntervention {
                at,
                what: Intervention::TypeSerial { node, bytes },
            }),
        }
    }
}

/// Returns the first whole millisecond after a moment.
const fn next_millisecond(after: SimTime) -> SimTime {
    SimTime::from_nanos((after.as_nanos() / MILLISECOND_NS + 1) * MILLISECOND_NS)
}

impl Refusal {
    /// Returns why, and what to do.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OfTheScenario => "already down by the scenario: nothing was done",
            Self::TimeIsOver => "the scenario's time is over: scrub back with ← to act earlier",
            Self::TooMuch => "a session holds 1000 acts at most: save it, and begin another",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOWN: Doing = Doing::Strike {
        fault: Fault::AccessPointDown,
        node: None,
    };

    #[test]
    fn no_two_deeds_share_a_moment() {
        let mut session = Session::new(SimSpan::from_secs(10), &[], &[]);
        let now = SimTime::from_nanos(1_500_000);
        let (first, _) = session.act(now, DOWN).unwrap();
        let (second, act) = session.act(now, Doing::End { of: 0 }).unwrap();
        assert_eq!(first.as_nanos(), 2_000_000);
        assert_eq!(second.as_nanos(), 3_000_000);
        assert_eq!(act, Act::EndFault { nth: 0, at: second });
    }

    #[test]
    fn moments_of_the_scenarios_own_faults_are_avoided() {
        let own = ScheduledFault {
            at: SimTime::from_nanos(1_000_000),
            fault: Fault::Reset,
            lasts: Some(SimSpan::from_millis(1)),
            victims: Victims::All,
        };
        let mut session = Session::new(SimSpan::from_secs(10), &[own], &[]);
        let (at, _) = session.act(SimTime::ZERO, DOWN).unwrap();
        assert_eq!(at.as_nanos(), 3_000_000);
    }

    #[test]
    fn what_the_scenario_broke_is_broken_until_it_mends_it() {
        let own = ScheduledFault {
            at: SimTime::from_nanos(1_000_000),
            fault: Fault::PowerCut,
            lasts: Some(SimSpan::from_millis(2)),
            victims: Victims::Nodes(vec![NodeId(1)]),
        };
        let session = Session::new(SimSpan::from_secs(10), &[own], &[]);
        let is_broken =
            |ns, fault, node| session.is_broken(SimTime::from_nanos(ns), fault, Some(NodeId(node)));
        assert!(!is_broken(999_999, Fault::PowerCut, 1));
        assert!(is_broken(1_000_000, Fault::PowerCut, 1));
        assert!(!is_broken(1_000_000, Fault::PowerCut, 0));
        assert!(!is_broken(1_000_000, Fault::Reset, 1));
        assert!(!is_broken(3_000_000, Fault::PowerCut, 1));
    }

    #[test]
    fn nothing_is_done_when_time_is_over() {
        let mut session = Session::new(SimSpan::from_millis(2), &[], &[]);
        assert!(session.act(SimTime::ZERO, DOWN).is_ok());
        assert_eq!(session.act(SimTime::ZERO, DOWN), Err(Refusal::TimeIsOver));
        assert_eq!(session.deeds().len(), 1);
    }

    #[test]
    fn a_session_wound_back_repeats_itself_until_something_else_is_done() {
        let mut session = Session::new(SimSpan::from_secs(10), &[], &[]);
        for second in 1..4 {
            session
                .act(SimTime::from_nanos(second * 1_000_000_000), DOWN)
                .unwrap();
        }
        let mut again = session.rewound();
        let first = again.deeds()[0].at;
        assert_eq!(again.due(SimTime::ZERO), None);
        assert!(matches!(again.due(first), Some(Act::Strike(fault)) if fault.at == first));
        let held = Doing::Hold(Celsius(30.0));
        again.act(SimTime::from_nanos(1_200_000_000), held).unwrap();
        assert_eq!(again.deeds().len(), 2);
        assert_eq!(again.held(), Some(Celsius(30.0)));
        assert_eq!(again.due(SimTime::MAX), None);
    }

    #[test]
    fn a_fault_is_active_until_it_is_ended() {
        let mut session = Session::new(SimSpan::from_secs(10), &[], &[]);
        session.act(SimTime::ZERO, DOWN).unwrap();
        assert_eq!(session.active(Fault::AccessPointDown, None), Some(0));
        session.act(SimTime::ZERO, Doing::End { of: 0 }).unwrap();
        assert_eq!(session.active(Fault::AccessPointDown, None), None);
    }
}
