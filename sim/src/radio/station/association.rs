//! From a known access point to an association: the key, then two questions and their answers.

use super::{JoinPhase, ReasonCode, SimTime, State, Station, StationEffect, Target, Tries};
use crate::radio::management::{Body, StatusCode};

impl Station {
    /// Derives the key if it is not at hand, and goes on.
    pub(super) fn prepare(&mut self, at: SimTime, target: Target) {
        if self.has_key {
            self.authenticate(at, target, 0);
            return;
        }
        self.begin_phase(at, JoinPhase::KeyDerivation);
        let work = self.spec.key_derivation;
        self.effects.push_back(StationEffect::Busy(work));
        self.state = State::Deriving(target);
        self.deadline = Some(at.after(work));
    }

    /// Asks for authentication, for the first time or again.
    pub(super) fn authenticate(&mut self, at: SimTime, target: Target, tries: Tries) {
        let mut ready = at;
        if tries == 0 {
            self.tune(target.access_point.channel);
            self.begin_phase(at, JoinPhase::Authenticate);
            ready = at.after(self.spec.settle.draw(&mut self.luck));
        }
        let body = Body::Authentication {
            sequence: 1,
            status: StatusCode::SUCCESS,
        };
        self.send(ready, target.access_point.address, body.payload());
        self.state = State::Authenticating(target, tries + 1);
        self.deadline = Some(at.after(self.spec.answer_timeout));
    }

    /// Asks again, scans if what it remembered seems stale, or gives up.
    pub(super) fn authenticate_again(&mut self, at: SimTime, target: Target, tries: Tries) {
        if tries < self.spec.authentication_tries {
            self.authenticate(at, target, tries);
        } else if target.from_memory {
            self.remembered = None;
            self.scan(at);
        } else {
            self.lose(ReasonCode::AUTH_EXPIRE);
        }
    }

    /// Takes the answer to an authentication request.
    pub(super) fn be_authenticated(&mut self, at: SimTime, target: Target, status: StatusCode) {
        if status != StatusCode::SUCCESS {
            self.lose(ReasonCode::AUTH_FAIL);
            return;
        }
        // An answer is as good as a beacon.
        self.beacons_missing = None;
        self.end_phase(at);
        self.associate(at, target, 0);
    }

    /// Asks again for association, or gives up.
    pub(super) fn associate_again(&mut self, at: SimTime, target: Target, tries: Tries) {
        if tries < self.spec.association_tries {
            self.associate(at, target, tries);
        } else {
            self.lose(ReasonCode::ASSOC_EXPIRE);
        }
    }

    /// Takes the answer to an association request.
    pub(super) fn be_associated(&mut self, at: SimTime, target: Target, status: StatusCode) {
        if status != StatusCode::SUCCESS {
            self.lose(ReasonCode::ASSOC_FAIL);
            return;
        }
        self.end_phase(at);
        self.begin_handshake(at, target);
    }

    /// Asks for association, for the first time or again.
    fn associate(&mut self, at: SimTime, target: Target, tries: Tries) {
        let mut ready = at;
        if tries == 0 {
            self.begin_phase(at, JoinPhase::Associate);
            ready = at.after(self.spec.turnaround.draw(&mut self.luck));
        }
        let body = Body::AssociationRequest {
            listen_interval: self.spec.listen_interval,
        };
        self.send(ready, target.access_point.address, body.payload());
        self.state = State::Associating(target, tries + 1);
        self.deadline = Some(at.after(self.spec.answer_timeout));
    }
}
