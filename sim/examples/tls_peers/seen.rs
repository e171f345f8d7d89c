//! Bytes and records of a connection, as one of the counters sees them.

use nodelab_sim::stack::tls::{Handshake, MessageKind, Side};

/// What both ends sent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Seen {
    /// What the client sent.
    pub(crate) up: Sent,
    /// What the server sent.
    pub(crate) down: Sent,
}

/// What one end sent, in bytes with the headers of records.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Sent {
    pub(crate) handshake: u32,
    pub(crate) tickets: u32,
    pub(crate) goodbye: u32,
    pub(crate) records: u32,
}

impl Sent {
    pub(crate) const fn bytes(&self) -> u32 {
        self.handshake + self.tickets + self.goodbye
    }
}

impl Seen {
    /// Adds up what was counted by the code that the lab counts by.
    pub(crate) fn of(handshake: &Handshake) -> Self {
        let of = |side| {
            let flights = handshake.flights.iter().filter(|flight| flight.by == side);
            let records: u32 = flights.map(|flight| flight.records).sum();
            let (tickets, goodbye, tickets_records) = match side {
                Side::Client => (
                    handshake.tickets.bytes_up,
                    handshake.close_notify.bytes_up + handshake.alerts.bytes_up,
                    0,
                ),
                Side::Server => (
                    handshake.tickets.bytes_down,
                    handshake.close_notify.bytes_down + handshake.alerts.bytes_down,
                    handshake.tickets.records,
                ),
            };
            Sent {
                handshake: handshake.bytes_from(side),
                tickets,
                goodbye,
                // An end says goodbye once.
                records: records + tickets_records + u32::from(goodbye > 0),
            }
        };
        Self {
            up: of(Side::Client),
            down: of(Side::Server),
        }
    }

    pub(crate) const fn by(&self, side: Side) -> Sent {
        match side {
            Side::Client => self.up,
            Side::Server => self.down,
        }
    }
}

/// Returns the messages of one end with their bytes, as OpenSSL would name them.
pub(crate) fn messages(handshake: &Handshake, side: Side) -> Vec<(&'static str, u32)> {
    let flights = handshake.flights.iter().filter(|flight| flight.by == side);
    let messages = flights.flat_map(|flight| &flight.messages);
    let messages = messages.filter(|message| message.kind != MessageKind::ChangeCipherSpec);
    messages
        .map(|message| {
            // On the wire a retry is one.
            let name = if message.kind == MessageKind::HelloRetryRequest {
                MessageKind::ServerHello.as_str()
            } else {
                message.kind.as_str()
            };
            (name, message.bytes)
        })
        .collect()
}
