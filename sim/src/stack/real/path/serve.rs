//! What each layer of a path asks of the others.

use core::net::Ipv4Addr;

use node_core::{CloseReason, LinkLoss, UnixTime};

use super::{Opening, PathAround, RealPath, server_moment};
use crate::adversary::Impostor;
use crate::radio::{EtherType, Frame, JoinPhase, MacAddress, Payload, RadioEvent, StationEffect};
use crate::stack::address::{AddressEffect, AddressMode, plan};
use crate::stack::outcome::Direction;
use crate::stack::real::PathOutput;
use crate::stack::real::flight::Arrival;
use crate::stack::real::front::FrontEvent;
use crate::stack::real::layer::Layer;
use crate::stack::real::stream::NodeStream;
use crate::stack::security::Security;
use crate::stack::tls::{Endpoint, Moment, Side, TlsEvent, TlsFailure};
use crate::time::{SimSpan, SimTime};

impl RealPath {
    /// Lets the station work; returns true if it had anything to say.
    pub(super) fn serve_station(&mut self, at: SimTime, around: &mut PathAround<'_>) -> bool {
        if self.station.poll_timeout().is_some_and(|due| due <= at) {
            self.station.handle_timeout(at);
        }
        let mut moved = false;
        while at >= self.busy_until {
            let Some(effect) = self.station.poll() else {
                break;
            };
            moved = true;
            match effect {
                StationEffect::Associated => self.start_addressing(at, around),
                StationEffect::Busy(span) => self.compute(at, span, around),
                StationEffect::Event(event) => around.out.push_back(PathOutput::Radio(event)),
                StationEffect::Listen { channel, until } => {
                    let beacon = around.cell.access_point.beacon(channel, at, until);
                    if let Some((due, frame)) = beacon {
                        self.relay(due, frame);
                    }
                }
                StationEffect::Lost { loss, .. } => self.lose_link(at, loss, around),
                StationEffect::Send {
                    frame, not_before, ..
                } => self.send(not_before.max(at), at, frame, around),
            }
        }
        moved
    }

    /// Lets DHCP, ARP, DNS and SNTP work.
    pub(super) fn serve_addresses(&mut self, at: SimTime, around: &mut PathAround<'_>) -> bool {
        if self.addresses.poll_timeout().is_some_and(|due| due <= at) {
            self.addresses.handle_timeout(at);
        }
        let mut moved = false;
        while let Some(effect) = self.addresses.poll() {
            moved = true;
            match effect {
                AddressEffect::Bound(lease) => self.take_address(at, lease.address, around),
                AddressEffect::Found { address, mac } => self.find(at, address, mac, around),
                AddressEffect::Lost => self.lose_link(at, LinkLoss::JoinTimedOut, around),
                AddressEffect::ResolveFailed(_) if self.opening == Opening::Resolving => {
                    self.fail_opening(CloseReason::Unresolved, around);
                }
                AddressEffect::Resolved(address) if self.opening == Opening::Resolving => {
                    self.opening = Opening::Finding;
                    self.addresses.find(at, address);
                }
                AddressEffect::Send(frame) => self.transmit(at, Direction::Up, frame, around),
                AddressEffect::TimeKnown(time) => self.learn_time(at, time, around),
                AddressEffect::Unreachable(_) if self.opening == Opening::Finding => {
                    self.addresses.forget_name();
                    self.fail_opening(CloseReason::TimedOut, around);
                }
                // Answers that nobody waits for any more change nothing.
                AddressEffect::Renewed(_)
                | AddressEffect::ResolveFailed(_)
                | AddressEffect::Resolved(_)
                | AddressEffect::Unreachable(_) => {}
            }
        }
        moved
    }

