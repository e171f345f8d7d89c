//! The node's half: from a fresh association to an address, a name and the time.
//!
//! Owns the node's lease, and sends what DHCP, ARP, DNS and SNTP want sent. Nothing here reads a
//! clock or waits: frames and times come in, [`poll`](AddressClient::poll) gives out what
//! follows. No input stops it: each wait ends at
//! [`poll_timeout`](AddressClient::poll_timeout), with a repetition or with a failure that is
//! told.

use std::collections::VecDeque;

use core::net::Ipv4Addr;

use node_core::UnixTime;

use crate::id::NodeId;
use crate::radio::{EtherType, Frame, MacAddress, Payload};
use crate::rng::{EntityId, Purpose, Rng};
use crate::stack::address::arp::{ArpAction, Neighbors};
use crate::stack::address::dhcp_client::{DhcpAction, DhcpActions, DhcpClient};
use crate::stack::address::dns_client::{DnsClient, Resolution};
use crate::stack::address::packet::{self, Arp, Datagram, NODE_HOPS};
use crate::stack::address::ticks::Ticks;
use crate::stack::address::time_client::TimeClient;
use crate::stack::address::{
    AddressDrop, AddressDrops, Lease, ResolveFailure, dhcp, dns, plan, sntp,
};
use crate::time::SimTime;

/// How a node comes by its address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AddressMode {
    /// It asks for one.
    Dynamic {
        /// Whether it asks by ARP who has the address before it uses it: esp-open-lwip does,
        /// which MicroPython links; the Arduino core does not.
        check: bool,
    },
    /// It was configured with one.
    Fixed(Lease),
}

/// What follows from an input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AddressEffect {
    /// The node has an address from now on.
    Bound(Lease),
    /// A neighbour that was asked for is there.
    Found {
        /// Its address.
        address: Ipv4Addr,
        /// Its address below IP.
        mac: MacAddress,
    },
    /// The node has no address any more; it looks for one.
    Lost,
    /// The lease goes on; its gateway or resolver may be others.
    Renewed(Lease),
    /// The name has no address.
    ResolveFailed(ResolveFailure),
    /// The name has this address.
    Resolved(Ipv4Addr),
    /// Send this frame.
    Send(Frame),
    /// The time server says that it is this late.
    TimeKnown(UnixTime),
    /// A neighbour did not answer, 5 s long.
    Unreachable(Ipv4Addr),
}

/// The node's half of address configuration.
///
/// After each call, [`poll`](Self::poll) is called until it returns `None`.
#[derive(Clone, Debug)]
pub struct AddressClient {
    mac: MacAddress,
    lease: Lease,
    rng: Rng,
    dhcp: DhcpClient,
    neighbors: Neighbors,
    dns: DnsClient,
    time: TimeClient,
    drops: AddressDrops,
    /// A message to the DHCP server that waits for its address below IP.
    unsent: Option<Box<(Ipv4Addr, Vec<u8>)>>,
    effects: VecDeque<AddressEffect>,
}

impl AddressClient {
    /// Builds the half of one node, which has no address and looks for none.
    #[must_use]
    pub fn new(seed: u64, node: NodeId) -> Self {
        let mut rng = Rng::derive(seed, EntityId::Node(node), Purpose::Address);
        let phase_ns = rng.up_to(u64::from(Ticks::PHASE_MAX_NS));
        let ticks = Ticks::new(u32::try_from(phase_ns).unwrap_or(0));
        Self {
            mac: plan::node_mac(node),
            lease: Lease::NONE,
            rng,
            dhcp: DhcpClient::new(ticks),
            neighbors: Neighbors::new(ticks),
            dns: DnsClient::new(ticks),
            time: TimeClient::new(),
            drops: AddressDrops::default(),
            unsent: None,
            effects: VecDeque::new(),
        }
    }

