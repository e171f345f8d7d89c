//! Somebody between a server's TLS and its TCP, who does something to the bytes.
//!
//! ```text
//!          carry(Down, …) ◄── TLS
//! TCP ◄──►      Tap
//!          carry(Up, …)   ──► TLS
//! ```
//!
//! Owns one attack on one connection. Has no keys: whoever wants to pose as the server needs an
//! end of his own, which is not here.

use std::collections::VecDeque;

use super::hello;
use super::records::{HANDSHAKE, Held};
use super::{Attack, Way};
use crate::time::{SimSpan, SimTime};

/// How long an eavesdropper listens before he says what he heard again.
const REPLAY_AFTER: SimSpan = SimSpan::from_secs(10);
/// Bytes that he remembers at most.
const REPLAY_MAX: usize = 64 * 1_024;
/// What a web server says to a client that does not speak HTTP.
const GARBAGE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/// What comes out of a tap.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Passage {
    /// The connection ends here, without a word.
    pub cut: bool,
    /// Bytes for the node.
    pub down: Vec<u8>,
    /// Bytes for the server.
    pub up: Vec<u8>,
}

/// One attack on one connection.
#[derive(Clone, Debug)]
pub struct Tap {
    attack: Attack,
    /// The stream is one of TLS records.
    protected: bool,
    /// The handshake is over; without protection there is none.
    secured: bool,
    trick: Trick,
}

/// Changes a record of the handshake; returns true if it was the one to change.
type Change = fn(&mut Vec<u8>) -> bool;

/// What is done, and how far it is.
#[derive(Clone, Debug)]
enum Trick {
    /// The queue of bytes, and when the next may pass.
    Drip {
        queue: VecDeque<u8>,
        next: SimTime,
        interval: SimSpan,
    },
    /// Something is done once, and has been.
    Done,
    /// Everything is remembered until then.
    Listen {
        heard: Vec<u8>,
        until: SimTime,
        full: bool,
    },
    /// Bytes pass, and wait for their moment.
    Pass,
    /// Records of the handshake are changed, until one was.
    Rewrite {
        way: Way,
        held: Held,
        change: Change,
    },
    /// Nothing passes any more.
    Silence,
}

impl Tap {
    /// Builds the tap of a connection that is opened, or open if it is `secured`.
    #[must_use]
    pub fn new(at: SimTime, attack: Attack, protected: bool, secured: bool) -> Self {
        let rewrite = |way, change| {
            let held = Held::default();
            if protected && !secured {
                Trick::Rewrite { way, held, change }
            } else {
                Trick::Done
            }
        };
        let trick = match attack {
            Attack::Downgrade => rewrite(Way::Up, |record| hello::offer_older(record)),
            Attack::NoCommonSuite => rewrite(Way::Up, |record| hello::offer_only_rsa(record)),
            Attack::Drip { interval } => Trick::Drip {
                queue: VecDeque::new(),
                next: at,
                interval,
            },
            Attack::Replay => Trick::Listen {
                heard: Vec::new(),
                until: at.after(REPLAY_AFTER),
                full: false,
            },
            Attack::StrippedExtension => rewrite(Way::Down, hello::strip_extension),
            Attack::TamperedHandshake => rewrite(Way::Down, |record| hello::flip_bit(record)),
            Attack::EofWithoutCloseNotify
            | Attack::Garbage
            | Attack::Impostor(_)
            | Attack::OversizedRecord { .. }
            | Attack::Renegotiation
            | Attack::RogueAccessPoint(_)
            | Attack::TamperedRecord(_)
            | Attack::TruncatedFlight => Trick::Pass,
        };
        Self {
            attack,
            protected,
            secured: secured || !protected,
            trick,
        }
    }

    /// Returns which attack this is.
    #[must_use]
    pub const fn attack(&self) -> Attack {
        self.attack
    }

    /// Takes note that the handshake is over.
    pub const fn secure(&mut self) {
        self.secured = true;
    }

    /// Returns true, once, when the server is to ask for a renegotiation.
    pub fn take_request(&mut self) -> bool {
        let due = self.attack == Attack::Renegotiation
            && self.secured
            && matches!(self.trick, Trick::Pass);
        if due {
            self.trick = Trick::Done;
        }
        due
    }

    /// Returns, once, what is to be said to the server again on a connection of its own.
    pub fn take_replay(&mut self, at: SimTime) -> Option<Vec<u8>> {
        let Trick::Listen { heard, until, .. } = &mut self.trick else {
            return None;
        };
        if *until > at {
            return None;
        }
        let heard = std::mem::take(heard);
        self.trick = Trick::Done;
        Some(heard)
    }

