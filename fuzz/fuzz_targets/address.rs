//! Any packets of ARP, DHCP, DNS and SNTP are read or dropped, by the node and by the router.
//!
//! Owns how bytes are cut into packets: the first byte of each says what it is, the second how
//! long it is. Half of the packets get the headers of IPv4 and UDP that a service looks behind.
//! Between them the two go on with what they say to each other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodelab_sim::radio::{EtherType, Frame, MacAddress, Payload};
use nodelab_sim::stack::address::{
    AddressClient, AddressEffect, AddressMode, AddressServer, ServiceSpec, plan,
};
use nodelab_sim::{NodeId, SimTime};

const NODE: NodeId = NodeId(0);
/// Ports of the services and of the DHCP client.
const PORTS: [u16; 4] = [53, 67, 68, 123];
const IPV4_HEADER: usize = 20;
const UDP_HEADER: usize = 8;

fuzz_target!(|data: &[u8]| {
    let mut pair = Pair {
        now: SimTime::ZERO,
        client: AddressClient::new(1, NODE),
        server: AddressServer::new(1, ServiceSpec::default()),
    };
    let mode = AddressMode::Dynamic { check: true };
    pair.client.start(pair.now, mode);
    let mut bytes = data;
    while let [kind, length, rest @ ..] = bytes {
        let (body, after) = rest.split_at(rest.len().min(usize::from(*length)));
        bytes = after;
        let (ether_type, packet) = match kind % 4 {
            0 => (EtherType::Arp, body.to_vec()),
            1 => (EtherType::Ipv4, body.to_vec()),
            _ => (EtherType::Ipv4, datagram(*kind, body)),
        };
        pair.forge(ether_type, &packet);
        pair.go_on();
    }
});

struct Pair {
    now: SimTime,
    client: AddressClient,
    server: AddressServer,
}

impl Pair {
    fn forge(&mut self, ether_type: EtherType, packet: &[u8]) {
        let ends = (plan::node_mac(NODE), plan::GATEWAY_MAC);
        for (sender, receiver) in [ends, (ends.1, ends.0), (ends.1, MacAddress::BROADCAST)] {
            self.deliver(&Frame {
                sender,
                receiver,
                payload: Payload::Data {
                    ether_type,
                    bytes: packet.to_vec(),
                },
            });
        }
    }

    fn deliver(&mut self, frame: &Frame) {
        if frame.sender == plan::node_mac(NODE) {
            self.server.receive(self.now, frame.sender, frame);
        } else {
            self.client.receive(self.now, frame);
        }
    }

    /// Carries what both say, then goes to the next deadline.
    fn go_on(&mut self) {
        while let Some(effect) = self.client.poll() {
            match effect {
                AddressEffect::Send(frame) => self.deliver(&frame),
                AddressEffect::Bound(_) => {
                    self.client.ask_time(self.now);
                    self.client.resolve(self.now, plan::BROKER_NAME);
                    self.client.find(self.now, plan::BROKER);
                }
                _ => {}
            }
        }
        while let Some((ready, frame)) = self.server.poll() {
            self.now = self.now.max(ready);
            self.deliver(&frame);
        }
        if let Some(due) = self.client.poll_timeout() {
            self.now = self.now.max(due);
            self.client.handle_timeout(self.now);
        }
    }
}

/// Returns a payload as UDP in IPv4; `kind` chooses the ports and the direction.
fn datagram(kind: u8, payload: &[u8]) -> Vec<u8> {
    let port = |shift: u8| PORTS[usize::from(kind >> shift) % PORTS.len()];
    let (node, gateway) = (plan::node_address(NODE), plan::GATEWAY);
    let (source, destination) = if kind & 0x80 == 0 {
        (node, gateway)
    } else {
        (gateway, node)
    };
    let udp_bytes = UDP_HEADER + payload.len();
    let length = |bytes: usize| u16::try_from(bytes).expect("a payload has 255 bytes at most");
    let mut packet = vec![0x45, 0];
    packet.extend_from_slice(&length(IPV4_HEADER + udp_bytes).to_be_bytes());
    packet.extend_from_slice(&[0, 0, 0, 0, 64, 17, 0, 0]);
    packet.extend_from_slice(&source.octets());
    packet.extend_from_slice(&destination.octets());
    let sum = packet
        .chunks_exact(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
        .sum::<u32>();
    let folded = (sum >> 16) + (sum & 0xFFFF);
    let checksum = !u16::try_from(folded).expect("ten words carry once at most");
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet.extend_from_slice(&port(2).to_be_bytes());
    packet.extend_from_slice(&port(4).to_be_bytes());
    packet.extend_from_slice(&length(udp_bytes).to_be_bytes());
    // RFC 768: a checksum of zero is none.
    packet.extend_from_slice(&[0, 0]);
    packet.extend_from_slice(payload);
    packet
}