    /// Lets the node's TCP and its outer layer work.
    pub(super) fn serve_stream(&mut self, at: SimTime, around: &mut PathAround<'_>) -> bool {
        let now = self.node_moment(at, around);
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.is_due(at)) else {
            return false;
        };
        let mut packets = Vec::new();
        let work = stream.read(at, now, &mut packets);
        let span = around
            .security
            .map_or(SimSpan::ZERO, |security| security.price(&work));
        if span > SimSpan::ZERO {
            // What came of the work is seen when it is paid for.
            stream.stir();
            self.compute(at, span, around);
        } else {
            let (before, open) = (around.out.len(), stream.is_open());
            stream.write_out(at, &mut packets, around.out);
            let mut said = around.out.iter().skip(before);
            if !open && said.clone().any(closes) {
                self.addresses.forget_name();
            }
            if around.tells_time && said.any(doubts_clock) {
                self.addresses.ask_time(at);
            }
        }
        for packet in packets {
            self.send_up(at, packet, around);
        }
        true
    }

    /// Lets the broker's host work.
    pub(super) fn serve_front(&mut self, at: SimTime, around: &mut PathAround<'_>) -> bool {
        if self.front.poll_timeout(at).is_none_or(|due| due > at) {
            return false;
        }
        let now = server_moment(at, around);
        let (mut packets, mut events) = (Vec::new(), Vec::new());
        let (luck, security) = (&mut self.server_luck, around.security);
        let layer = |poses: Option<Impostor>| match security {
            None => Layer::plain(),
            Some(security) => {
                let forged = poses.and_then(|how| security.impostor(how));
                let setup = forged.unwrap_or_else(|| security.server());
                Layer::Tls(Box::new(Endpoint::server(setup, luck, now)))
            }
        };
        self.front.poll(at, now, layer, &mut packets, &mut events);
        for packet in packets {
            let due = self.wire(at, Direction::Down, around.spec);
            self.flight.push(due, Arrival::AtAccessPoint(packet));
        }
        for event in events {
            around.out.push_back(match event {
                FrontEvent::Accepted { connection } => PathOutput::BrokerAccepted { connection },
                FrontEvent::Finished { connection } => PathOutput::BrokerFinished { connection },
                FrontEvent::Intercepted(bytes) => PathOutput::Intercepted(bytes),
                FrontEvent::Received { connection, bytes } => {
                    PathOutput::BrokerReceived { connection, bytes }
                }
                FrontEvent::Tls(event) => PathOutput::Tls(Side::Server, event),
            });
        }
        true
    }

    /// Leaves the access point, once nothing is left to be said.
    pub(super) fn finish_leaving(&mut self, at: SimTime, around: &mut PathAround<'_>) -> bool {
        let silent = self.stream.as_deref().is_none_or(NodeStream::is_silent);
        let Some(deadline) = self.leaving.filter(|_| at >= self.busy_until) else {
            return false;
        };
        if !silent && at < deadline {
            return false;
        }
        self.drop_link(at);
        // The goodbye to the access point is the last thing that is sent.
        self.serve_station(at, around);
        true
    }

    /// Forgets everything that belongs to the link.
    pub(super) fn drop_link(&mut self, at: SimTime) {
        self.station.leave(at);
        self.addresses.stop();
        self.stream = None;
        self.leaving = None;
        self.opening = Opening::No;
        self.joined = false;
        self.addressing_since = None;
    }

    /// Returns what the node believes civil time to be.
    pub(super) fn node_moment(&self, at: SimTime, around: &PathAround<'_>) -> Moment {
        let passed_ms = i64::try_from(at.since(SimTime::ZERO).as_millis()).unwrap_or(i64::MAX);
        let known = self.civil_ms.map(|began| began.saturating_add(passed_ms));
        let unset = around.security.and_then(Security::unset_clock_ms);
        Moment {
            unix_ms: known.or(unset),
        }
    }

    /// Keeps the processor busy from `at` on.
    fn compute(&mut self, at: SimTime, span: SimSpan, around: &mut PathAround<'_>) {
        self.busy_until = at.after(span);
        around.out.push_back(PathOutput::Busy { span });
    }

    fn start_addressing(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        self.addressing_since = Some(at);
        self.front.associate();
        let started = RadioEvent::PhaseStarted(JoinPhase::Dhcp);
        around.out.push_back(PathOutput::Radio(started));
        let mode = if around.spec.station.cache.address {
            AddressMode::Fixed(plan::fixed(self.node))
        } else {
            AddressMode::Dynamic {
                check: around.spec.checks_address,
            }
        };
        self.addresses.start(at, mode);
    }

    fn take_address(&mut self, at: SimTime, address: Ipv4Addr, around: &mut PathAround<'_>) {
        // A renewed lease changes nothing.
        let Some(since) = self.addressing_since.take() else {
            return;
        };
        let ended = RadioEvent::PhaseEnded {
            phase: JoinPhase::Dhcp,
            took: at.since(since),
        };
        around.out.push_back(PathOutput::Radio(ended));
        self.joined = true;
        let luck = self.luck.bits();
        let stream = NodeStream::new(at, address, around.spec.tcp, luck);
        self.stream = Some(Box::new(stream));
        if self.civil_ms.is_none() && around.tells_time {
            self.addresses.ask_time(at);
        }
        around.out.push_back(PathOutput::LinkUp);
    }

    fn lose_link(&mut self, at: SimTime, why: LinkLoss, around: &mut PathAround<'_>) {
        self.drop_link(at);
        around.out.push_back(PathOutput::LinkDown(why));
    }

    fn learn_time(&mut self, at: SimTime, time: UnixTime, around: &mut PathAround<'_>) {
        let passed_ms = at.since(SimTime::ZERO).as_millis();
        let unix_ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let passed_ms = i64::try_from(passed_ms).unwrap_or(i64::MAX);
        self.civil_ms = Some(unix_ms.saturating_sub(passed_ms));
        around.out.push_back(PathOutput::TimeKnown(time));
        if self.opening == Opening::WaitingForTime {
            self.resolve(at, around);
        }
    }

    /// Asks for the broker's address.
    pub(super) fn resolve(&mut self, at: SimTime, around: &PathAround<'_>) {
        self.opening = Opening::Resolving;
        self.addresses
            .resolve(at, &around.spec.services.broker_name);
    }

    fn fail_opening(&mut self, why: CloseReason, around: &mut PathAround<'_>) {
        self.opening = Opening::No;
        around.out.push_back(PathOutput::StreamClosed(why));
    }

    /// Opens the stream that waited for its next hop.
    fn find(&mut self, at: SimTime, hop: Ipv4Addr, mac: MacAddress, around: &PathAround<'_>) {
        if self.opening != Opening::Finding {
            return;
        }
        self.opening = Opening::No;
        let now = self.node_moment(at, around);
        let layer = match &self.client {
            None => Layer::plain(),
            Some(setup) => {
                let endpoint = Endpoint::client(setup, &mut self.client_luck, now);
                Layer::Tls(Box::new(endpoint))
            }
        };
        self.next_hop = mac;
        if let Some(stream) = &mut self.stream {
            let peer = (hop, self.front.port());
            stream.open(at, peer, &around.spec.tcp, layer);
        }
    }

    fn send_up(&mut self, at: SimTime, packet: Vec<u8>, around: &mut PathAround<'_>) {
        let frame = Frame {
            sender: plan::node_mac(self.node),
            receiver: self.next_hop,
            payload: Payload::Data {
                ether_type: EtherType::Ipv4,
                bytes: packet,
            },
        };
        self.transmit(at, Direction::Up, frame, around);
    }

    /// Sends a frame of the station when it is ready.
    fn send(&mut self, due: SimTime, at: SimTime, frame: Frame, around: &mut PathAround<'_>) {
        if due > at {
            self.flight.push(due, Arrival::Ready(Box::new(frame)));
        } else {
            self.transmit(at, Direction::Up, frame, around);
        }
    }
}

/// Returns true when a stream is over.
const fn closes(output: &PathOutput) -> bool {
    matches!(output, PathOutput::StreamClosed(_))
}

/// Returns true when a certificate is not valid by the node's clock: one of the two is wrong.
///
/// Without asking again, one forged answer of a time server would lock the node out for good.
const fn doubts_clock(output: &PathOutput) -> bool {
    matches!(
        output,
        PathOutput::Tls(
            Side::Client,
            TlsEvent::Failed(TlsFailure::Expired | TlsFailure::NotYetValid)
        )
    )
}
