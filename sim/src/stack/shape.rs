//! What a handshake looks like from outside: who sends how much when, and what it costs the node.
//!
//! Measured once for each world, by shaking hands in memory with the world's own keys, so that
//! the modelled network carries the same bytes as the real one. Knows no link.

use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};
use crate::stack::security::Security;
use crate::stack::tls::{ClientSetup, Endpoint, Moment};
use crate::time::SimSpan;

/// Round trips of a handshake at most; TLS 1.2 needs two.
const TURNS_MAX: usize = 8;
/// Bytes of the record that the overhead is measured with: a small PUBLISH.
const SAMPLE: usize = 40;

/// One turn: the node thinks and sends, then the peer answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Turn {
    /// How long the node's processor works before it sends.
    pub think: SimSpan,
    /// Bytes of the node.
    pub up: usize,
    /// Bytes of the peer before the node goes on; zero in the last turn.
    pub down: usize,
}

/// One handshake.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HandshakeShape {
    /// In order; after the last one the node may write.
    pub turns: Vec<Turn>,
    /// Bytes that a record adds to what it carries.
    pub overhead: usize,
    /// How long the node's processor works on a small record.
    pub record_work: SimSpan,
}

/// Both ways in which a node gets a protected stream.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Shapes {
    /// The first time.
    pub full: HandshakeShape,
    /// Later, with what the first left behind; the same as `full` if nothing can be resumed.
    pub resumed: HandshakeShape,
}

impl Shapes {
    /// Shakes hands twice.
    pub(crate) fn measure(security: &Security, now: Moment, seed: u64) -> Self {
        let setup = security.client(NodeId(0));
        let mut luck = Rng::derive(seed, EntityId::World, Purpose::Path);
        let full = HandshakeShape::measure(security, &setup, now, &mut luck);
        let resumed = HandshakeShape::measure(security, &setup, now, &mut luck);
        Self { full, resumed }
    }
}

impl HandshakeShape {
    fn measure(security: &Security, setup: &ClientSetup, now: Moment, luck: &mut Rng) -> Self {
        let mut node = Endpoint::client(setup, luck, now);
        let mut broker = Endpoint::server(security.server(), luck, now);
        let mut shape = Self::default();
        for _ in 0..TURNS_MAX {
            let think = security.price(&node.take_work());
            let (mut up, mut down) = (Vec::new(), Vec::new());
            node.take_output(&mut up);
            let done = !node.is_handshaking();
            broker.receive(now, &up);
            broker.take_output(&mut down);
            shape.turns.push(Turn {
                think,
                up: up.len(),
                down: if done { 0 } else { down.len() },
            });
            node.receive(now, &down);
            if done || down.is_empty() {
                break;
            }
        }
        node.take_work();
        node.write(now, &[0; SAMPLE]);
        let mut record = Vec::new();
        node.take_output(&mut record);
        shape.overhead = record.len().saturating_sub(SAMPLE);
        shape.record_work = security.price(&node.take_work());
        shape
    }

    /// Returns the bytes of the node and of its peer, in this order.
    #[must_use]
    pub fn bytes(&self) -> (usize, usize) {
        let up = self.turns.iter().map(|turn| turn.up).sum();
        let down = self.turns.iter().map(|turn| turn.down).sum();
        (up, down)
    }
}
