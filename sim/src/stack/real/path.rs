//! One node's path: station, addresses, TCP, TLS and the air, in virtual time.
//!
//! Owns the order in which they work, and the one processor that all of the node's share: while
//! it computes, nothing that arrives is looked at. Schedules nothing: it says when it wants to be
//! called.

mod air;
mod serve;

use std::collections::VecDeque;
use std::sync::Arc;

use node_core::{CloseReason, UnixTime};

use super::cell::Cell;
use super::flight::{Arrival, Flight};
use super::front::{Front, PORT, PORT_TLS};
use super::output::PathOutput;
use super::spec::RealSpec;
use super::stream::NodeStream;
use crate::adversary::Attack;
use crate::event::Bytes;
use crate::id::NodeId;
use crate::radio::{Air, Frame, MacAddress, RadioLink, Station};
use crate::rng::{EntityId, Purpose, Rng};
use crate::stack::address::{AddressClient, plan};
use crate::stack::security::Security;
use crate::stack::tls::{ClientSetup, Moment};
use crate::time::{SimSpan, SimTime};

/// Turns of one call; a path that is not quiet by then goes on a nanosecond later.
const TURNS_MAX: u32 = 64;
/// How long a stream may take to say goodbye before its link is left.
const GOODBYE_MAX: SimSpan = SimSpan::from_secs(2);

/// What a path can touch while it works.
pub(crate) struct PathAround<'a> {
    pub(crate) cell: &'a mut Cell,
    /// Civil time when the world began.
    pub(crate) epoch: UnixTime,
    pub(crate) out: &'a mut VecDeque<PathOutput>,
    pub(crate) security: Option<&'a Security>,
    pub(crate) spec: &'a RealSpec,
    /// Whether a time server answers.
    pub(crate) tells_time: bool,
}

/// One node's way to the broker and back.
#[derive(Debug)]
pub(crate) struct RealPath {
    node: NodeId,
    station: Station,
    addresses: AddressClient,
    radio: RadioLink,
    client: Option<ClientSetup>,
    stream: Option<Box<NodeStream>>,
    front: Front,
    flight: Flight,
    luck: Rng,
    /// Of both ends of TLS, each its own.
    client_luck: Rng,
    server_luck: Rng,
    /// The processor computes until then.
    busy_until: SimTime,
    /// Civil time when the world began, as the node believes; nothing before it was told.
    civil_ms: Option<i64>,
    /// Since when the station has been associated without an address.
    addressing_since: Option<SimTime>,
    /// How far the opening of a stream has come before its SYN.
    opening: Opening,
    /// The link is to be left once the stream has said goodbye, or then at the latest.
    leaving: Option<SimTime>,
    /// The node has an address.
    joined: bool,
    /// Where packets for the broker go.
    next_hop: MacAddress,
    /// When the last packet got through the wires, down and up: they keep the order.
    wired: [SimTime; 2],
    /// When each part wants to work next.
    due: Due,
    /// Noise on the air.
    #[cfg(test)]
    pub(crate) mangler: Option<super::Mangler>,
}

/// When each part of a path wants to work next: so that a part with nothing to do is not even
/// looked at. Whoever gives a part something to do says so here.
#[derive(Clone, Copy, Debug)]
struct Due {
    addresses: SimTime,
    front: SimTime,
    station: SimTime,
    stream: SimTime,
}

impl Due {
    const NOTHING: Self = Self {
        addresses: SimTime::MAX,
        front: SimTime::MAX,
        station: SimTime::MAX,
        stream: SimTime::MAX,
    };
    const EVERYTHING: Self = Self {
        addresses: SimTime::ZERO,
        front: SimTime::ZERO,
        station: SimTime::ZERO,
        stream: SimTime::ZERO,
    };

    /// Returns when a part wants to work that says this of itself.
    fn of(timeout: Option<SimTime>) -> SimTime {
        timeout.unwrap_or(SimTime::MAX)
    }

    /// Returns when the node's own processor is wanted.
    fn on_node(&self) -> SimTime {
        self.addresses.min(self.station).min(self.stream)
    }
}

/// What a stream waits for before its SYN can be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Opening {
    /// Nothing: no stream is being opened, or it is past this.
    No,
    /// The broker's address below IP.
    Finding,
    /// The broker's address.
    Resolving,
    /// The time, without which no certificate can be judged.
    WaitingForTime,
}

