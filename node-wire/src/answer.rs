//! What a node that runs somewhere else answers.

use core::num::NonZeroU16;

use node_core::{
    AdcCode, Command, ConfigError, Connection, Duration, Effect, Event, Instant, MilliCelsius,
    Reading, State, Writer,
};

use crate::frame::{WireError, frame};
use crate::reader::Reader;
use crate::{code, config};

/// One message of the driver around a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answer<'a> {
    /// A piece of what the node holds, as text.
    Dumped(&'a [u8]),
    /// The node asks, or states a fact.
    Effect(Effect<'a>),
    /// What was measured since the last such answer, or since the start.
    Measured {
        /// Bytes that the node takes.
        node: u32,
        /// Bytes of stack that were in use at most, the driver's included.
        stack: u32,
    },
    /// A reading that waits, oldest first.
    Reading(Reading),
    /// The configuration was refused; there is no node.
    Refused(ConfigError),
    /// The turn is over.
    Turn {
        /// Instructions that the node's own methods took, not the driver's.
        instructions: u32,
        /// Where the node stands.
        standing: Standing,
    },
}

/// Where a node stands between two turns, as far as it says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Standing {
    /// How far it has come towards the broker, and whether it samples.
    pub state: State,
    /// When it wants to be woken, if ever.
    pub timeout: Option<Instant>,
    /// Readings that wait.
    pub queued: u8,
}

mod tag {
    pub(super) const COMMAND: u8 = 0;
    pub(super) const EVENT: u8 = 1;
    pub(super) const SERIAL_WRITE: u8 = 2;
    pub(super) const STREAM_WRITE: u8 = 3;
    pub(super) const MEASURED: u8 = 4;
    pub(super) const READING: u8 = 5;
    pub(super) const REFUSED: u8 = 6;
    pub(super) const TURN: u8 = 7;
    pub(super) const DUMPED: u8 = 8;
}

mod event_tag {
    pub(super) const BOOTED: u8 = 0;
    pub(super) const CONNECT_REFUSED: u8 = 1;
    pub(super) const INTERVAL_CHANGED: u8 = 2;
    pub(super) const LINK_JOINED: u8 = 3;
    pub(super) const LINK_LOST: u8 = 4;
    pub(super) const MESSAGE_IGNORED: u8 = 5;
    pub(super) const PROTOCOL_BROKEN: u8 = 6;
    pub(super) const PUBLISH_ACKED: u8 = 7;
    pub(super) const PUBLISH_SENT: u8 = 8;
    pub(super) const READING_DROPPED: u8 = 9;
    pub(super) const READING_SHOWN: u8 = 10;
    pub(super) const READING_TAKEN: u8 = 11;
    pub(super) const RETRY_SCHEDULED: u8 = 12;
    pub(super) const SENSOR_FAULTED: u8 = 13;
    pub(super) const SESSION_CLOSED: u8 = 14;
    pub(super) const SESSION_OPENED: u8 = 15;
}

impl<'a> Answer<'a> {
    /// Writes the message as one frame to the front of `buffer`, and returns it.
    ///
    /// # Errors
    ///
    /// [`WireError::TooLong`] when it does not fit `buffer` or a frame.
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], WireError> {
        frame(buffer, |out| self.write(out))
    }

    /// Reads a frame's body.
    ///
    /// # Errors
    ///
    /// A [`WireError`] that says what is wrong with the bytes.
    pub fn decode(body: &'a [u8]) -> Result<Self, WireError> {
        Reader::whole(body, Self::read)
    }

    fn write(&self, out: &mut Writer<'_>) {
        match self {
            Self::Dumped(text) => {
                out.bytes(&[tag::DUMPED]);
                config::bytes(out, text);
            }
            Self::Effect(effect) => write_effect(out, effect),
            Self::Measured { node, stack } => {
                out.bytes(&[tag::MEASURED]);
                out.bytes(&node.to_le_bytes()).bytes(&stack.to_le_bytes());
            }
            Self::Reading(reading) => {
                out.bytes(&[tag::READING]);
                write_reading(out, *reading);
            }
            Self::Refused(why) => {
                out.bytes(&[tag::REFUSED]);
                code::write(out, *why);
            }
            Self::Turn {
                instructions,
                standing,
            } => {
                out.bytes(&[tag::TURN]).bytes(&instructions.to_le_bytes());
                write_standing(out, *standing);
            }
        }
    }

    fn read(from: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(match from.u8()? {
            tag::COMMAND => Self::Effect(Effect::Command(code::read::<Command>(from)?)),
            tag::EVENT => Self::Effect(Effect::Event(read_event(from)?)),
            tag::SERIAL_WRITE => Self::Effect(Effect::SerialWrite(from.bytes()?)),
            tag::STREAM_WRITE => Self::Effect(Effect::StreamWrite(from.bytes()?)),
            tag::DUMPED => Self::Dumped(from.bytes()?),
            tag::MEASURED => Self::Measured {
                node: from.u32()?,
                stack: from.u32()?,
            },
            tag::READING => Self::Reading(read_reading(from)?),
            tag::REFUSED => Self::Refused(code::read(from)?),
            tag::TURN => Self::Turn {
                instructions: from.u32()?,
                standing: read_standing(from)?,
            },
            _ => return Err(WireError::Unknown),
        })
    }
}

