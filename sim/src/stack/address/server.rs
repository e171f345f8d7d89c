//! The local network's half: one router for all nodes of a world.
//!
//! Owns the answers of DHCP, ARP, DNS and SNTP, and how long they take. Does not know whether
//! they arrive.

use std::collections::VecDeque;

use core::net::Ipv4Addr;

use node_core::UnixTime;
use smallvec::SmallVec;

use crate::id::NodeId;
use crate::radio::{EtherType, Frame, MacAddress, Payload};
use crate::rng::{EntityId, Purpose, Rng};
use crate::stack::address::dhcp_server::{DhcpMood, DhcpServer};
use crate::stack::address::dns::{Name, Query};
use crate::stack::address::packet::{self, Arp, Datagram, ROUTER_HOPS};
use crate::stack::address::{
    AddressDrop, AddressDrops, AddressFault, ServiceSpec, dhcp, dns, plan, sntp,
};
use crate::time::SimTime;

/// The local network's half of address configuration, behind the access point.
///
/// After each frame that one node sent, [`poll`](Self::poll) is called until it returns `None`:
/// all answers are for that node, also those that are addressed to everyone.
#[derive(Clone, Debug)]
pub struct AddressServer {
    spec: ServiceSpec,
    broker_name: Option<Name>,
    dhcp: DhcpServer,
    faults: SmallVec<[AddressFault; 2]>,
    drops: AddressDrops,
    answers: VecDeque<(SimTime, Frame)>,
    /// From this, delays of answers that are not DHCP's follow, by station and content.
    seed: u64,
}

impl AddressServer {
    /// Builds the half of one world.
    #[must_use]
    pub fn new(seed: u64, spec: ServiceSpec) -> Self {
        let mut rng = Rng::derive(seed, EntityId::AccessPoint, Purpose::Address);
        Self {
            broker_name: Name::encode(&spec.broker_name),
            dhcp: DhcpServer::new(rng.bits()),
            faults: SmallVec::new(),
            drops: AddressDrops::default(),
            answers: VecDeque::new(),
            seed: rng.bits(),
            spec,
        }
    }

    /// Takes a frame that a station sent.
    pub fn receive(&mut self, at: SimTime, from: MacAddress, frame: &Frame) {
        if let Err(why) = self.take_frame(at, from, frame) {
            self.drops.count(why);
        }
    }

    /// Returns the next answer, and when it is ready to be sent.
    pub fn poll(&mut self) -> Option<(SimTime, Frame)> {
        self.answers.pop_front()
    }

    /// Lets a misfortune begin; one that began twice must end twice.
    pub fn strike(&mut self, fault: AddressFault) {
        self.faults.push(fault);
    }

    /// Lets a misfortune end.
    pub fn heal(&mut self, fault: AddressFault) {
        if let Some(index) = self.faults.iter().position(|other| *other == fault) {
            self.faults.remove(index);
        }
    }

    /// Restarts the router: leases are forgotten, misfortunes stay.
    pub fn restart(&mut self) {
        self.dhcp.restart();
        self.answers.clear();
    }

    /// Returns how many leases and offers run.
    #[must_use]
    pub fn leases(&self) -> usize {
        self.dhcp.leases()
    }

    /// Returns what was thrown away.
    #[must_use]
    pub const fn drops(&self) -> AddressDrops {
        self.drops
    }

    fn take_frame(
        &mut self,
        at: SimTime,
        from: MacAddress,
        frame: &Frame,
    ) -> Result<(), AddressDrop> {
        if frame.sender != from {
            return Err(AddressDrop::Foreign);
        }
        let node = plan::node_of(from).ok_or(AddressDrop::Foreign)?;
        match &frame.payload {
            Payload::Data { ether_type, bytes } => match ether_type {
                EtherType::Arp => self.take_arp(at, from, Arp::read(bytes)?),
                EtherType::Eapol => Err(AddressDrop::Unwanted),
                EtherType::Ipv4 => self.take_datagram(at, (from, node), Datagram::read(bytes)?),
            },
            Payload::Management { .. } => Err(AddressDrop::Unwanted),
        }
    }

    fn take_arp(&mut self, at: SimTime, from: MacAddress, arp: Arp) -> Result<(), AddressDrop> {
        if arp.sender.0 != from {
            return Err(AddressDrop::Foreign);
        }
        let owner = match arp.target.1 {
            plan::BROKER => plan::BROKER_MAC,
            plan::GATEWAY => plan::GATEWAY_MAC,
            // A node that looks for another one, or tells of itself.
            _ => return Ok(()),
        };
        if !arp.is_reply && !self.suffers(AddressFault::ArpSilent) {
            let frame = packet::arp_frame(from, arp.reply(owner));
            self.answers.push_back((at, frame));
        }
        Ok(())
    }

