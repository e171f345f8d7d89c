//! The router's half of DHCP.
//!
//! Owns who has which lease until when. An address follows from who asks (see
//! [`plan`](super::plan)), so the pool says how many may have one, not which.

use std::collections::{BTreeMap, BTreeSet};

use core::net::Ipv4Addr;

use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr};

use crate::id::NodeId;
use crate::radio::MacAddress;
use crate::rng::{EntityId, Purpose, Rng};
use crate::span::SpanRange;
use crate::stack::address::dhcp::{self, ServerMessage};
use crate::stack::address::{AddressDrop, ServiceSpec, plan};
use crate::time::{SimSpan, SimTime};

/// How long an offered address is kept for whoever does not ask for it (dnsmasq keeps it as
/// long; RFC 2131 §3.1 only asks that it be kept for a while).
const OFFER_HELD: SimSpan = SimSpan::from_secs(60);

/// What a fault makes of the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct DhcpMood {
    pub(super) refuses: bool,
    pub(super) is_empty: bool,
}

/// An answer: when, to whom at the IP layer, and what.
#[derive(Debug)]
pub(super) struct DhcpAnswer {
    pub(super) delay: SimSpan,
    pub(super) address: Ipv4Addr,
    pub(super) is_broadcast: bool,
    pub(super) payload: Vec<u8>,
}

/// What the server knows of one station.
#[derive(Clone, Debug)]
struct Station {
    until: SimTime,
    rng: Rng,
}

/// The router's half of DHCP.
#[derive(Clone, Debug)]
pub(super) struct DhcpServer {
    /// From this, each station gets a stream of its own: a new one moves nobody else's luck.
    seed: u64,
    stations: BTreeMap<MacAddress, Station>,
    /// The leases that run, by their end.
    ends: BTreeSet<(SimTime, MacAddress)>,
}

