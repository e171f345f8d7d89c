//! What the nodes of a world computed on emulated cores, and how long that takes a chip.
//!
//! Owns the sums. Does not know how instructions are counted.

use node_core::Event;
use nodelab_sim::power::{Charge, CpuClock, Microamps};
use nodelab_sim::{NodeId, Observation, Observer, SimSpan, SimTime};

/// Adds up what each node computed; nothing in a world without emulated cores.
#[derive(Clone, Debug, Default)]
pub(crate) struct ComputeMeter {
    nodes: Vec<u64>,
    readings: u64,
}

/// The processor that is reckoned with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Processor {
    /// What it draws while it computes, where books are kept.
    pub busy: Option<Microamps>,
    /// How fast it runs.
    pub clock: CpuClock,
}

/// What all nodes of a world computed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ComputeSummary {
    /// Instructions of the node's own code, all nodes together.
    pub instructions: u64,
    /// What would execute them.
    pub processor: Processor,
    /// Readings that were taken, by all nodes.
    pub readings: u64,
}

impl ComputeMeter {
    pub(crate) fn new(nodes: usize) -> Self {
        Self {
            nodes: vec![0; nodes],
            readings: 0,
        }
    }

    /// Returns what all nodes computed; `None` in a world without emulated cores.
    pub(crate) fn summary(&self, processor: Processor) -> Option<ComputeSummary> {
        (!self.nodes.is_empty()).then(|| ComputeSummary {
            instructions: self.nodes.iter().sum(),
            processor,
            readings: self.readings,
        })
    }
}

impl Observer for ComputeMeter {
    fn on_event(&mut self, _at: SimTime, node: NodeId, what: &Observation<'_>) {
        let Some(sum) = self.nodes.get_mut(node.0 as usize) else {
            return;
        };
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a meter reads what concerns it"
        )]
        match *what {
            Observation::Computed { instructions } => *sum = instructions,
            Observation::Node(Event::ReadingTaken(_)) => self.readings += 1,
            _ => {}
        }
    }
}

impl ComputeSummary {
    /// Returns the instructions for each reading, rounded up; `None` when none was taken.
    #[must_use]
    pub const fn per_reading(&self) -> Option<u64> {
        if self.readings == 0 {
            None
        } else {
            Some(self.instructions.div_ceil(self.readings))
        }
    }

    /// Returns how long a chip takes that executes one instruction in each cycle.
    #[must_use]
    pub const fn span(&self) -> SimSpan {
        // Rounded down to a nanosecond: n · 1000 / MHz, in an order that cannot overflow.
        let mhz = match self.processor.clock {
            CpuClock::Mhz80 => 80,
            CpuClock::Mhz160 => 160,
        };
        let (whole, rest) = (self.instructions / mhz, self.instructions % mhz);
        SimSpan::from_nanos(
            whole
                .saturating_mul(1_000)
                .saturating_add(rest * 1_000 / mhz),
        )
    }

    /// Returns the charge that the processor draws in this time, where books are kept.
    #[must_use]
    pub fn charge(&self) -> Option<Charge> {
        self.processor.busy.map(|busy| busy.over(self.span()))
    }
}

/// Returns how fast a clock runs, in words.
#[must_use]
pub const fn show_clock(clock: CpuClock) -> &'static str {
    match clock {
        CpuClock::Mhz160 => "160 MHz",
        CpuClock::Mhz80 => "80 MHz",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(instructions: u64, clock: CpuClock) -> ComputeSummary {
        let busy = Some(Microamps(20_000));
        ComputeSummary {
            instructions,
            processor: Processor { busy, clock },
            readings: 3,
        }
    }

    #[test]
    fn a_cycle_lasts_as_long_as_the_clock_says() {
        let slow = summary(80_000_000, CpuClock::Mhz80);
        assert_eq!(slow.span(), SimSpan::from_secs(1));
        let fast = summary(160_000_000, CpuClock::Mhz160);
        assert_eq!(fast.span(), SimSpan::from_secs(1));
        assert_eq!(slow.charge(), Some(Charge(20_000 * 1_000_000_000)));
        assert_eq!(slow.per_reading(), Some(26_666_667));
    }

    #[test]
    fn the_last_count_of_a_node_holds_all_of_its_lives() {
        let mut meter = ComputeMeter::new(2);
        for (node, instructions) in [(0, 5), (1, 7), (0, 9)] {
            let what = Observation::Computed { instructions };
            meter.on_event(SimTime::ZERO, NodeId(node), &what);
        }
        let processor = summary(0, CpuClock::Mhz80).processor;
        let summed = meter.summary(processor).map(|sum| sum.instructions);
        assert_eq!(summed, Some(16));
        assert_eq!(ComputeMeter::default().summary(processor), None);
    }
}
