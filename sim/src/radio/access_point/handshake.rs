//! The access point's half of the 4-way handshake.
//!
//! Owns its repetitions. The times and the number of tries are hostapd's
//! (`wpa_auth.c`: `eapol_key_timeout_first`, `eapol_key_timeout_subseq`, and
//! `dot11RSNAConfigPairwiseUpdateCount`).

use super::seat::{Handshake, Seat, Stage};
use super::{AccessPoint, KEY_ANSWER, MacAddress, RadioFault, ReasonCode, SimSpan, SimTime};
use crate::radio::eapol::{EapolKey, KeyMessage};
use crate::radio::nonce::nonce;

/// How long the first try of a message waits for its answer.
const FIRST_TIMEOUT: SimSpan = SimSpan::from_millis(100);
/// How long later tries wait.
const NEXT_TIMEOUT: SimSpan = SimSpan::from_secs(1);
/// How often a message is sent at most.
const TRIES_MAX: u8 = 4;

impl AccessPoint {
    /// Gives a station its seat, and sends message 1.
    pub(super) fn begin_handshake(&mut self, at: SimTime, to: MacAddress) {
        let mut luck = self.luck(at, to);
        let ready = at.after(KEY_ANSWER.draw(&mut luck));
        let handshake = Handshake {
            proven: false,
            tries: 0,
            replay_counter: 0,
            nonce: nonce(&mut luck),
            due: ready,
        };
        let seat = Seat {
            stage: Stage::Handshake(handshake),
        };
        self.seats.insert(to, seat);
        if !self.suffers(RadioFault::HandshakeSilent) {
            self.send_message(ready, to);
        }
    }

    /// Takes a station's message.
    ///
    /// Message 2 proves the password. With a wrong one its code is wrong, and the access point
    /// acts as if it had not come.
    pub(super) fn take_key(&mut self, at: SimTime, from: MacAddress, key: &EapolKey) {
        let proves = !self.spec.password_wrong;
        let mut luck = self.luck(at, from);
        let Some(seat) = self.seats.get_mut(&from) else {
            return;
        };
        let Stage::Handshake(handshake) = &mut seat.stage else {
            return;
        };
        // hostapd takes the answer to any message of this handshake that it still waits for.
        if key.replay_counter == 0 || key.replay_counter > handshake.replay_counter {
            return;
        }
        match key.message {
            KeyMessage::Two if !handshake.proven && proves => {
                self.timers.remove(&(handshake.due, from));
                handshake.proven = true;
                handshake.tries = 0;
                let ready = at.after(KEY_ANSWER.draw(&mut luck));
                self.send_message(ready, from);
            }
            KeyMessage::Four if handshake.proven => {
                self.timers.remove(&(handshake.due, from));
                seat.stage = Stage::Keyed;
            }
            KeyMessage::One | KeyMessage::Two | KeyMessage::Three | KeyMessage::Four => {}
        }
    }

    /// Repeats what a station has not answered, or gives it up.
    pub(super) fn repeat(&mut self, at: SimTime, station: MacAddress) {
        let Some(seat) = self.seats.get(&station) else {
            return;
        };
        let Stage::Handshake(handshake) = &seat.stage else {
            return;
        };
        if handshake.tries >= TRIES_MAX {
            self.dismiss(at, station, ReasonCode::FOUR_WAY_HANDSHAKE_TIMEOUT);
        } else {
            self.send_message(at, station);
        }
    }

    /// Sends message 1 or 3, and sets the timer for its repetition.
    fn send_message(&mut self, ready: SimTime, to: MacAddress) {
        let mut luck = self.luck(ready, to);
        let Some(seat) = self.seats.get_mut(&to) else {
            return;
        };
        let Stage::Handshake(handshake) = &mut seat.stage else {
            return;
        };
        handshake.tries += 1;
        handshake.replay_counter += 1;
        let timeout = if handshake.tries == 1 {
            FIRST_TIMEOUT
        } else {
            NEXT_TIMEOUT
        };
        handshake.due = ready.after(timeout);
        let proven = handshake.proven;
        let key = EapolKey {
            message: if proven {
                KeyMessage::Three
            } else {
                KeyMessage::One
            },
            replay_counter: handshake.replay_counter,
            nonce: handshake.nonce,
            mic: if proven { nonce(&mut luck) } else { [0; 16] },
        };
        let due = handshake.due;
        self.timers.insert((due, to));
        if !(proven && self.suffers(RadioFault::HandshakeMessage3Lost)) {
            self.send(ready, to, key.payload());
        }
    }
}
