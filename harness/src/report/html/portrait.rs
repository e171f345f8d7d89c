//! What a report keeps of one world while it runs.
//!
//! Owns which lines of the stream go where. Memory stays bounded however long the world runs and
//! however many nodes it has; what was left out is counted. Does not know how it is drawn.

use std::io;
use std::sync::{Arc, Mutex};

use super::counts::Counts;
use super::log::Log;
use super::series::Series;
use super::spans::{Spans, Standing};
use super::talk::Talks;
use crate::telemetry::{Ended, Fact, Header, Line, Listener, Moment};

/// Nodes of which curves are kept; of the others only counts are.
pub(crate) const NODES_MAX: usize = 4;
/// Faults that are kept.
pub(crate) const FAULTS_MAX: usize = 200;
/// Causes of charge that are kept apart; the simulator has fewer.
const CAUSES_MAX: usize = 12;

/// One world, as a report shows it.
#[derive(Clone, Debug, Default)]
pub struct Portrait {
    pub(crate) header: Option<Header>,
    pub(crate) ended: Option<Ended>,
    pub(crate) nodes: Vec<NodePortrait>,
    pub(crate) faults: Vec<FaultSpan>,
    /// Faults that found no room.
    pub(crate) faults_left_out: u64,
    pub(crate) counts: Counts,
    pub(crate) log: Log,
    /// When the last thing happened, in nanoseconds.
    pub(crate) end: u64,
}

/// One node of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodePortrait {
    /// Codes of the converter.
    pub(crate) code: Series,
    /// Codes that the node did not believe.
    pub(crate) rejected: Series,
    /// True temperature at each conversion, in thousandths of a degree.
    pub(crate) truth: Series,
    /// What the voltage at the sensor's output means by the data sheet, in the same unit.
    pub(crate) sensed: Series,
    /// What the node believed, in the same unit.
    pub(crate) reported: Series,
    /// Strength of frames that it received, in dBm.
    pub(crate) rssi: Series,
    /// Rate of frames that it sent, in kb/s.
    pub(crate) rate: Series,
    /// Tries beyond the first of frames that it sent.
    pub(crate) retries: Series,
    /// Length of its queue.
    pub(crate) queue: Series,
    /// Charge by cause, in femtocoulombs.
    pub(crate) charge: Vec<(String, Series)>,
    pub(crate) standing: Spans,
    pub(crate) talks: Talks,
}

/// A fault that struck.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct FaultSpan {
    pub(crate) fault: String,
    /// Whom it struck; `None` is what all share.
    pub(crate) node: Option<u32>,
    pub(crate) from: u64,
    /// `None` while it lasts.
    pub(crate) to: Option<u64>,
}

/// A portrait that is being drawn by a running world, and can be had when it ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sitting(Arc<Mutex<Portrait>>);

impl Sitting {
    /// Takes the portrait; the world has ended.
    pub(crate) fn take(&self) -> Portrait {
        std::mem::take(&mut *self.0.lock().expect("no listener panics"))
    }
}

impl Listener for Sitting {
    fn on_line(&mut self, line: &Line) -> io::Result<()> {
        self.0.lock().expect("no listener panics").add(line);
        Ok(())
    }
}

impl Portrait {
    /// Adds a line of the world's stream.
    pub(crate) fn add(&mut self, line: &Line) {
        match line {
            Line::Ended(ended) => {
                self.end = self.end.max(ended.virtual_ns);
                self.ended = Some(ended.clone());
            }
            Line::Event(moment) => self.add_moment(moment),
            Line::World(header) => {
                self.header = Some((**header).clone());
                let nodes = NODES_MAX.min(header.nodes as usize);
                self.nodes = vec![NodePortrait::default(); nodes];
            }
        }
    }

    fn add_moment(&mut self, moment: &Moment) {
        let at = moment.at.as_nanos();
        self.end = self.end.max(at);
        self.counts.add(moment.node, &moment.fact);
        self.log.add(moment);
        self.add_fault(at, moment.node, &moment.fact);
        if let Some(node) = moment.node
            && let Some(node) = self.nodes.get_mut(node as usize)
        {
            node.add(at, &moment.fact);
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "faults are two of many facts"
    )]
    fn add_fault(&mut self, at: u64, node: Option<u32>, fact: &Fact) {
        match fact {
            Fact::FaultEnded { fault } => {
                let mut latest = self.faults.iter_mut().rev();
                let open = latest.find(|open| {
                    open.to.is_none() && open.node == node && open.fault == fault.as_ref()
                });
                if let Some(open) = open {
                    open.to = Some(at);
                }
            }
            Fact::FaultStarted { .. } if self.faults.len() == FAULTS_MAX => {
                self.faults_left_out += 1;
            }
            Fact::FaultStarted { fault } => self.faults.push(FaultSpan {
                fault: fault.clone().into_owned(),
                node,
                from: at,
                to: None,
            }),
            _ => {}
        }
    }
}

