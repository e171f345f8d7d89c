//! The node's half of DNS, with the waits of lwIP.
//!
//! Owns one question at a time and the last answer (lwIP `dns.c`: sent at once, then after 1, 2
//! and 4 s, given up after 7 s; ticks of one second).

use core::net::Ipv4Addr;

use crate::rng::Rng;
use crate::stack::address::AddressDrop;
use crate::stack::address::dns::{self, Answer, Name};
use crate::stack::address::ticks::Ticks;
use crate::time::{SimSpan, SimTime};

/// Tick of questions (`DNS_TMR_INTERVAL`).
const TICK: SimSpan = SimSpan::from_secs(1);
/// Questions before the resolver counts as silent (`DNS_MAX_RETRIES`).
const QUERIES_MAX: u8 = 4;
/// The longest that an answer is believed, in seconds (`DNS_MAX_TTL`): a week.
const SECONDS_MAX: u32 = 604_800;
/// The first of the ports for short use (RFC 6335 §6).
pub(super) const FIRST_EPHEMERAL_PORT: u16 = 49_152;

/// Why a name has no address.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ResolveFailure {
    /// No host can be called so.
    BadName,
    /// The resolver answered that it cannot.
    Refused,
    /// The resolver did not answer, 7 s long.
    NoAnswer,
    /// The node has no address yet, or was told of no resolver.
    NoResolver,
    /// The name does not exist.
    NoSuchName,
}

/// What a question came to.
pub(super) type Resolution = Result<Ipv4Addr, ResolveFailure>;

#[derive(Clone, Debug)]
struct Question {
    name: Name,
    id: u16,
    port: u16,
    tries: u8,
    overdue: SimTime,
    /// Whether the message waits for the resolver's address below IP.
    is_unsent: bool,
}

#[derive(Clone, Debug)]
struct Known {
    name: Name,
    address: Ipv4Addr,
    until: SimTime,
}

/// The node's half of DNS.
#[derive(Clone, Debug)]
pub(super) struct DnsClient {
    open: Option<Box<Question>>,
    known: Option<Box<Known>>,
    ticks: Ticks,
}

impl DnsClient {
    pub(super) const fn new(ticks: Ticks) -> Self {
        Self {
            open: None,
            known: None,
            ticks,
        }
    }

    /// Forgets the question, and keeps the answer.
    pub(super) fn stop(&mut self) {
        self.open = None;
    }

    /// Forgets the answer.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }

    /// Begins to look a name up; returns the result if it needs no question.
    ///
    /// A new question takes the place of an open one.
    pub(super) fn resolve(&mut self, at: SimTime, rng: &mut Rng, name: &str) -> Option<Resolution> {
        self.open = None;
        if let Ok(address) = name.parse() {
            return Some(Ok(address));
        }
        let Some(name) = Name::encode(name) else {
            return Some(Err(ResolveFailure::BadName));
        };
        if let Some(known) = self.known.as_ref().filter(|known| known.name == name)
            && at < known.until
        {
            return Some(Ok(known.address));
        }
        let bits = rng.bits().to_be_bytes();
        self.open = Some(Box::new(Question {
            name,
            id: u16::from_be_bytes([bits[0], bits[1]]),
            port: FIRST_EPHEMERAL_PORT | u16::from_be_bytes([bits[2], bits[3]]),
            tries: 0,
            overdue: self.ticks.nth(at, TICK, 1),
            is_unsent: true,
        }));
        None
    }

    /// Returns whether a message waits to be sent.
    pub(super) fn is_unsent(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.is_unsent)
    }

    /// Returns the waiting message and the port it comes from.
    pub(super) fn take_message(&mut self) -> Option<(u16, Vec<u8>)> {
        let open = self.open.as_mut().filter(|open| open.is_unsent)?;
        open.is_unsent = false;
        Some((open.port, dns::write_query(open.id, &open.name)))
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due.
    pub(super) fn poll_timeout(&self) -> SimTime {
        self.open.as_ref().map_or(SimTime::MAX, |open| open.overdue)
    }

    /// Asks again, or gives up (`dns_check_entry`).
    pub(super) fn handle_timeout(&mut self, at: SimTime) -> Option<ResolveFailure> {
        let open = self.open.as_mut().filter(|open| at >= open.overdue)?;
        open.tries += 1;
        if open.tries >= QUERIES_MAX {
            self.open = None;
            return Some(ResolveFailure::NoAnswer);
        }
        open.is_unsent = true;
        open.overdue = self.ticks.nth(at, TICK, u32::from(open.tries));
        None
    }

    /// Takes an answer that came to `port`.
    pub(super) fn receive(
        &mut self,
        at: SimTime,
        port: u16,
        payload: &[u8],
    ) -> Result<Resolution, AddressDrop> {
        let open = self.open.as_ref().ok_or(AddressDrop::Stale)?;
        if port != open.port {
            return Err(AddressDrop::Foreign);
        }
        let answer = dns::read_answer(open.id, &open.name, payload)?;
        let name = self.open.take().map(|open| open.name);
        Ok(match answer {
            Answer::Address(address, seconds) => {
                let lifetime = SimSpan::from_secs(u64::from(seconds.min(SECONDS_MAX)));
                let until = at.after(lifetime);
                self.known = name.map(|name| {
                    Box::new(Known {
                        name,
                        address,
                        until,
                    })
                });
                Ok(address)
            }
            Answer::NoSuchName => Err(ResolveFailure::NoSuchName),
            Answer::Refused => Err(ResolveFailure::Refused),
        })
    }
}
