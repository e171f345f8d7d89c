//! How the streams of a world are protected: keys, certificates and prices, shared by all nodes.
//!
//! Owns the world's authority, and what a node without the time believes. Knows no bytes.

use crate::adversary::Impostor;
use crate::id::NodeId;
use crate::stack::tls::{Authority, ClientSetup, ServerSetup, TlsSpec, Work, price};
use crate::time::SimSpan;

/// What a node's clock shows before anybody told it the time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum UnsetClock {
    /// 1970 and a bit, as a clock that starts at zero: every certificate is not valid yet.
    #[default]
    Epoch1970,
    /// Nothing: the node knows that it does not know, and trusts nobody until it does.
    Unknown,
}

/// What protects the streams of a world.
#[derive(Clone, Debug, PartialEq)]
pub struct SecuritySpec {
    /// Versions, keys, certificates and the node's library.
    pub tls: TlsSpec,
    /// What the node's clock shows before the time is known.
    pub unset_clock: UnsetClock,
    /// Whether the node waits for the time before it opens a stream.
    pub waits_for_time: bool,
}

/// The same, with its keys made.
#[derive(Debug)]
pub(crate) struct Security {
    authority: Authority,
    impostors: Vec<(Impostor, ServerSetup)>,
    server: ServerSetup,
    spec: SecuritySpec,
}

impl Security {
    /// Makes the keys and certificates of a world that begins at `epoch_s`.
    pub(crate) fn new(spec: SecuritySpec, epoch_s: i64, seed: u64) -> Self {
        let authority = Authority::new(&spec.tls, epoch_s, seed);
        Self {
            server: authority.server(),
            authority,
            impostors: Vec::new(),
            spec,
        }
    }

    /// Returns what a node's ends are made from.
    pub(crate) fn client(&self, node: NodeId) -> ClientSetup {
        self.authority.client(node).with_secrets(true)
    }

    /// Returns what the broker's ends are made from.
    pub(crate) const fn server(&self) -> &ServerSetup {
        &self.server
    }

    /// Makes what an impostor shows, once.
    pub(crate) fn forge(&mut self, how: Impostor) {
        if self.impostor(how).is_none() {
            self.impostors.push((how, self.authority.impostor(how)));
        }
    }

    /// Returns what an impostor's ends are made from, if it was forged.
    pub(crate) fn impostor(&self, how: Impostor) -> Option<&ServerSetup> {
        let mut impostors = self.impostors.iter();
        impostors
            .find(|(known, _)| *known == how)
            .map(|(_, setup)| setup)
    }

    /// Returns whether the broker asks nodes for a certificate.
    pub(crate) const fn is_mutual(&self) -> bool {
        self.spec.tls.settings().mutual
    }

    /// Returns how long the node's processor takes for work.
    pub(crate) fn price(&self, work: &Work) -> SimSpan {
        let settings = self.spec.tls.settings();
        price(work, settings.chip, settings.stack)
    }

    /// Returns what a node without the time takes it to be, in milliseconds since 1970.
    pub(crate) const fn unset_clock_ms(&self) -> Option<i64> {
        match self.spec.unset_clock {
            UnsetClock::Epoch1970 => Some(0),
            UnsetClock::Unknown => None,
        }
    }

    /// Returns whether a node waits for the time before it opens a stream.
    pub(crate) const fn waits_for_time(&self) -> bool {
        self.spec.waits_for_time
    }
}
