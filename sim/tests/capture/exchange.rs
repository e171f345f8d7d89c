//! A node's traffic, made by hand: TCP segments by smoltcp, TLS by rustls.

use node_core::UnixTime;
use nodelab_sim::capture::{CaptureObserver, CaptureOptions, Counts, Link};
use nodelab_sim::radio::{
    Attempt, EtherType, Frame, MacAddress, Payload, RadioEvent, Rate, Standard, Transmission,
};
use nodelab_sim::stack::Direction;
use nodelab_sim::{Fault, NodeId, Observation, Observer as _, SimSpan, SimTime};
use smallvec::smallvec;
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    ArpHardware, ArpOperation, ArpPacket, EthernetProtocol, IpAddress, IpProtocol, Ipv4Address,
    Ipv4Packet, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber,
};

/// Civil time at which the exchange begins.
pub(crate) const EPOCH_MS: u64 = 1_700_000_000_000;
/// The node, the access point and the broker.
pub(crate) const NODE: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);
const ACCESS_POINT: MacAddress = MacAddress([2, 0, 0, 0, 1, 0]);
const BROKER: MacAddress = MacAddress([2, 0, 0, 0, 2, 0]);
const NODE_ADDRESS: Ipv4Address = Ipv4Address::new(192, 168, 4, 2);
const BROKER_ADDRESS: Ipv4Address = Ipv4Address::new(192, 168, 4, 3);
const NODE_PORT: u16 = 49_152;
/// Between one frame and the next.
const PACE: SimSpan = SimSpan::from_millis(2);

/// What a run would have shown.
#[derive(Debug)]
pub(crate) struct Exchange {
    now: SimTime,
    port: u16,
    /// Numbers of the next byte of the node and of the broker.
    sequence: [u32; 2],
    seen: Vec<(SimTime, Seen)>,
    /// How many tries the next frame takes, and whether the last one arrives.
    pub(crate) next_tries: (usize, bool),
    /// At which rate.
    pub(crate) rate: Rate,
}

#[derive(Debug)]
enum Seen {
    FaultEnded(Fault),
    FaultStarted(Fault),
    Frame(Direction, Frame, Transmission),
    Radio(RadioEvent),
    Secret(String),
}

impl Exchange {
    /// Begins: the node is on channel 6, and asks who the broker is.
    pub(crate) fn new(port: u16) -> Self {
        let mut exchange = Self {
            now: SimTime::ZERO.after(SimSpan::from_secs(1)),
            port,
            sequence: [1_000, u32::MAX - 100],
            seen: Vec::new(),
            next_tries: (1, true),
            rate: Rate::Ofdm(24),
        };
        exchange.see(Seen::Radio(RadioEvent::Tuned { channel: 6 }));
        exchange.beacon();
        exchange.ask_address();
        exchange
    }

    /// Opens the TCP connection.
    pub(crate) fn open(&mut self) {
        self.segment(Direction::Up, TcpControl::Syn, &[], false);
        self.segment(Direction::Down, TcpControl::Syn, &[], true);
        self.segment(Direction::Up, TcpControl::None, &[], true);
    }

    /// Sends bytes of the stream, and the other end's acknowledgement.
    pub(crate) fn send(&mut self, direction: Direction, bytes: &[u8]) {
        for piece in bytes.chunks(536) {
            self.segment(direction, TcpControl::Psh, piece, true);
            self.segment(other(direction), TcpControl::None, &[], true);
        }
    }

    /// Closes the connection from the node.
    pub(crate) fn close(&mut self) {
        self.segment(Direction::Up, TcpControl::Fin, &[], true);
        self.segment(Direction::Down, TcpControl::Fin, &[], true);
        self.segment(Direction::Up, TcpControl::None, &[], true);
    }

    pub(crate) fn secret(&mut self, line: String) {
        self.see(Seen::Secret(line));
    }

    /// Lets the access point be silent for a moment.
    pub(crate) fn outage(&mut self) {
        self.see(Seen::FaultStarted(Fault::AccessPointDown));
        self.now = self.now.after(SimSpan::from_millis(300));
        self.see(Seen::FaultEnded(Fault::AccessPointDown));
    }

    /// Returns the bytes of the capture, and what nodelab counted in it.
    pub(crate) fn capture(&self, link: Link) -> (Vec<u8>, Counts) {
        let options = CaptureOptions {
            application: "nodelab test".to_owned(),
            channel: 1,
            epoch: Some(UnixTime::from_millis(EPOCH_MS)),
            link,
            standard: match self.rate {
                Rate::Ht(_) => Standard::N,
                Rate::Dsss(_) | Rate::Ofdm(_) => Standard::G,
            },
        };
        let mut observer = CaptureObserver::new(options, Vec::new());
        for (at, seen) in &self.seen {
            let what = match seen {
                Seen::FaultEnded(fault) => Observation::FaultEnded(*fault),
                Seen::FaultStarted(fault) => Observation::FaultStarted(*fault),
                Seen::Frame(direction, frame, sent) => Observation::Frame {
                    direction: *direction,
                    frame,
                    sent,
                },
                Seen::Radio(event) => Observation::Radio(*event),
                Seen::Secret(secret) => Observation::Secret(secret),
            };
            let node = match seen {
                Seen::FaultEnded(_) | Seen::FaultStarted(_) => NodeId::WORLD,
                Seen::Frame(..) | Seen::Radio(_) | Seen::Secret(_) => NodeId(0),
            };
            observer.on_event(*at, node, &what);
        }
        let (counts, bytes) = observer.finish().expect("memory takes any byte");
        (bytes, counts)
    }