    /// Takes bytes that go one way.
    pub fn carry(&mut self, at: SimTime, way: Way, bytes: &[u8], out: &mut Passage) {
        match &mut self.trick {
            Trick::Drip { queue, .. } if way == Way::Down => {
                queue.extend(bytes);
                self.handle_timeout(at, out);
            }
            Trick::Done | Trick::Drip { .. } => out.pass(way, bytes),
            Trick::Listen { heard, full, .. } => {
                if way == Way::Up {
                    *full |= heard.len() + bytes.len() > REPLAY_MAX;
                    if !*full {
                        heard.extend_from_slice(bytes);
                    }
                }
                out.pass(way, bytes);
            }
            Trick::Pass => self.strike(way, bytes, out),
            Trick::Rewrite { way: wanted, .. } if way != *wanted => out.pass(way, bytes),
            Trick::Rewrite { held, .. } => {
                held.push(bytes);
                self.rewrite(out);
            }
            Trick::Silence => {}
        }
    }

    /// Returns when [`Tap::handle_timeout`] or [`Tap::take_replay`] is wanted.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        match &self.trick {
            Trick::Drip { queue, next, .. } => (!queue.is_empty()).then_some(*next),
            Trick::Listen { until, .. } => Some(*until),
            Trick::Done | Trick::Pass | Trick::Rewrite { .. } | Trick::Silence => None,
        }
    }

    /// Lets pass what is due.
    pub fn handle_timeout(&mut self, at: SimTime, out: &mut Passage) {
        if let Trick::Drip {
            queue,
            next,
            interval,
        } = &mut self.trick
            && *next <= at
            && let Some(byte) = queue.pop_front()
        {
            out.down.push(byte);
            *next = at.after(*interval);
        }
    }

    /// Lets pass what was held, because the attack is over.
    pub fn release(&mut self, out: &mut Passage) {
        match std::mem::replace(&mut self.trick, Trick::Done) {
            Trick::Drip { queue, .. } => out.down.extend(queue),
            Trick::Rewrite { way, mut held, .. } => out.pass(way, &held.take()),
            Trick::Done | Trick::Listen { .. } | Trick::Pass => {}
            // Half of it is gone for good.
            Trick::Silence => self.trick = Trick::Silence,
        }
    }

    /// Does what needs no memory.
    fn strike(&mut self, way: Way, bytes: &[u8], out: &mut Passage) {
        match (self.attack, way) {
            (Attack::EofWithoutCloseNotify, Way::Down) if self.secured => {
                out.pass(way, bytes);
                out.cut = true;
                self.trick = Trick::Silence;
            }
            (Attack::Garbage, Way::Up) => {
                out.down.extend_from_slice(GARBAGE);
                self.trick = Trick::Silence;
            }
            (Attack::OversizedRecord { bytes: length }, Way::Down) => {
                let [high, low] = length.to_be_bytes();
                out.down.extend([HANDSHAKE, 3, 3, high, low]);
                out.down.resize(out.down.len() + usize::from(length), 0);
                self.trick = Trick::Silence;
            }
            (Attack::TamperedRecord(tampered), _) if tampered == way && self.secured => {
                let mut bytes = bytes.to_vec();
                flip(&mut bytes, self.protected);
                out.pass(way, &bytes);
            }
            (Attack::TruncatedFlight, Way::Down) => {
                out.pass(way, &bytes[..bytes.len() / 2]);
                self.trick = Trick::Silence;
            }
            _ => out.pass(way, bytes),
        }
    }

    /// Changes the records that are whole.
    fn rewrite(&mut self, out: &mut Passage) {
        let Trick::Rewrite { way, held, change } = &mut self.trick else {
            return;
        };
        let (way, change) = (*way, *change);
        loop {
            let mut record = match held.next() {
                Ok(Some(record)) => record,
                Ok(None) => return,
                Err(rest) => {
                    // The handshake is past what anybody can change.
                    self.trick = Trick::Done;
                    return out.pass(way, &rest);
                }
            };
            let done = change(&mut record);
            out.pass(way, &record);
            if done {
                let rest = held.take();
                self.trick = Trick::Done;
                return out.pass(way, &rest);
            }
        }
    }
}

impl Passage {
    fn pass(&mut self, way: Way, bytes: &[u8]) {
        match way {
            Way::Down => self.down.extend_from_slice(bytes),
            Way::Up => self.up.extend_from_slice(bytes),
        }
    }
}

