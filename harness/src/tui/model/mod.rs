//! What a screen shows, made of the lines of the stream and nothing else.
//!
//! Does not know where lines come from, so a recording looks as the run did.

mod node;
mod ring;
mod tls;
mod world;

pub(crate) use node::{Cause, Condition, Link, NodeView, Sample, Stream};
pub(crate) use tls::{Flight, Handshake, HandshakeEnd};
pub(crate) use world::{BrokerMessage, Model};
