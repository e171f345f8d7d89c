//! Any bodies of frames between a station and its access point are read or dropped at both ends.
//!
//! Owns how bytes are cut into frames: the first byte of each says what it is, the second how
//! long it is. Between them the two go on with what they say to each other, so that frames come
//! in every state of a join.
#![no_main]

use std::collections::VecDeque;

use libfuzzer_sys::fuzz_target;
use nodelab_sim::radio::{
    AccessPoint, AccessPointEffect, AccessPointSpec, EtherType, Frame, MacAddress, Payload,
    Station, StationEffect, StationSpec,
};
use nodelab_sim::stack::address::plan;
use nodelab_sim::{EntityId, NodeId, Purpose, Rng, SimTime};

/// First bytes of a frame from which on it is data; below they are subtypes of management.
const DATA: u8 = 0x80;
const NODE: NodeId = NodeId(0);

fuzz_target!(|data: &[u8]| {
    let Some((options, mut bytes)) = data.split_first() else {
        return;
    };
    let mut spec = StationSpec::default();
    spec.cache.access_point = options & 1 == 1;
    spec.cache.key = options & 2 == 2;
    let luck = Rng::derive(1, EntityId::Node(NODE), Purpose::Station);
    let mut pair = Pair {
        now: SimTime::ZERO,
        station: Station::new(plan::node_mac(NODE), &spec, luck),
        access_point: AccessPoint::new(&AccessPointSpec::default(), 1),
    };
    pair.station.join(pair.now);
    while let [kind, length, rest @ ..] = bytes {
        let (body, after) = rest.split_at(rest.len().min(usize::from(*length)));
        bytes = after;
        pair.forge(*kind, body);
        pair.go_on();
    }
});

struct Pair {
    now: SimTime,
    station: Station,
    access_point: AccessPoint,
}

impl Pair {
    fn forge(&mut self, kind: u8, body: &[u8]) {
        let payload = if kind < DATA {
            Payload::Management {
                subtype: kind,
                body: body.into(),
            }
        } else {
            Payload::Data {
                ether_type: EtherType::Eapol,
                bytes: body.to_vec(),
            }
        };
        let ends = (self.station.address(), AccessPointSpec::default().address);
        for (sender, receiver) in [ends, (ends.1, ends.0), (ends.1, MacAddress::BROADCAST)] {
            let payload = payload.clone();
            self.deliver(&Frame {
                sender,
                receiver,
                payload,
            });
        }
    }

    /// Each hears whom the frame is for, wherever it is tuned.
    fn deliver(&mut self, frame: &Frame) {
        let channel = self.station.channel();
        self.station.receive(self.now, channel, frame);
        let channel = self.access_point.channel();
        self.access_point.receive(self.now, channel, frame);
    }

    /// Carries what both say, then goes to the next deadline.
    fn go_on(&mut self) {
        let mut said = VecDeque::new();
        while let Some(effect) = self.station.poll() {
            match effect {
                StationEffect::Send { frame, .. } => said.push_back(frame),
                StationEffect::Listen { channel, until } => {
                    let beacon = self.access_point.beacon(channel, self.now, until);
                    said.extend(beacon.map(|(_, frame)| frame));
                }
                StationEffect::Lost { .. } => self.station.join(self.now),
                _ => {}
            }
        }
        while let Some(AccessPointEffect::Send { frame, .. }) = self.access_point.poll() {
            said.push_back(frame);
        }
        for frame in said {
            self.deliver(&frame);
        }
        let due = [
            self.station.poll_timeout(),
            self.access_point.poll_timeout(),
        ];
        if let Some(due) = due.into_iter().flatten().min() {
            self.now = self.now.max(due);
        }
        self.station.handle_timeout(self.now);
        self.access_point.handle_timeout(self.now);
    }
}
