//! UDP in IPv4 in a frame, and ARP in a frame.
//!
//! Owns the checks that every packet passes before a service reads it.

use core::net::Ipv4Addr;

use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    ArpHardware, ArpOperation, ArpPacket, ArpRepr, EthernetProtocol, IpAddress, IpProtocol,
    Ipv4Packet, UdpPacket, UdpRepr,
};

use crate::radio::{EtherType, Frame, MacAddress, Payload};
use crate::stack::address::AddressDrop;

/// Hop limit of a node's packets (lwIP, `IP_DEFAULT_TTL`).
pub(super) const NODE_HOPS: u8 = 255;
/// Hop limit of a router's packets (Linux, `net.ipv4.ip_default_ttl`).
pub(super) const ROUTER_HOPS: u8 = 64;

const IPV4_HEADER: usize = 20;
const UDP_HEADER: usize = 8;
/// An ARP packet for Ethernet and IPv4.
const ARP_BYTES: usize = 28;

/// One UDP datagram with its IPv4 addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Datagram<'a> {
    pub(super) source: (Ipv4Addr, u16),
    pub(super) destination: (Ipv4Addr, u16),
    pub(super) payload: &'a [u8],
}

/// One ARP packet (RFC 826).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Arp {
    pub(super) is_reply: bool,
    pub(super) sender: (MacAddress, Ipv4Addr),
    pub(super) target: (MacAddress, Ipv4Addr),
}

/// Builds a frame that carries an IPv4 packet.
pub(super) fn ipv4_frame(sender: MacAddress, receiver: MacAddress, bytes: Vec<u8>) -> Frame {
    data_frame(sender, receiver, EtherType::Ipv4, bytes)
}

/// Builds a frame that carries an ARP packet.
pub(super) fn arp_frame(receiver: MacAddress, arp: Arp) -> Frame {
    data_frame(arp.sender.0, receiver, EtherType::Arp, arp.write())
}

const fn data_frame(
    sender: MacAddress,
    receiver: MacAddress,
    ether_type: EtherType,
    bytes: Vec<u8>,
) -> Frame {
    let payload = Payload::Data { ether_type, bytes };
    Frame {
        sender,
        receiver,
        payload,
    }
}

impl<'a> Datagram<'a> {
    /// Returns the IPv4 packet, with both checksums.
    pub(super) fn write(&self, hop_limit: u8) -> Vec<u8> {
        let checksums = ChecksumCapabilities::default();
        let (source, destination) = (self.source.0, self.destination.0);
        let udp_len = UDP_HEADER + self.payload.len();
        let total_len = u16::try_from(IPV4_HEADER + udp_len).expect("services write short packets");
        let mut bytes = vec![0; IPV4_HEADER + udp_len];
        let udp = UdpRepr {
            src_port: self.source.1,
            dst_port: self.destination.1,
        };
        udp.emit(
            &mut UdpPacket::new_unchecked(&mut bytes[IPV4_HEADER..]),
            &IpAddress::Ipv4(source),
            &IpAddress::Ipv4(destination),
            self.payload.len(),
            |place| place.copy_from_slice(self.payload),
            &checksums,
        );
        let mut ip = Ipv4Packet::new_unchecked(bytes.as_mut_slice());
        ip.set_version(4);
        ip.set_header_len(20);
        ip.set_total_len(total_len);
        ip.set_dont_frag(true);
        ip.set_hop_limit(hop_limit);
        ip.set_next_header(IpProtocol::Udp);
        ip.set_src_addr(source);
        ip.set_dst_addr(destination);
        ip.fill_checksum();
        bytes
    }

    /// Reads an IPv4 packet and judges it.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, AddressDrop> {
        let malformed = |_| AddressDrop::Malformed;
        let ip = Ipv4Packet::new_checked(bytes).map_err(malformed)?;
        if ip.version() != 4 {
            return Err(AddressDrop::Malformed);
        }
        if !ip.verify_checksum() {
            return Err(AddressDrop::Checksum);
        }
        if ip.more_frags() || ip.frag_offset() != 0 {
            return Err(AddressDrop::Unwanted);
        }
        if ip.next_header() != IpProtocol::Udp {
            return Err(AddressDrop::Unwanted);
        }
        let (source, destination) = (ip.src_addr(), ip.dst_addr());
        let udp = UdpPacket::new_checked(ip.payload()).map_err(malformed)?;
        if !udp.verify_checksum(&IpAddress::Ipv4(source), &IpAddress::Ipv4(destination)) {
            return Err(AddressDrop::Checksum);
        }
        Ok(Self {
            source: (source, udp.src_port()),
            destination: (destination, udp.dst_port()),
            payload: udp.payload(),
        })
    }
}

