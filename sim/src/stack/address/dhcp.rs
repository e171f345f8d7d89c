//! DHCP messages (RFC 2131, options of RFC 2132).
//!
//! Owns what an ESP8266 and a router put into them.

use core::net::Ipv4Addr;

use smallvec::SmallVec;
use smoltcp::wire::{
    ArpHardware, DhcpMessageType, DhcpOpCode, DhcpOption, DhcpPacket, DhcpRepr, EthernetAddress,
};

use crate::radio::MacAddress;
use crate::stack::address::AddressDrop;

/// Port of servers.
pub(super) const SERVER_PORT: u16 = 67;
/// Port of clients.
pub(super) const CLIENT_PORT: u16 = 68;

/// Bytes before the options, the magic cookie included.
const HEADER: usize = 240;
/// lwIP pads options to this (`DHCP_MIN_OPTIONS_LEN`); all that it sends fits.
const CLIENT_OPTIONS: usize = 68;
/// A message has at least as many bytes as one of BOOTP (RFC 1542 §2.1; dnsmasq `MIN_PACKETSZ`).
const SERVER_BYTES_MIN: usize = 300;
const MAGIC_COOKIE: u32 = 0x6382_5363;
/// The longest message that lwIP takes: its MTU.
const MESSAGE_BYTES_MAX: u16 = 1_500;
/// What an ESP8266 asks for (pfalcon/esp-open-lwip, `dhcp.c`): mask, router, broadcast, DNS,
/// domain, `NetBIOS` (44, 46, 47), router discovery, static routes, classless routes, vendor.
const PARAMETERS: [u8; 12] = [1, 3, 28, 6, 15, 44, 46, 47, 31, 33, 121, 43];

/// Numbers of options.
mod option {
    pub(super) const BROADCAST_ADDRESS: u8 = 28;
    pub(super) const HOST_NAME: u8 = 12;
    pub(super) const MESSAGE_BYTES_MAX: u8 = 57;
    pub(super) const MESSAGE_TYPE: u8 = 53;
    pub(super) const PARAMETER_REQUEST_LIST: u8 = 55;
    pub(super) const REBINDING_TIME: u8 = 59;
    pub(super) const RENEWAL_TIME: u8 = 58;
    pub(super) const REQUESTED_ADDRESS: u8 = 50;
    pub(super) const SERVER_IDENTIFIER: u8 = 54;
}

/// What a node says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Saying {
    /// Somebody else has this address already.
    Decline { offered: Ipv4Addr },
    /// Who has an address to give?
    Discover,
    /// Please let this node keep its address.
    Extend { address: Ipv4Addr },
    /// Please let this node have what this server offered.
    Request { offered: Ipv4Addr, server: Ipv4Addr },
}

/// A message of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientMessage {
    pub(super) mac: MacAddress,
    pub(super) xid: u32,
    pub(super) saying: Saying,
}

/// A message of the router.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerMessage {
    pub(super) kind: DhcpMessageType,
    pub(super) mac: MacAddress,
    pub(super) xid: u32,
    pub(super) client: Ipv4Addr,
    /// What is given, and for how many seconds; none in a NAK.
    pub(super) given: Option<(Ipv4Addr, u32)>,
    pub(super) server: Ipv4Addr,
    pub(super) prefix: u8,
}

/// Options in the order in which they are written.
type Options = SmallVec<[(u8, SmallVec<[u8; 12]>); 6]>;

/// Reads a message.
pub(super) fn read<'a>(packet: &'a DhcpPacket<&'a [u8]>) -> Result<DhcpRepr<'a>, AddressDrop> {
    DhcpRepr::parse(packet).map_err(|_| AddressDrop::Malformed)
}

