//! What a client remembers of earlier connections, to resume them.
//!
//! Owns the memory of one node towards its one server. Does not know whether the server will
//! agree, nor how long memory outlasts a sleep: whoever holds it clears it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pki_types::ServerName;
use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};

use super::provider::scope;

/// Tickets kept; the oldest gives way.
const TICKETS_MAX: usize = 2;

/// One node's memory of sessions; clones share it.
#[derive(Clone, Default)]
pub(super) struct Sessions(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    group: Option<NamedGroup>,
    session: Option<Tls12ClientSessionValue>,
    tickets: VecDeque<Tls13ClientSessionValue>,
}

impl Sessions {
    /// Forgets everything, as a node does that loses its power.
    pub(super) fn clear(&self) {
        *self.lock() = Kept::default();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// rustls' way to the sessions of the endpoint that runs.
#[derive(Debug)]
pub(super) struct ScopedSessions;

impl ScopedSessions {
    fn with<R>(f: impl FnOnce(&mut Kept) -> R) -> Option<R> {
        scope::with(|scope| scope.sessions.as_ref().map(|kept| f(&mut kept.lock()))).flatten()
    }
}

impl ClientSessionStore for ScopedSessions {
    fn set_kx_hint(&self, _server: ServerName<'static>, group: NamedGroup) {
        Self::with(|kept| kept.group = Some(group));
    }

    fn kx_hint(&self, _server: &ServerName<'_>) -> Option<NamedGroup> {
        Self::with(|kept| kept.group).flatten()
    }

    fn set_tls12_session(&self, _server: ServerName<'static>, value: Tls12ClientSessionValue) {
        Self::with(|kept| kept.session = Some(value));
    }

    fn tls12_session(&self, _server: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        Self::with(|kept| kept.session.clone()).flatten()
    }

    fn remove_tls12_session(&self, _server: &ServerName<'static>) {
        Self::with(|kept| kept.session = None);
    }

    fn insert_tls13_ticket(&self, _server: ServerName<'static>, value: Tls13ClientSessionValue) {
        Self::with(|kept| {
            if kept.tickets.len() == TICKETS_MAX {
                kept.tickets.pop_front();
            }
            kept.tickets.push_back(value);
        });
    }

    fn take_tls13_ticket(&self, _server: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        Self::with(|kept| kept.tickets.pop_back()).flatten()
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kept = self.lock();
        f.debug_struct("Sessions")
            .field("session", &kept.session.is_some())
            .field("tickets", &kept.tickets.len())
            .finish_non_exhaustive()
    }
}
