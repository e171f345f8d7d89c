//! Who has which address in a world.
//!
//! Owns the one place where nodes, gateway and broker get their addresses, as a pure function of
//! who they are. A router hands them out; nobody else invents any.

use core::net::Ipv4Addr;

use crate::id::NodeId;
use crate::radio::MacAddress;
use crate::stack::address::Lease;

/// Length of the local network's prefix: 10.0.0.0/8.
pub const PREFIX: u8 = 8;
/// The access point as a router; it serves DHCP, DNS and SNTP.
pub const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
/// The broker, a host of the local network.
pub const BROKER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
/// The access point's address below IP; "locally administered", as all of a world's.
pub const GATEWAY_MAC: MacAddress = MacAddress([0x02, 0, 0, 0, 0, 0x01]);
/// The broker's address below IP.
pub const BROKER_MAC: MacAddress = MacAddress([0x02, 0, 0, 0, 0, 0x02]);
/// The broker's name, from the domain that RFC 6761 keeps for tests.
pub const BROKER_NAME: &str = "broker.test";
/// How many nodes have an address of their own; 10.1.0.0 to 10.254.255.255.
pub const NODES_MAX: u32 = 254 << 16;

const FIRST_NODE: u32 = u32::from_be_bytes([10, 1, 0, 0]);
const NODE_MAC_PREFIX: [u8; 2] = [0x02, 0x01];

/// Returns a node's address; from [`NODES_MAX`] on they repeat.
#[must_use]
pub const fn node_address(node: NodeId) -> Ipv4Addr {
    Ipv4Addr::from_bits(FIRST_NODE + node.0 % NODES_MAX)
}

/// Returns a node's address below IP.
#[must_use]
pub const fn node_mac(node: NodeId) -> MacAddress {
    let [local, nodes] = NODE_MAC_PREFIX;
    let [index @ .., last] = node.0.to_be_bytes();
    MacAddress([local, nodes, index[0], index[1], index[2], last])
}

/// Returns whose address this is, if a node's.
#[must_use]
pub fn node_of(mac: MacAddress) -> Option<NodeId> {
    let (prefix, index) = mac.0.split_first_chunk()?;
    let index = index.first_chunk()?;
    (*prefix == NODE_MAC_PREFIX).then(|| NodeId(u32::from_be_bytes(*index)))
}

/// Returns what a node with a fixed address has been configured with.
#[must_use]
pub const fn fixed(node: NodeId) -> Lease {
    Lease {
        address: node_address(node),
        prefix: PREFIX,
        gateway: GATEWAY,
        dns: GATEWAY,
        server: Ipv4Addr::UNSPECIFIED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_of_a_world_is_one_table() {
        let rows: Vec<String> = [0, 1, 255, 256, 99_999, NODES_MAX - 1]
            .map(|index| {
                let node = NodeId(index);
                format!("{index} {} {}", node_address(node), node_mac(node))
            })
            .into();
        insta::assert_snapshot!(rows.join("\n"), @"
        0 10.1.0.0 02:01:00:00:00:00
        1 10.1.0.1 02:01:00:00:00:01
        255 10.1.0.255 02:01:00:00:00:ff
        256 10.1.1.0 02:01:00:00:01:00
        99999 10.2.134.159 02:01:00:01:86:9f
        16646143 10.254.255.255 02:01:00:fd:ff:ff
        ");
    }

    #[test]
    fn a_node_is_found_by_its_mac_and_nobody_else_is() {
        for index in [0, 7, 70_000, u32::MAX - 1] {
            assert_eq!(node_of(node_mac(NodeId(index))), Some(NodeId(index)));
        }
        for other in [GATEWAY_MAC, BROKER_MAC, MacAddress::BROADCAST] {
            assert_eq!(node_of(other), None);
        }
    }
}
