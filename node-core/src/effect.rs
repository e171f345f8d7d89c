//! What the node asks of the world, and what it states about itself.

use core::num::NonZeroU16;

use crate::input::{CloseReason, LinkLoss};
use crate::mqtt::{ConnectRefusal, ProtocolError};
use crate::sensor::SensorFault;
use crate::time::{Duration, Instant};
use crate::units::{AdcCode, MilliCelsius};

/// One thing that [`Node::poll`](crate::Node::poll) returned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect<'a> {
    /// Do something that answers later with an [`Input`](crate::Input).
    Command(Command),
    /// A fact for logs, reports and assertions; the driver need not act on it.
    Event(Event),
    /// Write these bytes to the serial port.
    SerialWrite(&'a [u8]),
    /// Write these bytes to the stream.
    StreamWrite(&'a [u8]),
}

/// A request without payload.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Command {
    /// Close the stream; no answer is expected.
    CloseStream,
    /// Join the configured access point; answered by `LinkUp` or `LinkDown`.
    JoinWifi,
    /// Leave the access point and power the radio down; no answer is expected.
    LeaveWifi,
    /// Open the stream to the broker; answered by `StreamOpened` or `StreamClosed`.
    OpenStream,
    /// Start one conversion; answered by `Sampled`.
    Sample,
    /// Nothing is left to do before the next deadline: the processor may sleep until then.
    Sleep,
}

/// One temperature reading.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Reading {
    /// When the last of its conversions finished, on the node's clock.
    pub taken: Instant,
    /// What the node believes the temperature to be.
    pub value: MilliCelsius,
    /// Its number since boot, from 0.
    pub sequence: u32,
}

/// An observable fact.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Event {
    /// The node started; nothing of an earlier life is left.
    Booted,
    /// The broker refused the session.
    ConnectRefused(ConnectRefusal),
    /// The time between samples changed by command.
    IntervalChanged(Duration),
    /// The station has an address.
    LinkJoined,
    /// The link is down, or a join failed.
    LinkLost(LinkLoss),
    /// A message of the broker was too long or not for this node, and was skipped.
    MessageIgnored,
    /// The broker broke the protocol; the stream is closed.
    ProtocolBroken(ProtocolError),
    /// The broker acknowledged a reading, which leaves the queue.
    PublishAcked {
        /// MQTT packet identifier.
        packet_id: NonZeroU16,
        /// Number of the reading.
        sequence: u32,
    },
    /// A reading was written to the stream; without a packet identifier (QoS 0) it leaves the
    /// queue.
    PublishSent {
        /// True when the same packet was sent before on this session.
        duplicate: bool,
        /// MQTT packet identifier, for QoS 1.
        packet_id: Option<NonZeroU16>,
        /// Number of the reading.
        sequence: u32,
    },
    /// A reading was given up.
    ReadingDropped {
        /// Number of the reading.
        sequence: u32,
        /// Why.
        why: DropReason,
    },
    /// A reading went to the console only, because the node reports to no broker.
    ReadingShown {
        /// Number of the reading.
        sequence: u32,
    },
    /// A reading was taken and accepted.
    ReadingTaken(Reading),
    /// An attempt failed; the next one follows after a pause.
    RetryScheduled {
        /// How many attempts in a row have failed.
        attempt: u16,
        /// How long the pause is.
        delay: Duration,
    },
    /// A sample was not turned into a reading.
    SensorFaulted {
        /// The code that was judged; for [`SensorFault::NoAnswer`] the last one seen.
        code: AdcCode,
        /// Why it was rejected.
        why: SensorFault,
    },
    /// The session with the broker ended.
    SessionClosed(CloseReason),
    /// The broker accepted the session.
    SessionOpened {
        /// True when the broker kept the state of an earlier session.
        session_present: bool,
    },
}

/// Why a reading was given up.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum DropReason {
    /// The queue was full and the policy keeps the oldest.
    QueueFullNewest,
    /// The queue was full and the policy keeps the newest.
    QueueFullOldest,
    /// The payload did not fit the transmit buffer.
    TooLarge,
}

impl DropReason {
    /// Returns the reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFullNewest => "queue full, newest dropped",
            Self::QueueFullOldest => "queue full, oldest dropped",
            Self::TooLarge => "payload too large",
        }
    }
}
