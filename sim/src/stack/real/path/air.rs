//! Frames of one path: onto the air, and to whom they are for.

use super::{PathAround, RealPath, server_moment};
use crate::radio::{
    EtherType, Frame, FrameKind, MacAddress, Outgoing, Payload, Sender, Transmission,
    management_bytes, psdu_bytes,
};
use crate::stack::address::plan;
use crate::stack::outcome::Direction;
use crate::stack::real::flight::Arrival;
use crate::stack::real::{Cell, PathOutput, RealSpec};
use crate::time::SimTime;

impl RealPath {
    /// Takes what has arrived; returns true if anything had.
    pub(super) fn arrive(&mut self, at: SimTime, around: &mut PathAround<'_>) -> bool {
        let mut arrived = false;
        while let Some(what) = self.flight.pop_due(at) {
            match what {
                Arrival::Air(sent) if sent.0 == Direction::Down && at < self.busy_until => {
                    self.flight.push(self.busy_until, Arrival::Air(sent));
                    continue;
                }
                Arrival::Air(sent) => self.end_transmission(at, sent, around),
                Arrival::Answer { connection, bytes } => {
                    let now = server_moment(at, around);
                    self.front.write(now, connection, &bytes);
                    self.due.front = at;
                }
                Arrival::AtAccessPoint(packet) => {
                    let frame = Frame {
                        sender: plan::BROKER_MAC,
                        receiver: plan::node_mac(self.node),
                        payload: Payload::Data {
                            ether_type: EtherType::Ipv4,
                            bytes: packet,
                        },
                    };
                    self.hold(at, frame, around);
                }
                Arrival::AtFront(packet) => {
                    self.front.receive(packet);
                    self.due.front = at;
                }
                Arrival::Outgoing(frame) => self.hold(at, *frame, around),
                Arrival::Ready(frame) => self.transmit(at, Direction::Up, *frame, around),
            }
            arrived = true;
        }
        arrived
    }

    /// Sends a frame down, once the station is awake to hear it.
    fn hold(&mut self, at: SimTime, frame: Frame, around: &mut PathAround<'_>) {
        let access_point = &around.spec.wifi.access_point;
        let wakes = around.spec.wifi.phy.power_save.next_wake(
            at,
            access_point.beacon_interval,
            access_point.dtim_period,
        );
        if self.station.is_associated() && wakes > at {
            self.flight.push(wakes, Arrival::Outgoing(Box::new(frame)));
        } else {
            self.transmit(at, Direction::Down, frame, around);
        }
    }

    /// Puts a frame on the air.
    pub(super) fn transmit(
        &mut self,
        at: SimTime,
        direction: Direction,
        frame: Frame,
        around: &mut PathAround<'_>,
    ) {
        let cell = &mut *around.cell;
        let meets = cell.access_point.beacons_on(self.station.channel());
        if direction == Direction::Down && !meets {
            // Nobody sends, or nobody listens on that channel.
            return;
        }
        let mut outgoing = outgoing(&frame, direction, around.spec);
        outgoing.heard = match direction {
            Direction::Down => !self.station.is_idle(),
            Direction::Up => meets,
        };
        let mut sent = self.radio.transmit(at, &mut cell.channel, outgoing);
        if self.luck.chance_ppm(cell.loss_ppm) {
            sent.delivered = None;
        }
        let due = sent.delivered.unwrap_or(sent.ended).max(at);
        self.flight
            .push(due, Arrival::Air(Box::new((direction, frame, sent))));
    }

    /// Hands a frame that was on the air to whom it is for, if it got there.
    fn end_transmission(
        &mut self,
        at: SimTime,
        sent: Box<(Direction, Frame, Transmission)>,
        around: &mut PathAround<'_>,
    ) {
        #[cfg(test)]
        let sent = {
            let mut sent = sent;
            if let Some(mangler) = &mut self.mangler {
                mangler.mangle(&mut sent.1);
            }
            sent
        };
        let (direction, frame, transmission) = &*sent;
        if transmission.delivered.is_some() {
            match direction {
                Direction::Down => self.hear(at, frame),
                Direction::Up => self.reach_access_point(at, frame, around),
            }
        }
        around.out.push_back(PathOutput::Frame(sent));
    }

