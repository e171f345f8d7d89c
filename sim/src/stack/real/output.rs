//! What a path tells its device: inputs for the node, work for the broker, and what can be seen.

use node_core::{CloseReason, LinkLoss, UnixTime};

use crate::radio::{Frame, RadioEvent, Transmission};
use crate::stack::outcome::Direction;
use crate::stack::tls::{Side, TlsEvent};
use crate::time::SimSpan;

/// One thing that a path has to say.
#[derive(Debug)]
pub(crate) enum PathOutput {
    /// The broker's host accepted a connection.
    BrokerAccepted { connection: u32 },
    /// The broker's host saw a connection end.
    BrokerFinished { connection: u32 },
    /// Bytes for the broker.
    BrokerReceived { connection: u32, bytes: Vec<u8> },
    /// The processor works, and nothing else can, until this much later.
    Busy { span: SimSpan },
    /// A frame was on the air.
    Frame(Box<(Direction, Frame, Transmission)>),
    /// Somebody in the middle read these bytes.
    Intercepted(Vec<u8>),
    /// The link is gone, or was not to be had.
    LinkDown(LinkLoss),
    /// The station has an address.
    LinkUp,
    /// Something about the radio.
    Radio(RadioEvent),
    /// A line of the key log.
    Secret(String),
    /// The stream is closed.
    StreamClosed(CloseReason),
    /// The stream is open.
    StreamOpened,
    /// Bytes for the node.
    StreamRead(Vec<u8>),
    /// Civil time became known.
    TimeKnown(UnixTime),
    /// Something about a TLS connection.
    Tls(Side, TlsEvent),
}