    fn take_datagram(
        &mut self,
        at: SimTime,
        from: (MacAddress, NodeId),
        datagram: Datagram<'_>,
    ) -> Result<(), AddressDrop> {
        let (address, port) = datagram.destination;
        if port == dhcp::SERVER_PORT && matches!(address, Ipv4Addr::BROADCAST | plan::GATEWAY) {
            return self.take_dhcp(at, from, &datagram);
        }
        if address != plan::GATEWAY {
            return Err(AddressDrop::Unwanted);
        }
        if datagram.source.0 != plan::node_address(from.1) {
            return Err(AddressDrop::Foreign);
        }
        match port {
            dns::PORT => self.take_query(at, from, &datagram),
            sntp::PORT => self.take_time_request(at, from, &datagram),
            _ => Err(AddressDrop::Unwanted),
        }
    }

    fn take_dhcp(
        &mut self,
        at: SimTime,
        from: (MacAddress, NodeId),
        datagram: &Datagram<'_>,
    ) -> Result<(), AddressDrop> {
        if datagram.source.1 != dhcp::CLIENT_PORT {
            return Err(AddressDrop::Foreign);
        }
        let mood = DhcpMood {
            refuses: self.suffers(AddressFault::DhcpNak),
            is_empty: self.suffers(AddressFault::DhcpPoolEmpty),
        };
        if self.suffers(AddressFault::DhcpSilent) {
            return Ok(());
        }
        let payload = datagram.payload;
        let answer = self.dhcp.receive(at, from, payload, &self.spec, mood)?;
        if let Some(answer) = answer {
            let source = (plan::GATEWAY, dhcp::SERVER_PORT);
            let destination = (answer.address, dhcp::CLIENT_PORT);
            let receiver = if answer.is_broadcast {
                MacAddress::BROADCAST
            } else {
                from.0
            };
            let ready = at.after(answer.delay);
            self.answer(ready, receiver, source, destination, &answer.payload);
        }
        Ok(())
    }

    fn take_query(
        &mut self,
        at: SimTime,
        from: (MacAddress, NodeId),
        datagram: &Datagram<'_>,
    ) -> Result<(), AddressDrop> {
        let query = Query::read(datagram.payload)?;
        if self.suffers(AddressFault::ResolverSilent) {
            return Ok(());
        }
        let is_broker = self
            .broker_name
            .as_ref()
            .is_some_and(|name| query.is_about(name));
        let payload = if is_broker && !self.suffers(AddressFault::NameError) {
            let seconds = self.spec.name_lifetime.as_millis() / 1_000;
            query.write_address(plan::BROKER, u32::try_from(seconds).unwrap_or(u32::MAX))
        } else {
            query.write_no_such_name()
        };
        let ready = at.after(self.spec.resolve_delay.draw(&mut self.chance(at, from.1)));
        self.answer(
            ready,
            from.0,
            datagram.destination,
            datagram.source,
            &payload,
        );
        Ok(())
    }

    fn take_time_request(
        &mut self,
        at: SimTime,
        from: (MacAddress, NodeId),
        datagram: &Datagram<'_>,
    ) -> Result<(), AddressDrop> {
        if self.suffers(AddressFault::TimeSilent) {
            return Ok(());
        }
        let ready = at.after(self.spec.time_delay.draw(&mut self.chance(at, from.1)));
        let (received, sent) = (self.civil_time(at), self.civil_time(ready));
        let reference = plan::GATEWAY.octets();
        let payload = sntp::write_answer(datagram.payload, received, sent, reference)?;
        self.answer(
            ready,
            from.0,
            datagram.destination,
            datagram.source,
            &payload,
        );
        Ok(())
    }

    /// Returns what the router's clock shows.
    fn civil_time(&self, at: SimTime) -> UnixTime {
        let wrong_ms = self.faults.iter().fold(0_i64, |sum, fault| match fault {
            AddressFault::TimeWrong { seconds } => {
                sum.saturating_add(seconds.saturating_mul(1_000))
            }
            AddressFault::ArpSilent
            | AddressFault::DhcpNak
            | AddressFault::DhcpPoolEmpty
            | AddressFault::DhcpSilent
            | AddressFault::NameError
            | AddressFault::ResolverSilent
            | AddressFault::TimeSilent => sum,
        });
        let elapsed_ms = at.since(SimTime::ZERO).as_millis();
        let ms = self.spec.began.as_millis().saturating_add(elapsed_ms);
        UnixTime::from_millis(ms.saturating_add_signed(wrong_ms))
    }

    /// Returns chance that depends on who asks and when, not on how many others do.
    fn chance(&self, at: SimTime, node: NodeId) -> Rng {
        Rng::derive(
            self.seed ^ at.as_nanos(),
            EntityId::Node(node),
            Purpose::Address,
        )
    }

    fn suffers(&self, fault: AddressFault) -> bool {
        self.faults.contains(&fault)
    }

    fn answer(
        &mut self,
        ready: SimTime,
        receiver: MacAddress,
        source: (Ipv4Addr, u16),
        destination: (Ipv4Addr, u16),
        payload: &[u8],
    ) {
        let datagram = Datagram {
            source,
            destination,
            payload,
        };
        let bytes = datagram.write(ROUTER_HOPS);
        let frame = packet::ipv4_frame(plan::GATEWAY_MAC, receiver, bytes);
        self.answers.push_back((ready, frame));
    }
}