impl DhcpServer {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            stations: BTreeMap::new(),
            ends: BTreeSet::new(),
        }
    }

    /// Forgets all leases, as a router does that keeps them in its memory.
    pub(super) fn restart(&mut self) {
        self.ends.clear();
        for station in self.stations.values_mut() {
            station.until = SimTime::ZERO;
        }
    }

    /// Returns how many leases run.
    pub(super) fn leases(&self) -> usize {
        self.ends.len()
    }

    /// Takes a message of a client; `None` is silence.
    pub(super) fn receive(
        &mut self,
        at: SimTime,
        from: (MacAddress, NodeId),
        payload: &[u8],
        spec: &ServiceSpec,
        mood: DhcpMood,
    ) -> Result<Option<DhcpAnswer>, AddressDrop> {
        let packet = DhcpPacket::new_checked(payload).map_err(|_| AddressDrop::Malformed)?;
        let message = dhcp::read(&packet)?;
        if message.client_hardware_address.0 != from.0.0 {
            return Err(AddressDrop::Foreign);
        }
        self.reap(at);
        match message.message_type {
            DhcpMessageType::Discover => Ok(self.offer(at, from, &message, spec, mood)),
            DhcpMessageType::Request => self.acknowledge(at, from, &message, spec, mood),
            DhcpMessageType::Decline | DhcpMessageType::Release => {
                self.set_end(from.0, SimTime::ZERO);
                Ok(None)
            }
            DhcpMessageType::Ack
            | DhcpMessageType::Inform
            | DhcpMessageType::Nak
            | DhcpMessageType::Offer
            | DhcpMessageType::Unknown(_) => Err(AddressDrop::Unwanted),
        }
    }

    fn offer(
        &mut self,
        at: SimTime,
        from: (MacAddress, NodeId),
        message: &DhcpRepr<'_>,
        spec: &ServiceSpec,
        mood: DhcpMood,
    ) -> Option<DhcpAnswer> {
        if !self.has_place(from.0, spec, mood) {
            return None;
        }
        let delay = self.draw(from, spec.offer_delay);
        let held = at.after(delay).after(OFFER_HELD);
        let until = self
            .stations
            .get(&from.0)
            .map_or(held, |station| station.until.max(held));
        self.set_end(from.0, until);
        Some(answer(from, message, DhcpMessageType::Offer, spec, delay))
    }

    fn acknowledge(
        &mut self,
        at: SimTime,
        from: (MacAddress, NodeId),
        message: &DhcpRepr<'_>,
        spec: &ServiceSpec,
        mood: DhcpMood,
    ) -> Result<Option<DhcpAnswer>, AddressDrop> {
        if message
            .server_identifier
            .is_some_and(|server| server != plan::GATEWAY)
        {
            // The client chose another server's offer (RFC 2131 §3.1).
            self.set_end(from.0, SimTime::ZERO);
            return Ok(None);
        }
        let delay = self.draw(from, spec.acknowledge_delay);
        let named = Some(message.client_ip).filter(|address| !address.is_unspecified());
        let wanted = message
            .requested_ip
            .or(named)
            .ok_or(AddressDrop::Malformed)?;
        let is_right = wanted == plan::node_address(from.1) && self.has_place(from.0, spec, mood);
        let kind = if is_right && !mood.refuses {
            let seconds = SimSpan::from_secs(u64::from(lease_seconds(spec)));
            self.set_end(from.0, at.after(seconds));
            DhcpMessageType::Ack
        } else {
            self.set_end(from.0, SimTime::ZERO);
            DhcpMessageType::Nak
        };
        Ok(Some(answer(from, message, kind, spec, delay)))
    }

    /// Returns whether a station has a lease or can get one.
    fn has_place(&self, mac: MacAddress, spec: &ServiceSpec, mood: DhcpMood) -> bool {
        let station = self.stations.get(&mac);
        let has_lease = station.is_some_and(|station| station.until > SimTime::ZERO);
        has_lease || (!mood.is_empty && self.ends.len() < spec.addresses as usize)
    }

    /// Ends the leases that are over.
    fn reap(&mut self, at: SimTime) {
        while let Some((_, mac)) = self.ends.first().copied().filter(|(end, _)| *end <= at) {
            self.set_end(mac, SimTime::ZERO);
        }
    }

    /// Lets a lease run until `end`; zero ends it.
    fn set_end(&mut self, mac: MacAddress, end: SimTime) {
        if let Some(station) = self.stations.get_mut(&mac) {
            self.ends.remove(&(station.until, mac));
            station.until = end;
            if end > SimTime::ZERO {
                self.ends.insert((end, mac));
            }
        }
    }

    fn draw(&mut self, (mac, node): (MacAddress, NodeId), range: SpanRange) -> SimSpan {
        let station = self.stations.entry(mac).or_insert_with(|| Station {
            until: SimTime::ZERO,
            rng: Rng::derive(self.seed, EntityId::Node(node), Purpose::Address),
        });
        range.draw(&mut station.rng)
    }
}

fn answer(
    (mac, node): (MacAddress, NodeId),
    message: &DhcpRepr<'_>,
    kind: DhcpMessageType,
    spec: &ServiceSpec,
    delay: SimSpan,
) -> DhcpAnswer {
    let address = plan::node_address(node);
    let is_refusal = kind == DhcpMessageType::Nak;
    let reply = ServerMessage {
        kind,
        mac,
        xid: message.transaction_id,
        client: if is_refusal {
            Ipv4Addr::UNSPECIFIED
        } else {
            message.client_ip
        },
        given: (!is_refusal).then(|| (address, lease_seconds(spec))),
        server: plan::GATEWAY,
        prefix: plan::PREFIX,
    };
    // RFC 2131 §4.1: a NAK is for everyone; all else goes to the address that is being given,
    // unless the client cannot take that.
    let is_broadcast = is_refusal || message.broadcast;
    DhcpAnswer {
        delay,
        address: if is_broadcast {
            Ipv4Addr::BROADCAST
        } else {
            address
        },
        is_broadcast,
        payload: reply.write(),
    }
}

/// Returns the lease in whole seconds, at least one and below for ever.
fn lease_seconds(spec: &ServiceSpec) -> u32 {
    let seconds = spec.lease.as_millis() / 1_000;
    u32::try_from(seconds).map_or(u32::MAX - 1, |seconds| seconds.clamp(1, u32::MAX - 1))
}
