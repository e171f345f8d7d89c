//! Writes what is seen of a run as a pcapng file.
//!
//! Owns order, interfaces, remarks and secrets. Does not know the bytes of blocks or headers.
//!
//! Frames are told when they are over, each node's on their own; a capture is in order of
//! time. So packets are held back for a while, and secrets stand before every packet that was
//! told after them.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::mem;

use node_core::UnixTime;

use super::tally::Counts;
use super::{Link, Tally, block, ethernet, radiotap, wlan};
use crate::broker::BrokerEvent;
use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::radio::{
    Attempt, EtherType, Frame, MacAddress, Payload, RadioEvent, Rate, Standard, Timing,
    Transmission, ack_rate,
};
use crate::stack::Direction;
use crate::time::{SimSpan, SimTime};

/// How long packets are held back: longer than the slowest frame takes with all its retries,
/// and longer than a node computes before it looks at what its radio received.
const HELD_FOR: SimSpan = SimSpan::from_secs(60);
/// Packets held back at most; then the earliest is written whatever may still come.
const HELD_MAX: usize = 16_384;
/// Remarks that wait for a packet at most.
const REMARKS_MAX: usize = 1_024;
/// `epb_flags`: direction.
const INBOUND: u32 = 1;
const OUTBOUND: u32 = 2;
/// `epb_flags`: reception type.
const UNICAST: u32 = 1 << 2;
const MULTICAST: u32 = 2 << 2;
const BROADCAST: u32 = 3 << 2;
/// What every file says about itself.
const REMARK: &str = "simulated traffic in virtual time; frames are shown decrypted, without \
                      the 8 bytes of header and 8 bytes of MIC that CCMP adds on the air";

/// What a capture shows, and from when it counts.
#[derive(Clone, Debug)]
pub struct CaptureOptions {
    /// Name and version of the program that writes it.
    pub application: String,
    /// Channel of nodes that were not seen to tune to one, 1 to 13.
    pub channel: u8,
    /// Civil time when the world began; without it the capture begins in 1970.
    pub epoch: Option<UnixTime>,
    /// Form of the frames.
    pub link: Link,
    /// What both ends speak.
    pub standard: Standard,
}

/// Writes a capture while a run goes on.
#[derive(Debug)]
pub struct CaptureObserver<W> {
    failed: io::Result<()>,
    held: BTreeMap<(SimTime, u64), Held>,
    interfaces: BTreeMap<NodeId, Interface>,
    next: u64,
    options: CaptureOptions,
    out: W,
    remarks: VecDeque<Remark>,
    scratch: Vec<u8>,
    /// Lines that no block holds yet.
    secrets: String,
    tally: Tally,
    written: u32,
}

/// What is known of one node's interface.
#[derive(Clone, Copy, Debug)]
struct Interface {
    /// Address of the cell, once a management frame told it.
    bssid: Option<MacAddress>,
    channel: u8,
    /// Numbers of the next frame to and from the node.
    next_down: u16,
    next_up: u16,
    /// Its place among the interfaces of the file, once it has one.
    place: Option<u32>,
}

/// A packet that is not written yet.
#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    flags: u32,
    /// The node's own address.
    hardware: MacAddress,
    node: NodeId,
    /// What a data frame carries, and where, received or not: no more than that is read again.
    payload: Option<(EtherType, usize, usize)>,
}

/// Something to say beside the next packet.
#[derive(Debug)]
struct Remark {
    at: SimTime,
    node: NodeId,
    text: String,
}

impl<W: Write> CaptureObserver<W> {
    /// Builds an observer, and writes the head of the file to `out`.
    #[must_use]
    pub fn new(options: CaptureOptions, mut out: W) -> Self {
        let mut scratch = Vec::new();
        block::section(&options.application, REMARK, &mut scratch);
        Self {
            failed: out.write_all(&scratch),
            held: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            next: 0,
            options,
            out,
            remarks: VecDeque::new(),
            scratch,
            secrets: String::new(),
            tally: Tally::default(),
            written: 0,
        }
    }

