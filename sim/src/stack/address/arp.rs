//! The node's neighbours: who has which address below IP.
//!
//! Owns the cache of lwIP's `etharp.c`: a question is repeated each second, five times in all,
//! and an answer is believed for 300 s.

use core::net::Ipv4Addr;

use smallvec::SmallVec;

use crate::radio::MacAddress;
use crate::stack::address::ticks::Ticks;
use crate::time::{SimSpan, SimTime};

/// Tick of the cache (`ARP_TMR_INTERVAL`).
const TICK: SimSpan = SimSpan::from_secs(1);
/// Requests before an address counts as unreachable (`ARP_MAXPENDING`).
pub(super) const REQUESTS_MAX: u8 = 5;
/// Ticks for which an answer is believed (`ARP_MAXAGE`).
pub(super) const AGE_MAX: u32 = 300;
/// Places of the cache. lwIP has ten; a node speaks to its gateway and its broker.
const PLACES: usize = 3;

/// What is to be done for a neighbour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ArpAction {
    /// Ask everyone who has this address.
    Ask(Ipv4Addr),
    /// Nobody answers for this address.
    GiveUp(Ipv4Addr),
}

/// What is to be done, in order.
pub(super) type ArpActions = SmallVec<[ArpAction; PLACES]>;

#[derive(Clone, Copy, Debug)]
enum Place {
    Asked {
        address: Ipv4Addr,
        tries: u8,
        next: SimTime,
    },
    Empty,
    Known {
        address: Ipv4Addr,
        mac: MacAddress,
        until: SimTime,
    },
}

/// The node's neighbours.
#[derive(Clone, Debug)]
pub(super) struct Neighbors {
    places: [Place; PLACES],
    ticks: Ticks,
}

impl Neighbors {
    pub(super) const fn new(ticks: Ticks) -> Self {
        Self {
            places: [Place::Empty; PLACES],
            ticks,
        }
    }

    /// Forgets everyone.
    pub(super) const fn clear(&mut self) {
        self.places = [Place::Empty; PLACES];
    }

    /// Returns where an address is, if that is known and not too old.
    pub(super) fn find(&self, at: SimTime, wanted: Ipv4Addr) -> Option<MacAddress> {
        self.places.iter().find_map(|place| match *place {
            Place::Known {
                address,
                mac,
                until,
            } if address == wanted && at < until => Some(mac),
            Place::Asked { .. } | Place::Empty | Place::Known { .. } => None,
        })
    }

    /// Begins to ask for an address; `None` if that is being done, or no place is left.
    pub(super) fn ask(&mut self, at: SimTime, address: Ipv4Addr) -> Option<ArpAction> {
        let is_asked = |place: &Place| {
            let is_open = matches!(place, Place::Asked { .. });
            is_open && place.address() == Some(address)
        };
        if self.places.iter().any(is_asked) {
            return None;
        }
        let next = self.ticks.nth(at, TICK, 1);
        *self.place_for(address)? = Place::Asked {
            address,
            tries: 1,
            next,
        };
        Some(ArpAction::Ask(address))
    }

