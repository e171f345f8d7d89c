//! The access point's half of joining.
//!
//! Owns who is associated and how far each station's handshake has come. Does not know what
//! frames carry once the keys are in place, nor how they cross the air.
//!
//! ```text
//!           authentication   association    message 2     message 4
//!  unknown ──────────────► Authenticated ──────► One ──────► Three ──────► Keyed
//!     ▲                        │ refused          │ 4 tries    │ 4 tries     │ left
//!     └────────────────────────┴──────────────────┴────────────┴─────────────┘
//! ```
//!
//! One access point serves all stations of a world. What it draws for one station depends on the
//! seed, that station and the time, so that a neighbour moves nobody's luck.

mod advertising;
mod handshake;
mod seat;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::seat::{Seat, Stage};
use super::eapol::EapolKey;
use super::fault::RadioFault;
use super::frame::{EtherType, Frame, MacAddress, Payload};
use super::join_spec::AccessPointSpec;
use super::management::{Body, StatusCode};
use super::reason::ReasonCode;
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};
use crate::span::SpanRange;
use crate::time::{SimSpan, SimTime};

/// From a request to the answer. Unsourced.
const ANSWER: SpanRange = SpanRange::from_millis(2, 8);
/// From a probe request to the response; ns-3 waits 50 ms for it. Unsourced.
const PROBE_ANSWER: SpanRange = SpanRange::from_millis(1, 5);
/// From a step of the handshake to the next message, by a process of its own. Unsourced.
const KEY_ANSWER: SpanRange = SpanRange::from_millis(10, 30);
/// Highest association number (IEEE 802.11-2020 §9.4.1.8); larger worlds use numbers twice.
const ASSOCIATION_ID_MAX: u16 = 2007;
/// Stations that may be authenticated and nothing more, all at the same time.
const AUTHENTICATED_MAX: usize = 4096;
/// How long such a station keeps its place once places are scarce. Unsourced.
const AUTHENTICATED_SPAN: SimSpan = SimSpan::from_secs(10);

/// What the access point wants done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AccessPointEffect {
    /// A frame is to be sent.
    Send {
        /// On which channel.
        channel: u8,
        /// The frame.
        frame: Frame,
        /// It is not ready earlier.
        not_before: SimTime,
    },
}

/// The access point of one network.
#[derive(Clone, Debug)]
pub struct AccessPoint {
    spec: AccessPointSpec,
    seed: u64,
    channel: u8,
    /// Those that last, in the order in which they struck.
    faults: Vec<RadioFault>,
    seats: BTreeMap<MacAddress, Seat>,
    associated: u32,
    last_id: u16,
    /// When a message of the handshake is repeated, and for whom; one per handshake.
    timers: BTreeSet<(SimTime, MacAddress)>,
    effects: VecDeque<AccessPointEffect>,
}

impl AccessPoint {
    /// Builds an access point that nobody has joined.
    #[must_use]
    pub fn new(spec: &AccessPointSpec, seed: u64) -> Self {
        Self {
            spec: *spec,
            seed,
            channel: spec.channel,
            faults: Vec::new(),
            seats: BTreeMap::new(),
            associated: 0,
            last_id: 0,
            timers: BTreeSet::new(),
            effects: VecDeque::new(),
        }
    }

    /// Takes a frame that arrived whole on `channel`.
    ///
    /// A data frame of a station that is not associated is answered with deauthentication; what
    /// an associated one sends is the caller's business, see [`admits`](Self::admits).
    pub fn receive(&mut self, at: SimTime, channel: u8, frame: &Frame) {
        let to_us = frame.receiver == self.spec.address || frame.receiver == MacAddress::BROADCAST;
        let from = frame.sender;
        let strange = from.is_group() || from == self.spec.address;
        if channel != self.channel || self.is_silent() || !to_us || strange {
            return;
        }
        match &frame.payload {
            Payload::Management { .. } => self.manage(at, from, Body::of(&frame.payload)),
            Payload::Data {
                ether_type: EtherType::Eapol,
                ..
            } => {
                if let Some(key) = EapolKey::of(&frame.payload) {
                    self.take_key(at, from, &key);
                }
            }
            Payload::Data { .. } => {
                let known = self.seats.get(&from).map(|seat| &seat.stage);
                if matches!(known, None | Some(Stage::Authenticated { .. })) {
                    self.dismiss(at, from, ReasonCode::NOT_ASSOCED);
                }
            }
        }
    }

