//! Somebody between the broker's host and one of its connections.
//!
//! Owns who is there while an attack lasts, and what he overhears. What he does to bytes is the
//! [`Tap`]'s.

use smallvec::SmallVec;

use crate::adversary::{Attack, Impostor, Passage, Tap, Way};
use crate::time::SimTime;

/// The attacks on one node's connections that last.
#[derive(Clone, Debug, Default)]
pub(super) struct Threats {
    active: SmallVec<[Threat; 1]>,
    /// The node joined through a rogue access point.
    behind_rogue: bool,
}

/// One attack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Threat {
    pub(super) attack: Attack,
    /// Whether an impostor can pass on what he reads.
    pub(super) relays: bool,
}

/// Somebody in the middle of one connection.
#[derive(Debug)]
pub(super) struct Middle {
    pub(super) tap: Tap,
    pub(super) relays: bool,
    /// What was read in the clear and not told yet.
    overheard: Vec<Vec<u8>>,
}

impl Threats {
    pub(super) fn begin(&mut self, threat: Threat) {
        self.active.push(threat);
    }

    /// Ends one attack; returns true if no other is the same.
    pub(super) fn end(&mut self, attack: Attack) -> bool {
        let found = self.active.iter().rposition(|known| known.attack == attack);
        if let Some(at) = found {
            self.active.remove(at);
        }
        let over = self.active.iter().all(|known| known.attack != attack);
        if over && matches!(attack, Attack::RogueAccessPoint(_)) {
            self.behind_rogue = false;
        }
        over
    }

    /// Takes note that the node joined an access point.
    pub(super) fn associate(&mut self) {
        self.behind_rogue = self.active.iter().any(|threat| threat.is_rogue());
    }

    /// Returns the attack that strikes a connection which opens: the latest.
    pub(super) fn current(&self) -> Option<Threat> {
        let mut latest = self.active.iter().rev();
        latest
            .find(|threat| self.behind_rogue || !threat.is_rogue())
            .copied()
    }
}

impl Threat {
    const fn is_rogue(self) -> bool {
        matches!(self.attack, Attack::RogueAccessPoint(_))
    }

    /// Returns true for an attack on connections that are open already.
    ///
    /// Any other begins with a reset of them, so that they are opened again under its eyes. A
    /// rogue access point needs none: its stations lose their link.
    pub(super) const fn strikes_open(self) -> bool {
        matches!(
            self.attack,
            Attack::EofWithoutCloseNotify | Attack::Renegotiation | Attack::TamperedRecord(_)
        )
    }

    /// Returns true for an attack that resets the connections there are.
    pub(super) const fn resets(self) -> bool {
        !self.strikes_open() && !self.is_rogue()
    }
}

impl Middle {
    pub(super) fn new(at: SimTime, threat: Threat, protected: bool, secured: bool) -> Self {
        Self {
            tap: Tap::new(at, threat.attack, protected, secured),
            relays: threat.relays,
            overheard: Vec::new(),
        }
    }

    /// Returns what he shows for himself, if he poses as the server.
    pub(super) const fn impostor(&self) -> Option<Impostor> {
        self.tap.attack().impostor()
    }

    /// Takes what went in the clear through his hands.
    pub(super) fn overhear(&mut self, plain: &[u8]) {
        if self.impostor().is_some() && !plain.is_empty() {
            self.overheard.push(plain.to_vec());
        }
    }

    /// Returns what he overheard since the last call.
    pub(super) fn take_overheard(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.overheard)
    }
}

/// Lets bytes pass, through somebody's hands if there is anybody.
pub(super) fn carry(
    at: SimTime,
    middle: Option<&mut Middle>,
    way: Way,
    bytes: Vec<u8>,
    out: &mut Passage,
) {
    match (middle, way) {
        (_, _) if bytes.is_empty() => {}
        (Some(middle), _) => middle.tap.carry(at, way, &bytes, out),
        (None, Way::Down) => out.down.extend(bytes),
        (None, Way::Up) => out.up.extend(bytes),
    }
}
