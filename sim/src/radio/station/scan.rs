//! How a station finds its access point: it visits every channel, even after it has found one,
//! as the SDK does.

use super::{
    Body, Frame, JoinPhase, KnownAccessPoint, MacAddress, ReasonCode, SimTime, State, Station,
    StationEffect, Target,
};

/// A scan under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    /// The channel being visited.
    channel: u8,
    /// The first access point that answered.
    found: Option<KnownAccessPoint>,
}

impl Station {
    /// Begins a scan.
    pub(super) fn scan(&mut self, at: SimTime) {
        self.begin_phase(at, JoinPhase::Scan);
        self.visit(
            at,
            Scan {
                channel: 1,
                found: None,
            },
        );
    }

    /// Goes on to the next channel, or on with what was found.
    pub(super) fn next_channel(&mut self, at: SimTime, scan: Scan) {
        if scan.channel < self.spec.scan.channels() {
            let channel = scan.channel + 1;
            self.visit(at, Scan { channel, ..scan });
            return;
        }
        match scan.found {
            None => self.lose(ReasonCode::NO_AP_FOUND),
            Some(access_point) => {
                self.end_phase(at);
                let from_memory = false;
                self.prepare(
                    at,
                    Target {
                        access_point,
                        from_memory,
                    },
                );
            }
        }
    }

    /// Takes a frame while scanning: a beacon or a probe response of this channel counts.
    pub(super) fn note_found(&mut self, scan: Scan, frame: &Frame) {
        let heard = Body::of(&frame.payload);
        let Some(Body::Beacon { about, .. } | Body::ProbeResponse { about }) = heard else {
            return;
        };
        // A strong neighbour is heard on the channels beside its own, and says so.
        if about.channel != scan.channel || scan.found.is_some() {
            return;
        }
        let found = Some(KnownAccessPoint {
            address: frame.sender,
            channel: about.channel,
        });
        self.state = State::Scanning(Scan { found, ..scan });
    }

    /// Tunes to a channel, and asks if that is allowed there.
    fn visit(&mut self, at: SimTime, scan: Scan) {
        let channel = scan.channel;
        let until = at.after(self.spec.scan.dwell(channel));
        self.tune(channel);
        if self.spec.scan.is_active(channel) {
            let payload = Body::ProbeRequest { channel }.payload();
            self.send(at, MacAddress::BROADCAST, payload);
        }
        let listen = StationEffect::Listen { channel, until };
        self.effects.push_back(listen);
        self.state = State::Scanning(scan);
        self.deadline = Some(until);
    }
}
