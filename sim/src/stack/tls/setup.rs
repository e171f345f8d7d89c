//! What endpoints are made from; cheap to clone, and shared by all nodes.

use std::sync::Arc;

use pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ServerConfig};

use super::micropython::Profile;
use super::sessions::Sessions;
use super::spec::{TlsSpec, Verification};

/// What the node's end is made from.
///
/// A clone shares the memory of sessions: it is the same node.
#[derive(Clone, Debug)]
pub struct ClientSetup {
    pub(super) identity: Option<Arc<CertifiedKey>>,
    pub(super) kind: ClientKind,
    pub(super) secrets_wanted: bool,
    pub(super) sessions: Option<Sessions>,
    pub(super) trace_wanted: bool,
}

/// What the server's end is made from.
#[derive(Clone, Debug)]
pub struct ServerSetup {
    pub(super) kind: ServerKind,
    pub(super) trace_wanted: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ClientKind {
    Modelled(Profile),
    Rustls(Arc<Client>),
}

#[derive(Clone, Debug)]
pub(super) enum ServerKind {
    Modelled(Profile),
    Rustls(Arc<ServerConfig>),
}

/// What rustls needs for a client, the same for all nodes.
#[derive(Debug)]
pub(super) struct Client {
    pub config: Arc<ClientConfig>,
    pub name: ServerName<'static>,
    pub needs_time: bool,
    pub record_max: Option<u16>,
}

impl ClientSetup {
    pub(super) fn rustls(config: ClientConfig, name: ServerName<'static>, spec: &TlsSpec) -> Self {
        let settings = spec.settings();
        let client = Client {
            config: Arc::new(config),
            name,
            needs_time: settings.verification == Verification::Full,
            record_max: settings.record_max,
        };
        Self {
            identity: None,
            kind: ClientKind::Rustls(Arc::new(client)),
            secrets_wanted: false,
            sessions: settings.resumption.then(Sessions::default),
            trace_wanted: false,
        }
    }

    pub(super) const fn modelled(profile: Profile) -> Self {
        Self {
            identity: None,
            kind: ClientKind::Modelled(profile),
            secrets_wanted: false,
            sessions: None,
            trace_wanted: false,
        }
    }

    /// Returns the same settings, with lines of an NSS key log told or not.
    #[must_use]
    pub const fn with_secrets(mut self, wanted: bool) -> Self {
        self.secrets_wanted = wanted;
        self
    }

    /// Returns the same settings, with every operation and record listed or only counted.
    pub(super) const fn with_trace(mut self, wanted: bool) -> Self {
        self.trace_wanted = wanted;
        self
    }

    /// Returns the same settings with nothing to resume yet.
    pub(super) fn with_own_sessions(&self) -> Self {
        Self {
            sessions: self.sessions.as_ref().map(|_| Sessions::default()),
            ..self.clone()
        }
    }

    /// Forgets all sessions, as a node does that loses its power.
    pub fn forget_sessions(&self) {
        if let Some(sessions) = &self.sessions {
            sessions.clear();
        }
    }
}

impl ServerSetup {
    pub(super) fn rustls(config: ServerConfig) -> Self {
        Self {
            kind: ServerKind::Rustls(Arc::new(config)),
            trace_wanted: false,
        }
    }

    pub(super) const fn modelled(profile: Profile) -> Self {
        Self {
            kind: ServerKind::Modelled(profile),
            trace_wanted: false,
        }
    }
    /// Returns the same settings, with every operation and record listed or only counted.
    pub(super) const fn with_trace(mut self, wanted: bool) -> Self {
        self.trace_wanted = wanted;
        self
    }
}
