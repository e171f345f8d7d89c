//! What can be seen of a run: the one stream that digests, checkers and reports read.
//!
//! Observers see; they cannot influence.

use node_core::{Event, Reading};
use node_wire::Request;

use crate::broker::BrokerEvent;
use crate::fault::Fault;
use crate::frontend::Conversion;
use crate::id::NodeId;
use crate::power::{Bill, Drain};
use crate::radio::{Frame, RadioEvent, Transmission};
use crate::stack::Direction;
use crate::stack::tls::{Side, TlsEvent};
use crate::time::SimTime;

/// Watches a run.
pub trait Observer {
    /// Takes one observation; called in event order.
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>);

    /// Takes what a node is about to be told, in its own time. Most observers look at what
    /// comes of it.
    fn on_told(&mut self, _node: NodeId, _told: &Request<'_>) {}
}

/// One thing worth telling.
#[derive(Clone, Copy, Debug)]
pub enum Observation<'a> {
    /// A stretch of the node's time that had one cause is over, with what it drew.
    Billed(&'a Bill),
    /// The broker did something for this node's connection.
    Broker(&'a BrokerEvent),
    /// The converter finished; the node sees only the code.
    Converted(Conversion),
    /// What the node's battery gave since the beginning: told at its end, and whenever the
    /// power goes.
    Drained(&'a Drain),
    /// A fault ended.
    FaultEnded(Fault),
    /// A fault struck.
    FaultStarted(Fault),
    /// A frame was on the air between this node and its access point.
    Frame {
        /// Which way it went.
        direction: Direction,
        /// What it was.
        frame: &'a Frame,
        /// What became of it.
        sent: &'a Transmission,
    },
    /// Somebody in the middle of this node's connection read these bytes in the clear.
    Intercepted(&'a [u8]),
    /// The node stated a fact.
    Node(Event),
    /// The node has power and boots.
    PoweredOn,
    /// The node lost its power and its memory.
    PoweredOff,
    /// The number of queued readings changed to this.
    Queued(u8),
    /// Something about the node's radio.
    Radio(RadioEvent),
    /// A queued reading was lost with the memory that held it.
    ReadingForgotten(Reading),
    /// A secret of the node's TLS connection, as one line of an NSS key log, without its end.
    Secret(&'a str),
    /// The node printed these bytes.
    Serial(&'a [u8]),
    /// Something about the node's TLS connection, at one of its ends.
    Tls(Side, TlsEvent),
}

/// An observer that looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn on_event(&mut self, _at: SimTime, _node: NodeId, _what: &Observation<'_>) {}
}