impl RealPath {
    /// Builds the path of a node whose radio is off.
    pub(crate) fn new(
        seed: u64,
        node: NodeId,
        spec: &RealSpec,
        air: &Arc<Air>,
        security: Option<&Security>,
    ) -> Self {
        let entity = EntityId::Node(node);
        let mut luck = Rng::derive(seed, entity, Purpose::Path);
        let port = if security.is_some() { PORT_TLS } else { PORT };
        let station = Rng::derive(seed, entity, Purpose::Station);
        let radio = Rng::derive(seed, entity, Purpose::Air);
        Self {
            node,
            station: Station::new(plan::node_mac(node), &spec.station, station),
            addresses: AddressClient::new(seed, node),
            radio: RadioLink::new(Arc::clone(air), node.0, radio),
            client: security.map(|security| security.client(node)),
            stream: None,
            front: Front::new(SimTime::ZERO, plan::BROKER, port, luck.bits()),
            flight: Flight::new(node),
            luck,
            client_luck: Rng::derive(seed, entity, Purpose::TlsClient),
            server_luck: Rng::derive(seed, entity, Purpose::TlsServer),
            busy_until: SimTime::ZERO,
            civil_ms: None,
            addressing_since: None,
            opening: Opening::No,
            leaving: None,
            joined: false,
            next_hop: plan::BROKER_MAC,
            wired: [SimTime::ZERO; 2],
            due: Due::NOTHING,
            #[cfg(test)]
            mangler: None,
        }
    }

    /// Joins the access point.
    pub(crate) fn join(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        self.drop_link(at);
        self.station.join(at);
        self.work(at, around);
    }

    /// Leaves the access point, once the stream has said what it had to say.
    pub(crate) fn leave(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        self.leaving = Some(at.after(GOODBYE_MAX));
        self.work(at, around);
    }

    /// Opens the stream to the broker.
    pub(crate) fn open(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        if !self.joined || self.leaving.is_some() {
            return around
                .out
                .push_back(PathOutput::StreamClosed(CloseReason::Reset));
        }
        let waits = around.security.is_some_and(Security::waits_for_time);
        if waits && self.civil_ms.is_none() {
            self.opening = Opening::WaitingForTime;
        } else {
            self.resolve(at, around);
        }
        self.work(at, around);
    }

    /// Closes the stream in good order.
    pub(crate) fn close(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        self.opening = Opening::No;
        let now = self.node_moment(at, around);
        if let Some(stream) = &mut self.stream {
            if !stream.is_open() {
                self.addresses.forget_name();
            }
            stream.close(now);
        }
        self.work(at, around);
    }

    /// Takes bytes of node-core.
    pub(crate) fn write(&mut self, at: SimTime, bytes: &[u8], around: &mut PathAround<'_>) {
        let now = self.node_moment(at, around);
        if let Some(stream) = &mut self.stream {
            stream.write(now, bytes);
            self.due.stream = at;
        }
        self.go_on(at, around);
    }

    /// Takes away the power: everything on the node's side is gone without a word.
    pub(crate) fn power_off(&mut self, at: SimTime) {
        self.drop_link(at);
        self.station.power_off();
        self.flight.forget_ready();
        self.busy_until = SimTime::ZERO;
        self.civil_ms = None;
        self.due = Due::EVERYTHING;
        if let Some(client) = &self.client {
            client.forget_sessions();
        }
    }

    /// Takes a frame of the access point that is ready to be sent at `due`.
    pub(crate) fn relay(&mut self, due: SimTime, frame: Frame) {
        self.flight.push(due, Arrival::Outgoing(Box::new(frame)));
    }

    /// Takes bytes of the broker, which has yet to think about them.
    pub(crate) fn answer(
        &mut self,
        at: SimTime,
        connection: u32,
        bytes: Bytes,
        around: &mut PathAround<'_>,
    ) {
        let due = at.after(around.spec.answer_time.draw(&mut self.luck));
        self.flight.push(due, Arrival::Answer { connection, bytes });
        self.go_on(at, around);
    }

