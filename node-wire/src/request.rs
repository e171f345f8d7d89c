//! What a host tells a node that runs somewhere else.

use node_core::{AdcCode, Config, Input, Instant, UnixTime, Writer};

use crate::frame::{WireError, frame};
use crate::reader::Reader;
use crate::{code, config};

/// One message to the driver around a node.
///
/// `Boot` and `Handle` are answered by the effects of the turn and a
/// [`Turn`](crate::Answer::Turn), or by [`Refused`](crate::Answer::Refused); `Queued` by one
/// [`Reading`](crate::Answer::Reading) for each that waits, and a turn; `Measure` by
/// [`Measured`](crate::Answer::Measured); `Dump` by any number of
/// [`Dumped`](crate::Answer::Dumped), none from a driver that cannot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "made one at a time, on the stack of a device without a heap"
)]
pub enum Request<'a> {
    /// Start a node anew; whatever ran before is gone.
    Boot {
        /// What it is told once.
        config: Config,
        /// What its generator starts from.
        seed: u64,
        /// Its clock.
        now: Instant,
    },
    /// Show everything that the node holds, for people to read.
    Dump,
    /// Feed one input, and drain.
    Handle {
        /// The node's clock.
        now: Instant,
        /// What happened.
        input: Input<'a>,
    },
    /// State what was measured, and measure anew from here.
    Measure,
    /// Name the readings that wait.
    Queued,
}

mod tag {
    pub(super) const BOOT: u8 = 0;
    pub(super) const LINK_DOWN: u8 = 1;
    pub(super) const LINK_UP: u8 = 2;
    pub(super) const SAMPLED: u8 = 3;
    pub(super) const SERIAL_READ: u8 = 4;
    pub(super) const STREAM_CLOSED: u8 = 5;
    pub(super) const STREAM_OPENED: u8 = 6;
    pub(super) const STREAM_READ: u8 = 7;
    pub(super) const TIME_KNOWN: u8 = 8;
    pub(super) const TIMEOUT: u8 = 9;
    pub(super) const MEASURE: u8 = 10;
    pub(super) const QUEUED: u8 = 11;
    pub(super) const DUMP: u8 = 12;
}

impl<'a> Request<'a> {
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
            Self::Boot { config, seed, now } => {
                out.bytes(&[tag::BOOT]).bytes(&seed.to_le_bytes());
                out.bytes(&now.as_micros().to_le_bytes());
                config::write(out, config);
            }
            Self::Dump => {
                out.bytes(&[tag::DUMP]);
            }
            Self::Handle { now, input } => write_input(out, *now, *input),
            Self::Measure => {
                out.bytes(&[tag::MEASURE]);
            }
            Self::Queued => {
                out.bytes(&[tag::QUEUED]);
            }
        }
    }

    fn read(from: &mut Reader<'a>) -> Result<Self, WireError> {
        match from.u8()? {
            tag::BOOT => Ok(Self::Boot {
                seed: from.u64()?,
                now: Instant::from_micros(from.u64()?),
                config: config::read(from)?,
            }),
            tag::DUMP => Ok(Self::Dump),
            tag::MEASURE => Ok(Self::Measure),
            tag::QUEUED => Ok(Self::Queued),
            other => Ok(Self::Handle {
                now: Instant::from_micros(from.u64()?),
                input: read_input(other, from)?,
            }),
        }
    }
}

fn write_input(out: &mut Writer<'_>, now: Instant, input: Input<'_>) {
    let tag = match input {
        Input::LinkDown(_) => tag::LINK_DOWN,
        Input::LinkUp => tag::LINK_UP,
        Input::Sampled(_) => tag::SAMPLED,
        Input::SerialRead(_) => tag::SERIAL_READ,
        Input::StreamClosed(_) => tag::STREAM_CLOSED,
        Input::StreamOpened => tag::STREAM_OPENED,
        Input::StreamRead(_) => tag::STREAM_READ,
        Input::TimeKnown(_) => tag::TIME_KNOWN,
        Input::Timeout => tag::TIMEOUT,
    };
    out.bytes(&[tag]).bytes(&now.as_micros().to_le_bytes());
    match input {
        Input::LinkDown(why) => code::write(out, why),
        Input::Sampled(AdcCode(code)) => {
            out.bytes(&code.to_le_bytes());
        }
        Input::SerialRead(bytes) | Input::StreamRead(bytes) => config::bytes(out, bytes),
        Input::StreamClosed(why) => code::write(out, why),
        Input::TimeKnown(civil) => {
            out.bytes(&civil.as_millis().to_le_bytes());
        }
        Input::LinkUp | Input::StreamOpened | Input::Timeout => {}
    }
}

fn read_input<'a>(tag: u8, from: &mut Reader<'a>) -> Result<Input<'a>, WireError> {
    Ok(match tag {
        tag::LINK_DOWN => Input::LinkDown(code::read(from)?),
        tag::LINK_UP => Input::LinkUp,
        tag::SAMPLED => Input::Sampled(AdcCode(from.u16()?)),
        tag::SERIAL_READ => Input::SerialRead(from.bytes()?),
        tag::STREAM_CLOSED => Input::StreamClosed(code::read(from)?),
        tag::STREAM_OPENED => Input::StreamOpened,
        tag::STREAM_READ => Input::StreamRead(from.bytes()?),
        tag::TIME_KNOWN => Input::TimeKnown(UnixTime::from_millis(from.u64()?)),
        tag::TIMEOUT => Input::Timeout,
        _ => return Err(WireError::Unknown),
    })
}
