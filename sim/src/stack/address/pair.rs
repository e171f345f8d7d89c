//! A node and a router against each other, in virtual time, on a link that loses frames.

use std::collections::BTreeMap;

use core::net::Ipv4Addr;

use crate::id::NodeId;
use crate::radio::{EtherType, Frame, Payload};
use crate::rng::{EntityId, Purpose, Rng};
use crate::stack::address::packet::{Arp, Datagram};
use crate::stack::address::{
    AddressClient, AddressEffect, AddressFault, AddressMode, AddressServer, ServiceSpec, plan,
};
use crate::time::{SimSpan, SimTime};

/// One way over the link.
const ONE_WAY: SimSpan = SimSpan::from_micros(700);
/// More steps than any test needs: who needs more is stuck.
const STEPS_MAX: usize = 20_000;

pub(super) const NODE: NodeId = NodeId(3);
pub(super) const DYNAMIC: AddressMode = AddressMode::Dynamic { check: false };
pub(super) const CHECKED: AddressMode = AddressMode::Dynamic { check: true };
pub(super) const FIXED: AddressMode = AddressMode::Fixed(plan::fixed(NODE));

/// A frame that is under way.
#[derive(Clone, Debug)]
enum Flight {
    Down(Frame),
    Up(Frame),
}

/// Something that was seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Seen {
    pub(super) at: SimTime,
    pub(super) effect: AddressEffect,
}

impl Seen {
    /// Returns the frame that was sent, if it was that.
    pub(super) const fn frame(&self) -> Option<&Frame> {
        if let AddressEffect::Send(frame) = &self.effect {
            return Some(frame);
        }
        None
    }
}

/// A node, a router, and the link between them.
pub(super) struct Pair {
    pub(super) client: AddressClient,
    pub(super) server: AddressServer,
    pub(super) now: SimTime,
    pub(super) seen: Vec<Seen>,
    /// Frames that the router sent.
    pub(super) answers: Vec<(SimTime, Frame)>,
    /// How many of a million frames are lost.
    pub(super) loss_ppm: u32,
    /// How many of a million frames arrive twice.
    pub(super) twice_ppm: u32,
    chance: Rng,
    flights: BTreeMap<(SimTime, u64), Flight>,
    sent: u64,
}

impl Pair {
    pub(super) fn new(seed: u64) -> Self {
        Self::with(seed, ServiceSpec::default())
    }

    pub(super) fn with(seed: u64, spec: ServiceSpec) -> Self {
        Self {
            client: AddressClient::new(seed, NODE),
            server: AddressServer::new(seed, spec),
            now: SimTime::ZERO,
            seen: Vec::new(),
            answers: Vec::new(),
            loss_ppm: 0,
            twice_ppm: 0,
            chance: Rng::derive(seed, EntityId::World, Purpose::Link),
            flights: BTreeMap::new(),
            sent: 0,
        }
    }

    pub(super) fn start(&mut self, mode: AddressMode) {
        self.client.start(self.now, mode);
        self.drain();
    }

    pub(super) fn resolve(&mut self, name: &str) {
        self.client.resolve(self.now, name);
        self.drain();
    }

    pub(super) fn ask_time(&mut self) {
        self.client.ask_time(self.now);
        self.drain();
    }

    pub(super) fn find(&mut self, address: Ipv4Addr) {
        self.client.find(self.now, address);
        self.drain();
    }

    pub(super) fn hand_to_client(&mut self, frame: &Frame) {
        self.client.receive(self.now, frame);
        self.drain();
    }

    /// Runs for so many seconds.
    pub(super) fn run(&mut self, seconds: u64) {
        self.run_to(self.now.after(SimSpan::from_secs(seconds)));
    }

    /// Runs until `end`.
    pub(super) fn run_to(&mut self, end: SimTime) {
        for _ in 0..STEPS_MAX {
            if !self.step(end) {
                self.now = end;
                return;
            }
        }
        panic!("stuck at {}", self.now);
    }

    /// Runs until something is seen that `wanted` takes, for a day at most.
    pub(super) fn run_until(&mut self, wanted: impl Fn(&AddressEffect) -> bool) -> SimTime {
        let end = self.now.after(SimSpan::from_secs(86_400));
        let mut looked_at = self.seen.len();
        for _ in 0..STEPS_MAX {
            let is_over = !self.step(end);
            let found = self.seen[looked_at..]
                .iter()
                .find(|seen| wanted(&seen.effect));
            if let Some(found) = found {
                return found.at;
            }
            looked_at = self.seen.len();
            assert!(!is_over, "nothing happened for a day");
        }
        panic!("stuck at {}", self.now);
    }