impl Arp {
    /// Builds the question who has an address.
    pub(super) const fn request(sender: (MacAddress, Ipv4Addr), wanted: Ipv4Addr) -> Self {
        Self {
            is_reply: false,
            sender,
            target: (MacAddress([0; 6]), wanted),
        }
    }

    /// Builds the answer to a request, from whoever has its target.
    pub(super) const fn reply(&self, mac: MacAddress) -> Self {
        Self {
            is_reply: true,
            sender: (mac, self.target.1),
            target: self.sender,
        }
    }

    /// Reads an ARP packet and judges it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, AddressDrop> {
        let malformed = |_| AddressDrop::Malformed;
        let packet = ArpPacket::new_checked(bytes).map_err(malformed)?;
        let ArpRepr::EthernetIpv4 {
            operation,
            source_hardware_addr,
            source_protocol_addr,
            target_hardware_addr,
            target_protocol_addr,
        } = ArpRepr::parse(&packet).map_err(malformed)?
        else {
            return Err(AddressDrop::Unwanted);
        };
        let sender = (MacAddress(source_hardware_addr.0), source_protocol_addr);
        // A group is nobody's own address; who claims it would have answers sent to everyone.
        if sender.0.is_group() {
            return Err(AddressDrop::Malformed);
        }
        let is_reply = match operation {
            ArpOperation::Reply => true,
            ArpOperation::Request => false,
            ArpOperation::Unknown(_) => return Err(AddressDrop::Unwanted),
        };
        let target = (MacAddress(target_hardware_addr.0), target_protocol_addr);
        Ok(Self {
            is_reply,
            sender,
            target,
        })
    }

    fn write(self) -> Vec<u8> {
        let operation = if self.is_reply {
            ArpOperation::Reply
        } else {
            ArpOperation::Request
        };
        let mut bytes = vec![0; ARP_BYTES];
        let mut packet = ArpPacket::new_unchecked(bytes.as_mut_slice());
        packet.set_hardware_type(ArpHardware::Ethernet);
        packet.set_protocol_type(EthernetProtocol::Ipv4);
        packet.set_hardware_len(6);
        packet.set_protocol_len(4);
        packet.set_operation(operation);
        packet.set_source_hardware_addr(&self.sender.0.0);
        packet.set_source_protocol_addr(&self.sender.1.octets());
        packet.set_target_hardware_addr(&self.target.0.0);
        packet.set_target_protocol_addr(&self.target.1.octets());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const THERE: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 0);

    #[test]
    fn a_datagram_is_read_as_it_was_written() {
        let bytes = datagram(b"hello").write(NODE_HOPS);
        let read = Datagram::read(&bytes).unwrap();
        assert_eq!((read.source, read.destination), ((HERE, 53), (THERE, 9)));
        assert_eq!(read.payload, b"hello");
    }

    #[test]
    fn each_flipped_bit_of_a_datagram_is_noticed() {
        let bytes = datagram(b"hello").write(ROUTER_HOPS);
        for bit in 0..bytes.len() * 8 {
            let mut broken = bytes.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            assert!(Datagram::read(&broken).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn each_shorter_datagram_is_malformed() {
        let bytes = datagram(b"hello").write(ROUTER_HOPS);
        for len in 0..bytes.len() {
            let why = Datagram::read(&bytes[..len]).unwrap_err();
            assert_eq!(why, AddressDrop::Malformed, "{len} bytes");
        }
    }

    #[test]
    fn arp_is_read_as_it_was_written_and_never_from_a_group() {
        let mac = MacAddress([2, 0, 0, 0, 0, 1]);
        let request = Arp::request((mac, HERE), THERE);
        assert_eq!(Arp::read(&request.write()), Ok(request));
        let reply = request.reply(MacAddress([2, 1, 0, 0, 0, 0]));
        assert_eq!(Arp::read(&reply.write()), Ok(reply));
        assert_eq!((reply.sender.1, reply.target.1), (THERE, HERE));
        let claimed = Arp::request((MacAddress::BROADCAST, HERE), THERE);
        assert_eq!(Arp::read(&claimed.write()), Err(AddressDrop::Malformed));
    }

    fn datagram(payload: &[u8]) -> Datagram<'_> {
        Datagram {
            source: (HERE, 53),
            destination: (THERE, 9),
            payload,
        }
    }
}
