//! From the broker to its subscribers.
//!
//! Owns who gets a message, in which order, and what waits. Does not know why it was published.

use std::num::NonZeroU16;
use std::sync::Arc;

use node_core::Qos;

use crate::broker::message::{BrokerAction, BrokerEvent, ClientFault, Message};
use crate::broker::server::Broker;
use crate::broker::session::SessionIndex;
use crate::broker::wire::Wire;
use crate::id::ConnectionId;

impl Broker {
    /// Keeps a message if it asks for it, and sends it to everyone who subscribed.
    pub(super) fn accept_message(&mut self, message: &Message, out: &mut Vec<BrokerAction>) {
        if message.retain {
            self.retained.keep(
                message,
                self.spec.retained_max,
                self.spec.retained_bytes_max,
            );
        }
        let mut room = self.spec.fan_out_bytes_max;
        for (session, qos) in self.subscriptions.subscribers(&message.topic) {
            let copy = Message {
                //= MQTT 3.1.1 §3.8.4-6: the lower of what was published and what was granted.
                qos: qos.min(message.qos),
                //= MQTT 3.1.1 §3.3.1-9: not set for a subscription that existed before.
                retain: false,
                ..message.clone()
            };
            // What waits for acknowledgements has a bound of its own.
            if copy.qos == Qos::AtMostOnce {
                let Some(rest) = room.checked_sub(copy.bytes_to_hold()) else {
                    self.drop_message(session, copy, out);
                    continue;
                };
                room = rest;
            }
            self.deliver(session, copy, out);
        }
    }

    /// Takes a client's acknowledgement, and sends what waited for it. One of a message that is
    /// not in flight is a fault: the client has lost count.
    pub(super) fn acknowledged(
        &mut self,
        connection: ConnectionId,
        packet_id: NonZeroU16,
        out: &mut Vec<BrokerAction>,
    ) {
        let Some(index) = self.session_of(connection) else {
            return;
        };
        if let Some(message) = self.sessions.at(index).acknowledge(packet_id) {
            self.held_bytes -= message.bytes_to_hold();
            out.push(BrokerAction::Note(BrokerEvent::MessageAcknowledged {
                connection,
                packet_id,
            }));
            self.send_queued(index, out);
        } else {
            self.break_off(connection, ClientFault::Unexpected, out);
        }
    }

    /// Sends what was in flight when the stream broke, then what waited meanwhile, in the order
    /// of publication (MQTT 3.1.1 §4.4-1 and §4.6.0-1).
    pub(super) fn resume(&mut self, index: SessionIndex, out: &mut Vec<BrokerAction>) {
        let session = self.sessions.at(index);
        let Some(connection) = session.connection else {
            return;
        };
        for (packet_id, message) in session.in_flight() {
            send(connection, message, Some(packet_id), true, out);
        }
        self.send_queued(index, out);
    }

    /// Sends what waits, as far as the client's acknowledgements allow.
    pub(super) fn send_queued(&mut self, index: SessionIndex, out: &mut Vec<BrokerAction>) {
        let in_flight_max = self.spec.in_flight_max.max(1);
        loop {
            let session = self.sessions.at(index);
            let Some(connection) = session.connection else {
                return;
            };
            let Some((packet_id, message)) = session.launch(in_flight_max) else {
                return;
            };
            send(connection, message, Some(packet_id), false, out);
        }
    }

    /// Sends a client a message, or lets it wait until its acknowledgements allow it.
    pub(super) fn deliver(
        &mut self,
        index: SessionIndex,
        message: Message,
        out: &mut Vec<BrokerAction>,
    ) {
        let session = self.sessions.at(index);
        if message.qos == Qos::AtMostOnce {
            // Nobody is owed a message of QoS 0 while away (MQTT 3.1.1 §3.1.2.4).
            if let Some(connection) = session.connection {
                send(connection, message, None, false, out);
            }
        } else if self.held_bytes.saturating_add(message.bytes_to_hold())
            <= self.spec.held_bytes_max
            && session.queue(message.clone(), self.spec.queued_max)
        {
            self.held_bytes += message.bytes_to_hold();
            self.send_queued(index, out);
        } else {
            self.drop_message(index, message, out);
        }
    }

    fn drop_message(&mut self, index: SessionIndex, message: Message, out: &mut Vec<BrokerAction>) {
        out.push(BrokerAction::Note(BrokerEvent::MessageDropped {
            client_id: Arc::clone(&self.sessions.at(index).client_id),
            message,
        }));
    }
}

fn send(
    connection: ConnectionId,
    message: Message,
    packet_id: Option<NonZeroU16>,
    duplicate: bool,
    out: &mut Vec<BrokerAction>,
) {
    let bytes = Wire::publish(&message, packet_id, duplicate);
    out.push(BrokerAction::Send { connection, bytes });
    out.push(BrokerAction::Note(BrokerEvent::MessageSent {
        connection,
        duplicate,
        message,
        packet_id,
    }));
}
