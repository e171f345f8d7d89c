//! The station's half of the 4-way handshake.

use super::{
    EapolKey, JoinPhase, Payload, ReasonCode, SimTime, State, Station, StationEffect, Target, Watch,
};
use crate::radio::eapol::KeyMessage;
use crate::radio::nonce::nonce;

/// A 4-way handshake as the station sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handshake {
    /// The access point's nonce, from message 1 on.
    theirs: Option<[u8; 32]>,
    /// The station's nonce, one for all tries.
    ours: [u8; 32],
    /// The newest replay counter seen; the access point counts from 1.
    replay_counter: u64,
}

impl Handshake {
    /// Returns why the station gives up if nothing comes any more.
    pub(super) const fn reason_if_late(&self) -> ReasonCode {
        if self.theirs.is_some() {
            ReasonCode::FOUR_WAY_HANDSHAKE_TIMEOUT
        } else {
            ReasonCode::HANDSHAKE_TIMEOUT
        }
    }
}

impl Station {
    /// Waits for message 1.
    pub(super) fn begin_handshake(&mut self, at: SimTime, target: Target) {
        self.begin_phase(at, JoinPhase::KeyHandshake);
        let handshake = Handshake {
            theirs: None,
            ours: nonce(&mut self.luck),
            replay_counter: 0,
        };
        self.state = State::Handshaking(target, handshake);
        self.deadline = Some(at.after(self.spec.handshake_timeout));
    }

    /// Takes a message of the access point.
    ///
    /// Message 3 is answered as often as it comes, since message 4 may have been lost.
    pub(super) fn take_key(&mut self, at: SimTime, target: Target, key: &EapolKey) {
        let Some(mut handshake) = self.state.handshake() else {
            return;
        };
        if key.replay_counter <= handshake.replay_counter {
            return;
        }
        let is_three = key.message == KeyMessage::Three && handshake.theirs == Some(key.nonce);
        match (key.message, self.state) {
            (KeyMessage::One, State::Handshaking(..)) => {
                handshake.theirs = Some(key.nonce);
                handshake.replay_counter = key.replay_counter;
                self.state = State::Handshaking(target, handshake);
                self.answer_key(at, target, KeyMessage::Two, &handshake);
            }
            (KeyMessage::Three, State::Handshaking(..)) if is_three => {
                handshake.replay_counter = key.replay_counter;
                let sent = self.answer_key(at, target, KeyMessage::Four, &handshake);
                self.state = State::Installing(target, handshake);
                self.deadline = Some(sent.after(self.spec.turnaround.draw(&mut self.luck)));
            }
            (KeyMessage::Three, State::Installing(..)) if is_three => {
                handshake.replay_counter = key.replay_counter;
                self.state = State::Installing(target, handshake);
                self.answer_key(at, target, KeyMessage::Four, &handshake);
            }
            (KeyMessage::Three, State::Associated(_, _, watch)) if is_three => {
                handshake.replay_counter = key.replay_counter;
                self.state = State::Associated(target, handshake, watch);
                self.answer_key(at, target, KeyMessage::Four, &handshake);
            }
            _ => {}
        }
    }

    /// Has the keys: the link layer is up.
    pub(super) fn finish(&mut self, at: SimTime, target: Target, handshake: Handshake) {
        self.end_phase(at);
        if self.spec.cache.access_point {
            self.remembered = Some(target.access_point);
        }
        self.state = State::Associated(target, handshake, Watch::Quiet);
        self.effects.push_back(StationEffect::Associated);
        if self.beacons_missing.is_some() {
            self.miss_beacons(at);
        }
    }

    /// Answers with message 2 or 4, and returns when it is ready.
    fn answer_key(
        &mut self,
        at: SimTime,
        target: Target,
        message: KeyMessage,
        handshake: &Handshake,
    ) -> SimTime {
        let ready = at.after(self.spec.turnaround.draw(&mut self.luck));
        let key = EapolKey {
            message,
            replay_counter: handshake.replay_counter,
            nonce: match message {
                KeyMessage::Two => handshake.ours,
                KeyMessage::One | KeyMessage::Three | KeyMessage::Four => [0; 32],
            },
            mic: nonce(&mut self.luck),
        };
        let payload: Payload = key.payload();
        self.send(ready, target.access_point.address, payload);
        ready
    }
}

impl State {
    /// Returns the handshake, under way or done.
    const fn handshake(self) -> Option<Handshake> {
        match self {
            Self::Handshaking(_, handshake)
            | Self::Installing(_, handshake)
            | Self::Associated(_, handshake, _) => Some(handshake),
            Self::Idle
            | Self::Scanning(_)
            | Self::Deriving(_)
            | Self::Authenticating(..)
            | Self::Associating(..) => None,
        }
    }
}
