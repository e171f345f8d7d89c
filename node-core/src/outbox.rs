//! Effects that wait to be polled, and the bytes that belong to them.
//!
//! Owns the bounds: one turn never asks for more than fits here, which the contract tests
//! prove. What would not fit in release is left out, and the node's own timeouts recover.

use crate::effect::{Command, Effect, Event};
use crate::text::Writer;

/// Effects of one turn at most: an answered CONNECT, an acknowledgement, every kind of command,
/// and a broken packet behind them, all in one read.
const EFFECTS_MAX: usize = 20;
/// Effects that stay free for what follows publishing in a turn: leaving and going to sleep.
const EFFECTS_RESERVED: usize = 6;
/// Bytes to the broker of one turn at most: the largest packet, Home Assistant's discovery.
const STREAM_MAX: usize = 736;
/// Bytes to the console of one turn at most, fixed texts not counted.
const SERIAL_MAX: usize = 208;

/// Effects in order, first in first out, until drained.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Outbox {
    pending: [Pending; EFFECTS_MAX],
    next: u8,
    len: u8,
    stream: Bytes<STREAM_MAX>,
    serial: Bytes<SERIAL_MAX>,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Pending {
    Command(Command),
    Event(Event),
    /// Up to this end of the serial buffer.
    Serial(u16),
    SerialFixed(&'static str),
    /// Up to this end of the stream buffer.
    Stream(u16),
}

impl Outbox {
    pub(crate) const fn new() -> Self {
        Self {
            pending: [Pending::Event(Event::Booted); EFFECTS_MAX],
            next: 0,
            len: 0,
            stream: Bytes::EMPTY,
            serial: Bytes::EMPTY,
        }
    }

    /// Asks for a command.
    pub(crate) fn command(&mut self, command: Command) {
        self.push(Pending::Command(command));
    }

    /// States a fact.
    pub(crate) fn event(&mut self, event: Event) {
        self.push(Pending::Event(event));
    }

    /// Prints a text that never changes.
    pub(crate) fn print_fixed(&mut self, text: &'static str) {
        self.push(Pending::SerialFixed(text));
    }

    /// Prints what `write` writes, whole or not at all.
    // Not generic: one copy in the firmware serves all who print.
    pub(crate) fn print(&mut self, write: &dyn Fn(&mut Writer<'_>)) {
        let mut out = self.serial.writer();
        write(&mut out);
        let written = out.finish().map_or(0, <[u8]>::len);
        if let Some(end) = self.serial.keep(written) {
            self.push(Pending::Serial(end));
        }
    }

    /// Sends what `write` writes, whole or not at all; returns what `write` returned.
    pub(crate) fn send<R>(&mut self, write: impl FnOnce(&mut Writer<'_>) -> R) -> R {
        let mut out = self.stream.writer();
        let result = write(&mut out);
        let written = out.finish().map_or(0, <[u8]>::len);
        if let Some(end) = self.stream.keep(written) {
            self.push_stream(end);
        }
        result
    }

    /// Adds bytes for the stream. Where room is short they go with those just before them: a
    /// broker that floods the node with messages gets its acknowledgements in one piece.
    fn push_stream(&mut self, end: u16) {
        let is_short = self.is_nearly_full();
        let last = usize::from(self.len).checked_sub(1);
        match last.and_then(|last| self.pending.get_mut(last)) {
            Some(Pending::Stream(before)) if is_short && self.next < self.len => *before = end,
            _ => self.push(Pending::Stream(end)),
        }
    }

    /// Returns true when nothing waits to be sent to the broker.
    pub(crate) const fn stream_is_empty(&self) -> bool {
        self.stream.len == 0
    }

    /// Returns true when no more than what every turn may need is left.
    pub(crate) const fn is_nearly_full(&self) -> bool {
        (self.len as usize).saturating_add(EFFECTS_RESERVED) >= EFFECTS_MAX
    }

    /// Takes the next effect.
    pub(crate) fn poll(&mut self) -> Option<Effect<'_>> {
        let Some(pending) = self.pending.get(usize::from(self.next)).copied() else {
            self.clear();
            return None;
        };
        if self.next >= self.len {
            self.clear();
            return None;
        }
        self.next = self.next.saturating_add(1);
        Some(match pending {
            Pending::Command(command) => Effect::Command(command),
            Pending::Event(event) => Effect::Event(event),
            Pending::Serial(end) => Effect::SerialWrite(self.serial.take_to(end)),
            Pending::SerialFixed(text) => Effect::SerialWrite(text.as_bytes()),
            Pending::Stream(end) => Effect::StreamWrite(self.stream.take_to(end)),
        })
    }

    /// Returns true when everything was polled.
    pub(crate) const fn is_drained(&self) -> bool {
        self.next >= self.len
    }

    const fn clear(&mut self) {
        self.next = 0;
        self.len = 0;
        self.stream.clear();
        self.serial.clear();
    }

    fn push(&mut self, pending: Pending) {
        if self.is_drained() && self.next > 0 {
            self.next = 0;
            self.len = 0;
        }
        match self.pending.get_mut(usize::from(self.len)) {
            Some(slot) => {
                *slot = pending;
                self.len = self.len.saturating_add(1);
            }
            None => debug_assert!(false, "one turn asked for more than {EFFECTS_MAX} effects"),
        }
    }
}

/// A buffer that is filled at the back and handed out from the front.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Bytes<const N: usize> {
    buffer: [u8; N],
    len: u16,
    taken: u16,
}

impl<const N: usize> Bytes<N> {
    const EMPTY: Self = Self {
        buffer: [0; N],
        len: 0,
        taken: 0,
    };

    /// Writes behind what is kept.
    fn writer(&mut self) -> Writer<'_> {
        let kept = usize::from(self.len);
        Writer::new(self.buffer.get_mut(kept..).unwrap_or(&mut []))
    }

    /// Keeps `written` bytes of the writer; returns where they end, `None` when there are none.
    fn keep(&mut self, written: usize) -> Option<u16> {
        if written == 0 {
            return None;
        }
        let written = u16::try_from(written).unwrap_or(u16::MAX);
        self.len = self.len.saturating_add(written);
        Some(self.len)
    }

    fn take_to(&mut self, end: u16) -> &[u8] {
        let start = usize::from(self.taken);
        self.taken = end;
        self.buffer.get(start..usize::from(end)).unwrap_or(&[])
    }

    const fn clear(&mut self) {
        self.len = 0;
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_come_out_in_order_with_their_bytes() {
        let mut outbox = Outbox::new();
        outbox.send(|out| {
            out.bytes(&[1, 2]);
        });
        outbox.command(Command::Sample);
        outbox.send(|out| {
            out.bytes(&[3]);
        });
        outbox.print_fixed("hi");
        assert_eq!(outbox.poll(), Some(Effect::StreamWrite(&[1, 2])));
        assert_eq!(outbox.poll(), Some(Effect::Command(Command::Sample)));
        assert_eq!(outbox.poll(), Some(Effect::StreamWrite(&[3])));
        assert_eq!(outbox.poll(), Some(Effect::SerialWrite(b"hi")));
        assert_eq!(outbox.poll(), None);
        assert!(outbox.is_drained());
    }

    #[test]
    fn what_does_not_fit_is_left_out_whole() {
        let mut outbox = Outbox::new();
        outbox.send(|out| {
            out.bytes(&[0; STREAM_MAX + 1]);
        });
        assert_eq!(outbox.poll(), None);
    }

    #[test]
    fn many_small_writes_go_together_where_room_is_short() {
        let mut outbox = Outbox::new();
        let bytes: [u8; 100] = core::array::from_fn(|place| place.to_le_bytes()[0]);
        for byte in bytes {
            outbox.send(|out| {
                out.bytes(&[byte]);
            });
        }
        outbox.command(Command::Sample);
        let (mut place, mut commands) = (0, 0);
        while let Some(effect) = outbox.poll() {
            match effect {
                Effect::StreamWrite(piece) => {
                    assert_eq!(piece, &bytes[place..place + piece.len()]);
                    place += piece.len();
                }
                Effect::Command(_) => commands += 1,
                Effect::Event(_) | Effect::SerialWrite(_) => panic!("{effect:?}"),
            }
        }
        assert_eq!((place, commands), (bytes.len(), 1));
    }

    #[test]
    fn a_drained_outbox_has_all_its_room_again() {
        let mut outbox = Outbox::new();
        for _ in 0..3 {
            outbox.send(|out| {
                out.bytes(&[7; STREAM_MAX]);
            });
            assert!(!outbox.stream_is_empty());
            assert_eq!(outbox.poll(), Some(Effect::StreamWrite(&[7; STREAM_MAX])));
            assert_eq!(outbox.poll(), None);
            assert!(outbox.stream_is_empty());
        }
    }
}
