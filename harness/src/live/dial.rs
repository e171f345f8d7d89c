//! Opening a stream: name, TCP, TLS.
//!
//! Owns the order, and where it stands when somebody loses patience: the node does, by its own
//! deadline. Does not know what the stream is for.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use node_core::CloseReason;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, HandshakeKind, ProtocolVersion};

use crate::iana;
use crate::live::broker::Broker;
use crate::live::clock::Clock;
use crate::live::failure::{Failure, tls_error};
use crate::live::line::Transport;

/// Addresses of a name that are tried.
const ADDRESSES_MAX: usize = 8;
/// How long one address may take to answer, when others are left.
const ADDRESS_PATIENCE: Duration = Duration::from_secs(3);

/// How far an attempt has come. In the order in which they follow each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// The name is looked up.
    Resolving,
    /// TCP is asked.
    Connecting,
    /// TLS shakes hands.
    Securing,
}

/// What a handshake came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Secured {
    /// Name of the cipher suite.
    pub cipher: String,
    /// Whether an earlier session was resumed.
    pub resumed: bool,
    /// How long it took, from the first byte of TLS on.
    pub took: Duration,
    /// `TLS 1.3`, or such.
    pub version: &'static str,
}

/// A stream that is open.
#[derive(Debug)]
pub(super) struct Opened {
    /// What TLS came to; nothing on a plain stream.
    pub(super) secured: Option<Secured>,
    pub(super) transport: Transport,
}

/// Opens a stream, and keeps `step` true meanwhile.
pub(super) async fn dial(
    broker: Rc<Broker>,
    tls: Option<Arc<ClientConfig>>,
    step: Rc<Cell<Step>>,
) -> Result<Opened, Failure> {
    step.set(Step::Resolving);
    let addresses = resolve(&broker).await?;
    step.set(Step::Connecting);
    let socket = connect(&addresses).await?;
    // A reading is smaller than a segment, and nothing follows that it could wait for.
    socket
        .set_nodelay(true)
        .map_err(|error| Failure::of(&error))?;
    let Some(config) = tls else {
        let transport = Transport::Plain(socket);
        return Ok(Opened {
            secured: None,
            transport,
        });
    };
    step.set(Step::Securing);
    let name = ServerName::try_from(broker.host.clone()).map_err(|_| {
        let words = format!("\"{}\" can stand in no certificate", broker.host);
        Failure::new(CloseReason::Untrusted, words)
    })?;
    let clock = Clock::start();
    let stream = TlsConnector::from(config).connect(name, socket).await;
    let stream = stream.map_err(|error| {
        if tls_error(&error).is_some() {
            return Failure::of(&error);
        }
        // What speaks MQTT without TLS hangs up on the first bytes of a handshake.
        let words = "the connection ended in the middle of TLS (is this the plain port?)";
        Failure::new(CloseReason::Reset, words)
    })?;
    let session = stream.get_ref().1;
    let cipher = session.negotiated_cipher_suite();
    let secured = Secured {
        cipher: cipher.map_or_else(String::new, |suite| {
            iana::suite(u16::from(suite.suite())).into_owned()
        }),
        resumed: session.handshake_kind() == Some(HandshakeKind::Resumed),
        took: clock.elapsed(),
        version: match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            _ => "TLS 1.2",
        },
    };
    let transport = Transport::Tls(Box::new(stream));
    Ok(Opened {
        secured: Some(secured),
        transport,
    })
}

async fn resolve(broker: &Broker) -> Result<Vec<SocketAddr>, Failure> {
    let unresolved = |why: &str| {
        let words = format!("the name \"{}\" has no address{why}", broker.host);
        Failure::new(CloseReason::Unresolved, words)
    };
    let found = lookup_host((broker.host.as_str(), broker.port)).await;
    let found = found.map_err(|error| unresolved(&format!(" ({error})")))?;
    let addresses: Vec<SocketAddr> = found.take(ADDRESSES_MAX).collect();
    if addresses.is_empty() {
        return Err(unresolved(""));
    }
    Ok(addresses)
}

/// Tries one address after the other.
async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
    let mut last = Failure::new(CloseReason::TimedOut, "no address answered");
    for (place, address) in addresses.iter().enumerate() {
        let attempt = TcpStream::connect(address);
        let result = if place + 1 < addresses.len() {
            let late = |_| io::Error::from(io::ErrorKind::TimedOut);
            timeout(ADDRESS_PATIENCE, attempt)
                .await
                .unwrap_or_else(|elapsed| Err(late(elapsed)))
        } else {
            // The last one may take as long as the node waits.
            attempt.await
        };
        match result {
            Ok(socket) => return Ok(socket),
            Err(error) => last = Failure::of(&error),
        }
    }
    Err(last)
}

impl Step {
    /// Returns what to say when the node gave up here.
    pub(super) const fn silence(self) -> &'static str {
        match self {
            Self::Resolving => "nobody says where this host is (no answer about its name)",
            Self::Connecting => "no answer at all (wrong host or port, or a firewall?)",
            Self::Securing => "the broker accepted the connection, but said nothing in TLS",
        }
    }
}