impl ClientMessage {
    /// Returns the message, with the options of lwIP in their order.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = vec![0; HEADER + CLIENT_OPTIONS];
        let mut packet = DhcpPacket::new_unchecked(bytes.as_mut_slice());
        packet.set_opcode(DhcpOpCode::Request);
        packet.set_hardware_type(ArpHardware::Ethernet);
        packet.set_hardware_len(6);
        packet.set_transaction_id(self.xid);
        packet.set_client_hardware_address(EthernetAddress(self.mac.0));
        packet.set_magic_number(MAGIC_COOKIE);
        if let Saying::Extend { address } = self.saying {
            packet.set_client_ip(address);
        }
        let mut writer = packet.options_mut();
        for (kind, data) in &self.options() {
            let option = DhcpOption { kind: *kind, data };
            let fits = "68 bytes hold all options of the longest message";
            writer.emit(option).expect(fits);
        }
        writer.end().expect("one byte is left for the end");
        bytes
    }

    fn options(&self) -> Options {
        let host_name = (option::HOST_NAME, host_name(self.mac));
        let parameters = (
            option::PARAMETER_REQUEST_LIST,
            SmallVec::from_slice(&PARAMETERS),
        );
        let (kind, rest): (DhcpMessageType, Options) = match self.saying {
            Saying::Decline { offered } => (
                DhcpMessageType::Decline,
                [(option::REQUESTED_ADDRESS, octets(offered))]
                    .into_iter()
                    .collect(),
            ),
            Saying::Discover => (
                DhcpMessageType::Discover,
                [longest(), host_name, parameters].into_iter().collect(),
            ),
            Saying::Extend { .. } => (
                DhcpMessageType::Request,
                [longest(), host_name].into_iter().collect(),
            ),
            Saying::Request { offered, server } => (
                DhcpMessageType::Request,
                [
                    longest(),
                    (option::REQUESTED_ADDRESS, octets(offered)),
                    (option::SERVER_IDENTIFIER, octets(server)),
                    parameters,
                    host_name,
                ]
                .into_iter()
                .collect(),
            ),
        };
        let kind = (option::MESSAGE_TYPE, SmallVec::from_slice(&[kind.into()]));
        [kind].into_iter().chain(rest).collect()
    }
}

impl ServerMessage {
    /// Returns the message, with the options of dnsmasq.
    pub(super) fn write(&self) -> Vec<u8> {
        let seconds = self.given.map(|(_, seconds)| seconds);
        let (renew, rebind) = (
            seconds.unwrap_or_default() / 2,
            // 0.875 of the lease (RFC 2131 §4.4.5).
            seconds.map_or(0, |seconds| seconds - seconds / 8),
        );
        let (renew, rebind) = (renew.to_be_bytes(), rebind.to_be_bytes());
        let mask = Ipv4Addr::from_bits(
            u32::MAX
                .checked_shl(32 - u32::from(self.prefix))
                .unwrap_or(0),
        );
        let broadcast = Ipv4Addr::from_bits(self.server.to_bits() | !mask.to_bits()).octets();
        let more = [
            (option::RENEWAL_TIME, &renew),
            (option::REBINDING_TIME, &rebind),
            (option::BROADCAST_ADDRESS, &broadcast),
        ]
        .map(|(kind, data)| DhcpOption { kind, data });
        let given = |value| self.given.map(|_| value);
        let dns_servers = self.given.map(|_| [self.server].into_iter().collect());
        let repr = DhcpRepr {
            message_type: self.kind,
            transaction_id: self.xid,
            secs: 0,
            client_hardware_address: EthernetAddress(self.mac.0),
            client_ip: self.client,
            your_ip: self
                .given
                .map_or(Ipv4Addr::UNSPECIFIED, |(address, _)| address),
            server_ip: given(self.server).unwrap_or(Ipv4Addr::UNSPECIFIED),
            router: given(self.server),
            subnet_mask: given(mask),
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: false,
            requested_ip: None,
            client_identifier: None,
            server_identifier: Some(self.server),
            parameter_request_list: None,
            dns_servers,
            max_size: None,
            lease_duration: seconds,
            renew_duration: None,
            rebind_duration: None,
            additional_options: if self.given.is_some() { &more } else { &[] },
        };
        let mut bytes = vec![0; repr.buffer_len().max(SERVER_BYTES_MIN)];
        let mut packet = DhcpPacket::new_unchecked(bytes.as_mut_slice());
        repr.emit(&mut packet).expect("the buffer is long enough");
        bytes
    }
}

