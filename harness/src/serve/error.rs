//! Why a service cannot open, or go on.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::diagnostic::{Colour, Diagnostic, render_all};

use super::token::{TokenError, VARIABLE};

/// Why a service cannot open, mostly because of an argument, or cannot go on.
#[derive(Debug)]
pub enum ServeError {
    /// The address cannot be bound.
    Bind {
        /// Which service.
        service: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// A service failed while it ran, which none ever should.
    Failed {
        /// Which.
        service: &'static str,
        /// What it said.
        why: String,
    },
    /// The operating system gives no threads or no signals.
    Machine(io::Error),
    /// The address is not of this machine alone, and nobody said that it may be.
    NotLoopback {
        /// Which service.
        service: &'static str,
        /// Where.
        address: SocketAddr,
    },
    /// Others may come, and the service tells them apart by their addresses: which?
    NoAddresses {
        /// Which service.
        service: &'static str,
    },
    /// Others may come, and there is no token to know them by.
    NoToken {
        /// Which service.
        service: &'static str,
    },
    /// Nothing to serve.
    Nothing,
    /// The scenario cannot be used.
    Scenario(Vec<Diagnostic>),
    /// An argument does not fit; the text completes "failed to".
    Setting(String),
    /// There is no token.
    Token(TokenError),
    /// A file cannot be written.
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind {
                service,
                address,
                error,
            } => write!(f, "open {service} at {address}: {error}"),
            Self::Failed { service, why } => write!(
                f,
                "serve: {service} failed, which is a bug of nodelab: {why}"
            ),
            Self::Machine(error) => write!(f, "begin to serve: {error}"),
            Self::NotLoopback { service, address } => write!(
                f,
                "open {service} at {address}: other machines could reach it; if they may, add \
                 --allow-remote, or else take 127.0.0.1:{}",
                address.port()
            ),
            Self::NoAddresses { service } => write!(
                f,
                "open {service} to other machines: its protocol has no place for a token; say \
                 which machines may come with --allow-from ADDRESS"
            ),
            Self::NoToken { service } => write!(
                f,
                "open {service} to other machines: they need a token; put it into a file for \
                 --token-file, or into {VARIABLE} (`openssl rand -hex 16` makes one)"
            ),
            Self::Nothing => f.write_str(
                "serve: nothing was asked for; name a service, such as --mqtt 127.0.0.1:1883",
            ),
            Self::Scenario(errors) => {
                write!(
                    f,
                    "read the scenario\n\n{}",
                    render_all(errors, Colour::Plain)
                )
            }
            Self::Setting(text) => f.write_str(text),
            Self::Token(error) => error.fmt(f),
            Self::Write { path, error } => write!(f, "write {}: {error}", path.display()),
        }
    }
}

impl From<TokenError> for ServeError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}
