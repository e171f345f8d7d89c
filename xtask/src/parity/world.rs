//! What surrounds a node: converter, radio and broker, all of which answer what was asked.
//!
//! Owns what is owed to a node and the record of what it was told. Does not decide when it is
//! told, nor whether the world is polite.

use node_core::{AdcCode, Command, Config, Effect, Event, Input, Instant};
use node_wire::{Answer, Request};

use crate::parity::life::{Life, push};
use crate::parity::player::Player;
use crate::parity::turn::Answers;

/// A node on this machine, and what the world owes it.
#[derive(Debug)]
pub(crate) struct World {
    /// The node's clock.
    pub(crate) now: Instant,
    /// What was asked and not answered.
    pub(crate) owed: Owed,
    /// When the node wants to be woken, if ever.
    pub(crate) timeout: Option<Instant>,
    /// How far it ever came.
    pub(crate) seen: Seen,
    player: Player,
    broker: Broker,
    requests: Vec<u8>,
}

/// What a node asked for and did not get.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owed {
    /// A conversion.
    pub(crate) conversion: bool,
    /// A link.
    pub(crate) link: bool,
    /// A stream.
    pub(crate) stream: bool,
    /// Bytes of the broker.
    pub(crate) bytes: Vec<u8>,
}

impl Owed {
    /// Returns whether the node waits for nothing.
    pub(crate) const fn is_nothing(&self) -> bool {
        !(self.conversion || self.link || self.stream) && self.bytes.is_empty()
    }
}

/// States that a node reached.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// A reading was acknowledged.
    pub(crate) acked: bool,
    /// The broker accepted a session.
    pub(crate) online: bool,
}

/// The broker's end of the stream: packets that are not whole yet.
#[derive(Clone, Debug, Default)]
struct Broker {
    unread: Vec<u8>,
}

impl World {
    /// Boots a node.
    pub(crate) fn boot(config: &Config, seed: u64, now: Instant) -> Self {
        let mut world = Self {
            now,
            owed: Owed::default(),
            timeout: None,
            seen: Seen::default(),
            player: Player::new(),
            broker: Broker::default(),
            requests: Vec::new(),
        };
        let config = *config;
        world.put(&Request::Boot { config, seed, now });
        world
    }

    /// Tells the node something, at the present time.
    pub(crate) fn tell(&mut self, input: Input<'_>) {
        let now = self.now;
        self.put(&Request::Handle { now, input });
    }

    /// Tells what is owed the longest way down, or wakes the node when it wants to be woken.
    pub(crate) fn oblige(&mut self, code: AdcCode) {
        if self.owed.conversion {
            self.convert(code);
        } else if self.owed.link {
            self.link_up();
        } else if self.owed.stream {
            self.open_stream();
        } else if !self.owed.bytes.is_empty() {
            self.deliver(usize::MAX);
        } else {
            self.wake();
        }
    }

    /// Ends the conversion.
    pub(crate) fn convert(&mut self, code: AdcCode) {
        self.owed.conversion = false;
        self.tell(Input::Sampled(code));
    }

    /// Joins the access point.
    pub(crate) fn link_up(&mut self) {
        self.owed.link = false;
        self.tell(Input::LinkUp);
    }

    /// Opens the stream.
    pub(crate) fn open_stream(&mut self) {
        self.owed.stream = false;
        self.owed.bytes.clear();
        self.broker = Broker::default();
        self.tell(Input::StreamOpened);
    }

    /// Delivers bytes of the broker, `max` at most.
    pub(crate) fn deliver(&mut self, max: usize) {
        let bytes = &mut self.owed.bytes;
        let front: Vec<u8> = bytes.drain(..bytes.len().min(max)).collect();
        self.tell(Input::StreamRead(&front));
    }

    /// Lets time pass until the node wants to be woken, and wakes it.
    pub(crate) fn wake(&mut self) {
        let due = self.timeout.unwrap_or(self.now);
        self.now = self.now.max(due);
        self.tell(Input::Timeout);
    }

    /// Returns whether there is a node to tell anything.
    pub(crate) const fn is_alive(&self) -> bool {
        self.player.node().is_some()
    }

