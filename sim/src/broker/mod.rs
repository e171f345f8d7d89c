//! An MQTT 3.1.1 broker without I/O: sessions, subscriptions, retained messages and wills.
//!
//! It is told what happened on its streams and answers with [`BrokerAction`]s; it does not know
//! how bytes travel, and holds no clock.
//!
//! ```text
//! bytes ─► wire ─► server ─► sessions ──┐
//!          (the    (rules)   topics     ├─► BrokerAction: Send, Close, Note
//!          library)          retained ──┘
//! ```
//!
//! QoS 2 is not offered: subscriptions are granted at most QoS 1 (MQTT 3.1.1 §3.9.3), and a
//! client that publishes with QoS 2 is disconnected, as by Azure.

mod connect;
mod connections;
mod credentials;
mod deadlines;
mod delivery;
mod message;
mod retained;
mod server;
mod session;
mod spec;
mod subscribe;
mod subscriptions;
mod topic;
mod wire;

pub use crate::event::Bytes;
pub use crate::id::ConnectionId;
pub use credentials::{Credentials, secrets_match};
pub use message::{BrokerAction, BrokerEvent, ClientFault, Message, SessionEnd};
pub use server::Broker;
pub use spec::BrokerSpec;
pub use topic::{filter_is_valid, filter_matches, topic_is_valid};