    /// Takes an ARP packet's word for who has an address; returns true if somebody waited.
    ///
    /// As lwIP does: a packet for this node makes a new entry, any other only refreshes one.
    pub(super) fn learn(
        &mut self,
        at: SimTime,
        address: Ipv4Addr,
        mac: MacAddress,
        is_for_us: bool,
    ) -> bool {
        let until = self.ticks.nth(at, TICK, AGE_MAX);
        let known = Place::Known {
            address,
            mac,
            until,
        };
        let own = self
            .places
            .iter_mut()
            .find(|place| place.address() == Some(address));
        if let Some(place) = own {
            let waited = matches!(place, Place::Asked { .. });
            *place = known;
            return waited;
        }
        if is_for_us && let Some(place) = self.place_for(address) {
            *place = known;
        }
        false
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due.
    pub(super) fn poll_timeout(&self) -> SimTime {
        let due = self.places.iter().map(|place| match *place {
            Place::Asked { next, .. } => next,
            Place::Empty | Place::Known { .. } => SimTime::MAX,
        });
        due.min().unwrap_or(SimTime::MAX)
    }

    /// Asks again, or gives up.
    pub(super) fn handle_timeout(&mut self, at: SimTime) -> ArpActions {
        let mut actions = ArpActions::new();
        let again = self.ticks.nth(at, TICK, 1);
        for place in &mut self.places {
            let Place::Asked {
                address,
                tries,
                next,
            } = place
            else {
                continue;
            };
            if at < *next {
                continue;
            }
            if *tries >= REQUESTS_MAX {
                actions.push(ArpAction::GiveUp(*address));
                *place = Place::Empty;
            } else {
                *tries += 1;
                *next = again;
                actions.push(ArpAction::Ask(*address));
            }
        }
        actions
    }

    /// Returns the place of an address: its own, an empty one, or that of the oldest answer.
    fn place_for(&mut self, address: Ipv4Addr) -> Option<&mut Place> {
        let rank = |place: &Place| match *place {
            _ if place.address() == Some(address) => Some((0, SimTime::ZERO)),
            Place::Empty => Some((1, SimTime::ZERO)),
            Place::Known { until, .. } => Some((2, until)),
            Place::Asked { .. } => None,
        };
        let ranked = self
            .places
            .iter_mut()
            .filter_map(|place| Some((rank(place)?, place)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, place)| place)
    }
}

impl Place {
    const fn address(&self) -> Option<Ipv4Addr> {
        match *self {
            Self::Asked { address, .. } | Self::Known { address, .. } => Some(address),
            Self::Empty => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const MAC: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);

    #[test]
    fn a_question_is_asked_five_times_and_then_given_up() {
        let mut neighbors = Neighbors::new(Ticks::new(250_000_000));
        assert_eq!(neighbors.ask(SimTime::ZERO, ONE), Some(ArpAction::Ask(ONE)));
        assert_eq!(neighbors.ask(SimTime::ZERO, ONE), None, "it is being asked");
        let mut seen = Vec::new();
        while neighbors.poll_timeout() != SimTime::MAX {
            let at = neighbors.poll_timeout();
            let actions = neighbors.handle_timeout(at);
            seen.extend(
                actions
                    .iter()
                    .map(|action| (at.as_nanos() / 1_000_000, *action)),
            );
        }
        let ask = ArpAction::Ask(ONE);
        let expected = [
            (250, ask),
            (1_250, ask),
            (2_250, ask),
            (3_250, ask),
            (4_250, ArpAction::GiveUp(ONE)),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn an_answer_is_believed_for_300_s() {
        let mut neighbors = Neighbors::new(Ticks::new(0));
        neighbors.ask(SimTime::ZERO, ONE);
        assert!(neighbors.learn(SimTime::ZERO, ONE, MAC, true));
        let second = |s| SimTime::ZERO.after(SimSpan::from_secs(s));
        assert_eq!(neighbors.find(second(299), ONE), Some(MAC));
        assert_eq!(neighbors.find(second(300), ONE), None);
        assert_eq!(neighbors.poll_timeout(), SimTime::MAX, "age needs no alarm");
    }

    #[test]
    fn what_is_not_for_this_node_makes_no_entry() {
        let mut neighbors = Neighbors::new(Ticks::new(0));
        assert!(!neighbors.learn(SimTime::ZERO, ONE, MAC, false));
        assert_eq!(neighbors.find(SimTime::ZERO, ONE), None);
    }

    #[test]
    fn the_oldest_answer_makes_room_and_an_open_question_does_not() {
        let mut neighbors = Neighbors::new(Ticks::new(0));
        let second = |s| SimTime::ZERO.after(SimSpan::from_secs(s));
        let address = |index| Ipv4Addr::new(10, 0, 1, index);
        for index in 0..4 {
            neighbors.learn(second(u64::from(index)), address(index), MAC, true);
        }
        assert_eq!(neighbors.find(second(4), address(0)), None);
        assert_eq!(neighbors.find(second(4), address(3)), Some(MAC));
        for index in 10..13 {
            assert!(neighbors.ask(second(5), address(index)).is_some());
        }
        assert_eq!(neighbors.ask(second(5), address(13)), None);
    }
}
