//! A whole handshake as it was measured: bytes, flights, messages and operations.
//!
//! Owns the words for what crossed the wire. Does not know how it came about; see
//! [`measure`](super::measure::measure).

use super::event::{Side, TlsVersion};
use super::operation::Operation;

/// Everything about one handshake.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Handshake {
    /// Alerts other than `close_notify`; none in a handshake that succeeds.
    pub alerts: Apart,
    /// The goodbyes of both ends.
    pub close_notify: Apart,
    /// IANA number of the group of key exchange; 0 if none was used.
    pub group: u16,
    /// The flights, in order.
    pub flights: Vec<Flight>,
    /// Which kind of handshake it was in the end.
    pub kind: HandshakeKind,
    /// What both ends computed, in the order in which it was done; tickets included.
    pub operations: Vec<Operation>,
    /// IANA number of the suite.
    pub suite: u16,
    /// SHA-256 over everything that crossed the wire, goodbyes included.
    pub transcript: [u8; 32],
    /// Tickets that the server sent for later, in records of their own.
    pub tickets: Apart,
    /// Negotiated version.
    pub version: TlsVersion,
}

/// What one end sends before it has to wait for the other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Flight {
    /// Who sends it.
    pub by: Side,
    /// Bytes of its records with their headers, as TCP carries them.
    pub bytes: u32,
    /// Its messages, in order.
    pub messages: Vec<Message>,
    /// How many records it has.
    pub records: u32,
}

/// A message of the handshake.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Message {
    /// Its length with its 4-byte header, without what records and ciphers add.
    pub bytes: u32,
    /// Whether an eavesdropper sees only ciphertext.
    pub encrypted: bool,
    /// Which one.
    pub kind: MessageKind,
}

/// Records that belong to no flight.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Apart {
    /// Messages in them.
    pub count: u32,
    /// Bytes from the server, with headers.
    pub bytes_down: u32,
    /// Bytes from the client, with headers.
    pub bytes_up: u32,
    /// How many records there are.
    pub records: u32,
}

/// Which kind of handshake.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum HandshakeKind {
    /// Certificates were shown.
    Full,
    /// The same, after the server had refused the first key share.
    HelloRetry,
    /// An earlier session was resumed.
    Resumed,
}

/// Which message (RFC 8446 §4, RFC 5246 §7.4).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum MessageKind {
    /// The end's certificate and those above it.
    Certificate,
    /// That the client must show a certificate.
    CertificateRequest,
    /// A signature over the handshake.
    CertificateVerify,
    /// That what follows is sealed; no handshake message, but a record of its own.
    ChangeCipherSpec,
    /// What the client offers.
    ClientHello,
    /// The client's part of the key exchange, in TLS 1.2.
    ClientKeyExchange,
    /// What the server answers under encryption, in TLS 1.3.
    EncryptedExtensions,
    /// A code over the handshake.
    Finished,
    /// That the server wants another key share.
    HelloRetryRequest,
    /// A ticket for later.
    NewSessionTicket,
    /// Any other; a number that this program does not use.
    Other(u8),
    /// What the server chose.
    ServerHello,
    /// That the server has said all, in TLS 1.2.
    ServerHelloDone,
    /// The server's part of the key exchange, in TLS 1.2.
    ServerKeyExchange,
}

impl Handshake {
    /// Returns the bytes that an end sent in flights: tickets, alerts and goodbyes left out.
    #[must_use]
    pub fn bytes_from(&self, side: Side) -> u32 {
        let of = self.flights.iter().filter(|flight| flight.by == side);
        of.map(|flight| flight.bytes).sum()
    }

    /// Returns the records of all flights.
    #[must_use]
    pub fn records(&self) -> u32 {
        self.flights.iter().map(|flight| flight.records).sum()
    }

    /// Returns how often the client waits for the server before it may send data.
    #[must_use]
    pub fn round_trips(&self) -> u32 {
        let flights = self.flights.iter();
        flights
            .map(|flight| u32::from(flight.by == Side::Server))
            .sum()
    }
}

impl MessageKind {
    /// Returns the name that the standards use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "Certificate",
            Self::CertificateRequest => "CertificateRequest",
            Self::CertificateVerify => "CertificateVerify",
            Self::ChangeCipherSpec => "ChangeCipherSpec",
            Self::ClientHello => "ClientHello",
            Self::ClientKeyExchange => "ClientKeyExchange",
            Self::EncryptedExtensions => "EncryptedExtensions",
            Self::Finished => "Finished",
            Self::HelloRetryRequest => "HelloRetryRequest",
            Self::NewSessionTicket => "NewSessionTicket",
            Self::Other(_) => "other",
            Self::ServerHello => "ServerHello",
            Self::ServerHelloDone => "ServerHelloDone",
            Self::ServerKeyExchange => "ServerKeyExchange",
        }
    }

    /// Returns the message with a number of `HandshakeType` (RFC 8446 §B.3).
    #[must_use]
    pub const fn of(number: u8) -> Self {
        match number {
            1 => Self::ClientHello,
            2 => Self::ServerHello,
            4 => Self::NewSessionTicket,
            8 => Self::EncryptedExtensions,
            11 => Self::Certificate,
            12 => Self::ServerKeyExchange,
            13 => Self::CertificateRequest,
            14 => Self::ServerHelloDone,
            15 => Self::CertificateVerify,
            16 => Self::ClientKeyExchange,
            20 => Self::Finished,
            other => Self::Other(other),
        }
    }
}

impl Apart {
    /// Adds a record that holds so many messages, or ends so many.
    pub(super) const fn add(&mut self, from: Side, bytes: u32, messages: u32) {
        self.records += 1;
        self.count += messages;
        match from {
            Side::Client => self.bytes_up += bytes,
            Side::Server => self.bytes_down += bytes,
        }
    }
}
