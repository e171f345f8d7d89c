//! What a link answers.
//!
//! Owns the names of the answers. Does not know how they are found, so that every form of the
//! network can give them.

use node_core::{CloseReason, LinkLoss};

use crate::time::SimTime;

/// Which way a segment goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From the broker to the node.
    Down,
    /// From the node to the broker.
    Up,
}

/// How a join ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JoinOutcome {
    /// The station gives up.
    Failed {
        /// When.
        at: SimTime,
        /// Why.
        why: LinkLoss,
    },
    /// The station has an address.
    Joined {
        /// When.
        at: SimTime,
        /// When the link will break by itself, with [`LinkLoss::BeaconsLost`].
        breaks_at: Option<SimTime>,
    },
}

/// How the opening of a stream ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OpenOutcome {
    /// The stream cannot be opened.
    Failed {
        /// When the node knows.
        at: SimTime,
        /// Why.
        why: CloseReason,
    },
    /// The stream is open.
    Opened {
        /// When the node may write: after one round trip.
        node_at: SimTime,
        /// When the broker sees the connection: after one and a half.
        broker_at: SimTime,
    },
}

/// What becomes of bytes that were written to a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// They arrive, never before what was written earlier in the same direction.
    Arrives(SimTime),
    /// They were sent again too often: the sender gives the connection up then, with
    /// [`CloseReason::TimedOut`].
    TimesOut(SimTime),
}