    /// Returns what was told until here.
    pub(crate) fn into_life(self, name: &str) -> Life {
        Life::new(name, &self.requests).expect("a boot came first, and inputs after it")
    }

    fn put(&mut self, request: &Request<'_>) {
        push(&mut self.requests, request);
        self.player.tell(request);
        let answers = self.player.take();
        for answer in Answers::of(&answers) {
            match answer {
                Answer::Effect(effect) => self.take(effect),
                Answer::Turn { standing, .. } => self.timeout = standing.timeout,
                Answer::Dumped(_)
                | Answer::Measured { .. }
                | Answer::Reading(_)
                | Answer::Refused(_) => {}
            }
        }
    }

    fn take(&mut self, effect: Effect<'_>) {
        match effect {
            Effect::Command(command) => self.obey(command),
            Effect::Event(Event::PublishAcked { .. }) => self.seen.acked = true,
            Effect::Event(Event::SessionOpened { .. }) => self.seen.online = true,
            Effect::Event(_) | Effect::SerialWrite(_) => {}
            Effect::StreamWrite(bytes) => self.broker.read(bytes, &mut self.owed.bytes),
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::CloseStream => {
                self.owed.stream = false;
                self.owed.bytes.clear();
            }
            Command::JoinWifi => self.owed.link = true,
            Command::LeaveWifi => self.owed.link = false,
            Command::OpenStream => self.owed.stream = true,
            Command::Sample => self.owed.conversion = true,
            Command::Sleep => {}
        }
    }
}

impl Broker {
    /// Reads what the node wrote, and writes what a broker answers.
    fn read(&mut self, bytes: &[u8], answers: &mut Vec<u8>) {
        self.unread.extend_from_slice(bytes);
        while let Some((first, header, end)) = packet(&self.unread) {
            answer(first, &self.unread[header..end], answers);
            self.unread.drain(..end);
        }
    }
}

/// Returns the first byte of the first packet, the length of its header, and where it ends.
fn packet(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, rest) = bytes.split_first()?;
    let mut length = 0;
    //= MQTT 3.1.1 §2.2.3: seven bits a byte, least significant first, four bytes at most.
    for (place, byte) in rest.iter().take(4).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            let header = place + 2;
            let end = header + length;
            return (end <= bytes.len()).then_some((*first, header, end));
        }
    }
    None
}

/// Writes what a broker answers to a packet.
fn answer(first: u8, body: &[u8], answers: &mut Vec<u8>) {
    match (first >> 4, body) {
        // CONNECT, CONNACK (MQTT 3.1.1 §3.1, §3.2).
        (1, _) => answers.extend([0x20, 2, 0, 0]),
        // PUBLISH at QoS 1, PUBACK (§3.3, §3.4); the identifier follows the topic.
        (3, &[high, low, ref rest @ ..]) if first & 0x06 == 0x02 => {
            let topic = usize::from(u16::from_be_bytes([high, low]));
            if let Some(&[high, low, ..]) = rest.get(topic..) {
                answers.extend([0x40, 2, high, low]);
            }
        }
        // SUBSCRIBE, SUBACK (§3.8, §3.9).
        (8, &[high, low, ..]) => answers.extend([0x90, 3, high, low, 0]),
        // PINGREQ, PINGRESP (§3.12, §3.13).
        (12, _) => answers.extend([0xD0, 0]),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_answers_packets_that_come_in_pieces() {
        let connect = [0x10, 2, 0, 0];
        let subscribe = [0x82, 3, 0, 7, 0];
        let publish = [0x32, 6, 0, 1, b't', 0, 9, b'x'];
        let stream = [&connect[..], &subscribe, &publish, &[0xC0, 0]].concat();
        let (mut broker, mut answers) = (Broker::default(), Vec::new());
        for byte in stream {
            broker.read(&[byte], &mut answers);
        }
        let expected = [0x20, 2, 0, 0, 0x90, 3, 0, 7, 0, 0x40, 2, 0, 9, 0xD0, 0];
        assert_eq!(answers, expected);
    }

    #[test]
    fn a_message_at_qos_0_is_not_answered() {
        let mut answers = Vec::new();
        Broker::default().read(&[0x30, 3, 0, 1, b't'], &mut answers);
        assert!(answers.is_empty());
    }
}
