//! The node's half of SNTP, with the waits of lwIP.
//!
//! Owns one request at a time (lwIP `sntp.c`): an answer is awaited for 15 s, then the next
//! request goes out after 15, 30, 60 and 120 s, and every 120 s from then on. It never gives up:
//! whoever asked may.

use node_core::UnixTime;

use crate::rng::Rng;
use crate::stack::address::AddressDrop;
use crate::stack::address::dns_client::FIRST_EPHEMERAL_PORT;
use crate::stack::address::sntp;
use crate::time::{SimSpan, SimTime};

/// How long an answer is awaited (`SNTP_RECV_TIMEOUT`).
const ANSWER_SECONDS: u64 = 15;
/// The first pause between requests (`SNTP_RETRY_TIMEOUT`).
const PAUSE_SECONDS: u16 = 15;
/// Pauses are doubled while they stay within this (`SNTP_RETRY_TIMEOUT_MAX`).
const PAUSE_SECONDS_MAX: u16 = 150;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Off,
    Paused,
    /// The message waits for the server's address below IP.
    Unsent,
    Waiting,
}

/// The node's half of SNTP.
#[derive(Clone, Debug)]
pub(super) struct TimeClient {
    state: State,
    port: u16,
    pause_seconds: u16,
    nonce: u64,
    due: SimTime,
}

impl TimeClient {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Off,
            port: 0,
            pause_seconds: PAUSE_SECONDS,
            nonce: 0,
            due: SimTime::MAX,
        }
    }

    /// Begins to ask.
    pub(super) fn start(&mut self, at: SimTime, rng: &mut Rng) {
        *self = Self::new();
        self.ask(at, rng);
    }

    /// Forgets the request.
    pub(super) const fn stop(&mut self) {
        *self = Self::new();
    }

    /// Returns whether a message waits to be sent.
    pub(super) fn is_unsent(&self) -> bool {
        self.state == State::Unsent
    }

    /// Returns the waiting message and the port it comes from.
    pub(super) fn take_message(&mut self) -> Option<(u16, Vec<u8>)> {
        self.is_unsent().then(|| {
            self.state = State::Waiting;
            (self.port, sntp::write_request(self.nonce))
        })
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due.
    pub(super) const fn poll_timeout(&self) -> SimTime {
        self.due
    }

    /// Pauses after a silence, asks after a pause (`sntp_retry`).
    pub(super) fn handle_timeout(&mut self, at: SimTime, rng: &mut Rng) {
        if at < self.due {
            return;
        }
        if self.state == State::Paused {
            self.ask(at, rng);
            return;
        }
        self.state = State::Paused;
        self.due = at.after(SimSpan::from_secs(u64::from(self.pause_seconds)));
        if self.pause_seconds * 2 <= PAUSE_SECONDS_MAX {
            self.pause_seconds *= 2;
        }
    }

    /// Takes an answer that came to `port`.
    pub(super) fn receive(&mut self, port: u16, payload: &[u8]) -> Result<UnixTime, AddressDrop> {
        if self.state != State::Waiting {
            return Err(AddressDrop::Stale);
        }
        if port != self.port {
            return Err(AddressDrop::Foreign);
        }
        let time = sntp::read_answer(self.nonce, payload)?;
        self.stop();
        Ok(time)
    }

    fn ask(&mut self, at: SimTime, rng: &mut Rng) {
        self.nonce = rng.bits();
        self.port = FIRST_EPHEMERAL_PORT | (rng.bits() >> 48) as u16;
        self.state = State::Unsent;
        self.due = at.after(SimSpan::from_secs(ANSWER_SECONDS));
    }
}
