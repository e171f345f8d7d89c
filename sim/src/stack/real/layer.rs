//! What lies between TCP and the application at one end: nothing, or TLS.
//!
//! Owns that choice, so that neither end of a path has to make it again.

use crate::stack::tls::{Endpoint, Moment, TlsEvent, Work};

/// The outermost layer of a byte stream at one end.
#[derive(Debug)]
pub(super) enum Layer {
    /// Bytes pass as they are.
    Plain {
        /// From the peer.
        received: Vec<u8>,
        /// To the peer.
        sending: Vec<u8>,
    },
    /// Bytes are protected.
    Tls(Box<Endpoint>),
}

impl Layer {
    pub(super) const fn plain() -> Self {
        Self::Plain {
            received: Vec::new(),
            sending: Vec::new(),
        }
    }

    /// Takes bytes of the stream.
    pub(super) fn receive(&mut self, now: Moment, bytes: &[u8]) {
        match self {
            Self::Plain { received, .. } => received.extend_from_slice(bytes),
            Self::Tls(endpoint) => endpoint.receive(now, bytes),
        }
    }

    /// Takes note that the peer will send nothing more.
    pub(super) fn eof(&mut self, now: Moment) {
        if let Self::Tls(endpoint) = self {
            endpoint.eof(now);
        }
    }

    /// Takes bytes of the application.
    pub(super) fn write(&mut self, now: Moment, bytes: &[u8]) {
        match self {
            Self::Plain { sending, .. } => sending.extend_from_slice(bytes),
            Self::Tls(endpoint) => endpoint.write(now, bytes),
        }
    }

    /// Asks the peer to renegotiate, where the protocol knows that.
    pub(super) fn ask_renegotiation(&mut self, now: Moment) {
        if let Self::Tls(endpoint) = self {
            endpoint.ask_to_renegotiate(now);
        }
    }

    /// Returns whether bytes are protected.
    pub(super) const fn is_protected(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Says goodbye to the peer.
    pub(super) fn close(&mut self, now: Moment) {
        if let Self::Tls(endpoint) = self {
            endpoint.close(now);
        }
    }

    /// Moves bytes for the stream to the end of `out`.
    pub(super) fn take_output(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Plain { sending, .. } => out.append(sending),
            Self::Tls(endpoint) => endpoint.take_output(out),
        }
    }

    /// Moves bytes for the application to the end of `out`.
    pub(super) fn take_plain(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Plain { received, .. } => out.append(received),
            Self::Tls(endpoint) => endpoint.take_plain(out),
        }
    }

    pub(super) fn poll_event(&mut self) -> Option<TlsEvent> {
        match self {
            Self::Plain { .. } => None,
            Self::Tls(endpoint) => endpoint.poll_event(),
        }
    }

    pub(super) fn poll_secret(&mut self) -> Option<String> {
        match self {
            Self::Plain { .. } => None,
            Self::Tls(endpoint) => endpoint.poll_secret(),
        }
    }

    /// Returns the cryptographic work since the last call.
    pub(super) fn take_work(&mut self) -> Work {
        match self {
            Self::Plain { .. } => Work::default(),
            Self::Tls(endpoint) => endpoint.take_work(),
        }
    }

    /// Returns true while bytes of the application have to wait.
    pub(super) fn is_handshaking(&self) -> bool {
        match self {
            Self::Plain { .. } => false,
            Self::Tls(endpoint) => endpoint.is_handshaking(),
        }
    }
}
