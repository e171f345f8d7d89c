//! What an access point remembers of one station.

use crate::time::SimTime;

/// One station.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    /// How far it has come.
    pub(super) stage: Stage,
}

/// How far a station has come. Variant order is that of a join.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Authenticated, not associated.
    Authenticated {
        /// Since when.
        since: SimTime,
    },
    /// Associated, in the 4-way handshake.
    Handshake(Handshake),
    /// Associated, with keys.
    Keyed,
}

/// A 4-way handshake as the access point sees it.
#[derive(Clone, Debug)]
pub(super) struct Handshake {
    /// Whether message 2 has come, so that message 3 is what is repeated, not message 1.
    pub(super) proven: bool,
    /// How often the message was sent.
    pub(super) tries: u8,
    /// Counts all messages of this handshake.
    pub(super) replay_counter: u64,
    /// The access point's nonce.
    pub(super) nonce: [u8; 32],
    /// When the message is repeated, or given up.
    pub(super) due: SimTime,
}

impl Seat {
    /// Builds a station that is authenticated and nothing more.
    pub(super) const fn authenticated(since: SimTime) -> Self {
        Self {
            stage: Stage::Authenticated { since },
        }
    }
}