    /// Does what is due at `at`.
    pub fn handle_timeout(&mut self, at: SimTime) {
        // Each turn ends a handshake or puts its timer later than `at`.
        while let Some((due, station)) = self.timers.first().copied() {
            if due > at {
                break;
            }
            self.timers.remove(&(due, station));
            self.repeat(due, station);
        }
    }

    /// Returns when something is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// Returns the next thing to do, until there is none.
    pub fn poll(&mut self) -> Option<AccessPointEffect> {
        self.effects.pop_front()
    }

    /// Begins a fault.
    pub fn strike(&mut self, at: SimTime, fault: RadioFault) {
        match fault {
            RadioFault::ChannelChanged { channel } => self.channel = channel,
            RadioFault::Deauthenticated { reason } => {
                let stations: Vec<MacAddress> = self.seats.keys().copied().collect();
                for station in stations {
                    self.dismiss(at, station, reason);
                }
                return;
            }
            RadioFault::Restarted => {
                self.seats.clear();
                self.timers.clear();
                self.associated = 0;
            }
            RadioFault::AssociationRefused
            | RadioFault::AssociationSilent
            | RadioFault::AuthenticationRefused
            | RadioFault::AuthenticationSilent
            | RadioFault::BeaconsLost
            | RadioFault::HandshakeMessage3Lost
            | RadioFault::HandshakeSilent => {}
        }
        self.faults.push(fault);
    }

    /// Ends a fault that struck before; the same fault twice is healed twice.
    pub fn heal(&mut self, fault: RadioFault) {
        if let Some(index) = self.faults.iter().position(|other| *other == fault) {
            self.faults.remove(index);
        }
        let moved = self.faults.iter().rev().find_map(RadioFault::channel);
        self.channel = moved.unwrap_or(self.spec.channel);
    }

    /// Returns the channel it works on, 1 to 13.
    #[must_use]
    pub const fn channel(&self) -> u8 {
        self.channel
    }

    /// Returns whether data of a station passes: it is associated and has its keys.
    #[must_use]
    pub fn admits(&self, station: MacAddress) -> bool {
        let seat = self.seats.get(&station);
        !self.is_silent() && seat.is_some_and(|seat| matches!(seat.stage, Stage::Keyed))
    }

    /// Returns how many stations are associated, with or without keys.
    #[must_use]
    pub const fn associated(&self) -> u32 {
        self.associated
    }

    fn manage(&mut self, at: SimTime, from: MacAddress, body: Option<Body>) {
        match body {
            Some(Body::AssociationRequest { .. }) => self.associate(at, from),
            Some(Body::Authentication { sequence: 1, .. }) => self.authenticate(at, from),
            Some(Body::Deauthentication { .. } | Body::Disassociation { .. }) => self.forget(from),
            Some(Body::ProbeRequest { channel }) if channel == self.channel => {
                let answer = Body::ProbeResponse {
                    about: self.about(at),
                };
                self.answer(at, from, PROBE_ANSWER, &answer);
            }
            // Answers are for stations; the rest is malformed, or of another network.
            Some(
                Body::AssociationResponse { .. }
                | Body::Authentication { .. }
                | Body::Beacon { .. }
                | Body::ProbeRequest { .. }
                | Body::ProbeResponse { .. },
            )
            | None => {}
        }
    }

    fn authenticate(&mut self, at: SimTime, from: MacAddress) {
        if self.suffers(RadioFault::AuthenticationSilent) {
            return;
        }
        let status = if self.suffers(RadioFault::AuthenticationRefused) {
            StatusCode::REFUSED
        } else if self.has_room_to_authenticate(at, from) {
            self.forget(from);
            self.seats.insert(from, Seat::authenticated(at));
            StatusCode::SUCCESS
        } else {
            StatusCode::TOO_MANY
        };
        let sequence = 2;
        self.answer(at, from, ANSWER, &Body::Authentication { sequence, status });
    }

