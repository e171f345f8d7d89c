//! A world as far as its lines tell it, in bounded memory.

use nodelab_sim::SimTime;

use super::node::NodeView;
use super::ring::Ring;
use crate::telemetry::{Ended, Fact, Header, Line, Moment, Word};
use crate::tui::words;

/// Lines of the log that are kept.
pub(crate) const LOG_MAX: usize = 4_000;
/// Messages at the broker that are kept.
pub(crate) const MESSAGES_MAX: usize = 500;
/// Faults that are shown at the same time.
const FAULTS_MAX: usize = 64;

/// A world as far as it was told.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// What is run; `None` before the first line.
    pub(crate) header: Option<Box<Header>>,
    /// How it ended, if it did.
    pub(crate) ended: Option<Ended>,
    /// When the last line's event happened.
    pub(crate) now: SimTime,
    /// Events so far.
    pub(crate) events: u64,
    /// The nodes.
    pub(crate) nodes: Vec<NodeView>,
    /// What is worth a line, the latest last.
    pub(crate) log: Ring<Moment>,
    /// How many lines the log has had.
    pub(crate) logged: u64,
    /// Messages at the broker.
    pub(crate) messages: Ring<BrokerMessage>,
    /// How many messages there have been.
    pub(crate) messaged: u64,
    /// Faults that are active.
    pub(crate) faults: Vec<ActiveFault>,
    /// When faults struck, for the timeline.
    pub(crate) struck: Ring<(SimTime, Word)>,
    /// Readings that the broker acknowledged, all nodes together.
    pub(crate) acked: u64,
    /// Readings that were taken.
    pub(crate) taken: u64,
    /// Readings that were dropped or forgotten.
    pub(crate) lost: u64,
}

/// A message at the broker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BrokerMessage {
    /// When.
    pub(crate) at: SimTime,
    /// Whose connection it came or went on.
    pub(crate) node: Option<u32>,
    /// Whether the broker received it; otherwise it sent it.
    pub(crate) is_received: bool,
    /// The topic.
    pub(crate) topic: String,
    /// What it says.
    pub(crate) payload: String,
    /// Whether it may have come before.
    pub(crate) duplicate: bool,
    /// Whether it is kept for later subscribers.
    pub(crate) retain: bool,
}

/// A fault that is active.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ActiveFault {
    /// What it is.
    pub(crate) fault: Word,
    /// Since when.
    pub(crate) since: SimTime,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            header: None,
            ended: None,
            now: SimTime::ZERO,
            events: 0,
            nodes: Vec::new(),
            log: Ring::new(LOG_MAX),
            logged: 0,
            messages: Ring::new(MESSAGES_MAX),
            messaged: 0,
            faults: Vec::new(),
            struck: Ring::new(FAULTS_MAX),
            acked: 0,
            taken: 0,
            lost: 0,
        }
    }
}

impl Model {
    /// Takes one line.
    pub(crate) fn apply(&mut self, line: Line) {
        match line {
            Line::Ended(ended) => self.ended = Some(ended),
            Line::Event(moment) => self.happen(moment),
            Line::World(header) => self.begin(header),
        }
    }

    /// Returns how long the scenario runs, healing not counted.
    #[must_use]
    pub(crate) fn duration(&self) -> SimTime {
        let duration = self.header.as_ref().map_or(0, |header| header.duration_ns);
        SimTime::from_nanos(duration)
    }

    /// Returns readings of which neither an acknowledgement nor a loss was told yet.
    #[must_use]
    pub(crate) const fn on_their_way(&self) -> u64 {
        self.taken.saturating_sub(self.acked + self.lost)
    }

    /// Returns whether the network is one of frames and bytes.
    #[must_use]
    pub(crate) fn is_real(&self) -> bool {
        let network = self.header.as_ref().map(|header| header.network.as_ref());
        network == Some("real")
    }

    fn begin(&mut self, header: Box<Header>) {
        *self = Self::default();
        let nodes = header.nodes as usize;
        let blank = NodeView::new(nodes);
        self.nodes = vec![blank; nodes];
        self.header = Some(header);
    }

    fn happen(&mut self, moment: Moment) {
        self.now = self.now.max(moment.at);
        self.events += 1;
        self.count(&moment);
        let node = moment
            .node
            .and_then(|node| self.nodes.get_mut(node as usize));
        if let Some(node) = node {
            node.apply(moment.at, &moment.fact);
        }
        if let Some(message) = message(&moment) {
            self.messages.push(message);
            self.messaged += 1;
        }
        if words::is_notable(&moment.fact) {
            self.log.push(moment);
            self.logged += 1;
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a count counts what concerns it"
    )]
    fn count(&mut self, moment: &Moment) {
        match &moment.fact {
            Fact::FaultEnded { fault } => {
                if let Some(at) = self.faults.iter().position(|active| active.fault == *fault) {
                    self.faults.remove(at);
                }
            }
            Fact::FaultStarted { fault } => {
                self.struck.push((moment.at, fault.clone()));
                if self.faults.len() < FAULTS_MAX {
                    self.faults.push(ActiveFault {
                        fault: fault.clone(),
                        since: moment.at,
                    });
                }
            }
            Fact::PublishAcked { .. } => self.acked += 1,
            Fact::ReadingDropped { .. } | Fact::ReadingForgotten { .. } => self.lost += 1,
            Fact::ReadingTaken { .. } => self.taken += 1,
            _ => {}
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "few facts are messages")]
fn message(moment: &Moment) -> Option<BrokerMessage> {
    let (is_received, topic, payload, duplicate, retain) = match &moment.fact {
        Fact::MessageReceived {
            topic,
            payload,
            duplicate,
            retain,
            ..
        } => (true, topic, payload, *duplicate, *retain),
        Fact::MessageSent {
            topic,
            payload,
            duplicate,
        } => (false, topic, payload, *duplicate, false),
        _ => return None,
    };
    Some(BrokerMessage {
        at: moment.at,
        node: moment.node,
        is_received,
        topic: topic.clone(),
        payload: payload.clone(),
        duplicate,
        retain,
    })
}