    /// Writes what is still held back; returns what was counted, and what it was written to.
    ///
    /// # Errors
    ///
    /// The first error while writing.
    pub fn finish(mut self) -> io::Result<(Counts, W)> {
        self.release(SimTime::MAX);
        self.write_secrets();
        self.write_last_remarks();
        self.failed?;
        self.out.flush()?;
        Ok((self.tally.counts(), self.out))
    }

    fn take_frame(&mut self, node: NodeId, frame: &Frame, sent: (&Transmission, Direction)) {
        let interface = self.interface(node);
        if let Payload::Management { .. } = frame.payload {
            let of_cell = match sent.1 {
                Direction::Down => frame.sender,
                Direction::Up => frame.receiver,
            };
            interface.bssid = (!of_cell.is_group()).then_some(of_cell).or(interface.bssid);
        }
        match self.options.link {
            Link::Ethernet => self.take_as_ethernet(node, frame, sent),
            Link::Radio => self.take_as_radio(node, frame, sent),
        }
    }

    /// Keeps a data frame once: when it is sent, or when it has arrived.
    fn take_as_ethernet(&mut self, node: NodeId, frame: &Frame, sent: (&Transmission, Direction)) {
        let (transmission, direction) = sent;
        let Payload::Data { ether_type, bytes } = &frame.payload else {
            return;
        };
        let at = match direction {
            Direction::Down => transmission.delivered,
            Direction::Up => transmission.attempts.first().map(|first| first.start),
        };
        if let Some(at) = at {
            let packet = Held {
                bytes: ethernet::frame(frame, *ether_type, bytes),
                flags: flags(direction, frame.receiver),
                hardware: own_address(frame, direction),
                node,
                payload: Some((*ether_type, ethernet::HEADER, bytes.len())),
            };
            self.hold(at, packet);
        }
    }

    /// Keeps each attempt, and the acknowledgements that were heard.
    fn take_as_radio(&mut self, node: NodeId, frame: &Frame, sent: (&Transmission, Direction)) {
        let (transmission, direction) = sent;
        let interface = self.interface(node);
        let channel = interface.channel;
        let bssid = match direction {
            Direction::Down => interface.bssid.unwrap_or(frame.sender),
            Direction::Up => interface.bssid.unwrap_or(frame.receiver),
        };
        let next = match direction {
            Direction::Down => &mut interface.next_down,
            Direction::Up => &mut interface.next_up,
        };
        let sequence = *next;
        *next = (*next + 1) & 0x0FFF;
        for (index, attempt) in transmission.attempts.iter().enumerate() {
            let head = wlan::Head {
                bssid,
                direction,
                rate: attempt.rate,
                retry: index > 0,
                sequence,
                standard: self.options.standard,
            };
            let signal = (channel, transmission.rssi_dbm);
            self.hold_attempt((node, frame), (attempt, head), signal);
            if attempt.acknowledged && !wlan::receiver(frame, &head).is_group() {
                let hardware = own_address(frame, direction);
                self.hold_acknowledgement((node, hardware), (attempt, head), signal);
            }
        }
    }

    fn hold_attempt(
        &mut self,
        (node, frame): (NodeId, &Frame),
        (attempt, head): (&Attempt, wlan::Head),
        signal: (u8, i8),
    ) {
        let mut bytes = Vec::new();
        let noted = reception(attempt.start, attempt.rate, attempt.received, signal);
        radiotap::header(&noted, &mut bytes);
        let start = bytes.len();
        let (whole, payload) = wlan::frame(frame, &head);
        bytes.extend_from_slice(&whole);
        wlan::seal(start, attempt.received, &mut bytes);
        let payload = match &frame.payload {
            Payload::Data {
                ether_type,
                bytes: data,
            } => Some((*ether_type, start + payload, data.len())),
            Payload::Management { .. } => None,
        };
        let packet = Held {
            bytes,
            flags: flags(head.direction, frame.receiver),
            hardware: own_address(frame, head.direction),
            node,
            payload,
        };
        self.hold(attempt.start, packet);
    }

