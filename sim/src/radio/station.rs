//! A station's half of joining.
//!
//! Owns the way from nothing to an association with keys, and how it is lost. Does not know
//! addresses of IP, nor how frames cross the air: whatever it waits for may never come, so every
//! wait has an end, and [`StationSpec::join_bound`] is the end of them all.
//!
//! ```text
//!            nothing remembered              stale: 5 s without an answer
//!  Idle ──┬───────────────► Scanning ◄─────────────────┐
//!    ▲    │                    │ found                 │
//!    │    └────────────────► Deriving ──────────► Authenticating ──► Associating
//!    │     remembered                   with a key     │                  │
//!    │                                  at once        │ 2, 202           │ 4, 203
//!    │ 201 from Scanning                               ▼                  ▼
//!    ├─────────────────────────────────────────────────┴──────────────────┤
//!    │          15, 204                                                   │
//!    ├──────────────────── Installing ◄─── message 3 ─── Handshaking ◄────┘
//!    │ 200, deauthenticated    │
//!    └──────────────────── Associated
//! ```
//!
//! Beacons are not events. The caller says when they begin to be missing and when they are back
//! ([`miss_beacons`](Station::miss_beacons), [`hear_beacons`](Station::hear_beacons)); between
//! the two there is one deadline, and an association at rest costs nothing.

mod association;
mod beacons;
mod keys;
mod scan;

use std::collections::VecDeque;

use node_core::LinkLoss;

use self::beacons::Watch;
use self::keys::Handshake;
use self::scan::Scan;
use super::eapol::EapolKey;
use super::event::{JoinPhase, RadioEvent};
use super::frame::{Frame, MacAddress, Payload};
use super::join_spec::{KnownAccessPoint, StationSpec};
use super::management::Body;
use super::reason::ReasonCode;
use crate::rng::Rng;
use crate::time::{SimSpan, SimTime};

/// What a station wants done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StationEffect {
    /// The link layer is up: configuration of addresses may begin.
    Associated,
    /// The CPU is busy from now on, for so long.
    Busy(SimSpan),
    /// Something worth telling happened.
    Event(RadioEvent),
    /// The station hears beacons of a channel from now until then. One is enough.
    Listen {
        /// Which channel.
        channel: u8,
        /// Until when.
        until: SimTime,
    },
    /// The association was lost, or the join failed. The station is idle.
    Lost {
        /// As the node is told.
        loss: LinkLoss,
        /// As the SDK reports.
        reason: ReasonCode,
    },
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

/// The radio of one node, as the SDK drives it.
#[derive(Clone, Debug)]
pub struct Station {
    address: MacAddress,
    spec: StationSpec,
    luck: Rng,
    state: State,
    deadline: Option<SimTime>,
    channel: u8,
    /// Where the last join was, if that survives.
    remembered: Option<KnownAccessPoint>,
    /// Whether the key is at hand.
    has_key: bool,
    /// Since when beacons are missing, whatever the state.
    beacons_missing: Option<SimTime>,
    /// The stage under way, and since when.
    phase: Option<(JoinPhase, SimTime)>,
    effects: VecDeque<StationEffect>,
}

/// Where a station is. Variant order is that of a join.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Nobody asked for a network.
    Idle,
    /// Visiting channels.
    Scanning(Scan),
    /// From password to key.
    Deriving(Target),
    /// Waiting for the answer to an authentication request.
    Authenticating(Target, Tries),
    /// Waiting for the answer to an association request.
    Associating(Target, Tries),
    /// Waiting for message 1 or 3.
    Handshaking(Target, Handshake),
    /// Message 4 is sent, the keys are being put in place.
    Installing(Target, Handshake),
    /// Up.
    Associated(Target, Handshake, Watch),
}

/// The access point to join.
#[derive(Clone, Copy, Debug)]
struct Target {
    access_point: KnownAccessPoint,
    /// Whether it comes from memory, and may be stale.
    from_memory: bool,
}

/// Requests sent so far.
type Tries = u8;

impl Station {
    /// Builds an idle station.
    #[must_use]
    pub fn new(address: MacAddress, spec: &StationSpec, luck: Rng) -> Self {
        Self {
            address,
            spec: *spec,
            luck,
            state: State::Idle,
            deadline: None,
            channel: spec.known.channel,
            remembered: spec.cache.access_point.then_some(spec.known),
            has_key: spec.cache.key,
            beacons_missing: None,
            phase: None,
            effects: VecDeque::new(),
        }
    }

    /// Starts to join. An idle station only; otherwise nothing happens.
    pub fn join(&mut self, at: SimTime) {
        if !matches!(self.state, State::Idle) {
            return;
        }
        self.beacons_missing = None;
        match self.remembered {
            Some(access_point) => self.prepare(
                at,
                Target {
                    access_point,
                    from_memory: true,
                },
            ),
            None => self.scan(at),
        }
    }

    /// Ends an association or a join, and tells the access point if it knows the station.
    ///
    /// The SDK then reports `REASON_ASSOC_LEAVE`; [`StationEffect::Lost`] is not returned, since
    /// nothing was lost.
    pub fn leave(&mut self, at: SimTime) {
        let told = match self.state {
            State::Idle => return,
            State::Scanning(_) | State::Deriving(_) | State::Authenticating(..) => None,
            State::Associating(target, _)
            | State::Handshaking(target, _)
            | State::Installing(target, _)
            | State::Associated(target, ..) => Some(target),
        };
        if let Some(target) = told {
            let reason = ReasonCode::AUTH_LEAVE;
            let body = Body::Deauthentication { reason };
            self.send(at, target.access_point.address, body.payload());
        }
        self.rest();
        let reason = ReasonCode::ASSOC_LEAVE;
        self.tell(RadioEvent::Left { reason });
    }