impl NodePortrait {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "curves are drawn of some facts"
    )]
    fn add(&mut self, at: u64, fact: &Fact) {
        self.stand(at, fact);
        self.talks.add(at, fact);
        match *fact {
            Fact::Billed {
                ref cause,
                charge_fc,
                ..
            } => self.bill(at, cause, charge_fc),
            Fact::Converted {
                code,
                output_uv,
                truth_mc,
            } => {
                self.code.add(at, code.into());
                self.truth.add(at, truth_mc.into());
                // TMP35/36/37 Rev. H, table 1: 750 mV at 25 °C, 10 mV/°C.
                self.sensed.add(at, (i64::from(output_uv) - 500_000) / 10);
            }
            Fact::Frame {
                ref direction,
                rate_kbps,
                rssi_dbm,
                tries,
                ..
            } => {
                if direction == "up" {
                    self.rate.add(at, rate_kbps.into());
                    self.retries.add(at, i64::from(tries.saturating_sub(1)));
                } else {
                    self.rssi.add(at, rssi_dbm.into());
                }
            }
            Fact::Queued { length } => self.queue.add(at, length.into()),
            Fact::ReadingTaken { value_mc, .. } => self.reported.add(at, value_mc.into()),
            Fact::SensorFaulted { code, .. } => self.rejected.add(at, code.into()),
            _ => {}
        }
    }

    fn bill(&mut self, at: u64, cause: &str, charge_fc: u128) {
        let charge = i64::try_from(charge_fc).unwrap_or(i64::MAX);
        let known = self.charge.iter().position(|(known, _)| known == cause);
        let place = match known {
            Some(place) => place,
            None if self.charge.len() < CAUSES_MAX => {
                self.charge.push((cause.to_owned(), Series::default()));
                self.charge.len() - 1
            }
            None => return,
        };
        self.charge[place].1.add(at, charge);
    }

    /// Learns where the node stands.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "few facts say where a node stands"
    )]
    fn stand(&mut self, at: u64, fact: &Fact) {
        let now = self.standing.now();
        let next = match fact {
            Fact::Billed { cause, span_ns, .. } if cause == "asleep" => {
                self.standing.sleep(at.saturating_sub(*span_ns), at);
                return;
            }
            Fact::BrokerNoted { what, detail }
                if what == "session ended"
                    && now == Standing::Session
                    && detail.ends_with(GOODBYE) =>
            {
                Standing::Down
            }
            Fact::JoinPhaseStarted { .. } => Standing::Joining,
            Fact::LinkJoined => Standing::Joined,
            Fact::LinkLost { .. } | Fact::PoweredOn | Fact::RadioLeft { .. } => Standing::Down,
            Fact::PoweredOff => Standing::Off,
            Fact::SessionClosed { .. } if now == Standing::Session => Standing::Joined,
            Fact::SessionOpened { .. } => Standing::Session,
            _ => return,
        };
        self.standing.change(at, next);
    }
}

/// How the broker's word of a session ends that the node closed in good order: it leaves then.
const GOODBYE: &str = "disconnected";

#[cfg(test)]
mod tests {
    use nodelab_sim::SimTime;

    use super::*;

    fn moment(at: u64, node: Option<u32>, fact: Fact) -> Line {
        Line::Event(Moment {
            at: SimTime::from_nanos(at),
            node,
            fact,
        })
    }

    #[test]
    fn faults_have_a_beginning_and_an_end_and_a_limit() {
        let mut portrait = Portrait::default();
        let struck = || Fact::FaultStarted {
            fault: "broker down".into(),
        };
        portrait.add(&moment(5, None, struck()));
        let healed = Fact::FaultEnded {
            fault: "broker down".into(),
        };
        portrait.add(&moment(9, None, healed));
        assert_eq!(portrait.faults[0].to, Some(9));
        for at in 0..2 * FAULTS_MAX as u64 {
            portrait.add(&moment(at, Some(1), struck()));
        }
        assert_eq!(portrait.faults.len(), FAULTS_MAX);
        assert_eq!(portrait.faults_left_out, FAULTS_MAX as u64 + 1);
    }
}