    /// Keeps the answer to an attempt: it goes the other way, to whoever transmitted.
    fn hold_acknowledgement(
        &mut self,
        (node, hardware): (NodeId, MacAddress),
        (attempt, head): (&Attempt, wlan::Head),
        signal: (u8, i8),
    ) {
        let (to, direction) = match head.direction {
            Direction::Down => (head.bssid, Direction::Up),
            Direction::Up => (hardware, Direction::Down),
        };
        let sifs = Timing::of(head.standard).sifs;
        let at = attempt.start.after(attempt.airtime).after(sifs);
        let rate = ack_rate(attempt.rate);
        let mut bytes = Vec::new();
        radiotap::header(&reception(at, rate, true, signal), &mut bytes);
        let start = bytes.len();
        bytes.extend_from_slice(&wlan::acknowledgement(to));
        wlan::seal(start, true, &mut bytes);
        let packet = Held {
            bytes,
            flags: flags(direction, to),
            hardware,
            node,
            payload: None,
        };
        self.hold(at, packet);
    }

    fn hold(&mut self, at: SimTime, held: Held) {
        self.held.insert((at, self.next), held);
        self.next += 1;
        if self.held.len() > HELD_MAX
            && let Some(((at, _), held)) = self.held.pop_first()
        {
            self.write(at, &held);
        }
    }

    /// Writes every packet up to a time.
    fn release(&mut self, until: SimTime) {
        while let Some(entry) = self.held.first_entry()
            && entry.key().0 <= until
        {
            let ((at, _), held) = entry.remove_entry();
            self.write(at, &held);
        }
    }

    fn write(&mut self, at: SimTime, held: &Held) {
        // Some readers want an interface before anything else.
        let place = self.place(held.node, held.hardware);
        self.write_secrets();
        let comments = self.remarks_for(at, held.node);
        let packet = block::Packet {
            bytes: &held.bytes,
            comments: &comments,
            flags: held.flags,
            interface: place,
            time_ns: self.civil_ns(at),
        };
        self.scratch.clear();
        block::packet(&packet, &mut self.scratch);
        self.write_scratch();
        self.tally.take_frame(held.bytes.len());
        if let Some((ether_type, start, length)) = held.payload {
            let payload = &held.bytes[start..start + length];
            self.tally.take_payload(held.node, ether_type, payload);
        }
    }

    /// Returns a node's place among the interfaces, which it is given with its first packet.
    fn place(&mut self, node: NodeId, hardware: MacAddress) -> u32 {
        let written = self.written;
        let link_type = self.options.link.number();
        let interface = self.interface(node);
        if let Some(place) = interface.place {
            return place;
        }
        interface.place = Some(written);
        self.written += 1;
        let described = block::Interface {
            description: &format!("Wi-Fi of node {}", node.0),
            hardware: (!hardware.is_group()).then_some(hardware.0),
            link_type,
            name: &format!("node{}", node.0),
        };
        self.scratch.clear();
        block::interface(&described, &mut self.scratch);
        self.write_scratch();
        written
    }

    fn write_secrets(&mut self) {
        if self.secrets.is_empty() {
            return;
        }
        let lines = mem::take(&mut self.secrets);
        self.scratch.clear();
        block::secrets(&lines, &mut self.scratch);
        self.write_scratch();
    }