/// Flips a bit: of a record's last byte, or of the last digit that can be read.
fn flip(bytes: &mut [u8], protected: bool) {
    let digit = bytes.iter().rposition(u8::is_ascii_digit);
    let at = if protected { None } else { digit };
    let at = at.or(bytes.len().checked_sub(1));
    // A header alone is left alone, so that what is struck is what is protected.
    if let Some(byte) = at.and_then(|at| bytes.get_mut(at)) {
        *byte ^= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: SimTime = SimTime::ZERO;

    #[test]
    fn a_drip_lets_one_byte_pass_at_a_time() {
        let mut tap = Tap::new(AT, Attack::DRIP, true, false);
        let mut out = Passage::default();
        tap.carry(AT, Way::Down, &[1, 2, 3], &mut out);
        assert_eq!(out.down, [1]);
        let next = tap.poll_timeout().expect("there is more");
        assert_eq!(next.since(AT), SimSpan::from_secs(1));
        tap.handle_timeout(AT, &mut out);
        assert_eq!(out.down, [1]);
        tap.handle_timeout(next, &mut out);
        assert_eq!(out.down, [1, 2]);
        tap.release(&mut out);
        assert_eq!(out.down, [1, 2, 3]);
        assert_eq!(tap.poll_timeout(), None);
    }

    #[test]
    fn half_a_flight_passes_and_then_nothing() {
        let mut tap = Tap::new(AT, Attack::TruncatedFlight, true, false);
        let mut out = Passage::default();
        tap.carry(AT, Way::Up, &[9], &mut out);
        tap.carry(AT, Way::Down, &[1, 2, 3, 4], &mut out);
        tap.carry(AT, Way::Down, &[5], &mut out);
        tap.release(&mut out);
        tap.carry(AT, Way::Down, &[6], &mut out);
        assert_eq!((out.up, out.down), (vec![9], vec![1, 2]));
    }

    #[test]
    fn garbage_answers_whatever_is_said() {
        let mut tap = Tap::new(AT, Attack::Garbage, true, false);
        let mut out = Passage::default();
        tap.carry(AT, Way::Up, &[22, 3, 1], &mut out);
        assert!(out.up.is_empty() && out.down.starts_with(b"HTTP/1.1 400"));
    }

    #[test]
    fn the_last_digit_of_plain_text_and_the_tag_of_a_record_are_tampered_with() {
        for (protected, before, after) in
            [(false, "{\"t\":23}", "{\"t\":22}"), (true, "23}a", "23}`")]
        {
            let mut tap = Tap::new(AT, Attack::TamperedRecord(Way::Up), protected, true);
            let mut out = Passage::default();
            tap.carry(AT, Way::Up, before.as_bytes(), &mut out);
            assert_eq!(out.up, after.as_bytes());
            tap.carry(AT, Way::Down, b"7", &mut out);
            assert_eq!(out.down, b"7");
        }
    }

    #[test]
    fn a_handshake_is_not_tampered_with_as_a_record() {
        let mut tap = Tap::new(AT, Attack::TamperedRecord(Way::Down), true, false);
        let mut out = Passage::default();
        tap.carry(AT, Way::Down, &[22, 3, 3], &mut out);
        assert_eq!(out.down, [22, 3, 3]);
        tap.secure();
        tap.carry(AT, Way::Down, &[23, 3, 3], &mut out);
        assert_eq!(out.down, [22, 3, 3, 23, 3, 2]);
    }

    #[test]
    fn what_was_heard_is_said_again_once() {
        let mut tap = Tap::new(AT, Attack::Replay, true, false);
        let mut out = Passage::default();
        tap.carry(AT, Way::Up, &[1], &mut out);
        tap.carry(AT, Way::Down, &[2], &mut out);
        tap.carry(AT, Way::Up, &[3], &mut out);
        let due = tap.poll_timeout().expect("it waits");
        assert_eq!(tap.take_replay(AT), None);
        assert_eq!(tap.take_replay(due), Some(vec![1, 3]));
        assert_eq!(tap.take_replay(due), None);
        assert_eq!(tap.poll_timeout(), None);
    }

    #[test]
    fn a_hello_in_two_segments_is_changed_all_the_same() {
        let mut tap = Tap::new(AT, Attack::TamperedHandshake, true, false);
        let mut out = Passage::default();
        let exchange = [22, 3, 3, 0, 6, 12, 0, 0, 2, 7, 8, 20, 3];
        tap.carry(AT, Way::Down, &exchange[..7], &mut out);
        assert!(out.down.is_empty());
        tap.carry(AT, Way::Down, &exchange[7..], &mut out);
        assert_eq!(out.down, [22, 3, 3, 0, 6, 12, 0, 0, 2, 7, 9, 20, 3]);
    }

    #[test]
    fn bytes_without_records_are_not_held() {
        let mut tap = Tap::new(AT, Attack::Downgrade, true, false);
        let mut out = Passage::default();
        tap.carry(AT, Way::Up, &[0x10], &mut out);
        assert_eq!(out.up, [0x10]);
    }
}