    /// Begins to configure, the link being up; whatever was begun before is forgotten.
    pub fn start(&mut self, at: SimTime, mode: AddressMode) {
        self.stop();
        match mode {
            AddressMode::Dynamic { check } => {
                let actions = self.dhcp.start(at, self.mac, &mut self.rng, check);
                self.perform(at, actions);
            }
            AddressMode::Fixed(lease) => self.bind(lease),
        }
    }

    /// Forgets address, neighbours and questions, the link being down; names stay known.
    pub fn stop(&mut self) {
        self.lease = Lease::NONE;
        self.dhcp.stop();
        self.neighbors.clear();
        self.dns.stop();
        self.time.stop();
        self.unsent = None;
        self.effects = VecDeque::new();
    }

    /// Looks up a name's IPv4 address; ends in `Resolved` or `ResolveFailed` after 7 s at most.
    ///
    /// There is one question at a time: a new one takes the place of an open one, which then
    /// ends in nothing.
    pub fn resolve(&mut self, at: SimTime, name: &str) {
        let known = self.dns.resolve(at, &mut self.rng, name);
        let has_resolver = !self.lease.dns.is_unspecified();
        if let Some(resolution) = known {
            self.tell(resolution);
        } else if has_resolver {
            self.flush(at);
        } else {
            self.dns.stop();
            self.tell(Err(ResolveFailure::NoResolver));
        }
    }

    /// Asks the gateway for the time until it is known; ends in `TimeKnown`.
    pub fn ask_time(&mut self, at: SimTime) {
        self.time.start(at, &mut self.rng);
        self.flush(at);
    }

    /// Asks who has an address of the local network, or who leads to a foreign one; ends in
    /// `Found` or `Unreachable`, of the address that was asked for on the local network.
    pub fn find(&mut self, at: SimTime, address: Ipv4Addr) {
        let hop = self.lease.next_hop(address);
        if self.lease == Lease::NONE {
            self.effects.push_back(AddressEffect::Unreachable(hop));
        } else if let Some(mac) = self.neighbors.find(at, hop) {
            self.effects
                .push_back(AddressEffect::Found { address: hop, mac });
        } else {
            self.ask_neighbor(at, hop);
        }
    }

    /// Returns where a packet for this address goes, if that is known.
    #[must_use]
    pub fn mac_for(&self, at: SimTime, address: Ipv4Addr) -> Option<MacAddress> {
        self.neighbors.find(at, self.lease.next_hop(address))
    }

    /// Returns what the node has been given.
    #[must_use]
    pub fn lease(&self) -> Option<Lease> {
        Some(self.lease).filter(|lease| *lease != Lease::NONE)
    }

    /// Takes a frame that arrived.
    pub fn receive(&mut self, at: SimTime, frame: &Frame) {
        if let Err(why) = self.take_frame(at, frame) {
            self.drops.count(why);
        }
        self.flush(at);
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let due = [
            self.dhcp.poll_timeout(),
            self.neighbors.poll_timeout(),
            self.dns.poll_timeout(),
            self.time.poll_timeout(),
        ];
        due.into_iter().min().filter(|due| *due != SimTime::MAX)
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, at: SimTime) {
        let actions = self.dhcp.handle_timeout(at, self.mac, &mut self.rng);
        self.perform(at, actions);
        for action in self.neighbors.handle_timeout(at) {
            self.act_on_neighbor(action);
        }
        if let Some(failure) = self.dns.handle_timeout(at) {
            self.tell(Err(failure));
        }
        self.time.handle_timeout(at, &mut self.rng);
        self.flush(at);
    }

    /// Returns the next thing that follows from the inputs so far.
    pub fn poll(&mut self) -> Option<AddressEffect> {
        let effect = self.effects.pop_front();
        if self.effects.is_empty() {
            // Most of a node's life nothing is queued, and then it holds no memory for it.
            self.effects = VecDeque::new();
        }
        effect
    }

    /// Returns what was thrown away.
    #[must_use]
    pub const fn drops(&self) -> AddressDrops {
        self.drops
    }