    /// Takes out the remarks that belong beside a packet of this node and time.
    fn remarks_for(&mut self, at: SimTime, node: NodeId) -> Vec<String> {
        if self.remarks.is_empty() {
            return Vec::new();
        }
        let concerns = |remark: &Remark| {
            remark.at <= at && (remark.node == node || remark.node == NodeId::WORLD)
        };
        let waiting = mem::take(&mut self.remarks);
        let (due, later) = waiting.into_iter().partition(concerns);
        self.remarks = later;
        let due: VecDeque<Remark> = due;
        due.into_iter().map(|remark| remark.text).collect()
    }

    /// Leaves remarks that no packet followed in the statistics of the first interface.
    fn write_last_remarks(&mut self) {
        let Some(last) = self.remarks.back().map(|remark| remark.at) else {
            return;
        };
        let texts: Vec<String> = self.remarks.drain(..).map(|remark| remark.text).collect();
        if self.written > 0 {
            self.scratch.clear();
            block::remarks(0, self.civil_ns(last), &texts, &mut self.scratch);
            self.write_scratch();
        }
    }

    fn write_scratch(&mut self) {
        if self.failed.is_ok() {
            self.failed = self.out.write_all(&self.scratch);
        }
    }

    fn remark(&mut self, at: SimTime, node: NodeId, text: String) {
        if self.remarks.len() < REMARKS_MAX {
            self.remarks.push_back(Remark { at, node, text });
        }
    }

    fn take_secret(&mut self, line: &str) {
        // Both ends of a connection know its secrets; one line is enough.
        if !self.secrets.lines().any(|known| known == line) {
            self.secrets.push_str(line);
            self.secrets.push('\n');
        }
    }

    fn interface(&mut self, node: NodeId) -> &mut Interface {
        let channel = self.options.channel;
        self.interfaces.entry(node).or_insert(Interface {
            bssid: None,
            channel,
            next_down: 0,
            next_up: 0,
            place: None,
        })
    }

    /// Returns nanoseconds since 1970.
    fn civil_ns(&self, at: SimTime) -> u64 {
        let begin_ms = self.options.epoch.map_or(0, UnixTime::as_millis);
        let begin = SimSpan::from_millis(begin_ms);
        at.after(begin).as_nanos()
    }
}

impl<W: Write> Observer for CaptureObserver<W> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a watcher reads what concerns it"
    )]
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        if let Some(until) = at.as_nanos().checked_sub(HELD_FOR.as_nanos()) {
            self.release(SimTime::from_nanos(until));
        }
        match *what {
            Observation::Broker(BrokerEvent::MessageReceived { .. }) => self.tally.take_message(),
            Observation::FaultEnded(fault) => {
                self.remark(at, node, format!("{at} fault ended: {}", fault.as_str()));
            }
            Observation::FaultStarted(fault) => {
                self.remark(at, node, format!("{at} fault started: {}", fault.as_str()));
            }
            Observation::Frame {
                direction,
                frame,
                sent,
            } => self.take_frame(node, frame, (sent, direction)),
            Observation::Radio(RadioEvent::Tuned { channel }) => {
                self.interface(node).channel = channel;
            }
            Observation::Secret(line) => self.take_secret(line),
            _ => {}
        }
    }
}

const fn own_address(frame: &Frame, direction: Direction) -> MacAddress {
    match direction {
        Direction::Down => frame.receiver,
        Direction::Up => frame.sender,
    }
}

fn flags(direction: Direction, receiver: MacAddress) -> u32 {
    let way = match direction {
        Direction::Down => INBOUND,
        Direction::Up => OUTBOUND,
    };
    let reach = if receiver == MacAddress::BROADCAST {
        BROADCAST
    } else if receiver.is_group() {
        MULTICAST
    } else {
        UNICAST
    };
    way | reach
}

const fn reception(
    at: SimTime,
    rate: Rate,
    received: bool,
    (channel, signal_dbm): (u8, i8),
) -> radiotap::Reception {
    radiotap::Reception {
        channel,
        rate,
        received,
        signal_dbm,
        time_us: at.as_nanos() / 1_000,
    }
}
