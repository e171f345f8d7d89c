//! What a node asks and states, as C sees it.
//!
//! Owns the layout of `node_core_effect_t`. One flat structure serves every kind: a field that
//! the kind does not have is zero, and no field is ever read through the wrong type.

use core::num::NonZeroU16;
use core::ptr;

use crate::reason::{
    CloseReason, ConnectRefusal, DropReason, LinkLoss, ProtocolError, SensorFault,
};

/// What an effect is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum EffectKind {
    /// No effect.
    None = 0,
    /// Do what `what` says, a `node_core_command_t`.
    Command = 1,
    /// Something happened; `what` is a `node_core_event_t`. Nothing needs to be done.
    Event = 2,
    /// Write `bytes` to the serial port.
    SerialWrite = 3,
    /// Write `bytes` to the stream.
    StreamWrite = 4,
}

/// A request to the hardware.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Command {
    /// Close the stream; no answer is expected.
    CloseStream = 0,
    /// Join the access point; answered by `link_up` or `link_down`.
    JoinWifi = 1,
    /// Leave the access point and power the radio down; no answer is expected.
    LeaveWifi = 2,
    /// Open the stream to the broker; answered by `stream_opened` or `stream_closed`.
    OpenStream = 3,
    /// Start one conversion; answered by `sampled`.
    Sample = 4,
    /// Nothing is left to do before the next deadline: the processor may sleep until then.
    Sleep = 5,
}

/// A fact about the node. In brackets: the fields of the effect that belong to it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Event {
    /// The node started.
    Booted = 0,
    /// The broker refused the session \[`why`: `node_core_connect_refusal_t`\].
    ConnectRefused = 1,
    /// The time between samples changed by command \[`time_us`: the interval\].
    IntervalChanged = 2,
    /// The station has an address.
    LinkJoined = 3,
    /// The link is down, or a join failed \[`why`: `node_core_link_loss_t`\].
    LinkLost = 4,
    /// A message of the broker was too long or not for this node, and was skipped.
    MessageIgnored = 5,
    /// The broker broke the protocol \[`why`: `node_core_protocol_error_t`\].
    ProtocolBroken = 6,
    /// The broker acknowledged a reading, which leaves the queue \[`packet_id`, `sequence`\].
    PublishAcked = 7,
    /// A reading was written to the stream \[`packet_id`, 0 at QoS 0; `duplicate`; `sequence`\].
    PublishSent = 8,
    /// A reading was given up \[`sequence`; `why`: `node_core_drop_reason_t`\].
    ReadingDropped = 9,
    /// A reading went to the console only \[`sequence`\].
    ReadingShown = 10,
    /// A reading was taken \[`sequence`; `time_us`: when; `value_mc`\].
    ReadingTaken = 11,
    /// An attempt failed, the next one follows \[`attempt`; `time_us`: the pause\].
    RetryScheduled = 12,
    /// A sample was not believed \[`code`; `why`: `node_core_sensor_fault_t`\].
    SensorFaulted = 13,
    /// The session with the broker ended \[`why`: `node_core_close_reason_t`\].
    SessionClosed = 14,
    /// The broker accepted the session \[`session_present`\].
    SessionOpened = 15,
}

/// One thing that `node_core_poll` returned. Fields that do not belong to its kind are zero.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(C)]
pub struct Effect {
    /// An instant or a span in µs.
    pub time_us: u64,
    /// What to write; lies in the node, or in constant memory, and stays valid until the next
    /// call with the same node. Null if there is nothing to write.
    pub bytes: *const u8,
    /// How many bytes to write.
    pub length: u32,
    /// Number of a reading since boot, from 0.
    pub sequence: u32,
    /// A temperature in m°C.
    pub value_mc: i32,
    /// MQTT packet identifier.
    pub packet_id: u16,
    /// How many attempts in a row have failed.
    pub attempt: u16,
    /// The converter's code that was judged.
    pub code: u16,
    /// A `node_core_effect_kind_t`.
    pub kind: u8,
    /// A `node_core_command_t` or a `node_core_event_t`, as `kind` says.
    pub what: u8,
    /// The reason; the event says of which type.
    pub why: u8,
    /// 1 if the same packet was sent before on this session.
    pub duplicate: u8,
    /// 1 if the broker kept the state of an earlier session.
    pub session_present: u8,
    /// Belongs to the library.
    pub reserved: u8,
}