fn write_effect(out: &mut Writer<'_>, effect: &Effect<'_>) {
    match effect {
        Effect::Command(command) => {
            out.bytes(&[tag::COMMAND]);
            code::write(out, *command);
        }
        Effect::Event(event) => {
            out.bytes(&[tag::EVENT]);
            write_event(out, *event);
        }
        Effect::SerialWrite(bytes) => {
            out.bytes(&[tag::SERIAL_WRITE]);
            config::bytes(out, bytes);
        }
        Effect::StreamWrite(bytes) => {
            out.bytes(&[tag::STREAM_WRITE]);
            config::bytes(out, bytes);
        }
    }
}

fn write_event(out: &mut Writer<'_>, event: Event) {
    out.bytes(&[tag_of(event)]);
    match event {
        Event::Booted | Event::LinkJoined | Event::MessageIgnored => {}
        Event::ConnectRefused(why) => code::write(out, why),
        Event::IntervalChanged(interval) => write_u64(out, interval.as_micros()),
        Event::LinkLost(why) => code::write(out, why),
        Event::ProtocolBroken(why) => code::write(out, why),
        Event::PublishAcked {
            packet_id,
            sequence,
        } => {
            out.bytes(&packet_id.get().to_le_bytes());
            write_u32(out, sequence);
        }
        Event::PublishSent {
            duplicate,
            packet_id,
            sequence,
        } => {
            config::flag(out, duplicate);
            // No identifier is zero (MQTT 3.1.1 §2.3.1).
            out.bytes(&packet_id.map_or(0, NonZeroU16::get).to_le_bytes());
            write_u32(out, sequence);
        }
        Event::ReadingDropped { sequence, why } => {
            write_u32(out, sequence);
            code::write(out, why);
        }
        Event::ReadingShown { sequence } => write_u32(out, sequence),
        Event::ReadingTaken(reading) => write_reading(out, reading),
        Event::RetryScheduled { attempt, delay } => {
            out.bytes(&attempt.to_le_bytes());
            write_u64(out, delay.as_micros());
        }
        Event::SensorFaulted { code, why } => {
            out.bytes(&code.0.to_le_bytes());
            code::write(out, why);
        }
        Event::SessionClosed(why) => code::write(out, why),
        Event::SessionOpened { session_present } => config::flag(out, session_present),
    }
}