    /// Returns when the node sent what `wanted` takes, in milliseconds.
    pub(super) fn sent_ms(&self, wanted: impl Fn(&Frame) -> bool) -> Vec<u64> {
        let sent = self
            .seen
            .iter()
            .filter(|seen| seen.frame().is_some_and(&wanted));
        sent.map(|seen| ms(seen.at)).collect()
    }

    /// Returns the frames that the node sent.
    pub(super) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.seen.iter().filter_map(Seen::frame)
    }

    /// Returns what was seen besides frames.
    pub(super) fn facts(&self) -> Vec<AddressEffect> {
        let effects = self.seen.iter().map(|seen| seen.effect.clone());
        effects
            .filter(|effect| !matches!(effect, AddressEffect::Send(_)))
            .collect()
    }

    fn step(&mut self, end: SimTime) -> bool {
        let flight = self.flights.keys().next().map(|(at, _)| *at);
        let alarm = self.client.poll_timeout();
        let Some(next) = flight
            .into_iter()
            .chain(alarm)
            .min()
            .filter(|next| *next <= end)
        else {
            return false;
        };
        self.now = self.now.max(next);
        if flight == Some(next) {
            match self.flights.pop_first() {
                Some((_, Flight::Down(frame))) => self.client.receive(self.now, &frame),
                Some((_, Flight::Up(frame))) => {
                    self.server.receive(self.now, plan::node_mac(NODE), &frame);
                    while let Some((ready, frame)) = self.server.poll() {
                        self.answers.push((ready, frame.clone()));
                        self.fly(ready, &Flight::Down(frame));
                    }
                }
                None => {}
            }
        } else {
            self.client.handle_timeout(self.now);
            assert_ne!(
                self.client.poll_timeout(),
                alarm,
                "the alarm was not dealt with"
            );
        }
        self.drain();
        true
    }

    fn drain(&mut self) {
        while let Some(effect) = self.client.poll() {
            if let AddressEffect::Send(frame) = &effect {
                self.fly(self.now, &Flight::Up(frame.clone()));
            }
            self.seen.push(Seen {
                at: self.now,
                effect,
            });
        }
    }

    fn fly(&mut self, at: SimTime, flight: &Flight) {
        let copies = 1 + u64::from(self.chance.chance_ppm(self.twice_ppm));
        for copy in 0..copies {
            if !self.chance.chance_ppm(self.loss_ppm) {
                let late = SimSpan::from_micros(copy * self.chance.up_to(50_000));
                let key = (at.after(ONE_WAY).after(late), self.sent);
                self.flights.insert(key, flight.clone());
                self.sent += 1;
            }
        }
    }
}

/// Returns whole milliseconds.
pub(super) fn ms(at: SimTime) -> u64 {
    at.since(SimTime::ZERO).as_millis()
}

/// Returns the destination port of a frame's datagram.
pub(super) fn port_of(frame: &Frame) -> Option<u16> {
    let datagram = Datagram::read(bytes_of(frame, EtherType::Ipv4)?).ok();
    datagram.map(|datagram| datagram.destination.1)
}

/// Returns the ARP packet that a frame carries.
pub(super) fn arp_of(frame: &Frame) -> Option<Arp> {
    Arp::read(bytes_of(frame, EtherType::Arp)?).ok()
}

fn bytes_of(frame: &Frame, wanted: EtherType) -> Option<&[u8]> {
    match &frame.payload {
        Payload::Data { ether_type, bytes } => (*ether_type == wanted).then_some(bytes),
        Payload::Management { .. } => None,
    }
}

/// Returns whether a frame carries a node's DHCP message.
pub(super) fn is_dhcp(frame: &Frame) -> bool {
    port_of(frame) == Some(67)
}

/// Returns whether an effect is an address.
pub(super) const fn is_bound(effect: &AddressEffect) -> bool {
    matches!(effect, AddressEffect::Bound(_))
}

/// Faults that only delay: whatever they do ends when they do.
pub(super) const HEALING: [AddressFault; 7] = [
    AddressFault::ArpSilent,
    AddressFault::DhcpNak,
    AddressFault::DhcpPoolEmpty,
    AddressFault::DhcpSilent,
    AddressFault::NameError,
    AddressFault::ResolverSilent,
    AddressFault::TimeSilent,
];