impl Effect {
    /// No effect.
    pub(crate) const NONE: Self = Self {
        time_us: 0,
        bytes: ptr::null(),
        length: 0,
        sequence: 0,
        value_mc: 0,
        packet_id: 0,
        attempt: 0,
        code: 0,
        kind: EffectKind::None as u8,
        what: 0,
        why: 0,
        duplicate: 0,
        session_present: 0,
        reserved: 0,
    };

    /// Writes what node-core's effect holds into one that is [`Effect::NONE`].
    pub(crate) fn read(&mut self, effect: &node_core::Effect<'_>) {
        match effect {
            node_core::Effect::Command(command) => {
                self.kind = EffectKind::Command as u8;
                self.what = Command::from(*command) as u8;
            }
            node_core::Effect::Event(event) => {
                self.kind = EffectKind::Event as u8;
                self.what = self.read_event(event) as u8;
            }
            node_core::Effect::SerialWrite(bytes) => self.write(EffectKind::SerialWrite, bytes),
            node_core::Effect::StreamWrite(bytes) => self.write(EffectKind::StreamWrite, bytes),
        }
    }

    fn write(&mut self, kind: EffectKind, bytes: &[u8]) {
        self.kind = kind as u8;
        self.bytes = bytes.as_ptr();
        // A node's buffers hold hundreds of bytes.
        self.length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    }

    fn read_event(&mut self, event: &node_core::Event) -> Event {
        match *event {
            node_core::Event::Booted => Event::Booted,
            node_core::Event::ConnectRefused(why) => {
                self.because(ConnectRefusal::from(why) as u8, Event::ConnectRefused)
            }
            node_core::Event::IntervalChanged(interval) => {
                self.time_us = interval.as_micros();
                Event::IntervalChanged
            }
            node_core::Event::LinkJoined => Event::LinkJoined,
            node_core::Event::LinkLost(why) => {
                self.because(LinkLoss::from(why) as u8, Event::LinkLost)
            }
            node_core::Event::MessageIgnored => Event::MessageIgnored,
            node_core::Event::ProtocolBroken(why) => {
                self.because(ProtocolError::from(why) as u8, Event::ProtocolBroken)
            }
            node_core::Event::PublishAcked {
                packet_id,
                sequence,
            } => {
                self.packet_id = packet_id.get();
                self.of_reading(sequence, Event::PublishAcked)
            }
            node_core::Event::PublishSent {
                duplicate,
                packet_id,
                sequence,
            } => {
                self.duplicate = u8::from(duplicate);
                self.packet_id = packet_id.map_or(0, NonZeroU16::get);
                self.of_reading(sequence, Event::PublishSent)
            }
            node_core::Event::ReadingDropped { sequence, why } => {
                self.why = DropReason::from(why) as u8;
                self.of_reading(sequence, Event::ReadingDropped)
            }
            node_core::Event::ReadingShown { sequence } => {
                self.of_reading(sequence, Event::ReadingShown)
            }
            node_core::Event::ReadingTaken(reading) => {
                self.time_us = reading.taken.as_micros();
                self.value_mc = reading.value.0;
                self.of_reading(reading.sequence, Event::ReadingTaken)
            }
            node_core::Event::RetryScheduled { attempt, delay } => {
                self.attempt = attempt;
                self.time_us = delay.as_micros();
                Event::RetryScheduled
            }
            node_core::Event::SensorFaulted { code, why } => {
                self.code = code.0;
                self.because(SensorFault::from(why) as u8, Event::SensorFaulted)
            }
            node_core::Event::SessionClosed(why) => {
                self.because(CloseReason::from(why) as u8, Event::SessionClosed)
            }
            node_core::Event::SessionOpened { session_present } => {
                self.session_present = u8::from(session_present);
                Event::SessionOpened
            }
        }
    }

    const fn because(&mut self, why: u8, event: Event) -> Event {
        self.why = why;
        event
    }

    const fn of_reading(&mut self, sequence: u32, event: Event) -> Event {
        self.sequence = sequence;
        event
    }
}