    fn take_frame(&mut self, at: SimTime, frame: &Frame) -> Result<(), AddressDrop> {
        if frame.receiver != self.mac && !frame.receiver.is_group() {
            return Err(AddressDrop::Foreign);
        }
        match &frame.payload {
            Payload::Data { ether_type, bytes } => match ether_type {
                EtherType::Arp => self.take_arp(at, Arp::read(bytes)?),
                EtherType::Eapol => Err(AddressDrop::Unwanted),
                EtherType::Ipv4 => self.take_datagram(at, Datagram::read(bytes)?),
            },
            Payload::Management { .. } => Err(AddressDrop::Unwanted),
        }
    }

    fn take_arp(&mut self, at: SimTime, arp: Arp) -> Result<(), AddressDrop> {
        let (mac, address) = arp.sender;
        if mac == self.mac {
            return Err(AddressDrop::Foreign);
        }
        if arp.is_reply {
            let decline = self.dhcp.hear_owner(at, self.mac, &mut self.rng, address);
            if let Some(decline) = decline {
                self.perform(at, [decline].into_iter().collect());
                return Ok(());
            }
        }
        // Before there is an address there are no neighbours (`etharp_arp_input`).
        let is_for_us = self.lease != Lease::NONE && arp.target.1 == self.lease.address;
        let has_sender = !address.is_unspecified() && address != self.lease.address;
        let waited = has_sender && self.neighbors.learn(at, address, mac, is_for_us);
        if waited {
            self.effects
                .push_back(AddressEffect::Found { address, mac });
        }
        match (arp.is_reply, is_for_us) {
            (false, true) => self.send(packet::arp_frame(mac, arp.reply(self.mac))),
            (true, _) if !waited => return Err(AddressDrop::Stale),
            (false, false) | (true, _) => {}
        }
        Ok(())
    }

    fn take_datagram(&mut self, at: SimTime, datagram: Datagram<'_>) -> Result<(), AddressDrop> {
        let (source, (address, port)) = (datagram.source, datagram.destination);
        if port == dhcp::CLIENT_PORT {
            if source.1 != dhcp::SERVER_PORT {
                return Err(AddressDrop::Foreign);
            }
            let payload = datagram.payload;
            let actions = self.dhcp.receive(at, self.mac, &mut self.rng, payload)?;
            self.perform(at, actions);
            return Ok(());
        }
        if self.lease == Lease::NONE || address != self.lease.address {
            return Err(AddressDrop::Foreign);
        }
        if source == (self.lease.dns, dns::PORT) {
            let resolution = self.dns.receive(at, port, datagram.payload)?;
            self.tell(resolution);
        } else if source == (self.lease.gateway, sntp::PORT) {
            let time = self.time.receive(port, datagram.payload)?;
            self.effects.push_back(AddressEffect::TimeKnown(time));
        } else if matches!(source.1, dns::PORT | sntp::PORT) {
            return Err(AddressDrop::Foreign);
        } else {
            return Err(AddressDrop::Unwanted);
        }
        Ok(())
    }

    fn perform(&mut self, at: SimTime, actions: DhcpActions) {
        for action in actions {
            match action {
                DhcpAction::Bind(lease) => self.bind(lease),
                DhcpAction::Broadcast(payload) => {
                    let everyone = (Ipv4Addr::BROADCAST, MacAddress::BROADCAST);
                    self.send_datagram(dhcp::CLIENT_PORT, everyone, dhcp::SERVER_PORT, &payload);
                }
                DhcpAction::Lose => {
                    self.lease = Lease::NONE;
                    self.neighbors.clear();
                    self.unsent = None;
                    self.effects.push_back(AddressEffect::Lost);
                }
                DhcpAction::Probe(address) => {
                    let nobody = (self.mac, Ipv4Addr::UNSPECIFIED);
                    self.ask_everyone(Arp::request(nobody, address));
                }
                DhcpAction::Renew(lease) => {
                    self.lease = lease;
                    self.effects.push_back(AddressEffect::Renewed(lease));
                }
                DhcpAction::Unicast(server, payload) => {
                    self.unsent = Some(Box::new((server, payload)));
                    self.flush(at);
                }
            }
        }
    }

