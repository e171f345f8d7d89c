//! What the broker keeps of each client (MQTT 3.1.1 §3.1.2.4).
//!
//! Owns the table of sessions, and the messages that wait for a client or for its
//! acknowledgement. Does not know how they are sent.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU16;
use std::sync::Arc;

use crate::broker::message::Message;
use crate::id::ConnectionId;

/// Number of a session while it lives.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct SessionIndex(pub(super) u32);

/// One client.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client_id: Arc<str>,
    /// True if nothing outlives the stream.
    pub(super) clean: bool,
    /// Its stream, while it has one.
    pub(super) connection: Option<ConnectionId>,
    /// How many streams had ended before its own did.
    left: u64,
    /// The filters of its subscriptions.
    pub(super) filters: Vec<Arc<str>>,
    /// Messages for it; absent while there has been none.
    mailbox: Option<Box<Mailbox>>,
}

/// Messages of QoS 1 for one client.
#[derive(Debug, Default)]
struct Mailbox {
    /// Sent and not acknowledged, in the order of sending.
    in_flight: VecDeque<(NonZeroU16, Message)>,
    /// Not sent yet.
    queued: VecDeque<Message>,
    last_id: u16,
}

/// Returns the bytes that a filter takes with its subscription: it stands in the session and in
/// the index of subscriptions, each of which is an entry of about 32 bytes.
pub(super) fn bytes_to_hold(filter: &str) -> usize {
    const ENTRIES: usize = 64;
    ENTRIES + filter.len()
}

/// All sessions.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    slots: Vec<Option<Session>>,
    vacant: Vec<u32>,
    /// How often a session lost its stream.
    departures: u64,
    by_client: BTreeMap<Arc<str>, SessionIndex>,
}

impl Session {
    /// Adds a message to those that wait; false if `max` are waiting already.
    pub(super) fn queue(&mut self, message: Message, max: usize) -> bool {
        let queued = &mut self.mailbox.get_or_insert_default().queued;
        let fits = queued.len() < max.max(1);
        if fits {
            queued.push_back(message);
        }
        fits
    }

    /// Takes the next message that waits into flight, while fewer than `max` are.
    pub(super) fn launch(&mut self, max: usize) -> Option<(NonZeroU16, Message)> {
        let mailbox = self.mailbox.as_deref_mut()?;
        if mailbox.in_flight.len() >= max {
            return None;
        }
        let message = mailbox.queued.pop_front()?;
        let packet_id = mailbox.next_id();
        mailbox.in_flight.push_back((packet_id, message.clone()));
        Some((packet_id, message))
    }

    /// Returns what was sent and is not acknowledged, in the order of sending.
    pub(super) fn in_flight(&self) -> Vec<(NonZeroU16, Message)> {
        let mailbox = self.mailbox.as_deref();
        mailbox.map_or_else(Vec::new, |mailbox| {
            mailbox.in_flight.iter().cloned().collect()
        })
    }

    /// Removes and returns the message that a client acknowledged, if there is one.
    pub(super) fn acknowledge(&mut self, packet_id: NonZeroU16) -> Option<Message> {
        let in_flight = &mut self.mailbox.as_deref_mut()?.in_flight;
        let position = in_flight.iter().position(|(id, _)| *id == packet_id)?;
        in_flight.remove(position).map(|(_, message)| message)
    }

    /// Returns the bytes of all filters and messages that are held for the client.
    pub(super) fn held_bytes(&self) -> usize {
        let filters: usize = self
            .filters
            .iter()
            .map(|filter| bytes_to_hold(filter))
            .sum();
        let messages = self.mailbox.as_deref().map_or(0, |mailbox| {
            let in_flight = mailbox.in_flight.iter().map(|(_, message)| message);
            in_flight
                .chain(&mailbox.queued)
                .map(Message::bytes_to_hold)
                .sum()
        });
        filters + messages
    }
}

impl Mailbox {
    /// Returns an identifier that is not in flight.
    ///
    /// # Panics
    ///
    /// If 65 535 messages are in flight; their number is bounded far below.
    fn next_id(&mut self) -> NonZeroU16 {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            if let Some(id) = NonZeroU16::new(self.last_id)
                && self.in_flight.iter().all(|&(used, _)| used != id)
            {
                return id;
            }
            assert!(
                self.in_flight.len() < usize::from(u16::MAX),
                "no identifier is free"
            );
        }
    }
}