impl From<node_core::Command> for Command {
    fn from(command: node_core::Command) -> Self {
        match command {
            node_core::Command::CloseStream => Self::CloseStream,
            node_core::Command::JoinWifi => Self::JoinWifi,
            node_core::Command::LeaveWifi => Self::LeaveWifi,
            node_core::Command::OpenStream => Self::OpenStream,
            node_core::Command::Sample => Self::Sample,
            node_core::Command::Sleep => Self::Sleep,
        }
    }
}

#[cfg(test)]
mod tests {
    use node_core::{Duration, Instant, MilliCelsius, Reading, mqtt, sensor};

    use super::*;

    #[test]
    fn an_event_of_a_reading_fills_its_own_fields_and_no_other() {
        let packet_id = NonZeroU16::new(9);
        let numbered = Effect {
            sequence: 7,
            ..NONE
        };
        let sent = node_core::Event::PublishSent {
            duplicate: true,
            packet_id,
            sequence: 7,
        };
        let fields = Effect {
            packet_id: 9,
            duplicate: 1,
            ..numbered
        };
        same(sent, Event::PublishSent, fields);
        let id = packet_id.expect("nine is not zero");
        let acked = node_core::Event::PublishAcked {
            packet_id: id,
            sequence: 7,
        };
        same(
            acked,
            Event::PublishAcked,
            Effect {
                packet_id: 9,
                ..numbered
            },
        );
        let why = node_core::DropReason::TooLarge;
        let dropped = node_core::Event::ReadingDropped { sequence: 7, why };
        same(
            dropped,
            Event::ReadingDropped,
            Effect { why: 2, ..numbered },
        );
        let taken = Instant::from_micros(3);
        let reading = Reading {
            taken,
            value: MilliCelsius(-5),
            sequence: 7,
        };
        let fields = Effect {
            time_us: 3,
            value_mc: -5,
            ..numbered
        };
        same(
            node_core::Event::ReadingTaken(reading),
            Event::ReadingTaken,
            fields,
        );
    }

    #[test]
    fn an_event_of_the_node_fills_its_own_fields_and_no_other() {
        same(node_core::Event::Booted, Event::Booted, NONE);
        let refused = node_core::Event::ConnectRefused(mqtt::ConnectRefusal::NotAuthorized);
        same(refused, Event::ConnectRefused, Effect { why: 5, ..NONE });
        let changed = node_core::Event::IntervalChanged(Duration::from_secs(5));
        same(
            changed,
            Event::IntervalChanged,
            Effect {
                time_us: 5_000_000,
                ..NONE
            },
        );
        let delay = Duration::from_millis(1);
        let retry = node_core::Event::RetryScheduled { attempt: 2, delay };
        let fields = Effect {
            attempt: 2,
            time_us: 1_000,
            ..NONE
        };
        same(retry, Event::RetryScheduled, fields);
        let (code, why) = (node_core::AdcCode(1024), sensor::SensorFault::Saturated);
        let faulted = node_core::Event::SensorFaulted { code, why };
        same(
            faulted,
            Event::SensorFaulted,
            Effect {
                code: 1024,
                why: 5,
                ..NONE
            },
        );
        let opened = node_core::Event::SessionOpened {
            session_present: true,
        };
        same(
            opened,
            Event::SessionOpened,
            Effect {
                session_present: 1,
                ..NONE
            },
        );
    }

    #[test]
    fn bytes_to_write_are_those_of_the_node() {
        let bytes = [1, 2, 3];
        let mut effect = Effect::NONE;
        effect.read(&node_core::Effect::StreamWrite(&bytes));
        let expected = Effect {
            bytes: bytes.as_ptr(),
            length: 3,
            kind: EffectKind::StreamWrite as u8,
            ..Effect::NONE
        };
        assert_eq!(effect, expected);
    }

    /// An event without fields, but for what it is.
    const NONE: Effect = Effect {
        kind: EffectKind::Event as u8,
        ..Effect::NONE
    };

    fn same(event: node_core::Event, what: Event, fields: Effect) {
        let mut effect = Effect::NONE;
        effect.read(&node_core::Effect::Event(event));
        assert_eq!(
            effect,
            Effect {
                what: what as u8,
                ..fields
            },
            "{event:?}"
        );
    }
}