    /// Returns how many attempts all frames took.
    pub(crate) fn tries(&self) -> u64 {
        let tries = |seen: &(SimTime, Seen)| match &seen.1 {
            Seen::Frame(_, _, sent) => sent.attempts.len(),
            Seen::FaultEnded(_) | Seen::FaultStarted(_) | Seen::Radio(_) | Seen::Secret(_) => 0,
        };
        self.seen.iter().map(tries).sum::<usize>() as u64
    }

    fn beacon(&mut self) {
        // Timestamp, interval of 100 TU, an ESS, and the elements SSID, rates and channel.
        let mut body = [0; 12];
        body[8..].copy_from_slice(&[100, 0, 0x01, 0]);
        let elements = [0, 3, b'l', b'a', b'b', 1, 1, 0x82, 3, 1, 6];
        let payload = Payload::Management {
            subtype: 8,
            body: body.iter().chain(&elements).copied().collect(),
        };
        let frame = Frame {
            sender: ACCESS_POINT,
            receiver: MacAddress::BROADCAST,
            payload,
        };
        self.frame(Direction::Down, frame);
    }

    fn ask_address(&mut self) {
        let ask = |operation, [from, to]: [(MacAddress, Ipv4Address); 2]| {
            let mut packet = ArpPacket::new_unchecked(vec![0; 28]);
            packet.set_hardware_type(ArpHardware::Ethernet);
            packet.set_protocol_type(EthernetProtocol::Ipv4);
            packet.set_hardware_len(6);
            packet.set_protocol_len(4);
            packet.set_operation(operation);
            packet.set_source_hardware_addr(&from.0.0);
            packet.set_source_protocol_addr(&from.1.octets());
            packet.set_target_hardware_addr(&to.0.0);
            packet.set_target_protocol_addr(&to.1.octets());
            packet.into_inner()
        };
        let nobody = (MacAddress([0; 6]), BROKER_ADDRESS);
        let (node, broker) = ((NODE, NODE_ADDRESS), (BROKER, BROKER_ADDRESS));
        let question = ask(ArpOperation::Request, [node, nobody]);
        let frame = data(NODE, MacAddress::BROADCAST, EtherType::Arp, question);
        self.frame(Direction::Up, frame);
        let answer = ask(ArpOperation::Reply, [broker, node]);
        let frame = data(BROKER, NODE, EtherType::Arp, answer);
        self.frame(Direction::Down, frame);
    }

    fn segment(&mut self, direction: Direction, control: TcpControl, bytes: &[u8], acks: bool) {
        let up = direction == Direction::Up;
        let (own, peer) = if up { (0, 1) } else { (1, 0) };
        let number = |value: u32| TcpSeqNumber(value.cast_signed());
        let (from, to) = if up {
            (NODE_ADDRESS, BROKER_ADDRESS)
        } else {
            (BROKER_ADDRESS, NODE_ADDRESS)
        };
        let is_first = control == TcpControl::Syn;
        let segment = TcpRepr {
            src_port: if up { NODE_PORT } else { self.port },
            dst_port: if up { self.port } else { NODE_PORT },
            control,
            seq_number: number(self.sequence[own]),
            ack_number: acks.then(|| number(self.sequence[peer])),
            window_len: 2_144,
            window_scale: None,
            max_seg_size: is_first.then_some(536),
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload: bytes,
        };
        let taken = bytes.len() + usize::from(is_first || control == TcpControl::Fin);
        let taken = u32::try_from(taken).expect("a segment is short");
        self.sequence[own] = self.sequence[own].wrapping_add(taken);
        let length = 20 + segment.buffer_len();
        let mut packet = Ipv4Packet::new_unchecked(vec![0; length]);
        packet.set_version(4);
        packet.set_header_len(20);
        packet.set_total_len(u16::try_from(length).expect("a segment is short"));
        packet.set_hop_limit(64);
        packet.set_next_header(IpProtocol::Tcp);
        packet.set_src_addr(from);
        packet.set_dst_addr(to);
        packet.fill_checksum();
        let mut rest = TcpPacket::new_unchecked(packet.payload_mut());
        let (source, destination) = (IpAddress::Ipv4(from), IpAddress::Ipv4(to));
        segment.emit(
            &mut rest,
            &source,
            &destination,
            &ChecksumCapabilities::default(),
        );
        let packet = packet.into_inner();
        let (sender, receiver) = if up { (NODE, BROKER) } else { (BROKER, NODE) };
        self.frame(direction, data(sender, receiver, EtherType::Ipv4, packet));
    }

    fn frame(&mut self, direction: Direction, frame: Frame) {
        let (tries, arrives) = std::mem::replace(&mut self.next_tries, (1, true));
        let mut sent = Transmission {
            attempts: smallvec![],
            delivered: None,
            ended: self.now,
            rssi_dbm: -61,
        };
        for number in 1..=tries {
            let received = arrives && number == tries;
            let airtime = SimSpan::from_micros(60);
            sent.attempts.push(Attempt {
                start: self.now,
                airtime,
                rate: self.rate,
                received,
                acknowledged: received,
            });
            self.now = self.now.after(airtime);
            sent.delivered = received.then_some(self.now);
            self.now = self.now.after(SimSpan::from_micros(100));
        }
        sent.ended = self.now;
        self.see(Seen::Frame(direction, frame, sent));
        self.now = self.now.after(PACE);
    }

    fn see(&mut self, what: Seen) {
        self.seen.push((self.now, what));
    }
}

fn data(sender: MacAddress, receiver: MacAddress, ether_type: EtherType, bytes: Vec<u8>) -> Frame {
    Frame {
        sender,
        receiver,
        payload: Payload::Data { ether_type, bytes },
    }
}

const fn other(direction: Direction) -> Direction {
    match direction {
        Direction::Down => Direction::Up,
        Direction::Up => Direction::Down,
    }
}
