//! The one air that all connections of a link share.
//!
//! Owns the simulator's radio between a station and its access point, and what lies between the
//! access point and the broker. Does not know what the frames hold.

use std::sync::{Arc, Mutex, PoisonError};

use nodelab_sim::radio::{
    Air, Channel, FrameKind, Outgoing, RadioLink, Sender, Standard, WifiSpec, psdu_bytes,
};
use nodelab_sim::stack::RealSpec;
use nodelab_sim::{EntityId, NodeId, Purpose, Rng, SimTime, SpanRange};

/// Bytes of IPv4 and TCP headers without options (RFC 791, RFC 9293).
const HEADERS: u32 = 20 + 20;

/// The air, which everybody takes in turn.
#[derive(Debug)]
pub(super) struct SharedAir {
    lan_delay: SpanRange,
    protected: bool,
    standard: Standard,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    channel: Channel,
    radio: RadioLink,
    wired: Rng,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Sent {
    /// How often the radio sent it.
    pub attempts: u64,
    /// When it is at the other end, wire included; `None` if the radio gave up.
    pub arrives: Option<SimTime>,
    /// When the radio was done with it.
    pub ended: SimTime,
}

impl SharedAir {
    /// Builds the air of a network.
    pub(super) fn new(wifi: &WifiSpec, seed: u64) -> Self {
        let entity = EntityId::Node(NodeId(0));
        let radio = Rng::derive(seed, entity, Purpose::Air);
        Self {
            lan_delay: RealSpec::new(wifi.clone()).lan_delay,
            protected: true,
            standard: wifi.standard,
            state: Mutex::new(State {
                channel: Channel::new(),
                radio: RadioLink::new(Arc::new(Air::new(wifi)), 0, radio),
                wired: Rng::derive(seed, entity, Purpose::Path),
            }),
        }
    }

    /// Sends a segment with so many bytes of payload.
    pub(super) fn send(&self, at: SimTime, sender: Sender, payload: usize) -> Sent {
        let payload = u32::try_from(payload).unwrap_or(u32::MAX - HEADERS);
        let what = Outgoing {
            sender,
            kind: FrameKind::Data,
            psdu_bytes: psdu_bytes(HEADERS + payload, self.standard, self.protected),
            heard: true,
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State {
            channel,
            radio,
            wired,
        } = &mut *state;
        let transmission = radio.transmit(at, channel, what);
        let wire = self.lan_delay.draw(wired);
        Sent {
            attempts: u64::try_from(transmission.attempts.len()).unwrap_or(u64::MAX),
            arrives: transmission.delivered.map(|at| at.after(wire)),
            ended: transmission.ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nodelab_sim::SimSpan;

    #[test]
    fn one_seed_gives_one_luck_and_frames_share_the_air() {
        let run = |seed| {
            let air = SharedAir::new(&WifiSpec::lossy(), seed);
            let at = |n: u64| SimTime::ZERO.after(SimSpan::from_millis(n));
            let sent = (0..200).map(|n| air.send(at(n), Sender::Station, 536));
            sent.collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let lost = run(1).iter().filter(|sent| sent.arrives.is_none()).count();
        assert!((1..60).contains(&lost), "{lost}");
    }
}
