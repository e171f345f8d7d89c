//! Test driver: one access point and its stations in virtual time, and an air that a test may
//! disturb.
//!
//! Owns the order of what happens. Air takes the same time for every frame.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use node_core::LinkLoss;

use super::*;
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};
use crate::time::{SimSpan, SimTime};

/// How long a frame is on the air.
pub(super) const AIR: SimSpan = SimSpan::from_micros(500);
/// Later than anything that a test with a fresh pair waits for.
pub(super) const MINUTE: SimTime = SimTime::from_nanos(60_000_000_000);
/// Steps of one run at most.
const STEPS_MAX: u32 = 1_000_000;

/// What the air does with a frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// It arrives whole.
    Arrive,
    /// It arrives with one byte changed.
    Corrupt { at: usize, flip: u8 },
    /// It arrives late.
    Late(SimSpan),
    /// It never arrives.
    Lose,
    /// It arrives, and once more later.
    Twice(SimSpan),
}

/// An access point, its stations and the air between.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) now: SimTime,
    pub(super) access_point: AccessPoint,
    pub(super) stations: Vec<Station>,
    /// What becomes of the next frames; once it is empty, all arrive.
    pub(super) fates: VecDeque<Fate>,
    /// All frames sent, as text.
    pub(super) frames: String,
    /// All effects of stations but frames and listening.
    pub(super) seen: Vec<(SimTime, usize, StationEffect)>,
    air: BTreeMap<(SimTime, u64), (u8, Frame)>,
    sent: u64,
}

impl Pair {
    /// Builds a pair with one station.
    pub(super) fn new(seed: u64, station: &StationSpec, access_point: &AccessPointSpec) -> Self {
        Self::with_stations(seed, 1, station, access_point)
    }