/// Returns the option that says how long a message may be.
fn longest() -> (u8, SmallVec<[u8; 12]>) {
    let bytes = MESSAGE_BYTES_MAX.to_be_bytes();
    (option::MESSAGE_BYTES_MAX, SmallVec::from_slice(&bytes))
}

fn octets(address: Ipv4Addr) -> SmallVec<[u8; 12]> {
    SmallVec::from_slice(&address.octets())
}

/// Returns the name that the SDK gives a station: `ESP_` and the end of its MAC.
fn host_name(mac: MacAddress) -> SmallVec<[u8; 12]> {
    let [.., a, b, c] = mac.0;
    let name = format!("ESP_{a:02X}{b:02X}{c:02X}");
    SmallVec::from_slice(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: MacAddress = MacAddress([2, 1, 0, 0, 0xAB, 0x0C]);
    const OFFERED: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 0);
    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

    #[test]
    fn a_node_sends_the_options_of_lwip_in_their_order() {
        let (offered, server) = (OFFERED, SERVER);
        let rows: Vec<String> = [
            Saying::Discover,
            Saying::Request { offered, server },
            Saying::Extend { address: offered },
            Saying::Decline { offered },
        ]
        .map(|saying| {
            let message = ClientMessage {
                mac: MAC,
                xid: 7,
                saying,
            };
            let bytes = message.write();
            assert_eq!(bytes.len(), 308);
            let packet = DhcpPacket::new_checked(bytes.as_slice()).unwrap();
            let options: Vec<String> = packet
                .options()
                .map(|option| {
                    let data = option.data.iter().map(|byte| format!("{byte:02x}"));
                    format!("{}:{}", option.kind, data.collect::<String>())
                })
                .collect();
            options.join(" ")
        })
        .into();
        let rows = rows.join("\n").replace(" 55:", "\n  55:");
        insta::assert_snapshot!(rows, @"
        53:01 57:05dc 12:4553505f303041423043
          55:01031c060f2c2e2f1f21792b
        53:03 57:05dc 50:0a010000 54:0a000001
          55:01031c060f2c2e2f1f21792b 12:4553505f303041423043
        53:03 57:05dc 12:4553505f303041423043
        53:04 50:0a010000
        ");
    }

    #[test]
    fn a_router_gives_mask_router_resolver_and_times() {
        let message = ServerMessage {
            kind: DhcpMessageType::Ack,
            mac: MAC,
            xid: 7,
            client: Ipv4Addr::UNSPECIFIED,
            given: Some((OFFERED, 3_600)),
            server: SERVER,
            prefix: 8,
        };
        let bytes = message.write();
        assert!(bytes.len() >= 300);
        let packet = DhcpPacket::new_checked(bytes.as_slice()).unwrap();
        let read = read(&packet).unwrap();
        assert_eq!((read.your_ip, read.router), (OFFERED, Some(SERVER)));
        assert_eq!(read.subnet_mask, Some(Ipv4Addr::new(255, 0, 0, 0)));
        assert_eq!(read.lease_duration, Some(3_600));
        assert_eq!(
            (read.renew_duration, read.rebind_duration),
            (Some(1_800), Some(3_150))
        );
        assert_eq!(read.dns_servers.unwrap().as_slice(), [SERVER]);
    }

    #[test]
    fn a_refusal_gives_nothing() {
        let message = ServerMessage {
            kind: DhcpMessageType::Nak,
            mac: MAC,
            xid: 7,
            client: Ipv4Addr::UNSPECIFIED,
            given: None,
            server: SERVER,
            prefix: 8,
        };
        let bytes = message.write();
        let packet = DhcpPacket::new_checked(bytes.as_slice()).unwrap();
        let kinds: Vec<u8> = packet.options().map(|option| option.kind).collect();
        assert_eq!(kinds, [53, 54]);
        assert_eq!(packet.your_ip(), Ipv4Addr::UNSPECIFIED);
    }
}
