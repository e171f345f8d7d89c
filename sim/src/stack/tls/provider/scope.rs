//! Whose luck, time and memory rustls uses while it runs.
//!
//! rustls takes randomness, time, sessions and keys from objects that live as long as the
//! program and are told nothing of the connection. Here each of them looks up the one endpoint
//! that runs on this thread:
//!
//! ```text
//! Endpoint ── run(scope, || rustls) ──► thread-local ◄── SecureRandom, TimeProvider, KeyLog,
//!                                                        key exchange, AEAD, session store
//! ```
//!
//! Owns that lookup. Does not know what rustls wants it for.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use pki_types::UnixTime;
use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;
use rustls::KeyLog;
use rustls::crypto::{GetRandomFailed, SecureRandom};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;

use super::super::operation::{Ledger, OperationKind};
use super::super::sessions::Sessions;

thread_local! {
    static CURRENT: RefCell<Option<Box<Scope>>> = const { RefCell::new(None) };
}

/// What belongs to one endpoint and rustls must reach.
pub(in crate::stack::tls) struct Scope {
    /// Where every random byte comes from.
    pub luck: ChaCha12Rng,
    /// What the endpoint believes civil time is.
    pub now: Option<Duration>,
    /// What it computed.
    pub ledger: Ledger,
    /// Plain text of the records it sealed and has not yet put out.
    pub sealed: VecDeque<Sealed>,
    /// Lines of the key log, if they are wanted.
    pub secrets: Option<VecDeque<String>>,
    /// Whether the next data that a TLS 1.2 server seals goes out as a `HelloRequest`.
    pub hello_request: bool,
    /// The sessions it may resume, if it is a client that resumes.
    pub sessions: Option<Sessions>,
    /// Its certificate, if it is a client that has one.
    pub identity: Option<Arc<CertifiedKey>>,
}

/// Plain text of a sealed record, as far as an event is made of it.
#[derive(Debug)]
pub(in crate::stack::tls) enum Sealed {
    /// An alert's description.
    Alert(u8),
    /// Handshake messages, or a part of one.
    Handshake(Vec<u8>),
    /// Anything else.
    Other,
}

/// Runs `f` with the scope in `slot`, which is empty for that time only.
pub(in crate::stack::tls) fn run<R>(slot: &mut Option<Box<Scope>>, f: impl FnOnce() -> R) -> R {
    let outer = CURRENT.with_borrow_mut(|current| std::mem::replace(current, slot.take()));
    let _restore = Restore { slot, outer };
    f()
}

/// Lets `f` look at the scope that runs on this thread, if one does.
pub(in crate::stack::tls) fn with<R>(f: impl FnOnce(&mut Scope) -> R) -> Option<R> {
    CURRENT.with_borrow_mut(|current| current.as_deref_mut().map(f))
}

/// Writes operations down, if a scope runs.
pub(super) fn record(kinds: &[OperationKind]) {
    with(|scope| {
        for kind in kinds {
            scope.ledger.record(*kind);
        }
    });
}

/// Fills `bytes` from the luck of the scope.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
    with(|scope| {
        scope.ledger.record(OperationKind::random(bytes.len()));
        scope.luck.fill_bytes(bytes);
    })
    .ok_or(GetRandomFailed)
}

struct Restore<'a> {
    slot: &'a mut Option<Box<Scope>>,
    outer: Option<Box<Scope>>,
}

/// Randomness of the scope.
#[derive(Debug)]
pub(super) struct ScopedRandom;

/// Civil time of the scope.
#[derive(Debug)]
pub(in crate::stack::tls) struct ScopedTime;

/// The key log of the scope.
#[derive(Debug)]
pub(in crate::stack::tls) struct ScopedKeyLog;

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        let outer = self.outer.take();
        *self.slot = CURRENT.with_borrow_mut(|current| std::mem::replace(current, outer));
    }
}

impl SecureRandom for ScopedRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        fill(bytes)
    }
}

impl TimeProvider for ScopedTime {
    fn current_time(&self) -> Option<UnixTime> {
        with(|scope| scope.now)
            .flatten()
            .map(UnixTime::since_unix_epoch)
    }
}

impl KeyLog for ScopedKeyLog {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        with(|scope| {
            if let Some(secrets) = &mut scope.secrets {
                let line = format!("{label} {} {}", hex(client_random), hex(secret));
                secrets.push_back(line);
            }
        });
    }

    fn will_log(&self, _label: &str) -> bool {
        with(|scope| scope.secrets.is_some()).unwrap_or(false)
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Keys and luck are nobody's business.
        f.debug_struct("Scope")
            .field("now", &self.now)
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
        .collect()
}