    /// Takes a frame at the node.
    fn hear(&mut self, at: SimTime, frame: &Frame) {
        match &frame.payload {
            Payload::Data {
                ether_type: EtherType::Ipv4,
                bytes,
            } if is_tcp(bytes) => {
                if let Some(stream) = self.stream.as_mut().filter(|_| self.joined) {
                    stream.receive(bytes.clone());
                    self.due.stream = at;
                }
            }
            Payload::Data {
                ether_type: EtherType::Arp | EtherType::Ipv4,
                ..
            } => {
                self.addresses.receive(at, frame);
                self.due.addresses = at;
            }
            Payload::Data {
                ether_type: EtherType::Eapol,
                ..
            }
            | Payload::Management { .. } => {
                let channel = self.station.channel();
                self.station.receive(at, channel, frame);
                self.due.station = at;
            }
        }
    }

    /// Takes a frame at the access point.
    fn reach_access_point(&mut self, at: SimTime, frame: &Frame, around: &mut PathAround<'_>) {
        let cell = &mut *around.cell;
        let channel = self.station.channel();
        if !cell.access_point.beacons_on(channel) {
            return;
        }
        match &frame.payload {
            Payload::Data {
                ether_type: EtherType::Eapol,
                ..
            }
            | Payload::Management { .. } => cell.access_point.receive(at, channel, frame),
            Payload::Data { .. } if !cell.access_point.admits(frame.sender) => {
                // The access point tells a stranger so, whomever the frame is for.
                let receiver = around.spec.wifi.access_point.address;
                let addressed = Frame {
                    receiver,
                    ..frame.clone()
                };
                cell.access_point.receive(at, channel, &addressed);
            }
            Payload::Data {
                ether_type: EtherType::Ipv4,
                bytes,
            } if is_tcp(bytes) => {
                let due = self.wire(at, Direction::Up, around.spec);
                self.flight.push(due, Arrival::AtFront(bytes.clone()));
            }
            Payload::Data { .. } => cell.services.receive(at, frame.sender, frame),
        }
        cell.collect(at);
        self.take_own(cell);
    }

    /// Returns when a packet that is sent at `at` has got through the wires.
    pub(super) fn wire(&mut self, at: SimTime, direction: Direction, spec: &RealSpec) -> SimTime {
        let last = match direction {
            Direction::Down => &mut self.wired[0],
            Direction::Up => &mut self.wired[1],
        };
        *last = at.after(spec.lan_delay.draw(&mut self.luck)).max(*last);
        *last
    }

    /// Takes what the access point has for this node; what is for others stays.
    fn take_own(&mut self, cell: &mut Cell) {
        let own = plan::node_mac(self.node);
        for _ in 0..cell.outgoing.len() {
            let Some((due, frame)) = cell.outgoing.pop_front() else {
                return;
            };
            // What is for everyone answers somebody: this node.
            if frame.receiver == own || frame.receiver == MacAddress::BROADCAST {
                self.relay(due, frame);
            } else {
                cell.outgoing.push_back((due, frame));
            }
        }
    }
}

/// Returns what the radio has to know of a frame.
fn outgoing(frame: &Frame, direction: Direction, spec: &RealSpec) -> Outgoing {
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    let standard = spec.wifi.standard;
    let (kind, psdu_bytes) = match &frame.payload {
        Payload::Data { ether_type, bytes } => {
            let encrypted = *ether_type != EtherType::Eapol;
            let kind = FrameKind::Data;
            (kind, psdu_bytes(length(bytes.len()), standard, encrypted))
        }
        Payload::Management { body, .. } => {
            (FrameKind::Management, management_bytes(length(body.len())))
        }
    };
    // A station sends data for everyone through its access point, which acknowledges.
    let reaches_all = direction == Direction::Down || kind == FrameKind::Management;
    let is_group = reaches_all && frame.receiver.is_group();
    Outgoing {
        sender: match direction {
            Direction::Down => Sender::AccessPoint,
            Direction::Up => Sender::Station,
        },
        kind: if is_group { FrameKind::Group } else { kind },
        psdu_bytes,
        heard: true,
    }
}

/// Returns true for a packet that carries TCP.
fn is_tcp(packet: &[u8]) -> bool {
    const PROTOCOL_AT: usize = 9;
    const TCP: u8 = 6;
    packet.get(PROTOCOL_AT) == Some(&TCP)
}
