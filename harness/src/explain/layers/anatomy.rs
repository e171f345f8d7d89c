//! What there is to say about one published reading.
//!
//! Owns the words for layers, and their places in both models.

use nodelab_sim::radio::Rate;
use nodelab_sim::stack::tls::{TlsVersion, Verification};
use nodelab_sim::{SimSpan, SimTime};

use super::promise::Message;

/// One layer that adds bytes. Variant order is from the reading outwards.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Layer {
    /// What the node has to say.
    Reading,
    /// The PUBLISH around it.
    Mqtt,
    /// The record around that.
    Tls,
    /// Other bytes of the stream that travel in the same segments.
    Company,
    /// Headers of TCP.
    Tcp,
    /// Headers of IPv4.
    Ip,
    /// LLC/SNAP: what the frame carries.
    LogicalLink,
    /// Headers of 802.11.
    Mac,
    /// Header and MIC of CCMP.
    Ccmp,
    /// Check sequences.
    CheckSequence,
}

/// What one layer added.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// Bytes, over all frames of the reading.
    pub bytes: usize,
    /// What they are.
    pub holds: String,
    /// Which layer.
    pub layer: Layer,
}

/// The air that one frame took at its last attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Air {
    /// Attempts, the last one included.
    pub attempts: usize,
    /// The acknowledgement.
    pub acknowledgement: SimSpan,
    /// Bytes of the frame, from header to check sequence.
    pub bytes: usize,
    /// Preamble and header of the physical layer.
    pub preamble: SimSpan,
    /// All symbols after it.
    pub frame: SimSpan,
    /// The rate.
    pub rate: Rate,
    /// Between frame and acknowledgement.
    pub sifs: SimSpan,
}

/// Something that a stranger on the network looks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// In how many of the packets it stands, by searching all of their bytes.
    pub packets: usize,
    /// The bytes that were searched for.
    pub value: Vec<u8>,
    /// What it is.
    pub what: &'static str,
}

/// The negotiated parameters of TLS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Session {
    /// IANA number of the group; 0 if none was used.
    pub group: u16,
    /// Whether an earlier session was resumed.
    pub resumed: bool,
    /// IANA number of the suite.
    pub suite: u16,
    /// Version.
    pub version: TlsVersion,
}

/// One published reading, taken apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Anatomy {
    /// When its acknowledgement came.
    pub acknowledged: SimTime,
    /// Frames, in order.
    pub air: Vec<Air>,
    /// Address and port of the broker.
    pub broker: ([u8; 4], u16),
    /// Messages of the handshake, in order; none without TLS.
    pub handshake: Vec<Message>,
    /// Address and port of the node.
    pub node: ([u8; 4], u16),
    /// Packets of the network layer in which was searched.
    pub packets: usize,
    /// Layers, from the reading outwards; the bytes add up to all frames.
    pub parts: Vec<Part>,
    /// The reading as it was published.
    pub payload: Vec<u8>,
    /// When it was published.
    pub published: SimTime,
    /// What was searched for in every packet.
    pub sightings: Vec<Sighting>,
    /// TLS, if the connection used it.
    pub session: Option<Session>,
    /// The topic.
    pub topic: String,
    /// What the node checks of the certificate; `None` without TLS.
    pub verification: Option<Verification>,
}

impl Session {
    /// Returns true where the certificate's key hides the session's secret, as axTLS has it:
    /// AES-CBC with HMAC-SHA-1 (RFC 5246 §A.5).
    #[must_use]
    pub const fn has_rsa_key_exchange(&self) -> bool {
        matches!(self.suite, 0x002F | 0x0035)
    }
}

impl Anatomy {
    /// Returns true if the handshake names the server in the clear.
    #[must_use]
    pub fn names_server(&self) -> bool {
        self.sightings.iter().any(|seen| seen.what == "server name")
    }
}

impl Layer {
    /// Returns its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Mqtt => "MQTT",
            Self::Tls => "TLS record",
            Self::Company => "other bytes",
            Self::Tcp => "TCP",
            Self::Ip => "IPv4",
            Self::LogicalLink => "LLC/SNAP",
            Self::Mac => "802.11",
            Self::Ccmp => "CCMP",
            Self::CheckSequence => "FCS",
        }
    }

    /// Returns its layer in the OSI model (ISO/IEC 7498-1).
    #[must_use]
    pub const fn osi(self) -> (u8, &'static str) {
        match self {
            Self::Reading | Self::Mqtt => (7, "application"),
            // The model has no place for TLS; what it does to data is presentation.
            Self::Tls | Self::Company => (6, "presentation"),
            Self::Tcp => (4, "transport"),
            Self::Ip => (3, "network"),
            Self::LogicalLink | Self::Mac | Self::Ccmp | Self::CheckSequence => (2, "data link"),
        }
    }

    /// Returns its layer in the TCP/IP model (RFC 1122 §1.1.3).
    #[must_use]
    pub const fn internet(self) -> &'static str {
        match self {
            Self::Reading | Self::Mqtt | Self::Tls | Self::Company => "application",
            Self::Tcp => "transport",
            Self::Ip => "internet",
            Self::LogicalLink | Self::Mac | Self::Ccmp | Self::CheckSequence => "link",
        }
    }
}

impl Air {
    /// Returns the time from the first bit to the end of the acknowledgement.
    #[must_use]
    pub const fn total(&self) -> SimSpan {
        let frame = self.preamble.plus(self.frame);
        frame.plus(self.sifs).plus(self.acknowledgement)
    }
}

impl Anatomy {
    /// Returns the bytes of all layers.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.bytes).sum()
    }
}
