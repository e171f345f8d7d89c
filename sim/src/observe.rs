//! What can be seen of a run: the one stream that digests, checkers and reports read.
//!
//! Observers see; they cannot influence.

use node_core::{Event, Reading};

use crate::broker::BrokerEvent;
use crate::fault::Fault;
use crate::frontend::Conversion;
use crate::id::NodeId;
use crate::time::SimTime;

/// Watches a run.
pub trait Observer {
    /// Takes one observation; called in event order.
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>);
}

/// One thing worth telling.
#[derive(Clone, Copy, Debug)]
pub enum Observation<'a> {
    /// The broker did something for this node's connection.
    Broker(&'a BrokerEvent),
    /// The converter finished; the node sees only the code.
    Converted(Conversion),
    /// A fault ended.
    FaultEnded(Fault),
    /// A fault struck.
    FaultStarted(Fault),
    /// The node stated a fact.
    Node(Event),
    /// The node has power and boots.
    PoweredOn,
    /// The node lost its power and its memory.
    PoweredOff,
    /// The number of queued readings changed to this.
    Queued(u8),
    /// A queued reading was lost with the memory that held it.
    ReadingForgotten(Reading),
    /// The node printed these bytes.
    Serial(&'a [u8]),
}

/// An observer that looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn on_event(&mut self, _at: SimTime, _node: NodeId, _what: &Observation<'_>) {}
}