impl Sessions {
    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.by_client.len()
    }

    /// Returns the session of a client.
    pub(super) fn find(&self, client_id: &str) -> Option<SessionIndex> {
        self.by_client.get(client_id).copied()
    }

    /// Returns a session that lives.
    pub(super) fn at(&mut self, index: SessionIndex) -> &mut Session {
        self.slots[index.0 as usize]
            .as_mut()
            .expect("an index is dropped with its session")
    }

    /// Takes note that a session has no stream any more, and returns it.
    pub(super) fn leave(&mut self, index: SessionIndex) -> &mut Session {
        let left = self.departures;
        self.departures += 1;
        let session = self.at(index);
        session.connection = None;
        session.left = left;
        session
    }

    /// Returns the session that has been without a stream for longest.
    pub(super) fn longest_away(&self) -> Option<SessionIndex> {
        let slots = (0..).map(SessionIndex).zip(&self.slots);
        let away = slots.filter_map(|(index, slot)| {
            let session = slot
                .as_ref()
                .filter(|session| session.connection.is_none())?;
            Some((session.left, index))
        });
        away.min().map(|(_, index)| index)
    }

    /// Adds a session for a client that has none.
    pub(super) fn add(&mut self, client_id: &Arc<str>, clean: bool) -> SessionIndex {
        let session = Session {
            client_id: Arc::clone(client_id),
            clean,
            connection: None,
            left: 0,
            filters: Vec::new(),
            mailbox: None,
        };
        let slot = self.vacant.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("fewer than 2³² sessions live")
        });
        self.slots[slot as usize] = Some(session);
        let former = self
            .by_client
            .insert(Arc::clone(client_id), SessionIndex(slot));
        debug_assert_eq!(former, None, "the caller removes the former session");
        SessionIndex(slot)
    }

    /// Removes a session that lives.
    pub(super) fn remove(&mut self, index: SessionIndex) -> Session {
        let session = self.slots[index.0 as usize].take();
        let session = session.expect("an index is dropped with its session");
        self.by_client.remove(&session.client_id);
        self.vacant.push(index.0);
        session
    }
}

#[cfg(test)]
mod tests {
    use node_core::Qos;

    use super::*;

    #[test]
    fn a_number_is_used_again_after_its_session_is_gone() {
        let mut sessions = Sessions::default();
        let first = sessions.add(&"a".into(), true);
        sessions.add(&"b".into(), true);
        sessions.remove(first);
        assert_eq!(sessions.find("a"), None);
        assert_eq!(sessions.add(&"c".into(), true), first);
        assert_eq!(sessions.len(), 2);
    }

    #[test]
    fn identifiers_in_flight_are_skipped_and_zero_is_never_given() {
        let mut mailbox = Mailbox {
            last_id: u16::MAX - 1,
            ..Mailbox::default()
        };
        mailbox.in_flight.push_back((NonZeroU16::MIN, message()));
        assert_eq!(mailbox.next_id().get(), u16::MAX);
        assert_eq!(mailbox.next_id().get(), 2);
    }

    #[test]
    fn only_what_is_in_flight_can_be_acknowledged() {
        let mut sessions = Sessions::default();
        let index = sessions.add(&"a".into(), false);
        let session = sessions.at(index);
        assert!(session.queue(message(), 1));
        assert_eq!(session.acknowledge(NonZeroU16::MIN), None);
        session.launch(1);
        assert!(session.acknowledge(NonZeroU16::MIN).is_some());
        assert_eq!(session.acknowledge(NonZeroU16::MIN), None);
    }

    #[test]
    fn a_full_mailbox_takes_no_more_and_sends_in_order() {
        let mut sessions = Sessions::default();
        let index = sessions.add(&"a".into(), false);
        let session = sessions.at(index);
        assert!(session.queue(message(), 2) && session.queue(message(), 2));
        assert!(!session.queue(message(), 2));
        assert_eq!(session.launch(1).map(|(id, _)| id.get()), Some(1));
        assert_eq!(session.launch(1), None);
        assert!(session.acknowledge(NonZeroU16::MIN).is_some());
        assert_eq!(session.launch(1).map(|(id, _)| id.get()), Some(2));
        assert_eq!(session.in_flight().len(), 1);
    }

    fn message() -> Message {
        Message {
            topic: "t".into(),
            payload: Arc::new([]),
            qos: Qos::AtLeastOnce,
            retain: false,
        }
    }
}