    fn associate(&mut self, at: SimTime, from: MacAddress) {
        if self.suffers(RadioFault::AssociationSilent) {
            return;
        }
        if !self.seats.contains_key(&from) {
            self.dismiss(at, from, ReasonCode::ASSOC_NOT_AUTHED);
            return;
        }
        // A repeated request begins a new handshake for the same seat.
        self.forget(from);
        let status = if self.suffers(RadioFault::AssociationRefused) {
            StatusCode::REFUSED
        } else if self.associated >= self.spec.stations_max {
            StatusCode::TOO_MANY
        } else {
            StatusCode::SUCCESS
        };
        let granted = status == StatusCode::SUCCESS;
        if granted {
            self.last_id = self.last_id % ASSOCIATION_ID_MAX + 1;
        }
        let association_id = if granted { self.last_id } else { 0 };
        let answer = Body::AssociationResponse {
            status,
            association_id,
        };
        let answered = self.answer(at, from, ANSWER, &answer);
        if granted {
            self.associated += 1;
            self.begin_handshake(answered, from);
        }
    }

    /// Ends a station's association and tells it so.
    fn dismiss(&mut self, at: SimTime, station: MacAddress, reason: ReasonCode) {
        self.forget(station);
        self.send(at, station, Body::Deauthentication { reason }.payload());
    }

    /// Frees a station's seat, if it has one.
    fn forget(&mut self, station: MacAddress) {
        let Some(seat) = self.seats.remove(&station) else {
            return;
        };
        if let Stage::Handshake(handshake) = &seat.stage {
            self.timers.remove(&(handshake.due, station));
        }
        if !matches!(seat.stage, Stage::Authenticated { .. }) {
            self.associated -= 1;
        }
    }

    /// Returns whether one more station may authenticate, after dropping those that only wait.
    fn has_room_to_authenticate(&mut self, at: SimTime, from: MacAddress) -> bool {
        let waiting = self.seats.len() - self.associated as usize;
        if waiting < AUTHENTICATED_MAX || self.seats.contains_key(&from) {
            return true;
        }
        self.seats.retain(|_, seat| match seat.stage {
            Stage::Authenticated { since } => at.since(since) < AUTHENTICATED_SPAN,
            Stage::Handshake(_) | Stage::Keyed => true,
        });
        self.seats.len() - (self.associated as usize) < AUTHENTICATED_MAX
    }

    /// Answers after a drawn delay, and returns when the answer is ready.
    fn answer(&mut self, at: SimTime, to: MacAddress, delay: SpanRange, body: &Body) -> SimTime {
        let ready = at.after(delay.draw(&mut self.luck(at, to)));
        self.send(ready, to, body.payload());
        ready
    }

    /// Sends a frame, unless nobody would hear it.
    fn send(&mut self, not_before: SimTime, receiver: MacAddress, payload: Payload) {
        if self.is_silent() {
            return;
        }
        let frame = Frame {
            sender: self.spec.address,
            receiver,
            payload,
        };
        self.effects.push_back(AccessPointEffect::Send {
            channel: self.channel,
            frame,
            not_before,
        });
    }

    /// Returns the stream for what happens to one station at one time.
    fn luck(&self, at: SimTime, station: MacAddress) -> Rng {
        let [_, _, low @ ..] = station.0;
        let entity = EntityId::Node(NodeId(u32::from_be_bytes(low)));
        // An odd factor spreads times that differ little over all bits.
        let moment = at.as_nanos().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Rng::derive(self.seed ^ moment, entity, Purpose::AccessPoint)
    }

    fn suffers(&self, fault: RadioFault) -> bool {
        self.faults.contains(&fault)
    }

    fn is_silent(&self) -> bool {
        self.faults.iter().any(|fault| fault.silences())
    }
}
