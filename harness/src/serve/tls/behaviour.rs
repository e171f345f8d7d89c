//! How a server misbehaves, by name.
//!
//! Owns the list. Most of it is the simulator's adversary between TLS and TCP; the rest needs no
//! TLS at all.

use nodelab_sim::SimTime;
use nodelab_sim::adversary::{Attack, Tap, Way};

use crate::tls::axis::Axis;

/// What the endpoint does.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Behaviour {
    /// Answers the first bytes with the fatal alert `handshake_failure`.
    Alert,
    /// Closes after the first bytes, without a word.
    Close,
    /// Sends application data without end once the handshake is done.
    Flood,
    /// What it should.
    #[default]
    Honest,
    /// Resets the connection after the first bytes.
    Reset,
    /// Takes everything and answers nothing.
    Stall,
    /// One of the simulator's attacks.
    Struck(Attack),
}

impl Behaviour {
    /// Returns the adversary of a connection that is opened, if this takes one.
    pub(super) fn tap(self, at: SimTime) -> Option<Tap> {
        match self {
            Self::Struck(attack) => Some(Tap::new(at, attack, true, false)),
            Self::Alert | Self::Close | Self::Flood | Self::Honest | Self::Reset | Self::Stall => {
                None
            }
        }
    }
}

impl Axis for Behaviour {
    const KEY: &'static str = "behaviour";
    const ALL: &'static [Self] = &[
        Self::Honest,
        Self::Alert,
        Self::Close,
        Self::Struck(Attack::Downgrade),
        Self::Struck(Attack::DRIP),
        Self::Struck(Attack::EofWithoutCloseNotify),
        Self::Flood,
        Self::Struck(Attack::Garbage),
        Self::Struck(Attack::NoCommonSuite),
        Self::Struck(Attack::OVERSIZED_RECORD),
        Self::Struck(Attack::Renegotiation),
        Self::Reset,
        Self::Stall,
        Self::Struck(Attack::StrippedExtension),
        Self::Struck(Attack::TamperedHandshake),
        Self::Struck(Attack::TamperedRecord(Way::Down)),
        Self::Struck(Attack::TruncatedFlight),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Close => "close",
            Self::Flood => "flood",
            Self::Honest => "honest",
            Self::Reset => "reset",
            Self::Stall => "stall",
            Self::Struck(attack) => match attack {
                Attack::Downgrade => "downgrade",
                Attack::Drip { .. } => "drip",
                Attack::EofWithoutCloseNotify => "eof-without-close-notify",
                Attack::Garbage => "garbage",
                // Whose certificate is shown is another question.
                Attack::Impostor(_) | Attack::RogueAccessPoint(_) => "impostor",
                Attack::NoCommonSuite => "no-common-suite",
                Attack::OversizedRecord { .. } => "oversized-record",
                Attack::Renegotiation => "renegotiation",
                Attack::Replay => "replay",
                Attack::StrippedExtension => "stripped-extension",
                Attack::TamperedHandshake => "tampered-handshake",
                Attack::TamperedRecord(_) => "tampered-record",
                Attack::TruncatedFlight => "truncated-flight",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_behaviour_can_be_asked_for_by_name() {
        for behaviour in Behaviour::ALL {
            assert_eq!(Behaviour::parse(behaviour.name()), Ok(*behaviour));
        }
        let error = Behaviour::parse("stal").expect_err("misspelt");
        assert!(error.to_string().ends_with("did you mean \"stall\"?"));
    }
}