    pub(super) fn with_stations(
        seed: u64,
        count: u32,
        station: &StationSpec,
        access_point: &AccessPointSpec,
    ) -> Self {
        let stations = (0..count).map(|index| {
            let entity = EntityId::Node(NodeId(index));
            let luck = Rng::derive(seed, entity, Purpose::Station);
            Station::new(address_of(index), station, luck)
        });
        Self {
            now: SimTime::ZERO,
            access_point: AccessPoint::new(access_point, seed),
            stations: stations.collect(),
            fates: VecDeque::new(),
            frames: String::new(),
            seen: Vec::new(),
            air: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Lets the only station join, and runs until `until`.
    pub(super) fn join(&mut self, until: SimTime) {
        self.stations[0].join(self.now);
        self.run(until);
    }

    /// Runs until `until`, and drains everything first.
    pub(super) fn run(&mut self, until: SimTime) {
        for _ in 0..STEPS_MAX {
            self.drain();
            let air = self.air.keys().next().map(|(due, _)| *due);
            let timers = self.stations.iter().filter_map(Station::poll_timeout);
            let next = timers.chain(air).chain(self.access_point.poll_timeout());
            match next.min() {
                Some(due) if due <= until => {
                    assert!(due >= self.now, "time runs back");
                    self.now = due;
                }
                _ => {
                    self.now = until;
                    return;
                }
            }
            self.deliver();
            self.access_point.handle_timeout(self.now);
            for station in &mut self.stations {
                station.handle_timeout(self.now);
            }
        }
        panic!("no end after {STEPS_MAX} steps");
    }

    pub(super) fn strike(&mut self, fault: RadioFault) {
        self.access_point.strike(self.now, fault);
        self.note_beacons();
    }

    pub(super) fn heal(&mut self, fault: RadioFault) {
        self.access_point.heal(fault);
        self.note_beacons();
    }

    /// Puts a frame on the air, to arrive at `due`.
    pub(super) fn inject(&mut self, due: SimTime, channel: u8, frame: Frame) {
        self.sent += 1;
        self.air.insert((due, self.sent), (channel, frame));
    }

    /// Returns why and when the first station was lost, or could not join.
    pub(super) fn lost(&self) -> Option<(SimTime, ReasonCode, LinkLoss)> {
        self.seen.iter().find_map(|(at, _, effect)| {
            let StationEffect::Lost { loss, reason } = effect else {
                return None;
            };
            Some((*at, *reason, *loss))
        })
    }

    /// Returns when the first station was up.
    pub(super) fn up(&self) -> Option<SimTime> {
        let mut seen = self.seen.iter();
        let found = seen.find(|(_, _, effect)| *effect == StationEffect::Associated);
        found.map(|(at, _, _)| *at)
    }

    /// Returns how long the stage took, if it ended.
    pub(super) fn took(&self, wanted: JoinPhase) -> Option<SimSpan> {
        self.seen.iter().find_map(|(_, _, effect)| {
            let StationEffect::Event(RadioEvent::PhaseEnded { phase, took }) = effect else {
                return None;
            };
            (*phase == wanted).then_some(*took)
        })
    }

    fn note_beacons(&mut self) {
        for station in &mut self.stations {
            if self.access_point.beacons_on(station.channel()) {
                station.hear_beacons();
            } else {
                station.miss_beacons(self.now);
            }
        }
    }

    fn drain(&mut self) {
        for index in 0..self.stations.len() {
            while let Some(effect) = self.stations[index].poll() {
                match effect {
                    StationEffect::Send {
                        channel,
                        frame,
                        not_before,
                    } => self.send("->", channel, frame, not_before),
                    StationEffect::Listen { channel, until } => {
                        let beacon = self.access_point.beacon(channel, self.now, until);
                        if let Some((due, frame)) = beacon {
                            self.send("<-", channel, frame, due);
                        }
                    }
                    StationEffect::Associated
                    | StationEffect::Busy(_)
                    | StationEffect::Event(_)
                    | StationEffect::Lost { .. } => self.seen.push((self.now, index, effect)),
                }
            }
        }
        while let Some(AccessPointEffect::Send {
            channel,
            frame,
            not_before,
        }) = self.access_point.poll()
        {
            self.send("<-", channel, frame, not_before);
        }
    }

    fn send(&mut self, arrow: &str, channel: u8, mut frame: Frame, not_before: SimTime) {
        let begin = not_before.max(self.now);
        let (name, length) = describe(&frame.payload);
        let us = begin.as_nanos() / 1_000;
        writeln!(
            self.frames,
            "{us:>8} us {arrow} ch {channel:>2}  {name:<16} {length:>3} B"
        )
        .expect("strings take everything");
        let arrival = begin.after(AIR);
        match self.fates.pop_front().unwrap_or(Fate::Arrive) {
            Fate::Arrive => self.inject(arrival, channel, frame),
            Fate::Corrupt { at, flip } => {
                corrupt(&mut frame.payload, at, flip);
                self.inject(arrival, channel, frame);
            }
            Fate::Late(by) => self.inject(arrival.after(by), channel, frame),
            Fate::Lose => {}
            Fate::Twice(by) => {
                self.inject(arrival, channel, frame.clone());
                self.inject(arrival.after(by), channel, frame);
            }
        }
    }

    fn deliver(&mut self) {
        while let Some(entry) = self.air.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let (channel, frame) = entry.remove();
            self.access_point.receive(self.now, channel, &frame);
            for station in &mut self.stations {
                station.receive(self.now, channel, &frame);
            }
        }
    }
}

/// Returns the address of a station.
pub(super) fn address_of(index: u32) -> MacAddress {
    let [a, b, c, d] = index.to_be_bytes();
    MacAddress([0x02, 0, a, b, c, d])
}

/// Returns a data frame of the first station.
pub(super) fn data() -> Frame {
    Frame {
        sender: address_of(0),
        receiver: good().address,
        payload: Payload::Data {
            ether_type: EtherType::Ipv4,
            bytes: vec![0x45; 20],
        },
    }
}

pub(super) fn good() -> AccessPointSpec {
    AccessPointSpec::default()
}

pub(super) fn cold() -> StationSpec {
    StationSpec::default()
}

/// Returns a station that remembers the access point, and perhaps the key.
pub(super) fn stored(key: bool) -> StationSpec {
    let mut spec = StationSpec::default();
    spec.cache.access_point = true;
    spec.cache.key = key;
    spec
}

/// Returns a pair that is joined and at rest.
pub(super) fn joined(seed: u64) -> Pair {
    let mut pair = Pair::new(seed, &cold(), &good());
    pair.join(SimTime::ZERO.after(SimSpan::from_secs(5)));
    assert!(pair.stations[0].is_associated());
    pair
}

/// Names a payload and counts its bytes.
fn describe(payload: &Payload) -> (&'static str, usize) {
    match payload {
        Payload::Data { bytes, .. } => ("EAPOL-Key", bytes.len()),
        Payload::Management { subtype, body } => {
            let name = match subtype {
                0 => "assoc request",
                1 => "assoc response",
                4 => "probe request",
                5 => "probe response",
                8 => "beacon",
                11 => "authentication",
                12 => "deauth",
                _ => "?",
            };
            (name, body.len())
        }
    }
}

fn corrupt(payload: &mut Payload, at: usize, flip: u8) {
    let bytes: &mut [u8] = match payload {
        Payload::Data { bytes, .. } => bytes,
        Payload::Management { body, .. } => body,
    };
    let length = bytes.len().max(1);
    if let Some(byte) = bytes.get_mut(at % length) {
        *byte ^= flip;
    }
}
