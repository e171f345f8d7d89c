//! One TLS handshake, as both ends tell it.

use nodelab_sim::SimTime;

use crate::telemetry::{Fact, Word};

/// Messages that are kept of one handshake.
const FLIGHTS_MAX: usize = 40;

/// A handshake.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Handshake {
    /// When the client began.
    pub(crate) started: SimTime,
    /// Its messages, in order.
    pub(crate) messages: Vec<Flight>,
    /// How it ended, if it did.
    pub(crate) end: Option<HandshakeEnd>,
    /// When that was.
    pub(crate) ended: SimTime,
    /// The alert that was sent, and by whom.
    pub(crate) alert: Option<(Word, Word)>,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flight {
    /// When it was sent.
    pub(crate) at: SimTime,
    /// Whether the client sent it.
    pub(crate) from_client: bool,
    /// Its name.
    pub(crate) message: Word,
    /// Its length.
    pub(crate) bytes: u32,
    /// Whether an eavesdropper sees only ciphertext.
    pub(crate) encrypted: bool,
}

/// How a handshake ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum HandshakeEnd {
    /// Both may speak.
    Connected {
        /// `TLS 1.2` or `TLS 1.3`.
        version: Word,
        /// The cipher suite.
        suite: Word,
        /// The group of the key exchange.
        group: Word,
        /// Whether an earlier session was resumed.
        resumed: bool,
    },
    /// It was given up.
    Failed {
        /// Which end gave it up.
        side: Word,
        /// Why.
        why: Word,
    },
}

impl Handshake {
    /// Begins one.
    #[must_use]
    pub(crate) const fn new(started: SimTime) -> Self {
        Self {
            started,
            messages: Vec::new(),
            end: None,
            ended: started,
            alert: None,
        }
    }

    /// Takes what happened in it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few facts concern it")]
    pub(super) fn apply(&mut self, at: SimTime, fact: &Fact) {
        match fact {
            Fact::TlsAlert { side, alert } => self.alert = Some((side.clone(), alert.clone())),
            Fact::TlsConnected {
                side,
                version,
                suite,
                group,
                resumed,
            } if side == "client" => {
                self.ended = at;
                self.end = Some(HandshakeEnd::Connected {
                    version: version.clone(),
                    suite: suite.clone(),
                    group: group.clone(),
                    resumed: *resumed,
                });
            }
            Fact::TlsFailed { side, why } if self.end.is_none() || side == "client" => {
                self.ended = at;
                self.end = Some(HandshakeEnd::Failed {
                    side: side.clone(),
                    why: why.clone(),
                });
            }
            Fact::TlsMessage {
                side,
                message,
                bytes,
                encrypted,
            } if self.messages.len() < FLIGHTS_MAX => self.messages.push(Flight {
                at,
                from_client: side == "client",
                message: message.clone(),
                bytes: *bytes,
                encrypted: *encrypted,
            }),
            _ => {}
        }
    }
}
