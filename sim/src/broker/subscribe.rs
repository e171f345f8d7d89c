//! SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1.1 §3.8 and §3.10).
//!
//! Owns what a client may ask for at a time, and what it is sent at once for it. Does not know
//! the bytes of the packets.

use std::num::NonZeroU16;
use std::sync::Arc;

use node_core::Qos;

use crate::broker::message::{BrokerAction, BrokerEvent, ClientFault, Message};
use crate::broker::server::Broker;
use crate::broker::session::{SessionIndex, bytes_to_hold};
use crate::broker::wire::Wire;
use crate::id::ConnectionId;

impl Broker {
    /// Answers a SUBSCRIBE.
    pub(super) fn subscribe(
        &mut self,
        connection: ConnectionId,
        packet_id: NonZeroU16,
        filters: &[(Arc<str>, Qos)],
        out: &mut Vec<BrokerAction>,
    ) {
        if filters.len() > self.spec.filters_max {
            return self.break_off(connection, ClientFault::TooManyFilters, out);
        }
        let Some(index) = self.session_of(connection) else {
            return;
        };
        let granted: Vec<_> = filters
            .iter()
            .map(|(filter, qos)| self.add_subscription(index, filter, *qos))
            .collect();
        Self::answer(connection, Wire::suback(packet_id, &granted), out);
        let mut room = self.spec.output_bytes_max;
        for ((filter, _), granted) in filters.iter().zip(granted) {
            out.push(BrokerAction::Note(BrokerEvent::Subscribed {
                connection,
                filter: Arc::clone(filter),
                granted,
            }));
            if let Some(qos) = granted
                && !self.deliver_retained(index, (filter, qos), &mut room, out)
            {
                return self.break_off(connection, ClientFault::TooMuchRetained, out);
            }
        }
    }

    /// Answers an UNSUBSCRIBE.
    pub(super) fn unsubscribe(
        &mut self,
        connection: ConnectionId,
        packet_id: NonZeroU16,
        filters: Vec<Arc<str>>,
        out: &mut Vec<BrokerAction>,
    ) {
        if filters.len() > self.spec.filters_max {
            return self.break_off(connection, ClientFault::TooManyFilters, out);
        }
        let Some(index) = self.session_of(connection) else {
            return;
        };
        for filter in filters {
            self.subscriptions.remove(index, &filter);
            let held = &mut self.sessions.at(index).filters;
            let before = held.len();
            held.retain(|held| *held != filter);
            if held.len() < before {
                self.held_bytes -= bytes_to_hold(&filter);
            }
            out.push(BrokerAction::Note(BrokerEvent::Unsubscribed {
                connection,
                filter,
            }));
        }
        //= MQTT 3.1.1 §3.10.4-5: acknowledged even if there was nothing to remove.
        Self::answer(connection, Wire::unsuback(packet_id), out);
    }

    /// Adds a subscription, in place of one with the same filter (MQTT 3.1.1 §3.8.4-3); `None`
    /// if the client holds too many.
    fn add_subscription(
        &mut self,
        index: SessionIndex,
        filter: &Arc<str>,
        qos: Qos,
    ) -> Option<Qos> {
        let held = &mut self.sessions.at(index).filters;
        let bytes = self.held_bytes.saturating_add(bytes_to_hold(filter));
        if held.contains(filter) {
            self.subscriptions.remove(index, filter);
        } else if held.len() < self.spec.subscriptions_max && bytes <= self.spec.held_bytes_max {
            held.push(Arc::clone(filter));
            self.held_bytes = bytes;
        } else {
            return None;
        }
        self.subscriptions.add(index, filter, qos);
        Some(qos)
    }

    /// Sends a new subscription what is retained for it, marked so (MQTT 3.1.1 §3.3.1-8), each
    /// filter of a packet as if it had come in one of its own (§3.8.4-4). Returns false once
    /// what that leads to has no `room`, which is in bytes.
    fn deliver_retained(
        &mut self,
        session: SessionIndex,
        (filter, granted): (&str, Qos),
        room: &mut usize,
        out: &mut Vec<BrokerAction>,
    ) -> bool {
        let kept: Vec<Message> = self.retained.matching(filter).cloned().collect();
        for message in kept {
            let qos = granted.min(message.qos);
            let before = out.len();
            self.deliver(session, Message { qos, ..message }, out);
            let bytes: usize = out[before..].iter().map(BrokerAction::bytes).sum();
            let Some(rest) = room.checked_sub(bytes) else {
                return false;
            };
            *room = rest;
        }
        true
    }
}