const fn tag_of(event: Event) -> u8 {
    match event {
        Event::Booted => event_tag::BOOTED,
        Event::ConnectRefused(_) => event_tag::CONNECT_REFUSED,
        Event::IntervalChanged(_) => event_tag::INTERVAL_CHANGED,
        Event::LinkJoined => event_tag::LINK_JOINED,
        Event::LinkLost(_) => event_tag::LINK_LOST,
        Event::MessageIgnored => event_tag::MESSAGE_IGNORED,
        Event::ProtocolBroken(_) => event_tag::PROTOCOL_BROKEN,
        Event::PublishAcked { .. } => event_tag::PUBLISH_ACKED,
        Event::PublishSent { .. } => event_tag::PUBLISH_SENT,
        Event::ReadingDropped { .. } => event_tag::READING_DROPPED,
        Event::ReadingShown { .. } => event_tag::READING_SHOWN,
        Event::ReadingTaken(_) => event_tag::READING_TAKEN,
        Event::RetryScheduled { .. } => event_tag::RETRY_SCHEDULED,
        Event::SensorFaulted { .. } => event_tag::SENSOR_FAULTED,
        Event::SessionClosed(_) => event_tag::SESSION_CLOSED,
        Event::SessionOpened { .. } => event_tag::SESSION_OPENED,
    }
}

fn read_event(from: &mut Reader<'_>) -> Result<Event, WireError> {
    Ok(match from.u8()? {
        event_tag::BOOTED => Event::Booted,
        event_tag::CONNECT_REFUSED => Event::ConnectRefused(code::read(from)?),
        event_tag::INTERVAL_CHANGED => Event::IntervalChanged(Duration::from_micros(from.u64()?)),
        event_tag::LINK_JOINED => Event::LinkJoined,
        event_tag::LINK_LOST => Event::LinkLost(code::read(from)?),
        event_tag::MESSAGE_IGNORED => Event::MessageIgnored,
        event_tag::PROTOCOL_BROKEN => Event::ProtocolBroken(code::read(from)?),
        event_tag::PUBLISH_ACKED => Event::PublishAcked {
            packet_id: NonZeroU16::new(from.u16()?).ok_or(WireError::Unknown)?,
            sequence: from.u32()?,
        },
        event_tag::PUBLISH_SENT => Event::PublishSent {
            duplicate: from.flag()?,
            packet_id: NonZeroU16::new(from.u16()?),
            sequence: from.u32()?,
        },
        event_tag::READING_DROPPED => Event::ReadingDropped {
            sequence: from.u32()?,
            why: code::read(from)?,
        },
        event_tag::READING_SHOWN => Event::ReadingShown {
            sequence: from.u32()?,
        },
        event_tag::READING_TAKEN => Event::ReadingTaken(read_reading(from)?),
        event_tag::RETRY_SCHEDULED => Event::RetryScheduled {
            attempt: from.u16()?,
            delay: Duration::from_micros(from.u64()?),
        },
        event_tag::SENSOR_FAULTED => Event::SensorFaulted {
            code: AdcCode(from.u16()?),
            why: code::read(from)?,
        },
        event_tag::SESSION_CLOSED => Event::SessionClosed(code::read(from)?),
        event_tag::SESSION_OPENED => Event::SessionOpened {
            session_present: from.flag()?,
        },
        _ => return Err(WireError::Unknown),
    })
}

fn write_reading(out: &mut Writer<'_>, reading: Reading) {
    write_u64(out, reading.taken.as_micros());
    out.bytes(&reading.value.0.to_le_bytes());
    write_u32(out, reading.sequence);
}

fn read_reading(from: &mut Reader<'_>) -> Result<Reading, WireError> {
    Ok(Reading {
        taken: Instant::from_micros(from.u64()?),
        value: MilliCelsius(from.i32()?),
        sequence: from.u32()?,
    })
}

fn write_standing(out: &mut Writer<'_>, standing: Standing) {
    code::write(out, standing.state.connection);
    config::flag(out, standing.state.sampling);
    config::flag(out, standing.timeout.is_some());
    if let Some(timeout) = standing.timeout {
        write_u64(out, timeout.as_micros());
    }
    out.bytes(&[standing.queued]);
}

fn read_standing(from: &mut Reader<'_>) -> Result<Standing, WireError> {
    Ok(Standing {
        state: State {
            connection: code::read::<Connection>(from)?,
            sampling: from.flag()?,
        },
        timeout: from.option(|from| from.u64().map(Instant::from_micros))?,
        queued: from.u8()?,
    })
}

fn write_u32(out: &mut Writer<'_>, value: u32) {
    out.bytes(&value.to_le_bytes());
}

fn write_u64(out: &mut Writer<'_>, value: u64) {
    out.bytes(&value.to_le_bytes());
}