    /// Takes an address, and tells everyone so (`netif_set_up`, `etharp_gratuitous`).
    fn bind(&mut self, lease: Lease) {
        self.lease = lease;
        self.neighbors.clear();
        self.effects.push_back(AddressEffect::Bound(lease));
        self.ask_everyone(Arp::request((self.mac, lease.address), lease.address));
    }

    /// Sends what waits, as far as it is known where to.
    fn flush(&mut self, at: SimTime) {
        if self.lease == Lease::NONE {
            return;
        }
        if let Some(server) = self.unsent.as_ref().map(|unsent| unsent.0)
            && let Some(hop) = self.hop_to(at, server)
            && let Some(unsent) = self.unsent.take()
        {
            self.send_datagram(dhcp::CLIENT_PORT, hop, dhcp::SERVER_PORT, &unsent.1);
        }
        if self.dns.is_unsent()
            && let Some(hop) = self.hop_to(at, self.lease.dns)
            && let Some((port, payload)) = self.dns.take_message()
        {
            self.send_datagram(port, hop, dns::PORT, &payload);
        }
        if self.time.is_unsent()
            && let Some(hop) = self.hop_to(at, self.lease.gateway)
            && let Some((port, payload)) = self.time.take_message()
        {
            self.send_datagram(port, hop, sntp::PORT, &payload);
        }
    }

    /// Returns a destination with its address below IP, or begins to ask for that.
    fn hop_to(&mut self, at: SimTime, address: Ipv4Addr) -> Option<(Ipv4Addr, MacAddress)> {
        let hop = self.lease.next_hop(address);
        let mac = self.neighbors.find(at, hop);
        if mac.is_none() {
            self.ask_neighbor(at, hop);
        }
        mac.map(|mac| (address, mac))
    }

    fn ask_neighbor(&mut self, at: SimTime, address: Ipv4Addr) {
        if let Some(action) = self.neighbors.ask(at, address) {
            self.act_on_neighbor(action);
        }
    }

    fn act_on_neighbor(&mut self, action: ArpAction) {
        match action {
            ArpAction::Ask(address) => {
                self.ask_everyone(Arp::request((self.mac, self.lease.address), address));
            }
            ArpAction::GiveUp(address) => {
                self.forget_messages_for(address);
                self.effects.push_back(AddressEffect::Unreachable(address));
            }
        }
    }

    /// Throws away what waits for a neighbour, as lwIP does; the senders have their own timers.
    fn forget_messages_for(&mut self, hop: Ipv4Addr) {
        let lease = self.lease;
        let is_for = |address| lease.next_hop(address) == hop;
        self.unsent = self.unsent.take().filter(|unsent| !is_for(unsent.0));
        if is_for(lease.dns) {
            drop(self.dns.take_message());
        }
        if is_for(lease.gateway) {
            drop(self.time.take_message());
        }
    }

    fn tell(&mut self, resolution: Resolution) {
        self.effects.push_back(match resolution {
            Ok(address) => AddressEffect::Resolved(address),
            Err(failure) => AddressEffect::ResolveFailed(failure),
        });
    }

    fn ask_everyone(&mut self, arp: Arp) {
        self.send(packet::arp_frame(MacAddress::BROADCAST, arp));
    }

    fn send_datagram(
        &mut self,
        from_port: u16,
        (to, mac): (Ipv4Addr, MacAddress),
        to_port: u16,
        payload: &[u8],
    ) {
        let datagram = Datagram {
            source: (self.lease.address, from_port),
            destination: (to, to_port),
            payload,
        };
        self.send(packet::ipv4_frame(self.mac, mac, datagram.write(NODE_HOPS)));
    }

    fn send(&mut self, frame: Frame) {
        self.effects.push_back(AddressEffect::Send(frame));
    }
}