    /// Closes a connection at the broker.
    pub(crate) fn hang_up(&mut self, at: SimTime, connection: u32, around: &mut PathAround<'_>) {
        self.front.close(server_moment(at, around), connection);
        self.work(at, around);
    }

    /// Ends the broker's process.
    pub(crate) fn stop_broker(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        self.front.stop();
        self.work(at, around);
    }

    /// Starts the broker's process.
    pub(crate) const fn start_broker(&mut self) {
        self.front.start();
    }

    /// Lets somebody get between this node and the broker.
    pub(crate) fn attack(&mut self, at: SimTime, attack: Attack, around: &mut PathAround<'_>) {
        // Who cannot show a node's certificate cannot pass on what the node says.
        let relays = !around.security.is_some_and(Security::is_mutual);
        self.front.attack(at, attack, relays);
        self.work(at, around);
    }

    /// Lets him go.
    pub(crate) fn end_attack(&mut self, at: SimTime, attack: Attack, around: &mut PathAround<'_>) {
        self.front.end_attack(server_moment(at, around), attack);
        self.work(at, around);
    }

    /// Tells the station whether beacons are heard where it listens.
    pub(crate) fn notice_beacons(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        let channel = self.station.channel();
        if around.cell.access_point.beacons_on(channel) {
            self.station.hear_beacons();
        } else {
            self.station.miss_beacons(at);
        }
        self.work(at, around);
    }

    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        self.go_on(at, around);
    }

    /// Returns when [`RealPath::handle_timeout`] is wanted next.
    pub(crate) fn poll_timeout(&self, at: SimTime) -> Option<SimTime> {
        let leaving = Due::of(self.leaving);
        let own = self.due.on_node().min(leaving).max(self.busy_until);
        let due = own.min(self.due.front).min(Due::of(self.flight.next_at()));
        // What is due but was not done in this call's turns is done in the next.
        (due < SimTime::MAX).then(|| due.max(at.after(SimSpan::from_nanos(1))))
    }

    /// Returns until when the processor computes.
    pub(crate) const fn busy_until(&self) -> SimTime {
        self.busy_until
    }

    /// Returns true while the radio is on.
    pub(crate) fn is_radio_on(&self) -> bool {
        !self.station.is_idle()
    }

    /// Returns true while the node has an address.
    pub(crate) const fn is_joined(&self) -> bool {
        self.joined
    }

    /// Looks at every part, then works until nothing moves any more.
    fn work(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        self.due = Due::EVERYTHING;
        self.go_on(at, around);
    }

    /// Works until nothing moves any more.
    fn go_on(&mut self, at: SimTime, around: &mut PathAround<'_>) {
        for _ in 0..TURNS_MAX {
            let mut moved = self.arrive(at, around);
            if self.due.front <= at {
                moved |= self.serve_front(at, around);
                self.due.front = Due::of(self.front.poll_timeout(at));
            }
            if at >= self.busy_until {
                moved |= self.serve_node(at, around);
            }
            if !moved {
                return;
            }
        }
    }

    /// Lets the node's parts work that have something to do.
    fn serve_node(&mut self, at: SimTime, around: &mut PathAround<'_>) -> bool {
        let mut moved = false;
        if self.due.station <= at {
            moved |= self.serve_station(at, around);
            self.due.station = Due::of(self.station.poll_timeout());
        }
        if self.due.addresses <= at {
            moved |= self.serve_addresses(at, around);
            self.due.addresses = Due::of(self.addresses.poll_timeout());
        }
        if moved {
            // Both are rare, and may concern all others.
            self.due = Due::EVERYTHING;
        }
        if self.due.stream <= at {
            moved |= self.serve_stream(at, around);
            let stream = self.stream.as_deref();
            self.due.stream = Due::of(stream.and_then(|stream| stream.poll_timeout(at)));
        }
        if self.leaving.is_some() {
            moved |= self.finish_leaving(at, around);
        }
        moved
    }
}

/// Returns civil time as the broker's host knows it.
fn server_moment(at: SimTime, around: &PathAround<'_>) -> Moment {
    let passed_ms = at.since(SimTime::ZERO).as_millis();
    let unix_ms = around.epoch.as_millis().saturating_add(passed_ms);
    Moment {
        unix_ms: i64::try_from(unix_ms).ok(),
    }
}