    /// Switches the radio off without a word, as deep sleep and a reset do.
    ///
    /// The key is gone unless it is stored; so is the access point.
    pub fn power_off(&mut self) {
        self.rest();
        self.has_key = self.spec.cache.key;
        self.effects.clear();
    }

    /// Takes a frame that arrived whole on `channel`.
    pub fn receive(&mut self, at: SimTime, channel: u8, frame: &Frame) {
        let for_us = frame.receiver == self.address || frame.receiver == MacAddress::BROADCAST;
        if channel != self.channel || !for_us {
            return;
        }
        if let State::Scanning(scan) = self.state {
            self.note_found(scan, frame);
            return;
        }
        let Some(target) = self.state.target() else {
            return;
        };
        if frame.sender != target.access_point.address {
            return;
        }
        match &frame.payload {
            Payload::Management { .. } => {
                if let Some(body) = Body::of(&frame.payload) {
                    self.manage(at, target, body);
                }
            }
            Payload::Data { .. } => {
                if let Some(key) = EapolKey::of(&frame.payload) {
                    self.take_key(at, target, &key);
                }
            }
        }
    }

    /// Does what is due at `at`.
    pub fn handle_timeout(&mut self, at: SimTime) {
        if self.deadline.is_none_or(|due| due > at) {
            return;
        }
        self.deadline = None;
        match self.state {
            State::Idle => {}
            State::Scanning(scan) => self.next_channel(at, scan),
            State::Deriving(target) => {
                self.has_key = true;
                self.end_phase(at);
                self.authenticate(at, target, 0);
            }
            State::Authenticating(target, tries) => self.authenticate_again(at, target, tries),
            State::Associating(target, tries) => self.associate_again(at, target, tries),
            State::Handshaking(_, handshake) => self.lose(handshake.reason_if_late()),
            State::Installing(target, handshake) => self.finish(at, target, handshake),
            State::Associated(target, handshake, watch) => {
                self.look_for_beacons(at, target, handshake, watch);
            }
        }
    }

    /// Returns when something is due.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<SimTime> {
        self.deadline
    }

    /// Returns the next thing to do, until there is none.
    pub fn poll(&mut self) -> Option<StationEffect> {
        self.effects.pop_front()
    }

    /// Returns its address.
    #[must_use]
    pub const fn address(&self) -> MacAddress {
        self.address
    }

    /// Returns the channel it is tuned to, 1 to 13.
    #[must_use]
    pub const fn channel(&self) -> u8 {
        self.channel
    }

    /// Returns true from [`StationEffect::Associated`] until the association ends.
    #[must_use]
    pub const fn is_associated(&self) -> bool {
        matches!(self.state, State::Associated(..))
    }

    /// Returns true if the radio has nothing to do.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Takes a management frame of the access point to join.
    fn manage(&mut self, at: SimTime, target: Target, body: Body) {
        match (body, self.state) {
            (
                Body::Authentication {
                    sequence: 2,
                    status,
                },
                State::Authenticating(..),
            ) => self.be_authenticated(at, target, status),
            (Body::AssociationResponse { status, .. }, State::Associating(..)) => {
                self.be_associated(at, target, status);
            }
            (Body::ProbeResponse { .. }, State::Associated(..)) => self.hear_beacons(),
            (
                Body::Deauthentication { reason } | Body::Disassociation { reason },
                State::Associating(..)
                | State::Handshaking(..)
                | State::Installing(..)
                | State::Associated(..),
            ) => self.end(reason, reason.sent_away()),
            // Late, early, repeated, or meant for an access point.
            _ => {}
        }
    }

    /// Gives up, and says why.
    fn lose(&mut self, reason: ReasonCode) {
        self.end(reason, reason.given_up());
    }

    fn end(&mut self, reason: ReasonCode, loss: LinkLoss) {
        self.rest();
        self.tell(RadioEvent::Left { reason });
        self.effects.push_back(StationEffect::Lost { loss, reason });
    }

    /// Goes idle.
    const fn rest(&mut self) {
        self.state = State::Idle;
        self.deadline = None;
        self.beacons_missing = None;
        self.phase = None;
    }

    fn begin_phase(&mut self, at: SimTime, phase: JoinPhase) {
        self.phase = Some((phase, at));
        self.tell(RadioEvent::PhaseStarted(phase));
    }

    fn end_phase(&mut self, at: SimTime) {
        if let Some((phase, since)) = self.phase.take() {
            let took = at.since(since);
            self.tell(RadioEvent::PhaseEnded { phase, took });
        }
    }

    fn tune(&mut self, channel: u8) {
        if self.channel != channel {
            self.channel = channel;
            self.tell(RadioEvent::Tuned { channel });
        }
    }

    fn tell(&mut self, event: RadioEvent) {
        self.effects.push_back(StationEffect::Event(event));
    }

    fn send(&mut self, not_before: SimTime, receiver: MacAddress, payload: Payload) {
        let frame = Frame {
            sender: self.address,
            receiver,
            payload,
        };
        self.effects.push_back(StationEffect::Send {
            channel: self.channel,
            frame,
            not_before,
        });
    }
}

impl State {
    /// Returns the access point it deals with, from the first request on.
    const fn target(self) -> Option<Target> {
        match self {
            Self::Idle | Self::Scanning(_) | Self::Deriving(_) => None,
            Self::Authenticating(target, _)
            | Self::Associating(target, _)
            | Self::Handshaking(target, _)
            | Self::Installing(target, _)
            | Self::Associated(target, ..) => Some(target),
        }
    }
}
